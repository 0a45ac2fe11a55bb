"""Models of every kind against exact arithmetic: within tolerance at random rows and at the ends of the ranges, proved, verified, forged."""
import json
import math
from fractions import Fraction

import models
from harness import Case, chance, read_table, write_table


def other_last_digit(text):
    return text[:-1] + ("1" if text[-1] == "0" else str(int(text[-1]) - 1))


class Models(Case):
    def test_all(self):
        for model in models.CASES:
            with self.subTest(model.name):
                self.prepare(model)
                self.check_values(model)
                self.check_proof(model)

    def prepare(self, model):
        for name, text in model.files.items():
            self.write(name, text)
        source = self.write("m.eml", model.source)
        self.bundle, self.out, self.proof = (self.folder / name for name in ("m.emb", "out.csv", "out.proof"))
        self.hash = json.loads(self.eml("compile", source, "-o", self.bundle, "--json").stdout)["program_hash"]
        self.rows = model.draw_rows()
        self.names = [c.name for c in model.columns]
        chance(model.name).shuffle(self.names)
        self.inputs = self.input_file("in.csv", self.rows)
        self.eml("prove", self.bundle, "--input", self.inputs, "--output", self.out, "--proof", self.proof)
        if "\ntest " in model.source:
            self.eml("test", source, "--prove")

    def input_file(self, name, rows):
        return self.write(name, write_table(self.names, [[models.decimal(row[n]) for n in self.names] for row in rows]))

    def check_values(self, model):
        self.assertEqual(self.eml("run", self.bundle, "--input", self.inputs).stdout, self.out.read_text())
        header, rows = read_table(self.out.read_text())
        self.assertEqual(header, list(model.outputs))
        self.assertEqual(len(rows), len(self.rows))
        for given, row in zip(self.rows, rows):
            for text, (name, (tolerance, exact)) in zip(row, model.outputs.items()):
                self.assertLessEqual(abs(Fraction(text) - exact(given)), Fraction(tolerance), f"{name} at {given}")

    def verify(self, status, **changes):
        given = {"program": self.hash, "input": self.inputs, "output": self.out, "proof": self.proof, **changes}
        return self.eml("verify", *(x for key, value in given.items() for x in (f"--{key}", value)), status=status).stdout

    def steps(self, column, value):
        """The integer that a value means; ties away from zero."""
        abi = next(x for x in json.loads(self.eml("inspect", self.bundle, "--json").stdout)["abi"]["inputs"] if x["name"] == column.name)
        exact = (Fraction(value) - Fraction(abi["offset"])) / Fraction(abi["unit"])
        return math.copysign(1, exact) * math.floor(abs(exact) + Fraction(1, 2))

    def check_proof(self, model):
        self.verify(0)
        chosen = chance(model.name)
        header, rows = read_table(self.out.read_text())
        changed = [list(row) for row in rows]
        r, c = chosen.randrange(len(rows)), chosen.randrange(len(header))
        changed[r][c] = other_last_digit(changed[r][c])
        self.assertIn("refused (statement)", self.verify(1, output=self.write("bad.csv", write_table(header, changed))))
        column = chosen.choice([c for c in model.columns if c.lo < c.hi])
        r = chosen.randrange(1, len(rows)) if len(rows) > 1 else 0
        inside = column.lo if self.rows[r][column.name] != column.lo else column.hi
        for value in (inside, column.hi + (column.grid or 1)):
            changed = [dict(row) for row in self.rows]
            changed[r][column.name] = value
            bad = self.input_file("bad.csv", changed)
            same = column.lo <= value <= column.hi and self.steps(column, value) == self.steps(column, self.rows[r][column.name])
            self.assertIn("verified" if same else "refused (statement)", self.verify(0 if same else 1, input=bad))
        self.assert_input_error(self.eml("run", self.bundle, "--input", bad, status=2), f'(row {r + 1}), column "{column.name}"')
