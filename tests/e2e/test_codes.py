"""Errors as a host program sees them: libeml, loaded and called as any shared library, and the code of everything that can go wrong."""
import ctypes
import json
import re
import sys

import commitment
from harness import TOP, Case, built, call

sys.path.insert(0, str(TOP / "tests" / "support"))
from libeml import Bytes, File, Library, VerifyRequest, file_at

CODES = dict(re.findall(r"EML_CODE_(\w+) = (\d+)", (TOP / "runtime/include/eml.h").read_text()))

PUBLIC = "model p\ninput public a in [0, 4]\ninput public b in [0, 1] integer\noutput y within 0.01 = a + 2 * b\n"
SECRET = "model s\ninput secret a in [0, 4]\noutput y within 0.01 = 0.5 * a + 1\n"
COMMITTED = "model c\ninput committed a in [0, 255] integer\noutput y exact = a\n"
TWO_SECRET = SECRET.replace("input", "input secret c in [0, 1]\ninput", 1).replace("* a", "* a + c")


class DecryptRequest(ctypes.Structure):
    _fields_ = [("secret_key", File), ("passphrase", ctypes.c_char_p), ("ciphertext", File), ("sent", File), ("public_input", File),
                ("allow_extra", ctypes.c_bool), ("proof", File), ("trust", ctypes.c_int), ("exact", ctypes.c_bool), ("style", ctypes.c_int),
                ("noise_style", ctypes.c_int)]


class CommitRequest(ctypes.Structure):
    _fields_ = [("subject", File), ("row", File), ("allow_extra", ctypes.c_bool)]


class EncryptRequest(ctypes.Structure):
    _fields_ = [("secret_key", File), ("passphrase", ctypes.c_char_p), ("public_key", File), ("rows", File), ("allow_extra", ctypes.c_bool)]


class Called(Case):
    def setUp(self):
        super().setUp()
        self.lib = Library(built("runtime/session/libeml.so"))
        self.public = self.load(PUBLIC)

    def tearDown(self):
        self.lib.so.eml_session_free(self.public)
        self.lib.so.eml_error_free(self.lib.error)

    def load(self, source):
        self.model = self.folder / f"{source.split()[1]}{len(source)}.emb"
        call("compile", self.write("model.eml", source), "-o", self.model)
        return self.lib.load(self.model)

    def expect(self, name, result, status=2):
        self.assertEqual(result[:2], (status, int(CODES[name])), result[2])

    def add(self, text, session=None, extra=False):
        path = self.write("rows", text)
        return self.lib.call("eml_session_add_input", session or self.public, ctypes.byref(file_at(path)), ctypes.c_bool(extra))

    def prove(self, preset=b"test", session=None):
        return self.lib.call("eml_session_prove", session or self.public, preset, ctypes.byref(Bytes()))


class Codes(Called):
    def test_nothing_failed(self):
        self.assertEqual(self.add("a,b\n1,0\n"), (0, int(CODES["NONE"]), ""))

    def test_usage(self):
        out = Bytes()
        self.expect("USAGE", self.lib.call("eml_session_outputs", self.public, 0, ctypes.byref(out)))
        self.expect("USAGE", self.lib.call("eml_session_run", self.public))
        self.expect("USAGE", self.prove(b"none"))
        self.assertEqual(self.add("a,b\n1,0\n")[0], 0)
        self.expect("USAGE", self.add("a,b\n1,0\n"))
        self.assertEqual(self.lib.call("eml_session_run", self.public)[0], 0)
        self.expect("USAGE", self.add("a,b\n1,0\n"))
        self.expect("USAGE", self.lib.call("eml_session_add_input", self.public, ctypes.byref(File()), False))
        request = VerifyRequest(program_hash=b"abc")
        self.expect("USAGE", self.lib.call("eml_verify", ctypes.byref(request), ctypes.create_string_buffer(4096)))

    def test_file(self):
        self.expect("FILE", self.lib.load(self.folder / "absent"))

    def test_format(self):
        self.expect("FORMAT", self.lib.load(self.write("no.emb", "no bundle")))
        self.expect("FORMAT", self.lib.load(self.write("cut.emb", self.model.read_bytes()[:-1])))
        for text in ('a,b\n"1,0\n', "a,b\n1\n", "a,b\n1,zero\n", "[", ""):
            self.expect("FORMAT", self.add(text))

    def test_limit(self):
        self.expect("LIMIT", self.add("a,b\n1,0" + ",0" * 100_000 + "\n"))

    def test_shape(self):
        for text in ("a\n1\n", "a,b,c\n1,0,2\n", "a,b\n", '[{"a": 1}]'):
            self.expect("SHAPE", self.add(text))
        self.assertEqual(self.add("a,b,c\n1,0,2\n", extra=True)[0], 0)

    def test_range(self):
        for text in ("a,b\n5,0\n", "a,b\n1,0.5\n"):
            self.expect("RANGE", self.add(text))

    def test_error_of_verify_keeps_its_code(self):
        outputs, proof, rows = self.folder / "out.csv", self.folder / "out.proof", self.write("rows.csv", "a,b\n1,0\n")
        call("prove", self.model, "--input", rows, "--output", outputs, "--proof", proof)
        program = json.loads(call("inspect", self.model, "--json").stdout)["program_hash"]
        for name, table in (("SHAPE", "a\n1\n"), ("FORMAT", "a,b\n1\n")):
            inputs = file_at(self.write("other.csv", table))
            request = VerifyRequest(program.encode(), File(), None, ctypes.pointer(inputs), 1, False, file_at(outputs), file_at(proof), None)
            self.expect(name, self.lib.call("eml_verify", ctypes.byref(request), ctypes.create_string_buffer(4096)))


