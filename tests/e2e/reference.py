"""What a compiled model gives, worked out from its code and ABI alone: exact integers, no encryption, no field, none of eml's arithmetic."""
import re
from decimal import Decimal
from fractions import Fraction


def parse_code(asm):
    """[(opcode, immediate)] of eml disasm's text."""
    found = re.findall(r"^(\w+)(?:\.(-?\d+))?\s*(?:#.*)?$", asm, re.M)
    return [(op, int(immediate) if immediate else None) for op, immediate in found]


def execute(code, public_tape, secret_tape):
    """The results, ciphertexts standing for the integers that they encrypt."""
    stack, written, public, secret = [], [], iter(public_tape), iter(secret_tape)
    for op, immediate in code:
        if op == "push":
            stack.append(immediate)
        elif op == "read":
            stack.append(next(public))
        elif op == "read2":
            stack.append(next(secret))
        elif op in ("add", "add2", "sadd"):
            stack.append(stack.pop() + stack.pop())
        elif op in ("mul", "smul"):
            stack.append(stack.pop() * stack.pop())
        elif op in ("write", "write2"):
            written.append(stack.pop())
        else:
            assert op == "noop", op
    assert next(public, None) is None and next(secret, None) is None
    return written or stack


def round_half_even(value):
    return round(value)  # of a Fraction: to the nearest, ties to even


def encode(column, text):
    value = (Fraction(Decimal(text)) - Fraction(column["offset"])) / Fraction(column["unit"])
    if column["exact"]:
        assert value.denominator == 1
    return round_half_even(value)


def show(value, unit):
    """The decimal with the fewest places within half a unit of value."""
    places = 0
    while True:
        digits = round_half_even(value * 10**places)
        if abs(Fraction(digits, 10**places) - value) < unit / 2:
            break
        places += 1
    text = str(abs(digits)).rjust(places + 1, "0")
    if places > 0:
        text = text[:-places] + "." + text[-places:]
    return ("-" if digits < 0 else "") + text


def signed(code):
    """Immediates of the field as the integers that they stand for."""
    p = 2**128 - 45 * 2**40 + 1
    return [(op, imm - p if imm is not None and imm > p // 2 else imm) for op, imm in code]


def predict(abi, asm, rows):
    """rows: {input name: text} each. The outputs' texts, as eml prints them."""
    code = signed(parse_code(asm))
    result = []
    for row in rows:
        integers = [encode(column, row[column["name"]]) for column in abi["inputs"]]
        tapes = [[1 if at is None else integers[at] for at in abi[tape]] for tape in ("public_tape", "secret_tape")]
        units = [Fraction(output["unit"]) for output in abi["outputs"]]
        result.append([show(value * unit, unit) for value, unit in zip(execute(code, *tapes), units, strict=True)])
    return result
