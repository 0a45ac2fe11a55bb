"""Sources and tables that are broken, huge or unusual: an answer within 2 seconds and 256 MB, with a place, and no file left behind."""
import os
import random

from harness import Case, soon

HEAD = "model m\ninput public x in [0, 1]\n"
OUTPUT = "output y within 1e-3 = x\n"


def squared(first, count):
    """first, first^2, first^4, ...: exact numbers that double in length."""
    return f"param a0 = {first}\n" + "".join(f"param a{i} = a{i - 1} * a{i - 1}\n" for i in range(1, count)) + f"output y within 1e-3 = a{count - 1} * x\n"


SOURCES = {
    "parentheses": (HEAD + "output y within 1e-3 = " + "(" * 100000 + "x" + ")" * 100000, "E0107"),
    "minuses": (HEAD + "output y within 1e-3 = " + "-" * 100000 + "x", "E0107"),
    "lists": (HEAD + "param w = " + "[" * 100000, "E0107"),
    "sum": (HEAD + "output y within 1e-3 = x" + " + x" * 200000, "E0116"),
    "digits": (HEAD + "output y within 1e-3 = " + "9" * 100000 + " * x", "E0215"),
    "exponent": (HEAD + "output y within 1e-3 = 1e99999999999999999999 * x", "E0215"),
    "squares": (HEAD + squared("1e1000", 40), "E0218"),
    "fractions": (HEAD + squared("1/3 + 1/7", 60), "E0218"),
    "tower": ("model m\ninput public x in [0, 1] step 0.001\noutput y within 1e-3 = " + "(" * 60 + "x" + "^1000)" * 60, "E0318"),
    "functions": (HEAD + "output y within 1e-3 = abs(" + " + ".join(f"log(x + {i})" for i in range(1, 3000)) + ")\n", "E0218"),
    "functions in a result": (HEAD + OUTPUT + "result r within 1 = " + " + ".join(f"log(y + {i})" for i in range(1, 3000)) + "\n", "E0218"),
    "doubling": (HEAD + "let a0 = x\n" + "".join(f"let a{i} = a{i - 1} + a{i - 1}\n" for i in range(1, 4000)) + "output y within 1e-3 = a3999\n", "E0403"),
    "name": ("model m " + "x" * 10_000_000, "E0108"),
    "words": (HEAD + "output y within 1e-3 = " + "x " * 5_000_000, "E0108"),
    "lines": (HEAD + "bad\n" * 200000, "E0101"),
    "dimensions": (HEAD + "input public v[100000, 100000] in [0, 1]\n" + OUTPUT, "E0206"),
    "index": (HEAD + "param v = [1, 2]\noutput y within 1e-3 = v[99999999999999999999999] * x", "E0209"),
    "noise": (random.Random(1).randbytes(3000), "E000"),
    "zeros": (bytes(1_000_000), "E0003"),
    "folder": (HEAD + 'param w[2] = csv("/tmp")\n' + OUTPUT, "E0212"),
    "endless": (HEAD + 'param w[2] = csv("/dev/zero")\n' + OUTPUT, "E0212"),
    "pipe": (HEAD + 'param w[2] = csv("pipe")\n' + OUTPUT, "E0212"),
    "nots": (HEAD + "output y within 1e-3 = " + "not " * 100000 + "x", "E0107"),
    "choices": (HEAD + "output y within 1e-3 = " + "if x > 0 then 1 else " * 50000 + "x", "E0107"),
    "power": (HEAD + "output y within 1e-3 = x^1000000\n", "E0224"),
    "array": ("model m\ninput public v[1000000000] in [0, 1]\noutput y within 1e-3 = sum(v)\n", "E0206"),
    "category": ("model m\ninput public c in {" + ", ".join(f'"w{i}"' for i in range(200_000)) + "}\noutput y within 1e-3 = onehot(c)[0]\n", "E0320"),
    "declarations": (HEAD + "".join(f"let a{i} = {i} * x\n" for i in range(100_000)) + "output y within 1e-3 = z\n", "E0202"),
    "NULs": ("model m\0\0\0\n" * 100_000, "E0003"),
    "noise_csv": (HEAD + 'param w[2] = csv("noise.csv")\n' + OUTPUT, "E021"),
}


