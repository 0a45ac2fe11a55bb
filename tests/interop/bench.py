#!/usr/bin/env python3
"""bench.py BENCH EXPORT WORK: eml's prover, then Winterfell's on the same traces, with one thread and with one a processor, and the ratios,
in one run. eml's seconds include making the trace, Winterfell's do not."""

import os
import pathlib
import subprocess
import sys

import run


def seconds(command, threads):
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True,
                           env={**os.environ, "RAYON_NUM_THREADS": str(threads)}).stdout
    return {line.split()[0]: float(line.split()[1]) for line in lines.splitlines()}


def compare(bench, data, crate, work, threads):
    """With one thread Winterfell is built as it comes, with more with its `concurrent` feature."""
    features = ["--features", "concurrent"] if threads > 1 else []
    binaries = run.build(crate, work / f"bench-{threads}", "release", "--bin", "bench", *features)
    theirs = seconds([binaries / "bench", data, "standard"], threads)
    ours = seconds([bench, str(threads)], threads)
    for name in theirs:
        print(f"{name:16} {threads} thread{'s' if threads > 1 else ' '} winterfell {1e3 * theirs[name]:8.1f} ms   "
              f"eml {1e3 * ours[name]:8.1f} ms   ratio {theirs[name] / ours[name]:.2f}", flush=True)


def main():
    bench, export, work = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    subprocess.run([bench], check=True)
    try:
        data, crate = run.prepare(export, work, "bench")
        for threads in sorted({1, os.cpu_count() or 1}):
            compare(bench, data, crate, work, threads)
    except SystemExit:
        return  # the reason is printed; eml's own numbers stand


if __name__ == "__main__":
    main()
