"""Every ```eml block of the documentation compiles; a block marked `eml error=E0301` fails with that code."""
import re

from harness import TOP, Case

BLOCK = re.compile(r"^```eml(?: error=(\w+))?\n(.*?)^```$", re.M | re.S)


class Documentation(Case):
    def test_blocks(self):
        tried = 0
        for page in sorted(TOP.glob("docs/*.md")) + [TOP / "README.md"]:
            for code, text in BLOCK.findall(page.read_text()):
                with self.subTest(page=page.name, block=text):
                    self.check_block(text, code)
                    tried += 1
        self.assertGreater(tried, 9)

    def check_block(self, text, code):
        """A block that declares no model is the rest of one."""
        self.write("weights.csv", "0.5,-1.25,2\n")
        path = self.write("block.eml", text if text.lstrip().startswith("model") or "\nmodel " in text else "model block\n" + text)
        if code:
            self.assertIn(f"error[{code}]", self.eml("check", path, status=2).stderr)
        else:
            self.eml("compile", path)
            self.eml("test", path)
