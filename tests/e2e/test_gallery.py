"""The gallery: models fitted by scikit-learn and statsmodels, each proved and verified, predictions and results within what it declares."""
import json
import unittest
from decimal import Decimal

from harness import EXAMPLES, Case, call, read_table

GALLERY = EXAMPLES / "gallery"
MODELS = sorted(path.stem for path in GALLERY.glob("*.eml"))


class Gallery(Case):
    def at(self, name):
        return str(self.folder / name)

    def public(self, bundle, inputs):
        self.eml("prove", bundle, "--input", inputs, "--output", self.at("out.csv"), "--proof", self.at("p"))
        said = self.eml("verify", "--program", bundle, "--input", inputs, "--output", self.at("out.csv"), "--proof", self.at("p"), "--json").stdout
        self.assertIn(json.loads(said)["results"], ("checked", "none"))
        return (self.folder / "out.csv").read_text()

    def secret(self, bundle, inputs):
        self.eml("keygen", "--secret", self.at("k"), "--public", self.at("k.pub"))
        self.eml("encrypt", bundle, "--secret", self.at("k"), "--input", inputs, "--output", self.at("in.ct"))
        self.eml("prove", bundle, "--input", self.at("in.ct"), "--output", self.at("out.ct"), "--proof", self.at("p"))
        return self.eml("decrypt", bundle, "--secret", self.at("k"), "--sent", self.at("in.ct"), "--input", self.at("out.ct"), "--proof", self.at("p"), "--exact").stdout

    def check(self, name):
        bundle, inputs = self.at("m.emb"), GALLERY / f"{name}.inputs.csv"
        self.eml("compile", GALLERY / f"{name}.eml", "--output", bundle)
        abi = json.loads(self.eml("compile", GALLERY / f"{name}.eml", "--emit", "abi-json").stdout)
        tolerances = {column["name"]: Decimal(column["tolerance"]) for column in abi["outputs"] + abi.get("results", [])}
        got = read_table((self.secret if abi["encrypted_outputs"] else self.public)(bundle, inputs))
        wanted = read_table((GALLERY / f"{name}.predictions.csv").read_text())
        self.assertEqual(got[0], wanted[0])
        self.assertEqual(len(got[1]), len(wanted[1]))
        for row, floats in zip(got[1], wanted[1]):
            for column, value, number in zip(got[0], row, floats):
                number = Decimal(number)
                self.assertLessEqual(abs(Decimal(value) - number), tolerances[column] + abs(number) * Decimal("1e-12"), f"{name} {column}")

    def test_gallery(self):
        self.assertGreaterEqual(len(MODELS), 30)
        self.assertGreaterEqual(sum(name.endswith("_secret") for name in MODELS), 8)
        for name in MODELS:
            with self.subTest(name):
                self.check(name)
                self.eml("fmt", "--check", GALLERY / f"{name}.eml")
                for path in self.folder.iterdir():
                    path.unlink()

    def test_each_has_its_files(self):
        for name in MODELS:
            for ending in ("inputs.csv", "predictions.csv"):
                self.assertTrue((GALLERY / f"{name}.{ending}").exists(), name)


if __name__ == "__main__":
    unittest.main()
