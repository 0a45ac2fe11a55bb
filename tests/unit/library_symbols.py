"""What the libraries show and keep: library_symbols.py EML_H LIBEML LIBEML_VERIFY

They export exactly the functions that the header declares, libeml_verify those marked EML_VERIFY_API; and they have no variable
that changes but what the header's first comment names.
"""
import pathlib
import re
import subprocess
import sys

# Every variable of ours that can change, by how the header calls it.
VARIABLES = {
    "the thread count, and the threads": ["wanted", "found", "in_job", "once", "pool"],
    "what the processor can do": ["detected", "mask"],
    "the memory that proofs keep for the next": ["lock", "blocks", "used_bytes", "kept_bytes", "peak_bytes"],
    "the allocation functions of GMP and jansson": ["gmp_take", "gmp_resize", "gmp_drop", "json_take", "json_free", "lock", "calls", "current",
                                                    "innermost", "asked_for"],
}
CHANGING_SECTIONS = {".data", ".bss", ".tdata", ".tbss"}
OF_THE_COMPILER = re.compile(r"_|completed\.\d+$")  # reserved names, and crtstuff.c's flag


def declared(header):
    """{marker: functions}; every function has a marker."""
    text = re.sub(r"/\*.*?\*/|^\s*#.*?$", "", header, flags=re.S | re.M)
    found = {"EML_API": set(), "EML_VERIFY_API": set()}
    for statement in re.split(r"[;{}]", text):
        function = re.search(r"\b(eml_\w+)\(", statement)
        if function and not statement.split()[0] == "typedef":
            marker = statement.split()[0]
            assert marker in found, f"eml.h: {function[1]} has no marker"
            found[marker].add(function[1])
    return found


def exported(library):
    lines = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True).stdout
    return {name for name in (line.split()[-1] for line in lines.splitlines()) if not name.startswith("_")}


def variables(library):
    def read(option):
        return subprocess.run(["readelf", "-W", option, library], check=True, capture_output=True, text=True).stdout

    sections = dict(re.findall(r"^ +\[ *(\d+)\] (\S+)", read("-S"), re.M))
    symbols = re.findall(r"^ +\d+: \w+ +\d+ +(?:OBJECT|TLS) +\w+ +\w+ +(\d+) (\S+)$", read("-s"), re.M)
    names = [name for index, name in symbols if sections.get(index) in CHANGING_SECTIONS]
    # A function's own: "once.1" of gcc, "recruit.once" of clang.
    return sorted(re.sub(r"\.\d+$", "", name).split(".")[-1] for name in names if not OF_THE_COMPILER.match(name))


def main():
    header = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    libeml, libeml_verify = sys.argv[2:]
    functions = declared(header)
    promise = " ".join(re.sub(r"\n \* +", " ", header.split("*/")[0]).split())
    for phrase in VARIABLES:
        assert phrase in promise, f"eml.h does not say: {phrase}"
    named = sorted(name for names in VARIABLES.values() for name in names)
    errors = []
    for library, expected in ((libeml, functions["EML_API"] | functions["EML_VERIFY_API"]), (libeml_verify, functions["EML_VERIFY_API"])):
        shown = exported(library)
        errors += [f"{library} exports {name}, which eml.h does not declare for it" for name in sorted(shown - expected)]
        errors += [f"{library} does not export {name}" for name in sorted(expected - shown)]
        kept = variables(library)
        errors += [f"{library}: {name} can change, and eml.h does not say so" for name in kept if kept.count(name) > named.count(name)]
    errors += [f"{libeml}: there is no variable {name}" for name in named if name not in variables(libeml)]
    sys.exit("\n".join(errors) if errors else 0)


main()
