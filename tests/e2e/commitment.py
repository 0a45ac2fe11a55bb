"""Commitments as docs/formats.md describes them, from that text alone: nothing of eml is called. Rescue-Prime's constants are made by the
specification's algorithm (tests/kat/gen_rescue.py)."""
import pathlib
import sys

from blake3 import derive_key

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "kat"))
from gen_rescue import ALPHA, M, P, mds_matrix, number_of_rounds, round_constants  # noqa: E402

ROUNDS = number_of_rounds()
MDS, CONSTANTS = mds_matrix(), round_constants(ROUNDS)
ROOT = pow(ALPHA, -1, P - 1)


def mix(state, constants):
    return [(sum(a * x for a, x in zip(row, state)) + c) % P for row, c in zip(MDS, constants)]


def permutation(state):
    for r in range(ROUNDS):
        constants = CONSTANTS[2 * M * r:2 * M * (r + 1)]
        state = mix([pow(x, ALPHA, P) for x in state], constants[:M])
        state = mix([pow(x, ROOT, P) for x in state], constants[M:])
    return state


def number(value):
    return value.to_bytes(8, "little")


def field(text):
    raw = text.encode()
    return number(len(raw)) + raw


def elements(raw):
    return [int.from_bytes(raw[i:i + 16], "little") for i in range(0, len(raw), 16)]


def schema_digest(inputs):
    """inputs: those of a schema file. Two elements."""
    message = number(len(inputs)) + b"".join(field(i[key]) for i in inputs for key in ("name", "unit", "offset", "lo", "hi", "step"))
    return [x % P for x in elements(derive_key("eml v2 schema of committed inputs", message))]


def commitment(schema, salts, values):
    """64 hex digits. values: integers, of either sign."""
    padded = [*values, *[0] * (len(values) % 2)]
    state = [0, 0, len(values), 0]
    for first, second in zip([*salts, *schema, *padded][::2], [*salts, *schema, *padded][1::2]):
        state = permutation(state)
        state = [(state[0] + first) % P, (state[1] + second) % P, *state[2:]]
    state = permutation(state)
    return b"".join(x.to_bytes(16, "little") for x in state[:2]).hex()


def cbor(raw, at=0):
    """The item at `at` and where the next one is: the kinds that openings have."""
    kind, size = raw[at] >> 5, raw[at] & 31
    at += 1
    if size >= 24:
        width = 1 << size - 24
        size, at = int.from_bytes(raw[at:at + width], "big"), at + width
    if kind == 0:
        return size, at
    if kind == 7:
        return {20: False, 21: True, 22: None}[size], at
    if kind in (2, 3):
        return raw[at:at + size] if kind == 2 else raw[at:at + size].decode(), at + size
    items = []
    for _ in range(size * (2 if kind == 5 else 1)):
        item, at = cbor(raw, at)
        items.append(item)
    return items if kind == 4 else dict(zip(items[::2], items[1::2])), at


def names_of(columns):
    """Of an entry for a vector's elements, or for one column."""
    if columns["first"] is None:
        return [columns["name"]]
    return [f"{columns['name']}[{columns['first'] + i}]" for i in range(len(columns["exact"]))]


def read_opening(path):
    """names, and field elements: salts, schema, values, commitment."""
    raw = path.read_bytes()
    (magic, version, fields), end = cbor(raw)
    assert (magic, version, end) == ("eml opening", 2, len(raw))
    return {"names": [name for columns in fields["inputs"] for name in names_of(columns)],
            **{key: elements(fields[key]) for key in ("salts", "schema", "values", "commitment")}}


def changed(path, **fields):
    """The opening's bytes with other salts or values, and the commitment that these open, as its issuer would have written it."""
    raw, kept = path.read_bytes(), read_opening(path)
    made = {**kept, **fields}
    opened = commitment(made["schema"], made["salts"], made["values"])
    made["commitment"] = elements(bytes.fromhex(opened))
    for key in ("salts", "values", "commitment"):
        before, after = (b"".join(x.to_bytes(16, "little") for x in f[key]) for f in (kept, made))
        assert raw.count(before) == 1
        raw = raw.replace(before, after)
    return raw, opened
