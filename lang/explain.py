"""What `eml explain` says, from the page that says it: explain.py DIAG_DEF DIAGNOSTICS_MD, C to standard output.

The page has a section `## CODE: meaning` for every row of diag.def, in order; a row without one, or a section without a row, ends the build.
"""
import pathlib
import re
import sys

ROW = re.compile(r'^DIAG\((\d{4}), (\w+), (ERROR|WARNING), "(.*)"\)$', re.M)
SECTION = re.compile(r"^## (\w+): (.*)\n((?:(?!^## ).*\n?)*)", re.M)
FENCE = re.compile(r"^```eml( \w+=\w+)?\n(.*?)^```$", re.M | re.S)


def example(match):
    head = "For example, with it:" if match[1] else "and without:"
    return head + "\n\n" + "".join(f"    {line}\n" for line in match[2].splitlines())


def text(section):
    plain = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", FENCE.sub(example, section)).strip()
    return re.sub(r"\n{3,}", "\n\n", plain) + "\n"


def literal(string):
    return "\n".join('     "' + line.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?") + '\\n"' for line in string.splitlines())


def main(definitions, page):
    rows = [(("E" if severity == "ERROR" else "W") + number, name, meaning.replace('\\"', '"'))
            for number, name, severity, meaning in ROW.findall(pathlib.Path(definitions).read_text(encoding="utf-8"))]
    sections = {code: (meaning, body) for code, meaning, body in SECTION.findall(pathlib.Path(page).read_text(encoding="utf-8"))}
    for code, _, meaning in rows:
        if sections.get(code, ("",))[0] != meaning:
            sys.exit(f"{page}: a section `## {code}: {meaning}` is missing")
    for code in sections.keys() - {code for code, _, _ in rows}:
        sys.exit(f"{page}: the section {code} is of no row of {definitions}")
    order = sorted((code for code, _, _ in rows), key=lambda code: code[1:])
    if list(sections) != order:
        sys.exit(f"{page}: sections are in order of their numbers")
    print('/* Made from docs/diagnostics.md by lang/explain.py. */\n#include "lang/diag.h"\n')
    print("static const char *const texts[] = {")
    for code, name, _ in rows:
        print(f"    [EML_DIAG_{name}] =\n{literal(text(sections[code][1]))},")
    print("};\n\nconst char *eml_diag_code_explanation(eml_diag_code code) { return texts[code]; }")


main(*sys.argv[1:])
