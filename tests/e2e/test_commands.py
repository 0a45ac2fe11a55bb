"""The commands themselves: help, usage errors, every artifact, JSON, files written whole or not at all."""
import json
import os
import re
import stat
import subprocess

import harness
from harness import EXAMPLES, TOP, Case, Proved

MODEL = EXAMPLES / "linnerud" / "model.eml"


def commands():
    return re.findall(r"^COMMAND\((\w+),", (TOP / "compiler/cli/commands.def").read_text(), re.M)


def kinds():
    return re.findall(r'^EMIT\(\w+, "([\w-]+)"', (TOP / "compiler/emit/emit.def").read_text(), re.M)


class Usage(Case):
    def test_explain(self):
        rows = re.findall(r'^DIAG\((\d{4}), \w+, (ERROR|WARNING), "(.*)"\)$', (TOP / "lang/diag.def").read_text(), re.M)
        codes = [("E" if severity == "ERROR" else "W") + number for number, severity, _ in rows]
        self.assertEqual([line.split()[0] for line in self.eml("explain").stdout.splitlines()], codes)
        listed = json.loads(self.eml("explain", "--json").stdout)
        self.assertEqual([entry["code"] for entry in listed], codes)
        for code, entry in zip(codes, listed):
            said = self.eml("explain", code).stdout
            self.assertEqual(said, f"{code}: {entry['meaning']}\n\n{entry['explanation']}")
            self.assertNotIn("```", said)
            for spelling in (code.lower(), code[1:], code[1:].lstrip("0")):
                self.assertEqual(self.eml("explain", spelling).stdout, said)
            self.assertEqual(json.loads(self.eml("explain", code, "--json").stdout), entry)
        for bad, says in (("E9999", "no diagnostic has the code"), ("W0301", "did you mean E0301?"), ("", "no diagnostic"), ("E", "no diagnostic"), ("x" * 5000, "no diagnostic")):
            self.assertIn(says, self.eml("explain", bad, status=2).stderr)
        self.assertIn("takes", self.eml("explain", "E0301", "E0302", status=2).stderr)

    def test_help(self):
        self.assertGreaterEqual(len(commands()), 10)
        overview = self.eml("--help").stdout
        for name in commands():
            with self.subTest(name):
                self.assertIn(f"\n  {name} ", overview)
                text = self.eml(name, "--help").stdout
                self.assertIn("Options:", text)
                self.assertRegex(text, rf"Example:\n  eml {name} ")
                self.assertEqual([self.eml(name, "-h").stdout, self.eml("help", name).stdout], [text, text])
                self.assertLessEqual(max(map(len, text.splitlines())), 100)

    def test_version(self):
        self.assertRegex(self.eml("--version").stdout, r"^eml \d+\.\d+\.\d+\n$")

    def test_unknown(self):
        self.assert_input_error(self.eml(status=2), "--help")
        self.assert_input_error(self.eml("verfy", status=2), "did you mean verify?")
        self.assert_input_error(self.eml("frobnicate", status=2), "frobnicate")
        self.assert_input_error(self.eml("run", "x.emb", "--inptu", "y", status=2), "did you mean --input?")
        self.assert_input_error(self.eml("run", "x.emb", "--emit", "asm", status=2), "--emit")
        self.assert_input_error(self.eml("compile", MODEL, "--emit", "air-jsn", status=2), "did you mean air-json?")

    def test_misused(self):
        for arguments, word in (
            (["run"], "BUNDLE"),
            (["run", "a", "b"], "b"),
            (["check", MODEL, "--json=1"], "--json"),
            (["prove", "a", "--threads"], "--threads"),
            (["verify", "--program", "--input", "rows.csv"], "--program needs a value"),
            (["prove", "a", "--threads", "0"], "--threads"),
            (["prove", "a", "--threads", "many"], "many"),
            (["prove", "a", "--proof", "p", "--proof", "q"], "twice"),
            (["prove", "a", "--output", "o"], "--proof"),
            (["verify", "--program", "a"], "--output FILE, --proof FILE are missing"),
            (["verify", "--program", "a", "--input", "b", "--output", "c"], "--proof FILE is missing"),
            (["check", MODEL, "--diagnostics", "xml"], "xml"),
            (["compile", MODEL, "--sponges", "3"], "--sponges"),
            (["compile", MODEL, "--emit", "asm="], "empty"),
            (["run", "b", "rows.csv"], "was --input rows.csv meant?"),
            (["verify", "0" * 64, "--input", "b"], f"was --program {'0' * 64} meant?"),
            (["verify", "--program", "a", "--input", "b", "c"], "was --output c meant?"),
            (["prove", "a", "-i", "b", "-o", "c", "d"], "was --proof d meant?"),
            (["check", MODEL, MODEL], "unexpected argument"),
        ):
            with self.subTest(arguments):
                self.assert_input_error(self.eml(*arguments, status=2), word)

    def test_needed_options(self):
        """What the synopsis shows without brackets cannot be left out."""
        tried = 0
        for name in commands():
            synopsis = " ".join(self.eml(name, "--help").stdout.split("\n\n")[1].split())
            needed = re.findall(r" --([a-z-]+) [A-Z|]+", re.sub(r"\[[^]]*\]", "", synopsis))
            for option in needed:
                given = [word for other in needed if other != option for word in (f"--{other}", self.folder / other)]
                given += [self.folder / "bundle"] * ("BUNDLE" in synopsis.split("--")[0]) + ["--secret", "key"] * (name == "encrypt")
                with self.subTest(name, option=option):
                    self.assertRegex(self.eml(name, *given, status=2).stderr, rf"--{option} [A-Z|]+ is missing; ")
                    tried += 1
        self.assertEqual(tried, 10)

    def test_preset_unknown(self):
        proved = Proved.of("linnerud")
        out = self.folder / "o"
        result = self.eml("prove", proved.bundle, "--input", proved.inputs, "--output", out, "--proof", self.folder / "p", "--preset", "best", status=2)
        self.assert_input_error(result, "best")
        self.assertFalse(out.exists())

    def test_dashes_end_the_options(self):
        self.write("--model.eml", MODEL.read_text())
        result = subprocess.run([harness.EML, "check", "--", "--model.eml"], cwd=self.folder, capture_output=True)
        self.assertEqual(result.returncode, 0)


