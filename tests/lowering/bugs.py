"""Translation validation finds bugs of lowering: bugs.py SOURCE_ROOT BUILD_ROOT

Each bug is a change of compiler/code/lower.c, which is compiled and linked into a compiler of its own. That compiler refuses some model
of the tree as its own fault, in validation's words; it never crashes; what it does compile has the hash that the compiler as it is gives.
"""
import concurrent.futures
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT, BUILD = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
LOWER = ROOT / "compiler/code/lower.c"
OBJECT = "compiler/libeml_compiler.a.p/code_lower.c.o"
FAULT = 3

# name: what stands in lower.c, and what a slip of the pen would make of it.
BUGS = {
    "a weight with the other sign": ("EML_OP_PUSH, eml_fe_from_mpz(weight));\n    for", "EML_OP_PUSH, eml_fe_neg(eml_fe_from_mpz(weight)));\n    for"),
    "a weight is left out where it is 2": ("mpz_cmp_ui(weight, 1) != 0 || count == 0", "mpz_cmp_ui(weight, 2) > 0 || mpz_sgn(weight) < 0 || count == 0"),
    "the tape has another column than is read": ("    emit(out, EML_OP_READ);\n    plan(&out->public_tape, column);",
                                                 "    emit(out, EML_OP_READ);\n    plan(&out->public_tape, column == 1 ? 0 : column);"),
    "the first term is lost when there are more": ("        if (vanishes(output, i) || committed", "        if ((i == 0 && output->centred.count > 2) || vanishes(output, i) || committed"),
    "the last term of an output is lost": ("    for (size_t i = 0; i < output->centred.count; i++) {\n        const eml_form_term *term",
                                           "    for (size_t i = 0; i + (output->centred.count > 1) < output->centred.count; i++) {\n        const eml_form_term *term"),
    "terms are multiplied where they are added": ("        if (!first) emit(out, EML_OP_ADD);\n        first = false;\n    }\n    if (quant",
                                                  "        if (!first) emit(out, i == 1 ? EML_OP_MUL : EML_OP_ADD);\n        first = false;\n    }\n    if (quant"),
    "what is constant is not multiplied with one": ("    if (!varies) columns[count++] = EML_TAPE_ONE;", "    if (!varies && count == 0) columns[count++] = EML_TAPE_ONE;"),
    "an output is lowered twice, another never": ("            lower_plain_output(quant, &quant->outputs[i], out);", "            lower_plain_output(quant, &quant->outputs[i > 0 ? i - 1 : 0], out);"),
    "an output is not written": ("        if (model->output_count > 1) emit", "        if (model->output_count > 1 && i > 0) emit"),
    "secret terms take the other secret column": ("    plan(&out->secret_tape, secret_factor(quant, monomial));",
                                                  "    plan(&out->secret_tape, secret_factor(quant, (eml_monomial){first ? monomial.first : 0, monomial.second}));"),
    "ciphertexts are scaled before they are read": ("        push_public_part(quant, monomial, weight, false, out);\n        emit(out, EML_OP_SMUL);",
                                                    "        push_public_part(quant, monomial, weight, false, out);\n        emit(out, EML_OP_NOOP);\n        emit(out, EML_OP_SADD);"),
    "the constant of an encrypted output is added twice": ("                emit(out, EML_OP_SADD);",
                                                           "                emit(out, EML_OP_SADD);\n                push_public_part(quant, monomial, output->weights[i], false, out);\n                emit(out, EML_OP_SADD);"),
    "Delta is half": ("eml_fe_pow_u64_var(eml_fe_from_u64(2), quant->delta_bits)", "eml_fe_pow_u64_var(eml_fe_from_u64(2), quant->delta_bits - 1)"),
    "a committed input that nothing is multiplied with has the weight 1": ("    if (count == 0) eml_instructions_append(&out->code, EML_OP_PUSH, EML_FE_ZERO);",
                                                                           "    if (count == 0) eml_instructions_append(&out->code, EML_OP_PUSH, EML_FE_ONE);"),
    "the public factor of a committed input is lost": ("    read_public(out, other);\n    emit(out, EML_OP_MUL);", "    (void)read_public;"),
}


def command(target):
    """The command that makes a file of the build."""
    out = subprocess.run(["ninja", "-C", BUILD, "-t", "commands", target], capture_output=True, text=True, check=True)
    return shlex.split(out.stdout.splitlines()[-1])


def replaced(words, old, new):
    assert old in words, old
    return [new if w == old else w for w in words]


def build(name, folder):
    """A compiler whose lower.c has the bug; None: as it is."""
    text = LOWER.read_text(encoding="utf-8")
    if name is not None:
        before, after = BUGS[name]
        assert text.count(before) == 1, f"{name}: lower.c has changed; write the bug anew"
        text = text.replace(before, after)
    source, made, exe = folder / "lower.c", folder / "lower.o", folder / "eml"
    source.write_text(text, encoding="utf-8")
    words = replaced(replaced(command(OBJECT), f"../{LOWER.relative_to(ROOT)}", str(source)), OBJECT, str(made))
    for flag in ("-MQ", "-MF"):
        words[words.index(flag) + 1] = str(folder / "depends")
    subprocess.run([w for w in words if w != "-Werror"], cwd=BUILD, check=True, stderr=subprocess.DEVNULL)
    link = command("eml")
    at = link.index("-o")
    subprocess.run(link[:at + 1] + [str(exe), str(made)] + link[at + 2:], cwd=BUILD, check=True)
    return exe


def models():
    """Models of every kind that compile: those of the examples."""
    names = sorted(p for pattern in ("*/*.eml", "gallery/*/*.eml") for p in (ROOT / "examples").glob(pattern))
    return names + sorted((ROOT / "tests/golden/compile").glob("*.eml"))


def compile_all(exe, folder):
    """{model: (status, hash or what was said)}"""
    found = {}
    for model in models():
        run = subprocess.run([exe, "compile", model, "-o", folder / "m.bundle"], capture_output=True, text=True, check=False,
                             env=os.environ | {"EML_THREADS": "1"})
        hashed = re.search(r"program ([0-9a-f]{64})", run.stdout)
        hidden = " hidden " in model.read_text(encoding="utf-8")  # salts are drawn anew
        for made in folder.glob("m*.bundle"):
            made.unlink()
        found[model] = (run.returncode, "hidden" if hashed and hidden else hashed.group(1) if hashed else run.stderr)
    return found


def check(name, right):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        found = compile_all(build(name, folder), folder)
    caught = [m for m, (status, text) in found.items() if status == FAULT and "translation validation" in text]
    problems = []
    for model, (status, text) in found.items():
        if model in caught or (status, text) == right[model] or status == 2:  # nor is a program written that is refused before
            continue
        problems.append(f"{model.relative_to(ROOT)}: status {status}: {text[:200]}")
    if not caught:
        problems.append("no model shows it")
    return name, caught, problems


def main():
    with tempfile.TemporaryDirectory() as folder:
        right = compile_all(build(None, pathlib.Path(folder)), pathlib.Path(folder))
    good = [m for m, (status, _) in right.items() if status == 0]
    assert len(good) > 30, f"only {len(good)} models compile"
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, caught, problems in pool.map(lambda n: check(n, right), BUGS):
            print(f"{'not ' if problems else ''}ok - {name}: found in {len(caught)} of {len(good)} models")
            for problem in problems:
                print(f"  {problem}")
            failed += bool(problems)
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
