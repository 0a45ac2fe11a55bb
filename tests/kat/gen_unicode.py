#!/usr/bin/env python3
"""What names need of Unicode 15.0, from Debian's unicode-data.

Prints runtime/text/unicode_tables.c. `gen_unicode.py --check FILE` exits 1 when FILE differs from that, 77 when unicode-data is not installed.
"""
import pathlib
import sys

DATA = pathlib.Path("/usr/share/unicode")
END = 0x110000
# What does not show, is no character, or ends a line; and every space, of which U+0020 is let in again.
REFUSED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}


def records(name):
    """(first, last, other fields) of each line."""
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        fields = [field.strip() for field in line.split("#")[0].split(";")]
        if fields[0]:
            first, _, last = fields[0].partition("..")
            yield int(first, 16), int(last or first, 16), fields[1:]


def visible_ranges():
    hidden = bytearray(END)
    for first, last, (category, *_) in records("extracted/DerivedGeneralCategory.txt"):
        if category in REFUSED:
            hidden[first:last + 1] = b"\1" * (last + 1 - first)
    for first, last, (name, *_) in records("DerivedCoreProperties.txt"):
        if name == "Default_Ignorable_Code_Point":
            hidden[first:last + 1] = b"\1" * (last + 1 - first)
    hidden[0x20] = 0
    start = None
    for point in range(END + 1):
        shown = point < END and not hidden[point]
        if shown and start is None:
            start = point
        if not shown and start is not None:
            yield start, point - 1
            start = None


def folds():
    return {first: int(fields[1], 16) for first, _, fields in records("CaseFolding.txt") if fields[0] in "CS"}


def plain_forms():
    """Full and half width, and letters of mathematical alphabets: to the ordinary one."""
    forms = {}
    for first, _, fields in records("UnicodeData.txt"):
        tag, *points = fields[4].split() or [""]
        if tag in ("<wide>", "<narrow>", "<font>") and len(points) == 1:
            forms[first] = int(points[0], 16)
    return {point: forms.get(form, form) for point, form in forms.items()}


def steps(mapping):
    """The mapping as (first, last, distance of points, distance to what they become)."""
    runs = []
    for point in sorted(mapping):
        delta = mapping[point] - point
        if runs:
            first, last, step, way = runs[-1]
            if way == delta and point - last in ((1, 2) if first == last else (step,)):
                runs[-1] = (first, point, point - last, way)
                continue
        runs.append((point, point, 1, delta))
    return runs


def rows(items):
    line, lines = "   ", []
    for item in items:
        if len(line) + len(item) + 2 > 120:
            lines.append(line)
            line = "   "
        line += " " + item + ","
    return "\n".join(lines + [line])


def table(kind, name, items):
    return (f"const {kind} eml_unicode_{name}[] = {{\n{rows(items)}\n}};\n"
            f"const size_t eml_unicode_{name}_count = sizeof eml_unicode_{name} / sizeof *eml_unicode_{name};\n")


def generate():
    def maps(mapping):
        return [f"{{0x{first:x}, 0x{last:x}, {step}, {delta}}}" for first, last, step, delta in steps(mapping)]

    return ("/* Written by tests/kat/gen_unicode.py from Unicode 15.0. */\n"
            "/* clang-format off */\n"
            '#include "runtime/text/unicode_tables.h"\n\n'
            + table("eml_unicode_range", "visible", [f"{{0x{first:x}, 0x{last:x}}}" for first, last in visible_ranges()]) + "\n"
            + table("eml_unicode_map", "plain", maps(plain_forms())) + "\n"
            + table("eml_unicode_map", "fold", maps(folds())))


def main(arguments):
    if not DATA.is_dir():
        sys.exit(77)
    text = generate()
    if arguments[:1] != ["--check"]:
        sys.stdout.write(text)
    elif pathlib.Path(arguments[1]).read_text() != text:
        sys.exit(f"{arguments[1]} is not what gen_unicode.py prints; run: sh tests/update_golden.sh")


if __name__ == "__main__":
    main(sys.argv[1:])
