#!/usr/bin/env python3
"""Every diagnostic code has a test: codes.py DIAG_DEF PREFIX... -- FOLDER...

For each row of diag.def whose code starts with one of the prefixes, some FOLDER/*.err must report it.
"""
import pathlib
import re
import sys


def main(arguments):
    split = arguments.index("--")
    rows = re.findall(r"^DIAG\((\d{4}), (\w+), (ERROR|WARNING),", pathlib.Path(arguments[0]).read_text(), re.M)
    codes = {("E" if severity == "ERROR" else "W") + number: name for number, name, severity in rows}
    wanted = {code for code in codes if code.startswith(tuple(arguments[1:split]))}
    reported = set()
    for folder in arguments[split + 1:]:
        for path in pathlib.Path(folder).glob("*.err"):
            reported.update(re.findall(r"(?:error|warning)\[(\w+)\]", path.read_text()))
    missing = sorted(wanted - reported)
    for code in missing:
        print(f"no test reports {code} {codes[code]}")
    if not wanted:
        print("no codes found: has the format of diag.def changed?")
    return bool(missing or not wanted)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
