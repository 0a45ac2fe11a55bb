#!/usr/bin/env python3
"""mutants.py [--seed N --count N] [--held] [--patience SECONDS] [--write] [TEXT...]: is every check of what verifies held in place by a test?

One build of a copy of this tree has a switch in each check (checks.py says what a check is); then the tests run with one check switched off
at a time, until one of them fails. All checks by default, COUNT of them by the seed, or those with a TEXT in their line of the list.
--held: of those that the list says a test holds; --patience: only tests that take no longer. --write: the list goes to docs/mutants.md, whose killers are tried first the next time.
Checks that others repeat are in equivalent.txt, with the reason. Exit status 1: a check can go and no test sees it, or that file is wrong."""

import argparse
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

import checks
import suite
from suite import TOP

WORK = TOP / "build-ci-mutants"
TREE, BUILD = WORK / "tree", WORK / "build"
NO_TEST = "**no test**"
LIST, EQUIVALENT = TOP / "docs" / "mutants.md", pathlib.Path(__file__).parent / "equivalent.txt"
# Where the number is read, and where a first run notes which checks decide something in a test: a switch is asked only then.
SWITCH = """
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
_Bool eml_mutant(int number);
_Bool eml_mutant(int number) {
    static int chosen = -2;
    static volatile char *reached;
    if (chosen == -2) {
        const char *mutant = getenv("EML_MUTANT"), *path = getenv("EML_MUTANTS_REACHED");
        int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
        void *map = file < 0 ? MAP_FAILED : mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (map != MAP_FAILED) reached = map;
        chosen = mutant ? atoi(mutant) : -1;
    }
    if (reached) reached[number] = 1;
    return number == chosen;
}
"""


def write_if_new(path, content):
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def find_all():
    return [check for name in suite.sources() for check in checks.find(name, (TOP / name).read_text())]


