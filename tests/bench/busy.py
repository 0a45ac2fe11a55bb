"""A small proof on a busy machine: busy.py EML. `eml prove` of a model with 10 inputs, beside a loop on every processor that never
rests, takes at most 3 times its own CPU time; the median of several runs. Threads that wait for each other take far more."""
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

RUNS, LIMIT = 41, 3
NAMES = [f"x{i}" for i in range(10)]


def run(*arguments):
    """Seconds, and seconds of CPU time."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    elapsed, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return elapsed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(eml, folder):
    (folder / "m.eml").write_text("model m\n" + "".join(f"input public {n} in [0, 1]\n" for n in NAMES) + "output y within 0.01 = "
                                  + " + ".join(f"0.5 * {n}" for n in NAMES) + "\n")
    (folder / "in.csv").write_text(",".join(NAMES) + "\n" + ",".join("1" for _ in NAMES) + "\n")
    run(eml, "compile", folder / "m.eml", "-o", folder / "m.emb")
    return [run(eml, "prove", folder / "m.emb", "--input", folder / "in.csv", "--output", folder / "out.csv", "--proof", folder / "p")
            for _ in range(RUNS)]


def main(eml):
    loops = []
    try:
        for processor in os.sched_getaffinity(0):
            loops.append(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
            os.sched_setaffinity(loops[-1].pid, {processor})
        with tempfile.TemporaryDirectory() as folder:
            runs = measure(eml, pathlib.Path(folder))
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
    elapsed, cpu = (statistics.median(times) for times in zip(*runs))
    ratio = statistics.median(seconds / of for seconds, of in runs)
    print(f"eml prove beside {len(loops)} busy loops: {1e3 * elapsed:.1f} ms, {1e3 * cpu:.1f} ms of CPU time; ratio {ratio:.2f}, at most {LIMIT}")
    return ratio > LIMIT


sys.exit(main(sys.argv[1]))