class Artifacts(Case):
    def test_every_kind(self):
        for kind in kinds():
            with self.subTest(kind):
                text = self.eml("compile", MODEL, "--emit", kind).stdout
                self.assertGreater(len(text), 20)
                if kind.endswith("json"):
                    json.loads(text)
                path = self.folder / kind
                self.assertEqual(self.eml("compile", MODEL, "--emit", f"{kind}={path}").stdout, "")
                self.assertEqual(path.read_text(), text)

    def test_json_says_what_the_text_says(self):
        """Every number of the one stands in the other, in the same order."""
        models = sorted((TOP / "examples").glob("*/*.eml")) + sorted((TOP / "examples/gallery").glob("*.eml"))
        self.assertGreater(len(models), 40)
        for model in models:
            with self.subTest(model.name):
                text = self.eml("compile", model, "--emit", "model").stdout
                found = json.loads(self.eml("compile", model, "--emit", "model-json").stdout)
                said = [(t["coefficient"] if "coefficient" in t else "hidden in [{lo}, {hi}]".format(**t["hidden"]), *t["inputs"])
                        for output in found["outputs"] for t in output["terms"]]
                lines = [re.sub(r" \([-0-9.e]+\)", "", line[4:]) for line in text.splitlines() if line.startswith("    ")]
                self.assertEqual([" * ".join(parts) for parts in said], lines)
                self.assertEqual(len(found["inputs"]), len(re.findall(r"^(?:input|derived) ", text, re.M)))
                self.assertEqual([r["name"] for r in found["results"]], re.findall(r"^result (.*?) (?:within|=)", text, re.M))
                text = self.eml("compile", model, "--emit", "quant").stdout
                found = json.loads(self.eml("compile", model, "--emit", "quant-json").stdout)
                said = [(t["weight"] if "weight" in t else "hidden in [{lo}, {hi}]".format(**t["hidden"]), *t["inputs"])
                        for output in found["outputs"] for t in output["terms"]]
                self.assertEqual([" * ".join(parts) for parts in said], [line[4:] for line in text.splitlines() if line.startswith("    ")])
                self.assertEqual([(o["name"], o["error_bound"], o["lo"], o["hi"]) for o in found["outputs"]],
                                 re.findall(r"^output (.*) unit \S+ error (\S+) in \[(\S+), (\S+)\]$", text, re.M))
                self.assertEqual([(i["name"], "rounded" if i["rounded"] else "exact", i["lo"], i["hi"]) for i in found["inputs"]],
                                 re.findall(r"^input (.*) offset .* (rounded|exact) in \[(\S+), (\S+)\]$", text, re.M))

    def test_several_at_once(self):
        bundle = self.folder / "m.emb"
        arguments = [x for kind in kinds() for x in ("--emit", f"{kind}={self.folder / kind}")]
        self.eml("compile", MODEL, "-o", bundle, *arguments)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), sorted(kinds() + ["m.emb"]))

    def test_asm_artifact_is_the_bundles_code(self):
        text = self.eml("compile", MODEL, "--emit", "asm").stdout
        self.assertEqual(self.eml("disasm", Proved.of("linnerud").bundle).stdout, text)

    def test_compiling_is_deterministic(self):
        bundle = self.folder / "m.emb"
        self.eml("compile", MODEL, "-o", bundle)
        self.assertEqual(bundle.read_bytes(), Proved.of("linnerud").bundle.read_bytes())

    def test_default_output(self):
        path = self.write("some.model.eml", MODEL.read_text())
        said = self.eml("compile", path).stdout
        self.assertTrue((self.folder / "some.model.emb").exists())
        self.assertIn(Proved.of("linnerud").hash, said)

    def test_standard_streams(self):
        proved = Proved.of("linnerud")
        bundle = subprocess.run([harness.EML, "compile", str(MODEL), "-o", "-"], capture_output=True).stdout
        self.assertEqual(bundle, proved.bundle.read_bytes())
        self.assertEqual(self.eml("run", proved.bundle, "--input", "-", stdin=proved.inputs.read_text()).stdout, proved.outputs.read_text())


