"""tables.py EML SEED SECONDS: tables of 1,000 rows, 2,000, 4,000 and so on until the time is over: proved, verified, and refused with one
digit changed in one output or one input. The last line says how far it came."""
import pathlib
import random
import subprocess
import sys
import tempfile
import time

MODEL = """model tables
input public a in [-1000, 1000]
input public n in [0, 100] integer
input public x[3] in [0, 1]
output y within 1e-6 = 2.5 * a - n + 0.125 * x[0] + x[1] - 3 * x[2] + 7
output z within 1e-3 = a + x[1]
"""
FIRST = 1000


class Table:
    def __init__(self, eml, folder):
        self.eml = eml
        self.source, self.bundle, self.rows, self.out, self.bad, self.proof = (
            folder / name for name in ("m.eml", "m.emb", "rows.csv", "out.csv", "bad.csv", "out.proof"))
        self.source.write_text(MODEL)
        self.call(0, "compile", self.source, "-o", self.bundle)

    def call(self, status, *arguments):
        result = subprocess.run([self.eml, *map(str, arguments)], capture_output=True, text=True)
        if result.returncode != status:
            sys.exit(f"eml {' '.join(map(str, arguments))}: status {result.returncode}, not {status}\n{result.stdout}{result.stderr}")

    def verify(self, status, rows, out):
        self.call(status, "verify", "--program", self.bundle, "--input", rows, "--output", out, "--proof", self.proof)

    def draw(self, chosen, count):
        lines = (f"{chosen.uniform(-999, 999):.9f},{chosen.randint(0, 99)}," + ",".join(f"{chosen.random():.9f}" for _ in range(3))
                 for _ in range(count))
        self.rows.write_text("a,n,x[0],x[1],x[2]\n" + "\n".join(lines) + "\n")

    def change(self, chosen, path, whole=False):
        """The first number of a row of the file gets another last digit; of an input, which means its grid value, another whole one."""
        lines = path.read_text().splitlines(keepends=True)
        at = chosen.randrange(1, len(lines))
        first, rest = lines[at].split(",", 1)
        digit = first.index(".") - 1 if whole else len(first) - 1
        lines[at] = first[:digit] + str((int(first[digit]) + 1) % 10) + first[digit + 1 :] + "," + rest
        self.bad.write_text("".join(lines))

    def check(self, chosen, count):
        self.draw(chosen, count)
        self.call(0, "prove", self.bundle, "--input", self.rows, "--output", self.out, "--proof", self.proof)
        self.verify(0, self.rows, self.out)
        self.change(chosen, self.out)
        self.verify(1, self.rows, self.bad)
        self.change(chosen, self.rows, whole=True)
        self.verify(1, self.bad, self.out)


def main():
    eml, seed, seconds = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]), int(sys.argv[3])
    chosen, start, rows, took = random.Random(seed), time.monotonic(), FIRST, 0.0
    with tempfile.TemporaryDirectory() as folder:
        table = Table(eml, pathlib.Path(folder))
        # Twice the rows take about twice as long.
        while rows == FIRST or time.monotonic() - start + 2 * took < seconds:
            began = time.monotonic()
            table.check(chosen, rows)
            took = time.monotonic() - began
            print(f"{rows} rows: {took:.1f} s", flush=True)
            rows *= 2
    print(f"{rows // 2} rows the largest")


main()
