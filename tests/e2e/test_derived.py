"""Derived inputs, categories and results from end to end: public, secret and hidden models, and those who lie about them; and random models of
the whole language against exact arithmetic of Python's own."""
import json
import math
import os
import random
import re
from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction

import harness

MODEL = """model churn
input {0} age "Age (years)" in [18, 99] integer
input {0} income in [100, 1e7] step 0.01
input {0} plan in {{"basic", "plus", "pro"}}
let wealth = log(income)
output score within 1e-4 = 0.8 * wealth - 0.002 * age^2 + 0.1 * max(0, age - 45) + 0.4 * (plan == "pro")
    + 0.3 * age * (plan == "plus") - 1.5
output other within 1e-3 = age + sqrt(income)
result probability within 1e-3 = logistic(score)
result churns = probability >= 0.5
result best = argmax([score, other])
"""
TABLE = "Age (years),income,plan\n50,50000,pro\n23,1234.56,plus\n99,9999999.99,basic\n"
OUTPUTS = "score,other,probability,churns,best\n3.0558,273.607,0.955,1,1\n10.0368,58.136,1,1,1\n-2.8075,3261.278,0.0569,0,1\n"


class Here(harness.Case):
    """Runs in its folder."""

    def setUp(self):
        super().setUp()
        harness.EML = os.path.abspath(harness.EML)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)

    def read(self, name):
        return (self.folder / name).read_text()


