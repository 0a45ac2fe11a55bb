"""Files that are never lost: no output destroys an input, another output or a secret key; none is ever seen half-written."""
import json
import os
import pty
import re
import resource
import signal
import stat
import subprocess

import harness
from harness import EXAMPLES, TOP, Case, Proved, built
from test_encrypted import Encrypted, setUpModule, tearDownModule  # noqa: F401 (unittest calls them)

MODEL = EXAMPLES / "linnerud" / "model.eml"


def written():
    """(command, option) for every option of options.def that a command writes to."""
    text = (TOP / "compiler/cli/options.def").read_text()
    return {(command, re.search(r'"([\w-]+)"', option).group(1))
            for option in re.split(r"^OPTION", text, flags=re.M)[1:] for command in re.findall(r"WRITTEN_BY\((\w+)\)", option)}


class Folder(Case):
    """A folder with one file of every kind."""

    def setUp(self):
        super().setUp()
        made, plain = Encrypted.of("linnerud"), Proved.of("linnerud")
        for name, source in {"m.eml": MODEL, "m.emb": plain.bundle, "r.csv": plain.inputs, "o.csv": plain.outputs, "x.proof": plain.proof,
                             "s.emb": made.bundle, "s.csv": made.table, "s.ct": made.inputs, "o.ct": made.outputs,
                             "k": made.owner.secret, "pub": made.owner.public}.items():
            self.write(name, source.read_bytes())
        self.write("a.asm", "push.1\npush.2\nadd\n")
        self.write("c.eml", "model c\ninput committed a in [0, 255] integer\ninput public b in [0, 9] integer\noutput y within 100 = a + b\n")
        self.write("c.csv", "a\n200\n")
        self.write("b.csv", "b\n7\n")
        self.eml("compile", self.folder / "c.eml")
        self.eml("commit", self.folder / "c.emb", "--input", self.folder / "c.csv", "--opening", self.folder / "c.open")
        self.write("phrase", "correct horse\n")
        (self.folder / "k").chmod(0o600)

    def contents(self):
        return {p.name: p.read_bytes() for p in self.folder.iterdir() if p.is_file() and not p.is_symlink()}

    def temporary(self):
        return [p for p in self.folder.iterdir() if "tmp" in p.name]

    def run_here(self, words, env=None, **options):
        return subprocess.run([harness.EML, *words.split()], cwd=self.folder, capture_output=True, text=True, timeout=120,
                              env={**os.environ, **(env or {})}, **options)

    def assert_refused(self, words, *said):
        before = self.contents()
        result = self.run_here(words)
        self.assertEqual(result.returncode, 2, f"{words}: {result.stderr}")
        for word in said:
            self.assertIn(word, result.stderr, words)
        self.assertEqual(self.contents(), before, words)


