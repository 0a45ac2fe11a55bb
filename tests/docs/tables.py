"""Generated tables of the documentation: tables.py SOURCE_ROOT ASM_DUMP DOCS_BITS [--update]

A page holds `<!-- table NAME -->`, the table, `<!-- end -->`. Tables come from runtime/isa/op.def, from the constraint sets that
the AIR builder makes for the programs beside this file, and from the preset table. Without --update the pages are compared with
what would be written; any difference is a failure.
"""
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
MARKED = re.compile(r"(<!-- table ([\w ]+) -->\n).*?(<!-- end -->)", re.S)

MEANING = {
    "clk": "row number",
    "b4": "opcode bit: shift right", "b3": "opcode bit: shift left", "b2": "opcode bit", "b1": "opcode bit", "b0": "opcode bit",
    "depth": "elements on the stack", "imm": "the group's immediate",
    "opw": "opcodes of the group before this row, base 32",
    "sponge": "state of sponge k, element i: 0 and 1 absorb, 2 and 3 are capacity",
    "s": "stack register i, 0 on top",
    "a": "b3 (1 - b1): 1 on rows of ADD, MUL and SMUL",
    "acc_in": "what READ moved so far; only with a public tape",
    "acc_ct": "what READ2 moved so far; only with a secret tape",
    "acc_out": "what WRITE and WRITE2 moved so far; only with an output tape",
}


def table(head, rows):
    lines = [head, ["---"] * len(head)] + rows
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


class Air:
    """The .air text of a program beside this file, cut into sections of lines."""

    def __init__(self, dump, name):
        text = subprocess.run([dump, "air", HERE / (name + ".asm")], capture_output=True, text=True, check=True).stdout
        self.sections = {}
        for block in text.split("\n\n")[1:]:
            title, *lines = block.strip("\n").split("\n")
            self.sections[title.split(",")[0].split(";")[0]] = [line.strip() for line in lines]
        self.shape = {key: int(value) for key, value in (line.split(" = ") for line in self.sections["shape"])}
        self.end = self.shape["n"] - 16

    def pairs(self, section, separator):
        return [tuple(line.split(separator, 1)) for line in self.sections.get(section, [])]

    def constraints(self):
        """(label, degree, formula), main before auxiliary."""
        lines = self.sections["main constraints"] + self.sections.get("auxiliary constraints", [])
        return [re.fullmatch(r"\d+ (.*), degree (\d+(?: with cycle \d+)?): 0 = (.*)", line).groups() for line in lines]


def instructions(root):
    rows = re.findall(r'^OP\((\w+), "\w+", (0x\w+), (\d), (\d+), (\d+), \w+, "(.*)"\)$', (root / "runtime/isa/op.def").read_text(), re.M)
    shifts = {0: "none", 1: "left", 2: "right"}
    for name, code, _, pops, pushes, meaning in rows:
        bits, by = int(code, 16), abs(int(pushes) - int(pops))
        shift = shifts[bits >> 3] + (f" {by}" if by else "")
        yield [name, f"{bits >> 3:02b}_{bits & 7:03b}", meaning, pops, pushes, shift]


def functions(root):
    rows = re.findall(r'^CALL\(\w+, "\w+", \d, "(.*?)", "(.*)"\)$', (root / "compiler/check/call.def").read_text(), re.M)
    return [[f"`{shown}`", meaning] for shown, meaning in rows]


def formulas(root):
    rows = re.findall(r'^OPERATOR\((\d+), \w+, (\w+), \d, ".*?", "(.*?)", "(.*?)"\)$', (root / "runtime/formula/operator.def").read_text(), re.M)
    return [[code, {"VARIES": "n", "0": ""}.get(operands, operands), follows, value] for code, operands, follows, value in rows]


def rounded(root):
    return [list(row) for row in re.findall(r'^FUNCTION\((\d+), \w+, "(\w+)"\)$', (root / "runtime/function/function.def").read_text(), re.M)]


def columns(airs):
    """Fixed columns from one shape; the formulas for sponges and stack are checked against all."""
    rows = []
    for index, name in airs[0].pairs("main columns", " "):
        if name not in MEANING:
            break
        rows.append([index, f"`{name}`", MEANING[name]])
    fixed = len(rows)
    for air in airs:
        *cells, last = air.pairs("main columns", " ")[fixed:]
        assert last == (str(fixed + 4 * air.shape["S"] + air.shape["W"]), "a"), last
        for index, name in cells:
            sponge, register = re.fullmatch(r"sponge(\d)\[(\d)\]", name), re.fullmatch(r"s(\d+)", name)
            place = 4 * int(sponge[1]) + int(sponge[2]) if sponge else 4 * air.shape["S"] + int(register[1])
            assert int(index) == fixed + place, (index, name)
    rows += [[f"{fixed} + 4k + i", "`spongek[i]`", MEANING["sponge"]], [f"{fixed} + 4S + i", "`si`", MEANING["s"]],
             [f"{fixed} + 4S + W", "`a`", MEANING["a"]]]
    return rows + [["auxiliary", f"`{name}`", MEANING[name]] for _, name in airs[0].pairs("auxiliary columns", " ")]


