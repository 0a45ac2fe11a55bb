#!/usr/bin/env python3
"""bench.py BENCH EXPORT WORK: eml's prover, then Winterfell's on the same traces (one thread each), and the ratios, in one run."""

import pathlib
import subprocess
import sys

import run


def seconds(lines):
    return {line.split()[0]: float(line.split()[1]) for line in lines.splitlines()}


def main():
    bench, export, work = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    subprocess.run([bench], check=True)
    try:
        data, crate = run.prepare(export, work, "bench")
        binaries = run.build(crate, work, "release", "--bin", "bench")
    except SystemExit:
        return  # the reason is printed; eml's own numbers stand
    theirs = subprocess.run([binaries / "bench", data, "standard"], check=True, stdout=subprocess.PIPE, text=True).stdout
    ours = seconds(subprocess.run([bench, "terse"], check=True, stdout=subprocess.PIPE, text=True).stdout)
    for name, theirs_s in seconds(theirs).items():
        print(f"{name:16} winterfell {1e3 * theirs_s:8.1f} ms   eml {1e3 * ours[name]:8.1f} ms   ratio {theirs_s / ours[name]:.2f}")


if __name__ == "__main__":
    main()
