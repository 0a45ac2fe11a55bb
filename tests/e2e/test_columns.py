"""Columns called as a table calls them: through CSV and JSON, plain, encrypted and committed."""
import csv
import io
import json

from harness import Case, chance

MODEL = """model flowers
input {kind} sl "sepal length (cm)", sw "Breite, \\"cm\\"" in [0, 10] step 0.1
input {kind} word "in", square "Größe ²" in [0, 1] step 0.5
output pl "petal length; (cm)" within 0.01 = 1.2 * sl - 0.7 * sw + 0.1 * word + square
"""
NAMES = ["sepal length (cm)", 'Breite, "cm"', "in", "Größe ²"]
ROWS = [["5.1", "3.5", "0.5", "1"], ["6", "0", "1", "0"]]
EXPECTED = [4.72, 7.3]


class Columns(Case):
    def compile(self, kind):
        source = self.write(f"{kind}.eml", MODEL.format(kind=kind))
        bundle = self.folder / f"{kind}.emb"
        return bundle, json.loads(self.eml("compile", source, "-o", bundle, "--json").stdout)["program_hash"]

    def table(self, rows, order=(0, 1, 2, 3)):
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([NAMES[i] for i in order])
        writer.writerows([row[i] for i in order] for row in rows)
        return self.write("rows.csv", text.getvalue())

    def assert_outputs(self, path, expected):
        header, *rows = csv.reader(path.read_text().splitlines())
        self.assertEqual(header, ["petal length; (cm)"])
        for (text,), value in zip(rows, expected, strict=True):
            self.assertAlmostEqual(float(text), value, delta=0.01)

    def prove(self, bundle, program, rows, *given):
        out, proof = self.folder / "out", self.folder / "proof"
        self.eml("prove", bundle, "-i", rows, "-o", out, "-p", proof, *given)
        self.eml("verify", "--program", program, "-i", rows, "-o", out, "-p", proof)
        return out, proof

    def test_tables(self):
        bundle, program = self.compile("public")
        orders = [[0, 1, 2, 3], [3, 2, 1, 0], chance("columns").sample(range(4), 4)]
        for order in orders:
            self.assert_outputs(self.prove(bundle, program, self.table(ROWS, order))[0], EXPECTED)
        rows = self.write("rows.json", json.dumps([dict(zip(NAMES, map(float, row))) for row in ROWS]))
        self.assert_outputs(self.prove(bundle, program, rows)[0], EXPECTED)
        self.assertEqual([list(row) for row in json.loads(self.eml("run", bundle, "-i", rows, "--json").stdout)], [["petal length; (cm)"]] * 2)

    def test_what_is_said(self):
        bundle, _ = self.compile("public")
        shown = json.loads(self.eml("inspect", bundle, "--json").stdout)
        self.assertEqual([i["name"] for i in shown["abi"]["inputs"]], NAMES)
        self.assertEqual([i["name"] for i in shown["report"]["outputs"]], ["petal length; (cm)"])
        for artifact in ("abi-json", "air-json"):
            json.loads(self.eml("compile", self.folder / "public.eml", "--emit", artifact).stdout)
        for bad, says in ((["sl"] + NAMES[1:], "sepal length (cm)"), ([NAMES[0].upper()] + NAMES[1:], 'did you mean "sepal length (cm)"?'),
                          (NAMES[:3], "Größe ²")):
            text = ",".join('"' + n.replace('"', '""') + '"' for n in bad) + "\n" + ",".join(ROWS[0][:len(bad)]) + "\n"
            self.assert_input_error(self.eml("run", bundle, "-i", self.write("bad.csv", text), status=2), says)

    def test_encrypted(self):
        bundle, program = self.compile("secret")
        key, public, sent = (self.folder / name for name in ("key", "public.key", "rows.ct"))
        self.eml("keygen", "--secret", key, "--public", public)
        self.eml("encrypt", bundle, "--secret", key, "-i", self.table(ROWS), "-o", sent)
        shown = json.loads(self.eml("inspect", sent, "--json").stdout)
        self.assertIn("Größe ²", json.dumps(shown, ensure_ascii=False))
        out, proof = self.folder / "out.ct", self.folder / "proof"
        self.eml("prove", bundle, "-i", sent, "-o", out, "-p", proof)
        self.eml("verify", "--program", bundle, "-i", sent, "-o", out, "-p", proof)
        self.assertIn(program, self.eml("inspect", out).stdout)
        plain = self.folder / "plain.csv"
        self.eml("decrypt", bundle, "--secret", key, "--sent", sent, "-i", out, "-p", proof, "-o", plain)
        self.assert_outputs(plain, EXPECTED)

    def test_committed(self):
        bundle, program = self.compile("committed")
        opening, schema, out, proof = (self.folder / name for name in ("row.open", "schema.json", "out", "proof"))
        self.eml("commit", bundle, "--schema", schema)
        self.assertEqual([i["name"] for i in json.loads(schema.read_text())["inputs"]], NAMES)
        issued = self.eml("commit", schema, "-i", self.table(ROWS[:1]), "--opening", opening).stdout.strip()
        again = self.write("again.csv", self.eml("inspect", opening, "--values").stdout)
        self.eml("commit", schema, "-i", again, "--opening", self.folder / "again.open")
        self.eml("prove", bundle, "--opening", opening, "-o", out, "-p", proof, "--reveal")
        self.eml("verify", "--program", program, "--issued-commitment", issued, "-o", out, "-p", proof)
        self.assert_outputs(out, EXPECTED[:1])