class Clashes(Folder):
    def test_every_output_against_every_other_file(self):
        os.link(self.folder / "r.csv", self.folder / "hard.csv")
        (self.folder / "soft.emb").symlink_to("m.emb")
        (self.folder / "dangling").symlink_to("new")
        cases = {
            "compile m.eml -o m.eml": ("--output", "FILE"),
            "compile m.emb": ("--output", "FILE"),
            "compile m.eml -o z --emit asm=z": ("--output", "--emit"),
            "compile m.eml --emit asm=m.eml": ("--emit", "FILE"),
            "compile m.eml --emit asm=z --emit air=./z": ("--emit asm", "--emit air"),
            "compile m.eml -o z --salt m.eml": ("--salt", "FILE"),
            "compile m.eml -o z --salt z.public.emb": ("--salt", "--output"),
            "asm a.asm -o ./a.asm": ("--output", "FILE"),
            "disasm m.emb -o soft.emb": ("--output", "BUNDLE"),
            "run m.emb -i r.csv -o r.csv": ("--output", "--input"),
            "run m.emb -i r.csv -o hard.csv": ("--output", "--input"),
            "run m.emb -i r.csv -o m.emb": ("--output", "BUNDLE"),
            "prove m.emb -i r.csv -o x -p x": ("--output", "--proof"),
            "prove c.emb -i b.csv --opening c.open -o c.open -p x": ("--output", "--opening"),
            "run c.emb -i b.csv --opening c.open -o c.open": ("--output", "--opening"),
            "commit c.emb -i c.csv --opening c.csv": ("--opening", "--input"),
            "commit c.emb -i c.csv --opening c.emb": ("--opening", "BUNDLE"),
            "commit c.emb --schema c.emb": ("--schema", "BUNDLE"),
            "prove m.emb -i r.csv -o new -p dangling": ("--output", "--proof"),
            "prove m.emb -i r.csv -o o.csv -p r.csv": ("--proof", "--input"),
            "prove m.emb -i r.csv -o o.csv -p m.emb": ("--proof", "BUNDLE"),
            "keygen --secret new --public dangling": ("--secret", "--public"),
            "keygen --secret a --public a": ("--secret", "--public"),
            "keygen --secret a --public phrase --passphrase-file phrase": ("--public", "--passphrase-file"),
            "encrypt s.emb --public pub -i s.csv -o pub": ("--output", "--public"),
            "encrypt s.emb --public pub -i s.csv -o s.csv": ("--output", "--input"),
            "encrypt s.emb --secret k -i s.csv -o k": ("--output", "--secret"),
            "decrypt s.emb --secret k --sent s.ct -i o.ct --proof x.proof -o s.ct": ("--output", "--sent"),
            "decrypt s.emb --secret k --sent s.ct --public-input r.csv -i o.ct --proof x.proof -o r.csv": ("--output", "--public-input"),
            "decrypt s.emb --secret k --sent s.ct -i o.ct --proof x.proof -o x.proof": ("--output", "--proof"),
            "decrypt s.emb --unverified --secret k -i o.ct -o k": ("--output", "--secret"),
            "decrypt s.emb --unverified --secret k -i o.ct -o ../" + self.folder.name + "/o.ct": ("--output", "--input"),
            "decrypt s.emb --unverified --secret k -i o.ct -o phrase --passphrase-file phrase": ("--output", "--passphrase-file"),
        }
        for words, names in cases.items():
            with self.subTest(words):
                self.assert_refused(words, "same file", *(name.split()[0] for name in names))
        self.assertEqual({(w.split()[0], o[2:].split()[0]) for w, names in cases.items() for o in names if o.startswith("--")} & written(), written())

    def test_standard_output(self):
        before = self.contents()
        with open(self.folder / "r.csv", "a") as out:
            result = subprocess.run([harness.EML, "run", "m.emb", "-i", "r.csv"], cwd=self.folder, stdout=out, stderr=subprocess.PIPE, text=True)
        self.assertEqual(result.returncode, 2)
        self.assertIn("standard output and --input", result.stderr)
        self.assertEqual(self.contents(), before)

    def test_reading_a_file_twice_and_devices(self):
        for words in ("verify --program m.emb --input r.csv --output o.csv --proof x.proof", "prove m.emb -i r.csv -o /dev/null -p /dev/null",
                      "fmt m.eml m.eml"):
            self.assertEqual(self.run_here(words).returncode, 0, words)
        self.assertEqual(self.run_here("verify --program m.emb --input r.csv --output r.csv --proof r.csv").returncode, 1)


