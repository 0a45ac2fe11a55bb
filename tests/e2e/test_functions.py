"""Functions of derived inputs and results: near ties and exact cases, whose integers mpmath gave, and digests of what it agreed to
(tests/campaigns/functions.py)."""
import hashlib
import pathlib
import subprocess
import sys
import unittest

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "support"))
import function_cases as cases
from harness import built



def ask(lines):
    return subprocess.run([built("tests/e2e/function_round")], input="".join(lines), stdout=subprocess.PIPE, text=True, check=True, timeout=200).stdout.split()


class Functions(unittest.TestCase):
    def test_hard_cases(self):
        lines = (TOP / "kat/functions.txt").read_text().splitlines()
        self.assertGreater(len(lines), 9000)
        said = ask(line.rsplit(" ", 1)[0] + "\n" for line in lines)
        self.assertEqual([line.rsplit(" ", 1)[1] for line in lines], said)

    def test_digests(self):
        for line in (TOP / "kat/functions.sha256").read_text().splitlines():
            function, count, seed, wanted = line.split()
            if int(count) > 10000:
                continue  # the campaign's
            with self.subTest(function=function):
                said = ask(cases.line(function, x, unit) for x, unit in cases.arguments(function, int(count), int(seed)))
                self.assertEqual(hashlib.sha256("".join(k + "\n" for k in said).encode()).hexdigest(), wanted)

    def test_every_function_has_one(self):
        text = (TOP.parent / "runtime/function/function.def").read_text()
        self.assertEqual(cases.FUNCTIONS, [line.split('"')[1] for line in text.splitlines() if line.startswith("FUNCTION(")])


if __name__ == "__main__":
    unittest.main()