class Sources(Case):
    def test_broken(self):
        self.write("noise.csv", random.Random(2).randbytes(3000))
        os.mkfifo(self.folder / "pipe")
        for name, (text, code) in SOURCES.items():
            with self.subTest(name):
                path = self.write(f"{name}.eml", text)
                before = sorted(os.listdir(self.folder))
                result = self.eml("compile", path, "-o", self.folder / "m.emb", status=2, limits=soon)
                self.assert_input_error(result, f"{name}.eml:", f"error[{code}")
                self.assertLess(len(result.stderr), 100_000)
                self.assertEqual(sorted(os.listdir(self.folder)), before)
        for code in ("utf-16", "utf-16-le", "utf-16-be"):
            path = self.write("u.eml", (HEAD + OUTPUT).encode(code))
            self.assert_input_error(self.eml("compile", path, "-o", self.folder / "m.emb", status=2), "u.eml: this is text in UTF-16")

    def test_long(self):
        """More bytes than a source may have."""
        for text in (b"#" + b"x" * 100_000_000, HEAD.encode() + b"output y within 1e-3 = x + " + b"1" * 100_000_000, b'input public a "' + b"x" * 50_000_000):
            path = self.write("long.eml", text)
            self.assert_input_error(self.eml("compile", path, "-o", self.folder / "m.emb", status=2, limits=soon), "long.eml: longer than the limit")

    def test_unreadable(self):
        for command in ("check", "compile", "test", "fmt"):
            for path in (self.folder, self.folder / "missing.eml"):
                self.assert_input_error(self.eml(command, path, status=2), str(path))


class Large(Case):
    """What grew with the square of inputs or outputs would not be done in a test's time."""

    def test_inputs(self):
        count, chosen = 20_000, random.Random(3)
        self.write("w.csv", "".join(f"{chosen.gauss(0, 1)!r}\n" for _ in range(count)))
        model = f'model m\ninput public x[{count}] in [0, 10]\nparam w[{count}] = csv("w.csv")\noutput y within 0.01 = dot(w, x)\n'
        path, bundle = self.write("m.eml", model), self.folder / "m.emb"
        self.eml("check", path)
        self.eml("compile", path, "-o", bundle)
        self.assertIn(f"inputs         {count}\n", self.eml("inspect", bundle).stdout)

    def test_outputs(self):
        count, terms, chosen = 300, 30, random.Random(4)
        sums = (" + ".join(f"{chosen.uniform(1, 9)!r} * x[{o * terms + i}]" for i in range(terms)) for o in range(count))
        outputs = "".join(f"output y{o} within 0.01 = {s}\n" for o, s in enumerate(sums))
        path, bundle = self.write("m.eml", f"model m\ninput public x[{count * terms}] in [0, 10]\n" + outputs), self.folder / "m.emb"
        self.eml("compile", path, "-o", bundle)
        self.assertIn(f"outputs        {count}\n", self.eml("inspect", bundle).stdout)

    def test_flood(self):
        """Ninety-odd inputs that hardly count are warned of once."""
        model = "model m\ninput public x[90] in [0, 1]\ninput public z in [0, 1]\noutput y within 0.1 = z + 1e-9 * sum(x)\n"
        said = self.eml("check", self.write("m.eml", model)).stderr
        self.assertIn("like it\n", said)
        self.assertLess(said.count("warning["), 5)