class Keys(Folder):
    def test_no_command_replaces_a_secret_key(self):
        self.assert_kept("k", "secret key", "never overwritten")

    def test_no_command_replaces_an_opening(self):
        self.assert_kept("c.open", "opening", "never overwritten")

    def assert_kept(self, name, *said):
        self.write("b.key", (self.folder / name).read_bytes())
        (self.folder / "link").symlink_to("b.key")
        cases = ["compile m.eml -o b.key", "compile m.eml --emit asm=b.key", "asm a.asm -o b.key", "disasm m.emb -o b.key",
                 "run m.emb -i r.csv -o link", "prove m.emb -i r.csv -o b.key -p new", "prove m.emb -i r.csv -o new -p b.key",
                 "keygen --secret b.key --public new", "keygen --secret new --public b.key", "encrypt s.emb --public pub -i s.csv -o link",
                 "decrypt s.emb --unverified --secret k -i o.ct -o b.key", "commit c.emb -i c.csv --opening b.key",
                 "commit c.emb --schema link"]
        covered = {(w.split()[0], {"-o": "output", "-p": "proof"}.get(x, x[2:])) for w in cases
                   for x, y in zip(w.split()[1:], w.split()[2:]) if y.split("=")[-1] in ("b.key", "link")}
        self.assertEqual(covered, written() - {("compile", "salt")})  # which is only ever written where no file is
        for words in cases:
            with self.subTest(words):
                self.assert_refused(words, *said)

    def test_a_key_that_cannot_be_read(self):
        """Neither can one say that it is none."""
        self.folder.chmod(0o777)
        (self.folder / "k").chmod(0)
        if os.getuid() == 0:
            result = self.run_here("run m.emb -i r.csv -o k", user=65534)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn("cannot be read", result.stderr)
        self.assertEqual((self.folder / "k").stat().st_size, Encrypted.owner().secret.stat().st_size)

    def test_one_of_several_wins(self):
        for attempt in range(12):
            secret, public = self.folder / f"{attempt}.key", self.folder / f"{attempt}.pub"
            command = [harness.EML, "keygen", "--secret", str(secret), "--public", str(public)]
            env = {**os.environ, **({"LD_PRELOAD": witness(), "EML_TEST_PLAIN_RENAME": "1"} if attempt % 2 else {}), **SANITIZED}
            running = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env) for _ in range(4)]
            errors = [p.communicate()[1].decode() for p in running]
            self.assertEqual(sorted(p.returncode for p in running), [0, 2, 2, 2], errors)
            self.assertEqual(sum("never overwritten" in e for e in errors), 3, errors)
            self.assert_pair(secret, public)
        self.assertEqual(self.temporary(), [])

    def assert_pair(self, secret, public):
        ids = {json.loads(self.eml("inspect", path, "--json").stdout)["key_id"] for path in (secret, public)}
        self.assertEqual(len(ids), 1)

    def test_interrupted(self):
        """Whatever ends keygen, and wherever: no public key without its secret key, none of another pair, nothing for others to read."""
        stale = Encrypted.owner().public.read_bytes()
        for number in (signal.SIGTERM, signal.SIGKILL):
            for plain in ("0", "1"):
                for step in range(1, 100):
                    secret, public = self.folder / "new.key", self.write("new.pub", stale)
                    env = {"EML_TEST_PLAIN_RENAME": "1"} if plain == "1" else {}
                    result = interrupted(self, "keygen --secret new.key --public new.pub", number, step, env)
                    if secret.exists():
                        self.assertEqual(stat.S_IMODE(secret.stat().st_mode), 0o600)
                    if public.exists() and (secret.exists() or public.read_bytes() != stale):
                        self.assert_pair(secret, public)
                    for left in self.temporary():
                        self.assertEqual(number, signal.SIGKILL)
                        self.assertTrue(left.read_bytes()[:8] != b"EMLSECK\n" or stat.S_IMODE(left.stat().st_mode) == 0o600)
                        left.unlink()
                    if secret.exists():
                        secret.unlink()
                    if result == 0:
                        break
                self.assertGreater(step, 6)


def witness():
    return str(built("tests/e2e/libwitness.so"))


SANITIZED = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}


def interrupted(case, words, number, step, env=None):
    """The exit status when the signal arrives before the step: 0 when there are fewer steps, else the signal's, negative."""
    result = case.run_here(words, {"LD_PRELOAD": witness(), "EML_TEST_SIGNAL": str(int(number)), "EML_TEST_STEP": str(step), **SANITIZED, **(env or {})},
                           preexec_fn=lambda: number == signal.SIGKILL or signal.signal(number, signal.SIG_DFL))  # nohup, say, ignores some
    case.assertIn(result.returncode, (0, -number), result.stderr)
    return result.returncode