class CommittedCodes(Called):
    def setUp(self):
        super().setUp()
        self.session = self.load(COMMITTED)
        self.row, self.opening = self.write("row.csv", "a\n3\n"), self.folder / "a.open"
        call("commit", self.model, "--input", self.row, "--opening", self.opening)

    def tearDown(self):
        self.lib.so.eml_session_free(self.session)
        super().tearDown()

    def commit(self, subject, row, extra=False):
        request = CommitRequest(file_at(subject), file_at(row), extra)
        return self.lib.call("eml_commit", ctypes.byref(request), ctypes.byref(Bytes()), ctypes.create_string_buffer(65))

    def add_opening(self, session, path):
        return self.lib.call("eml_session_add_input", session, ctypes.byref(file_at(path)), False)

    def test_commit(self):
        self.assertEqual(self.commit(self.model, self.row)[0], 0)
        for code, row in (("RANGE", "a\n300\n"), ("RANGE", "a\n1.5\n"), ("SHAPE", "b\n1\n"), ("SHAPE", "a\n1\n2\n"), ("FORMAT", "a\nx\n")):
            self.expect(code, self.commit(self.model, self.write("bad.csv", row)))
        self.expect("FILE", self.commit(self.folder / "absent", self.row))
        self.expect("FORMAT", self.commit(self.write("no.json", "{}"), self.row))
        self.expect("FORMAT", self.commit(self.row, self.row))
        plain = self.folder / "plain.emb"
        call("compile", self.write("plain.eml", PUBLIC), "-o", plain)
        self.expect("SHAPE", self.commit(plain, self.row))
        self.expect("SHAPE", self.lib.call("eml_bundle_schema", ctypes.byref(file_at(plain)), ctypes.byref(Bytes())))

    def test_openings(self):
        self.expect("SHAPE", self.add_opening(self.public, self.opening))
        self.expect("USAGE", self.lib.call("eml_session_run", self.session))
        self.expect("FORMAT", self.add_opening(self.session, self.write("cut.open", self.opening.read_bytes()[:-1])))
        self.assertEqual(self.add_opening(self.session, self.opening)[0], 0)
        self.expect("USAGE", self.add_opening(self.session, self.opening))
        self.expect("LIMIT", self.prove(session=self.session))  # the output is the input
        self.lib.so.eml_session_allow_reveal(self.session)
        self.assertEqual(self.prove(session=self.session)[0], 0)
        other = self.load(COMMITTED.replace("255", "127"))
        self.expect("SHAPE", self.add_opening(other, self.opening))
        self.lib.so.eml_session_free(other)
        low = self.load(COMMITTED)
        raw, _ = commitment.changed(self.opening, values=[256])
        self.expect("RANGE", self.add_opening(low, self.write("high.open", raw)))
        self.expect("FORMAT", self.add_opening(low, self.write("damaged.open", raw[:-1] + bytes([raw[-1] ^ 1]))))
        self.lib.so.eml_session_free(low)


