"""Committed inputs: a laboratory commits, a patient proves, an insurer verifies; what each has, and everything that is refused."""
import json
import os
import re
import stat
from fractions import Fraction as F

import commitment
from harness import Case, chance, read_table
from models import decimal

MODEL = """model checkup
input committed age in [18, 100] integer
input public years in [0, 40] integer
input committed ldl, hdl in [10, 400] step 0.5
output risk within 0.5 = 0.25 * age + 0.05 * ldl - 0.1 * hdl + 2 * years + 10
"""
ROW = "ldl,age,hdl\n130.5,50,61\n"
RISK = F(1, 4) * 50 + F(1, 20) * F(261, 2) - F(1, 10) * 61 + 2 * 7 + 10


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def written(text):
    """What is behind a number of eml's outputs, or in a schema."""
    return F(text)


class Checkup(Case):
    def setUp(self):
        super().setUp()
        self.hash = self.compile(MODEL, "m")
        self.write("row.csv", ROW)
        self.write("pub.csv", "years\n7\n")

    def path(self, name):
        return self.folder / name

    def compile(self, text, name, *options):
        source = self.write(f"{name}.eml", text)
        said = json.loads(self.eml("compile", source, "-o", self.path(f"{name}.emb"), "--json", *options).stdout)
        self.report = said["report"]
        return said["program_hash"]

    def commit(self, row="row.csv", opening="row.open", subject="m.emb", *options, status=0):
        result = self.eml("commit", self.path(subject), "--input", self.path(row), "--opening", self.path(opening), *options, status=status)
        return result if status else result.stdout.strip()

    def given(self, **files):
        return [word for option, name in files.items() if name is not None for word in (f"--{option}", self.path(name))]

    def prove(self, *options, bundle="m.emb", opening="row.open", rows="pub.csv", status=0):
        given = self.given(opening=opening, input=rows)
        return self.eml("prove", self.path(bundle), *given, "-o", self.path("o.csv"), "-p", self.path("o.proof"), *options, status=status)

    def verify(self, issued, *options, program=None, rows="pub.csv", outputs="o.csv", status=0):
        given = self.given(input=rows) + (["--issued-commitment", issued] if issued is not None else [])
        return self.eml("verify", "--program", program or self.hash, *given, "-o", self.path(outputs), "-p", self.path("o.proof"), *options,
                        status=status)


