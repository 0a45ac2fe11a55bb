"""Rescue-Prime constants for f128 by the algorithm of the specification (eprint 2020/1143).

Prints runtime/hash/rescue_prime_constants.c. `gen_rescue.py --check FILE` exits 1 when FILE differs from that.
"""
import hashlib
import math
import sys

P = 2**128 - 45 * 2**40 + 1
M, CAPACITY, SECURITY, ALPHA, GENERATOR = 4, 2, 128, 3, 3


def number_of_rounds():
    """Half as many again as the cheapest Groebner basis attack beyond the security level needs."""
    rate = M - CAPACITY

    def cost(rounds):
        dcon = math.floor(0.5 * (ALPHA - 1) * M * (rounds - 1) + 2)
        variables = M * (rounds - 1) + rate
        return math.comb(variables + dcon, variables) ** 2

    l1 = next(rounds for rounds in range(1, 25) if cost(rounds) > 2**SECURITY)
    l0 = 2 * SECURITY / ((M + 1) * (math.log2(P) - math.log2(ALPHA - 1)))
    return math.ceil(1.5 * max(5, l0, l1))


def round_constants(rounds):
    """2 m N elements from SHAKE256 of a string that names the parameters, each from one byte more than p has."""
    size = math.ceil(P.bit_length() / 8) + 1
    count = 2 * M * rounds
    seed = f"Rescue-XLIX({P},{M},{CAPACITY},{SECURITY})".encode("ascii")
    stream = hashlib.shake_256(seed).digest(size * count)
    return [int.from_bytes(stream[size * i : size * (i + 1)], "little") % P for i in range(count)]


def row_echelon(matrix):
    """Reduced row echelon form over F_p."""
    rows = [row[:] for row in matrix]
    for i in range(len(rows)):
        pivot = next(r for r in range(i, len(rows)) if rows[r][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        inverse = pow(rows[i][i], -1, P)
        rows[i] = [x * inverse % P for x in rows[i]]
        for r in range(len(rows)):
            if r != i:
                factor = rows[r][i]
                rows[r] = [(x - factor * y) % P for x, y in zip(rows[r], rows[i])]
    return rows


def mds_matrix():
    """The right half of the echelon form of the m x 2m Vandermonde matrix of the generator, transposed."""
    vandermonde = [[pow(GENERATOR, i * j, P) for j in range(2 * M)] for i in range(M)]
    echelon = row_echelon(vandermonde)
    return [[echelon[j][M + i] for j in range(M)] for i in range(M)]


def inverse_matrix(matrix):
    identity = [[int(i == j) for j in range(M)] for i in range(M)]
    return [row[M:] for row in row_echelon([a + b for a, b in zip(matrix, identity)])]


def element(x):
    return f"{{UINT64_C(0x{x & (2**64 - 1):016x}), UINT64_C(0x{x >> 64:016x})}}"


def table(declaration, rows):
    lines = [f"const eml_fe {declaration} = {{"]
    for row in rows:
        pairs = [", ".join(element(x) for x in row[i : i + 2]) for i in range(0, len(row), 2)]
        lines += [("    {" if i == 0 else "     ") + pair + ("}," if i == len(pairs) - 1 else ",")
                  for i, pair in enumerate(pairs)]
    return "\n".join(lines + ["};"])


def source():
    rounds = number_of_rounds()
    mds, constants = mds_matrix(), round_constants(rounds)
    by_round = [constants[2 * M * r : 2 * M * (r + 1)] for r in range(rounds)]
    return "\n\n".join([
        "/* Written by tests/kat/gen_rescue.py, which says where the numbers come from. Do not edit. */\n"
        '#include "runtime/hash/rescue_prime.h"',
        f"_Static_assert(EML_RESCUE_ROUNDS == {rounds} && EML_RESCUE_WIDTH == {M}, \"the specification's own numbers\");",
        "/* clang-format off */",
        table("eml_rescue_mds[EML_RESCUE_WIDTH][EML_RESCUE_WIDTH]", mds),
        table("eml_rescue_inv_mds[EML_RESCUE_WIDTH][EML_RESCUE_WIDTH]", inverse_matrix(mds)),
        table("eml_rescue_constants[EML_RESCUE_ROUNDS][2 * EML_RESCUE_WIDTH]", by_round),
    ]) + "\n"


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--check":
        with open(sys.argv[2], encoding="ascii") as file:
            same = file.read() == source()
        print("same" if same else f"{sys.argv[2]} is not what gen_rescue.py prints")
        sys.exit(0 if same else 1)
    sys.stdout.write(source())