class EncryptedCodes(Called):
    """What goes wrong with keys and ciphertexts. Two owners, each with a key."""

    def setUp(self):
        super().setUp()
        self.session = self.load(SECRET)
        self.secret_model = self.model
        self.keys = {}
        for name in ("mine", "other"):
            self.keys[name] = self.folder / name, self.folder / f"{name}.pub"
            call("keygen", "--secret", self.keys[name][0], "--public", self.keys[name][1])
        self.rows = self.encrypt(self.secret_model, "a\n1\n2\n")
        self.outputs, self.proof = self.folder / "out.ct", self.folder / "out.proof"
        call("prove", self.secret_model, "--input", self.rows, "--output", self.outputs, "--proof", self.proof)

    def tearDown(self):
        self.lib.so.eml_session_free(self.session)
        super().tearDown()

    def encrypt(self, model, table):
        path = self.folder / f"{model.stem}.ct"
        call("encrypt", model, "--public", self.keys["mine"][1], "--input", self.write("secret.csv", table), "--output", path)
        return path

    def decrypt(self, key, ciphertext, passphrase=None, trust=2, sent=None, proof=None):
        request = DecryptRequest(file_at(key), passphrase, file_at(ciphertext), sent=file_at(sent) if sent else File(),
                                 proof=file_at(proof) if proof else File(), trust=trust)
        return self.lib.call("eml_session_decrypt", self.session, ctypes.byref(request), ctypes.byref(Bytes()), ctypes.byref(Bytes()))

    def test_program(self):
        two = self.load(TWO_SECRET)
        self.assertEqual(self.lib.call("eml_session_add_input", two, ctypes.byref(file_at(self.rows)), False)[0], 0)
        self.expect("PROGRAM", self.lib.call("eml_session_run", two))
        self.lib.so.eml_session_free(two)
        self.expect("PROGRAM", self.decrypt(self.keys["mine"][0], self.rows), status=1)

    def encrypt_with(self, key, session):
        request = EncryptRequest(public_key=file_at(key), rows=file_at(self.write("secret.csv", "a\n1\n")))
        return self.lib.call("eml_session_encrypt", session, ctypes.byref(request), ctypes.byref(Bytes()))

    def test_limit(self):
        self.expect("LIMIT", self.encrypt_with(self.write("long.pub", bytes(2**20 + 1)), self.session))

    def test_key(self):
        self.expect("KEY", self.decrypt(self.keys["other"][0], self.outputs), status=1)
        phrase, locked, public = self.write("phrase", "open\n"), self.folder / "locked", self.folder / "locked.pub"
        call("keygen", "--secret", locked, "--public", public, "--passphrase-file", phrase)
        self.expect("KEY", self.decrypt(locked, self.outputs))
        self.expect("KEY", self.decrypt(locked, self.outputs, b"shut"), status=1)

    def test_noise(self):
        data = bytearray(self.outputs.read_bytes())
        data[-1024 * 16 + 12] ^= 0x55  # within the body of the first row
        self.expect("NOISE", self.decrypt(self.keys["mine"][0], self.write("noisy.ct", bytes(data))), status=1)

    def test_trust(self):
        """The library asks for what the command does; the rows here were encrypted with the public key."""
        key = self.keys["mine"][0]
        self.expect("USAGE", self.decrypt(key, self.outputs, trust=0))
        self.expect("USAGE", self.decrypt(key, self.outputs, trust=1, sent=self.rows))
        self.expect("SENDER", self.decrypt(key, self.outputs, trust=0, sent=self.rows, proof=self.proof), status=1)
        self.expect("PROOF", self.decrypt(key, self.outputs, trust=1, sent=self.rows, proof=self.rows), status=1)
        self.assertEqual(self.decrypt(key, self.outputs, trust=1, sent=self.rows, proof=self.proof)[0], 0)
        tagged, outputs, proof = (self.folder / x for x in ("tagged.ct", "out2.ct", "out2.proof"))
        call("encrypt", self.secret_model, "--secret", key, "--input", self.write("secret.csv", "a\n1\n2\n"), "--output", tagged)
        call("prove", self.secret_model, "--input", tagged, "--output", outputs, "--proof", proof)
        self.assertEqual(self.decrypt(key, outputs, trust=0, sent=tagged, proof=proof)[0], 0)
        self.expect("USAGE", self.lib.call("eml_session_encrypt", self.session, ctypes.byref(EncryptRequest()), ctypes.byref(Bytes())))

    def test_shape_of_ciphertexts(self):
        self.expect("SHAPE", self.lib.call("eml_session_add_input", self.public, ctypes.byref(file_at(self.rows)), False))
        self.expect("SHAPE", self.add("a\n1\n", session=self.session))
        self.expect("USAGE", self.encrypt_with(self.keys["mine"][1], self.public))
