#!/usr/bin/env python3
"""run.py EXPORT CHECK WORK: exchanges proofs with Winterfell 0.13.1 (see crate/). Exit 77 when cargo or the registry is missing."""

import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
SKIP = 77


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIP)


def prepare(export, work, kind):
    """Exports programs into work/<kind> and makes the crate with their emitted files; returns (data, crate)."""
    if not shutil.which("cargo"):
        skip("cargo is not installed")
    data, crate = work / kind, work / f"crate-{kind}"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    names = subprocess.run([export, data, kind], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    shutil.copytree(HERE / "crate", crate, dirs_exist_ok=True)
    programs = crate / "src" / "programs"
    shutil.rmtree(programs, ignore_errors=True)
    programs.mkdir()
    modules = {name: name.replace("-", "_") for name in names}
    for name, module in modules.items():
        shutil.copy(data / name / "air.rs", programs / f"{module}.rs")
    undefined = (data / names[0] / "air.rs").read_text()
    assert "FORM: usize = 0" in undefined
    (programs / "undefined.rs").write_text(undefined.replace("FORM: usize = 0", "FORM: usize = 1"))
    lines = "".join(f'    {module} "{name}"\n' for name, module in modules.items())
    (programs / "mod.rs").write_text(f"pub mod undefined;\ncrate::emitted! {{\n{lines}}}\n")
    return data, crate


def build(crate, work, profile, *more):
    """Builds the crate in work/target (offline first), skips without the registry; returns the folder of binaries."""
    command = ["cargo", "--quiet"]
    fetched = subprocess.run([*command, "fetch", "--locked", "--offline"], cwd=crate, capture_output=True)
    if fetched.returncode != 0:
        fetched = subprocess.run([*command, "fetch", "--locked"], cwd=crate, capture_output=True, text=True)
    if fetched.returncode != 0:
        skip(f"the crates of Winterfell cannot be had: {fetched.stderr.strip().splitlines()[-1]}")
    target = work / "target"
    subprocess.run([*command, "build", "--locked", "--offline", "--profile", profile, "--target-dir", target, *more],
                   cwd=crate, check=True)
    return target / profile


def main():
    export, check, work = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    data, crate = prepare(export, work, "test")
    binaries = build(crate, work, "checked", "--bin", "interop")
    judged = subprocess.run([binaries / "interop", data])
    checked = subprocess.run([check, data])
    sys.exit(judged.returncode or checked.returncode)


if __name__ == "__main__":
    main()
