"""Checks the include rules of docs/contributing.md: layers.py SOURCE_ROOT [VERIFIER_EXECUTABLE]

Every #include "..." must name a file from the top of the tree in a layer that the including file's layer may see. No circle between
files: headers that include each other, sources that call each other's functions. What verifies must not reach the transform, the VM
or the prover through any chain of includes; and the executable that links only the verifier must not contain a symbol of theirs.
"""
import pathlib
import re
import subprocess
import sys

RUNTIME = "runtime/"


def runtime(names):
    return [RUNTIME + name for name in names.split()]


# layer: the layers, or single files, that stand right below it. It may include those and, of layers, whatever they may include. The
# longest prefix that fits a path is its layer.
BELOW = {
    "runtime/base": runtime("include"),
    "runtime/field": runtime("base"),
    "runtime/hash": runtime("field"),
    "runtime/isa": runtime("hash"),
    "runtime/air": runtime("isa"),
    "runtime/vm": runtime("air"),
    "runtime/text": runtime("base"),
    "runtime/function": runtime("base"),
    "runtime/formula": runtime("function"),
    "runtime/bundle": runtime("isa text formula"),
    "runtime/table": runtime("bundle"),
    "runtime/statement": runtime("bundle ciphertext/params.h"),
    "runtime/stark": runtime("air"),
    "runtime/stark/verifier": runtime("stark"),
    "runtime/stark/prover": runtime("stark"),
    "runtime/ciphertext": runtime("hash text"),
    "runtime/lattice": runtime("ciphertext"),
    "runtime/include": [],
    "runtime/verify": runtime("table statement ciphertext stark/verifier include"),
    "runtime/session": runtime("verify vm lattice stark/prover"),
    "lang": runtime("text"),
    "compiler/check": ["lang", "runtime/bundle"],
    "compiler/quant": ["compiler/check", "runtime/ciphertext/params.h", "runtime/statement/told.h", "runtime/table/value.h"],
    "compiler/code": ["compiler/quant", "runtime/air", "runtime/statement/symbolic.h"],
    "compiler": ["compiler/code", "compiler/emit/emit.def", "runtime/vm", "runtime/table"],
    "compiler/emit": ["compiler"],
    "compiler/cli": ["compiler/driver.h", "compiler/emit/emit.def", "lang", "runtime/text", "runtime/include"],
    "examples": [],  # they include <eml.h>, as other programs do
}

# What verifies, and what it must never reach.
VERIFYING = ("runtime/stark/verifier/", "runtime/verify/", "runtime/statement/", "runtime/ciphertext/")
FORBIDDEN = ("runtime/field/ntt.h", "runtime/field/transform.h", "runtime/vm/", "runtime/stark/prover/", "runtime/lattice/",
             "runtime/session/", "compiler/", "lang/")
# The field's table of vector kernels names the transform's inner loops too, so those are linked; the transform itself is not.
FORBIDDEN_SYMBOLS = re.compile(r" [TtDdRrBb] (eml_(ntt|vm|stark_prove|session_prove|session_run|session_encrypt|session_decrypt|lattice|ring)\w*)$", re.M)

GENERATED = {"runtime/hash/rescue_prime_constants.c", "runtime/text/unicode_tables.c"}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def layer_of(path):
    fitting = [layer for layer in BELOW if path.startswith(layer + "/")]
    return max(fitting, key=len) if fitting else None


def read_includes(root):
    """{file: the files that it includes}, for every C source under the layers."""
    files = [p for top in ("runtime", "lang", "compiler", "examples") for p in sorted((root / top).rglob("*"))
             if p.suffix in (".c", ".h", ".re", ".def")]
    return {str(p.relative_to(root)): INCLUDE.findall(p.read_text(encoding="utf-8")) for p in files}


def visible(layer):
    """Everything that a layer may include besides itself."""
    below = set(BELOW.get(layer, []))
    return below.union(*(visible(x) for x in below))


def check_layers(includes, errors):
    for path, targets in includes.items():
        layer = layer_of(path)
        if layer is None:
            errors.append(f"{path}: in no layer; add its folder to docs/contributing.md and to this script")
            continue
        may_see = visible(layer) | {layer}
        for target in targets:
            generated_beside = "/" not in target
            if not generated_beside and target not in may_see and layer_of(target) not in may_see:
                errors.append(f"{path} includes {target}: {layer} may not see {layer_of(target)}")


def check_permissions(includes, errors):
    """A permission that nobody uses says less than the tree does."""
    for layer, below in BELOW.items():
        used = {t for path, targets in includes.items() if layer_of(path) == layer for t in targets}
        reached = used | {layer_of(t) for t in used}
        for x in below:
            if x not in reached and not reached & visible(x):
                errors.append(f"{layer} stands above {x}, and no file of it uses that or what is below it")