class Interrupted(Folder):
    def each(self, words, number, check):
        for step in range(1, 100):
            status = interrupted(self, words, number, step)
            left = self.temporary()
            if number != signal.SIGKILL:
                self.assertEqual(left, [], f"{words}, {number.name} before step {step}")
            check()
            for path in left:
                path.unlink()
            if status == 0:
                self.assertGreater(step, 3)
                return
        self.fail("it never ends")

    def test_old_or_new(self):
        new = (self.folder / "o.csv").read_bytes()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL):
            out = self.write("out.csv", "old")
            self.each("run m.emb -i r.csv -o out.csv", number, lambda: self.assertIn(out.read_bytes(), (b"old", new)))
            self.assertEqual(out.read_bytes(), new)

    def test_an_old_proof_never_beside_new_outputs(self):
        new = {"out.csv": (self.folder / "o.csv").read_bytes(), "out.proof": (self.folder / "x.proof").read_bytes()}
        for number in (signal.SIGTERM, signal.SIGKILL):
            seen = set()

            def check():
                here = {name: (self.folder / name).read_bytes() if (self.folder / name).exists() else None for name in new}
                old_outputs, old_proof = here["out.csv"] == b"old", here["out.proof"] == b"old"
                self.assertTrue(old_outputs or here["out.csv"] == new["out.csv"])
                if here["out.proof"] is not None:
                    self.assertEqual(old_outputs, old_proof)
                seen.add((old_outputs, here["out.proof"] and old_proof))
                self.write("out.csv", "old")
                self.write("out.proof", "old")

            self.write("out.csv", "old")
            self.write("out.proof", "old")
            self.each("prove m.emb -i r.csv -o out.csv -p out.proof", number, check)
            if number == signal.SIGKILL:
                self.assertEqual(seen, {(True, True), (True, None), (False, None), (False, False)})

    def test_ignored_signals_are_ignored(self):
        result = self.run_here("run m.emb -i r.csv -o out.csv",
                               {"LD_PRELOAD": witness(), "EML_TEST_SIGNAL": "1", "EML_TEST_STEP": "2", **SANITIZED},
                               preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((self.folder / "out.csv").read_bytes(), (self.folder / "o.csv").read_bytes())

    def test_a_reader_that_does_not_read(self):
        """Waiting for a pipe, eml still ends when it is told to."""
        os.mkfifo(self.folder / "pipe")
        header, *rows = (self.folder / "r.csv").read_text().splitlines(keepends=True)
        self.write("many.csv", header + "".join(rows) * 500)  # more outputs than a pipe holds
        for path in ("pipe", "/dev/stdout", "-"):
            process = subprocess.Popen([harness.EML, "run", "m.emb", "-i", "many.csv", "-o", path], cwd=self.folder, stdout=subprocess.PIPE)
            with self.assertRaises(subprocess.TimeoutExpired):
                process.wait(1)
            process.terminate()
            self.assertEqual(process.wait(5), -signal.SIGTERM)
            process.stdout.close()

    def test_file_size_limit(self):
        old = self.write("out.csv", "old")
        result = self.run_here("run m.emb -i r.csv -o out.csv", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))
        self.assertEqual(result.returncode, 2)
        self.assertIn("File too large", result.stderr)
        self.assertEqual(old.read_text(), "old")
        self.assertEqual(self.temporary(), [])


