"""A second writer of key and ciphertext files, from docs/encryption.md alone and with nothing but Python's standard library.

reference.py FROZEN_DEF        compares the digests of its files with the frozen ones, which the C code is tested against
reference.py --write FOLDER    writes the files (the fuzz corpora begin with pieces of them)
"""
import pathlib
import re
import struct
import sys

P = 2**128 - 45 * 2**40 + 1
N, RANK = 1024, 4
TWO_ADIC_ROOT = 23953097886125630542083529559205016746  # of order 2^40

# --- BLAKE3 (specification of 2020-01-09) ---

IV = [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19]
SCHEDULE = [list(range(16))]
for _ in range(6):
    SCHEDULE.append([SCHEDULE[-1][i] for i in (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)])
LANES = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))
CHUNK_START, CHUNK_END, PARENT, ROOT, DERIVE_CONTEXT, DERIVE_MATERIAL = 1, 2, 4, 8, 32, 64


def compress(cv, block, counter, length, flags):
    m = struct.unpack("<16I", block.ljust(64, b"\0"))
    v = cv + IV[:4] + [counter & 0xFFFFFFFF, counter >> 32, length, flags]
    for order in SCHEDULE:
        for k, (a, b, c, d) in enumerate(LANES):
            va, vb, vc, vd = v[a], v[b], v[c], v[d]
            va = (va + vb + m[order[2 * k]]) & 0xFFFFFFFF
            vd ^= va
            vd = (vd >> 16 | vd << 16) & 0xFFFFFFFF
            vc = (vc + vd) & 0xFFFFFFFF
            vb ^= vc
            vb = (vb >> 12 | vb << 20) & 0xFFFFFFFF
            va = (va + vb + m[order[2 * k + 1]]) & 0xFFFFFFFF
            vd ^= va
            vd = (vd >> 8 | vd << 24) & 0xFFFFFFFF
            vc = (vc + vd) & 0xFFFFFFFF
            vb ^= vc
            v[a], v[b], v[c], v[d] = va, (vb >> 7 | vb << 25) & 0xFFFFFFFF, vc, vd
    return [v[i] ^ v[i + 8] for i in range(8)] + [v[i + 8] ^ cv[i] for i in range(8)]