class Derived(Here):
    def public(self):
        self.write("m.eml", MODEL.format("public"))
        self.eml("compile", "m.eml", "-o", "m.emb")
        self.write("in.csv", TABLE)
        self.eml("prove", "m.emb", "--input", "in.csv", "--output", "out.csv", "--proof", "p")

    def verify(self, table="out.csv", inputs="in.csv", program="m.emb", status=0, *more):
        return self.eml("verify", "--program", program, "--input", inputs, "--output", table, "--proof", "p", *more, status=status).stdout

    def test_public(self):
        self.public()
        self.assertEqual(self.read("out.csv"), OUTPUTS)
        self.assertIn("verified", self.verify())
        self.assertEqual(json.loads(self.verify("out.csv", "in.csv", "m.emb", 0, "--json"))["results"], "checked")
        program = json.loads(self.eml("inspect", "m.emb", "--json").stdout)["program_hash"]
        self.assertIn("verified", self.verify(program=program))

    def test_lies(self):
        self.public()
        for column, lie in (("probability", "0.956"), ("churns", "0"), ("best", "0"), ("score", "3.0559"), ("probability", "0.9550001")):
            lines = [line.split(",") for line in OUTPUTS.splitlines()]
            lines[1][lines[0].index(column)] = lie
            self.write("lie.csv", "\n".join(",".join(line) for line in lines) + "\n")
            said = self.verify("lie.csv", status=1)
            self.assertIn("refused (statement)", said)
        for table in (TABLE.replace("50000,pro", "50000,plus"), TABLE.replace("50000,", "50000.01,"), TABLE.replace("50,", "51,"), TABLE.replace("pro", "gold")):
            self.write("other.csv", table)
            self.assertIn("refused (statement)", self.verify(inputs="other.csv", status=1))

    def test_without_results(self):
        self.public()
        self.write("some.csv", "\n".join(",".join(line.split(",")[:3]) for line in OUTPUTS.splitlines()) + "\n")
        self.assertIn("has not all of the model's results", self.verify("some.csv"))
        self.write("none.csv", "\n".join(line.split(",")[0] for line in OUTPUTS.splitlines()) + "\n")
        self.assertIn('column "other" is missing', self.eml("verify", "--program", "m.emb", "--input", "in.csv", "--output", "none.csv", "--proof", "p", status=2).stderr)
        # What programs write that keep doubles.
        self.write("doubles.csv", OUTPUTS.replace("0.955,", "0.95500000000000000,").replace("0.0569", "5.69e-2"))
        self.assertIn("verified", self.verify("doubles.csv"))

    def test_secret(self):
        self.write("m.eml", MODEL.format("secret"))
        self.eml("compile", "m.eml", "-o", "m.emb")
        self.write("in.csv", TABLE)
        self.eml("keygen", "--secret", "k", "--public", "k.pub")
        self.eml("encrypt", "m.emb", "--secret", "k", "--input", "in.csv", "-o", "in.ct")
        columns = json.loads(self.eml("inspect", "in.ct", "--json").stdout)["columns"]
        self.assertNotIn("income", [column["name"] for column in columns])  # only formulas read it
        self.eml("prove", "m.emb", "--input", "in.ct", "--output", "out.ct", "--proof", "p")
        self.assertIn("verified", self.eml("verify", "--program", "m.emb", "--input", "in.ct", "--output", "out.ct", "--proof", "p").stdout)
        exact = self.eml("decrypt", "m.emb", "--input", "out.ct", "--sent", "in.ct", "--proof", "p", "--secret", "k", "--exact").stdout
        self.assertEqual(exact, OUTPUTS.replace("3.0558", "3.05582").replace("10.0368", "10.03678").replace("-2.8075", "-2.80752"))
        shown = self.eml("decrypt", "m.emb", "--input", "out.ct", "--sent", "in.ct", "--proof", "p", "--secret", "k").stdout
        self.assertIn("3.05582,273.607,0.955,1,1", shown)
        # The same names with another formula are other columns.
        self.write("n.eml", MODEL.format("secret").replace("log(income)", "log(income + 1)"))
        self.eml("compile", "n.eml", "-o", "n.emb")
        self.assertIn("wealth", self.eml("prove", "n.emb", "--input", "in.ct", "--output", "o2.ct", "--proof", "p2", status=2).stderr)

    def test_hidden(self):
        self.write("m.eml", 'model h\ninput public x in [1, 10]\ninput public g in {"a", "b"}\n'
                   'param w[3] hidden in [-5, 5] = [1.5, -2.25, 0.5]\n'
                   'output y within 0.01 = w[0] * log(x) + w[1] * (g == "b") + w[2]\nresult p within 0.02 = logistic(y)\n')
        self.eml("compile", "m.eml", "-o", "owner.emb", "--salt", "salt")
        self.assertTrue((self.folder / "owner.public.emb").exists())
        self.write("in.csv", "x,g\n2,a\n3.5,b\n")
        self.eml("prove", "owner.emb", "--input", "in.csv", "--output", "out.csv", "--proof", "p")
        self.assertIn("verified", self.verify(program="owner.public.emb"))
        self.assertIn("zero-knowledge", self.verify(program="owner.public.emb"))

    def test_budget(self):
        """The rows of the table sum to the bound, and of a hidden model they are the same whatever the weights are."""
        self.write("m.eml", MODEL.format("public"))
        lines = self.eml("check", "m.eml", "--verbose").stdout.splitlines()
        bound = float(next(line for line in lines if line.startswith("output score")).split()[5])
        shares = []
        for line in lines[lines.index(next(line for line in lines if line.startswith("output score"))) + 1:]:
            if not line.startswith("  ") or " found, " in line:
                break
            shares.append(float(line[35:44]))
        self.assertAlmostEqual(sum(shares) / bound, 1, delta=0.02)
        self.assertEqual(shares, sorted(shares, reverse=True))
        self.assertIn("result churns: exact, of the printed outputs", lines)
        hidden = ("model h\ninput public x in [1, 10]\nparam w[2] hidden in [-5, 5] = [%s, %s]\n"
                  "output y within 0.01 = w[0] * log(x) + w[1] * x\nresult p within 0.02 = logistic(y)\n")
        said = set()
        for weights in (("1.5", "-2.25"), ("0", "4.999"), ("-5", "0.001")):
            self.write("h.eml", hidden % weights)
            said.add(self.eml("check", "h.eml", "--verbose").stdout + self.eml("compile", "h.eml", "--emit", "abi-json").stdout)
        self.assertEqual(len(said), 1)

    def test_refused_rows(self):
        self.public()
        for table, says in ((TABLE.replace("pro", ""), 'column "plan": "" is no word of the category, which are "basic", "plus", "pro"'),
                            (TABLE.replace("plan", "tariff"), 'unknown column "tariff"'), (TABLE.replace("50000", "0"), "outside the declared range")):
            self.write("bad.csv", table)
            self.assertIn(says, self.eml("run", "m.emb", "--input", "bad.csv", status=2).stderr)


