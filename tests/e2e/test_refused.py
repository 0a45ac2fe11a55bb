"""Forgeries: each is refused with status 1 and the reason's name."""

import decimal
import json
from fractions import Fraction

from harness import NAMES, Case, Proved, chance, read_table, write_table


def other_last_digit(text):
    return text[:-1] + ("1" if text[-1] == "0" else str(int(text[-1]) - 1))


def one_step(text, unit):
    """The number, moved to the next point of its column's grid."""
    with decimal.localcontext() as context:
        context.prec = 60
        return str(decimal.Decimal(text) + decimal.Decimal(unit.numerator) / decimal.Decimal(unit.denominator))


class Refused(Case):
    def refused(self, proved, reason, **changes):
        said = proved.verify(status=1, **changes).stdout
        self.assertTrue(said.startswith(f"refused ({reason}): "), said)
        return said

    def test_wrong_hash(self):
        proved = Proved.of("linnerud")
        for at in range(0, 64, 9):
            digit = "0" if proved.hash[at] != "0" else "1"
            self.refused(proved, "program", program=proved.hash[:at] + digit + proved.hash[at + 1 :])

    def test_another_model(self):
        mine, other = Proved.of("linnerud"), Proved.of("mtcars")
        self.refused(mine, "program", proof=other.proof)
        self.refused(mine, "program", program=other.bundle)
        self.refused(mine, "program", program=other.hash, input=other.inputs, output=other.outputs)

    def test_every_output_value(self):
        for name in NAMES:
            proved = Proved.of(name)
            header, rows = read_table(proved.outputs.read_text())
            for r, row in enumerate(rows):
                c = r % len(row)
                changed = [list(x) for x in rows]
                changed[r][c] = other_last_digit(row[c])
                with self.subTest(name, row=r, column=c):
                    self.refused(proved, "statement", output=self.write("out.csv", write_table(header, changed)))

    def test_value_that_no_program_gives(self):
        proved = Proved.of("linnerud")
        header, rows = read_table(proved.outputs.read_text())
        rows[4][1] += "5"
        outputs = self.write("out.csv", write_table(header, rows))
        for program in (proved.hash, proved.bundle):
            self.assertEqual(self.refused(proved, "statement", program=program, output=outputs).count("a digit was changed"), 1)

    def test_input_values(self):
        for name in NAMES:
            proved = Proved.of(name)
            units = {column["name"]: Fraction(column["unit"]) for column in json.loads(self.eml("inspect", proved.bundle, "--json").stdout)["abi"]["inputs"]}
            header, rows = read_table(proved.inputs.read_text())
            for c in range(len(header)):
                r = 7 * c % len(rows)
                for change in (lambda text: one_step(text, units[header[c]]), lambda text: "9" + text.lstrip("-"), lambda text: "1" if text == "0" else "0"):
                    changed = [list(x) for x in rows]
                    changed[r][c] = change(rows[r][c])
                    with self.subTest(name, row=r, column=c, value=changed[r][c]):
                        self.refused(proved, "statement", input=self.write("in.csv", write_table(header, changed)))

    def test_swapped_input_columns(self):
        for name in NAMES:
            proved = Proved.of(name)
            header, rows = read_table(proved.inputs.read_text())
            for c in range(len(header) - 1):
                swapped = list(header)
                swapped[c], swapped[c + 1] = swapped[c + 1], swapped[c]
                with self.subTest(name, column=c):
                    self.refused(proved, "statement", input=self.write("in.csv", write_table(swapped, rows)))

    def test_swapped_output_columns(self):
        proved = Proved.of("linnerud")
        header, rows = read_table(proved.outputs.read_text())
        self.refused(proved, "statement", output=self.write("out.csv", write_table([header[1], header[0], header[2]], rows)))

    def test_rows(self):
        proved = Proved.of("linnerud")
        header, inputs = read_table(proved.inputs.read_text())
        outputs = read_table(proved.outputs.read_text())[1]
        output_header = read_table(proved.outputs.read_text())[0]

        def files(input_rows, output_rows):
            return {"input": self.write("in.csv", write_table(header, input_rows)),
                    "output": self.write("out.csv", write_table(output_header, output_rows))}

        self.refused(proved, "statement", **files(inputs[:-1], outputs[:-1]))
        self.refused(proved, "statement", **files(inputs + inputs[-1:], outputs + outputs[-1:]))
        self.refused(proved, "statement", **files(inputs, outputs[:-1]))
        self.refused(proved, "statement", **files(inputs, outputs[1:] + outputs[:1]))
        self.refused(proved, "statement", **files(inputs[1:] + inputs[:1], outputs[1:] + outputs[:1]))

    def test_proof_bytes(self):
        proved = Proved.of("linnerud")
        honest = proved.proof.read_bytes()
        chosen = chance("changed bytes")
        positions = list(range(0, 64)) + [chosen.randrange(len(honest)) for _ in range(200)] + list(range(len(honest) - 16, len(honest)))
        for at in positions:
            bad = bytearray(honest)
            bad[at] ^= 1 << chosen.randrange(8)
            with self.subTest(position=at):
                said = proved.verify(status=1, proof=self.write("bad.proof", bytes(bad))).stdout
                self.assertRegex(said, r"^refused \([a-z-]+\): .")

    def test_proof_length(self):
        proved = Proved.of("linnerud")
        honest = proved.proof.read_bytes()
        chosen = chance("lengths")
        for length in [0, 1, 2, 100, len(honest) // 2, len(honest) - 1] + [chosen.randrange(len(honest)) for _ in range(30)]:
            with self.subTest(length=length):
                self.refused(proved, "file", proof=self.write("short.proof", honest[:length]))
        self.refused(proved, "file", proof=self.write("long.proof", honest + b"\0"))
        self.refused(proved, "file", proof=proved.bundle)
        self.refused(proved, "file", proof=proved.inputs)

    def test_proof_of_other_rows(self):
        proved = Proved.of("linnerud")
        header, rows = read_table(proved.inputs.read_text())
        half = self.write("half.csv", write_table(header, rows[:10]))
        proof = self.folder / "half.proof"
        self.eml("prove", proved.bundle, "--input", half, "--output", self.folder / "half.out", "--proof", proof)
        self.refused(proved, "statement", proof=proof)
        proved.verify(input=half, output=self.folder / "half.out", proof=proof)
