#!/usr/bin/env python3
"""Golden tests: the expectation stands beside the input.

    run.py [--update] FOLDER COMMAND... -- KIND...

For each input FOLDER/NAME.eml or NAME.asm and each KIND for which FOLDER/NAME.KIND exists, runs `COMMAND KIND INPUT` and
compares what it prints with that file. A new expectation starts as an empty file; --update rewrites all of them. An input with no
expectation, and an expectation with no input, are errors. Prints TAP.
"""
import difflib
import pathlib
import subprocess
import sys


def pairs(folder, kinds):
    inputs = {path.stem: path for path in folder.iterdir() if path.suffix in (".eml", ".asm")}
    used = set()
    for kind in kinds:
        for expected in sorted(folder.glob("*." + kind)):
            if expected.stem not in inputs:
                sys.exit(f"{expected}: there is no input {expected.stem}")
            used.add(expected.stem)
            yield inputs[expected.stem], kind, expected
    if inputs.keys() != used:
        sys.exit(f"{folder}: nothing is expected of {', '.join(sorted(inputs.keys() - used)) or 'anything'}")


def main(arguments):
    update = arguments[0] == "--update"
    arguments = arguments[update:]
    split = arguments.index("--")
    folder, command, kinds = pathlib.Path(arguments[0]), arguments[1:split], arguments[split + 1:]
    cases = list(pairs(folder, kinds))
    failed = 0
    print(f"1..{len(cases)}")
    for number, (source, kind, expected) in enumerate(cases, 1):
        run = subprocess.run([*command, kind, str(source)], stdout=subprocess.PIPE, timeout=60, check=True)
        if update:
            expected.write_bytes(run.stdout)
        good = run.stdout == expected.read_bytes()
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {source.name} {kind}")
        if not good:
            want, got = (text.decode(errors="replace").splitlines() for text in (expected.read_bytes(), run.stdout))
            for line in difflib.unified_diff(want, got, expected.name, "got", lineterm=""):
                print("# " + line)
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