DECLARED = """model line
input {0} debt in [0, 1e6] step 0.01
input {0} income in [100, 1e6] step 0.01
input {0} opened, today in [0, 50000] integer
derive ratio = debt / income in [0, 5]
derive age = today - opened in [1, 30000]
derive unused = debt * income in [0, 1e11]
output score within 1e-3 = 1.2 - 0.5 * ratio + 0.01 * exp(ratio) + 0.3 * log(age)
"""
ROWS = "debt,income,opened,today\n2500,1000,100,20100\n0,100,5,6\n500,100,0,30000\n"
OUTSIDE = {ROWS.replace("500,100,", "500.01,100,"): 'line 4 (row 3): "ratio": 5.0001 is outside the declared range [0, 5]',
           ROWS.replace("5,6", "6,6"): 'line 3 (row 2): "age": 0 is outside the declared range [1, 30000]',
           ROWS.replace("100,20100", "20100,100"): 'line 2 (row 1): "age": -20000 is outside the declared range [1, 30000]',
           ROWS.replace("2500,1000", "400000,300000"): 'line 2 (row 1): "unused": 120000000000 is outside the declared range [0, 100000000000]'}


class Declared(Here):
    """A derive with a range: rows outside are refused by whoever has them, whatever has been proved."""

    def prepare(self, visibility):
        self.write("m.eml", DECLARED.format(visibility))
        self.write("wide.eml", DECLARED.format(visibility).replace(" in [0, 5]", "").replace("in [1, 30000]", "in [-50000, 50000]")
                   .replace(" in [0, 1e11]", "").replace("exp(ratio)", "ratio").replace("log(age)", "age"))
        self.write("in.csv", ROWS)
        for name in ("m", "wide"):
            self.eml("compile", f"{name}.eml", "-o", f"{name}.emb")

    def test_public(self):
        self.prepare("public")
        self.eml("prove", "m.emb", "--input", "in.csv", "--output", "out.csv", "--proof", "p")
        program = json.loads(self.eml("inspect", "m.emb", "--json").stdout)["program_hash"]
        verify = ["verify", "--output", "out.csv", "--proof", "p", "--program"]
        for known in (program, "m.emb"):
            self.assertIn("verified", self.eml(*verify, known, "--input", "in.csv").stdout)
        for table, says in OUTSIDE.items():
            self.write("bad.csv", table)
            self.assertIn(says, self.eml("run", "m.emb", "--input", "bad.csv", status=2).stderr)
            self.assertIn(says, self.eml("prove", "m.emb", "--input", "bad.csv", "--output", "no.csv", "--proof", "no", status=2).stderr)
            self.assertFalse((self.folder / "no").exists())
            self.assertIn(says, self.eml(*verify, "m.emb", "--input", "bad.csv", status=1).stdout)
            self.eml(*verify, program, "--input", "bad.csv", status=1)
            # A program that allows it computes on such rows; a proof of that is no proof of this one.
            self.eml("prove", "wide.emb", "--input", "bad.csv", "--output", "wide.csv", "--proof", "q")
            for known in (program, "m.emb"):
                self.eml("verify", "--program", known, "--input", "bad.csv", "--output", "wide.csv", "--proof", "q", status=1)

    def test_secret(self):
        self.prepare("secret")
        self.eml("keygen", "--secret", "k", "--public", "k.pub")
        self.eml("encrypt", "m.emb", "--secret", "k", "--input", "in.csv", "-o", "in.ct")
        columns = [column["name"] for column in json.loads(self.eml("inspect", "in.ct", "--json").stdout)["columns"]]
        self.assertEqual(columns, ["ratio", "exp(debt / income)", "log(-opened + today)"])  # what no output has is checked, and not sent
        self.eml("prove", "m.emb", "--input", "in.ct", "--output", "out.ct", "--proof", "p")
        shown = self.eml("decrypt", "m.emb", "--input", "out.ct", "--sent", "in.ct", "--proof", "p", "--secret", "k").stdout.split()
        for text, (ratio, age) in zip(shown[1:], ((2.5, 20000), (0, 1), (5, 30000)), strict=True):
            self.assertAlmostEqual(float(text), 1.2 - 0.5 * ratio + 0.01 * math.exp(ratio) + 0.3 * math.log(age), delta=1e-3)
        for table, says in OUTSIDE.items():
            self.write("bad.csv", table)
            self.assertIn(says, self.eml("encrypt", "m.emb", "--secret", "k", "--input", "bad.csv", "-o", "bad.ct", status=2).stderr)
            self.assertFalse((self.folder / "bad.ct").exists())

    def test_hidden(self):
        self.write("m.eml", "model h\ninput public x in [1, 10]\nderive l = log(x) in [0.5, 2] frac 20\nparam w[2] hidden in [-5, 5] = [1.5, -2.25]\n"
                   "output y within 0.01 = w[0] * l + w[1] * x\n")
        self.eml("compile", "m.eml", "-o", "m.emb", "--salt", "salt")
        facts = json.loads(self.eml("inspect", "m.emb", "--json").stdout)["abi"]["inputs"]
        self.assertEqual({key: facts[1][key] for key in ("name", "lo", "hi", "unit")}, {"name": "l", "lo": "0.5", "hi": "2", "unit": f"{Decimal(2) ** -20:f}"})
        self.write("in.csv", "x\n2\n7\n")
        self.eml("prove", "m.emb", "--input", "in.csv", "--output", "out.csv", "--proof", "p", "--reveal")
        verify = ["verify", "--program", "m.public.emb", "--output", "out.csv", "--proof", "p", "--input"]
        self.assertIn("verified", self.eml(*verify, "in.csv").stdout)
        self.write("bad.csv", "x\n2\n7.5\n")
        self.assertIn('"l": 2.0149', self.eml(*verify, "bad.csv", status=1).stdout)


