"""Models with hidden params: who gets which file, what each says, and what is refused."""
import json
import os
import re
import stat
from decimal import Decimal

from harness import EXAMPLES, NAMES, Case, read_table

MODEL = """model tariff
input public age in [18, 99] integer
input public km in [0, 50000] integer
param w[2] hidden in [-10, 10] = [%s, %s]
param base hidden in [0, 1000] = %s
output price within 0.1 = base + w[0] * age + w[1] * km / 1000
"""
WEIGHTS = ("3.125", "-1.75", "417.5")
SALT = bytes(range(32))


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


class Hidden(Case):
    def setUp(self):
        super().setUp()
        self.write("s", SALT)
        self.hash = self.compile(WEIGHTS, "m.emb", "--salt", self.folder / "s")
        self.write("rows.csv", "age,km\n30,12000\n61,700\n")

    def path(self, name):
        return self.folder / name

    def compile(self, weights, output, *options):
        model = self.write("m.eml", MODEL % weights)
        said = self.eml("compile", model, "-o", self.path(output), "--json", *options).stdout
        return json.loads(said)["program_hash"]

    def prove(self, rows="rows.csv", bundle="m.emb", *options, status=0):
        return self.eml("prove", self.path(bundle), "-i", self.path(rows), "-o", self.path("out.csv"), "-p", self.path("out.proof"), *options,
                        status=status)

    def verify(self, *options, program=None, status=0):
        return self.eml("verify", "--program", program or self.hash, "-i", self.path("rows.csv"), "-o", self.path("out.csv"), "-p",
                        self.path("out.proof"), *options, status=status)


