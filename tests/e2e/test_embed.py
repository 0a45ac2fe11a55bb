"""The libraries as another program has them: installed, found with pkg-config, linked. Commands are those of examples/embed/README.md."""
import os
import re
import shutil
import subprocess

from harness import EXAMPLES, TOP, Case, Proved, built


class Embed(Case):
    def setUp(self):
        super().setUp()
        self.proved = Proved.of("linnerud")
        for name, path in (("inputs.csv", self.proved.inputs), ("outputs.csv", self.proved.outputs), ("out.proof", self.proved.proof)):
            shutil.copy(path, self.folder / name)
        (self.folder / "build").symlink_to(built("."))
        (self.folder / "examples").symlink_to(EXAMPLES)

    def sh(self, command, status=0):
        """In a folder that looks like the top of the tree, with everything installed under root/ of it."""
        root = self.folder / "root"
        libraries = ":".join(str(path.parent) for path in root.rglob("libeml_verify.so"))
        env = {**os.environ, "DESTDIR": str(root), "PKG_CONFIG_SYSROOT_DIR": str(root), "LD_LIBRARY_PATH": libraries,
               "PKG_CONFIG_PATH": ":".join(str(path.parent) for path in root.rglob("eml_verify.pc")),
               "PKG_CONFIG_ALLOW_SYSTEM_CFLAGS": "1", "PKG_CONFIG_ALLOW_SYSTEM_LIBS": "1"}
        result = subprocess.run(["sh", "-c", command.replace("HASH", self.proved.hash)], cwd=self.folder, env=env, capture_output=True, text=True)
        self.assertEqual(result.returncode, status, f"{command}\n{result.stdout}{result.stderr}")
        return result.stdout

    def test_readme(self):
        text = (EXAMPLES / "embed" / "README.md").read_text()
        commands = re.findall(r"^    (.+)$", text, re.M)
        self.assertEqual([command.split()[0] for command in commands],
                         ["build/examples/embed/embed-verify", "meson", "cc", "./embed-verify", "cc", "./embed-stream"])
        house = re.search(r"```eml\n(.*?)```", (TOP / "README.md").read_text(), re.S)[1]
        self.eml("compile", self.write("house.eml", house), "-o", self.folder / "house.emb")
        said = [self.sh(command) for command in commands]
        self.assertRegex(said[0], r"^accepted: 20 rows, \d+ bits proven\n$")
        self.assertEqual(said[3], said[0])
        self.check_refusal(commands[3])
        self.check_all_of_it(commands[2], commands[3])
        self.assertRegex(said[5], r"^(1000 rows proved in \d+ bytes, the first: \d+\.\d+\n){3}$")
        self.assertEqual(len(set(said[5].splitlines())), 3)
        self.assertEqual(self.sh(commands[5] + " 2 1").count("1 rows proved"), 2)
        self.assertEqual(self.sh(commands[5].replace("house.emb", "out.proof"), status=2), "")

    def check_refusal(self, command):
        outputs = self.folder / "outputs.csv"
        outputs.write_text(re.sub(r"\d$", lambda digit: str((int(digit[0]) + 1) % 10), outputs.read_text().rstrip(), 1) + "\n")
        self.assertIn("refused (statement)", self.sh(command, status=1))
        shutil.copy(self.proved.outputs, outputs)

    def check_all_of_it(self, compile_it, run_it):
        """libeml has everything that libeml_verify has."""
        (self.folder / "embed-verify").unlink()
        self.sh(compile_it.replace("eml_verify)", "eml)"))
        self.assertIn("accepted", self.sh(run_it))
