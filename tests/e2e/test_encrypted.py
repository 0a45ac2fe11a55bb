"""Secret inputs: predictions on ciphertexts, proved, verified without a key, decrypted to what the model gives in the clear."""
import json
import os
import pathlib
import re
import shutil
import stat
import struct
import subprocess
import tempfile
from decimal import Decimal

import harness
import reference
from harness import EXAMPLES, NAMES, TOP, Case, built, call, read_table, write_table

HEADER = 36  # bytes that key and ciphertext files open with
TAG = HEADER + 1 + 1 + 32 + 32  # where a ciphertext's sender's tag stands
LABEL = TAG + 32 + 8 + 4  # a ciphertext's, before its columns


def secret_source(name):
    """The example's model, all inputs secret."""
    return (EXAMPLES / name / "model.eml").read_text().replace("input public", "input secret")


def flip(data, at, bit=0):
    at %= len(data)
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


class Ciphertext:
    """A ciphertext file taken apart, as docs/encryption.md describes it."""

    def __init__(self, data):
        self.head = data[: LABEL - 12]
        self.rows, columns = struct.unpack_from("<QI", data, LABEL - 12)
        self.slots = -(-self.rows // 1024) * 1024
        self.columns, at = [], LABEL
        for _ in range(columns):
            length = data[at]
            self.columns.append(data[at : at + 1 + length + 32])
            at += 1 + length + 32
        size = 5 * self.slots * 16
        self.cells = [data[at + i * size : at + (i + 1) * size] for i in range(columns)]
        assert at + columns * size == len(data)

    def to_bytes(self):
        return self.head + struct.pack("<QI", self.rows, len(self.columns)) + b"".join(self.columns) + b"".join(self.cells)

    def swap(self, what, a, b):
        values = getattr(self, what)
        values[a], values[b] = values[b], values[a]


class Owner:
    """A key pair, made once."""

    def __init__(self, folder, name):
        self.secret, self.public = folder / f"{name}.key", folder / f"{name}.pub"
        call("keygen", "--secret", self.secret, "--public", self.public)


class Encrypted:
    """A model with secret inputs, its rows encrypted, predicted and proved: once for all tests that look at it."""

    made = {}
    folder = None

    def __init__(self, name, source, secret_csv, public_csv=None, owner=None):
        folder = self.folder / name
        folder.mkdir()
        self.model, self.bundle, self.inputs, self.outputs, self.proof, self.decrypted = (
            folder / x for x in ("model.eml", "model.emb", "in.ct", "out.ct", "out.proof", "out.csv"))
        self.owner = owner or Encrypted.owner()
        self.model.write_text(source)
        compiled = json.loads(call("compile", self.model, "-o", self.bundle, "--json").stdout)
        self.hash, self.trace_rows = compiled["program_hash"], compiled["trace_rows"]
        self.abi = json.loads(call("compile", self.model, "--emit", "abi-json").stdout)
        self.table = folder / "secret.csv"
        self.table.write_text(secret_csv)
        self.public = None
        if public_csv is not None:
            self.public = folder / "public.csv"
            self.public.write_text(public_csv)
        call("encrypt", self.bundle, "--secret", self.owner.secret, "--input", self.table, "--output", self.inputs)
        call("prove", self.bundle, *self.given(), "--output", self.outputs, "--proof", self.proof)
        self.decrypt("--exact", "--output", self.decrypted)

    def given(self):
        return [x for path in (self.inputs, self.public) if path for x in ("--input", path)]

    def decrypt(self, *more, status=0, **changes):
        """Runs eml decrypt with some of secret, sent, input and proof replaced, or left out (None)."""
        given = {"secret": self.owner.secret, "sent": self.inputs, "input": self.outputs, "proof": self.proof, "public-input": self.public, **changes}
        arguments = [x for key, value in given.items() if value is not None for x in (f"--{key}", value)]
        return call("decrypt", self.bundle, *arguments, *more, status=status)

    def unverified(self, *more, status=0, **changes):
        return self.decrypt("--unverified", *more, status=status, **{"sent": None, "proof": None, "public-input": None, **changes})

    def rows(self):
        """{name: text} of every row, public columns too."""
        header, rows = read_table(self.table.read_text())
        result = [dict(zip(header, row)) for row in rows]
        if self.public:
            header, rows = read_table(self.public.read_text())
            for row, more in zip(result, rows if len(rows) > 1 else rows * len(result), strict=True):
                row.update(zip(header, more))
        return result

    def verify(self, status=0, **changes):
        given = {"program": self.bundle, "output": self.outputs, "proof": self.proof, **changes}
        inputs = [given.pop("input", self.inputs), given.pop("table", self.public)]
        arguments = [x for key, value in given.items() for x in (f"--{key}", value)]
        return call("verify", *arguments, *(x for path in inputs if path for x in ("--input", path)), status=status)

    @classmethod
    def owner(cls):
        if "owner" not in cls.made:
            cls.made["owner"] = Owner(cls.folder, "owner")
        return cls.made["owner"]

    @classmethod
    def of(cls, name):
        if name not in cls.made:
            cls.made[name] = cls(name, secret_source(name), (EXAMPLES / name / "inputs.csv").read_text())
        return cls.made[name]

    @classmethod
    def mixed(cls):
        if "mixed" not in cls.made:
            cls.made["mixed"] = cls("mixed", MIXED, "x[0],x[1],x[2]\n1,2,3\n4,5,6.25\n0,0,10\n",
                                    "w[0],w[1],w[2],age\n1,-2,0.5,40\n1,-2,0.5,20\n1,-2,0.5,30\n")
        return cls.made["mixed"]


MIXED = """model mixed
input public uniform w[3] in [-4, 4]
input public age in [18, 99] integer
input secret x[3] in [0, 10]
output y within 1e-3 = dot(w, x) + 0.5 * age + 3.25
output z within 1e-3 = x[0] - 2 * x[2] + w[1]
"""


def setUpModule():
    Encrypted.folder = pathlib.Path(tempfile.mkdtemp(prefix="eml-encrypted-"))


def tearDownModule():
    shutil.rmtree(Encrypted.folder)


class Predictions(Case):
    def check_exact(self, made):
        header, rows = read_table(made.decrypted.read_text())
        self.assertEqual(header, [output["name"] for output in made.abi["outputs"]])
        asm = call("disasm", made.bundle).stdout
        self.assertEqual(rows, reference.predict(made.abi, asm, made.rows()))
        return rows

    def test_examples(self):
        for name in NAMES:
            with self.subTest(name):
                made = Encrypted.of(name)
                rows = self.check_exact(made)
                header, float_rows = read_table((EXAMPLES / name / "predictions.csv").read_text())
                self.assertEqual(len(rows), len(float_rows))
                for row, float_row in zip(rows, float_rows):
                    for value, expected in zip(row, float_row):
                        self.assertLessEqual(abs(Decimal(value) - Decimal(expected)), Decimal("1e-6"))
                self.assertIn(f", {len(rows)} rows, ", made.verify().stdout)

    def test_mixed(self):
        """Public, uniform and secret inputs, and products of uniform and secret ones."""
        made = Encrypted.mixed()
        self.assertEqual(self.check_exact(made), [["21.75", "-7"], ["10.375", "-10.5"], ["23.25", "-22"]])
        made.verify()

    def test_reference_on_plain_models(self):
        """The judge itself, on models whose outputs eml prints without encryption."""
        for name in NAMES:
            with self.subTest(name):
                model, inputs, bundle = EXAMPLES / name / "model.eml", EXAMPLES / name / "inputs.csv", self.folder / "m.emb"
                self.eml("compile", model, "-o", bundle)
                abi = json.loads(self.eml("compile", model, "--emit", "abi-json").stdout)
                header, rows = read_table(inputs.read_text())
                predicted = reference.predict(abi, self.eml("disasm", bundle).stdout, [dict(zip(header, row)) for row in rows])
                self.assertEqual(read_table(self.eml("run", bundle, "--input", inputs).stdout)[1], predicted)

    def test_rows(self):
        """One row, one more than a block, several blocks."""
        source = "model rows\ninput secret a, b in [0, 1000] integer\noutput y exact = 3 * a - 7 * b + 5\n"
        for count in (1, 1025, 3000):
            with self.subTest(count):
                table = "a,b\n" + "".join(f"{i % 1001},{(7 * i) % 1001}\n" for i in range(count))
                made = Encrypted(f"rows{count}", source, table)
                self.check_exact(made)
                self.assertIn(f", {count} row", made.verify().stdout)
                self.assertEqual(made.trace_rows, 32)

    def test_single_row(self):
        source = ("model single single row\ninput public a, b in [0, 10]\ninput secret x[2] in [0, 10]\n"
                  "output y within 1e-2 = a * x[0] + a * b - 3 * x[1] + b + 1\n")
        made = Encrypted("single", source, "x[0],x[1]\n1,2\n", "a,b\n2,3\n")
        self.check_exact(made)
        made.verify()

    def test_one_table_row_for_uniform_inputs(self):
        source = "model weights\ninput public uniform w[2] in [-2, 2]\ninput secret x[2] in [0, 10]\noutput y within 1e-3 = dot(w, x)\n"
        made = Encrypted("weights", source, "x[0],x[1]\n1,2\n3,4\n5,6\n", "w[0],w[1]\n1.5,-0.5\n")
        self.assertEqual(self.check_exact(made), [["0.5"], ["2.5"], ["4.5"]])
        made.verify()
        self.assertIn("refused (statement)", made.verify(status=1, table=self.write("w.csv", "w[0],w[1]\n1.5,0.5\n")).stdout)

    def test_one_data_set_for_many_models(self):
        declared = "input secret x[2] in [0, 100] frac 10\n"
        first = Encrypted("first", f"model first\n{declared}output y within 1e-2 = x[0] + 2 * x[1]\n", "x[0],x[1]\n1.5,2\n70,80\n")
        delta = first.abi["delta_bits"] + 4
        for name, form, expected in (("second", "3 * x[0] - x[1] + 1", [["3.5"], ["131"]]), ("third", "0.5 * x[0]", [["0.75"], ["35"]])):
            model, bundle = self.write(f"{name}.eml", f"model {name}\n{declared}output y within 1e-2 = {form}\n"), self.folder / "m.emb"
            ciphertext, out, proof = self.folder / "x.ct", self.folder / "y.ct", self.folder / "y.proof"
            if not ciphertext.exists():  # encrypted for the first of these models
                self.eml("compile", model, "-o", bundle, "--delta", delta)
                self.eml("encrypt", bundle, "--secret", first.owner.secret, "--input", first.table, "--output", ciphertext)
            self.eml("compile", model, "-o", bundle, "--delta", delta)
            self.eml("prove", bundle, "--input", ciphertext, "--output", out, "--proof", proof)
            self.eml("verify", "--program", bundle, "--input", ciphertext, "--output", out, "--proof", proof)
            said = self.eml("decrypt", bundle, "--secret", first.owner.secret, "--sent", ciphertext, "--input", out, "--proof", proof).stdout
            for [value], [exact] in zip(read_table(said)[1], expected, strict=True):
                self.assertLessEqual(abs(Decimal(value) - Decimal(exact)), Decimal("1e-2"))
        self.assertIn("scale", self.eml("run", first.bundle, "--input", ciphertext, "--output", out, status=2).stderr)

    def test_own_test_blocks(self):
        for name in NAMES:
            with self.subTest(name):
                self.eml("test", Encrypted.of(name).model, "--prove")

    def test_run_gives_what_prove_gives(self):
        made, out = Encrypted.mixed(), self.folder / "run.ct"
        self.eml("run", made.bundle, *made.given(), "--output", out)
        self.assertEqual(out.read_bytes(), made.outputs.read_bytes())

    def test_noise_report(self):
        made = Encrypted.of("diabetes")
        out = self.folder / "rows.json"
        report = json.loads(made.decrypt("--json", "--output", out).stdout)
        self.assertEqual([report["rows"], len(json.loads(out.read_text()))], [442, 442])
        for output in report["outputs"]:
            self.assertEqual([type(value) for key, value in output.items() if key != "name"], [int, int, int])
            self.assertLess(40, output["noise_bits"])
            self.assertLessEqual(output["noise_bits"], output["bound_bits"])
            self.assertLessEqual(output["bound_bits"], output["limit_bits"])
        said = made.decrypt("-v", "--exact")
        self.assertRegex(said.stderr, r"^progression: noise \d+ bits, bound \d+, limit \d+\n$")
        self.assertEqual(said.stdout, made.decrypted.read_text())

    def test_digits(self):
        """Without --exact: those of the error that the model states, 10^-d with the fewest d that is no more."""
        source = "model digits\ninput secret x in [0, 100] frac 10\noutput y within 5 = 1.5 * x\n"
        made = Encrypted("digits", source, "x\n33.3\n0\n66.6667\n")
        self.assertLessEqual(Decimal(1), Decimal(made.abi["outputs"][0]["tolerance"]))
        self.assertLess(Decimal(made.abi["outputs"][0]["tolerance"]), Decimal(10))
        printed, exact = read_table(made.decrypt().stdout)[1], read_table(made.decrypted.read_text())[1]
        self.assertIn(".", exact[0][0])
        self.assertEqual([row[0] for row in printed], [str(Decimal(row[0]).quantize(Decimal(1))) for row in exact])
        out = self.folder / "rows.json"
        made.decrypt("--json", "--output", out)
        self.assertEqual([row["y"] for row in json.loads(out.read_text())], [int(row[0]) for row in printed])


class Refused(Case):
    def refused(self, made, reason, *words, **changes):
        said = made.verify(status=1, **changes).stdout
        self.assertTrue(said.startswith(f"refused ({reason}): "), said)
        for word in words:
            self.assertIn(word, said)

    def test_changed_coefficients(self):
        made = Encrypted.of("linnerud")
        for key, path in (("output", made.outputs), ("input", made.inputs)):
            honest = path.read_bytes()
            start = len(honest) - 3 * 5 * 1024 * 16
            for at in (start, start + 16 * 1023, start + 16 * 1024 * 4, start + 16 * (1024 * 7 + 99), len(honest) - 16):
                with self.subTest(key, position=at):
                    self.refused(made, "statement", **{key: self.write("changed.ct", flip(honest, at))})

    def test_swapped_columns(self):
        made = Encrypted.of("linnerud")
        for key, path in (("output", made.outputs), ("input", made.inputs)):
            swapped = Ciphertext(path.read_bytes())
            swapped.swap("cells", 0, 1)
            self.refused(made, "statement", **{key: self.write("cells.ct", swapped.to_bytes())})
            swapped.swap("columns", 0, 1)
            self.refused(made, "label", "column 1 is", **{key: self.write("both.ct", swapped.to_bytes())})

    def test_another_key(self):
        made = Encrypted.of("linnerud")
        other = Owner(self.folder, "other")
        inputs, outputs, proof = (self.folder / x for x in ("in.ct", "out.ct", "out.proof"))
        self.eml("encrypt", made.bundle, "--public", other.public, "--input", made.table, "--output", inputs)
        self.eml("prove", made.bundle, "--input", inputs, "--output", outputs, "--proof", proof)
        made.verify(input=inputs, output=outputs, proof=proof)
        self.refused(made, "label", "the output ciphertexts: encrypted under another key", output=outputs)
        self.refused(made, "label", "encrypted under another key", input=inputs)
        self.refused(made, "statement", input=inputs, output=outputs)
        self.refused(made, "statement", proof=proof)

    def test_key_of_zeros(self):
        """Ciphertexts that name no key are not under every key."""
        made = Encrypted.of("linnerud")
        key = slice(38, 70)
        nobody = bytearray(made.inputs.read_bytes())
        nobody[key] = bytes(32)
        inputs = self.write("nobody.ct", bytes(nobody))
        outputs, proof = self.folder / "out.ct", self.folder / "out.proof"
        self.eml("prove", made.bundle, "--input", inputs, "--output", outputs, "--proof", proof)
        made.verify(input=inputs, output=outputs, proof=proof)
        claimed = bytearray(outputs.read_bytes())
        claimed[key] = made.inputs.read_bytes()[key]
        self.refused(made, "label", "the output ciphertexts: encrypted under another key", input=inputs,
                     output=self.write("claimed.ct", bytes(claimed)), proof=proof)

    def test_hash_without_bundle(self):
        """What a program does to ciphertexts is checked in its code: the hash alone is not enough, and the bundle must be that program's."""
        made, other = Encrypted.of("linnerud"), Encrypted.of("mtcars")
        result = made.verify(status=2, program=made.hash)
        self.assertIn("--bundle FILE", result.stderr)
        self.assertIn(f"verified: program {made.hash}", made.verify(program=made.hash, bundle=made.bundle).stdout)
        self.assertIn("not the one to verify", made.verify(status=2, program=made.hash, bundle=other.bundle).stderr)
        self.assertIn("one too many", made.verify(status=2, bundle=made.bundle).stderr)

    def test_encrypted_again(self):
        """The same rows under the same key: other ciphertexts, so another statement."""
        made = Encrypted.of("linnerud")
        again = self.folder / "again.ct"
        self.eml("encrypt", made.bundle, "--public", made.owner.public, "--input", made.table, "--output", again)
        self.refused(made, "statement", input=again)

    def test_another_model(self):
        made, other = Encrypted.of("linnerud"), Encrypted.of("mtcars")
        source = made.model.read_text().replace("178.6", "178.7")
        close = Encrypted("close", source, made.table.read_text())
        self.refused(made, "label", "outputs of another program", output=close.outputs)
        self.refused(made, "label", output=other.outputs)
        self.refused(made, "label", "the input ciphertexts: encrypted at scale", input=other.inputs)
        self.refused(made, "program", proof=close.proof)
        self.refused(made, "label", "holds encrypted inputs, expected encrypted outputs", output=made.inputs)

    def test_labels(self):
        """Kind, scale, key, program: every part of an output's label."""
        made = Encrypted.of("linnerud")
        honest = made.outputs.read_bytes()
        for at in (HEADER + 1, HEADER + 2, HEADER + 33, HEADER + 34, HEADER + 65, LABEL + 1, LABEL + 10):
            self.refused(made, "label", output=self.write("label.ct", flip(honest, at)))

    def test_rows(self):
        made = Encrypted.of("linnerud")
        fewer = Ciphertext(made.outputs.read_bytes())
        fewer.rows -= 1
        self.refused(made, "statement", "20 rows, the outputs 19", output=self.write("fewer.ct", fewer.to_bytes()))
        inputs = Ciphertext(made.inputs.read_bytes())
        inputs.rows -= 1
        self.refused(made, "statement", input=self.write("in.ct", inputs.to_bytes()), output=self.write("fewer.ct", fewer.to_bytes()))

    def test_public_inputs(self):
        made = Encrypted.mixed()
        table = made.public.read_text()
        self.refused(made, "statement", table=self.write("a.csv", table.replace(",40", ",41")))
        self.refused(made, "statement", table=self.write("a.csv", table.replace("0.5", "0.25")))
        self.refused(made, "statement", "rows", table=self.write("a.csv", "\n".join(table.splitlines()[:2]) + "\n"))
        result = made.verify(status=2, table=None)
        self.assertIn("table of the public inputs was not given", result.stderr)

    def test_malformed_files(self):
        made = Encrypted.of("linnerud")
        honest = made.outputs.read_bytes()
        above = honest[:-16] + b"\xff" * 16
        for name, data in (("empty", b""), ("short", honest[:-1]), ("long", honest + b"\0"), ("above p", above), ("table", b"a,b\n1,2\n"),
                           ("degree", flip(honest, 12)), ("rank", flip(honest, 16)), ("modulus", flip(honest, 20)),
                           ("huge", honest[:LABEL - 12] + b"\xff" * 12 + honest[LABEL:])):
            with self.subTest(name):
                path = self.write("bad.ct", data)
                self.assert_input_error(made.verify(status=2, output=path), "bad.ct")
                self.assert_input_error(made.decrypt(input=path, status=2), "bad.ct")
                self.assert_input_error(made.decrypt(sent=path, status=2), "bad.ct")
                self.assert_input_error(made.unverified(input=path, status=2), "bad.ct")
                if name != "empty":
                    self.assert_input_error(self.eml("run", made.bundle, "--input", path, status=2), "bad.ct")


class Decryption(Case):
    def test_wrong_key(self):
        made = Encrypted.of("linnerud")
        other = Owner(self.folder, "other")
        self.assert_input_error(made.decrypt(secret=other.secret, status=1), "encrypted under another key")
        # The label says that it is the other key's: the noise says that it is not.
        forged = Ciphertext(made.outputs.read_bytes())
        forged.head = forged.head[: HEADER + 2] + other.secret.read_bytes()[HEADER + 1 : HEADER + 33] + forged.head[HEADER + 34 :]
        out = self.folder / "rows.csv"
        result = made.unverified("--output", out, secret=other.secret, input=self.write("forged.ct", forged.to_bytes()), status=1)
        self.assert_input_error(result, "does not decrypt: wrong key or noise too large")
        self.assertNotIn("bits", result.stderr)
        self.assertFalse(out.exists())

    def test_changed_mask(self):
        """A coefficient of a mask is in every slot of the decryption: as noise, or added to the numbers."""
        made = Encrypted.of("linnerud")
        for bit, words in ((made.abi["delta_bits"] - 1, "does not decrypt"), (126, "the model gives no such number")):
            changed = self.write("changed.ct", flip(made.outputs.read_bytes(), -5 * 1024 * 16 + bit // 8, bit % 8))
            self.assert_input_error(made.unverified(input=changed, status=1), words)
            self.assert_input_error(made.decrypt(input=changed, status=1), "not decrypted: refused (statement)")

    def test_other_files(self):
        made, other = Encrypted.of("linnerud"), Encrypted.of("mtcars")
        for path, word in ((other.outputs, "another program"), (made.inputs, "holds encrypted inputs")):
            self.assert_input_error(made.unverified(input=path, status=1), word)
            self.assert_input_error(made.decrypt(input=path, status=1), "not decrypted: refused (label)", word)
        self.assert_input_error(made.decrypt(secret=made.owner.public, status=2), "owner.pub", "secret key")

    def test_damaged_key(self):
        made = Encrypted.of("linnerud")
        damaged = self.write("damaged.key", flip(made.owner.secret.read_bytes(), -1))
        self.assert_input_error(made.decrypt(secret=damaged, status=1), "damaged.key", "damaged file")

    def test_passphrase(self):
        made = Encrypted.of("linnerud")
        secret, public, line = self.folder / "locked.key", self.folder / "locked.pub", self.write("phrase", "correct horse\n")
        self.eml("keygen", "--secret", secret, "--public", public, "--passphrase-file", line)
        self.assertTrue(json.loads(self.eml("inspect", secret, "--json").stdout)["locked"])
        inputs, outputs, proof = (self.folder / x for x in ("in.ct", "out.ct", "out.proof"))
        self.eml("encrypt", made.bundle, "--secret", secret, "--passphrase-file", line, "--input", made.table, "--output", inputs)
        self.eml("prove", made.bundle, "--input", inputs, "--output", outputs, "--proof", proof)
        arguments = ["decrypt", made.bundle, "--secret", secret, "--sent", inputs, "--input", outputs, "--proof", proof, "--exact"]
        self.assertEqual(self.eml(*arguments, "--passphrase-file", line).stdout, made.decrypted.read_text())
        for phrase, status in (("correct horse", 0), ("wrong horse", 1)):
            result = subprocess.run([harness.EML, *map(str, arguments)], capture_output=True, text=True,
                                    env={**os.environ, "EML_PASSPHRASE": phrase})
            self.assertEqual(result.returncode, status)
            self.assertEqual(result.stdout, made.decrypted.read_text() if status == 0 else "")
        self.assertIn("wrong passphrase", result.stderr)
        asked = subprocess.run([harness.EML, *map(str, arguments)], capture_output=True, text=True, start_new_session=True)
        self.assertEqual((asked.returncode, asked.stdout), (2, ""))
        self.assertIn("no terminal", asked.stderr)


class Trust(Case):
    """What decrypt asks for, and what its flags let pass."""

    def test_what_is_missing(self):
        made = Encrypted.mixed()
        self.assert_input_error(made.decrypt(sent=None, status=2), "--sent FILE is missing", "--unverified")
        self.assert_input_error(made.decrypt(proof=None, status=2), "--proof FILE is missing", "--unverified")
        self.assert_input_error(made.decrypt(**{"public-input": None}, status=2), "table of the public inputs was not given")
        for more in (["--sent", made.inputs], ["--proof", made.proof], ["--public-input", made.public], ["--trust-sender"]):
            self.assert_input_error(made.unverified(*more, status=2), "--unverified", more[0])
        self.assert_input_error(self.eml("encrypt", made.bundle, "--input", made.table, "--output", "x", status=2), "--secret", "--public")
        self.assert_input_error(self.eml("encrypt", made.bundle, "--secret", made.owner.secret, "--public", made.owner.public, "--input", made.table,
                                         "--output", "x", status=2), "one key encrypts")

    def test_public_key_alone(self):
        """Ciphertexts that anybody may have made."""
        made = Encrypted.of("linnerud")
        inputs, outputs, proof = (self.folder / x for x in ("in.ct", "out.ct", "out.proof"))
        self.eml("encrypt", made.bundle, "--public", made.owner.public, "--input", made.table, "--output", inputs)
        self.eml("prove", made.bundle, "--input", inputs, "--output", outputs, "--proof", proof)
        changes = {"sent": inputs, "input": outputs, "proof": proof}
        self.assert_input_error(made.decrypt(status=1, **changes), "in.ct", "no sender's tag", "can take the secret key")
        trusted = made.decrypt("--trust-sender", "--exact", **changes)
        self.assertEqual(trusted.stdout, made.decrypted.read_text())
        self.assertIn("can take your secret key", trusted.stderr)
        self.assert_input_error(made.decrypt("--trust-sender", status=1, **{**changes, "proof": made.proof}), "not decrypted: refused (statement)")
        self.assertEqual([json.loads(self.eml("inspect", path, "--json").stdout)["sender_tag"] for path in (inputs, made.inputs)], [False, True])

    def test_tag_covers_the_file(self):
        """Another file under the tag of this one: a coefficient, a row less, an encoding; and this file under another tag."""
        made = Encrypted.of("linnerud")
        honest = made.inputs.read_bytes()
        changed = {"tag": flip(honest, TAG), "last tag byte": flip(honest, TAG + 31, 7), "body": flip(honest, -16), "mask": flip(honest, -5 * 1024 * 16)}
        fewer = Ciphertext(honest)
        fewer.rows -= 1
        changed["rows"] = fewer.to_bytes()
        for name, data in changed.items():
            with self.subTest(name):
                inputs, outputs, proof = self.write("in.ct", data), self.folder / "out.ct", self.folder / "out.proof"
                self.eml("prove", made.bundle, "--input", inputs, "--output", outputs, "--proof", proof)
                self.assert_input_error(made.decrypt(sent=inputs, input=outputs, proof=proof, status=1), "tag is not this key's")

    def test_unverified(self):
        made = Encrypted.of("linnerud")
        said = made.unverified("--exact")
        self.assertEqual(said.stdout, made.decrypted.read_text())
        self.assertIn("nothing was verified", said.stderr)

    def test_weak_proofs(self):
        """A proof of preset test shows nothing."""
        made, proof = Encrypted.of("linnerud"), self.folder / "weak.proof"
        self.eml("prove", made.bundle, "--input", made.inputs, "--output", self.folder / "out.ct", "--proof", proof, "--preset", "test")
        self.assert_input_error(made.decrypt(proof=proof, status=1), "not decrypted: refused (preset)")

    def test_outputs_have_no_tag(self):
        made = Encrypted.of("linnerud")
        tagged = self.write("tagged.ct", flip(made.outputs.read_bytes(), TAG))
        self.assert_input_error(made.unverified(input=tagged, status=2), "tagged.ct", "sender's tag")


class Files(Case):
    def test_keys(self):
        owner = Encrypted.owner()
        self.assertEqual(stat.S_IMODE(owner.secret.stat().st_mode), 0o600)
        result = self.eml("keygen", "--secret", owner.secret, "--public", self.folder / "x.pub", status=2)
        self.assert_input_error(result, "never overwritten")
        self.assert_input_error(self.eml("keygen", "--secret", "a", "--public", "a", status=2), "same file")
        self.assert_input_error(self.eml("keygen", "--public", "a", status=2), "--secret")

    def test_inspect(self):
        made = Encrypted.of("diabetes")
        secret, public, inputs, outputs = (json.loads(self.eml("inspect", path, "--json").stdout)
                                           for path in (made.owner.secret, made.owner.public, made.inputs, made.outputs))
        self.assertEqual([x["kind"] for x in (secret, public, inputs, outputs)], ["secret key", "public key", "ciphertext", "ciphertext"])
        self.assertEqual(len({x["key_id"] for x in (secret, public, inputs, outputs)}), 1)
        self.assertEqual({x["format"] for x in (secret, public, inputs, outputs)}, {"2 (draft)"})
        self.assertEqual((inputs["holds"], inputs["rows"], inputs["slots"], len(inputs["columns"])), ("inputs", 442, 1024, 10))
        self.assertEqual((outputs["holds"], outputs["program_hash"], outputs["delta_bits"]), ("outputs", made.hash, made.abi["delta_bits"]))
        for path in (made.owner.secret, made.owner.public, made.inputs, made.outputs):
            text = self.eml("inspect", path).stdout
            self.assertIn(secret["key_id"], text)
            self.assertIn("degree 1024, rank 4, sigma 2^32", text)
            data = path.read_bytes()
            self.assert_input_error(self.eml("inspect", self.write("bad", data[:-1]), status=2), "bad")
            self.assert_input_error(self.eml("inspect", self.write("bad", flip(data, 12)), status=2), "ring degree")
        seed = made.owner.secret.read_bytes()[-32:].hex()
        self.assertNotIn(seed[:8], json.dumps(secret) + self.eml("inspect", made.owner.secret).stdout)

    def test_wrong_files(self):
        made, plain = Encrypted.of("linnerud"), harness.Proved.of("linnerud")
        out = self.folder / "out"
        for arguments, words in (
            (["run", made.bundle, "--input", made.table], ["eml encrypt"]),
            (["run", made.bundle, "--input", made.owner.secret], ["secret key"]),
            (["run", made.bundle, "--input", made.inputs, "--input", made.inputs], ["second file of ciphertexts"]),
            (["run", plain.bundle, "--input", made.inputs], ["no secret inputs"]),
            (["run", made.bundle, "--input", Encrypted.of("mtcars").inputs], ["input ciphertexts", "scale"]),
            (["encrypt", plain.bundle, "--public", made.owner.public, "--input", plain.inputs, "--output", out], ["nothing to encrypt"]),
            (["decrypt", plain.bundle, "--secret", made.owner.secret, "--sent", made.inputs, "--input", made.outputs, "--proof", made.proof],
             ["not encrypted"]),
            (["encrypt", made.bundle, "--public", made.owner.secret, "--input", made.table, "--output", out], ["this is a secret key, not a public key"]),
            (["encrypt", made.bundle, "--secret", made.owner.public, "--input", made.table, "--output", out], ["this is a public key, not a secret key"]),
            (["decrypt", made.bundle, "--secret", made.owner.public, "--sent", made.inputs, "--input", made.outputs, "--proof", made.proof],
             ["this is a public key, not a secret key"]),
            (["decrypt", made.bundle, "--secret", made.owner.secret, "--unverified", "--input", made.bundle], ["this is a compiled model, a bundle, not a"]),
            (["encrypt", made.bundle, "--public", made.owner.public, "--input", self.write("t.csv", "Chins\n1\n"), "--output", out], ["t.csv", "Situps"]),
            (["encrypt", made.bundle, "--public", made.owner.public, "--input", self.write("u.csv", "Chins,Situps,Jumps\n1,1e9,60\n"), "--output", out],
             ["u.csv", "Situps"]),
        ):
            with self.subTest(arguments):
                self.assert_input_error(self.eml(*arguments, status=2), *words)
                self.assertFalse(out.exists())

    def test_no_ciphertexts_on_a_terminal(self):
        made = Encrypted.of("linnerud")
        try:
            controller, terminal = os.openpty()
        except OSError as error:
            self.skipTest(f"there are no terminals here: {error}")
        result = subprocess.run([harness.EML, "run", made.bundle, "--input", made.inputs], stdout=terminal, stderr=subprocess.PIPE, text=True)
        os.close(terminal)
        os.close(controller)
        self.assertEqual(result.returncode, 2)
        self.assertIn("--output FILE is missing", result.stderr)

    def test_embedded_verifier(self):
        """An executable without prover, VM, transform or keys verifies encrypted predictions."""
        made = Encrypted.of("diabetes")
        for proof, status in ((made.proof, 0), (made.inputs, 1)):
            result = subprocess.run([built("examples/embed/embed-verify"), made.hash, made.inputs, made.outputs, proof, made.bundle], capture_output=True, text=True)
            self.assertEqual(result.returncode, status)


class Budget(Case):
    def source(self, bits):
        """Integers of so many bits in: the message takes bits + 1, the noise 42.3 + 1."""
        return f"model edge\ninput secret x in [{-2**bits}, {2**bits}] frac 0\noutput y within 4 = 2 * x\n"

    def test_edge(self):
        """Inputs at the corner of the largest model that fits still decrypt; one bit more is refused when compiling, with the bits."""
        largest = max(bits for bits in range(60, 100) if self.compiles(bits))
        corner = "".join(f"{sign}{2**largest}\n" for sign in ("", "-"))
        made = Encrypted("edge", self.source(largest), "x\n" + corner)
        self.assertEqual(read_table(made.decrypted.read_text())[1], [[str(2 ** (largest + 1))], [str(-(2 ** (largest + 1)))]])
        missing = {}
        for more in (1, 2, 5):
            model = self.write("over.eml", self.source(largest + more))
            said = self.eml("compile", model, "-o", self.folder / "over.emb", status=2).stderr
            missing[more] = int(re.search(r"error\[E0406\]: output .*: (\d+) bits? (?:is|are) missing", said).group(1))
        self.assertEqual([missing[2] - missing[1], missing[5] - missing[1]], [1, 4])
        self.assertEqual(missing[1], 1)

    def compiles(self, bits):
        model = self.write("edge.eml", self.source(bits))
        return subprocess.run([harness.EML, "check", str(model)], capture_output=True).returncode == 0

    def test_pinned_delta(self):
        made = Encrypted.of("linnerud")
        least = made.abi["delta_bits"]
        self.eml("compile", made.model, "-o", self.folder / "m.emb", "--delta", least)
        said = self.eml("compile", made.model, "-o", self.folder / "m.emb", "--delta", least - 1, status=2).stderr
        self.assertIn("1 bit is missing", said)


class Examples(Case):
    def test_four_roles(self):
        result = subprocess.run(["sh", str(EXAMPLES / "private" / "run.sh")], capture_output=True, text=True, env={**os.environ, "EML": harness.EML})
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        expected = (EXAMPLES / "private" / "expected.csv").read_text()
        self.assertIn(expected, result.stdout)
        self.assertIn("refused (statement)", result.stdout)

    def test_diabetes(self):
        result = subprocess.run(["sh", str(EXAMPLES / "diabetes-encrypted" / "run.sh")], capture_output=True, text=True,
                                env={**os.environ, "EML": harness.EML})
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("442 rows, maximum", result.stdout)
