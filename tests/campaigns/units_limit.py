#!/usr/bin/env python3
"""units_limit.py MODEL TOLERANCE: whether any units (docs/language.md, Units) let the model, its inputs secret, keep the tolerance for every output.

An exhaustive search that shares nothing with the compiler: each input on its own grid, or in units of W 10^-d / |w| for a weight w of it, W = 1, 2, .. 4096; each output in units
of 10^-d. Prints `one fits`, or the least bits of the field that are missing. Doubles: what is missing is counted in whole bits."""
import itertools
import math
import re
import sys
from fractions import Fraction

FRESH_NOISE, MARGIN_BITS, DELTA_BITS_MIN = 5414630391777, 4, 44
HALF = (2**128 - 45 * 2**40) // 2


def numbers(text, name):
    body = re.search(rf"^param {name}.*?= (\[.*?\]|\[\n.*?\n\])$", text, re.M | re.S).group(1)
    return [Fraction(x) for x in re.findall(r"-?[0-9.]+(?:e-?[0-9]+)?", body)]


def read_model(path):
    """Ranges, weights by output and input, constants of a model like examples/linnerud: integers, W @ ((x - mean) / scale) + at."""
    text = open(path).read()
    ranges = [(Fraction(a), Fraction(b)) for a, b in re.findall(r"^input \w+ \w+ in \[([^,]*), ([^\]]*)\] integer", text, re.M)]
    mean, scale, w = numbers(text, "mean"), numbers(text, "scale"), numbers(text, "W")
    at = [Fraction(x) for x in re.search(r"W @ z \+ \[(.*?)\]", text).group(1).split(",")]
    n = len(ranges)
    weights = [[w[o * n + j] / scale[j] for j in range(n)] for o in range(len(at))]
    constants = [at[o] - sum(weights[o][j] * mean[j] for j in range(n)) for o in range(len(at))]
    return ranges, weights, constants


def options(o_weights, reach, tolerance):
    """(unit, input rounding) of one input; o_weights: its weight in each output."""
    yield 1.0, 0.0
    for w in o_weights:
        for d in range(0, 20):
            for k in range(13):
                unit = 2**k * 10.0**-d / abs(w)
                # A sum of roundings is within the tolerance only if each is.
                if unit < 1 and all(abs(v) * unit / 2 <= tolerance for v in o_weights) and reach / unit < 2**80:
                    yield unit, unit / 2


def main(path, tolerance):
    ranges, weights, constants = read_model(path)
    reach = [float(hi - lo) / 2 for lo, hi in ranges]
    middle = [(lo + hi) / 2 for lo, hi in ranges]
    m, outs = len(ranges), len(constants)
    centre = [float(constants[o] + sum(weights[o][j] * middle[j] for j in range(m))) for o in range(outs)]
    w = [[float(x) for x in row] for row in weights]
    largest = [abs(centre[o]) + sum(abs(w[o][j]) * reach[j] for j in range(m)) for o in range(outs)]
    places = [[d for d in range(0, 20) if 10.0**-d / 2 <= tolerance and largest[o] * 10.0**d < 2.0**90] for o in range(outs)]
    lists = [list(options([w[o][j] for o in range(outs)], reach[j], tolerance)) for j in range(m)]
    # What an option does to an output at a unit: the integer weight's size and the error it brings.
    table = {}
    for j in range(m):
        for i, (unit, rounding) in enumerate(lists[j]):
            for o in range(outs):
                for d in places[o]:
                    exact = w[o][j] * unit * 10.0**d
                    k = round(exact)
                    table[j, i, o, d] = abs(k), abs(exact - k) * 10.0**-d * reach[j] / unit + abs(w[o][j]) * rounding
    best, count = math.inf, 0
    for choice in itertools.product(*(range(len(x)) for x in lists)):
        count += 1
        needed = []
        for o in range(outs):
            fits = []
            for d in places[o]:
                error, total = 10.0**-d / 2, 0
                for j in range(m):
                    k, e = table[j, choice[j], o, d]
                    total += k
                    error += e
                # The constant alone may be off by less than half a unit: that is no reason to refuse.
                if error - 10.0**-d / 2 <= tolerance:
                    fits.append((total, largest[o] * 10.0**d))
            if not fits:
                break
            needed.append(fits)
        else:
            for bits in range(DELTA_BITS_MIN, 121):
                limit = 2.0**bits / 2 * (1 - 2 / 2**MARGIN_BITS) / FRESH_NOISE
                worst = 0.0
                for fits in needed:
                    over = [math.log2(message * 2.0**bits / HALF) for total, message in fits if total <= limit]
                    worst = max(worst, min(over)) if over else math.inf
                best = min(best, worst)
    print(f"{path} within {tolerance}: {count} choices, " + ("one fits" if best <= 0 else f"{best:.1f} bits are missing"))


main(sys.argv[1], float(sys.argv[2]))
