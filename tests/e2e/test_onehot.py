"""One-hot groups from end to end: rows that are not one-hot are refused by whoever has them, whatever has been proved."""
import json

from test_derived import Here

MODEL = """model price
input {0} region[3] onehot
input {0} size in [20, 500]
let area = log(size)
output price within 0.01 = dot([120000, 95000.5, 87000], region) + 2150.5 * size + area * region[1]
"""
TABLE = "region[0],region[1],region[2],size\n1,0,0,100\n0,1,0,20.5\n0,0,1,499\n"
NONE, TWO = TABLE.replace("0,1,0", "0,0,0"), TABLE.replace("0,1,0", "0,1,1")
SAYS = {NONE: 'line 3 (row 2): "region": none of its 3 columns is 1', TWO: 'line 3 (row 2): "region": 2 of its columns are 1, "region[1]" and "region[2]"'}


class OneHot(Here):
    def compile(self, text, name):
        self.write(f"{name}.eml", text)
        return json.loads(self.eml("compile", f"{name}.eml", "-o", f"{name}.emb", "--json").stdout)["program_hash"]

    def test_public(self):
        program = self.compile(MODEL.format("public"), "m")
        loose = self.compile(MODEL.format("public").replace("onehot", "in [0, 1] integer"), "loose")
        self.assertNotEqual(program, loose)  # the group is in the hash
        self.write("in.csv", TABLE)
        prove = ["--output", "out.csv", "--proof", "p"]
        self.eml("prove", "m.emb", "--input", "in.csv", *prove)
        for known in (program, "m.emb"):
            self.assertIn("verified", self.eml("verify", "--program", known, "--input", "in.csv", *prove).stdout)
        for table, says in SAYS.items():
            self.write("bad.csv", table)
            for command in ("run", "prove"):
                self.path("bad.out").unlink(missing_ok=True)
                more = ["--output", "bad.out", "--proof", "bad.p"] if command == "prove" else []
                self.assertIn(says, self.eml(command, "m.emb", "--input", "bad.csv", *more, status=2).stderr)
                self.assertFalse(self.path("bad.out").exists())
            said = self.eml("verify", "--program", "m.emb", "--input", "bad.csv", *prove, status=1).stdout
            self.assertIn("refused (statement)", said)
            self.assertIn(says, said)
            # Somebody else's program computes on such rows, and a proof of that is no proof of this one.
            self.eml("prove", "loose.emb", "--input", "bad.csv", "--output", "other.csv", "--proof", "q")
            for known in (program, "m.emb"):
                self.eml("verify", "--program", known, "--input", "bad.csv", "--output", "other.csv", "--proof", "q", status=1)

    def path(self, name):
        return self.folder / name

    def test_secret(self):
        self.compile(MODEL.format("secret").replace(" + area * region[1]", ""), "m")
        self.eml("keygen", "--secret", "k", "--public", "k.pub")
        self.write("in.csv", TABLE)
        encrypt = ["encrypt", "m.emb", "--secret", "k"]
        self.eml(*encrypt, "--input", "in.csv", "-o", "in.ct")
        self.eml("prove", "m.emb", "--input", "in.ct", "--output", "out.ct", "--proof", "p")
        self.assertIn("verified", self.eml("verify", "--program", "m.emb", "--input", "in.ct", "--output", "out.ct", "--proof", "p").stdout)
        self.assertEqual(self.eml("decrypt", "m.emb", "--input", "out.ct", "--sent", "in.ct", "--proof", "p", "--secret", "k").stdout.split()[1], "335050")
        for table, says in SAYS.items():
            self.write("bad.csv", table)
            self.assertIn(says, self.eml(*encrypt, "--input", "bad.csv", "-o", "bad.ct", status=2).stderr)
            self.assertFalse(self.path("bad.ct").exists())

    def test_hidden(self):
        self.write("m.eml", "model h\ninput public x[3] onehot\nparam w[3] hidden in [-5, 5] = [1.5, -2.25, 0]\noutput y within 0.01 = dot(w, x)\n")
        self.eml("compile", "m.eml", "-o", "m.emb", "--salt", "salt")
        self.write("in.csv", "x[0],x[1],x[2]\n1,0,0\n")
        self.eml("prove", "m.emb", "--input", "in.csv", "--output", "out.csv", "--proof", "p", "--reveal")
        verify = ["verify", "--program", "m.public.emb", "--output", "out.csv", "--proof", "p", "--input"]
        self.assertIn("verified", self.eml(*verify, "in.csv").stdout)
        self.write("bad.csv", "x[0],x[1],x[2]\n1,0,1\n")
        self.assertIn('"x": 2 of its columns are 1', self.eml(*verify, "bad.csv", status=1).stdout)

    def test_described(self):
        self.compile(MODEL.format("public"), "m")
        self.assertIn("region               the 3 from region[0] to region[2]", self.eml("inspect", "m.emb").stdout)
        self.assertEqual(json.loads(self.eml("inspect", "m.emb", "--json").stdout)["abi"]["onehot"], [{"name": "region", "first": 0, "count": 3}])
