"""Every example: predictions within its tolerance, one proof for all rows, accepted by hash."""
import json
import subprocess
from decimal import Decimal

from harness import EXAMPLES, NAMES, Case, Proved, built, read_table

TOLERANCE = Decimal("1e-6")


class Examples(Case):
    def test_all_folders_are_tested(self):
        self.assertEqual(sorted(p.name for p in EXAMPLES.iterdir() if (p / "predictions.csv").exists()), NAMES)

    def test_predictions(self):
        for name in NAMES:
            with self.subTest(name):
                header, rows = read_table(Proved.of(name).outputs.read_text())
                float_header, float_rows = read_table((EXAMPLES / name / "predictions.csv").read_text())
                self.assertEqual(header, float_header)
                self.assertEqual(len(rows), len(float_rows))
                for row, float_row in zip(rows, float_rows):
                    for value, expected in zip(row, float_row):
                        self.assertLessEqual(abs(Decimal(value) - Decimal(expected)), TOLERANCE)

    def test_outputs_are_the_recorded_ones(self):
        for name in NAMES:
            with self.subTest(name):
                self.assertEqual(Proved.of(name).outputs.read_text(), (EXAMPLES / name / "expected.csv").read_text())

    def test_run_gives_what_prove_gives(self):
        for name in NAMES:
            with self.subTest(name):
                proved = Proved.of(name)
                self.assertEqual(self.eml("run", proved.bundle, "--input", proved.inputs).stdout, proved.outputs.read_text())

    def test_verified_by_hash_and_by_bundle(self):
        for name in NAMES:
            with self.subTest(name):
                proved = Proved.of(name)
                rows = len(read_table(proved.outputs.read_text())[1])
                for program in (proved.hash, proved.hash.upper(), proved.bundle):
                    said = proved.verify(program=program).stdout
                    self.assertRegex(said, rf"^verified: program {proved.hash}, {rows} rows, preset standard, \d+ bits proven")

    def test_reordered_columns_are_the_same_inputs(self):
        proved = Proved.of("linnerud")
        header, rows = read_table(proved.inputs.read_text())
        path = self.write("reversed.csv", "".join(",".join(reversed(row)) + "\r\n" for row in [header] + rows))
        proved.verify(input=path)

    def test_json_rows_are_the_same_inputs(self):
        proved = Proved.of("linnerud")
        header, rows = read_table(proved.inputs.read_text())
        path = self.write("rows.json", json.dumps([dict(zip(header, map(int, row))) for row in rows]))
        proved.verify(input=path)

    def test_one_row(self):
        proved = Proved.of("mtcars")
        header, rows = read_table(proved.inputs.read_text())
        one = self.write("one.csv", ",".join(header) + "\n" + ",".join(rows[3]) + "\n")
        out, proof = self.folder / "out.csv", self.folder / "out.proof"
        self.eml("prove", proved.bundle, "--input", one, "--output", out, "--proof", proof)
        self.assertEqual(read_table(out.read_text())[1][0], read_table(proved.outputs.read_text())[1][3])
        self.assertIn("1 row,", proved.verify(input=one, output=out, proof=proof).stdout)

    def test_presets(self):
        proved = Proved.of("mtcars")
        for preset, accepted in (("high", []), ("test", ["--preset", "test"])):
            out, proof = self.folder / "out.csv", self.folder / f"{preset}.proof"
            self.eml("prove", proved.bundle, "--input", proved.inputs, "--output", out, "--proof", proof, "--preset", preset)
            arguments = ["verify", "--program", proved.hash, "--input", proved.inputs, "--output", out, "--proof", proof]
            self.assertIn(f"preset {preset}", self.eml(*arguments, *accepted).stdout)
            if accepted:
                self.assertIn("refused (preset)", self.eml(*arguments, status=1).stdout)
            self.assertIn("refused (preset)", self.eml(*arguments, "--preset", "standard", status=1).stdout)

    def test_embedded_verifier(self):
        proved, other = Proved.of("diabetes"), Proved.of("mtcars")
        for program, status, said in ((proved.hash, 0, "accepted: 442 rows"), (other.hash, 1, "refused (program)"), ("abc", 2, "")):
            command = [built("examples/embed/embed-verify"), program, proved.inputs, proved.outputs, proved.proof]
            result = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual(result.returncode, status)
            self.assertIn(said, result.stdout)

    def test_own_test_blocks(self):
        for name in NAMES:
            with self.subTest(name):
                self.eml("test", EXAMPLES / name / "model.eml", "--prove")
