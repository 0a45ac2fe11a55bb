"""Tables that went through other programs are the same statement; a changed digit, or an input moved by one step of its grid, is not."""
import decimal
import json
import math
from fractions import Fraction

import blake3
from harness import NAMES, Case, Proved, read_table

# How doubles are written: pandas' to_csv and JSON writers take the shortest decimal that reads back, R's write.csv 15 significant digits.
SHORTEST, FIFTEEN = repr, lambda number: format(number, ".15g")


def as_pandas(text):
    """read_csv().to_csv(): row numbers from 0 under an empty name; columns of whole numbers stay whole."""
    header, rows = read_table(text)
    whole = [all(cell.lstrip("-").isdigit() for cell in column) for column in zip(*rows)]
    lines = [",".join(["", *header])]
    for r, row in enumerate(rows):
        lines.append(",".join([str(r), *(cell if w else SHORTEST(float(cell)) for cell, w in zip(row, whole))]))
    return "\n".join(lines) + "\n"


def as_r(text):
    """write.csv(read.csv()): quoted names, quoted row names from 1."""
    header, rows = read_table(text)
    lines = [",".join(f'"{name}"' for name in ["", *header])]
    for r, row in enumerate(rows):
        lines.append(",".join([f'"{r + 1}"', *(FIFTEEN(float(cell)) for cell in row)]))
    return "\r\n".join(lines) + "\r\n"


def as_json(text):
    """Through Python: every number a double."""
    header, rows = read_table(text)
    return json.dumps(json.loads(json.dumps([dict(zip(header, map(float, row))) for row in rows])))


P = 2**128 - 45 * 2**40 + 1


def grid_value(text, column):
    """k of a cell; ties away from zero."""
    exact = (Fraction(text) - Fraction(column.get("offset", "0"))) / Fraction(column["unit"])
    k = math.floor(abs(exact) + Fraction(1, 2))
    return k if exact >= 0 else -k


def elements(text, columns):
    """A table's cells, column by column, as docs/formats.md has them in a block."""
    header, rows = read_table(text)
    order = [header.index(column["name"]) for column in columns]
    return b"".join((grid_value(row[at], column) % P).to_bytes(16, "little") for at, column in zip(order, columns) for row in rows)


class Travels(Case):
    def test_digests(self):
        """The statement digest of a proof, worked from the tables with a BLAKE3 of our own."""
        proved = Proved.of("linnerud")
        abi = json.loads(self.eml("inspect", proved.bundle, "--json").stdout)["abi"]
        inputs, outputs = proved.inputs.read_text(), proved.outputs.read_text()
        number = lambda value: value.to_bytes(8, "little")  # noqa: E731
        rows = len(read_table(inputs)[1])
        statement = b"".join([
            number(1), bytes.fromhex(proved.hash), number(rows), number(rows), bytes(32), bytes(32), number(1),
            blake3.derive_key("eml v2 block inputs", elements(inputs, abi["inputs"])),
            blake3.derive_key("eml v2 block outputs", elements(outputs, abi["outputs"]))])
        proof = json.loads(self.eml("inspect", proved.proof, "--json").stdout)
        self.assertEqual(proof["statement"], blake3.derive_key("eml v2 statement", statement).hex())

    def test_rewritten(self):
        for name in NAMES:
            proved = Proved.of(name)
            inputs, outputs = proved.inputs.read_text(), proved.outputs.read_text()
            for rewrite in (as_pandas, as_r, as_json):
                with self.subTest(name, rewrite=rewrite.__name__):
                    table, numbered = self.write("in", rewrite(inputs)), rewrite is not as_json
                    ran = self.eml("run", proved.bundle, "--input", table)
                    self.assertEqual(ran.stdout, outputs)
                    for result in (ran, proved.verify(input=table), proved.verify(input=table, output=self.write("out", rewrite(outputs)))):
                        self.assertEqual("numbers the rows, was skipped" in result.stderr, numbered)

    def test_refusals_name_the_table(self):
        for name in NAMES:
            proved = Proved.of(name)
            header, rows = read_table(proved.inputs.read_text())
            abi = json.loads(self.eml("inspect", proved.bundle, "--json").stdout)["abi"]
            column = next(c for c in abi["inputs"] if c["name"] == header[0])
            whole = all("." not in row[0] for row in rows)
            move = math.ceil(Fraction(column["unit"])) if whole else Fraction(column["unit"])
            at = next(r for r, row in enumerate(rows) if Fraction(row[0]) + move <= Fraction(column["hi"]))
            with decimal.localcontext() as context:
                context.prec = 60
                rows[at][0] = str(decimal.Decimal(rows[at][0]) + decimal.Decimal(move.numerator) / decimal.Decimal(move.denominator))
            changed = self.write("in.csv", "\n".join(",".join(row) for row in [header, *rows]) + "\n")
            said = proved.verify(status=1, input=changed).stdout
            self.assertIn(f"the inputs differ from what was proved, within rows 1 to {len(rows)}", said)
            said = proved.verify(status=1, input=changed, program=proved.bundle).stdout
            self.assertRegex(said, rf'the inputs differ .*; row {at + 1}, column "\w+": the program gives .* the table says ')
            header, rows = read_table(proved.outputs.read_text())
            rows[1][0] = rows[1][0][:-1] + str((int(rows[1][0][-1]) + 1) % 10)
            changed = self.write("out.csv", "\n".join(",".join(row) for row in [header, *rows]) + "\n")
            said = proved.verify(status=1, output=changed, program=proved.bundle).stdout
            self.assertRegex(said, rf'the outputs differ .*; row 2, column "{header[0]}": the program gives .* the table says ')
