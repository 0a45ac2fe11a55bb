#!/usr/bin/env python3
"""The editor files and the grammar know every keyword: keywords.py TOKEN_DEF FILE..."""
import pathlib
import re
import sys


def main(arguments):
    rows = re.findall(r'^TOKEN\(\w+, "(\w+)", (?:DECLARES|RESERVED)\)', pathlib.Path(arguments[0]).read_text(), re.M)
    missing = []
    for path in arguments[1:]:
        words = set(re.findall(r"\w+", pathlib.Path(path).read_text()))
        missing += [f"{path}: no `{word}`" for word in rows if word not in words]
    print("\n".join(missing) or f"{len(rows)} keywords, all known")
    return bool(missing or not rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
