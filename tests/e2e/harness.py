"""What the suites share: where things are, and how the command is called."""
import csv
import io
import json
import os
import pathlib
import random
import resource
import shutil
import subprocess
import tempfile
import unittest

EML = None  # set by run.py
TOP = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = TOP / "examples"
NAMES = ["diabetes", "linnerud", "mtcars"]


class Case(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="eml-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def eml(self, *arguments, status=0, stdin=None, limits=None):
        return call(*arguments, status=status, stdin=stdin, case=self, limits=limits)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def assert_input_error(self, result, *words):
        """Status 2, nothing on standard output, one line on standard error with these words in it."""
        self.assertEqual(result.stdout, "")
        for word in words:
            self.assertIn(word, result.stderr)


def soon():
    """For a child: 2 seconds of CPU and 256 MB of memory that it writes to, or it is ended."""
    resource.setrlimit(resource.RLIMIT_CPU, (2, 3))
    resource.setrlimit(resource.RLIMIT_DATA, (256 << 20, 256 << 20))


def call(*arguments, status=0, stdin=None, case=None, limits=None):
    """Runs eml; the exit status must be the given one, None: any. Bytes that are no UTF-8 come back as surrogates. limits: soon, or None."""
    result = subprocess.run([EML, *map(str, arguments)], capture_output=True, input=stdin, timeout=300, text=True, errors="surrogateescape",
                            preexec_fn=None if is_sanitized() else limits)
    if status is not None and result.returncode != status:
        text = f"eml {' '.join(map(str, arguments))}: status {result.returncode}, not {status}\n{result.stdout}{result.stderr}"
        raise AssertionError(text)
    return result


def chance(name):
    """Random choices, the same in every run with the same EML_TEST_SEED (see .ci/long), or without one."""
    return random.Random(f"{name}{os.environ.get('EML_TEST_SEED', '')}")


def built(path):
    """What the build made beside eml."""
    return pathlib.Path(EML).resolve().parent / path


def is_sanitized():
    """Whether this build has a sanitizer in it, which needs memory and threads of its own."""
    return b"__asan_init" in pathlib.Path(EML).read_bytes()


def read_table(text):
    rows = list(csv.reader(io.StringIO(text)))
    return rows[0], rows[1:]


def write_table(header, rows):
    return "".join(",".join(row) + "\n" for row in [header] + rows)


class Proved:
    """An example, compiled and proved once for all tests that look at it."""

    made = {}

    def __init__(self, name):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"eml-{name}-"))
        self.inputs = EXAMPLES / name / "inputs.csv"
        self.bundle, self.outputs, self.proof = (self.folder / x for x in ("model.emb", "out.csv", "out.proof"))
        compiled = call("compile", EXAMPLES / name / "model.eml", "-o", self.bundle, "--json")
        self.hash = json.loads(compiled.stdout)["program_hash"]
        call("prove", self.bundle, "--input", self.inputs, "--output", self.outputs, "--proof", self.proof)

    @classmethod
    def of(cls, name):
        if name not in cls.made:
            cls.made[name] = cls(name)
        return cls.made[name]

    @classmethod
    def remove_all(cls):
        for proved in cls.made.values():
            shutil.rmtree(proved.folder)

    def verify(self, status=0, **changes):
        """Runs eml verify with some of program, input, output and proof replaced."""
        given = {"program": self.hash, "input": self.inputs, "output": self.outputs, "proof": self.proof, **changes}
        return call("verify", *(x for key, value in given.items() for x in (f"--{key}", value)), status=status)
