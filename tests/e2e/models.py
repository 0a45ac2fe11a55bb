"""Models with an oracle of their own: each case is source text, the files beside it, its input columns, and its outputs as exact
fractions of a row. The formulas are written here a second time on purpose."""
import random
from fractions import Fraction as F

from harness import chance

CASES = []


class Column:
    """An input column: its range, and its grid or None. All rows of a uniform one are equal."""

    def __init__(self, name, lo, hi, grid=None, uniform=False):
        self.name, self.uniform = name, uniform
        self.lo, self.hi, self.grid = F(lo), F(hi), grid and F(grid)

    def draw(self, chosen):
        if chosen.random() < 0.2:
            return chosen.choice([self.lo, self.hi])
        if self.grid:
            return self.grid * chosen.randint(-(-self.lo // self.grid), self.hi // self.grid)
        return self.lo + (self.hi - self.lo) * F(chosen.randint(0, 10**9), 10**9)


class Model:
    """outputs: column -> (tolerance, 0 for exact; function of a row, which is a dict of fractions)."""

    def __init__(self, name, source, columns, outputs, files=(), rows=10):
        self.name, self.source, self.columns, self.outputs = name, source, columns, outputs
        self.files, self.rows = dict(files), rows
        CASES.append(self)

    def draw_rows(self):
        chosen = chance(self.name)
        rows = [{c.name: c.draw(chosen) for c in self.columns} for _ in range(self.rows)]
        if self.rows > 2:
            rows[0] = {c.name: c.lo for c in self.columns}
            rows[1] = {c.name: c.hi for c in self.columns}
        for c in self.columns:
            for row in rows if c.uniform else ():
                row[c.name] = rows[-1][c.name]
        return rows


def decimal(value):
    """The exact decimal of a fraction that has one."""
    digits = next(k for k in range(400) if 10**k % value.denominator == 0)
    text = str(abs(value.numerator) * 10**digits // value.denominator).rjust(digits + 1, "0")
    return ("-" if value < 0 else "") + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)


def dot(weights, values):
    return sum((F(w) * v for w, v in zip(weights, values)), F(0))


def vector(name, count, lo, hi, grid=None):
    return [Column(f"{name}[{i}]", lo, hi, grid) for i in range(count)]


def matrix(name, rows, columns, lo, hi):
    return [Column(f"{name}[{i}][{j}]", lo, hi) for i in range(rows) for j in range(columns)]


def each(name, count, tolerance, function):
    """name[0], name[1], ...: function of the row and the index."""
    return {f"{name}[{k}]": (tolerance, lambda r, k=k: function(r, k)) for k in range(count)}


# ----- Data sets

AGE = ["-10.0098663", "-239.8156437", "519.8459201", "324.3846455", "-792.1756386", "476.7390210", "101.0432679", "177.0632377", "751.2736996", "67.6266922"]
PROGRESSION = """# Disease progression one year after baseline (442 patients, least squares).
model diabetes

input public x[10] in [-0.2, 0.2]

param w[10] = csv("weights.csv")          # path relative to this file
param intercept = 152.133484162896

output progression within 1e-6 = dot(w, x) + intercept

test "patient 0" {
    x = [0.0380759, 0.0506801, 0.0616962, 0.0218724, -0.0442235, -0.0348208, -0.0434008, -0.0025923, 0.0199075, -0.0176461]
    progression = 206.117 within 1e-2
}
"""
for layout, text in (
    ("lines", "\n".join(AGE) + "\n"),
    ("line", ",".join(AGE)),
    ("windows", "\ufeffweight\r\n" + "\r\n".join(AGE) + "\r\n\r\n"),
    ("semicolons", "; ".join(f"w{i}" for i in range(10)) + "\n" + "; ".join(AGE) + "\n"),
):
    Model(f"diabetes_{layout}", PROGRESSION.replace("\n", "\r\n") if layout == "windows" else PROGRESSION, vector("x", 10, "-0.2", "0.2"),
          {"progression": ("1e-6", lambda r: dot(AGE, r.values()) + F("152.133484162896"))}, {"weights.csv": text})

MEAN, SCALE, W = ["178.6", "35.4", "56.1"], ["24.69", "3.2", "7.21"], [["0.4", "-1.2", "0.03"], ["0.11", "0.7", "-0.02"]]
Model("exercise", """model exercise
input public age in [18, 99] integer
input public vitals[3] in [0, 300]
param mean[3] = [178.6, 35.4, 56.1]
param scale[3] = [24.69, 3.2, 7.21]
param W[2, 3] = [[0.4, -1.2, 0.03], [0.11, 0.7, -0.02]]
let z = (vitals - mean) / scale
output y[2] within 0.001 = W @ z + [3.5, 1.25] + 0.02 * age
""", [Column("age", 18, 99, 1)] + vector("vitals", 3, 0, 300),
      each("y", 2, "0.001", lambda r, k: dot(W[k], [(r[f"vitals[{i}]"] - F(MEAN[i])) / F(SCALE[i]) for i in range(3)])
           + F(["3.5", "1.25"][k]) + F("0.02") * r["age"]))

LONGLEY = ["15.0618722713733", "-0.0358191792925910", "-2.02022980381683", "-1.03322686717359", "-0.0511041056535807", "1829.15146461355"]
Model("longley", """model longley
input public GNPdefl in [80, 120]
input public GNP in [200000, 600000]
input public Unemp, Armed in [1000, 6000]
input public Pop in [100000, 140000]
input public Year in [1947, 1962] integer
param b[6] = csv("b.csv")
output Employed within 1e-6 = -3482258.63459582 + dot(b, [GNPdefl, GNP, Unemp, Armed, Pop, Year])
""", [Column("GNPdefl", 80, 120), Column("GNP", 200000, 600000), Column("Unemp", 1000, 6000), Column("Armed", 1000, 6000),
      Column("Pop", 100000, 140000), Column("Year", 1947, 1962, 1)],
      {"Employed": ("1e-6", lambda r: F("-3482258.63459582") + dot(LONGLEY, r.values()))}, {"b.csv": "B1,B2,B3,B4,B5,B6\n" + ",".join(LONGLEY)})

Model("wampler", """model wampler
input public x, x2, x3, x4, x5 in [0, 3200000] integer
output y within 1e-6 = 1 + x + x2 + x3 + x4 + x5
output v exact = 1 + 0.1*x + 0.01*x2 + 0.001*x3 + 0.0001*x4 + 0.00001*x5
""", [Column(name, 0, 3200000, 1) for name in ("x", "x2", "x3", "x4", "x5")],
      {"y": ("1e-6", lambda r: 1 + sum(r.values())), "v": (0, lambda r: 1 + sum(v / 10 ** (i + 1) for i, v in enumerate(r.values())))})

Model("pontius", """model pontius
input public load in [150000, 3000000]
input public load2 in [2.25e10, 9e12]
output deflection within 1e-9 = 0.673565789473684E-03 + 0.732059160401003E-06 * load - 0.316081871345029E-14 * load2
""", [Column("load", 150000, 3000000), Column("load2", 22500000000, 9 * 10**12)],
      {"deflection": ("1e-9", lambda r: F("0.673565789473684E-03") + F("0.732059160401003E-06") * r["load"] - F("0.316081871345029E-14") * r["load2"])})

FILIP = ["-1467.48961422980", "-2772.17959193342", "-2316.37108160893", "-1127.97394098372", "-354.478233703349", "-75.1242017393757",
         "-10.8753180355343", "-1.06221498588947", "-0.670191154593408E-01", "-0.246781078275479E-02", "-0.402962525080404E-04"]
POWERS = [(k, *sorted(((-9) ** k, (-3) ** k))) for k in range(1, 11)]
Model("filip", "model filip\n" + "".join(f"input public p{k} in [{lo}, {hi}]\n" for k, lo, hi in POWERS)
      + f"output y within 1e-8 = {FILIP[0]}" + "".join(f" + {FILIP[k]} * p{k}" for k, _, _ in POWERS) + "\n",
      [Column(f"p{k}", lo, hi) for k, lo, hi in POWERS], {"y": ("1e-8", lambda r: F(FILIP[0]) + dot(FILIP[1:], r.values()))})

# ----- Shapes

Model("slices", """model slices
input public m[2, 3] in [-5, 5]
input public v[4] in [0, 1]
let head = v[:2]
output a within 1e-5 = dot(m[0, :], [1, 2, 3]) + sum(head) - sum(v[2:])
output b[3] within 1e-4 = m[1, :] * 2 - m[0, 0:3] / 4 + 1
output c within 1e-6 = sum(v[1:3]) + v[3] * 10 + m[1, 2]
output d[2] within 1e-3 = m[:, 1] * [3, -4]
""", matrix("m", 2, 3, -5, 5) + vector("v", 4, 0, 1), {
    "a": ("1e-5", lambda r: sum((j + 1) * r[f"m[0][{j}]"] for j in range(3)) + r["v[0]"] + r["v[1]"] - r["v[2]"] - r["v[3]"]),
    **each("b", 3, "1e-4", lambda r, k: 2 * r[f"m[1][{k}]"] - r[f"m[0][{k}]"] / 4 + 1),
    "c": ("1e-6", lambda r: r["v[1]"] + r["v[2]"] + 10 * r["v[3]"] + r["m[1][2]"]),
    "d[0]": ("1e-3", lambda r: 3 * r["m[0][1]"]), "d[1]": ("1e-3", lambda r: -4 * r["m[1][1]"])})

A, B = [["1", "0.5"], ["-0.25", "2"]], [["0.1", "0.2"], ["0.3", "0.4"]]
Model("matrices", """model matrices
input public x[2, 2] in [-3, 3]
param A[2, 2] = [[1, 0.5], [-0.25, 2]]
param B[2, 2] = [[0.1, 0.2],
    [0.3, 0.4]]
output Y[2, 2] within 1e-6 = A @ x @ B - x * 0.5
output t within 1e-3 = [1, 1] @ x @ [1, -1]
""", matrix("x", 2, 2, -3, 3), {
    **{f"Y[{i}][{j}]": ("1e-6", lambda r, i=i, j=j: sum(F(A[i][k]) * r[f"x[{k}][{l}]"] * F(B[l][j]) for k in range(2) for l in range(2)) - r[f"x[{i}][{j}]"] / 2)
       for i in range(2) for j in range(2)},
    "t": ("1e-3", lambda r: r["x[0][0]"] + r["x[1][0]"] - r["x[0][1]"] - r["x[1][1]"])})

WIDE = [repr(random.Random(5).gauss(0, 1) * k / 100) for k in range(1000)]
Model("wide", """model wide
input public x[1000] in [-4, 4]
param w[1000] = csv("w.csv")
output y within 1e-6 = dot(w, x) + 0.125
""", vector("x", 1000, -4, 4), {"y": ("1e-6", lambda r: dot(WIDE, r.values()) + F("0.125"))}, {"w.csv": "\n".join(WIDE)}, rows=4)

PIXELS = [[repr(random.Random(50 * k + i).uniform(-2, 2)) for i in range(50)] for k in range(10)]
Model("scores", """model scores
input public x[50] in [0, 255] integer
param W[10, 50] = csv("W.csv")
param b[10] = csv("b.csv")
output score[10] within 1e-5 = W @ (x / 255) + b
""", vector("x", 50, 0, 255, 1), each("score", 10, "1e-5", lambda r, k: dot(PIXELS[k], r.values()) / 255 + F(k, 8)),
      {"W.csv": "\n".join(",".join(row) for row in PIXELS), "b.csv": "\n".join(str(k / 8) for k in range(10))})

# ----- Numbers

Model("bill", """model bill
input public hours in [0, 744] step 0.25
input public km in [0, 1000] step 0.1
input public n in [-10, 10] integer
output total exact = 12.75 * hours + 0.3 * km - 7 * n + 0.05
output kelvin exact = km * 9 / 5 + 273.15
""", [Column("hours", 0, 744, "0.25"), Column("km", 0, 1000, "0.1"), Column("n", -10, 10, 1)],
      {"total": (0, lambda r: F("12.75") * r["hours"] + F("0.3") * r["km"] - 7 * r["n"] + F("0.05")), "kelvin": (0, lambda r: r["km"] * 9 / 5 + F("273.15"))})

Model("churn", """model churn
input public tenure in [0, 72] integer
input public charge in [18, 120] step 0.01
input public contract[3] in [0, 1] integer  # one of three
output odds within 1e-7 as logistic = -1.2 - 0.0333 * tenure + 0.021 * charge + dot([0.7, -0.1, -1.5], contract)
""", [Column("tenure", 0, 72, 1), Column("charge", 18, 120, "0.01")] + vector("contract", 3, 0, 1, 1),
      {"odds": ("1e-7", lambda r: F("-1.2") + dot(["-0.0333", "0.021", "0.7", "-0.1", "-1.5"], r.values()))})

Model("points", """model points
input public a in [3.3, 3.3]
input public b in [7, 7] integer
input public c in [0, 1]
output y within 1e-9 = a + 2*b + c/3
""", [Column("a", "3.3", "3.3"), Column("b", 7, 7, 1), Column("c", 0, 1)], {"y": ("1e-9", lambda r: r["a"] + 2 * r["b"] + r["c"] / 3)})

Model("constants", """model constants
input public x in [0, 1]
output five within 1e-3 = 5
output third within 1e-12 = 1 / 3
output y within 1e-3 = x
output zero within 1e-3 = 0 * x
output e exact = 0.375
""", [Column("x", 0, 1)], {"five": ("1e-3", lambda r: 5), "third": ("1e-12", lambda r: F(1, 3)), "y": ("1e-3", lambda r: r["x"]),
                           "zero": ("1e-3", lambda r: 0), "e": (0, lambda r: F("0.375"))})

Model("magnitudes", """model magnitudes
input public big in [-1e9, 1e9]
input public small in [-1e-9, 1e-9]
input public mid in [0, 1]
output y within 1e-6 = 1e-12 * big + 1e12 * small + 123456.789 * mid
output z within 1e3 = 1e6 * big
""", [Column("big", -(10**9), 10**9), Column("small", "-1e-9", "1e-9"), Column("mid", 0, 1)],
      {"y": ("1e-6", lambda r: r["big"] / 10**12 + 10**12 * r["small"] + F("123456.789") * r["mid"]), "z": ("1e3", lambda r: 10**6 * r["big"])})

Model("offsets", """model offsets
input public year in [1990, 2030] step 0.5
input public price in [99999, 100001]
input public c in [-1000, -999]
output p within 1e-6 = 0.0123456789 * year + 1.000001 * price - 100024.6913578
output q within 1e-10 = -c - -c / 4 + -(c - 1) * -0.5
""", [Column("year", 1990, 2030, "0.5"), Column("price", 99999, 100001), Column("c", -1000, -999)],
      {"p": ("1e-6", lambda r: F("0.0123456789") * r["year"] + F("1.000001") * r["price"] - F("100024.6913578")),
       "q": ("1e-10", lambda r: -r["c"] + r["c"] / 4 + (r["c"] - 1) / 2)})

Model("thirds", """model thirds
param third = 1/3
input public t in [0, 10] step third
input public u in [-1, 1] step 0.001
output y within 1e-4 = 3 * t + u / 7
""", [Column("t", 0, 10, 1), Column("u", -1, 1, "0.001")], {"y": ("1e-4", lambda r: 3 * r["t"] + r["u"] / 7)})

Model("folded", """model folded
param a = 2 * (3 - 1/4) / 0.5 + 10
param v[3] = [a, a/2, -a] * 2 - 1
param m[3, 3] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
let q = m @ v
input public x[3] in [-1e2, 1.5E+2]
output y within 1e-6 = dot(q, x) + sum(m) * sum(v[0:2]) + dot(v, v) / 1000
""", vector("x", 3, -100, 150), {"y": ("1e-6", lambda r: dot([41, 20, -43], r.values()) + 3 * 61 + F(41**2 + 20**2 + 43**2, 1000))})

for tolerance in ("1e-15", "0.03125", "100"):
    Model(f"within_{tolerance}", f"""model mean
input public x[5] in [-1, 1]
output y within {tolerance} = dot([0.1, 0.2, 0.3, 0.4, 0.5], x)
""", vector("x", 5, -1, 1), {"y": (tolerance, lambda r: dot(["0.1", "0.2", "0.3", "0.4", "0.5"], r.values()))}, rows=300)

# ----- Slots

Model("uniform", """model uniform_rate
input public uniform rate in [0, 0.2]
input public p[2] in [0, 1000]
output y within 1e-3 = rate * (p[0] + p[1]) + p[0]
""", [Column("rate", 0, "0.2", uniform=True)] + vector("p", 2, 0, 1000),
      {"y": ("1e-3", lambda r: r["rate"] * (r["p[0]"] + r["p[1]"]) + r["p[0]"])})

Model("area", """model area single row
input public width, height in [0, 10]
input public k in [1, 5] integer
output area within 1e-3 = width * height
output both within 1e-3 = width * k + height * height - 2
""", [Column("width", 0, 10), Column("height", 0, 10), Column("k", 1, 5, 1)],
      {"area": ("1e-3", lambda r: r["width"] * r["height"]), "both": ("1e-3", lambda r: r["width"] * r["k"] + r["height"] ** 2 - 2)}, rows=1)