class Statement(Checkup):
    def test_main_job(self):
        issued = self.commit()
        said = self.prove("--json")
        summary = json.loads(said.stdout)
        self.assertEqual((summary["commitment"], summary["rows"], summary["zero_knowledge"]), (issued, 1, True))
        self.prove()
        header, (row,) = read_table(self.path("o.csv").read_text())
        self.assertEqual(header, ["risk"])
        self.assertLessEqual(abs(written(row[0]) - RISK), F(1, 2))
        verdict = self.verify(issued.upper())
        self.assertIn("zero-knowledge", verdict.stdout)
        self.assertIn(f"about the data behind commitment {issued}, for which its issuer vouches", verdict.stdout)
        self.assertEqual(json.loads(self.verify(issued, "--json", "--require-zk").stdout)["commitment"], issued)
        self.verify(issued, program=self.path("m.emb"))
        self.assertEqual(self.eml("run", self.path("m.emb"), "--opening", self.path("row.open"), "-i", self.path("pub.csv")).stdout,
                         self.path("o.csv").read_text())

    def test_lies(self):
        issued, again = self.commit(), self.commit(opening="again.open")
        self.write("older.csv", ROW.replace("50", "51"))
        older = self.commit("older.csv", "older.open")
        self.assertEqual(len({issued, again, older}), 3)
        self.prove()
        for other in (again, older, "0" * 64):
            refused = self.verify(other, status=1)
            self.assertIn("refused (commitment): the proof is about other data than the commitment that you gave", refused.stdout)
        swapped = self.eml("verify", "--program", issued, "--issued-commitment", self.hash, "-i", self.path("pub.csv"), "-o", self.path("o.csv"),
                           "-p", self.path("o.proof"), status=1)
        self.assertIn("refused (program)", swapped.stdout)
        self.assertIn("which you gave as --issued-commitment: the two are swapped", swapped.stdout)
        self.write("both.csv", "years,ldl\n7,20\n")
        self.assert_input_error(self.verify(issued, "--allow-extra", rows="both.csv", status=2), '"ldl" is a committed input of the model')
        self.write("both.csv", "years,LDL\n7,20\n")
        self.assert_input_error(self.verify(issued, "--allow-extra", rows="both.csv", status=2), '"LDL" is a committed input of the model')
        told = self.path("o.csv").read_text().splitlines()
        for name in ("ldl", "Ldl"):  # nor may the prover tell beside an output what was committed to
            self.write("told.csv", f"{name},{told[0]}\n20,{told[1]}\n")
            self.assert_input_error(self.verify(issued, "--allow-extra", outputs="told.csv", status=2), f'"{name}" is a committed input of the model')
        self.write("told.csv", f"years,{told[0]}\n7,{told[1]}\n")
        self.assertIn("1 column that the proof says nothing of", self.verify(issued, "--allow-extra", outputs="told.csv").stdout)
        self.write("more.csv", "years,pulse\n7,60\n")
        self.verify(issued, "--allow-extra", rows="more.csv")
        self.write("years.csv", "years\n8\n")
        self.assertIn("refused (statement): ", self.verify(issued, rows="years.csv", status=1).stdout)
        unit = written(json.loads(self.eml("inspect", self.path("m.emb"), "--json").stdout)["abi"]["outputs"][0]["unit"])
        true = written(read_table(self.path("o.csv").read_text())[1][0][0])
        self.write("lower.csv", f"risk\n{decimal(true - unit)}\n")
        self.assertIn("refused (statement): ", self.verify(issued, outputs="lower.csv", status=1).stdout)
        self.verify(issued)

    def test_commitment_is_the_verifiers(self):
        """Nobody's word is taken for it but the user's."""
        issued = self.commit()
        self.prove()
        self.assert_input_error(self.verify(None, status=2), "has committed inputs: name the commitment that their issuer published")
        for bad in ("", issued[:-1], issued + "0", "g" * 64, "row.open"):
            self.assert_input_error(self.verify(bad, status=2), "--issued-commitment takes 64 hexadecimal digits")
        above_p = (2**128 - 1).to_bytes(16, "little").hex()
        self.assert_input_error(self.verify(above_p + "0" * 32, status=2), "is no commitment: 64 hex digits, of two numbers below")
        self.assert_input_error(self.verify(issued, "--input", self.path("row.open"), status=2), "an opening is for who proves")

    def test_of_a_program_without(self):
        issued = self.commit()
        program = self.compile(MODEL.replace("committed", "public"), "plain")
        self.write("all.csv", "years," + ROW.replace("\n", "\n7,", 1))
        self.eml("prove", self.path("plain.emb"), "-i", self.path("all.csv"), "-o", self.path("o.csv"), "-p", self.path("o.proof"))
        self.assert_input_error(self.verify(issued, program=program, rows="all.csv", status=2), "the program has no committed inputs")
        self.verify(None, program=program, rows="all.csv")
        for name in ("prove", "run"):
            result = self.eml(name, self.path("plain.emb"), "-i", self.path("all.csv"), "--opening", self.path("row.open"), *["-p", self.path("x")] *
                              (name == "prove"), status=2)
            self.assert_input_error(result, "row.open: the program has no committed inputs")
        self.assert_input_error(self.commit(opening="x.open", subject="plain.emb", status=2), "model checkup has no committed inputs")

    def test_one_row(self):
        issued = self.commit()
        self.write("two.csv", "years\n7\n8\n")
        self.assert_input_error(self.prove(rows="two.csv", status=2), "2 rows, but model checkup has committed inputs: give it one row at a time")
        self.assertFalse(self.path("o.csv").exists())
        self.prove()
        self.assertIn("refused (statement): ", self.verify(issued, rows="two.csv", status=1).stdout)

    def test_nothing_public(self):
        program = self.compile("model all\ninput committed a, b in [0, 255] integer\noutput y exact = a + b\noutput z exact = a\n", "all")
        self.write("ab.csv", "a,b\n200,55\n")
        issued = self.commit("ab.csv", "ab.open", "all.emb")
        self.assert_input_error(self.prove(bundle="all.emb", opening=None, rows=None, status=2), "the opening of the committed inputs was not given")
        refused = self.prove(bundle="all.emb", opening="ab.open", rows=None, status=2)
        self.assert_input_error(refused, "may be all that it takes to work out", "--reveal")
        self.assertFalse(self.path("o.proof").exists())
        self.prove("--reveal", bundle="all.emb", opening="ab.open", rows=None)
        self.assertEqual(self.path("o.csv").read_text(), "y,z\n255,200\n")
        self.verify(issued, program=program, rows=None)
        self.assert_input_error(self.prove(bundle="all.emb", opening="ab.open", rows="ab.csv", status=2),
                                "ab.csv: a table, but model all has no public inputs")

    def test_what_is_given_away(self):
        """One output that tells all of one input is enough, however much the others hold."""
        report = json.loads(self.eml("compile", self.path("m.eml"), "-o", self.path("m.emb"), "--json").stdout)["report"]
        self.assertEqual(report["reveal_proofs"], -(-report["committed_bits"] // report["committed_row_bits"]))
        self.commit()
        self.assertIn(f"1 of the {report['reveal_proofs']:.0f} proofs", self.prove().stdout)
        shown = self.eml("inspect", self.path("m.emb")).stdout
        self.assertIn(f"{report['reveal_proofs']:.0f} about one commitment may be all that it takes", shown)
        leaky = MODEL + "output years_old within 0.5 = age\n"
        self.compile(leaky, "leaky")
        self.assert_input_error(self.prove(bundle="leaky.emb", status=2), "--reveal")
        self.prove("--reveal", bundle="leaky.emb")
        self.compile(MODEL.replace("+ 0.05 * ldl - 0.1 * hdl", "").replace("0.25 * age", "0 * age"), "nothing")
        self.assertNotIn("given away", self.prove(bundle="nothing.emb").stdout)


    def test_one_proof_is_enough(self):
        """Models that give one input away, whatever they add to it: the input is named, and nothing is proved unasked."""
        self.write("salt", bytes(range(32)))
        big = "input committed b, c in [0, 1000000000] integer\n"
        cases = ((big + "input committed a in [0, 1] integer\noutput y within 0.5 = 2000000001 * a + b + c\n", "a", None),
                 (big + "input committed a in [0, 99] integer\noutput y within 0.5 = a + 100 * b + 300 * c\n", "a", None),
                 (big + "input committed a in [0, 1] integer\noutput y within 0.5 = a + b + c\noutput z within 0.5 = b + c\n", "a", None),
                 (big + "input committed a in [0, 255] integer\ninput public uniform p, q in [0, 1] integer\noutput y within 0.5 = p * a + q * b + q * c\n",
                  "a", "p,q\n1,0\n"),
                 (big + "input committed a in [0, 255] integer\nparam w[3] hidden in [0, 1] = [0, 0, 1]\n"
                  "output y within 0.5 = w[0] * b + w[1] * c + w[2] * a\n", "a", None))
        for text, told, table in cases:
            with self.subTest(text):
                self.compile("model thief\n" + text, "thief", *(["--salt", self.path("salt")] if "hidden" in text else []))
                self.write("abc.csv", "a,b,c\n1,123456789,987654321\n")
                self.write("p.csv", table or "")
                self.path("abc.open").unlink(missing_ok=True)
                self.commit("abc.csv", "abc.open", "thief.emb")
                prove = {"bundle": "thief.emb", "opening": "abc.open", "rows": "p.csv" if table else None}
                self.assert_input_error(self.prove(status=2, **prove), f'work out "{told}": it is proved only', "--reveal")
                self.assertFalse(self.path("o.proof").exists())
                self.assertIn("the outputs of this proof may be all", self.prove("--reveal", **prove).stdout)
                if table:  # of another row not
                    self.write("p.csv", "p,q\n1,1\n")
                    self.prove(**prove)
                self.path("o.proof").unlink()

    def test_assembly_is_not_trusted(self):
        """A program without names may read anything out: it takes no opening of named inputs, and is proved when asked to only."""
        self.commit()
        schema = commitment.read_opening(self.path("row.open"))["schema"]
        self.write("thief.asm", f".form 1\n.schema {schema[0]}\n.schema {schema[1]}\n.stack 3\n" + "read3\n" * 3)
        self.eml("asm", self.path("thief.asm"), "-o", self.path("thief.emb"))
        self.assert_input_error(self.prove("--reveal", bundle="thief.emb", rows=None, status=2), "for named inputs, and this one is from assembly")
        self.write("raw.json", json.dumps({"committed_tape": ["50", "261", "122"]}))
        self.commit("raw.json", "raw.open", "thief.emb")
        self.assert_input_error(self.prove(bundle="thief.emb", opening="raw.open", rows=None, status=2), "from assembly may give away")
        self.assert_input_error(self.eml("inspect", self.path("raw.open"), "--values", status=2), "made for a program from assembly")


class Issuer(Checkup):
    def test_commitment_by_hand(self):
        """C and the schema's digest from docs/formats.md, by a script that knows nothing of eml."""
        issued = self.commit()
        opening = commitment.read_opening(self.path("row.open"))
        self.eml("commit", self.path("m.emb"), "--schema", self.path("s.json"))
        schema = json.loads(self.path("s.json").read_text())
        self.assertEqual((schema["kind"], schema["format"]), ("eml schema", 2))
        self.assertEqual([(i["name"], i["unit"], i["offset"], i["lo"], i["hi"], i["step"]) for i in schema["inputs"]],
                         [("age", "1", "0", "18", "100", "1"), ("ldl", "1/2", "0", "10", "400", "1/2"), ("hdl", "1/2", "0", "10", "400", "1/2")])
        self.assertEqual(opening["names"], ["age", "ldl", "hdl"])
        self.assertEqual(opening["values"], [50, 261, 122])
        self.assertEqual(opening["schema"], commitment.schema_digest(schema["inputs"]))
        self.assertEqual(commitment.commitment(opening["schema"], opening["salts"], opening["values"]), issued)
        self.assertEqual(commitment.elements(bytes.fromhex(issued)), opening["commitment"])
        shown = json.loads(self.eml("inspect", self.path("row.open"), "--json").stdout)
        self.assertEqual((shown["kind"], shown["commitment"], shown["names"], shown["values"]), ("opening", issued, opening["names"], 3))
        for text in (self.eml("inspect", self.path("row.open")).stdout, json.dumps(shown)):
            words = re.split(r"[^0-9a-zA-Z.]+", text)
            for secret in ("130.5", "130", "50", "261", "61", "122", *map(str, opening["salts"])):
                self.assertNotIn(secret, words)

    def test_one_commitment_for_every_model(self):
        """Whoever declares the same committed inputs takes it, in whatever model; and a schema file is enough to commit."""
        self.eml("commit", self.path("m.emb"), "--schema", self.path("s.json"))
        self.assertEqual(self.eml("commit", self.path("m.emb"), "--schema", "-").stdout, self.path("s.json").read_text())
        self.assertEqual(self.eml("commit", self.path("s.json"), "--schema", "-").stdout, self.path("s.json").read_text())
        issued = self.commit(subject="s.json")
        other = ("model other single row\ninput committed age in [18, 100] integer\ninput public dose in [0, 3] integer\n"
                 "input committed ldl, hdl in [10, 400] step 0.5\nparam w hidden in [0, 1] = 0.5\n"
                 "output ratio within 5 = w * dose * hdl + age\noutput sum within 4 = ldl + hdl - dose\n")
        self.write("s", bytes(range(32)))
        other = self.compile(other, "other", "--salt", self.path("s"))
        self.write("dose.csv", "dose\n3\n")
        self.prove()
        self.verify(issued)
        self.prove("--reveal", bundle="other.emb", rows="dose.csv")
        self.verify(issued, program=other, rows="dose.csv")
        self.assertEqual(self.eml("commit", self.path("other.public.emb"), "--schema", "-").stdout, self.path("s.json").read_text())
        _, ((ratio, total),) = read_table(self.path("o.csv").read_text())
        self.assertLessEqual(abs(written(ratio) - (F(3, 2) * 61 + 50)), 5)
        self.assertLessEqual(abs(written(total) - (F(261, 2) + 61 - 3)), 4)

    def test_other_schemas(self):
        self.commit()
        order = "it is to age, ldl, hdl, the committed inputs of the model are, in this order, "
        for change, says in ((("ldl, hdl", "hdl, ldl"), order + "age, hdl, ldl"),
                             (("[10, 400]", "[10, 401]"), '"ldl" is in [10, 400], multiples of 0.5, in the model in [10, 401], multiples of 0.5'),
                             (("step 0.5", "step 0.25"), '"ldl" is in [10, 400], multiples of 0.5, in the model in [10, 400], multiples of 0.25'),
                             (("[10, 400] step 0.5", "[10, 400] step 0.5 frac 1"), None),
                             (("age in", "Age in"), order + "Age, ldl, hdl"),
                             (("input committed age", "input public age"), order + "ldl, hdl")):
            with self.subTest(change):
                self.compile(MODEL.replace(*change).replace("* age", "* Age" if "Age in" in change else "* age"), "other")
                self.write("p.csv", "years,age\n7,50\n" if "input public age" in change else "years\n7\n")
                refused = self.prove(bundle="other.emb", rows="p.csv", status=2 if says else 0)
                if says:
                    self.assert_input_error(refused, "row.open: the commitment is to other inputs: " + says, "commits again")

    def test_step_is_part_of_it(self):
        """Which numbers an issuer takes: without a step he would round what a step refuses, and vouch for another number."""
        grid = "model g\ninput committed a in [0, 9]%s frac 2\ninput public p in [0, 1] integer\noutput y within 4 = 3 * a + p\n"
        self.compile(grid % "", "fine")
        self.compile(grid % " step 0.5", "coarse")
        self.write("p.csv", "p\n1\n")
        self.write("a.csv", "a\n4.5\n")
        for issuer, prover in (("fine", "coarse"), ("coarse", "fine")):
            self.path("a.open").unlink(missing_ok=True)
            self.commit("a.csv", "a.open", f"{issuer}.emb")
            self.prove("--reveal", bundle=f"{issuer}.emb", opening="a.open", rows="p.csv")
            self.assert_input_error(self.prove("--reveal", bundle=f"{prover}.emb", opening="a.open", rows="p.csv", status=2), "other inputs")

    def test_edited_schemas(self):
        """A schema file that was changed on its way makes commitments that no model takes."""
        self.eml("commit", self.path("m.emb"), "--schema", self.path("s.json"))
        text = self.path("s.json").read_text()
        for old, new in (('"step": "1"', '"step": "0"'), ('"lo": "18"', '"lo": "0"'), ('"age"', '"alter"')):
            self.write("changed.json", text.replace(old, new, 1))
            self.path("c.open").unlink(missing_ok=True)
            self.write("c.csv", ROW.replace("age", "alter" if new == '"alter"' else "age"))
            self.commit("c.csv", "c.open", "changed.json")
            self.assert_input_error(self.prove(opening="c.open", status=2), "c.open: the commitment is to other inputs")

    def test_rounded_ends(self):
        """frac alone: any number, rounded to the grid, also where that leads past an end of the range."""
        self.compile("model r\ninput committed a in [0.1, 0.9] frac 2\ninput public p in [0, 1] integer\noutput y within 0.25 = a + p\n", "r")
        self.write("p.csv", "p\n1\n")
        for value, integer in (("0.1", 0), ("0.12", 0), ("0.13", 1), ("0.9", 4), ("0.5", 2)):
            self.write("a.csv", f"a\n{value}\n")
            self.path("a.open").unlink(missing_ok=True)
            self.commit("a.csv", "a.open", "r.emb")
            self.assertEqual(commitment.read_opening(self.path("a.open"))["values"], [integer])
            self.prove("--reveal", bundle="r.emb", opening="a.open", rows="p.csv")

    def test_bad_rows(self):
        cases = (("age,ldl,hdl\n17,130,61\n", "row 1", '"age"'), ("age,ldl,hdl\n50,130.25,61\n", "row 1", '"ldl"'),
                 ("age,ldl\n50,130\n", '"hdl"'), ("age,ldl,hdl,x\n50,130,61,1\n", '"x"'), ("age,ldl,hdl\n50,130,61\n51,130,61\n", "2 rows"),
                 ("age,ldl,hdl\n50,130,many\n", '"hdl"'), ("age,ldl,hdl\n", "row"), ("years,age,ldl,hdl\n7,50,130,61\n", '"years"', "public input"),
                 ("", "bad.csv"), ('[{"age": 50, "ldl": 130}]', '"hdl"'))
        for text, *says in cases:
            with self.subTest(text):
                self.write("bad.csv", text)
                self.assert_input_error(self.commit("bad.csv", status=2), "bad.csv", *says)
                self.assertFalse(self.path("row.open").exists())
        self.write("json.csv", '[{"age": 50, "ldl": 130.5, "hdl": "61.0", "more": 1}]')
        self.commit("json.csv", "row.open", "m.emb", "--allow-extra")
        self.assertEqual(commitment.read_opening(self.path("row.open"))["values"], [50, 261, 122])

    def test_usage(self):
        for arguments, says in ((["--input", self.path("row.csv")], "--opening FILE is missing"), (["--opening", self.path("x")], "--input FILE is missing"),
                                (["--schema", "-", "--opening", self.path("x")], "leave --input and --opening out"),
                                (["--input", self.path("row.csv"), "--opening", "-"], "--opening is a file"),
                                (["--input", self.path("row.csv")] * 2 + ["--opening", self.path("x")], "--input was given twice")):
            self.assert_input_error(self.eml("commit", self.path("m.emb"), *arguments, status=2), says)
        self.assert_input_error(self.commit(subject="m.eml", status=2), "eml compile makes one")
        self.assert_input_error(self.commit(subject="row.csv", status=2), "row.csv: neither a bundle nor a schema file")
        self.commit()
        self.assert_input_error(self.commit(subject="row.open", opening="other.open", status=2), "row.open: neither", "it is an opening")
        for kept in ("m.eml", "row.csv", "row.open", "m.emb"):
            before = self.path(kept).read_bytes()
            self.assert_input_error(self.eml("commit", self.path("m.emb"), "--schema", self.path(kept), status=2), kept)
            self.assertEqual(self.path(kept).read_bytes(), before)
        for _ in range(2):
            self.assertIn("s.json: the schema", self.eml("commit", self.path("m.emb"), "--schema", self.path("s.json")).stdout)
        shown = self.eml("inspect", self.path("s.json")).stdout
        digest = json.loads(self.eml("inspect", self.path("s.json"), "--json").stdout)["schema"]
        for file in ("m.emb", "row.open"):
            self.assertIn(digest, self.eml("inspect", self.path(file)).stdout)
        self.assertIn(digest, shown)
        self.assertIn("in [10, 400], multiples of 0.5", shown)
        self.assert_input_error(self.prove(opening="pub.csv", rows=None, status=2), "pub.csv: this is no opening; eml commit makes one")
        self.assert_input_error(self.prove(opening="m.emb", status=2), "m.emb")


class Openings(Checkup):
    def test_kept(self):
        issued = self.commit()
        self.assertEqual(mode(self.path("row.open")), 0o600)
        self.assertEqual(json.loads(self.commit("row.csv", "json.open", "m.emb", "--json"))["opening"], str(self.path("json.open")))
        before = self.path("row.open").read_bytes()
        self.assert_input_error(self.commit(status=2), "row.open", "never overwritten")
        self.write("other.csv", "text")
        self.assert_input_error(self.commit(opening="other.csv", status=2), "other.csv", "never overwritten")
        self.assertEqual(self.path("row.open").read_bytes(), before)
        self.prove()
        self.verify(issued)

    def test_openings_are_inputs(self):
        """The first bytes of a file tell what it is, as of ciphertexts."""
        issued = self.commit()
        self.prove("--input", self.path("row.open"), opening=None)
        self.verify(issued)
        self.assert_input_error(self.prove("--input", self.path("row.open"), status=2), "a second opening")

    def test_values(self):
        """Whoever was given an opening can read it; what is printed can be committed to again."""
        self.commit()
        self.assertEqual(self.eml("inspect", self.path("row.open"), "--values").stdout, "age,ldl,hdl\n50,130.5,61\n")
        self.assertEqual(json.loads(self.eml("inspect", self.path("row.open"), "--values", "--json").stdout), [{"age": 50, "ldl": 130.5, "hdl": 61}])
        self.assert_input_error(self.eml("inspect", self.path("absent"), "--values", status=2), "absent", "No such file")
        for other in ("row.csv", "m.emb"):
            self.assert_input_error(self.eml("inspect", self.path(other), "--values", status=2), f"{other}: this is no opening")

    def test_issued(self):
        """Who proves can ask whether the opening is of the commitment that the others have."""
        issued = self.commit()
        other = self.commit("row.csv", "other.open")
        self.prove("--issued-commitment", issued)
        self.assert_input_error(self.prove("--issued-commitment", other, status=2), "the opening is of another commitment", issued)
        self.assert_input_error(self.prove("--issued-commitment", "12", status=2), "64 hexadecimal digits")

    def test_what_is_missing(self):
        self.commit()
        self.assert_input_error(self.prove(opening=None, status=2), "--opening")
        self.assert_input_error(self.prove(rows=None, status=2), "a table of the public inputs was not given (--input): years")

    def test_standard_output(self):
        """Who proves hears what is given away, also where the table goes to standard output; and the table is a table."""
        self.commit()
        for options in ((), ("-o", "-")):
            said = self.eml("prove", self.path("m.emb"), "--opening", self.path("row.open"), "-i", self.path("pub.csv"), "-p", self.path("p"), *options)
            self.assertEqual(said.stdout.count("\n"), 2)
            self.assertIn("about commitment", said.stderr)
            self.assertIn("given away: 1 of", said.stderr)

    def test_damaged(self):
        self.commit()
        whole = self.path("row.open").read_bytes()
        for name, raw, says in (("cut", whole[:-1], "longer than the bytes that are left"), ("longer", whole + b"\0", "1 bytes after the end"),
                                ("version", whole.replace(b"opening\x02", b"opening\x03", 1), "commit again"),
                                ("salts", whole.replace(self.salts(whole), bytes(32), 1), "salts that are 0 or equal"),
                                ("names", whole.replace(b"cage", b"cagf", 1), "schema is not that of the inputs"), ("empty", b"", "row.open")):
            with self.subTest(name):
                self.write("row.open", raw)
                self.assert_input_error(self.prove(status=2), "row.open", *([says] if says != "row.open" else []))
                if name != "empty":
                    self.assert_input_error(self.eml("inspect", self.path("row.open"), status=2), "row.open", says)
        self.write("row.open", whole)
        self.prove()

    def salts(self, whole):
        at = whole.index(b"esalts") + 8
        return whole[at:at + 32]

    def test_changed(self):
        """Another value or salt opens another commitment: such a file is damaged, or of another commitment; a value that the model does not
        take is said so, and not what it is."""
        issued = self.commit()
        whole = self.path("row.open").read_bytes()
        values, salts = (commitment.read_opening(self.path("row.open"))[key] for key in ("values", "salts"))
        for fields, status in (({"values": [51, *values[1:]]}, 0), ({"values": [101, *values[1:]]}, 2), ({"values": [17, *values[1:]]}, 2),
                               ({"salts": salts[::-1]}, 0)):
            self.write("row.open", whole)
            raw, opened = commitment.changed(self.path("row.open"), **fields)
            self.write("row.open", raw)
            result = self.prove(status=status)
            if status:
                self.assert_input_error(result, 'the committed value of "age" is none that the model takes: in [18, 100], multiples of 1')
                self.assertNotIn(str(fields["values"][0]), result.stderr)
            else:
                self.assertIn("refused (commitment)", self.verify(issued, status=1).stdout)
                self.verify(opened)
            ended = len(raw) - 32
            self.write("row.open", raw[:ended] + whole[ended:])
            for refused in (self.prove(status=2), self.eml("inspect", self.path("row.open"), status=2)):
                self.assert_input_error(refused, "row.open: the file is damaged")

def draw_model(chosen):
    """Text of a random model, its committed and public inputs as (name, lo, hi, grid), and what each output is: (constant, {name: weight},
    {(committed, public): weight}), with its tolerance."""
    committed = [(f"c{i}", *draw_range(chosen)) for i in range(chosen.randint(1, 7))]
    public = [(f"p{i}", *draw_range(chosen)) for i in range(chosen.randint(0, 3))]
    inputs = [("committed", c) for c in committed] + [("public", p) for p in public]
    chosen.shuffle(inputs)
    order = [i[0] for kind, i in inputs if kind == "committed"]
    committed.sort(key=lambda c: order.index(c[0]))
    text = f"model random{' single row' if public else ''}\n"
    for kind, (name, lo, hi, grid) in inputs:
        text += f"input {kind} {name} in [{decimal(lo)}, {decimal(hi)}] step {decimal(grid)}\n"
    hidden = chosen.random() < 0.4
    outputs = []
    for o in range(chosen.randint(1, 3)):
        linear = {name: F(chosen.randint(-4000, 4000), 1000) for name, *_ in committed + public if chosen.random() < 0.7}
        pairs = {(c[0], p[0]): F(chosen.randint(-30, 30), 10) for c in committed for p in public if chosen.random() < 0.3}
        outputs.append((F(chosen.randint(-500, 500), 10), linear, pairs))
        if hidden and linear:
            name = chosen.choice(sorted(linear))
            text += f"param w{o} hidden in [-4, 4] = {decimal(linear[name])}\n"
        else:
            name = None
        terms = [f"({'w' + str(o) if n == name else decimal(w)}) * {n}" for n, w in linear.items()]
        terms += [f"({decimal(w)}) * {c} * {p}" for (c, p), w in pairs.items()]
        text += f"output y{o} within 0.5 = {' + '.join([decimal(outputs[-1][0]), *terms])}\n".replace("= -", "= 0 + -")
    return text.replace("0 + -", "0 - "), committed, public, outputs


def draw_range(chosen):
    grid = chosen.choice([F(1), F(1, 2), F(1, 10), F(1, 4), F(5)])
    lo = grid * chosen.randint(-40, 40)
    return lo, lo + grid * chosen.randint(1, 300), grid


def draw_row(chosen, columns):
    return {name: chosen.choice([lo, hi, lo + grid * chosen.randint(0, int((hi - lo) / grid))]) for name, lo, hi, grid in columns}


class Random(Checkup):
    def put_row(self, name, row):
        names = list(row)
        self.write(name, ",".join(names) + "\n" + ",".join(decimal(row[n]) for n in names) + "\n")

    def assert_outputs(self, outputs, row):
        _, (given,) = read_table(self.path("o.csv").read_text())
        for text, (constant, linear, pairs) in zip(given, outputs, strict=True):
            exact = constant + sum(w * row[n] for n, w in linear.items()) + sum(w * row[c] * row[p] for (c, p), w in pairs.items())
            self.assertLessEqual(abs(written(text) - exact), F(1, 2))

    def assert_commitment(self, issued, committed, row):
        opening = commitment.read_opening(self.path("c.open"))
        schema = [{"name": n, "unit": str(grid), "offset": "0", "lo": str(lo), "hi": str(hi), "step": str(grid)} for n, lo, hi, grid in committed]
        values = [row[n] / grid for n, lo, hi, grid in committed]
        self.assertTrue(all(v.denominator == 1 for v in values))
        self.assertEqual(commitment.commitment(commitment.schema_digest(schema), opening["salts"], [int(v) for v in values]), issued)

    def test_random_models(self):
        chosen = chance("committed")
        for attempt in range(50):
            text, committed, public, outputs = draw_model(chosen)
            with self.subTest(attempt, text=text):
                program = self.compile(text, f"r{attempt}")
                values, table = draw_row(chosen, committed), draw_row(chosen, public)
                self.put_row("c.csv", values)
                self.put_row("p.csv", table)
                for old in ("c.open", "d.open"):
                    self.path(old).unlink(missing_ok=True)
                rows = "p.csv" if public else None
                issued = self.commit("c.csv", "c.open", f"r{attempt}.emb")
                self.assert_commitment(issued, committed, values)
                said = json.loads(self.prove("--reveal", "--json", bundle=f"r{attempt}.emb", opening="c.open", rows=rows).stdout)
                if not public and "hidden" not in text:  # nothing depends on the row, or on what others do not see
                    self.assertEqual(said.get("reveal_proofs"), self.report["reveal_proofs"])
                self.prove("--reveal", bundle=f"r{attempt}.emb", opening="c.open", rows=rows)
                self.assert_outputs(outputs, {**values, **table})
                self.verify(issued, "--require-zk", program=program, rows=rows)
                name, lo, hi, grid = chosen.choice(committed)
                values[name] += grid if values[name] < hi else -grid
                self.put_row("d.csv", values)
                other = self.commit("d.csv", "d.open", f"r{attempt}.emb")
                self.assertIn("refused (commitment)", self.verify(other, program=program, rows=rows, status=1).stdout)
