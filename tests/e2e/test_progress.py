"""What commands show of long work: on a terminal what they are at, from a second on, and nothing elsewhere."""
import os
import pty
import re
import subprocess
import threading
import time

import harness
from harness import EXAMPLES, Case, chance


class Progress(Case):
    """What a compilation is at, on a terminal, when it takes more than a second; and nothing of it elsewhere."""

    def on_terminal(self, *arguments):
        """-> (standard output, what the terminal got on standard error)"""
        controller, terminal = pty.openpty()
        run = subprocess.Popen([harness.EML, *map(str, arguments)], stdout=subprocess.PIPE, stderr=terminal)
        os.close(terminal)
        got = []

        def read():
            try:
                while piece := os.read(controller, 4096):
                    got.append(piece)
            except OSError:  # nobody has the other end any more
                pass

        reader = threading.Thread(target=read)
        reader.start()
        out, _ = run.communicate(timeout=200)
        reader.join()
        os.close(controller)
        self.assertEqual(run.returncode, 0)
        return out.decode(), b"".join(got).decode()

    def test_short(self):
        source = EXAMPLES / "mtcars" / "model.eml"
        for arguments in (["check", source], ["check", source, "--verbose"], ["compile", source, "-o", self.folder / "m.emb"]):
            self.assertEqual(self.on_terminal(*arguments)[1], "")

    def test_long(self):
        rng, size = chance("progress"), 60
        while True:  # as large as takes three seconds here
            self.write("w.csv", "\n".join(",".join(repr(rng.gauss(0, 1)) for _ in range(size)) for _ in range(size)))
            source = self.write("m.eml", f"model m\ninput public x[{size}] in [-4, 4]\nparam w[{size}, {size}] = csv(\"w.csv\")\noutput y[{size}] within 1e-6 = w @ x\n")
            start = time.monotonic()
            plain = self.eml("check", source)
            if time.monotonic() - start > 3:
                break
            size = size * 3 // 2
        out, shown = self.on_terminal("check", source)
        self.assertEqual(out, plain.stdout)
        lines = re.findall(r"\r\033\[K([a-z ]+), (\d+) s", shown)
        self.assertIn("choosing units", [line[0] for line in lines])
        self.assertEqual(sorted(int(line[1]) for line in lines)[0], 1)
        self.assertIn("\r\033[K", re.sub(r"\r\033\[K[a-z ]+, \d+ s", "", shown))  # the line is gone before anything else is said
        self.assertNotIn("\033", plain.stderr)
