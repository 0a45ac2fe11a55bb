"""Files that earlier builds wrote (tests/fixtures): of this version they keep hash, AIR digest and verdict; of version 1 they are refused."""
import json
import sys

import harness
from harness import TOP, Case

sys.path.insert(0, str(TOP / "tests" / "fixtures"))
import make  # noqa: E402

V1, V2 = TOP / "tests" / "fixtures" / "v1", TOP / "tests" / "fixtures" / "v2"
AGAIN = "format version 1; this program reads version 2 (draft): "


class Fixtures(Case):
    def expect(self, name, suffix):
        folder = V2 / name
        why = "not what this build makes: `sh tests/update_golden.sh` cuts the fixtures again, as long as version 2 is a draft"
        self.eml("compile", folder / "model.eml", "-o", self.folder / "model.emb")
        self.assertEqual((self.folder / "model.emb").read_bytes(), (folder / "model.emb").read_bytes(), why)
        self.assertEqual(make.identity(harness.EML, folder / "model.emb"), json.loads((folder / "expected.json").read_text()), why)
        verdict = make.verify(harness.EML, folder, suffix)
        self.assertTrue(verdict["accepted"], f"{verdict}: {why}")
        return folder

    def test_plain(self):
        folder = self.expect("plain", "csv")
        text = (folder / "outputs.csv").read_text()
        other = make.verify(harness.EML, folder, "csv", self.write("other.csv", text.replace("1", "2", 1)))
        self.assertFalse(other["accepted"])

    def test_encrypted(self):
        folder = self.expect("encrypted", "ct")
        rows = self.eml(*make.decrypting(folder))
        self.assertEqual(rows.stdout, (folder / "decrypted.csv").read_text())

    def test_version_1_is_refused(self):
        v2 = V2 / "plain"
        compile_again, prove_again = AGAIN + "compile the model again", AGAIN + "compile the model and prove again"
        for name, again in (("model.emb", compile_again), ("out.proof", prove_again), ("inputs.ct", AGAIN + "encrypt the rows again"),
                            ("owner.pub", AGAIN + "make a new pair"), ("owner.key", AGAIN + "make a new pair")):
            self.assert_input_error(self.eml("inspect", V1 / name, status=2), name, again)
        self.assert_input_error(self.eml("run", V1 / "model.emb", "--input", v2 / "inputs.csv", status=2), compile_again)
        verdict = self.eml("verify", "--program", v2 / "model.emb", "--input", v2 / "inputs.csv", "--output", v2 / "outputs.csv", "--proof",
                           V1 / "out.proof", status=1)
        self.assertIn(prove_again, verdict.stdout + verdict.stderr)
        self.assert_input_error(self.eml("prove", V2 / "encrypted" / "model.emb", "--input", V1 / "inputs.ct", "--output", self.folder / "o.ct",
                                         "--proof", self.folder / "o.proof", status=2), AGAIN + "encrypt the rows again")
