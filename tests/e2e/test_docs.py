"""Every ```eml block of the documentation compiles; a block marked `eml error=E0301` fails with that code, one marked `eml warning=W0219` says so."""
import json
import pathlib
import re
import subprocess

import harness
from harness import TOP, Case

BLOCK = re.compile(r"^```eml(?: (?:error|warning)=(\w+))?\n(.*?)^```$", re.M | re.S)


class Documentation(Case):
    def test_blocks(self):
        tried = 0
        for page in sorted(TOP.glob("docs/*.md")) + [TOP / "README.md"]:
            for code, text in BLOCK.findall(page.read_text()):
                with self.subTest(page=page.name, block=text):
                    self.check_block(page.name, text, code)
                    tried += 1
        self.assertGreater(tried, 9)

    def test_every_code_has_an_example(self):
        """But those that only a long or unreadable text shows."""
        page = (TOP / "docs" / "diagnostics.md").read_text()
        shown = {code for code, _ in BLOCK.findall(page) if code}
        codes = set(re.findall(r"^## (\w+): ", page, re.M))
        self.assertEqual(codes - shown, {"E0002", "E0003", "E0107", "E0116", "E0205", "E0407"})
        sections = re.split(r"^## ", page, flags=re.M)[1:]
        for section in sections:
            self.assertEqual([code for code, _ in BLOCK.findall(section)][-1], "", section)  # one without it

    def test_links(self):
        for page in sorted(TOP.glob("docs/*.md")) + sorted(TOP.glob("examples/*/README.md")) + [TOP / "README.md"]:
            for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
                if "://" not in target:
                    with self.subTest(page=page.name, link=target):
                        self.assertTrue((page.parent / target).exists())

    def test_readme_tour(self):
        """The indented eml commands of the README, one after the other, as a newcomer types them."""
        text = (TOP / "README.md").read_text()
        self.write("house.eml", BLOCK.findall(text)[0][1])
        commands = re.findall(r"^    \$ (.+)$", text, re.M)
        self.assertGreaterEqual(len(commands), 12)
        said = ""
        for command in commands:
            published = json.loads(self.eml("inspect", self.folder / "house.emb", "--json").stdout)["program_hash"] if "HASH" in command else ""
            line = command.replace("build/eml", str(pathlib.Path(harness.EML))).replace("HASH", published)
            result = subprocess.run(["sh", "-c", line], cwd=self.folder, capture_output=True, text=True)
            self.assertEqual(result.returncode, 0, f"{command}\n{result.stderr}")
            said += result.stdout
        self.assertEqual(said.count("verified: "), 4)
        self.assertTrue(said.endswith("price\n210811.5\n332310.75\n"), said)
        self.check_inspected()

    def check_inspected(self):
        """docs/soundness.md shows what inspect says of the proof of that tour."""
        shown = re.search(r"^    \$ eml inspect out\.proof\n((?:    .+\n)+)", (TOP / "docs" / "soundness.md").read_text(), re.M).group(1)
        said = self.eml("inspect", self.folder / "prices.proof").stdout.splitlines()
        for line in shown.splitlines():
            if line.strip() != "...":
                self.assertIn(line[4:], said)

    def check_block(self, page, text, code):
        """A block that declares no model is the rest of one."""
        self.write("weights.csv", "0.5,-1.25,2\n")
        self.write("features.csv", "name,lo,hi\nage,18,99\nincome,0,1e6\nsepal length (cm),4,8\n")
        self.write("coef.csv", '"term","estimate"\n"(Intercept)",1.5\n"income",-2\n"age",0.25\n"sepal length (cm)",3\n')
        (self.folder / "block.emb").unlink(missing_ok=True)  # an owner's bundle is not replaced without --salt
        path = self.write("block.eml", text if code == "E0109" or text.lstrip().startswith("model") or "\nmodel " in text else "model block\n" + text)
        self.write("pairs.csv", "1,2,3\n4,5,6\n")
        if code and code.startswith("W"):
            self.assertIn(f"warning[{code}]", self.eml("check", path).stderr)
        elif code:
            self.assertIn(f"error[{code}]", self.eml("compile", path, status=2).stderr)
        else:
            said = self.eml("compile", path)
            self.assertEqual(said.stderr if page == "diagnostics.md" else "", "")
            self.eml("test", path)
