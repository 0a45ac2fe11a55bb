"""Nothing secret is left in memory when eml ends: no key, no passphrase, no row, in no buffer, on no stack. (A core dump would show it.)"""
import json
import os
import subprocess
from fractions import Fraction

import commitment
import harness
from harness import Case, built, call

P = 2**128 - 45 * 2**40 + 1
MODEL = """model memory
input secret x in [-1000000, 1000000]
input secret y in [0, 4000000]
output sum within 0.5 = 3.25 * x + y
"""
ROWS = [(f"{610000 + 7919 * i}.{15625 * (i % 63 + 1):06}", f"{3101234 + 104 * i}.{15625 * (i * 7 % 63 + 1):06}") for i in range(40)]
PASSPHRASE = "correct horse battery staple"


def pieces(data):
    """What is looked for of a longer secret: any 8 bytes of it that stand together in a word."""
    return [data[i : i + 8] for i in range(0, len(data) - 7, 8)]


def numbers(text, column):
    """A cell as it may stand in memory: its digits, and its integer in the field's low word or in limbs."""
    integer = round((Fraction(text) - Fraction(column.get("offset", "0"))) / Fraction(column["unit"]))
    words = {abs(integer).to_bytes(16, "little")[:8], (integer % P).to_bytes(16, "little")[:8]}
    return {text.encode()[:10], *(word for word in words if word[4] not in (0, 255))}


class Memory(Case):
    def setUp(self):
        super().setUp()
        self.write("m.eml", MODEL)
        self.write("phrase", PASSPHRASE + "\n")
        self.write("rows.csv", "x,y\n" + "".join(f"{x},{y}\n" for x, y in ROWS))
        self.write("rows.json", json.dumps([{"x": x, "y": y} for x, y in ROWS]))
        self.here("compile m.eml -o m.emb")
        self.abi = json.loads(call("compile", self.folder / "m.eml", "--emit", "abi-json").stdout)
        self.here("keygen --secret k --public pub")
        self.here("encrypt m.emb --secret k -i rows.csv -o rows.ct")
        self.here("prove m.emb -i rows.ct -o out.ct -p out.proof")
        self.here("decrypt m.emb --secret k --sent rows.ct -i out.ct -p out.proof -o out.csv --exact")

    def here(self, words, status=0, **env):
        """MALLOC_PERTURB_, which meson sets, would overwrite what eml frees."""
        plain = {name: value for name, value in os.environ.items() if name != "MALLOC_PERTURB_"}
        result = subprocess.run([harness.EML, *words.split()], cwd=self.folder, capture_output=True, text=True, env={**plain, **env})
        self.assertEqual(result.returncode, status, result.stderr)

    def memory_after(self, words, status=0):
        self.here(words, status, LD_PRELOAD=str(built("tests/e2e/libwitness.so")), EML_TEST_MEMORY="memory",
                  ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0")
        memory = (self.folder / "memory").read_bytes()
        self.assertIn(b"EML_TEST_MEMORY=memory", memory)  # it is the memory
        return memory

    def assert_gone(self, words, secrets, status=0):
        memory = self.memory_after(words, status)
        for name, needles in secrets.items():
            self.assertGreater(len(needles), 0)
            found = [needle for needle in needles if needle in memory]
            self.assertEqual(found, [], f"{words}: {name}: {len(found)} of {len(needles)} are in memory")

    def rows(self):
        return {needle for row in ROWS for text, column in zip(row, self.abi["inputs"], strict=True) for needle in numbers(text, column)}

    def outputs(self):
        lines = (self.folder / "out.csv").read_text().split()[1:]
        return {needle for text in lines for needle in numbers(text, self.abi["outputs"][0])}

    def seed(self, name="k"):
        return pieces((self.folder / name).read_bytes()[-32:])

    def test_keygen(self):
        memory = self.memory_after("keygen --secret new --public new.pub")
        self.assertEqual([x for x in self.seed("new") if x in memory], [])

    def test_keygen_with_a_passphrase(self):
        self.assert_gone("keygen --secret new --public new.pub --passphrase-file phrase", {"passphrase": pieces(PASSPHRASE.encode())})

    def test_encrypt(self):
        for table in ("rows.csv", "rows.json"):
            self.assert_gone(f"encrypt m.emb --public pub -i {table} -o new.ct", {"rows": self.rows()})
            self.assert_gone(f"encrypt m.emb --secret k -i {table} -o new.ct", {"key": self.seed(), "rows": self.rows()})

    def test_decrypt(self):
        for options in ("--exact --unverified", "--exact --unverified --json", "--sent rows.ct -p out.proof"):
            self.assert_gone(f"decrypt m.emb --secret k -i out.ct -o new.csv {options}", {"key": self.seed(), "outputs": self.outputs()})

    def test_decrypt_with_a_passphrase(self):
        self.here("keygen --secret locked --public locked.pub --passphrase-file phrase")
        self.assert_gone("encrypt m.emb --secret locked -i rows.csv -o rows.ct --passphrase-file phrase",
                         {"passphrase": pieces(PASSPHRASE.encode()), "rows": self.rows()})
        self.here("run m.emb -i rows.ct -o out.ct")
        self.assert_gone("decrypt m.emb --secret locked -i out.ct -o new.csv --unverified --passphrase-file phrase",
                         {"passphrase": pieces(PASSPHRASE.encode()), "outputs": self.outputs()})

    def test_committed_values(self):
        names = [f"x[{i}]" for i in range(len(ROWS))]
        self.write("c.eml", f"model c\ninput committed x[{len(ROWS)}] in [-1000000, 1000000] frac 20\noutput y within 50000 = sum(x)\n")
        self.write("c.csv", ",".join(names) + "\n" + ",".join(x for x, _ in ROWS) + "\n")
        self.here("compile c.eml")
        column = json.loads(call("compile", self.folder / "c.eml", "--emit", "abi-json").stdout)["inputs"][0]
        values = {needle for x, _ in ROWS for needle in numbers(x, column)}
        self.assert_gone("commit c.emb -i c.csv --opening c.open", {"values": values})
        salts = commitment.read_opening(self.folder / "c.open")["salts"]
        secrets = {"values": values, "salts": [salt.to_bytes(16, "little")[:8] for salt in salts]}
        self.assert_gone("inspect c.open", secrets)
        self.assert_gone("run c.emb --opening c.open -o c.out", secrets)
        for threads in ("1", "2"):
            self.assert_gone(f"prove c.emb --opening c.open -o c.out -p c.proof --threads {threads}", secrets)
        self.assert_gone("prove m.emb --opening c.open -i rows.ct -o c.out -p c.proof", secrets, status=2)

    def test_refused_rows(self):
        """Nor when the command fails: the table's last cell is not the model's."""
        self.write("bad.csv", (self.folder / "rows.csv").read_text() + "1,-1\n")
        self.assert_gone("encrypt m.emb --public pub -i bad.csv -o new.ct", {"rows": self.rows()}, status=2)

    def test_wherever_the_stack_begins(self):
        """What is overwritten at the end is the stack that was used, whatever page it ends in."""
        for length in range(0, 4096, 64):
            self.here("", status=2, EML_TEST_LENGTH="x" * length)
