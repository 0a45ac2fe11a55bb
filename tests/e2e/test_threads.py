"""Threads: few or none where the system makes few or none, none for what is little, and never a wrong answer."""
import ctypes
import os
import pwd
import resource
import shutil
import subprocess
import sys

import harness
from harness import Case, built

COUNT = 400  # of inputs: enough work to share in everything, from the program hash on
# Opens a bundle with the library, once with its threads, then without the library: the numbers of threads.
UNLOAD = """
import _ctypes, ctypes, os, sys
tasks = lambda: len(os.listdir("/proc/self/task"))
class File(ctypes.Structure):
    _fields_ = [("path", ctypes.c_char_p), ("bytes", ctypes.c_void_p), ("size", ctypes.c_size_t)]
library = ctypes.CDLL(sys.argv[1])
library.eml_set_threads(2)
session = ctypes.c_void_p()
assert library.eml_session_load(ctypes.byref(File(sys.argv[2].encode(), None, 0)), ctypes.byref(session), None) == 0
library.eml_session_free(session)
during = tasks()
_ctypes.dlclose(library._handle)
print(during, tasks())
"""


class Threads(Case):
    @classmethod
    def setUpClass(cls):
        cls.maker = Case()
        cls.maker.setUp()
        names = [f"x{i}" for i in range(COUNT)]
        cls.model(cls, "big", names)
        cls.model(cls, "small", names[:10])

    @classmethod
    def tearDownClass(cls):
        cls.maker.doCleanups()

    def model(self, name, columns):
        """Compiled, with rows; setUpClass proves it."""
        folder = self.maker.folder
        source = self.maker.write(f"{name}.eml", f"model {name}\n" + "".join(f"input public {c} in [0, 1]\n" for c in columns)
                                  + "output y within 0.01 = " + " + ".join(f"0.{i + 1:03} * {c}" for i, c in enumerate(columns)) + "\n")
        self.maker.write(f"{name}.csv", ",".join(columns) + "\n" + ",".join("0.5" for _ in columns) + "\n")
        harness.call("compile", source, "-o", folder / f"{name}.emb", "--sponges", 4)
        harness.call(*self.proving(self, name, folder / name))

    def proving(self, name, to):
        folder = self.maker.folder
        return ["prove", folder / f"{name}.emb", "--input", folder / f"{name}.csv", "--output", f"{to}.out", "--proof", f"{to}.proof"]

    def verifying(self, name, of):
        folder = self.maker.folder
        return ["verify", "--program", folder / f"{name}.emb", "--input", folder / f"{name}.csv", "--output", f"{of}.out", "--proof", f"{of}.proof"]

    def status(self, arguments, program=None, before=None, **variables):
        result = subprocess.run([program or harness.EML, *map(str, arguments)], capture_output=True, timeout=200,
                                env={**os.environ, **variables}, preexec_fn=before)
        self.last = result
        return result.returncode

    def asked(self, arguments, allowed):
        """Runs it where so many threads are made: for each one that was asked for, m if it was made, r if it was refused."""
        log = self.folder / "log"
        log.write_text("")
        self.assertEqual(self.status(arguments, LD_PRELOAD=str(built("tests/support/few_threads.so")), THREADS_ALLOWED=str(allowed),
                                     THREADS_LOG=str(log), EML_THREADS="3"), 0, getattr(self, "last", None))
        return log.read_text()

    def test_threads_that_are_refused(self):
        proving, verifying = self.proving("big", self.folder / "again"), self.verifying("big", self.folder / "again")
        for arguments, allowed in (proving, 0), (verifying, 0), (proving, 1):
            asked = self.asked(arguments, allowed)
            self.assertEqual(asked.count("m"), allowed)
            self.assertIn("r", asked)

    def test_threads_that_are_made(self):
        self.assertEqual(self.asked(self.proving("big", self.folder / "again"), 9), "mm")

    def test_little_work_asks_for_no_thread(self):
        self.assertEqual(self.asked(self.proving("small", self.folder / "again"), 9), "")
        self.assertEqual(self.asked(self.verifying("small", self.folder / "again"), 9), "")

    def test_user_without_processes(self):
        """The limit does not hold for root, who becomes nobody."""
        if harness.is_sanitized():
            self.skipTest("the search for leaks needs a process of its own")
        self.maker.folder.chmod(0o755)
        self.folder.chmod(0o777)
        program = shutil.copy(harness.EML, self.folder / "eml")

        def before():
            if os.getuid() == 0:
                nobody = pwd.getpwnam("nobody")
                os.setgroups([])
                os.setgid(nobody.pw_gid)
                os.setuid(nobody.pw_uid)
            resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))

        try:
            started = self.status(["--version"], program, before)
        except (OSError, subprocess.SubprocessError) as problem:
            self.skipTest(f"no program starts as another user with a limit on processes: {problem}")
        self.assertEqual(started, 0)
        for arguments in (self.proving("big", self.folder / "again"), self.verifying("big", self.folder / "again")):
            self.assertEqual(self.status(arguments, program, before, EML_THREADS="3"), 0, self.last)

    def test_any_number_of_threads(self):
        for count in ("1000000", "99999999999999999999", "0", "-1", "many", "", "2"):
            self.assertEqual(self.status(self.verifying("big", self.maker.folder / "big"), EML_THREADS=count), 0, self.last)
        self.assertEqual(self.status(self.proving("big", self.folder / "again"), EML_THREADS="1000000"), 0, self.last)

    def test_little_memory_is_no_refusal(self):
        """Whatever else happens, a valid proof is not refused."""
        if harness.is_sanitized():
            self.skipTest("a sanitizer needs more memory")
        for megabytes in range(8, 60, 4):
            limit = megabytes << 20
            status = self.status(self.verifying("big", self.maker.folder / "big"), EML_THREADS="3",
                                 before=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
            self.assertNotEqual(status, 1, self.last)

    def test_library_that_is_unloaded(self):
        library = built("runtime/session/libeml.so")
        try:
            ctypes.CDLL(str(library))
        except OSError as problem:
            self.skipTest(f"this build's library needs a program that was built with it: {problem}")
        self.assertEqual(self.status(["-c", UNLOAD, library, self.maker.folder / "big.emb"], sys.executable), 0, self.last)
        self.assertEqual(self.last.stdout.split(), [b"2", b"1"])
