"""Checks the include rules of docs/contributing.md: layers.py SOURCE_ROOT [VERIFIER_EXECUTABLE]

Every #include "..." must name a file from the top of the tree in a layer that the including file's layer may see. What verifies
must not reach the transform, the VM or the prover through any chain of includes; and the executable that links only the verifier
must not contain a symbol of theirs.
"""
import pathlib
import re
import subprocess
import sys

RUNTIME = "runtime/"
BELOW_STARK = ["base", "field", "hash", "isa", "bundle", "vm", "air"]

# layer: the layers that it may include besides itself. The longest prefix that fits a path is its layer.
MAY_SEE = {
    "runtime/base": [],
    "runtime/field": ["runtime/base"],
    "runtime/hash": ["runtime/base", "runtime/field"],
    "runtime/isa": [RUNTIME + x for x in ("base", "field", "hash")],
    "runtime/bundle": [RUNTIME + x for x in ("base", "field", "hash", "isa", "air")],
    "runtime/vm": [RUNTIME + x for x in ("base", "field", "hash", "isa", "air")],
    "runtime/air": [RUNTIME + x for x in ("base", "field", "hash", "isa")],
    "runtime/stark": [RUNTIME + x for x in ("base", "field", "hash", "isa", "air")],
    "runtime/stark/verifier": [RUNTIME + x for x in ("base", "field", "hash", "isa", "air", "stark")],
    "runtime/stark/prover": [RUNTIME + x for x in ("base", "field", "hash", "isa", "air", "stark")],
    "runtime/lattice": [RUNTIME + x for x in ("base", "field", "hash")],
    "runtime/include": [],
    "runtime/session": [RUNTIME + x for x in BELOW_STARK + ["stark", "stark/verifier", "stark/prover", "lattice", "include"]],
    "lang": ["runtime/base"],
    "compiler": ["lang", "runtime/lattice/params.h"] + [RUNTIME + x for x in BELOW_STARK],
    "compiler/cli": ["compiler/driver.h", "compiler/emit.def", "lang", "runtime/base", "runtime/bundle/text.h",
                     "runtime/include"],
    "examples": ["runtime/include"],
}

# What verifies, and what it must never reach.
VERIFYING = ["runtime/stark/verifier/"] + [f"runtime/session/{x}.c" for x in ("load", "verify", "inspect", "inspect_lattice", "label", "record", "claim", "file")]
FORBIDDEN = ["runtime/field/ntt.h", "runtime/vm/", "runtime/stark/prover/", "runtime/lattice/"]
# Of encryption, the files' forms only: no keys, no sampling, no ring.
EXCEPT = [f"runtime/lattice/{x}.h" for x in ("ciphertext", "format", "key_info", "params")]
# The field's table of vector kernels names the transform's inner loops too, so those are linked; the transform itself is not.
FORBIDDEN_SYMBOLS = re.compile(r" [TtDdRrBb] (eml_(ntt|vm|stark_prove|session_prove|session_run|session_encrypt|session_decrypt|lattice|ring)\w*)$", re.M)

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def layer_of(path):
    fitting = [layer for layer in MAY_SEE if path.startswith(layer + "/")]
    return max(fitting, key=len) if fitting else None


def read_includes(root):
    """{file: the files that it includes}, for every C source under the layers."""
    files = [p for top in ("runtime", "lang", "compiler", "examples") for p in sorted((root / top).rglob("*"))
             if p.suffix in (".c", ".h", ".re", ".def")]
    return {str(p.relative_to(root)): INCLUDE.findall(p.read_text(encoding="utf-8")) for p in files}


def check_layers(includes, errors):
    for path, targets in includes.items():
        layer = layer_of(path)
        if layer is None:
            errors.append(f"{path}: in no layer; add its folder to docs/contributing.md and to this script")
            continue
        for target in targets:
            generated_beside = "/" not in target
            allowed = layer_of(target) == layer or any(target == x or layer_of(target) == x for x in MAY_SEE[layer])
            if not allowed and not generated_beside:
                errors.append(f"{path} includes {target}: {layer} may not see {layer_of(target)}")


def check_verifier(includes, errors):
    for start in (p for p in includes if p.startswith(tuple(VERIFYING))):
        seen, todo = {start: None}, [start]
        while todo:
            path = todo.pop()
            for target in includes.get(path, []):
                if target in seen:
                    continue
                seen[target] = path
                todo.append(target)
                if target.startswith(tuple(FORBIDDEN)) and target not in EXCEPT:
                    errors.append(f"{start} verifies, but reaches {target} through {path}")


def check_executable(path, errors):
    symbols = subprocess.run(["nm", path], check=True, capture_output=True, text=True).stdout
    if "eml_stark_verify" not in symbols:
        errors.append(f"{path}: no symbol eml_stark_verify; is it stripped?")
    for match in FORBIDDEN_SYMBOLS.finditer(symbols):
        errors.append(f"{path}: links {match.group(1)}")


def main():
    root = pathlib.Path(sys.argv[1])
    errors = []
    includes = read_includes(root)
    if not any(p.startswith("runtime/stark/verifier/") and p.endswith(".c") for p in includes):
        errors.append(f"{root}: no verifier found; is this the top of the tree?")
    check_layers(includes, errors)
    check_verifier(includes, errors)
    for executable in sys.argv[2:]:
        check_executable(executable, errors)
    print("\n".join(errors) if errors else f"{len(includes)} files keep the layers")
    sys.exit(1 if errors else 0)


main()
