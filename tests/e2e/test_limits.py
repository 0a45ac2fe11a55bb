"""A process that may not have the memory it wants: the command does its work, or says so with status 3."""
import resource
import subprocess
import unittest

import harness
from harness import EXAMPLES, Case, call

KIB, MIB = 1 << 10, 1 << 20


def call_with(limit, *arguments):
    """Runs eml with at most so many bytes of address space."""
    return subprocess.run([harness.EML, *map(str, arguments)], capture_output=True, timeout=300, text=True,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))


def limits():
    """From the least with which the command begins (below that, the dynamic linker fails, with a status of its own): where the first
    allocations fail in small steps, then up to what is enough for all that is done here."""
    low, high = 1 * MIB, 64 * MIB
    while high - low > 16 * KIB:
        middle = (low + high) // 2
        if call_with(middle, "--version").returncode == 0:
            high = middle
        else:
            low = middle
    return [high + step * KIB for step in (*range(0, 1024, 96), *(1024 << i for i in range(7)))]


class Limited(Case):
    @classmethod
    def setUpClass(cls):
        if harness.is_sanitized():
            raise unittest.SkipTest("a sanitizer needs more memory")
        cls.limits = limits()

    def check(self, *arguments):
        """What the command answers at each limit."""
        statuses = []
        for limit in self.limits:
            result = call_with(limit, *arguments)
            self.assertIn(result.returncode, (0, 3), f"{limit // KIB} KiB: {arguments} {result.stdout}{result.stderr}")
            if result.returncode == 3:
                self.assertIn("memory", result.stderr)
            self.assertEqual([x.name for x in self.folder.iterdir() if "tmp" in x.name], [], f"{limit // KIB} KiB: {arguments}")
            statuses.append(result.returncode)
        self.assertEqual(statuses[-1], 0)
        return statuses

    def test_plain(self):
        model, rows = EXAMPLES / "diabetes/model.eml", EXAMPLES / "diabetes/inputs.csv"
        bundle, outputs, proof = (self.folder / x for x in ("m.emb", "out.csv", "out.proof"))
        self.assertIn(3, self.check("compile", model, "-o", bundle))
        self.assertIn(3, self.check("test", model, "--prove"))
        self.check("run", bundle, "--input", rows, "--output", outputs)
        self.assertIn(3, self.check("prove", bundle, "--input", rows, "--output", outputs, "--proof", proof))
        self.assertIn(3, self.check("verify", "--program", bundle, "--input", rows, "--output", outputs, "--proof", proof))
        self.check("inspect", proof)

    def test_encrypted(self):
        model, rows = EXAMPLES / "diabetes-encrypted/model.eml", EXAMPLES / "diabetes/inputs.csv"
        bundle, key, public, inputs, outputs = (self.folder / x for x in ("m.emb", "s", "p", "in.ct", "out.ct"))
        call("compile", model, "-o", bundle)
        call("keygen", "--secret", key, "--public", public)
        self.assertIn(3, self.check("encrypt", bundle, "--public", public, "--input", rows, "--output", inputs))
        self.check("run", bundle, "--input", inputs, "--output", outputs)
        self.check("decrypt", bundle, "--secret", key, "--unverified", "--input", outputs, "--output", self.folder / "rows.csv")
        phrase = self.write("phrase", "a passphrase\n")
        result = call_with(200 * MIB, "keygen", "--secret", self.folder / "s2", "--public", self.folder / "p2", "--passphrase-file", phrase)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertFalse((self.folder / "s2").exists())
