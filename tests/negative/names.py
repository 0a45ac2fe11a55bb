#!/usr/bin/env python3
"""Every rejection of reject.def is asserted by its name in some test: names.py SOURCE_ROOT."""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
table = (root / "runtime/stark/reject.def").read_text()
rows = re.findall(r'^REJECT\((\w+), "([\w-]+)"', table, re.M)
sources = "".join(p.read_text(errors="replace") for kind in ("c", "py", "sh") for p in (root / "tests").rglob(f"*.{kind}"))
missing = [name for name, word in rows if f"EML_REJECT_{name}" not in sources and f'"{word}"' not in sources]
for kind, names in (("name", [n for n, _ in rows]), ("word", [w for _, w in rows])):
    if len(set(names)) != len(names):
        sys.exit(f"a {kind} occurs twice in reject.def")
if missing:
    sys.exit(f"no test asserts: {', '.join(missing)}")
print(f"{len(rows)} rejections, each asserted by a test")
