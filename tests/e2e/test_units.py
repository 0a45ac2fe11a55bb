"""The compiler's choice of units against an exhaustive search that shares nothing with it, and its error bounds against rows that reach them."""
import json
import os
import random
import re
from fractions import Fraction

from harness import EXAMPLES, Case, read_table

WEIGHTS = [2**i for i in range(13)]
UNIT_BITS = 80
NOISE = 5414630391777  # of a fresh ciphertext
DELTA_BITS_MIN = 44
DIGITS_MAX = 15
FIELD_HALF = (2**128 - 45 * 2**40) // 2
MODELS = 30  # of one seed
FIRST = MODELS * int(os.environ.get("EML_TEST_SEED", "0"))


# ----- Models


class Model:
    """1 to 4 inputs, 1 or 2 outputs; everything is a fraction."""

    def __init__(self, seed):
        rng = random.Random(seed)
        self.secret = rng.random() < 0.4
        self.m, self.outs = (rng.randint(1, 4), 1) if rng.random() < 0.6 else (rng.randint(1, 3), 2)
        self.lo, self.hi, self.step = [], [], []
        for _ in range(self.m):
            size = 10 ** rng.randint(-1, 3)
            kind = rng.choice(["", "", "integer", "step"])
            lo, hi = sorted(Fraction(rng.randint(-9 * size, 9 * size) if size >= 1 else rng.randint(-90, 90), 1 if size >= 1 else 100) for _ in range(2))
            self.lo.append(lo)
            self.hi.append(hi + 1)
            self.step.append({"": Fraction(0), "integer": Fraction(1), "step": Fraction(1, 4)}[kind])
        digits = rng.choice([3, 8, 16])
        number = lambda: Fraction(str(round(rng.choice([-1, 1]) * rng.uniform(0.1, 10) * 10 ** rng.randint(-2, 2), digits)))
        self.w = [[number() for _ in range(self.m)] for _ in range(self.outs)]
        self.c = [number() for _ in range(self.outs)]
        self.tolerance = [Fraction(rng.choice([1, 2, 5]), 10 ** rng.randint(2, 5 if self.outs > 1 else 8)) for _ in range(self.outs)]

    def source(self):
        def text(x):
            return str(float(x)) if Fraction(str(float(x))) == x else f"{x.numerator} / {x.denominator}"

        lines = ["model random"]
        for j in range(self.m):
            grid = {0: "", 1: " integer"}.get(self.step[j], f" step {text(self.step[j])}")
            lines.append(f"input {'secret' if self.secret else 'public'} x{j} in [{text(self.lo[j])}, {text(self.hi[j])}]{grid}")
        for o in range(self.outs):
            terms = " + ".join(f"({text(self.w[o][j])}) * x{j}" for j in range(self.m))
            lines.append(f"output y{o} within {text(self.tolerance[o])} = {terms} + {text(self.c[o])}")
        return "\n".join(lines) + "\n"


class Quantized:
    """What --emit quant says."""

    def __init__(self, text):
        self.offset, self.unit, self.ranges, self.out_unit, self.weights = [], [], [], [], []
        for line in text.splitlines():
            words = line.split()
            if words[0] == "input":
                unit = re.search(r" unit (\S+)(?: \* 2\^-(\d+))? ", line)
                self.offset.append(Fraction(words[3]))
                self.unit.append(Fraction(unit[1]) / 2 ** int(unit[2] or 0))
                self.ranges.append(tuple(int(x) for x in re.search(r"\[(.*), (.*)\]", line).groups()))
            elif words[0] == "output":
                self.out_unit.append(Fraction(words[3]))
                self.weights.append({})
            elif words[0].lstrip("-").isdigit():
                self.weights[-1][words[2] if len(words) > 1 else "1"] = int(words[0])

    def weight(self, o, j):
        return self.weights[o].get(f"x{j}", 0)

    def constant(self, o):
        return self.weights[o].get("1", 0)