class Files(Hidden):
    def test_two_bundles(self):
        self.assertEqual(mode(self.path("m.emb")), 0o600)
        self.assertNotEqual(mode(self.path("m.public.emb")), 0o600)
        public = json.loads(self.eml("inspect", self.path("m.public.emb"), "--json").stdout)
        owners = json.loads(self.eml("inspect", self.path("m.emb"), "--json").stdout)
        self.assertEqual((public["kind"], owners["kind"]), ("public bundle", "owner's bundle"))
        self.assertEqual(public["program_hash"], self.hash)
        self.assertEqual({**public, "kind": 0}, {**owners, "kind": 0})
        self.assertEqual([(p["name"], p["shape"], p["lo"], p["hi"]) for p in public["abi"]["hidden"]["params"]],
                         [("w", [2], "-10", "10"), ("base", [], "0", "1000")])

    def test_compile_names_both(self):
        model = self.write("m.eml", MODEL % WEIGHTS)
        said = self.eml("compile", model, "-o", self.path("m.emb"), "--salt", self.path("s")).stdout
        self.assertIn(f"{self.path('m.public.emb')}: for everybody else", said)
        said = json.loads(self.eml("compile", model, "-o", self.path("m.emb"), "--salt", self.path("s"), "--json").stdout)
        self.assertEqual(said["public_bundle"], str(self.path("m.public.emb")))

    def test_public_bundle_cannot_prove(self):
        for words in (("run", self.path("m.public.emb"), "-i", self.path("rows.csv")), ("disasm", self.path("m.public.emb"))):
            self.assertIn("its owner's bundle is needed", self.eml(*words, status=2).stderr)
        self.assertIn("its owner's bundle is needed", self.prove("rows.csv", "m.public.emb", status=2).stderr)
        self.assertFalse(self.path("out.proof").exists())

    def test_forms_do_not_mix(self):
        """A public bundle under the magic of another kind, and the other way round."""
        kinds = {name: self.path(name).read_bytes() for name in ("m.emb", "m.public.emb")}
        owners, public = b"\x70eml owner bundle", b"\x71eml public bundle"
        for name, old, new in (("m.emb", owners, public), ("m.emb", owners, b"\x6aeml bundle"), ("m.public.emb", public, owners),
                               ("m.public.emb", public, b"\x6aeml bundle")):
            self.assertIn(old, kinds[name][:20])
            path = self.write("x.emb", kinds[name].replace(old, new, 1))
            self.eml("inspect", path, status=2)

    def test_code_that_hides_badly(self):
        """Bundles with salts that are none, or with values that no instruction pushes."""
        data = self.path("m.emb").read_bytes()
        shape = json.loads(self.eml("inspect", self.path("m.emb"), "--json").stdout)["shape"]
        groups = (shape["trace_rows"] - 192) * shape["sponges"] // 16
        salt, last = len(data) - 16 * groups, len(data) - 16
        for at, value, said in ((salt, bytes(16), "salt"), (salt, data[salt + 16:salt + 32], "salt"),
                                (last, b"\x05" + bytes(15), "immediate")):
            path = self.write("bad.emb", data[:at] + value + data[at + 16:])
            self.assertIn(said, self.eml("inspect", path, status=2).stderr)

    def test_salt_makes_the_hash_again(self):
        self.assertEqual(self.compile(WEIGHTS, "again.emb", "--salt", self.path("s")), self.hash)
        self.assertEqual(self.path("again.emb").read_bytes(), self.path("m.emb").read_bytes())
        self.assertNotEqual(self.compile(WEIGHTS, "free.emb"), self.hash)
        made = self.compile(WEIGHTS, "a.emb", "--salt", self.path("new"))
        self.assertEqual((len(self.path("new").read_bytes()), mode(self.path("new"))), (32, 0o600))
        self.assertNotEqual(made, self.hash)
        self.assertEqual(self.compile(WEIGHTS, "b.emb", "--salt", self.path("new")), made)

    def test_bad_salts(self):
        model = self.write("m.eml", MODEL % WEIGHTS)
        for content in (b"", SALT[:31], SALT + b"\n"):
            self.write("bad", content)
            self.eml("compile", model, "-o", self.path("z.emb"), "--salt", self.path("bad"), status=2)
            self.assertEqual(self.path("bad").read_bytes(), content)
        plain = self.write("plain.eml", "model p\ninput public x in [0, 1]\noutput y within 1e-3 = 2 * x\n")
        said = self.eml("compile", plain, "-o", self.path("z.emb"), "--salt", self.path("unmade"), status=2).stderr
        self.assertIn("has none", said)
        self.assertFalse(self.path("unmade").exists() or self.path("z.emb").exists())

    def test_compiled_files_are_no_models(self):
        for words in (("check",), ("test",), ("fmt",), ("fmt", "--check"), ("compile", "-o", self.path("z.emb"))):
            for name in ("m.emb", "m.public.emb"):
                self.assertIn("not the text of a model", self.eml(*words, self.path(name), status=2).stderr)

    def test_owners_bundle_is_kept(self):
        before = self.path("m.emb").read_bytes()
        model = self.write("m.eml", MODEL % WEIGHTS)
        plain = self.write("plain.eml", "model p\ninput public x in [0, 1]\noutput y within 1e-3 = 2 * x\n")
        for words in (("compile", model, "-o", self.path("m.emb")), ("compile", plain, "-o", self.path("m.emb")),
                      ("compile", model, "--emit", f"air={self.path('m.emb')}"), ("run", self.path("m.emb"), "-i", self.path("rows.csv"), "-o",
                                                                                  self.path("m.emb"))):
            self.eml(*words, status=2)
            self.assertEqual(self.path("m.emb").read_bytes(), before)

    def test_salts_that_only_a_bundle_has_are_kept(self):
        """What another salt or none made could not be made again: neither compile nor asm replaces it."""
        model = self.write("m.eml", MODEL % WEIGHTS)
        self.write("other", SALT[::-1])
        hidden = self.write("free.asm", ".form 1\npush.3\nread\nmul\nwrite\n")
        self.eml("compile", model, "-o", self.path("fresh.emb"))
        for name, salts in (("fresh.emb", ("s", "other", "unmade")), ("m.emb", ("other", "unmade"))):
            before = self.path(name).read_bytes()
            for words in (*(("compile", model, "--salt", self.path(salt), "--emit", f"asm={self.path('early')}") for salt in salts), ("asm", hidden)):
                self.assertIn("is overwritten only by", self.eml(*words, "-o", self.path(name), status=2).stderr)
                self.assertEqual(self.path(name).read_bytes(), before)
            self.assertFalse(self.path("unmade").exists() or self.path("early").exists())
        # Other weights under the same salt, and assembly under its own name, lose nothing.
        self.assertNotEqual(self.compile(("1", "1", "1"), "m.emb", "--salt", self.path("s")), self.hash)
        self.assertEqual(self.compile(WEIGHTS, "m.emb", "--salt", self.path("s")), self.hash)
        for _ in range(2):
            self.eml("asm", hidden, "-o", self.path("free.emb"))

    def test_salt_of_artifacts_alone(self):
        model = self.write("m.eml", MODEL % WEIGHTS)
        first = self.eml("compile", model, "--emit", "asm", "--salt", self.path("new")).stdout
        self.assertEqual((len(self.path("new").read_bytes()), mode(self.path("new"))), (32, 0o600))
        self.assertEqual(self.eml("compile", model, "--emit", "asm", "--salt", self.path("new")).stdout, first)
        plain = self.write("plain.eml", "model p\ninput public x in [0, 1]\noutput y within 1e-3 = 2 * x\n")
        self.eml("compile", plain, "--emit", f"asm={self.path('p.asm')}", "--salt", self.path("unmade"), status=2)
        self.assertFalse(self.path("p.asm").exists() or self.path("unmade").exists())

    def test_artifacts_with_weights(self):
        model = self.write("m.eml", MODEL % WEIGHTS)
        for kind, secret in (("asm", True), ("tokens", True), ("ast", True), ("air", False), ("abi-json", False), ("winterfell", False)):
            path = self.path(kind)
            self.eml("compile", model, "--emit", f"{kind}={path}")
            self.assertEqual(mode(path) == 0o600, secret, kind)
        self.eml("disasm", self.path("m.emb"), "-o", self.path("d.asm"))
        self.assertEqual(mode(self.path("d.asm")), 0o600)
        self.eml("asm", self.path("d.asm"), "-o", self.path("raw.emb"))
        self.assertEqual(mode(self.path("raw.emb")), 0o600)


