"""What a table costs: table.py EML BUILD_FOLDER [ROWS] [COLUMNS]

CPU seconds (user and system, median of RUNS) and peak memory of `run`, `prove` and `verify` on a CSV of random doubles as pandas
writes them, one thread, beside what people would do: pandas.read_csv, X @ w + b, to_csv of the predictions alone. Then the wall-clock seconds of
the same with two threads. pandas and NumPy, pinned, are installed into the build folder; without them nothing is measured, status 77.
"""
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import pypi

PINNED = ["numpy==2.2.6", "pandas==2.3.3"]
RUNS = 5
WEIGHTS = [0.123456, -1.5, 2.25, 0.333, -0.7071, 3.14159, -2.71828, 0.001, 1, -0.5]
PANDAS = """import sys, time, numpy, pandas
w = numpy.resize(numpy.array(%r), int(sys.argv[2]))
start = time.process_time()
pandas.DataFrame({"y": pandas.read_csv(sys.argv[1]).to_numpy() @ w + 3.7}).to_csv(sys.argv[3], index=False)
print(time.process_time() - start)
""" % WEIGHTS


def write_rows(path, rows, columns):
    """Uniform in [-100, 100], as repr writes doubles; seed 1."""
    chance = random.Random(1)
    with open(path, "w", encoding="ascii") as out:
        out.write(",".join(f"x[{i}]" for i in range(columns)) + "\n")
        for _ in range(rows):
            out.write(",".join(repr(chance.uniform(-100, 100)) for _ in range(columns)) + "\n")


def measure(words, threads):
    """(CPU seconds, wall-clock seconds, peak bytes); the rival's seconds, which it tells, are without its imports."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")} | {"EML_THREADS": str(threads)}
    if threads == 1:
        environment |= {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    start = time.monotonic()
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as child:
        said = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
    assert status == 0, words
    told = float(said) if words[1] == "-c" else usage.ru_utime + usage.ru_stime
    return told, time.monotonic() - start, usage.ru_maxrss * 1024


def median(words, threads=1):
    runs = [measure(words, threads) for _ in range(RUNS)]
    return [statistics.median(column) for column in zip(*runs)]


def main():
    eml, build = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    rows, columns = (int(x) for x in (sys.argv[3:] + ["1000000", "10"][len(sys.argv) - 3:])[:2])
    packages = build / "bench-packages"
    pypi.use(packages, *PINNED)
    os.environ["PYTHONPATH"] = str(packages)
    with tempfile.TemporaryDirectory(dir=build) as folder:
        at = {name: f"{folder}/{name}" for name in ("rows.csv", "m.eml", "m.emb", "out.csv", "m.proof", "pandas.csv")}
        write_rows(at["rows.csv"], rows, columns)
        weights = ", ".join(str(WEIGHTS[i % len(WEIGHTS)]) for i in range(columns))
        pathlib.Path(at["m.eml"]).write_text(f"model m\ninput public x[{columns}] in [-100, 100]\nparam w[{columns}] = [{weights}]\n"
                                             "output y within 1e-6 = dot(w, x) + 3.7\n", encoding="ascii")
        subprocess.run([eml, "compile", at["m.eml"], "-o", at["m.emb"]], check=True, stdout=subprocess.DEVNULL)
        commands = {
            "run": [eml, "run", at["m.emb"], "-i", at["rows.csv"], "-o", at["out.csv"]],
            "prove": [eml, "prove", at["m.emb"], "-i", at["rows.csv"], "-o", at["out.csv"], "-p", at["m.proof"]],
            "verify": [eml, "verify", "--program", at["m.emb"], "-i", at["rows.csv"], "-o", at["out.csv"], "-p", at["m.proof"]],
        }
        print(f"{rows:,} rows x {columns} columns, {os.path.getsize(at['rows.csv']) / 1e6:.0f} MB")
        rival, wall, peak = median([sys.executable, "-c", PANDAS, at["rows.csv"], str(columns), at["pandas.csv"]])
        print(f"pandas  {rival:6.2f} CPU s  {1e9 * rival / rows / columns:5.0f} ns a cell  {wall:6.2f} s  {peak / 1e6:6.0f} MB  ({', '.join(PINNED)})")
        for name, words in commands.items():
            cpu, wall, peak = median(words)
            _, two, _ = median(words, 2)
            print(f"{name:7} {cpu:6.2f} CPU s  {1e9 * cpu / rows / columns:5.0f} ns a cell  {wall:6.2f} s  {peak / 1e6:6.0f} MB"
                  f"  {wall / two:.2f} times as fast on two threads  {cpu / rival:.2f} of pandas")


if __name__ == "__main__":
    main()