# ----- What a choice costs


def rounded(value):
    return round(value)  # of a fraction: ties to even


def places_of(text_rows):
    """Rows and stack that the plain or encrypted program takes: [(opcode, immediate)], packed into groups that share an immediate."""
    best = None
    for sponges in (1, 2, 4):
        group, row, shared = 16 // sponges, 0, None
        for op, immediate in text_rows:
            if row % group == 0:
                shared = None
            if op == "push":
                if shared is not None and shared != immediate:
                    row = (row // group + 1) * group
                shared = immediate
            row += 1
        n = 32
        while row > n - 16:
            n *= 2
        cost = (n * (9 + 4 * sponges + depth_of(text_rows)), n)
        best = cost if best is None or cost[0] < best[0] else best
    return best[1]


EFFECT = {"push": 1, "read": 1, "read2": 5, "add": -1, "mul": -1, "smul": -1, "sadd": -1, "add2": -5, "write": -1, "write2": -5}


def depth_of(code):
    depth = deepest = 2
    depth = 0
    for op, _ in code:
        depth += EFFECT[op]
        deepest = max(deepest, depth)
    return deepest


def code_of(model, weights, constants):
    code = []
    for o in range(model.outs):
        first = True
        for j in range(model.m):
            w = weights[o][j]
            if w == 0 and not (model.secret and first):
                continue
            code.append(("read2" if model.secret else "push", w))
            if model.secret:
                if w != 1:
                    code += [("push", w), ("smul", 0)]
            elif w == 1:
                code[-1] = ("read", 0)
            else:
                code += [("read", 0), ("mul", 0)]
            if not first:
                code.append(("add2" if model.secret else "add", 0))
            first = False
        c = constants[o]
        if c != 0 or (first and not model.secret):
            code += [("read", 0)] if c == 1 else [("push", c), ("read", 0), ("mul", 0)]
            if model.secret:
                code.append(("sadd", 0))
            elif not first:
                code.append(("add", 0))
        if model.outs > 1:
            code.append(("write2" if model.secret else "write", 0))
    return code


def cost_of(model, weights, constants, ranges):
    """(fault, trace rows, bits, digits): less is cheaper."""
    largest, noise = [], []
    for o in range(model.outs):
        lo = constants[o] + sum(min(w * k[0], w * k[1]) for w, k in zip(weights[o], ranges))
        hi = constants[o] + sum(max(w * k[0], w * k[1]) for w, k in zip(weights[o], ranges))
        largest.append(max(abs(lo), abs(hi)))
        noise.append(sum(map(abs, weights[o])) * NOISE if model.secret else 0)
    delta = 0
    if model.secret:
        delta = max(DELTA_BITS_MIN, max(x * 16 // 7 for x in noise).bit_length())
    occupied = max(m * 2**delta + x for m, x in zip(largest, noise))
    digits = [len(str(m)) if m else 0 for m in largest]
    fault = 2 if occupied > FIELD_HALF else 1 if max(digits) > DIGITS_MAX else 0
    return (fault, places_of(code_of(model, weights, constants)), occupied.bit_length(), sum(digits))


# ----- The search


def significant(value):
    """At most 80 significant bits, rounded down, unless numerator and denominator have no more."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) <= UNIT_BITS:
        return value
    shift = UNIT_BITS - value.numerator.bit_length() + value.denominator.bit_length()
    whole = int(value * Fraction(2) ** shift)
    if whole.bit_length() > UNIT_BITS:
        whole, shift = whole // 2, shift - 1
    return whole / Fraction(2) ** shift


class Search:
    """Every unit of the definition for every input, every power of ten for every output; finds something cheaper than `limit`, or nothing."""

    def __init__(self, model, quantized, limit):
        self.model, self.limit = model, limit
        self.offset = quantized.offset
        self.lo = [model.lo[j] - self.offset[j] for j in range(model.m)]
        self.hi = [model.hi[j] - self.offset[j] for j in range(model.m)]
        for j in range(model.m):
            if model.step[j]:
                self.lo[j] = -(-self.lo[j] // model.step[j]) * model.step[j]
                self.hi[j] = self.hi[j] // model.step[j] * model.step[j]
        self.reach = [max(abs(lo), abs(hi)) for lo, hi in zip(self.lo, self.hi)]
        self.c = [model.c[o] + sum(model.w[o][j] * self.offset[j] for j in range(model.m)) for o in range(model.outs)]
        self.largest = [max(abs(self.c[o] + sum(pick(model.w[o][j] * self.lo[j], model.w[o][j] * self.hi[j]) for j in range(model.m))) for pick in (min, max))
                        for o in range(model.outs)]

    def option(self, j, unit, units, own):
        """Errors and weights of input j by output, and the range of its integers."""
        if own:
            dx = 0
        else:
            low, high = rounded(self.lo[j] / unit), rounded(self.hi[j] / unit)
            dx = unit / 2 if low != high else max(abs(self.lo[j] - low * unit), abs(self.hi[j] - high * unit))
            if self.model.step[j] and (self.hi[j] - self.lo[j]) / self.model.step[j] < 64:
                steps = int((self.hi[j] - self.lo[j]) / self.model.step[j])
                values = [self.lo[j] + i * self.model.step[j] for i in range(steps + 1)]
                dx = max(abs(x - rounded(x / unit) * unit) for x in values)
        weights = [rounded(self.model.w[o][j] * unit / units[o]) for o in range(self.model.outs)]
        errors = []
        for o, w in enumerate(weights):
            meant = w * units[o] / unit
            errors.append(abs(self.model.w[o][j] - meant) * self.reach[j] + abs(meant) * dx)
        return errors, weights, (rounded(self.lo[j] / unit), rounded(self.hi[j] / unit))

    def options(self, j, units):
        found = [self.option(j, self.model.step[j], units, True)] if self.model.step[j] else []
        for o in range(self.model.outs):
            for w in WEIGHTS:
                found.append(self.option(j, significant(w * units[o] / abs(self.model.w[o][j])), units, False))
        return [x for x in found if all(e <= t for e, t in zip(x[0], self.model.tolerance))]

    def at(self, units):
        """A cheaper choice at these output units."""
        model = self.model
        for o, unit in enumerate(units):
            stays = [not model.step[j] and abs(model.w[o][j]) * self.reach[j] > model.tolerance[o] for j in range(model.m)]
            if any(stays) and unit / 2 > model.tolerance[o]:
                return None  # an input that must be rounded, to a weight of 1 or more
        constants = [rounded(self.c[o] / units[o]) for o in range(model.outs)]
        left = [model.tolerance[o] - abs(self.c[o] - constants[o] * units[o]) for o in range(model.outs)]
        options = [self.options(j, units) for j in range(model.m)]
        if any(not x for x in options):
            return None
        floors = [[min(x[0][o] for x in opts) for o in range(model.outs)] for opts in options]
        rest = [[sum(f[o] for f in floors[j:]) for o in range(model.outs)] for j in range(model.m + 1)]
        scale = [Fraction(1) / t for t in model.tolerance]
        return self.descend(options, [[float(x * s) for x, s in zip(r, scale)] for r in rest], [float(x * s) for x, s in zip(left, scale)], constants, [],
                            [[[float(e * s) for e, s in zip(x[0], scale)] for x in opts] for opts in options], left)

    def descend(self, options, rest, left, constants, chosen, costs, exactly):
        j = len(chosen)
        if any(r > x + 1e-9 for r, x in zip(rest[j], left)):
            return None
        if j == self.model.m:
            if any(sum(x[0][o] for x in chosen) > exactly[o] for o in range(self.model.outs)):
                return None
            weights = [[x[1][o] for x in chosen] for o in range(self.model.outs)]
            cost = cost_of(self.model, weights, constants, [x[2] for x in chosen])
            return cost if cost < self.limit else None
        for option, cost in zip(options[j], costs[j]):
            found = self.descend(options, rest, [x - e for x, e in zip(left, cost)], constants, chosen + [option], costs, exactly)
            if found:
                return found
        return None

    def levels(self, o):
        """Powers of ten from one at which results have a bit to one at which they have too many."""
        found = []
        places = -6
        while self.largest[o] * Fraction(10) ** places < 2 ** (self.limit[2] - (DELTA_BITS_MIN if self.model.secret else 0) + 1):
            if self.largest[o] * Fraction(10) ** places > Fraction(1, 2):
                found.append(Fraction(10) ** -places)
            places += 1
        return found

    def cheaper(self):
        for first in self.levels(0):
            for second in self.levels(1) if self.model.outs > 1 else [None]:
                found = self.at([first, second][: self.model.outs])
                if found:
                    return found, first, second
        return None


# ----- Bounds


class Unchosen:
    """What a search must know of a model that was refused: offsets near the centres."""

    def __init__(self, model):
        self.offset = []
        for lo, hi, step in zip(model.lo, model.hi, model.step):
            middle = (lo + hi) / 2
            self.offset.append(round(middle / step) * step if step else middle)


class Units(Case):
    def quantize(self, model):
        """Report and units; (None, None) when the model is refused because it does not fit, of which there must be no doubt."""
        source = self.write("m.eml", model.source())
        checked = self.eml("check", source, status=None)
        if checked.returncode == 2 and "error[E0406]" in checked.stderr:
            return None, None
        made = json.loads(self.eml("compile", source, "-o", self.folder / "m.emb", "--json", "--emit", f"quant={self.folder / 'm.quant'}").stdout)
        return made, Quantized((self.folder / "m.quant").read_text())

    def test_nothing_is_cheaper(self):
        for seed in range(FIRST, FIRST + MODELS):
            model = Model(seed)
            with self.subTest(seed, source=model.source()):
                made, q = self.quantize(model)
                if q is None:  # whatever fits would be cheaper than what does not
                    self.assertIsNone(Search(model, Unchosen(model), (2, 0, FIELD_HALF.bit_length() + 1, 0)).cheaper())
                    continue
                weights = [[q.weight(o, j) for j in range(model.m)] for o in range(model.outs)]
                cost = cost_of(model, weights, [q.constant(o) for o in range(model.outs)], q.ranges)
                self.assertEqual(cost[1], made["trace_rows"])
                self.assertIsNone(Search(model, q, cost).cheaper(), cost)

    def witness(self, model, q, o, sign):
        """A row that is far from the model in output o, and by how much."""
        row, miss = [], q.constant(o) * q.out_unit[o] - model.c[o] - sum(model.w[o][j] * q.offset[j] for j in range(model.m))
        for j in range(model.m):
            near = Fraction(1, 10**9) * q.unit[j]
            values = [model.lo[j], model.hi[j], q.offset[j]]
            for k in (q.ranges[j][0] + 1, q.ranges[j][1] - 1):
                values += [q.offset[j] + q.unit[j] * (k + Fraction(side, 2)) + way for side in (-1, 1) for way in (-near, near)]
            if model.step[j]:
                low, high = -(-model.lo[j] // model.step[j]), model.hi[j] // model.step[j]
                count = min(high - low, 400)
                values = [(low + i) * model.step[j] for i in range(count + 1)] + [(high - i) * model.step[j] for i in range(count + 1)]
            values = [x for x in values if model.lo[j] <= x <= model.hi[j]]
            error = lambda x: q.weight(o, j) * rounded((x - q.offset[j]) / q.unit[j]) * q.out_unit[o] - model.w[o][j] * (x - q.offset[j])
            best = max(values, key=lambda x: sign * error(x))
            row.append(best)
            miss += error(best)
        return row, miss

    def all_but_exact(self, model, q):
        """Whether some input's step is so near to a multiple of its unit that its values hardly miss the grid: the bound, which counts half a unit,
        holds, and is not reached."""
        for j in range(model.m):
            if model.step[j] and q.unit[j] != model.step[j]:
                ratio, count = model.step[j] / q.unit[j], (model.hi[j] - model.lo[j]) / model.step[j]
                if abs(ratio - round(ratio)) * count < Fraction(1, 4):
                    return True
        return False

    def test_bounds_hold_and_are_reached(self):
        for seed in range(FIRST, FIRST + MODELS):
            model = Model(seed)
            with self.subTest(seed, source=model.source()):
                made, q = self.quantize(model)
                if q is None:
                    continue
                bounds = [Fraction(x["error_bound"]) for x in made["report"]["outputs"]]
                rows = []
                for o in range(model.outs):
                    found = [self.witness(model, q, o, sign) for sign in (-1, 1)]
                    if not self.all_but_exact(model, q):
                        self.assertGreaterEqual(2 * max(abs(miss) for _, miss in found), bounds[o])
                    rows += [row for row, _ in found]
                self.check_rows(model, rows, bounds)

    def check_rows(self, model, rows, bounds):
        """As printed by the program itself; secret inputs are made public for that, which changes no number of the model."""
        for row in rows:
            for o in range(model.outs):
                self.assertLessEqual(bounds[o], model.tolerance[o])
        if model.secret:
            return
        places = 60
        cut = [[Fraction(int(x * 10**places), 10**places) if x >= 0 else -Fraction(int(-x * 10**places), 10**places) for x in row] for row in rows]
        table = [",".join(f"x{j}" for j in range(model.m))] + [",".join(decimal(x, places) for x in row) for row in cut]
        printed = read_table(self.eml("run", self.folder / "m.emb", "--input", self.write("rows.csv", "\n".join(table) + "\n")).stdout)[1]
        for row, results in zip(cut, printed, strict=True):
            for o in range(model.outs):
                exact = sum(model.w[o][j] * row[j] for j in range(model.m)) + model.c[o]
                self.assertLessEqual(abs(Fraction(results[o]) - exact), bounds[o])


def decimal(x, places):
    digits = str(abs(int(x * 10**places))).rjust(places + 1, "0")
    return ("-" if x < 0 else "") + digits[:-places] + "." + digits[-places:]


# ----- The examples


class Examples(Case):
    def within(self, name, tolerance, secret=False):
        source = (EXAMPLES / name / "model.eml").read_text().split("\ntest ")[0]
        source = re.sub(r"within 1e-\d+", f"within {tolerance}", source)
        if secret:
            source = source.replace("input public", "input secret")
        return self.write("m.eml", source + "\n")

    def test_public_diabetes_prints_few_digits(self):
        self.eml("compile", self.within("diabetes", "1e-6"), "-o", self.folder / "m.emb")
        printed = self.eml("run", self.folder / "m.emb", "--input", EXAMPLES / "diabetes" / "inputs.csv").stdout
        for row in read_table(printed)[1]:
            self.assertLessEqual(len(row[0].replace(".", "").replace("-", "")), 12)

    def test_encrypted_models_as_tight_as_they_get(self):
        """The tightest that fit, in steps of 1, 2 and 5; the next one does not and is told so."""
        for name, fits, not_any_more in (("diabetes", "5e-21", "2e-21"), ("mtcars", "5e-22", "2e-22"), ("linnerud", "5e-10", "2e-10")):
            with self.subTest(name):
                self.eml("check", self.within(name, fits, secret=True))
                refused = self.eml("check", self.within(name, not_any_more, secret=True), status=2)
                self.assertIn("error[E0406]", refused.stderr)
                self.assertRegex(refused.stderr, "within [0-9.e-]+`.* would fit")
