"""What must know an instruction does not compile when op.def has one more: new_opcode.py SOURCE_ROOT COMPILER...

Rows are added to a copy of the table, which the compiler finds first; every source that names an instruction is checked with it.
Those that stop compiling are exactly those that docs/contributing.md lists between `<!-- new opcode -->` and `<!-- end -->`.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT, COMPILER = pathlib.Path(sys.argv[1]), sys.argv[2:]
TABLE = "runtime/isa/op.def"
FLAGS = ["-fsyntax-only", "-std=c11", "-D_GNU_SOURCE", "-DEML_VERIFY_BUILD=0", "-UNDEBUG"]

# Rows, each with the one place that must say no, and what it says (a pattern): the table's own mistakes.
MISTAKES = {
    'OP(SUB, "sub", 0x08, 0, 2, 1, NONE, "the code of add")': ("runtime/isa/discipline.c", "two instructions have one code"),
    'OP(SUB, "sub", 0x0d, 0, 2, 2, NONE, "a shift that its bits do not say")':
        ("runtime/air/build_decoder.c", "sub: the bits of its code say another shift"),
    'OP(SUB, "sub", 0x14, 0, 0, 1, NONE, "a code that constraints refuse")':
        ("runtime/air/build_decoder.c", "the decoder refuses exactly the codes without a row"),
    'OP(SUB, "sub", 0x20, 0, 2, 1, NONE, "a code of six bits")': ("runtime/isa/discipline.c", "array (designator )?index"),
    'OP(SUB, "sub", 0x0d, 0, 2, 1, PUBLIC, "pops and reads")': ("runtime/isa/discipline.c", "sub: reads"),
    'OP(SUB, "sub", 0x0d, 0, 1, 0, OUTPUT, "writes unseen")': ("runtime/air/build_tapes.c", "c b2 is 1 for exactly"),
}


def sources():
    """Every source in which an instruction has a name, or that includes the table."""
    names = "|".join(re.findall(r"^OP\((\w+),", (ROOT / TABLE).read_text(), re.M))
    naming = re.compile(rf"\bEML_OP_(?:{names})\b|isa/op\.def|isa/every_op\.h")
    paths = (p for top in ("runtime", "compiler", "tests") for p in sorted((ROOT / top).rglob("*.c")))
    return [str(p.relative_to(ROOT)) for p in paths if naming.search(p.read_text(encoding="utf-8"))]


def complaint(source, overlay):
    """None when it compiles, else what the compiler says."""
    run = subprocess.run([*COMPILER, *FLAGS, "-I", overlay, "-I", str(ROOT), str(ROOT / source)],
                         capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": "C"})
    return None if run.returncode == 0 else run.stderr


def complaints(row, paths):
    """{source: what the compiler says} of those that do not compile with the row added."""
    with tempfile.TemporaryDirectory() as overlay, concurrent.futures.ThreadPoolExecutor(2) as pool:
        table = pathlib.Path(overlay) / TABLE
        table.parent.mkdir(parents=True)
        table.write_text((ROOT / TABLE).read_text() + row + "\n")
        said = pool.map(lambda path: complaint(path, overlay), paths)
        return {path: text for path, text in zip(paths, said) if text is not None}


def documented():
    text = (ROOT / "docs/contributing.md").read_text(encoding="utf-8")
    section = re.search(r"<!-- new opcode -->(.*?)<!-- end -->", text, re.S).group(1)
    return set(re.findall(r"^\| `(\S+\.c)` \|", section, re.M))


def main():
    paths, errors = sources(), []
    errors += [f"{path} does not compile as it is:\n{text}" for path, text in complaints("", paths).items()]
    failing = complaints('OP(SUB, "sub", 0x0d, 0, 2, 1, NONE, "a, b -> a - b")', paths)
    errors += [f"{path} compiles without knowing a new opcode" for path in documented() - set(failing)]
    errors += [f"{path} must know a new opcode: list it in docs/contributing.md" for path in set(failing) - documented()]
    errors += [f"{path} fails for another reason:\n{text}" for path, text in failing.items()
               if "EML_OP_SUB" not in text and "the codes without a row" not in text]
    for row, (path, reason) in MISTAKES.items():
        if not re.search(reason, complaints(row, [path]).get(path, "")):
            errors.append(f"{path} does not say '{reason}' of {row}")
    print("\n".join(errors) if errors else f"{len(paths)} sources name instructions, {len(failing)} must know each")
    sys.exit(1 if errors else 0)


main()