MODEL = """model m
input public a in [-10, 10]
input public n in [0, 100] integer
input public x[2] in [0, 1]
output y within 1e-6 = a/3 + n + dot([1, 2], x)
output z within 1e-3 = a
"""
ROWS = "a,n,x[0],x[1]\n1.5,3,0.25,1\n-10,100,0,0.3333333333333333333333333333\n"
SPELLINGS = {
    "windows": ROWS.replace("\n", "\r\n"),
    "mark": "\ufeff" + ROWS,
    "blank lines": ROWS + "\n\n",
    "no last newline": ROWS[:-1],
    "quotes": ROWS.replace("a,n,x[0],x[1]", '"a","n","x[0]","x[1]"').replace("1.5,3", '"1.5","3"'),
    "blanks": ROWS.replace(",", " , "),
    "numbers": ROWS.replace("1.5,3,0.25,1", "+01.50,3.0,25e-2,.1E+1"),
    "order": "x[1],n,a,x[0]\n1,3,1.5,0.25\n0.3333333333333333333333333333,100,-10,0\n",
    "rows": '\n [{"a":1.5,"n":3,"x":[0.25,1]},{"x":[0,0.3333333333333333333333333333],"a":-10,"n":1e2}]\n',
    "columns": '{"a":[1.5,-10],"n":[3,"100"],"x":[[0.25,1],[0,"0.3333333333333333333333333333"]]}',
    "elements": '[{"a":1.5,"n":3,"x[0]":0.25,"x[1]":1},{"a":-10,"n":100,"x[0]":0,"x[1]":0.3333333333333333333333333333}]',
}
BROKEN = {
    "Mac": (ROWS.replace("\n", "\r"), "unknown column"),
    "tabs": (ROWS.replace(",", "\t"), "separated by commas"),
    "no header": ("1.5,3,0.25,1\n", "the first line names the columns"),
    "case": (ROWS.replace("a,n", "A,n"), 'did you mean "a"?'),
    "vector": (ROWS.replace("x[0]", "x"), 'did you mean "x[0]"?'),
    "trailing commas": (ROWS.replace("\n", ",\n"), 'unknown column ""'),
    "short row": (ROWS + "1,2,0\n", "line 4 (row 3)"),
    "long row": (ROWS + "1,2,0,0,0\n", "line 4 (row 3)"),
    "blank row": (ROWS + "\n1,2,0,0\n", "line 4"),
    "deep": ("[" * 1_000_000, "not JSON"),
    "list in scalar": ('[{"a":[1],"n":3,"x":[0,1]}]', 'row 1, column "a"'),
    "scalar for list": ('[{"a":1,"n":3,"x":0}]', '"x"'),
    "key twice": ('[{"a":1,"a":2,"n":3,"x":[0,1]}]', '"a"'),
    "lengths": ('{"a":[1.5,-10],"n":[3],"x":[[0.25,1],[0,0.3]]}', '"n"'),
}
CELLS = ["", "nan", "-inf", "1e99999999999", "0x10", "1.5.2", "--1", "1 5", "1_000", "\u0661", "1e", ".", "-", "NA", "true", "1/2", "9" * 5000, "\u221e", "1\u00005"]


HUGE = {
    "columns": (b",".join(b"c%d" % i for i in range(3_000_000)) + b"\n", "more than 2097152 fields"),
    "line": (b"a,n,x[0],x[1]\n" + b"1" * 100_000_000, "line 2: longer than the limit"),
    "quote": (b'a,n,x[0],x[1]\n"' + b"1,\n" * 30_000_000, "line 2: longer than the limit"),
    "header": (b"a" * 70_000_000, "line 1: longer than the limit"),
    "digits": (b"a,n,x[0],x[1]\n" + b"1" * 1_000_000 + b",1,1,1\n", "is not a number"),
    "JSON": (b'[{"a":' + b"[" * 10_000_000, "JSON of more than 4194304 values"),
    "JSON digits": (b'[{"a":' + b"1" * 10_000_000 + b"}]", "not"),
    "noise": (random.Random(5).randbytes(20_000_000), "rows.csv"),
    "zeros": (bytes(50_000_000), "a column's name of 50000000 bytes"),
}


