"""Worked examples of docs/formats.md: examples.py SOURCE_ROOT WRITE_SAMPLES [--update]

A block that begins with ```hex NAME shows a file that write_samples makes, one CBOR item a line with what it says; packed
numbers are read here by other code than the library's. Without --update the page is
compared with what would be written.
"""
import fractions
import pathlib
import re
import subprocess
import sys
import tempfile

EXAMPLES = {"bundle": "plain.emb", "proof": "raw.proof"}
NESTED = {"abi"}  # byte strings that hold CBOR themselves
BLOCK = re.compile(r"(```hex (\w+)\n).*?(```\n)", re.S)
TEXT_COLUMN, BYTES_A_LINE = 34, 16


def unsigned(data):
    value = shift = 0
    while True:
        byte = data.pop(0)
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value


def signed(data):
    code = unsigned(data)
    return -(code // 2) - 1 if code & 1 else code // 2


def odd(data, count):
    value = int.from_bytes(bytes(data[:count]), "little")
    del data[:count]
    return value


def rational(data):
    head = unsigned(data)
    if head == 0:
        return fractions.Fraction(0)
    scale = fractions.Fraction(2) ** signed(data)
    p = odd(data, head // 4)
    q = odd(data, unsigned(data)) if head & 2 else 1
    return fractions.Fraction(-p if head & 1 else p, q) * scale


def inputs_read(data):
    following, inputs = 0, []
    while data:
        inputs.append(following + signed(data))
        following = following if inputs[-1] < 0 else inputs[-1] + 1
    return ", ".join(map(str, inputs))


def rationals(data):
    values = []
    while data:
        values.append(str(rational(data)))
    return ", ".join(values)


PACKED = {**dict.fromkeys(("hi", "lo", "step", "unit", "offset", "tolerance"), rationals), **dict.fromkeys(("public_tape", "secret_tape"), inputs_read)}


class Annotator:
    def __init__(self, data):
        self.data, self.at, self.lines = data, 0, []

    def line(self, start, end, depth, text):
        shown = self.data[start:end].hex()
        self.lines.append(f"{shown:<{TEXT_COLUMN - 1}} # {'  ' * depth}{text}")

    def head(self):
        first = self.data[self.at]
        self.at += 1
        major, info = first >> 5, first & 31
        if info < 24:
            return major, info
        length = 1 << (info - 24)
        value = int.from_bytes(self.data[self.at:self.at + length], "big")
        self.at += length
        return major, value

    def item(self, depth=0, key=None):
        start = self.at
        major, value = self.head()
        if major == 0:
            self.line(start, self.at, depth, value)
        elif major == 2:
            if key in PACKED and value > 0:
                self.at += value
                self.line(start, self.at, depth, PACKED[key](list(self.data[self.at - value:self.at])))
            else:
                self.byte_string(start, value, depth, key)
        elif major == 3:
            self.at += value
            text = self.data[self.at - value:self.at].decode()
            self.line(start, self.at, depth, f'"{text}"')
        elif major == 4:
            self.line(start, self.at, depth, f"array of {value}")
            for _ in range(value):
                self.item(depth + 1)
        elif major == 5:
            self.line(start, self.at, depth, f"map of {value}")
            for _ in range(value):
                self.entry(depth + 1)
        else:
            self.line(start, self.at, depth, {20: "false", 21: "true", 22: "null"}[value])

    def entry(self, depth):
        start = self.at
        _, length = self.head()
        self.at += length
        key = self.data[self.at - length:self.at].decode()
        self.line(start, self.at, depth, f'"{key}":')
        self.item(depth + 1, key)

    def byte_string(self, start, length, depth, key):
        end = self.at + length
        self.line(start, self.at, depth, f"{length} bytes" + (", which are" if key in NESTED else ""))
        if key in NESTED:
            self.item(depth + 1)
        while self.at < end:
            stop = min(end, self.at + BYTES_A_LINE)
            self.lines.append(self.data[self.at:stop].hex())
            self.at = stop


def annotated(data):
    annotator = Annotator(data)
    annotator.item()
    return "".join(line + "\n" for line in annotator.lines)


def main(root, write_samples, update):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([write_samples, folder], check=True)
        made = {name: annotated((pathlib.Path(folder) / file).read_bytes()) for name, file in EXAMPLES.items()}
    page = root / "docs" / "formats.md"
    old = page.read_text()
    new = BLOCK.sub(lambda block: block[1] + made[block[2]] + block[3], old)
    if {name for _, name, _ in BLOCK.findall(old)} != set(EXAMPLES):
        sys.exit(f"formats.md does not show each of: {', '.join(EXAMPLES)}")
    if new != old and not update:
        sys.exit("formats.md: an example is not what the code writes; run: sh tests/update_golden.sh")
    page.write_text(new) if update else None


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2], "--update" in sys.argv[3:])
