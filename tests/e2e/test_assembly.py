"""Programs made from assembly: raw tapes in, raw results out, everything else as for models. Vectors: tests/kat/vm.json."""
import json

from harness import TOP, Case, Proved

P = 2**128 - 45 * 2**40 + 1
VECTORS = json.loads((TOP / "tests/kat/vm.json").read_text())["vectors"]


def assembly(vector):
    """The vector's code as text; its immediates are those of its groups."""
    group = 16 // vector["S"]
    lines = [f".sponges {vector['S']}", f".stack {vector['W']}", f".delta {vector['Delta']}"]
    for row, op in enumerate(vector["code"]):
        lines.append(f"push.{vector['immediates'][str(row // group)]}" if op == "push" else op)
    return "\n".join(lines) + "\n"


class Assembly(Case):
    def assemble(self, vector):
        bundle = self.folder / "program.emb"
        self.eml("asm", self.write("program.asm", assembly(vector)), "-o", bundle)
        tapes = self.write("tapes.json", json.dumps({key: vector[key] for key in ("public_tape", "secret_tape")}))
        return bundle, tapes

    def test_vectors(self):
        for vector in VECTORS:
            with self.subTest(vector["name"]):
                bundle, tapes = self.assemble(vector)
                result = json.loads(self.eml("run", bundle, "--input", tapes).stdout)
                self.assertEqual(result, {key: vector[key] for key in ("final_stack", "output_tape")})
                shape = json.loads(self.eml("inspect", bundle, "--json").stdout)["shape"]
                self.assertEqual([shape["trace_rows"], shape["sponges"], shape["stack"]], [vector["n"], vector["S"], vector["W"]])

    def test_proofs(self):
        for vector in VECTORS:
            with self.subTest(vector["name"]):
                self.prove_and_forge(vector)

    def prove_and_forge(self, vector):
        bundle, tapes = self.assemble(vector)
        out, proof = self.folder / "out.json", self.folder / "out.proof"
        self.eml("prove", bundle, "--input", tapes, "--output", out, "--proof", proof)

        def verify(status, tapes=tapes, out=out):
            return self.eml("verify", "--program", bundle, "--input", tapes, "--output", out, "--proof", proof, status=status).stdout

        self.assertIn("verified: ", verify(0))
        honest = json.loads(out.read_text())
        for key, values in honest.items():
            for at in range(len(values)):
                bad = {k: list(v) for k, v in honest.items()}
                bad[key][at] = str((int(bad[key][at]) + 1) % P)
                self.assertIn("refused (statement)", verify(1, out=self.write("bad.json", json.dumps(bad))))
        given = json.loads(tapes.read_text())
        for at in range(len(given["public_tape"])):
            bad = {**given, "public_tape": list(given["public_tape"])}
            bad["public_tape"][at] = str((int(bad["public_tape"][at]) + 1) % P)
            self.assertIn("refused (statement)", verify(1, tapes=self.write("bad.json", json.dumps(bad))))
        if given["secret_tape"]:
            bad = {**given, "secret_tape": given["secret_tape"][::-1]}
            if bad != given:
                self.assertIn("refused (statement)", verify(1, tapes=self.write("bad.json", json.dumps(bad))))

    def test_several_input_files(self):
        vector = next(v for v in VECTORS if v["public_tape"] and v["secret_tape"])
        bundle, _ = self.assemble(vector)
        public = self.write("public.json", json.dumps({"public_tape": vector["public_tape"], "secret_tape": []}))
        secret = self.write("secret.json", json.dumps({"public_tape": [], "secret_tape": vector["secret_tape"]}))
        result = json.loads(self.eml("run", bundle, "--input", public, "--input", secret).stdout)
        self.assertEqual(result["final_stack"], vector["final_stack"])

    def test_round_trips(self):
        for vector in VECTORS:
            with self.subTest(vector["name"]):
                bundle, _ = self.assemble(vector)
                again = self.folder / "again.emb"
                self.eml("asm", self.write("again.asm", self.eml("disasm", bundle).stdout), "-o", again)
                self.assertEqual(bundle.read_bytes(), again.read_bytes())

    def test_disassembled_model_has_the_same_code(self):
        for name in ("diabetes", "linnerud"):
            text = self.eml("disasm", Proved.of(name).bundle).stdout
            bundle = self.folder / "program.emb"
            self.eml("asm", self.write("program.asm", text), "-o", bundle)
            self.assertEqual(self.eml("disasm", bundle).stdout, text)

    def test_errors(self):
        for text, *words in (("pusk.3\n", "line 1, column 1", "pusk"), ("read\npush\n", "line 2"), ("push.1\n# two are needed\nadd\n", "line 3", "add"), (".sponges 3\n", "line 1"), ("push.x\n", "line 1")):
            with self.subTest(text):
                self.assert_input_error(self.eml("asm", self.write("bad.asm", text), "-o", self.folder / "bad.emb", status=2), "bad.asm", *words)
                self.assertFalse((self.folder / "bad.emb").exists())
        bundle, _ = self.assemble(next(v for v in VECTORS if v["public_tape"]))
        for text, word in (("{}", "public"), ("", "empty"), ('{"public_tape": ["1"], "secret_tape": []}', "public tape"), ("[", "json"), ('{"public_tape": ["x"]}', "x")):
            with self.subTest(text):
                result = self.eml("run", bundle, "--input", self.write("bad.json", text), status=2)
                self.assertIn(word, result.stderr.lower())