class Proofs(Hidden):
    def test_verdicts(self):
        said = self.prove().stdout
        self.assertIn("given away: 2 of the ", said)
        self.assertNotIn("NOT zero-knowledge", said)
        for program in (self.hash, self.path("m.public.emb"), self.path("m.emb")):
            self.assertIn(", zero-knowledge", self.verify("--require-zk", program=program).stdout)
        self.assertTrue(json.loads(self.verify("--json").stdout)["zero_knowledge"])
        # Who has the public bundle has not read the code: it is worth what the hash is.
        self.prove("rows.csv", "m.emb", "--preset", "high")
        bits = [json.loads(self.verify("--json", program=p).stdout)["proven_bits"] for p in (self.hash, self.path("m.public.emb"), self.path("m.emb"))]
        self.assertEqual(bits[0], bits[1])
        self.assertLess(bits[1], bits[2])
        self.assertIn("zero-knowledge", self.eml("inspect", self.path("out.proof")).stdout)
        self.assertTrue(json.loads(self.eml("inspect", self.path("out.proof"), "--json").stdout)["zero_knowledge"])

    def test_small_preset_is_called_transparent(self):
        weakness = "there is something to hide, but the preset is too small for that"
        self.assertIn("NOT zero-knowledge: " + weakness, self.prove("rows.csv", "m.emb", "--preset", "test").stdout)
        self.assertIn(", transparent: " + weakness, self.verify("--preset", "test").stdout)
        said = self.verify("--preset", "test", "--require-zk", status=1).stdout
        self.assertIn("refused (transparent)", said)
        self.assertIn(weakness, said)
        self.assertIn("what it should hide: " + weakness, self.eml("inspect", self.path("out.proof")).stdout)

    def test_no_salts_hide_nothing(self):
        """A hidden program of assembly without salts: anybody can hash what he guesses and compare."""
        weakness = "the program is hidden, but has no salts, so that its hash confirms guesses of it"
        source = self.write("free.asm", ".form 1\npush.3\nread\nmul\nwrite\n")
        self.eml("asm", source, "-o", self.path("free.emb"))
        said = json.loads(self.eml("inspect", self.path("free.emb"), "--json").stdout)
        files = ("-i", self.write("in.json", '{"public_tape": ["5"], "secret_tape": []}'), "-o", self.path("o.json"), "-p", self.path("o.proof"))
        self.assertIn("NOT zero-knowledge: " + weakness, self.eml("prove", self.path("free.emb"), *files).stdout)
        self.assertIn(", transparent: " + weakness, self.eml("verify", "--program", said["program_hash"], *files).stdout)
        refused = self.eml("verify", "--program", said["program_hash"], *files, "--require-zk", status=1).stdout
        self.assertIn("refused (transparent)", refused)
        self.assertIn(weakness, refused)
        self.assertIn(weakness, self.eml("inspect", self.path("o.proof")).stdout)
        self.assertFalse(json.loads(self.eml("inspect", self.path("o.proof"), "--json").stdout)["zero_knowledge"])

    def test_transparent_model_is_refused(self):
        model = self.write("p.eml", re.sub(r" hidden in \[.*?\]", "", MODEL % WEIGHTS))
        self.hash = json.loads(self.eml("compile", model, "-o", self.path("p.emb"), "--json").stdout)["program_hash"]
        self.prove("rows.csv", "p.emb")
        self.assertIn(", transparent\n", self.verify().stdout)
        self.assertEqual(json.loads(self.verify("--require-zk", "--json", status=1).stdout)["reason"], "transparent")

    def test_lies(self):
        self.prove()
        header, first, second = self.path("out.csv").read_text().split()
        for rows in ((second, first), (first,), (first, second + "1")):
            self.write("out.csv", "\n".join((header, *rows)) + "\n")
            self.verify(status=1)
        other = self.compile(("3.125", "-1.75", "418"), "other.emb", "--salt", self.path("s"))
        self.prove("rows.csv", "other.emb")
        self.assertIn("refused (program)", self.verify(status=1).stdout)
        self.verify(program=other)

    def test_budget(self):
        rows = json.loads(self.eml("inspect", self.path("m.public.emb"), "--json").stdout)["abi"]["hidden"]["rows"]
        self.assertGreater(rows, 1)
        self.write("rows.csv", "age,km\n" + "".join(f"{20 + i},{i}\n" for i in range(rows)))
        self.prove()
        self.write("rows.csv", "age,km\n" + "".join(f"{20 + i},{i}\n" for i in range(rows + 1)))
        self.path("out.proof").unlink()
        self.assertIn("--reveal", self.prove(status=2).stderr)
        self.assertFalse(self.path("out.proof").exists())
        self.prove("rows.csv", "m.emb", "--reveal")
        self.verify("--require-zk")

    def test_proofs_differ(self):
        """Fresh randomness for each: the same rows are never proved with the same tail."""
        self.prove()
        first = self.path("out.proof").read_bytes()
        self.prove()
        self.assertNotEqual(self.path("out.proof").read_bytes()[:4000], first[:4000])