def node(key, data, counter, flags):
    """The last compression's input of the subtree over data whose first chunk has this number."""
    if len(data) <= 1024:
        cv, blocks = key, [data[i:i + 64] for i in range(0, len(data), 64)] or [b""]
        for i, block in enumerate(blocks):
            f = flags | (CHUNK_START if i == 0 else 0) | (CHUNK_END if i == len(blocks) - 1 else 0)
            if i == len(blocks) - 1:
                return cv, block, counter, len(block), f
            cv = compress(cv, block, counter, 64, f)[:8]
    left = 1024 << (((len(data) - 1) // 1024).bit_length() - 1)  # the largest power of two of chunks that leaves some over
    halves = node(key, data[:left], counter, flags), node(key, data[left:], counter + left // 1024, flags)
    return key, b"".join(struct.pack("<8I", *compress(*half)[:8]) for half in halves), 0, 64, flags | PARENT


def blake3(data, count=32, key=IV, flags=0):
    cv, block, _, length, f = node(key, data, 0, flags)
    out = b"".join(struct.pack("<16I", *compress(cv, block, i, length, f | ROOT)) for i in range((count + 63) // 64))
    return out[:count]


def derive_key(context, material, count=32):
    key = list(struct.unpack("<8I", blake3(context.encode(), 32, IV, DERIVE_CONTEXT)))
    return blake3(material, count, key, DERIVE_MATERIAL)


# --- the ring: values at psi^(2i+1), i = 0..N-1 ---

PSI = pow(TWO_ADIC_ROOT, 2**40 // (2 * N), P)


def transform(a, root):
    """sum_j a_j root^(ij), i = 0..len(a)-1."""
    if len(a) == 1:
        return a
    even, odd = transform(a[::2], root * root % P), transform(a[1::2], root * root % P)
    out, power = [0] * len(a), 1
    for i, (x, y) in enumerate(zip(even, odd)):
        y = y * power % P
        out[i], out[i + len(even)] = (x + y) % P, (x - y) % P
        power = power * root % P
    return out


def evaluate(a):
    return transform([x * pow(PSI, j, P) % P for j, x in enumerate(a)], PSI * PSI % P)


def interpolate(values):
    scaled = transform(values, pow(PSI, -2, P))
    return [x * pow(N, -1, P) * pow(PSI, -j, P) % P for j, x in enumerate(scaled)]


def inner(a, b):
    """sum_i a_i b_i of values."""
    return [sum(x[i] * y[i] for x, y in zip(a, b)) % P for i in range(N)]


# --- sampling ---

def stream(context, seed, block, column, element, count):
    return derive_key(context, seed + struct.pack("<QII", block, column, element), count)


def integers(data, size):
    return [int.from_bytes(data[i:i + size], "little") for i in range(0, len(data), size)]


def uniform(seed, i, j):
    return [x % P for x in integers(stream("eml v1 lattice matrix", seed, 0, i, j, 32 * N), 32)]


def ternary(context, seed, block, column, element):
    return [3 * x // 2**128 - 1 for x in integers(stream(context, seed, block, column, element, 16 * N), 16)]


def error(context, seed, block, column, element):
    words = integers(stream(context, seed, block, column, element, 48 * N), 4)
    return [sum(words[i:i + 6]) - sum(words[i + 6:i + 12]) for i in range(0, 12 * N, 12)]


# --- files ---

def header(magic):
    return magic + struct.pack("<III", 2, N, RANK) + P.to_bytes(16, "little")


def elements(a):
    return b"".join((x % P).to_bytes(16, "little") for x in a)


def add(a, b):
    return [x + y for x, y in zip(a, b)]


def make_keys(seed):
    s = [evaluate(ternary("eml v1 lattice key secret", seed, 0, 0, i)) for i in range(RANK)]
    e = [error("eml v1 lattice key error", seed, 0, 0, i) for i in range(RANK)]
    public_seed = stream("eml v1 lattice public seed", seed, 0, 0, 0, 32)
    matrix = [[uniform(public_seed, i, j) for j in range(RANK)] for i in range(RANK)]
    t = [add(interpolate(inner(matrix[i], s)), e[i]) for i in range(RANK)]
    public = header(b"EMLPUBK\n") + public_seed + b"".join(elements(x) for x in t)
    key_id = derive_key("eml v1 lattice key id", public)
    secret = header(b"EMLSECK\n") + b"\0" + key_id + seed
    return public, secret, (key_id, matrix, [evaluate(x) for x in t])


def encrypt(key, key_seed, seed, delta_bits, columns):
    """One block: columns is a list of (name, encoding, numbers). With the tag of who has the key's seed."""
    key_id, matrix, t = key
    head = header(b"EMLCIPH\n") + bytes([0, delta_bits]) + key_id + bytes(32)
    out = struct.pack("<QI", len(columns[0][2]), len(columns))
    out += b"".join(bytes([len(name)]) + name.encode() + encoding for name, encoding, _ in columns)
    for c, (_, _, numbers) in enumerate(columns):
        r = [evaluate(ternary("eml v1 lattice encryption r", seed, 0, c, i)) for i in range(RANK)]
        parts = [inner([matrix[i][j] for i in range(RANK)], r) for j in range(RANK)] + [inner(t, r)]
        for i, part in enumerate(parts):
            cells = add(interpolate(part), error("eml v1 lattice encryption error", seed, 0, c, i))
            message = [m << delta_bits for m in numbers] if i == RANK else []
            out += elements(add(cells, message + [0] * (N - len(message))))
    tag_key = list(struct.unpack("<8I", derive_key("eml v2 ciphertext sender", key_seed)))
    return head + blake3(head + out, key=tag_key, flags=16) + out  # 16: keyed_hash


def files():
    public, secret, key = make_keys(bytes(range(32)))
    columns = [("x[0]", b"\1" * 32, [1, 3, 5]), ("x[1]", b"\2" * 32, [-2, -4, -6])]
    return {"public": public, "secret": secret, "ciphertext": encrypt(key, bytes(range(32)), bytes(range(32, 64)), 60, columns)}


def main():
    made = files()
    if sys.argv[1] == "--write":
        for name, content in made.items():
            (pathlib.Path(sys.argv[2]) / name).write_bytes(content)
        return 0
    frozen = dict(re.findall(r'^FROZEN\((\w+), "(\w+)"\)', pathlib.Path(sys.argv[1]).read_text(), re.M))
    wrong = [name for name, content in made.items() if blake3(content).hex() != frozen.get(name)]
    for name in wrong:
        print(f"{name}: {blake3(made[name]).hex()}, frozen: {frozen.get(name)}")
    return 1 if wrong or len(frozen) != len(made) else 0


if __name__ == "__main__":
    sys.exit(main())
