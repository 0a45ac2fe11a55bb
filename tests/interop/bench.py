#!/usr/bin/env python3
"""bench.py BENCH EXPORT WORK: eml's prover, then Winterfell's on the same traces, with one thread and with one a processor, and the ratios,
in one run. eml's seconds include making the trace, Winterfell's do not. The cube roots of a trace are taken once a program, with
its hash; the second ratio counts them as if they were taken for every proof."""

import os
import pathlib
import subprocess
import sys

import run


def seconds(command, threads):
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True,
                           env={**os.environ, "RAYON_NUM_THREADS": str(threads)}).stdout
    return {name: [float(x) for x in figures] for name, *figures in map(str.split, lines.splitlines())}


def compare(bench, data, crate, work, threads):
    """With one thread Winterfell is built as it comes, with more with its `concurrent` feature."""
    features = ["--features", "concurrent"] if threads > 1 else []
    binaries = run.build(crate, work / f"bench-{threads}", "release", "--bin", "bench", *features)
    theirs = seconds([binaries / "bench", data, "standard"], threads)
    ours = seconds([bench, str(threads)], threads)
    for name, [rival, *_] in theirs.items():
        proof, program_hash = ours[name]
        print(f"{name:16} {threads} thread{'s' if threads > 1 else ' '} winterfell {1e3 * rival:8.1f} ms   eml {1e3 * proof:8.1f} ms   "
              f"ratio {rival / proof:.2f}, with the program hash {rival / (proof + program_hash):.2f}", flush=True)


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