class RealModels(Case):
    """The fitted models of examples/, their weights hidden: as near to the float predictions as the public ones, and verified by hash alone."""

    def test_examples(self):
        for name in NAMES:
            with self.subTest(name):
                folder = EXAMPLES / name
                text = re.sub(r"^test .*?^}\n", "", (folder / "model.eml").read_text(), flags=re.M | re.S)
                text = re.sub(r"^(param (?:w|W|intercept)(?:\[[^]]*\])?) =", r"\1 hidden in [-1000, 1000] =", text, flags=re.M)
                self.assertIn(" hidden in ", text)
                model = self.write("model.eml", text)
                said = json.loads(self.eml("compile", model, "--salt", self.folder / "salt", "-o", self.folder / "m.emb", "--json").stdout)
                inputs, output, proof = folder / "inputs.csv", self.folder / "out.csv", self.folder / "out.proof"
                rows = said["report"]["reveal_rows"]
                header, *lines = inputs.read_text().splitlines()
                self.assertGreater(len(lines), rows)
                few = self.write("few.csv", "\n".join([header, *lines[:rows]]) + "\n")
                for table, more in ((few, ()), (inputs, ("--reveal",))):
                    self.eml("prove", self.folder / "m.emb", "-i", table, "-o", output, "-p", proof, *more)
                    self.eml("verify", "--program", said["program_hash"], "-i", table, "-o", output, "-p", proof, "--require-zk")
                _, found = read_table(output.read_text())
                _, expected = read_table((folder / "predictions.csv").read_text())
                self.assertEqual(len(found), len(expected))
                worst = max(abs(Decimal(a) - Decimal(b)) for x, y in zip(found, expected) for a, b in zip(x, y))
                self.assertLessEqual(worst, Decimal("1e-6"))
                self.eml("prove", self.folder / "m.emb", "-i", inputs, "-o", output, "-p", proof, status=2)


