#!/usr/bin/env python3
"""coverage.py: which lines of what verifies no test runs.

At least 95 in 100 lines of the sources that mutants.py looks into must be run; the others stand in uncovered.txt, each with the reason.
Exit status 1: too few, a line without a reason, or a reason for a line that is run or gone."""

import collections
import json
import pathlib
import subprocess
import sys

import suite
from suite import TOP

BUILD = TOP / "build-ci-coverage"
UNCOVERED = pathlib.Path(__file__).parent / "uncovered.txt"
LEAST = 95


def counts(names):
    """{source: {line: how often it ran}}, over all programs that have the source in them."""
    lines = {name: collections.Counter() for name in names}
    for notes in BUILD.rglob("*.gcno"):
        if notes.name.removesuffix(".gcno") not in {pathlib.Path(name).name for name in names}:
            continue
        shown = subprocess.run(["gcov", "--json-format", "--stdout", notes], cwd=BUILD, check=True, capture_output=True, text=True).stdout
        for file in json.loads(shown)["files"]:
            path = (BUILD / file["file"]).resolve()
            name = str(path.relative_to(TOP)) if path.is_relative_to(TOP) else ""
            for line in file["lines"] if name in lines else []:
                lines[name][line["line_number"]] += line["count"]
    return lines


def main():
    tests = suite.build(BUILD, TOP, "-Doptimization=0", "-Db_coverage=true")
    for data in BUILD.rglob("*.gcda"):
        data.unlink()
    suite.at_once(lambda test: test.first_run(), tests)
    reasons, missed, total, wrong = suite.table(UNCOVERED), set(), 0, 0
    for name, lines in counts(suite.sources()).items():
        text = (TOP / name).read_text().splitlines()
        total += len(lines)
        for line, count in sorted(lines.items()):
            key = f"{name}: {text[line - 1].strip()}"
            if count:
                continue
            missed.add((name, line))
            if key not in reasons:
                print(f"{name}:{line}: never runs: {text[line - 1].strip()}")
                wrong += 1
            reasons[key] = None
    for key in (key for key, reason in reasons.items() if reason):
        print(f"{UNCOVERED.name}: no such line, or it runs: {key}")
        wrong += 1
    share = 100 * (total - len(missed)) / total
    print(f"{share:.1f} of 100 lines run, {len(missed)} of {total} do not, {wrong} without a reason")
    return wrong > 0 or share < LEAST


if __name__ == "__main__":
    sys.exit(main())
