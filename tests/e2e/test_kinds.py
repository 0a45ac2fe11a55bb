"""Files in the place of others: what they are is said, with the way on, wherever they are given. And booleans, where there is 0 and 1."""
import bz2
import gzip
import io
import json
import lzma
import pickle
import re
import sqlite3
import zipfile

from harness import Case

MODEL = """model m
input public a in [0, 10] step 0.5
input public flag in [0, 1] integer
output y within 1e-3 = 1.5 * a + flag
"""
ROWS = "a,flag\n1,0\n2.5,1\n"


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


class Kinds(Case):
    def setUp(self):
        super().setUp()
        self.source = self.write("m.eml", MODEL)
        self.bundle, self.rows = self.path("m.emb"), self.write("rows.csv", ROWS)
        self.out, self.proof = self.path("out.csv"), self.path("m.proof")
        self.eml("compile", self.source, "-o", self.bundle)
        self.eml("prove", self.bundle, "-i", self.rows, "-o", self.out, "-p", self.proof)

    def path(self, name):
        return self.folder / name

    def foreign(self):
        """{what is said of it: its bytes}"""
        database = self.path("db.sqlite")
        with sqlite3.connect(database) as connection:
            connection.execute("create table t (a)")
        text = ROWS.encode()
        made = {
            "a gzip file": gzip.compress(text), "a bzip2 file": bz2.compress(text), "an xz file": lzma.compress(text),
            "a zstd file": b"\x28\xb5\x2f\xfd" + text, "a zip archive": archive(),
            "an old Excel workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "a NumPy array": b"\x93NUMPY\x01\x00v\x00{}",
            "a Parquet file": b"PAR1\x15\x04\x15 " + bytes(50), "an Arrow file": b"ARROW1\x00\x00" + bytes(50),
            "an R data file": b"X\n\x00\x00\x00\x03" + bytes(20), "an SQLite database": database.read_bytes(),
            "an HDF5 file": b"\x89HDF\r\n\x1a\n" + bytes(20), "a PDF document": b"%PDF-1.7\n", "an HTML": b"<!DOCTYPE html>\n<html></html>\n",
            "a table in HTML": b'<table border="1">\n<tr></tr></table>\n', "an XML document": b"<?xml version='1.0'?>\n<PMML/>\n", "a program": b"\x7fELF" + bytes(40),
            "a compiled model": self.bundle.read_bytes(), "a proof": self.proof.read_bytes(),
            "a file of ciphertexts": b"EMLCIPH\n" + bytes(40), "a public key": b"EMLPUBK\n" + bytes(40),
            "the opening of a commitment": b"\x83\x6beml opening" + bytes(40),
        }
        cases = list(made.items()) + [("a Python pickle", pickle.dumps([1.5], protocol=p)) for p in (3, 4, 5)]
        cases += [("text in UTF-16", ROWS.encode(code)) for code in ("utf-16", "utf-16-le", "utf-16-be")]
        return cases

    def test_tables(self):
        for what, content in self.foreign():
            if what == "the opening of a commitment":
                continue  # which is an input, too
            with self.subTest(what):
                given = self.write("given", content)
                for words in (("run", self.bundle, "-i", given), ("verify", "--program", self.bundle, "-i", given, "-o", self.out, "-p", self.proof),
                              ("verify", "--program", self.bundle, "-i", self.rows, "-o", given, "-p", self.proof)):
                    said = self.eml(*words, status=2).stderr
                    self.assertRegex(said, rf"given: (this is {re.escape(what)}|holds ciphertexts)")
                    self.assertLess(len(said), 400)

    def test_bundles_proofs_and_sources(self):
        for what, content in self.foreign():
            with self.subTest(what):
                given = self.write("given", content)
                if what != "a compiled model":
                    self.assertIn(f"given: this is {what}", self.eml("run", given, "-i", self.rows, status=2).stderr)
                if what != "a proof":
                    said = self.eml("verify", "--program", self.bundle, "-i", self.rows, "-o", self.out, "-p", given, status=1).stdout
                    self.assertIn(f"given: this is {what}", said)
                self.assertIn(f"given: this is {what}", self.eml("check", given, status=2).stderr)
                model = self.write("c.eml", 'model c\ninput public x[2] in [0, 1]\nparam w[2] = csv("given")\noutput y within 1e-3 = dot(w, x)\n')
                self.assertIn(f"given: this is {what}", self.eml("check", model, status=2).stderr)

    def test_way_on(self):
        given = self.write("given", gzip.compress(ROWS.encode()))
        self.assertIn("not a table: unpack it first (gunzip)", self.eml("run", self.bundle, "-i", given, status=2).stderr)
        self.assertIn("not a bundle: eml compile", self.eml("run", self.write("given", MODEL), "-i", self.rows, status=2).stderr)
        self.assertIn("this is the text of a model, not a table", self.eml("run", self.bundle, "-i", self.write("given", "# of rows\n\n" + MODEL), status=2).stderr)
        self.assertIn("one of Excel's", self.eml("run", self.bundle, "-i", self.write("given", "\ufeffsep=;\r\na;flag\r\n1;0\r\n"), status=2).stderr)
        self.assertIn("columns are separated by commas", self.eml("run", self.bundle, "-i", self.write("given", "a;flag\n1;0\n"), status=2).stderr)
        lines = "".join(json.dumps({"a": i, "flag": 0}) + "\n" for i in range(3))
        self.assertIn("JSON Lines", self.eml("run", self.bundle, "-i", self.write("given", lines), status=2).stderr)
        self.eml("run", self.bundle, "-i", self.write("given", '{"a": [1],\n "flag": [0]}\n'))

    def test_a_column_may_be_called_like_a_file(self):
        for name in ("PAR1", "ARROW1", "BZh9", "X", "PK"):
            source = self.write("n.eml", f'model n\ninput public a "{name}" in [0, 10] step 1\noutput y within 1e-3 = 2 * a\n')
            self.eml("compile", source, "-o", self.path("n.emb"))
            for end in ("\n", "\r\n", ",other\n"):
                self.eml("run", self.path("n.emb"), "--allow-extra", "-i", self.write("given", name + end + ("4,1\n" if "," in end else "4\n")))

    def test_inspect(self):
        self.assertIn("given: this is the text of a model", self.eml("inspect", self.write("given", MODEL), status=2).stderr)

    def test_pandas(self):
        """A table with an index that is not the numbers of the rows, and names as R and others write them."""
        drawn = self.write("drawn.csv", ",a,flag\n17,1,0\n3,2.5,1\n")
        self.assertIn("index=False", self.eml("run", self.bundle, "-i", drawn, status=2).stderr)
        self.assertEqual(self.eml("run", self.bundle, "-i", drawn, "--allow-extra").stdout, self.out.read_text())
        source = self.write("n.eml", 'model n\ninput public a "mean radius (cm)" in [0, 10]\noutput y within 1e-3 = 2 * a\n')
        self.eml("compile", source, "-o", self.path("n.emb"))
        for name in ("mean.radius..cm.", "mean_radius_cm", "Mean Radius (cm)"):
            said = self.eml("run", self.path("n.emb"), "-i", self.write("given", name + "\n1\n"), status=2).stderr
            self.assertIn('did you mean "mean radius (cm)"?', said)

    def test_a_column_may_be_called_model(self):
        source = self.write("n.eml", 'model n\ninput public a "model year" in [0, 10] step 1\noutput y within 1e-3 = 2 * a\n')
        self.eml("compile", source, "-o", self.path("n.emb"))
        self.assertEqual(self.eml("run", self.path("n.emb"), "-i", self.write("given", "model year\n4\n")).stdout, "y\n8\n")

    def test_booleans(self):
        wanted = self.eml("run", self.bundle, "-i", self.rows).stdout
        for no, yes in (("False", "True"), ("false", "true"), ("FALSE", "TRUE")):
            given = self.write("given", f"a,flag\n1,{no}\n2.5,{yes}\n")
            self.assertEqual(self.eml("run", self.bundle, "-i", given).stdout, wanted)
        given = self.write("given", '[{"a": 1, "flag": false}, {"a": 2.5, "flag": true}]')
        self.assertEqual(self.eml("run", self.bundle, "-i", given).stdout, wanted)
        for bad in ("a,flag\nTrue,1\n", "a,flag\n1,yes\n", "a,flag\n1,tRUE\n", '[{"a": true, "flag": 1}]'):
            self.assertIn("is not a number", self.eml("run", self.bundle, "-i", self.write("given", bad), status=2).stderr)