class Json(Case):
    def test_outputs_parse(self):
        proved = Proved.of("linnerud")
        out, proof = self.folder / "out.json", self.folder / "out.proof"
        rows = json.loads(self.eml("run", proved.bundle, "--input", proved.inputs, "--json").stdout)
        self.assertEqual((len(rows), sorted(rows[0])), (20, ["Pulse", "Waist", "Weight"]))
        summary = json.loads(self.eml("prove", proved.bundle, "--input", proved.inputs, "--output", out, "--proof", proof, "--json").stdout)
        self.assertEqual((summary["program_hash"], summary["rows"], summary["proof_bytes"]), (proved.hash, 20, proof.stat().st_size))
        arguments = ["verify", "--program", proved.hash, "--input", proved.inputs, "--output", out, "--proof", proof, "--json"]
        verdict = json.loads(self.eml(*arguments).stdout)
        self.assertTrue(verdict["accepted"])
        self.assertGreaterEqual(verdict["proven_bits"], 100)
        verdict = json.loads(self.eml(*[proved.bundle if x == proof else x for x in arguments], status=1).stdout)
        self.assertEqual((verdict["accepted"], verdict["reason"]), (False, "file"))

    def test_inspect(self):
        proved = Proved.of("linnerud")
        bundle = json.loads(self.eml("inspect", proved.bundle, "--json").stdout)
        self.assertEqual((bundle["kind"], bundle["program_hash"], bundle["model"]), ("bundle", proved.hash, "linnerud"))
        self.assertEqual(bundle["format"], "2 (draft)")
        proof = json.loads(self.eml("inspect", proved.proof, "--json").stdout)
        self.assertEqual((proof["kind"], proof["program_hash"], proof["rows"], proof["preset"]), ("proof", proved.hash, 20, "standard"))
        self.assertLess(proved.proof.stat().st_size - proof["stark_bytes"], 4096 + 16 * (len(proof["abi"]["inputs"]) + len(proof["abi"]["outputs"])))
        text = self.eml("inspect", proved.bundle).stdout
        self.assertIn(proved.hash, text)
        self.assertIn("format         2 (draft)", text)
        self.assertIn("one proof for  any number of rows", text)
        self.assertIn("preset         standard", self.eml("inspect", proved.proof).stdout)
        self.assert_input_error(self.eml("inspect", proved.inputs, status=2), "inputs.csv", "neither")
        self.assert_input_error(self.eml("run", MODEL, "--input", proved.inputs, status=2), "eml compile")
        self.assert_input_error(proved.verify(status=2, program=MODEL), "eml compile")
        self.assert_input_error(proved.verify(status=2, program=proved.hash[1:]), proved.hash[1:], "64 hexadecimal digits")
        absent = proved.bundle.with_suffix(".csv")
        self.assertRegex(proved.verify(status=2, program=proved.bundle, input=absent).stderr, r"\.csv: cannot open: No such file or directory\n$")

    def test_compiler(self):
        self.assertEqual(json.loads(self.eml("check", MODEL, "--json").stdout), {"ok": True, "diagnostics": []})
        json.loads(self.eml("test", MODEL, "--json").stdout)
        bad = self.write("bad.eml", "model bad\noutput y within 1e-3 = x\n")
        result = json.loads(self.eml("check", bad, "--json", status=2).stdout)
        self.assertEqual((result["ok"], result["diagnostics"][0]["code"]), (False, "E0202"))
        self.assertEqual(json.loads(self.eml("check", bad, "--diagnostics", "json", status=2).stderr)[0]["code"], "E0202")

    def test_security_of_impossible_parameters(self):
        """The options follow the field's modulus: queries, blowup, grinding, extension, ..."""
        proved = Proved.of("mtcars")
        data = proved.proof.read_bytes()
        at = data.index(b"\x10" + (2**128 - 45 * 2**40 + 1).to_bytes(16, "little")) + 17
        self.assertRegex(self.eml("inspect", proved.proof).stdout, r"security       \d+ bits proven \(16 of them proof of work\), \d+ conj")
        for option, value in ((0, 0), (1, 0), (1, 1), (1, 6), (2, 200), (4, 0), (5, 6)):
            changed = self.write("changed.proof", data[: at + option] + bytes([value]) + data[at + option + 1 :])
            with self.subTest(option=option, value=value):
                self.assertIn("security       none: there are no proofs", self.eml("inspect", changed).stdout)
                said = json.loads(self.eml("inspect", changed, "--json").stdout)
                self.assertEqual((said["proven_bits"], said["proof_of_work_bits"], said["conjectured_bits"]), (None, None, None))

    def test_diagnostics_stand_on_standard_error(self):
        """As the help says; the result, if there is one, on standard output."""
        bad = self.write("bad.eml", "model bad\ninput public a in [0, 1]\noutput y within 0.1 = b\n")
        for command in ("check", "compile", "test"):
            with self.subTest(command):
                self.assertIn("error[E0202]", self.eml(command, bad, "--json", status=2).stderr)
                both = self.eml(command, bad, "--json", "--diagnostics", "json", status=2)
                self.assertEqual(json.loads(both.stderr)[0]["code"], "E0202")
                self.assertEqual(both.stdout != "", command == "check")


