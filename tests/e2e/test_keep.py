"""Columns that are kept: copied to the outputs as they are, named by nobody else, covered by no proof, and said so."""
import csv
import io
import json
import os
import pty
import subprocess

import harness
from harness import Case

MODEL = """model m
input public a, b in [0, 10] step 0.5
output y within 1e-3 = 1.5 * a + b
result large = y > 10
"""
IDS = ["7", "a, b", 'he said "no"', "two\nlines", "", "  blanks ", "Größe", "=1+1", "0042"]


class Keep(Case):
    def setUp(self):
        super().setUp()
        self.bundle = self.folder / "m.emb"
        self.eml("compile", self.write("m.eml", MODEL), "-o", self.bundle)
        self.rows = [[name, str(i / 2), str(10 - i)] for i, name in enumerate(IDS)]
        self.given = self.table("rows.csv", ["id", "a", "b"], self.rows)

    def table(self, name, header, rows):
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(header)
        for row in rows:  # a field with blanks around it is one in quotes
            text.write(",".join('"' + x.replace('"', '""') + '"' if x != x.strip() else x if not set(x) & set(',"\n') else
                                '"' + x.replace('"', '""') + '"' for x in row) + "\n")
        return self.write(name, text.getvalue())

    def read(self, path):
        return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))

    def test_run(self):
        plain = list(csv.reader(self.eml("run", self.bundle, "-i", self.table("p.csv", ["a", "b"], [r[1:] for r in self.rows])).stdout.splitlines()))
        out = self.folder / "out.csv"
        self.eml("run", self.bundle, "-i", self.given, "--keep", "id", "-o", out)
        self.assertEqual(self.read(out), [["id"] + plain[0]] + [[name] + row for name, row in zip(IDS, plain[1:])])
        self.eml("run", self.bundle, "-i", self.given, "--keep", "a", "--keep", "id", "-o", out)  # in the order asked for; a is an input, too
        self.assertEqual([row[:2] for row in self.read(out)], [["a", "id"]] + [[r[1], r[0]] for r in self.rows])
        rows = json.loads(self.eml("run", self.bundle, "-i", self.given, "--keep", "id", "--json").stdout)
        self.assertEqual([row["id"] for row in rows], IDS)
        self.assertEqual([list(row) for row in rows], [["id", "y", "large"]] * len(IDS))

    def test_lists(self):
        """Several between commas; a name with a comma is in quotes, as in the header."""
        given = self.table("t.csv", ["id", "a, or b", "a", "b"], [["1", "x", "1", "2"]])
        for words in (["--keep", 'id,"a, or b",a'], ["--keep", "id", "--keep", '"a, or b" , a']):
            self.assertEqual(self.eml("run", self.bundle, "-i", given, *words).stdout, 'id,"a, or b",a,y,large\n1,x,1,3.5,0\n')
        for words, said in (("id,", "it has no name"), ('"id', "quote is not closed"), ("id\na", "line end"), ("id,id", "kept twice")):
            self.assert_input_error(self.eml("run", self.bundle, "-i", given, "--keep", words, status=2), said)

    def test_misspelt(self):
        said = self.eml("run", self.bundle, "-i", self.given, "--keep", "ids", status=2).stderr
        self.assertIn('rows.csv: column "ids", which is to be kept, is missing; the table has "id", "a", "b"', said)

    def test_names_that_begin_like_json(self):
        for name in ("[id", "{id", "sep=;"):
            with self.subTest(name):
                given = self.write("g.json", json.dumps([{name: "[1", "a": 1, "b": 2}]))
                out, proof = self.folder / "g.csv", self.folder / "g.p"
                self.eml("prove", self.bundle, "-i", given, "--keep", name, "-o", out, "-p", proof)
                self.assertEqual(self.read(out), [[name, "y", "large"], ["[1", "3.5", "0"]])
                self.eml("verify", "--program", self.bundle, "-i", given, "-o", out, "-p", proof, "--allow-extra")
        bundle, out, proof = (self.folder / name for name in ("n.emb", "n.csv", "n.p"))  # nor may an output's
        self.eml("compile", self.write("n.eml", MODEL.replace("output y", 'output y "{y"')), "-o", bundle)
        self.eml("prove", bundle, "-i", self.given, "--allow-extra", "-o", out, "-p", proof)
        self.eml("verify", "--program", bundle, "-i", self.given, "--allow-extra", "-o", out, "-p", proof)

    def test_text_is_utf8(self):
        for bad in (b"Gr\xf6\xdfe", b"a\0b"):
            given = self.write("t.csv", b"id,a,b\nx,1,2\n" + bad + b",1,2\n")
            for style in ([], ["--json"]):
                self.assert_input_error(self.eml("run", self.bundle, "-i", given, "--keep", "id", *style, status=2), "row 2", '"id"', "UTF-8")

    def test_terminal(self):
        """A kept text does not steer the terminal that the outputs go to; a file has it as it was."""
        given = self.write("t.csv", "id,a,b\n" + "Größe \033[31m\u009b1m\u202e,1,2\n" * 500)
        controller, terminal = pty.openpty()
        with subprocess.Popen([harness.EML, "run", str(self.bundle), "-i", str(given), "--keep", "id"], stdout=terminal) as run:
            os.close(terminal)
            said = b""
            while said.count(b"\n") < 501:
                said += os.read(controller, 4096)
            self.assertEqual(run.wait(), 0)
        os.close(controller)
        self.assertEqual(said.decode().splitlines()[1:], ["Größe \ufffd[31m\ufffd1m\ufffd,3.5,0"] * 500)
        self.assertEqual(self.eml("run", self.bundle, "-i", given, "--keep", "id").stdout.count("\033[31m\u009b1m\u202e"), 500)

    def test_json(self):
        given = self.write("rows.json", json.dumps([{"a": 1, "b": 2, "id": x} for x in ("x", 12, None, True)]))
        rows = json.loads(self.eml("run", self.bundle, "-i", given, "--keep", "id", "--json").stdout)
        self.assertEqual([row["id"] for row in rows], ["x", "12", "", "true"])
        given = self.write("rows.json", json.dumps({"a": [1, 2], "b": [2, 3], "id": ["x", "y"]}))
        self.assertEqual(self.eml("run", self.bundle, "-i", given, "--keep", "id").stdout, "id,y,large\nx,3.5,0\ny,6,0\n")
        given = self.write("rows.json", json.dumps([{"a": 1, "b": 2, "id": [1]}]))
        self.assert_input_error(self.eml("run", self.bundle, "-i", given, "--keep", "id", status=2), 'row 1, column "id"', "cannot be kept")
        given = self.write("rows.json", json.dumps([{"a": 1, "b": 2, "id": 1}, {"a": 1, "b": 2}]))
        self.assert_input_error(self.eml("run", self.bundle, "-i", given, "--keep", "id", status=2), "row 2", "missing")

    def test_many_rows(self):
        """More than a window, a piece and what stays in memory."""
        count = 120_000
        given = self.write("many.csv", "a,id,b\n" + "".join(f"{i % 21 / 2},{i:070d},{i % 11}\n" for i in range(count)))
        out = self.folder / "many.out"
        self.eml("run", self.bundle, "-i", given, "--keep", "id", "-o", out)
        with open(out, encoding="utf-8") as lines:
            self.assertEqual(next(lines), "id,y,large\n")
            for i, line in enumerate(lines):
                y = 1.5 * (i % 21 / 2) + i % 11
                self.assertEqual(line, f"{i:070d},{y:g},{int(y > 10)}\n")
        self.assertEqual(i, count - 1)

    def test_verify(self):
        out, proof = self.folder / "out.csv", self.folder / "p"
        self.eml("prove", self.bundle, "-i", self.given, "--keep", "id", "-o", out, "-p", proof)
        words = ["verify", "--program", self.bundle, "-i", self.given, "-o", out, "-p", proof]
        self.assert_input_error(self.eml(*words, status=2), "id", "--allow-extra")
        self.assertIn("the tables have 2 columns that the proof says nothing of", self.eml(*words, "--allow-extra").stdout)
        self.assertEqual(json.loads(self.eml(*words, "--allow-extra", "--json").stdout)["uncovered_columns"], 2)
        rows = self.read(out)
        rows[1][0] = "another"  # an id is nobody's promise
        self.table("out.csv", rows[0], rows[1:])
        self.eml(*words, "--allow-extra")
        rows[1][1] = "4"
        self.table("out.csv", rows[0], rows[1:])
        self.assertIn("refused", self.eml(*words, "--allow-extra", status=1).stdout)
        for name in ("Y", "large ", "y"):  # nor may another column pass for an output
            self.table("out.csv", [name] + rows[0][1:], rows[1:])
            self.eml(*words, "--allow-extra", status=2)

    def test_refused(self):
        def says(*words, given=self.given, bundle=self.bundle):
            result = self.eml("run", bundle, "-i", given, *[x for name in words for x in ("--keep", name)], status=2)
            return self.assert_input_error(result) or result.stderr
        self.assertIn('has an output or result "y"', says("y"))
        self.assertIn('has an output or result "large"', says("LARGE"))
        self.assertIn('column "name", which is to be kept, is missing', says("id", "name"))
        self.assertIn("kept twice", says("id", "id"))
        self.assertIn("it has no name", says(""))
        self.assertIn("stands twice", says("id", given=self.table("t.csv", ["id", "a", "b", "id"], [["1", "1", "1", "2"]])))
        derived = self.folder / "d.emb"
        self.eml("compile", self.write("d.eml", "model d\ninput public a in [0, 10] step 0.5\nlet s = a * a\noutput y within 1e-3 = s\n"), "-o", derived)
        proof, out = self.folder / "d.p", self.folder / "d.csv"
        self.eml("prove", derived, "-i", self.table("t.csv", ["a"], [["2"]]), "-o", out, "-p", proof)
        told = self.table("told.csv", ["s", "y"], [["9", "4"]])
        self.assert_input_error(self.eml("verify", "--program", derived, "-i", self.folder / "t.csv", "-o", told, "-p", proof, "--allow-extra", status=2),
                                'column "s" is worked out from others')
        self.assertIn("the model works it out", says("S", given=self.table("t.csv", ["a", "S"], [["1", "1"]]), bundle=derived))
        self.assertIn("the model works it out", says("s", given=self.table("t.csv", ["a", "s"], [["1", "1"]]), bundle=derived))
        secret = self.folder / "s.emb"
        self.eml("compile", self.write("s.eml", MODEL.replace("public", "secret")), "-o", secret)
        self.assertIn("outputs are encrypted", says("id", bundle=secret))
