"""The functions of derived inputs and results against mpmath, an independent implementation: functions.py TOOL COUNT [SEED [FUNCTION...]]

TOOL is build/tests/e2e/function_round. COUNT arguments a function, drawn as tests/support/function_cases.py says; every integer is compared. Prints of each function
one digest of all results: SHA-256 of a line each. With COUNT 0 it writes the hard cases, tests/kat/functions.txt: arguments whose value
is a tie but for 2^-20 to 2^-900, made by choosing the unit, and exact ones. Needs mpmath (PyPI), best with gmpy2: status 77 without.
"""
import hashlib
import pathlib
import random
import subprocess
import sys
from fractions import Fraction

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
import function_cases as cases

try:
    from mpmath import mp
except ImportError:
    print("mpmath is not installed: python3 -m venv V && V/bin/pip install mpmath gmpy2")
    sys.exit(77)


def ask(tool, lines):
    return subprocess.run([tool], input="".join(lines), stdout=subprocess.PIPE, text=True, check=True).stdout.split()


def compare(tool, function, count, seed):
    digest = hashlib.sha256()
    given = list(cases.arguments(function, count, seed))
    said = ask(tool, [cases.line(function, x, unit) for x, unit in given])
    for (x, unit), k in zip(given, said, strict=True):
        wanted = cases.opinion(mp, function, x, unit)
        if str(wanted) != k:
            sys.exit(f"{function}({x}) in units of {unit}: {k}, mpmath says {wanted}")
        digest.update(f"{k}\n".encode())
    print(f"{function:9} {count} arguments, seed {seed}, all equal, digest {digest.hexdigest()}", flush=True)


def near_tie(rng, function):
    """A unit such that f(x) / unit is k + 1/2, but for about 2^-bits of it; not one of thousands of digits."""
    while True:
        x = cases.draw(rng, function)
        if cases.exact_value(function, x) is not None or (function in ("logistic", "probit", "cloglog") and abs(x) > (5 if function == "cloglog" else 20)):
            continue  # of 1 less 2^-1000 a tie is as near to one whatever the unit
        bits = rng.randrange(20, 120) if rng.random() < 0.9 else rng.randrange(120, 900)
        k = rng.randrange(0, 2 ** rng.randrange(1, 40))
        with mp.workprec(3000):
            steps = abs(cases.value(mp, function, x)) / (k + mp.mpf(1) / 2)
            size = int(mp.floor(mp.log(steps, 2)))
            if steps and abs(size) < 1000:
                return x, Fraction(int(mp.nint(mp.ldexp(steps, bits - size)))) / Fraction(2) ** (bits - size)


def write_hard(tool, path):
    rng = random.Random("hard cases")
    lines = []
    for function in cases.FUNCTIONS:
        given = [near_tie(rng, function) for _ in range(1220)]
        given += [(Fraction(n * n, 9), Fraction(2, 3)) for n in range(1, 30)] if function == "sqrt" else []
        if cases.EXACT.get(function) is not None:
            given += [(Fraction(cases.EXACT[function]), Fraction(1, n)) for n in range(1, 30)]
        for x, unit in given:
            lines.append(cases.line(function, x, unit).strip() + f" {cases.opinion(mp, function, x, unit)}\n")
    path.write_text("".join(lines))
    said = ask(tool, [" ".join(line.split()[:3]) + "\n" for line in lines])
    wrong = [line for line, k in zip(lines, said, strict=True) if line.split()[3] != k]
    print(f"{len(lines)} hard cases, {len(wrong)} of which the tool has otherwise")
    sys.exit(bool(wrong))


def main(tool, count, seed="1", *functions):
    if int(count) == 0:
        write_hard(tool, pathlib.Path(__file__).parent.parent / "kat/functions.txt")
    for function in functions or cases.FUNCTIONS:
        compare(tool, function, int(count), int(seed))


main(*sys.argv[1:])