def periodic(airs):
    for air in airs:
        for name, values in air.pairs("periodic columns", " = "):
            name = name.split(" ")[1]
            if not re.search(r"_c\d$", name):
                yield [str(air.shape["S"]), f"`{name}`", values.replace(" ", "")]


def is_sponge(label):
    """Sponge formulas are full of matrix entries: the text explains them."""
    return label.startswith("sponge")


def constraints(air, without):
    rows = [[f"`{label}`", degree, "see [sponges](#sponges)" if is_sponge(label) else f"`{text}`"]
            for label, degree, text in air.constraints()]
    definitions = dict(without.pairs("terms", " = "))
    for label, degree, text in without.constraints():
        if label.startswith("tapes.no"):  # terms without a name are numbered anew in every constraint set
            rows.append([f"`{label}`", degree, f"`{re.sub(r't[0-9]+', lambda term: expand(term[0], definitions), text)}`"])
    return rows


def expand(term, definitions):
    return re.sub(r"\bt[0-9]+\b", lambda inner: expand(inner[0], definitions), definitions[term])


def terms(air):
    """The shared terms that the shown formulas use, and what those use."""
    definitions = dict(air.pairs("terms", " = "))
    wanted, queue = set(), [text for label, _, text in air.constraints() if not is_sponge(label)]
    while queue:
        for name in re.findall(r"[a-z]\w*", queue.pop()):
            if name in definitions and name not in wanted:
                wanted.add(name)
                queue.append(definitions[name])
    return [[f"`{name}`", f"`{text}`"] for name, text in definitions.items() if name in wanted]


def at(row, end):
    return str(row) if row == 0 else "T" if row == end else f"T + {row - end}" if row > end else f"T - {end - row}"


def assertions(airs):
    """The first shape's boundary but for the digests, whose rows depend on S."""
    groups = {}
    lines = {air: [re.fullmatch(r"(\S+) at row (\d+) = (.*)", x).groups() for x in air.sections["assertions"]] for air in airs}
    for name, row, value in lines[airs[0]]:
        if not value.startswith("digest"):
            groups.setdefault((at(int(row), airs[0].end), value.split("[")[0]), []).append(name)
    for (row, value), names in groups.items():
        of = "the claimed final stack" if value == "stack" else value
        yield [", ".join(f"`{name}`" for name in names), row, of]
    for air in airs:
        for name, row, value in lines[air]:
            if value.startswith("digest"):
                yield [f"`{name}`, S = {air.shape['S']}", at(int(row), air.end), "the claimed " + value]


def tables(root, dump, bits):
    airs = [Air(dump, name) for name in ("sponges1", "sponges2", "sponges4")]
    presets, reads = ([line.split("\t") for line in block.splitlines()]
                      for block in subprocess.run([bits], capture_output=True, text=True, check=True).stdout.strip().split("\n\n"))
    return {
        "instructions": table(["name", "code b4 b3 _ b2 b1 b0", "effect, top of stack first", "needs", "leaves", "shift"], list(instructions(root))),
        "functions": table(["function", "gives"], functions(root)),
        "formulas": table(["code", "operands", "what follows", "value"], formulas(root)),
        "rounded": table(["number", "function"], rounded(root)),
        "columns": table(["column", "name", "holds"], columns(airs)),
        "periodic": table(["S", "name", "one cycle, row 0 first"], list(periodic(airs))),
        "terms": table(["term", "is"], terms(airs[0])),
        "constraints": table(["label", "degree", "0 ="], constraints(airs[0], Air(dump, "no_tapes"))),
        "assertions": table(["cells", "row", "value"], list(assertions(airs))),
        "presets": table(presets[0], presets[1:]),
        "reads": table(reads[0], reads[1:]),
    }


def main(root, dump, bits, update):
    made, used, stale = tables(root, dump, bits), set(), []
    for page in sorted((root / "docs").glob("*.md")):
        old = page.read_text()
        used |= {name for _, name, _ in MARKED.findall(old)}
        new = MARKED.sub(lambda mark: mark[1] + made[mark[2]] + mark[3], old)
        if new == old:
            continue
        stale.append(page.name)
        if update:
            page.write_text(new)
    missing = sorted(set(made) - used)
    if missing:
        sys.exit(f"no page shows: {', '.join(missing)}")
    if stale and not update:
        sys.exit(f"not what the code says: {', '.join(stale)}; run: sh tests/update_golden.sh")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], "--update" in sys.argv[4:])
