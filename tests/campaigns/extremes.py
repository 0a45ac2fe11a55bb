"""Models whose features lie between 1e-15 and 1e12 and whose terms may cancel to 1e-9 of their size: extremes.py EML [COUNT [SEED]]

Each promises a millionth of the response's range. Compiled, run on rows at the ends and between, and compared with exact fractions; prints how many the
compiler refused, which is a finding when it is more than one in ten. Status 1: a row was farther off than promised, or too many were refused, a coefficient that would round to 0 being a reason to refuse.
"""
import pathlib
import random
import subprocess
import sys
import tempfile
from fractions import Fraction


def number(rng, size):
    return float(f"{rng.choice([-1, 1]) * rng.uniform(1, 10) * size:.17g}")


def make(rng):
    """Names, ranges, coefficients: some pairs of features nearly cancel."""
    count = rng.randrange(2, 13)
    columns = []
    for i in range(count):
        scale = 10.0 ** rng.uniform(-15, 12)
        lo, hi = sorted((number(rng, scale), number(rng, scale)))
        columns.append([lo, hi, number(rng, 10.0 ** rng.uniform(-2, 2) / max(abs(lo), abs(hi)))])
    if rng.random() < 0.4:  # b is nearly a, and their terms cancel
        a = columns[0]
        columns.append([a[0], a[1], -a[2] * (1 + rng.uniform(-1, 1) * 1e-9)])
    return columns, number(rng, 10.0 ** rng.uniform(-3, 3))


def exact(x):
    return Fraction(repr(x))


def check(eml, folder, seed):
    rng = random.Random(f"extremes {seed}")
    columns, base = make(rng)
    spread = sum(abs(exact(w)) * (exact(hi) - exact(lo)) for lo, hi, w in columns)
    tolerance = f"{float(spread) * 1e-6:.2g}"
    text = "model extreme\n" + "".join(f"input public x{i} in [{lo!r}, {hi!r}]\n" for i, (lo, hi, _) in enumerate(columns))
    text += f"output y within {tolerance} = {base!r}" + "".join(f" + {w!r} * x{i}" for i, (_, _, w) in enumerate(columns)) + "\n"
    (folder / "m.eml").write_text(text)
    run = subprocess.run([eml, "compile", folder / "m.eml", "-o", folder / "m.emb"], capture_output=True, text=True)
    if run.returncode == 2:
        return "refused", run.stderr
    if run.returncode:
        return "wrong", text + run.stderr
    rows = [[exact(rng.choice([lo, hi, float(f"{rng.uniform(lo, hi):.17g}")])) for lo, hi, _ in columns] for _ in range(20)]
    rows = [[min(max(x, exact(lo)), exact(hi)) for x, (lo, hi, _) in zip(row, columns)] for row in rows]
    show = lambda x: repr(float(x))
    (folder / "m.csv").write_text(",".join(f"x{i}" for i in range(len(columns))) + "\n" + "".join(",".join(map(show, row)) + "\n" for row in rows))
    said = subprocess.run([eml, "run", folder / "m.emb", "--input", folder / "m.csv"], capture_output=True, text=True)
    if said.returncode:
        return "wrong", text + said.stderr
    for row, out in zip(rows, said.stdout.split()[1:], strict=True):
        meant = exact(base) + sum(exact(w) * x for x, (_, _, w) in zip(row, columns))
        if abs(Fraction(out) - meant) > Fraction(tolerance):
            return "wrong", f"{text}{[float(x) for x in row]}: {out}, not {float(meant)!r}"
    return "kept", ""


def main(eml, count="300", seed="1"):
    counts = {"kept": 0, "refused": 0, "wrong": 0}
    with tempfile.TemporaryDirectory() as name:
        for i in range(int(count)):
            verdict, text = check(eml, pathlib.Path(name), int(seed) * 1000000 + i)
            counts[verdict] += 1
            if verdict != "kept":
                print(f"{verdict}: {text}")
    print(", ".join(f"{value} {key}" for key, value in counts.items()))
    sys.exit(counts["wrong"] > 0 or counts["refused"] * 10 > int(count))


main(*sys.argv[1:])