class Written(Folder):
    def run_to(self, path, **options):
        result = self.run_here(f"run m.emb -i r.csv -o {path}", **options)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_shared_memory_is_replaced(self):
        path = f"/dev/shm/eml-test-{os.getpid()}"
        self.addCleanup(os.unlink, path)
        for _ in range(2):
            self.run_to(path)
            with open(path) as file:
                self.assertEqual(file.read(), (self.folder / "o.csv").read_text())

    def test_modes(self):
        for umask, mode in ((0o022, 0o644), (0o077, 0o600), (0o002, 0o664)):
            name = f"out{umask}"
            self.run_to(name, umask=umask)
            self.assertEqual(stat.S_IMODE((self.folder / name).stat().st_mode), mode)
        for mode in (0o600, 0o640, 0o444):
            path = self.write("kept", "old")
            path.chmod(mode)
            self.run_to("kept")
            self.assertEqual((path.read_text(), stat.S_IMODE(path.stat().st_mode)), ((self.folder / "o.csv").read_text(), mode))
        path = self.write("rows", "old")
        path.chmod(0o644)
        self.assertEqual(self.run_here("decrypt s.emb --unverified --secret k -i o.ct -o rows", umask=0).returncode, 0)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertEqual(self.run_here("keygen --secret new.key --public new.pub", umask=0).returncode, 0)
        self.assertEqual([stat.S_IMODE((self.folder / x).stat().st_mode) for x in ("new.key", "new.pub")], [0o600, 0o666])

    def test_links(self):
        (self.folder / "sub").mkdir()
        link, second = self.folder / "link", self.folder / "sub" / "second"
        link.symlink_to("sub/second")
        second.symlink_to("../target")
        for _ in range(2):
            self.run_to("link")
            self.assertEqual((os.readlink(link), os.readlink(second)), ("sub/second", "../target"))
            self.assertEqual((self.folder / "target").read_text(), (self.folder / "o.csv").read_text())
        (self.folder / "loop").symlink_to("loop")
        self.assert_refused("run m.emb -i r.csv -o loop", "loop", "cannot write")

    def test_long_names(self):
        name = "n" * 255
        self.run_to(name)
        self.assertEqual((self.folder / name).read_text(), (self.folder / "o.csv").read_text())
        self.assert_refused(f"run m.emb -i r.csv -o n{name}", "too long")

    def test_unwritable_folders(self):
        closed = self.folder / "closed"
        closed.mkdir(0o555)
        (self.folder / "link").symlink_to("closed/out")
        self.folder.chmod(0o755)
        user = {"user": 65534} if os.getuid() == 0 else {}
        for path in ("closed/out", "link", "/proc/out", "/sys/out", "closed/no/out", "out/"):
            for words in ("run m.emb -i r.csv -o", "prove m.emb -i r.csv -o /dev/null -p", "keygen --public /dev/null --secret"):
                result = self.run_here(f"{words} {path}", **user)
                self.assertEqual(result.returncode, 2, f"{words} {path}: {result.stderr}")
                self.assertIn("cannot write", result.stderr)
        self.assertEqual(list(closed.iterdir()), [])


class Names(Case):
    def test_controls_do_not_reach_the_terminal(self):
        name = "a\033]0;title\007b\nc\u009bd\u202e"
        for arguments in (["run", name], ["check", name], ["fmt", name], ["compile", name, "-o", "x"], [name], ["verify", "--program", name, "-i", "x", "-o", "y", "-p", "z"],
                          ["run", f"--{name}"], ["keygen", "--secret", "/no/" + name, "--public", "x"]):
            said = self.eml(*arguments, status=2).stderr
            self.assertEqual([c for c in said.rstrip("\n") if c < " " or "\x7f" <= c < "\xa0" or c == "\u202e"], [], arguments)
        source = self.write("m\033[2J.eml", "model m\ninput public x in\n")
        self.assertNotIn("\033", self.eml("check", source, status=2).stderr)

    def test_results_on_a_terminal(self):
        source = self.write("m\033[2J.eml", MODEL.read_text())
        self.assertEqual(self.eml("check", source).stdout, f"{source}: ok\n")
        controller, terminal = pty.openpty()
        subprocess.run([harness.EML, "check", str(source)], stdout=terminal, check=True)
        os.close(terminal)
        said = os.read(controller, 4096)
        os.close(controller)
        self.assertIn(b": ok", said)
        self.assertNotIn(b"\033", said)
