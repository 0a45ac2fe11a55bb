"""Arguments for the functions of runtime/function, and an opinion of their values that shares nothing with it: mpmath's, when that is there.

Arguments: of each function a random.Random of its seed and name draws the kind of an argument and of its unit, as `arguments` says.
"""
import random
from fractions import Fraction

FUNCTIONS = ["sqrt", "log", "log1p", "exp", "expm1", "logistic", "probit", "cloglog"]
EXACT = {"sqrt": None, "log": 1, "log1p": 0, "exp": 0, "expm1": 0, "logistic": 0, "probit": 0}


def draw(rng, function):
    """An argument in the domain: decimals as in tables, fractions, large and tiny ones, and those whose value is exact."""
    kind = rng.randrange(8)
    if kind == 0:
        size = Fraction(rng.randrange(1, 10**6), 10 ** rng.randrange(0, 7))
    elif kind == 1:
        size = Fraction(rng.randrange(1, 10**4), rng.randrange(1, 10**4))
    elif kind == 2:
        size = Fraction(rng.randrange(1, 10**17), 10**16)
    elif kind == 3:
        size = Fraction(rng.randrange(1, 2**53), 2 ** rng.randrange(40, 60))
    elif kind == 4:
        size = Fraction(rng.randrange(1, 1000), 10 ** rng.randrange(3, 40))
    elif kind == 5:
        size = Fraction(rng.randrange(1, 700))
    elif kind == 6:
        size = Fraction(rng.randrange(1, 100), 10)
    else:
        size = Fraction(rng.randrange(0, 3))
    negative = rng.random() < 0.5
    if function == "sqrt":
        return size * size if kind == 5 else size
    if function == "log":
        return size if size else Fraction(1)
    if function in ("exp", "expm1", "cloglog") and size > 700:
        size = size / 10**4
    if function == "log1p" and negative:
        return -size / (size + 1)
    return -size if negative else size


def arguments(function, count, seed):
    rng = random.Random(f"{seed} {function}")
    for _ in range(count):
        x = draw(rng, function)
        places = rng.randrange(0, 25)
        unit = Fraction(1, 10**places) if rng.random() < 0.8 else Fraction(rng.randrange(1, 1000), 2 ** rng.randrange(0, 80))
        if function in ("probit", "cloglog") and unit == 2:
            unit = Fraction(3)  # 1 less next to nothing is as near to half of it as nobody looks, and refused
        yield x, unit


def line(function, x, unit):
    return f"{function} {x.numerator}/{x.denominator} {unit.numerator}/{unit.denominator}\n"


def nearest(ratio):
    """To an integer, ties away from zero."""
    twice = 2 * abs(ratio.numerator) + ratio.denominator
    k = twice // (2 * ratio.denominator)
    return -k if ratio < 0 else k


def value(mp, function, x):
    """With the precision that mpmath is at; x is a fraction, which it divides."""
    x = mp.mpf(x.numerator) / x.denominator
    if function == "logistic":
        return 1 / (1 + mp.exp(-x))
    if function == "probit":
        return mp.erfc(-x / mp.sqrt(2)) / 2
    if function == "cloglog":
        return -mp.expm1(-mp.exp(x))
    if function == "log1p":
        return mp.log1p(x)
    return getattr(mp, function)(x)


def opinion(mp, function, x, unit):
    """The integer k of f(x) ~ k unit by mpmath, at a precision at which twice as much says the same, with room: 10 bits from a tie."""
    exact = exact_value(function, x)
    if exact is not None:
        return nearest(exact / unit)
    for bits in (120, 240, 480, 960, 1920, 3840, 7680):
        with mp.workprec(bits):
            steps = value(mp, function, x) * unit.denominator / unit.numerator
            size = max(0, int(mp.floor(mp.log(abs(steps), 2))) if steps else 0)
            if bits < size + 60:
                continue
            k = int(mp.floor(abs(steps) + mp.mpf(1) / 2))
            gap = abs(abs(steps) + mp.mpf(1) / 2 - mp.nint(abs(steps) + mp.mpf(1) / 2))
            if gap > mp.ldexp(1, size - bits + 20):
                return -k if steps < 0 else k
    raise ArithmeticError(f"{function} {x} {unit}: mpmath does not decide")


def exact_value(function, x):
    """What is rational: of a root whatever its square is."""
    if function == "sqrt":
        import math
        top, bottom = math.isqrt(x.numerator), math.isqrt(x.denominator)
        return Fraction(top, bottom) if top * top == x.numerator and bottom * bottom == x.denominator else None
    if EXACT.get(function) != x:
        return None
    return {"log": Fraction(0), "log1p": Fraction(0), "exp": Fraction(1), "expm1": Fraction(0)}.get(function, Fraction(1, 2))