# What a source defines for others: a function at the beginning of a line, or a constant table.
DEFINITION = re.compile(r"^(?!static|typedef|extern)[A-Za-z_](?:[^;{}=()]*?\b(eml_\w+)\([^;{}]*\)\s*\{|[\w ]*\b(eml_\w+)(?:\[[^]]*\])* = )", re.M)
COMMENT = re.compile(r"/\*.*?\*/", re.S)


def calls(root, paths):
    """{source: the sources whose functions or tables it names}"""
    texts = {path: COMMENT.sub("", (root / path).read_text(encoding="utf-8")) for path in paths if path.endswith((".c", ".re"))}
    owner = {a or b: path for path, text in texts.items() for a, b in DEFINITION.findall(text)}
    return {path: {owner[name] for name in re.findall(r"\beml_\w+", text) if name in owner} - {path} for path, text in texts.items()}


def reachable(graph, start):
    seen, todo = set(), [start]
    while todo:
        new = set(graph.get(todo.pop(), ())) - seen
        seen |= new
        todo += new
    return seen


def check_circles(root, includes, errors):
    graph = {path: [t for t in targets if t.endswith(".h")] for path, targets in includes.items() if path.endswith(".h")}
    graph |= calls(root, includes)
    reach = {path: reachable(graph, path) for path in graph}
    circles = {frozenset(other for other in reach[path] if path in reach.get(other, ())) for path in graph if path in reach[path]}
    errors += [f"a circle between files: {', '.join(sorted(circle))}" for circle in circles]


def check_verifier(includes, errors):
    for start in (p for p in includes if p.startswith(VERIFYING)):
        seen, todo = {start: None}, [start]
        while todo:
            path = todo.pop()
            for target in includes.get(path, []):
                if target in seen:
                    continue
                seen[target] = path
                todo.append(target)
                if target.startswith(FORBIDDEN):
                    errors.append(f"{start} verifies, but reaches {target} through {path}")


def check_named_files(root, errors):
    """What docs/contributing.md names is there."""
    name = "docs/contributing.md"
    for path in re.findall(r"`((?:\w+/)+\w+\.\w+)`", (root / name).read_text(encoding="utf-8")):
        if not (root / path).is_file():
            errors.append(f"{name} names {path}, which is not there")


def check_layout_table(root, errors):
    """Every layer stands in the table of docs/contributing.md, runtime/ or not before its name."""
    name = "docs/contributing.md"
    layout = (root / name).read_text(encoding="utf-8").split("## Layout")[1].split("\n## ")[0]
    rows = "".join(line for line in layout.splitlines() if line.startswith("|"))
    for layer in BELOW:
        if not re.search(rf"`({RUNTIME})?{layer.removeprefix(RUNTIME)}[/`]", rows):
            errors.append(f"{name}: no row of the layout's table names {layer}")


def check_executable(path, errors):
    symbols = subprocess.run(["nm", path], check=True, capture_output=True, text=True).stdout
    if "eml_stark_verify" not in symbols:
        errors.append(f"{path}: no symbol eml_stark_verify; is it stripped?")
    for match in FORBIDDEN_SYMBOLS.finditer(symbols):
        errors.append(f"{path}: links {match.group(1)}")


def check_lines(root, includes, errors):
    """Lines fit."""
    for path in includes:
        text = (root / path).read_text(encoding="utf-8")
        if path.endswith((".c", ".h")) and path not in GENERATED:
            errors += [f"{path}:{number}: longer than 120 columns" for number, line in enumerate(text.splitlines(), 1) if len(line) > 120]


def check_references(root, errors):
    """What is written points at what the tree contains."""
    paths = [p for top in ("runtime", "lang", "compiler", "examples", "tests") for p in sorted((root / top).rglob("*"))
             if p.suffix in (".c", ".h", ".re", ".def", ".json")]
    for path in paths:
        text = path.read_text(encoding="utf-8", errors="replace")  # what fuzzing found may be anything
        errors += [f"{path.relative_to(root)}: \"{reference}\" is not in the tree; docs/ is"
                   for reference in re.findall(r"\bdesign \d[\d.]*", text)]


def main():
    root = pathlib.Path(sys.argv[1])
    errors = []
    includes = read_includes(root)
    if not any(p.startswith("runtime/stark/verifier/") and p.endswith(".c") for p in includes):
        errors.append(f"{root}: no verifier found; is this the top of the tree?")
    check_layers(includes, errors)
    check_permissions(includes, errors)
    check_lines(root, includes, errors)
    check_references(root, errors)
    check_circles(root, includes, errors)
    check_verifier(includes, errors)
    check_named_files(root, errors)
    check_layout_table(root, errors)
    for executable in sys.argv[2:]:
        check_executable(executable, errors)
    print("\n".join(errors) if errors else f"{len(includes)} files keep the layers")
    sys.exit(1 if errors else 0)


main()
