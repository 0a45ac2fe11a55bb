#!/usr/bin/env python3
"""run.py EXPORT SIMULATE CHECK WORK: exchanges proofs with Winterfell 0.13.1 (see crate/). Exit 77 when cargo or the registry is missing."""

import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
SKIP = 77

# A shape that is not defined: the program whose file is changed, and which constant says what.
LIES = {
    "hidden_without_tape": ("no-tape", "FORM", 1),
    "hidden_too_short": ("hidden-s4", "TRACE_LENGTH", 256),
    "hidden_too_long": ("hidden-s4", "TRACE_LENGTH", 1 << 23),
    "hidden_with_secrets": ("hidden-s4", "SECRET_LEN", 1),
    "form_2": ("hidden-s4", "FORM", 2),
    "committed_without_cycles": ("committed-s1", "COMMITTED_LEN", 45),
    "committed_unevenly": ("committed-s4", "COMMITTED_LEN", 5),
    "committed_past_the_code": ("committed-s1", "COMMITTED_LEN", 1 << 40),
    "committed_in_the_open": ("committed-s4", "FORM", 0),
    "committed_with_secrets": ("committed-s4", "SECRET_LEN", 1),
}


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
    for module, (name, constant, value) in LIES.items() if kind == "test" else []:
        truth = (data / name / "air.rs").read_text()
        lie = re.sub(rf"(pub const {constant}: usize = )\d+;", rf"\g<1>{value};", truth)
        assert lie != truth
        (programs / f"{module}.rs").write_text(lie)
    lies = "".join(f"pub mod {module};\n" for module in LIES) if kind == "test" else ""
    lines = "".join(f'    {module} "{name}"\n' for name, module in modules.items())
    (programs / "mod.rs").write_text(f"{lies}crate::emitted! {{\n{lines}}}\n")
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
    export, simulate, check, work = *sys.argv[1:4], pathlib.Path(sys.argv[4])
    data, crate = prepare(export, work, "test")
    subprocess.run([simulate, data], check=True)
    binaries = build(crate, work, "checked", "--bin", "interop")
    judged = subprocess.run([binaries / "interop", data])
    checked = subprocess.run([check, data])
    sys.exit(judged.returncode or checked.returncode)


if __name__ == "__main__":
    main()