class Tables(Case):
    def test_huge(self):
        for name, (text, says) in HUGE.items():
            with self.subTest(name):
                result = self.eml("run", self.bundle, "--input", self.write("rows.csv", text), status=2, limits=soon)
                self.assert_input_error(result, says)
                self.assertLess(len(result.stderr), 2_000)

    def setUp(self):
        super().setUp()
        self.bundle, self.out, self.proof = (self.folder / name for name in ("m.emb", "out.csv", "out.proof"))
        self.eml("compile", self.write("m.eml", MODEL), "-o", self.bundle)
        self.eml("prove", self.bundle, "--input", self.write("rows.csv", ROWS), "--output", self.out, "--proof", self.proof)

    def verify(self, rows, status):
        return self.eml("verify", "--program", self.bundle, "--input", rows, "--output", self.out, "--proof", self.proof, status=status).stdout

    def test_spellings_mean_the_same(self):
        for name, text in SPELLINGS.items():
            with self.subTest(name):
                rows = self.write("same", text)
                self.assertEqual(self.eml("run", self.bundle, "--input", rows).stdout, self.out.read_text())
                self.verify(rows, 0)

    def test_broken(self):
        cases = {**BROKEN, **{f"cell {text[:20]}": (ROWS.replace("1.5", text), 'line 2 (row 1), column "a"') for text in CELLS}}
        for name, (text, words) in cases.items():
            with self.subTest(name):
                rows = self.write("broken", text)
                before = sorted(os.listdir(self.folder))
                self.assert_input_error(self.eml("run", self.bundle, "--input", rows, status=2), words)
                self.eml("prove", self.bundle, "--input", rows, "--output", self.folder / "o", "--proof", self.folder / "p", status=2)
                self.verify(rows, 2)
                self.assertEqual(sorted(os.listdir(self.folder)), before)

    def test_values_that_were_not_proved(self):
        for old, new, words in (
            ("1.5", "10.00000000000002", "10.00000000000002 is outside the declared range [-10, 10]"),
            ("1.5", "1e400", "1000000000000000000000000000000000000000... is outside"),
            ("-10", "-10.01", 'line 3 (row 2), column "a"'),
            (",3,", ",3.5,", "3.5 is not a multiple of the step 1\n"),
            (",1\n", ",1.5\n", 'column "x[1]"'),
        ):
            rows = self.write("changed", ROWS.replace(old, new))
            self.assert_input_error(self.eml("run", self.bundle, "--input", rows, status=2), words)
            self.assertIn("refused (statement)", self.verify(rows, 1))
        self.verify(self.write("changed", ROWS.replace("1.5", "1.5000000000000000000001")), 0)  # the same integer

    def test_uniform_columns(self):
        rows = self.write("rows", "rate,a\n0.5,1\n0.5,2\n0.50,3\n")
        other = self.write("other", "rate,a\n0.5,1\n0.5,2\n0.25,3\n")
        self.eml("compile", self.write("u.eml", "model u\ninput public uniform rate in [0, 1]\ninput public a in [0, 9] integer\noutput y within 1e-3 = rate * a\n"), "-o", self.bundle)
        self.eml("prove", self.bundle, "--input", rows, "--output", self.out, "--proof", self.proof)
        self.assert_input_error(self.eml("run", self.bundle, "--input", other, status=2), "row 3", "rate")
        self.verify(rows, 0)
        self.assertIn("refused (statement)", self.verify(other, 1))

    def test_many_rows(self):
        chosen = random.Random(3)
        lines = [f"{chosen.uniform(-10, 10):.12f},{chosen.randint(0, 100)},{chosen.random():.10f},{chosen.random():.10f}\n" for _ in range(20000)]
        self.eml("prove", self.bundle, "--input", self.write("many", "a,n,x[0],x[1]\n" + "".join(lines)), "--output", self.out, "--proof", self.proof)
        self.verify(self.folder / "many", 0)
        lines[17776] = "0.5" + lines[17776][lines[17776].index(","):]
        self.assertIn("refused (statement)", self.verify(self.write("changed", "a,n,x[0],x[1]\n" + "".join(lines)), 1))
