"""Compiles headers: headers.py SOURCE_ROOT COMPILER...

Each header alone, so that it includes what it needs; then all of them in one source, so that a name means one thing in the whole tree.
What is compiled for one instruction set (a kernel's lanes) is never seen beside another, and left out.
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys

FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-Wno-unused-variable",
         "-DEML_VERIFY_BUILD=0", "-x", "c", "-"]


def compiles(compiler, root, headers):
    source = "".join(f'#include "{header}"\n' for header in headers)
    done = subprocess.run([*compiler, f"-I{root}", *FLAGS], input=source, capture_output=True, text=True)
    return done.returncode == 0, done.stderr


def main():
    root, compiler = pathlib.Path(sys.argv[1]), sys.argv[2:]
    headers = sorted(str(path.relative_to(root)) for top in ("runtime", "lang", "compiler") for path in (root / top).rglob("*.h")
                     if "lanes" not in path.name)
    if not headers:
        sys.exit(f"{root}: no headers found; is this the top of the tree?")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        alone = list(pool.map(lambda header: compiles(compiler, root, [header]), headers))
    errors = [f"{header} alone:\n{text}" for header, (good, text) in zip(headers, alone) if not good]
    good, text = compiles(compiler, root, headers)
    if not good:
        errors.append(f"all headers at once:\n{text}")
    print("\n".join(errors) if errors else f"{len(headers)} headers compile alone and together")
    sys.exit(1 if errors else 0)


main()
