"""Examples with roles: each has what it should, proofs are zero-knowledge, lies are refused."""
import os
import re
import subprocess

import harness
from harness import EXAMPLES, Case


def run(name):
    return subprocess.run(["sh", str(EXAMPLES / name / "run.sh")], capture_output=True, text=True, env={**os.environ, "EML": harness.EML})


class Roles(Case):
    def check_run(self, name):
        result = run(name)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout, result.stderr

    def test_credit(self):
        said, warned = self.check_run("credit")
        self.assertIn("100 pairs of applicants who differ in age and foreign_worker: 0 with unequal scores", said)
        self.assertIn("200 rows", said)
        self.assertIn("zero-knowledge", said)
        self.assertEqual(said.count("refused (statement)"), 1)
        self.assertIn("--reveal", warned)
        self.assertNotRegex(said, r"(lender -> \w+: (weights|base|lender\.salt|scorecard\.emb))")

    def test_checkup(self):
        said, _ = self.check_run("checkup")
        issued = re.search(r"certificate\n|commitment ([0-9a-f]{64})\n", said)[1]
        self.assertIn(f"about the data behind commitment {issued}, for which its issuer vouches", said)
        self.assertIn("Signature Verified Successfully", said)
        self.assertEqual((said.count("refused (statement)"), said.count("refused (commitment)")), (1, 1))
        self.assertLess(abs(float(re.search(r"prove\.sh\n(?:.*\n)*?progression\n([\d.]+)\n", said)[1]) - 166.91445843), 1)
        self.assertNotRegex(said, r"-> insurer: (measured|lab\.key)|-> lab: progression")
        for value in ("25.3", "131.4", "4.8903"):
            self.assertNotIn(value, said)

    def test_benchmark(self):
        said, _ = self.check_run("benchmark")
        self.assertRegex(said, r"\d+ patients: root mean squared error \d+\.\d+, R\^2 -?\d\.\d+")
        self.assertEqual(said.count("refused (statement)"), 1)
        drawn = re.search(r"drawn\.csv: (\d+) of 142 rows", said)
        self.assertIsNotNone(drawn)
        self.assertIn(f"{drawn[1]} patients", said)