def make_tree(found):
    """The copy: what git knows or would take, with switches."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=TOP, check=True,
                            capture_output=True).stdout.decode().split("\0")
    names = {name for name in listed if name and (TOP / name).is_file()}
    for path in TREE.rglob("*"):
        if path.is_file() and str(path.relative_to(TREE)) not in names and "__pycache__" not in path.parts:
            path.unlink()
    for name in names:
        content = (TOP / name).read_bytes()
        mine = [(number, check) for number, check in enumerate(found) if check.file == name]
        if mine:
            content = checks.instrument(content.decode(), [check for _, check in mine], mine[0][0]).encode()
        if name == "runtime/base/status.c":
            content += SWITCH.encode()
        write_if_new(TREE / name, content)
        shutil.copymode(TOP / name, TREE / name)


class Killers:
    def __init__(self, tests, count, patience):
        self.tests, self.count, self.patience = tests, count, patience

    def note_reached(self, test, wait=True):
        """Runs a test with every check in place, once, and notes how long it takes and which checks decide in it. Another thread may be at it:
        then waits for that, or not."""
        if not test.lock.acquire(blocking=wait):
            return
        try:
            if test.reached is None:
                with tempfile.NamedTemporaryFile() as file:
                    file.write(bytes(1 << 16))
                    file.flush()
                    test.first_run(self.patience, EML_MUTANTS_REACHED=file.name)
                    test.reached = pathlib.Path(file.name).read_bytes()[: self.count]
        finally:
            test.lock.release()

    def fails(self, test, number):
        """What fails in a test when a check is off: "test: case", or None."""
        self.note_reached(test)
        if not test.in_time or not test.reached[number]:
            return None
        failed = test.run(20 + 10 * test.seconds, EML_MUTANT=str(number))
        return failed and f"{test.name}: {failed}"

    def find(self, number, likely):
        """What fails when a check is off, first in the test called `likely`, then in those that take the shortest; or None."""
        for test in self.tests:
            if test.name == likely and (failed := self.fails(test, number)):
                return failed
        for wait in (False, True):
            for test in self.tests:
                self.note_reached(test, wait)
        others = (test for test in sorted(self.tests, key=lambda test: test.seconds) if test.name != likely)
        return next((failed for test in others if (failed := self.fails(test, number))), None)


def read_list():
    """{check as a cell: its killer, as a cell}, from the list as it is."""
    return dict(re.findall(r"^\| `(.*)` \| (.*) \|$", LIST.read_text(), re.M)) if LIST.exists() else {}


def cell(text):
    return text.replace("|", "\\|")


def write_list(found, verdicts, known, reasons):
    """What was not tried this time keeps its line."""
    rows = []
    for number, check in enumerate(found):
        key = cell(check.key)
        killer = cell(verdicts[number] or NO_TEST) if number in verdicts else known.get(key)
        if killer and check.key not in reasons:
            rows.append((key, killer))
    unseen = sum(1 for _, killer in rows if killer == NO_TEST)
    lines = ["# Mutants of what verifies", "",
             "Each line is a check of the verifier, of statements, bundles, ciphertexts and programs, and the test that fails when that check alone",
             "is switched off: its condition *never* or *always* holds, or its answer is *ignored*. `.ci/long mutants` makes this file anew and",
             "fails when a check can go unseen; `.ci/run` tries 15 of those that a test holds. [`tests/mutants/checks.py`](../tests/mutants/checks.py)",
             "says what counts as a check.", "",
             f"{len(found)} checks: {len(rows) - unseen} held by a test, {unseen} by none, {len(reasons)} that another check repeats, "
             f"{len(found) - len(rows) - len(reasons)} not tried since they were written.", "",
             "| check | the test that fails |", "|---|---|", *(f"| `{key}` | {killer} |" for key, killer in rows)]
    if reasons:
        lines += ["", "Without these alone the same is refused, or nothing that counts is accepted:", "", "| check | why |", "|---|---|"]
        lines += [f"| `{cell(key)}` | {cell(reason)} |" for key, reason in reasons.items()]
    LIST.write_text("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int)
    parser.add_argument("--held", action="store_true")
    parser.add_argument("--patience", type=float, default=600)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("text", nargs="*")
    options = parser.parse_args()
    found, reasons, known = find_all(), suite.table(EQUIVALENT), read_list()
    gone = [key for key in reasons if key not in {check.key for check in found}]
    for key in gone:
        print(f"{EQUIVALENT.name}: there is no such check: {key}")
    make_tree(found)
    tests = suite.build(BUILD, TREE, "-Doptimization=1")
    chosen = [(number, check) for number, check in enumerate(found) if not options.text or any(text in check.key for text in options.text)]
    if options.held:
        chosen = [(number, check) for number, check in chosen if known.get(cell(check.key), NO_TEST) != NO_TEST]
    if options.count:
        chosen = random.Random(options.seed).sample(chosen, min(options.count, len(chosen)))
    killers, verdicts = Killers(tests, len(found), options.patience), {}

    def judge(pair):
        number, check = pair
        verdicts[number] = killers.find(number, known.get(cell(check.key), "").split(": ")[0])
        state = verdicts[number] or ("repeated by another check" if check.key in reasons else
                                     "SURVIVED" if any(test.reached[number] for test in tests) else "NEVER DECIDES ANYTHING")
        print(f"{check.key} -- {state}", flush=True)
        return bool(verdicts[number]) == (check.key in reasons)

    wrong = len(gone) + sum(suite.at_once(judge, chosen))
    for number, check in chosen:
        if verdicts[number] and check.key in reasons:
            print(f"{EQUIVALENT.name}: {verdicts[number]} sees that it is off: {check.key}")
    if options.write:
        write_list(found, verdicts, known, reasons)
    killed = sum(1 for killer in verdicts.values() if killer)
    print(f"{len(chosen)} of {len(found)} checks switched off, {killed} seen, {wrong} that no test sees or {EQUIVALENT.name} has wrong")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
