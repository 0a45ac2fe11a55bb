"""BLAKE3's derive_key mode for messages up to one chunk (1024 bytes), from the specification alone."""
IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
CHUNK_START, CHUNK_END, ROOT, CONTEXT, MATERIAL = 1, 2, 8, 32, 64
MASK = 0xFFFFFFFF


def mix(v, a, b, c, d, x, y):
    for word, (first, second) in ((x, (16, 12)), (y, (8, 7))):
        v[a] = (v[a] + v[b] + word) & MASK
        v[d] ^= v[a]
        v[d] = (v[d] >> first | v[d] << 32 - first) & MASK
        v[c] = (v[c] + v[d]) & MASK
        v[b] ^= v[c]
        v[b] = (v[b] >> second | v[b] << 32 - second) & MASK


def compress(cv, block, length, flags):
    m = [int.from_bytes(block[i:i + 4], "little") for i in range(0, 64, 4)]
    v = [*cv, *IV[:4], 0, 0, length, flags]
    for _ in range(7):
        for i in range(4):
            mix(v, i, 4 + i, 8 + i, 12 + i, m[2 * i], m[2 * i + 1])
        for i in range(4):
            mix(v, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, m[8 + 2 * i], m[9 + 2 * i])
        m = [m[i] for i in PERMUTATION]
    return [v[i] ^ v[i + 8] for i in range(8)]


def chunk(key, message, flags):
    assert len(message) <= 1024
    cv, count = list(key), max(1, -(-len(message) // 64))
    for i in range(count):
        block = message[64 * i:64 * i + 64]
        ends = (CHUNK_START if i == 0 else 0) | (CHUNK_END | ROOT if i == count - 1 else 0)
        cv = compress(cv, block.ljust(64, b"\0"), len(block), flags | ends)
    return b"".join(word.to_bytes(4, "little") for word in cv)


def derive_key(context, message):
    key = chunk(IV, context.encode(), CONTEXT)
    return chunk([int.from_bytes(key[i:i + 4], "little") for i in range(0, 32, 4)], message, MATERIAL)
