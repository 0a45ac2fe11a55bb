"""Rows at which outputs err, as check, compile and --emit witness tell them, against exact arithmetic of Python's own; and what inspect --recheck
works out again from bundles, whole ones and others."""
import json
import os
import random
from decimal import Decimal, localcontext
from fractions import Fraction

import models
import test_derived
from harness import EXAMPLES, NAMES, Case, chance, is_sanitized, read_table


def is_near(text, value):
    """The 12 digits that are told."""
    return abs(Fraction(text) - value) <= abs(value) / 10**11


class Dumped:
    """What --emit model-json says: the exact forms."""

    def __init__(self, text):
        model = json.loads(text)
        self.forms = {output["name"]: [(Fraction(term["coefficient"]), term["inputs"]) for term in output["terms"]] for output in model["outputs"]}
        self.derived = any("formula" in column for column in model["inputs"])
        self.hides = any(column["visibility"] != "public" for column in model["inputs"]) or '"hidden"' in text

    def __call__(self, output, row):
        total = Fraction(0)
        for coefficient, factors in self.forms[output]:
            for factor in factors:
                coefficient *= row[factor]
            total += coefficient
        return total


class Witnesses(Case):
    def setUp(self):
        super().setUp()
        self.bundle = self.folder / "w.emb"

    def columns(self):
        return {column["name"]: column for column in json.loads(self.eml("inspect", self.bundle, "--json").stdout)["abi"]["inputs"]}

    def meant(self, row, columns):
        """Numbers as a table means them: of a column with a grid its multiple."""
        out = {}
        for name, text in row.items():
            column = columns[name]
            if column.get("words"):
                out[name] = column["words"].index(text)
                continue
            value, offset = Fraction(text), Fraction(column["offset"])
            grid = Fraction(column["unit"]) if column["exact"] else Fraction(column.get("step", 0))
            out[name] = offset + grid * round((value - offset) / grid) if grid else value
        return out

    def run_row(self, names, values):
        table = self.write("row.csv", ",".join(names) + "\n" + ",".join(values) + "\n")
        header, rows = read_table(self.eml("run", self.bundle, "--input", table).stdout)
        return dict(zip(header, map(Fraction, rows[0])))

    def check(self, source, exact, near=is_near):
        """exact: of an output at a row. Every witness is what it is told to be; -> {output: share of the bound}."""
        self.eml("compile", source, "-o", self.bundle)
        columns = self.columns()
        witnesses = json.loads(self.eml("check", source, "--verbose", "--json").stdout)["witness"]
        bounds = {output["name"]: Fraction(output["tolerance"]) for output in json.loads(self.eml("inspect", self.bundle, "--json").stdout)["abi"]["outputs"]}
        self.assertEqual([w["output"] for w in witnesses], [name for name, bound in bounds.items() if bound])
        if not witnesses:
            self.assertIn("every output is exact", self.eml("compile", source, "--emit", "witness", status=2).stderr)
            return {}
        lines = self.eml("compile", source, "--emit", "witness").stdout.splitlines()
        self.assertEqual(len(lines), len(witnesses) + 1)
        shares = {}
        for witness, line in zip(witnesses, lines[1:]):
            name, row = witness["output"], witness["row"]
            self.assertEqual(line, ",".join(row.values()))
            printed = self.run_row([lines[0]], [line])[name]
            error = abs(printed - exact(name, self.meant(row, columns)))
            self.assertTrue(near(witness["error"], error), f"{name}: {witness['error']} told, {float(error)} found")
            self.assertLessEqual(error, Fraction(witness["bound"]) * (1 + Fraction(1, 10**11)))
            self.assertLessEqual(error, bounds[name])
            shares[name] = float(error / Fraction(witness["bound"]))
        return shares

    def recheck(self, status=0, bundle=None):
        return json.loads(self.eml("inspect", "--recheck", "--json", bundle or self.bundle, status=status).stdout)

    def check_jumps(self):
        """Of both rows of an output the printed numbers are as far apart as is told."""
        found = self.recheck()
        self.assertTrue(found["agrees"])
        for finding in found["findings"]:
            if "rows" not in finding:
                continue
            name = finding["text"][len("output "):].split(": in [")[0]
            first, second = (self.run_row(list(map(quoted, row)), list(row.values()))[name] for row in finding["rows"])
            self.assertEqual(abs(second - first) / 2, Fraction(finding["rounding"]))
        return found

    def test_models(self):
        """In all but products and grids what is found is the bound, but for a millionth."""
        for model in models.CASES:
            with self.subTest(model.name):
                for name, text in model.files.items():
                    self.write(name, text)
                shares = self.check(self.write("m.eml", model.source), lambda output, row, m=model: m.outputs[output][1](row))
                self.check_jumps()
                if all(not column.grid for column in model.columns) and " single row" not in model.source and " uniform" not in model.source:
                    self.assertGreater(min(shares.values(), default=1), 1 - 1e-6)

    def test_examples(self):
        for name in NAMES:
            source = EXAMPLES / name / "model.eml"
            shares = self.check(source, Dumped(self.eml("compile", source, "--emit", "model-json").stdout))
            self.assertGreater(min(shares.values()), 0.8)
            self.check_jumps()

    def test_gallery(self):
        """Every model that hides nothing; of those without formulas the errors, too."""
        checked = 0
        for source in sorted(EXAMPLES.glob("gallery/*.eml"))[:: 4 if is_sanitized() else 1]:
            model = Dumped(self.eml("compile", source, "--emit", "model-json").stdout)
            if model.hides:
                continue
            if model.derived:
                self.eml("compile", source, "-o", self.bundle)
            else:
                self.check(source, model)
            checked += not model.derived
            self.check_jumps()
        self.assertGreater(checked, 1)

    def random_affine(self, seed):
        rng = random.Random(f"witness {seed}")
        count, outputs, single = rng.randrange(1, 7), rng.randrange(1, 4), rng.random() < 0.3
        text = f"model r{' single row' if single else ''}\n"
        for i in range(count):
            size = Fraction(10) ** rng.randrange(-3, 5)
            lo = size * rng.randrange(-9, 9)
            hi = lo + size * rng.randrange(1, 9)
            kind = rng.choice(["", "", " integer", " step 0.25", f" frac {rng.randrange(6, 20)}"] if size >= 1 else [""])
            uniform = "uniform " if not single and rng.random() < 0.2 else ""
            text += f"input public {uniform}x{i} in [{models.decimal(lo)}, {models.decimal(hi)}]{kind}\n"
        uniforms = [line.split()[3] for line in text.splitlines() if " uniform " in line]
        for o in range(outputs):
            terms = [(Fraction(rng.randrange(-10**6, 10**6), rng.choice([1000, 1024, 3333])), [f"x{i}"]) for i in range(count)]
            if single or uniforms:
                terms += [(Fraction(rng.randrange(-99, 99), 100), [rng.choice(uniforms) if uniforms and not single else f"x{rng.randrange(count)}",
                                                                   f"x{rng.randrange(count)}"]) for _ in range(2)]
            terms.append((Fraction(rng.randrange(-10**6, 10**6), 7), []))
            text += f"output y{o} within 1e{rng.randrange(-4, 1)} = " + " + ".join(
                " * ".join([f"({c.numerator} / {c.denominator})"] + factors) for c, factors in terms) + "\n"
        return text

    def test_random(self):
        first, found = 100 * int(os.environ.get("EML_TEST_SEED", "0")), 0
        for seed in range(first, first + 100):
            text = self.random_affine(seed)
            source = self.write("r.eml", text)
            if self.eml("compile", source, "--emit", "model", status=None).returncode != 0:  # `frac` that is too coarse, or too many bits
                continue
            with self.subTest(text):
                self.check(source, Dumped(self.eml("compile", source, "--emit", "model-json").stdout))
                self.check_jumps()
            found += 1
        self.assertGreater(found, 50)

    def test_formulas(self):
        """Of random formulas, in Decimals of 60 digits: what is told has 12, and what is meant is taken to 2^-64 of a unit."""
        first, found = 40 * int(os.environ.get("EML_TEST_SEED", "0")), 0
        for seed in range(first, first + 40):
            rng = random.Random(f"witness of formulas {seed}")
            terms = [(round(rng.uniform(-9, 9), 3), test_derived.Expression(rng, 2)) for _ in range(rng.randrange(1, 4))]
            text = "model random\n" + "".join(f"input public {name} {column[0]}\n" for name, column in test_derived.COLUMNS.items())
            text += f"output out within {rng.choice([0.1, 0.01, 1e-3, 1e-5])} = " + " + ".join(f"{w} * {term.text}" for w, term in terms) + " + 0 * n\n"
            source = self.write("f.eml", text)
            if self.eml("compile", source, "-o", self.bundle, status=None).returncode != 0:
                continue

            def exact(_, row, terms=terms):
                row = {name: Fraction(value) for name, value in row.items()}
                with localcontext() as context:
                    context.prec = 60
                    return Fraction(sum((test_derived.decimal(Fraction(str(w))) * test_derived.decimal(term.of(row)) for w, term in terms), Decimal(0)))

            with self.subTest(text):
                self.check(source, exact, lambda told, value: abs(Fraction(told) - value) <= abs(value) / 10**10 + Fraction(1, 10**18))
                self.check_jumps()
            found += 1
        self.assertGreater(found, 20)

    def test_secret_and_committed(self):
        """What others run on a witness they run on any row."""
        source = self.write("s.eml", "model s\ninput secret a in [0, 4]\ninput secret b in [-3, 3]\noutput y within 0.01 = 0.7 * a - 1.3 * b + 1 / 3\n")
        exact = Dumped(self.eml("compile", source, "--emit", "model-json").stdout)
        self.eml("compile", source, "-o", self.bundle)
        witness = json.loads(self.eml("check", source, "--verbose", "--json").stdout)["witness"][0]
        self.eml("compile", source, "--emit", f"witness={self.folder / 'w.csv'}")
        key, out = self.folder / "k", self.folder / "w.ct"
        self.eml("keygen", "--secret", key, "--public", self.folder / "k.pub")
        self.eml("encrypt", self.bundle, "--secret", key, "--input", self.folder / "w.csv", "-o", self.folder / "in.ct")
        self.eml("run", self.bundle, "--input", self.folder / "in.ct", "-o", out)
        printed = self.eml("decrypt", self.bundle, "--secret", key, "--input", out, "--unverified", "--exact").stdout.split()[1]
        error = abs(Fraction(printed) - exact("y", self.meant(witness["row"], self.columns())))
        self.assertTrue(is_near(witness["error"], error))
        self.assertGreater(error, Fraction(witness["bound"]) * Fraction(999, 1000))
        self.assertTrue(self.recheck()["agrees"])
        source = self.write("c.eml", "model c\ninput committed a in [0, 4] frac 6\noutput y within 0.1 = 0.7 * a + 1 / 3\n")
        exact = Dumped(self.eml("compile", source, "--emit", "model-json").stdout)
        self.eml("compile", source, "-o", self.bundle)
        self.eml("compile", source, "--emit", f"witness={self.folder / 'c.csv'}")
        self.eml("commit", self.bundle, "--input", self.folder / "c.csv", "--opening", self.folder / "c.open")
        printed = self.eml("run", self.bundle, "--opening", self.folder / "c.open").stdout.split()[1]
        witness = json.loads(self.eml("check", source, "--verbose", "--json").stdout)["witness"][0]
        self.assertTrue(is_near(witness["error"], abs(Fraction(printed) - exact("y", self.meant(witness["row"], self.columns())))))
        self.assertTrue(self.recheck()["agrees"])

    def test_told(self):
        """check and compile tell people the same; of what is hidden no row."""
        source = self.write("m.eml", "model m\ninput public x in [0, 1]\noutput y within 0.01 = 3 * x\nresult p within 0.1 = logistic(y)\n")
        told = self.eml("check", source, "--verbose").stdout
        self.assertRegex(told, r"\n  0\.0\d+ found, 100\.0 % of the bound, at x = 0\.\d+\n")
        self.assertIn("; no row is looked for\n", told)
        self.assertTrue(self.eml("compile", source, "-o", self.bundle, "--verbose").stdout.endswith(told.split("\n", 1)[1]))
        witness = json.loads(self.eml("compile", source, "-o", self.bundle, "--verbose", "--json").stdout)["witness"]
        self.assertEqual(witness, json.loads(self.eml("check", source, "--verbose", "--json").stdout)["witness"])
        self.assertNotIn("witness", json.loads(self.eml("check", source, "--json").stdout))
        hidden = self.write("h.eml", "model h\ninput public x in [0, 1]\nparam w hidden in [0, 5] = 3\noutput y within 0.01 = w * x\n")
        self.assertIn("no row is shown", self.eml("check", hidden, "--verbose").stdout)
        self.assertEqual(json.loads(self.eml("check", hidden, "--verbose", "--json").stdout)["witness"], [])
        self.assertIn("no `witness` of hidden params", self.eml("compile", hidden, "--emit", "witness", status=2).stderr)

    def test_tampered(self):
        """Every bit outside the report: a bundle that says another thing is told apart, or is none."""
        source = self.write("m.eml", "model m\ninput public x in [0, 1]\ninput public n in [0, 9] integer\noutput y within 0.01 = 3 * x + n\n")
        self.eml("compile", source, "-o", self.bundle)
        whole = self.bundle.read_bytes()
        report = whole.index(b'{"outputs"')
        end = whole.index(b"}", whole.index(b'"delta_bits"')) + 1
        rng, bad = chance("tampered"), self.folder / "bad.emb"
        for at in rng.sample([i for i in range(len(whole)) if not report <= i < end], 150):
            bad.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << rng.randrange(8)]) + whole[at + 1:])
            self.assertIn(self.eml("inspect", "--recheck", bad, status=None).returncode, (1, 2), at)
        for name, other in (("unit", "0.02"), ("error_bound", "0.001"), ("lowest", "-1"), ("highest", "11.9"), ("name", "z")):
            start = whole.index(f'"{name}": "'.encode(), report) + len(name) + 5
            stop = whole.index(b'"', start)
            padded = (other + "0" * 99)[: stop - start].encode() if name != "name" else other.encode()
            if whole[start:stop] == padded:
                continue
            bad.write_bytes(whole[:start] + padded + whole[stop:])
            said = self.recheck(1, bad)
            self.assertFalse(said["agrees"])
            self.assertIn("output y", next(f["text"] for f in said["findings"] if f["verdict"] == "differs"))
        for content in (b"", b"x", whole[:-1], (EXAMPLES / "mtcars" / "inputs.csv").read_bytes()):
            bad.write_bytes(content)
            self.assert_input_error(self.eml("inspect", "--recheck", bad, status=2), "bad.emb")
        self.assertIn("give one of them", self.eml("inspect", "--recheck", "--values", self.bundle, status=2).stderr)

    def test_assembly(self):
        code = self.write("p.asm", "push.3\nread\nmul\n")
        self.eml("asm", code, "-o", self.bundle)
        said = self.recheck()
        self.assertEqual([f["verdict"] for f in said["findings"]], ["agrees", "agrees"])


def quoted(name):
    return '"' + name.replace('"', '""') + '"' if "," in name or '"' in name else name