class Declared(Hidden):
    def test_files_for_others_depend_on_declarations_alone(self):
        """Whatever the weights: the same public bundle but for digests and hash, and the same words for everybody."""
        told = set()
        for weights in (WEIGHTS, ("0", "0", "0"), ("1", "1", "1"), ("-1", "1", "0"), ("10", "-10", "1000"), ("5", "5", "5")):
            self.compile(weights, "x.emb", "--salt", self.path("s"))
            said = json.loads(self.eml("inspect", self.path("x.public.emb"), "--json").stdout)
            del said["program_hash"]
            air = self.eml("compile", self.path("m.eml"), "--emit", "air").stdout
            told.add(json.dumps((said, air, len(self.path("x.public.emb").read_bytes()), len(self.path("x.emb").read_bytes()))))
        self.assertEqual(len(told), 1)

    def test_weights_are_in_no_file_for_others(self):
        self.prove()
        asm = self.eml("disasm", self.path("m.emb")).stdout
        values = [int(line.split(".")[1]) for line in asm.split() if line.startswith("push.")]
        self.assertGreater(len(values), 2)
        for name in ("m.public.emb", "out.proof"):
            data = self.path(name).read_bytes()
            for value in values:
                self.assertNotIn((value % (2**128 - 45 * 2**40 + 1)).to_bytes(16, "little"), data, name)
        self.assertIn(max(values).to_bytes(16, "little"), self.path("m.emb").read_bytes())

    def test_refused_models(self):
        cases = {
            "input secret x in [0, 1]\nparam w hidden in [0, 1] = 0.5\noutput y within 1e-3 = w * x\n": "secret",
            "input public x in [0, 1]\nparam w hidden in [0, 1] = 1.5\noutput y within 1e-3 = w * x\n": "w",
            "input public x in [0, 1]\nparam w hidden = 0.5\noutput y within 1e-3 = w * x\n": "in",
        }
        for text, word in cases.items():
            said = self.eml("compile", self.write("bad.eml", "model bad\n" + text), "-o", self.path("bad.emb"), status=2).stderr
            self.assertIn(word, said)
            self.assertNotIn("error: 1.5", said)
            self.assertFalse(self.path("bad.emb").exists())