# ----- Random models

getcontext().prec = 60
COLUMNS = {"n": ("in [-3, 12] integer", -3, 12, 1), "m": ("in [1, 9] step 0.5", 1, 9, Fraction(1, 2)), "x": ("in [0.5, 4]", Fraction(1, 2), 4, None),
           "y": ("in [-2, 2]", -2, 2, None), "c": ('in {"a", "b", "c"}', 0, 2, 1)}


def decimal(value):
    return value if isinstance(value, Decimal) else Decimal(value.numerator) / Decimal(value.denominator)


class Expression:
    """A random expression: its text, its value in Decimals of 60 digits, whether it is exact, and a bound of its size."""

    def __init__(self, rng, depth):
        kind = rng.choice(["leaf", "sum", "product", "call", "choice", "power", "ratio"] if depth else ["leaf"])
        getattr(self, kind)(rng, depth - 1)

    def take(self, text, of, exact, size):
        self.text, self.of, self.exact, self.size = text, of, exact, size

    def leaf(self, rng, _):
        column = rng.choice(["n", "m", "x", "y", "number", "word"])
        if column == "number":
            value = Fraction(rng.randrange(-40, 40), rng.choice([1, 2, 10]))
            self.take(f"({float(value)})", lambda row: value, True, abs(value))
        elif column == "word":
            word = rng.randrange(3)
            self.take(f'(c {rng.choice(["==", "=="])} "{"abc"[word]}")', lambda row: Fraction(row["c"] == word), True, 1)
        else:
            lo, hi, step = COLUMNS[column][1:]
            self.take(column, lambda row: row[column], step is not None, max(abs(lo), abs(hi)))

    def sum(self, rng, depth):
        a, b = Expression(rng, depth), Expression(rng, depth)
        sign = rng.choice("+-")
        self.take(f"({a.text} {sign} {b.text})", lambda row: add(a.of(row), b.of(row), sign), a.exact and b.exact, a.size + b.size)

    def product(self, rng, depth):
        a, b = Expression(rng, depth), Expression(rng, depth)
        self.take(f"{a.text} * {b.text}", lambda row: multiply(a.of(row), b.of(row)), a.exact and b.exact, a.size * b.size)
        if self.size > 500:
            self.leaf(rng, 0)

    def power(self, rng, depth):
        a = Expression(rng, 0)
        self.take(f"({a.text})^2", lambda row: multiply(a.of(row), a.of(row)), a.exact, a.size**2)

    def ratio(self, rng, depth):
        a, b = Expression(rng, depth), Expression(rng, 0)
        self.take(f"{a.text} / (1 + ({b.text})^2)", lambda row: decimal(a.of(row)) / decimal(add(Fraction(1), multiply(b.of(row), b.of(row)), "+")), False, a.size)

    def choice(self, rng, depth):
        a, b, c = Expression(rng, depth), Expression(rng, 0), Expression(rng, depth)
        if not b.exact:
            self.leaf(rng, 0)
            return
        self.take(f"(if {b.text} > 2 and not ({b.text} >= 7) then {a.text} else {c.text})",
                  lambda row: a.of(row) if 2 < b.of(row) < 7 else c.of(row), a.exact and c.exact, max(a.size, c.size))

    def call(self, rng, depth):
        a = Expression(rng, depth)
        names = ["abs", "max", "min", "log1p", "sqrt", "logistic"] + (["exp"] if a.size < 8 else []) + (["floor"] if a.exact else [])
        name = rng.choice(names)
        if name in ("max", "min"):
            b = Expression(rng, 0)
            pick = max if name == "max" else min
            self.take(f"{name}({a.text}, {b.text})", lambda row: pick(a.of(row), b.of(row), key=decimal), a.exact and b.exact, max(a.size, b.size))
        elif name == "abs":
            self.take(f"abs({a.text})", lambda row: abs(a.of(row)), a.exact, a.size)
        elif name == "floor":
            self.take(f"floor({a.text})", lambda row: Fraction(a.of(row).numerator // a.of(row).denominator), True, a.size + 1)
        elif name == "log1p":
            self.take(f"log1p(({a.text})^2)", lambda row: (1 + decimal(a.of(row)) ** 2).ln(), False, 10)
        elif name == "sqrt":
            self.take(f"sqrt(1 + ({a.text})^2)", lambda row: (1 + decimal(a.of(row)) ** 2).sqrt(), False, a.size + 1)
        elif name == "exp":
            self.take(f"exp({a.text})", lambda row: decimal(a.of(row)).exp(), False, 3000)
        else:
            self.take(f"logistic({a.text})", lambda row: 1 / (1 + (-decimal(a.of(row))).exp()), False, 1)


def add(a, b, sign):
    if isinstance(a, Decimal) or isinstance(b, Decimal):
        a, b = decimal(a), decimal(b)
    return a + b if sign == "+" else a - b


def multiply(a, b):
    if isinstance(a, Decimal) or isinstance(b, Decimal):
        a, b = decimal(a), decimal(b)
    return a * b


class RandomModels(Here):
    """What is printed is within what is stated of what is meant, and results are what the printed outputs give."""

    def assert_formatted(self, name):
        """Formatting keeps the program, and what is formatted is as it was. The salt: of a hidden model's hash, which is drawn anew otherwise."""
        source = (self.folder / name).read_text()
        formatted = self.eml("fmt", "-", stdin=source).stdout
        self.assertEqual(self.eml("fmt", "-", stdin=formatted).stdout, formatted)
        self.write("formatted.eml", formatted)
        salt = ("--salt", self.folder / "salt") if " hidden " in source else ()
        hashes = []
        for path in (name, "formatted.eml"):
            (self.folder / "formatted.emb").unlink(missing_ok=True)  # of another hidden model
            hashes.append(json.loads(self.eml("compile", path, "-o", "formatted.emb", "--json", *salt).stdout)["program_hash"])
        self.assertEqual(*hashes, formatted)

    def draw_row(self, rng):
        """Ends, and between."""
        row = {}
        for name, (_, lo, hi, step) in COLUMNS.items():
            steps = Fraction(hi - lo) / step if step else 10**6
            row[name] = lo + Fraction(rng.choice([0, rng.randrange(int(steps) + 1), steps])) * (step or Fraction(hi - lo, 10**6))
        return row

    def check(self, seed):
        rng = random.Random(f"derived {seed}")
        terms = [(round(rng.uniform(-9, 9), 3), Expression(rng, 3)) for _ in range(rng.randrange(1, 4))]
        tolerance = rng.choice([0.1, 0.01, 1e-3, 1e-5])
        text = "model random\n" + "".join(f"input public {name} {column[0]}\n" for name, column in COLUMNS.items())
        text += f"output out within {tolerance} = " + " + ".join(f"{weight} * {term.text}" for weight, term in terms) + " + 0 * n\n"
        text += "result large = out > 3\nresult odds within 0.2 = logistic(out)\n"
        self.write("r.eml", text)
        run = self.eml("compile", "r.eml", "-o", "r.emb", "--json", status=None)
        if run.returncode != 0:  # a slope that is too steep at an end, or results of more bits than there are
            self.assertRegex(run.stderr, "E0319|E0318|E0403|E0402|E0415|E0416|E0225|W0219", text)
            return 0
        self.assert_formatted("r.eml")
        rows = [self.draw_row(rng) for _ in range(20)]
        show = {"c": lambda value: "abc"[int(value)]}
        self.write("r.csv", ",".join(COLUMNS) + "\n" + "".join(",".join(show.get(n, lambda v: str(decimal(v)))(row[n]) for n in COLUMNS) + "\n" for row in rows))
        table = [line.split(",") for line in self.eml("run", "r.emb", "--input", "r.csv").stdout.splitlines()]
        for row, (out, large, odds) in zip(rows, table[1:], strict=True):
            meant = sum((decimal(Fraction(str(weight))) * decimal(term.of(row)) for weight, term in terms), Decimal(0))
            self.assertLessEqual(abs(Decimal(out) - meant), Decimal(str(tolerance)), f"{text}\n{row}")
            self.assertEqual(large, str(int(Decimal(out) > 3)))
            places = Decimal(odds).as_tuple().exponent
            near = 1 / (1 + (-Decimal(out)).exp())
            self.assertLessEqual(abs(Decimal(odds) - near), Decimal("0.05"))
            if places < -1:
                self.assertEqual(Decimal(odds), near.quantize(Decimal(1).scaleb(places), ROUND_HALF_UP))
        return 1

    def test_random(self):
        first = 60 * int(os.environ.get("EML_TEST_SEED", "0"))
        compiled = sum(self.check(seed) for seed in range(first, first + 60))
        self.assertGreater(compiled, 30)

    def table(self, rows):
        show = {"c": lambda value: "abc"[int(value)]}
        lines = [",".join(show.get(n, lambda v: str(decimal(v)))(row[n]) for n in COLUMNS) + "".join(f",{int(row['c'] == k)}" for k in range(3)) for row in rows]
        return ",".join(COLUMNS) + ",g[0],g[1],g[2]\n" + "\n".join(lines) + "\n"

    def declared(self, seed):
        """A derive with a range between what rows have: rows inside are within what is stated, of what is made of it too; others are refused. Words are told by
        a one-hot group."""
        rng = random.Random(f"declared {seed}")
        made = Expression(rng, 3)
        rows = [self.draw_row(rng) for _ in range(40)]
        values = sorted(decimal(made.of(row)) for row in rows)
        lo, hi = (values[rng.randrange(40)].quantize(Decimal("0.001")) for _ in range(2))
        if lo > hi:
            lo, hi = hi, lo
        weights = [round(rng.uniform(-9, 9), 3) for _ in range(3)]
        tolerance = rng.choice([0.1, 0.01, 1e-3])
        text = "model declared\n" + "".join(f"input public {name} {column[0]}\n" for name, column in COLUMNS.items()) + "input public g[3] onehot\n"
        expression = re.sub(r'\(c == "(.)"\)', lambda word: f"g[{'abc'.index(word[1])}]", made.text)
        text += f"derive d = {expression} in [{lo}, {hi}]\n"
        text += f"output out within {tolerance} = {weights[0]} * d + {weights[1]} * sqrt(1 + d^2) + {weights[2]} * min(d * n, m) + 0 * g[0]\n"
        self.write("d.eml", text)
        run = self.eml("compile", "d.eml", "-o", "d.emb", status=None)
        if run.returncode != 0:
            self.assertRegex(run.stderr, "error\\[(E0318|E0319|E0322|E0402|E0403|E0410|E0416)\\]", text)
            return 0
        self.assert_formatted("d.eml")
        witness = self.eml("compile", "d.eml", "--emit", "witness", status=None)
        if witness.returncode == 0 and witness.stdout.count("\n") > 1:
            self.write("w.csv", witness.stdout)
            self.eml("run", "d.emb", "--input", "w.csv")
        self.eml("inspect", "d.emb", "--recheck")
        near = Decimal("1e-4") * (1 + max(abs(lo), abs(hi)))
        inside = [row for row in rows if lo + near < decimal(made.of(row)) < hi - near]
        outside = [row for row in rows if not lo - near < decimal(made.of(row)) < hi + near]
        for row in outside[:4]:
            self.write("d.csv", self.table([row]))
            self.assertRegex(self.eml("run", "d.emb", "--input", "d.csv", status=2).stderr, 'row 1\\): "d": .* is outside the declared range', f"{text}\n{row}")
        if inside:
            self.write("d.csv", self.table(inside))
            printed = self.eml("run", "d.emb", "--input", "d.csv").stdout.split()[1:]
            for row, out in zip(inside, printed, strict=True):
                d, n, m = decimal(made.of(row)), decimal(row["n"]), decimal(row["m"])
                parts = (d, (1 + d * d).sqrt(), min(d * n, m))
                meant = sum((Decimal(str(weight)) * part for weight, part in zip(weights, parts)), Decimal(0))
                self.assertLessEqual(abs(Decimal(out) - meant), Decimal(str(tolerance)), f"{text}\n{row}")
            self.write("two.csv", self.table(inside[:1]).rstrip()[:-len("0,0,0")] + "1,0,1\n")
            self.assertIn('"g": 2 of its columns are 1', self.eml("run", "d.emb", "--input", "two.csv", status=2).stderr)
        return bool(inside) and bool(outside)

    def test_declared(self):
        first = 60 * int(os.environ.get("EML_TEST_SEED", "0"))
        self.assertGreater(sum(self.declared(seed) for seed in range(first, first + 60)), 12)

    def kinds(self, seed):
        """A model of any kind, secret, hidden, uniform, of a single row, with test blocks that expect what exact arithmetic gives."""
        rng = random.Random(f"kinds {seed}")
        visibility, single = rng.choice(["public", "public", "secret"]), rng.random() < 0.2
        uniform = {name for name in COLUMNS if visibility == "public" and rng.random() < 0.25}
        hidden = visibility == "public" and rng.random() < 0.4
        pool = [Expression(rng, rng.randrange(1, 4)) for _ in range(4)]
        outputs = [(rng.choice([0.5, 0.1, 0.01, 1e-3, 1e-4]), [(round(rng.uniform(-9, 9), 3), rng.choice(pool)) for _ in range(rng.randrange(1, 4))])
                   for _ in range(rng.randrange(1, 4))]
        text = f"model kinds{' single row' if single else ''}\n"
        text += "".join(f"input {visibility} {'uniform ' if name in uniform else ''}{name} {column[0]}\n" for name, column in COLUMNS.items())
        weights = [weight for _, terms in outputs for weight, _ in terms]
        if hidden:
            text += f"param h[{len(weights)}] hidden in [-10, 10] = [{', '.join(map(str, weights))}]\n"
        at = 0
        for k, (tolerance, terms) in enumerate(outputs):
            names = [f"h[{at + i}]" if hidden else str(weight) for i, (weight, _) in enumerate(terms)]
            text += f"output o{k} within {tolerance} = " + " + ".join(f"{name} * ({term.text})" for name, (_, term) in zip(names, terms)) + " + n\n"
            at += len(terms)
        for k in range(6):
            row = self.draw_row(rng)
            text += f'test "t{k}" {{\n' + "".join(f"    {n} = {json.dumps('abc'[int(v)]) if n == 'c' else decimal(v)}\n" for n, v in row.items())
            for o, (_, terms) in enumerate(outputs):
                meant = sum((decimal(Fraction(str(weight))) * decimal(term.of(row)) for weight, term in terms), decimal(row["n"]))
                text += f"    o{o} = {meant:.45f}\n"
            text += "}\n"
        self.write("k.eml", text)
        run = self.eml("test", "k.eml", status=None)
        if run.returncode == 2:
            self.assertRegex(run.stderr, "error\\[(E0318|E0319|E0402|E0403|E0406|E0410|E0416)\\]", text)
            return 0
        self.assertEqual(run.returncode, 0, run.stdout + text)
        self.assert_formatted("k.eml")
        return 1

    def test_kinds(self):
        first = 40 * int(os.environ.get("EML_TEST_SEED", "0"))
        self.assertGreater(sum(self.kinds(seed) for seed in range(first, first + 40)), 25)
