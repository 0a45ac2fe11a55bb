"""Files that earlier builds of this format wrote still mean what they meant (tests/fixtures): bundles load, proofs verify, keys decrypt."""
from harness import TOP, Case

FIXTURES = TOP / "tests" / "fixtures"
PLAIN = "a32b6ba1defc893a2399b67a9d004158a877220039a17c39a552d1bf3b53457a"
ENCRYPTED = "272e9acd10fc9805309e79708b1fcdb2e31d99b9bba0d750dbdbaaa1ce9118fb"


class Fixtures(Case):
    def verify(self, folder, program, suffix, status=0, **changes):
        given = {"input": folder / f"inputs.{suffix}", "output": folder / f"outputs.{suffix}", "proof": folder / "out.proof", **changes}
        return self.eml("verify", "--program", program, *(x for k, v in given.items() for x in (f"--{k}", v)), status=status)

    def test_plain(self):
        self.assertIn("verified", self.verify(FIXTURES / "plain", PLAIN, "csv").stdout)
        self.assertIn("verified", self.verify(FIXTURES / "plain", FIXTURES / "plain" / "model.emb", "csv").stdout)
        text = (FIXTURES / "plain" / "outputs.csv").read_text()
        self.verify(FIXTURES / "plain", PLAIN, "csv", status=1, output=self.write("other.csv", text.replace("1", "2", 1)))

    def test_encrypted(self):
        folder = FIXTURES / "encrypted"
        self.assertIn("verified", self.verify(folder, ENCRYPTED, "ct").stdout)
        self.verify(folder, ENCRYPTED, "ct", status=1, output=folder / "inputs.ct")
        rows = self.eml("decrypt", folder / "model.emb", "--secret", folder / "owner.key", "--input", folder / "outputs.ct")
        self.assertEqual(rows.stdout, (folder / "decrypted.csv").read_text())

    def test_sources_still_compile_to_them(self):
        for folder in (FIXTURES / "plain", FIXTURES / "encrypted"):
            self.eml("compile", folder / "model.eml", "-o", self.folder / "model.emb")
            self.assertEqual((self.folder / "model.emb").read_bytes(), (folder / "model.emb").read_bytes())
