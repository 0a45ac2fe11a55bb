"""What mutants.py and coverage.py share: which sources verify, and the tests that judge them."""

import concurrent.futures
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import tempfile
import threading
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ["runtime/bundle", "runtime/ciphertext", "runtime/formula", "runtime/stark", "runtime/stark/verifier", "runtime/statement", "runtime/verify"]
FILES = ["runtime/base/packed.c", "runtime/hash/merkle_batch.c", "runtime/isa/discipline.c", "runtime/isa/program.c", "runtime/isa/program_hash.c",
         "runtime/table/computed.c"]
OVERTIME = "does not end"
SUITES = ["unit", "negative", "forgery", "golden", "fuzz", "e2e"]
# Of the tree, of symbols, which the switch changes, of files as they are written, or with limits of memory and threads of their own.
OTHERS = {"unit library_symbols", "unit verifier_alone", "e2e files", "e2e codes", "e2e embed", "e2e memory", "e2e threads", "e2e docs",
          "docs tables"}


def sources():
    found = [path for folder in FOLDERS for path in (TOP / folder).glob("*.c")] + [TOP / name for name in FILES]
    return sorted(str(path.relative_to(TOP)) for path in found)


def build(folder, tree, *options):
    """Builds what the tests need, and returns them."""
    if not (folder / "build.ninja").exists():
        subprocess.run(["meson", "setup", folder, tree, "-Dbuildtype=plain", "-Db_ndebug=true", "-Dwarning_level=0", *options],
                       check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", folder, "build.ninja"], check=True, stdout=subprocess.DEVNULL)
    listed = subprocess.run(["ninja", "-C", folder, "-t", "targets", "all"], check=True, capture_output=True, text=True).stdout
    wanted = [name for name in re.findall(r"^([^:\n]+): (?:c_LINKER|CUSTOM_COMMAND)", listed, re.M)
              if not re.match(r"tests/(kernels|bench|interop|lattice|laws|memory|kat|docs|isa)/|meson-|.*/meson-", name)]
    made = subprocess.run(["ninja", "-C", folder, *wanted], capture_output=True, text=True)
    if made.returncode:
        raise SystemExit(made.stdout[-4000:])
    shown = subprocess.run(["meson", "introspect", "--tests", folder], check=True, capture_output=True, text=True).stdout
    return [Test(folder, entry) for entry in json.loads(shown) if any(suite.split(":")[-1] in SUITES for suite in entry["suite"])
            and entry["name"] not in OTHERS]


class Test:
    def __init__(self, folder, entry):
        self.name = entry["name"]  # its arguments are written from the build folder
        self.command = [str(folder / word) if (folder / word).is_file() else word for word in entry["cmd"]]
        self.environment = entry["env"]
        self.in_time, self.seconds, self.reached, self.lock = False, 0.0, None, threading.Lock()

    def first_run(self, limit=600, **variables):
        """Runs it with every check in place; once more when it fails, for one that is stopped by a busy machine says nothing about checks."""
        for _ in range(2):
            started = time.monotonic()
            failed = self.run(limit, **variables)
            self.seconds = time.monotonic() - started
            if failed in (None, OVERTIME):
                self.in_time = failed is None
                return
        raise SystemExit(f"{self.name}: {failed} fails with every check in place")

    def run(self, limit, **variables):
        """With these environment variables: None when it passes, otherwise the name of what failed in it."""
        environment = {**os.environ, **self.environment, **variables}
        with tempfile.TemporaryDirectory(prefix="eml-mutant-") as folder:
            environment["TMPDIR"] = folder
            process = subprocess.Popen(self.command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                       stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=limit_resources)
            try:
                output = process.communicate(timeout=limit)[0].decode(errors="replace")
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                return OVERTIME
        if process.returncode == 0 and not re.search(r"^not ok", output, re.M):
            return None
        failed = re.search(r"^not ok \d+ - (.*)", output, re.M) or re.search(r"^(?:FAIL|ERROR): (\S+)", output, re.M)
        return failed[1].strip() if failed else f"status {process.returncode}"


def limit_resources():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))


def at_once(run, items):
    """[run(item)], on every core."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(run, items))


def table(path):
    """A file of pairs of lines: {what: why}."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    if len(lines) % 2:
        raise SystemExit(f"{path}: a line and its reason take two lines")
    return {what: why.strip() for what, why in zip(lines[::2], lines[1::2])}