class Files(Case):
    def test_unwritable_output_leaves_nothing_behind(self):
        proved = Proved.of("linnerud")
        inputs = ["--input", proved.inputs]
        nowhere, folder = self.folder / "no" / "where", self.folder
        good = self.folder / "good"
        for arguments in (
            ["compile", MODEL, "-o", nowhere],
            ["compile", MODEL, "-o", folder],
            ["compile", MODEL, "-o", good, "--emit", f"asm={nowhere}"],
            ["run", proved.bundle, *inputs, "--output", nowhere],
            ["prove", proved.bundle, *inputs, "--output", good, "--proof", nowhere],
            ["prove", proved.bundle, *inputs, "--output", nowhere, "--proof", good],
            ["disasm", proved.bundle, "-o", nowhere],
        ):
            with self.subTest(arguments):
                self.assert_input_error(self.eml(*arguments, status=2), "cannot write")
                self.assertEqual(list(self.folder.iterdir()), [])

    def test_failed_work_keeps_the_old_file(self):
        old = self.write("out.csv", "precious")
        self.eml("run", Proved.of("linnerud").bundle, "--input", self.write("bad.csv", "Chins\n1\n"), "--output", old, status=2)
        self.assertEqual(old.read_text(), "precious")

    def test_closed_standard_output(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([harness.EML, "--help"], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(result.returncode, 2)
        self.assertIn("standard output", result.stderr)

    def test_links_and_devices_are_followed(self):
        proved = Proved.of("linnerud")
        target, link = self.write("target.csv", "old"), self.folder / "link.csv"
        link.symlink_to(target)
        self.eml("run", proved.bundle, "--input", proved.inputs, "--output", link)
        self.assertTrue(link.is_symlink())
        self.assertEqual(target.read_text(), proved.outputs.read_text())
        with open(self.folder / "redirected", "wb") as out:
            subprocess.run([harness.EML, "run", proved.bundle, "--input", proved.inputs, "--output", "/dev/stdout"], stdout=out, check=True)
        self.assertEqual((self.folder / "redirected").read_text(), proved.outputs.read_text())
        self.assertTrue(os.path.islink("/dev/stdout"))

    def test_written_files_have_ordinary_permissions(self):
        out = self.folder / "m.emb"
        self.eml("compile", MODEL, "-o", out)
        self.assertEqual(stat.S_IMODE(os.stat(out).st_mode), 0o644)


class Format(Case):
    def test_examples_are_canonical(self):
        self.eml("fmt", "--check", *(EXAMPLES / name / "model.eml" for name in ("diabetes", "linnerud", "mtcars")))

    def test_rewrites(self):
        path = self.write("m.eml", "model   m\ninput public x in [0,1]  # kept\noutput y within 1e-3=2*x\n")
        self.assertEqual(self.eml("fmt", "--check", path, status=1).stdout, f"{path}\n")
        filtered = self.eml("fmt", "-", stdin=path.read_text()).stdout
        self.eml("fmt", path)
        self.assertEqual(path.read_text(), filtered)
        self.assertIn("# kept", filtered)
        self.eml("fmt", "--check", path)

    def test_broken_source_is_left_alone(self):
        path = self.write("m.eml", "model m\ninput public x in\n")
        self.assert_input_error(self.eml("fmt", path, status=2), "m.eml:2")
        self.assertEqual(path.read_text(), "model m\ninput public x in\n")


class Tests(Case):
    def test_failing_test_block(self):
        path = self.write("m.eml", 'model m\ninput public x in [0, 1]\noutput y within 1e-3 = 2 * x\ntest "wrong" {\n    x = 0.5\n    y = 1.5 within 1e-2\n}\n')
        said = self.eml("test", path, status=1).stdout
        self.assertIn("wrong", said)


class Generated(Case):
    def test_documented_commands_are_current(self):
        generate = harness.built("compiler/cli/eml-generate")
        made = subprocess.run([generate, "markdown"], capture_output=True, text=True, check=True).stdout
        self.assertEqual((TOP / "docs/cli.md").read_text(), made, "run: sh tests/update_golden.sh")

    def test_completions(self):
        generate = harness.built("compiler/cli/eml-generate")
        script = self.write("eml.bash", subprocess.run([generate, "bash"], capture_output=True, text=True, check=True).stdout)
        for words, expected in ((["eml", "ver"], "verify"), (["eml", "prove", "--pres"], "--preset"), (["eml", "compile", "--emit", "air-"], "air-json")):
            ask = f"source {script}; COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; _eml; echo \"${{COMPREPLY[@]}}\""
            self.assertEqual(subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True).stdout.strip(), expected)
