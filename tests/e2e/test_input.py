"""Broken files and values: status 2, nothing on standard output, a message that says where."""
from harness import EXAMPLES, Case, Proved

GOOD = "Chins,Situps,Jumps\n5,162,60\n2,110,60\n"


class BadInput(Case):
    def run_with(self, text, *words):
        result = self.eml("run", Proved.of("linnerud").bundle, "--input", self.write("rows.csv", text), status=2)
        self.assert_input_error(result, "rows.csv", *words)

    def test_good(self):
        self.eml("run", Proved.of("linnerud").bundle, "--input", self.write("rows.csv", GOOD))

    def test_values(self):
        self.run_with(GOOD.replace("110", "252"), "row 2", "Situps", "252")
        self.run_with(GOOD.replace("110", "49.9"), "row 2", "Situps")
        self.run_with(GOOD.replace("110", "110.5"), "row 2", "Situps")
        for text in ("many", "", "nan", "inf", "0x10", "1e", "--5", "1,5"):
            self.run_with(GOOD.replace("110", text if "," not in text else f'"{text}"'), "row 2", "Situps")

    def test_columns(self):
        self.run_with("Chins,Jumps\n5,60\n", "Situps")
        self.run_with("Chins,Situps,Jumps,Pulse\n5,162,60,7\n", "Pulse")
        self.run_with("Chins,Situps,Jumps,Jumps\n5,162,60,60\n", "Jumps")
        self.run_with("Chins,Situps,Jumps\n5,162\n", "row 1")
        self.run_with("Chins,Situps,Jumps\n5,162,60,1\n", "row 1")

    def test_extra_columns_when_allowed(self):
        rows = self.write("rows.csv", "name,Chins,Situps,Jumps\nJoe,5,162,60\n")
        self.eml("run", Proved.of("linnerud").bundle, "--input", rows, "--allow-extra")

    def test_files(self):
        self.run_with("", "empty")
        self.run_with("Chins,Situps,Jumps\n", "row")
        self.run_with("[]", "row")
        self.run_with('[{"Chins": 5, "Situps": 162}]', "Jumps")
        self.run_with('[{"Chins": 5, "Situps": 162, "Jumps": true}]', "row 1", "Jumps")
        self.run_with('[{"Chins": 5', "")
        result = self.eml("run", Proved.of("linnerud").bundle, "--input", self.folder / "missing.csv", status=2)
        self.assert_input_error(result, "missing.csv")
        self.assert_input_error(self.eml("run", Proved.of("linnerud").bundle, status=2), "input")
        two = self.eml("run", Proved.of("linnerud").bundle, "--input", Proved.of("linnerud").inputs, "--input", Proved.of("linnerud").inputs, status=2)
        self.assert_input_error(two, "second")

    def test_broken_bundles(self):
        honest = Proved.of("linnerud").bundle.read_bytes()
        for at in list(range(0, len(honest), max(1, len(honest) // 150))) + [len(honest) - 1]:
            bad = bytearray(honest)
            bad[at] ^= 0x15
            with self.subTest(position=at):
                self.check_broken(self.write("bad.emb", bytes(bad)), at, honest)
        for length in (0, 1, 10, len(honest) // 2, len(honest) - 1):
            self.check_broken(self.write("bad.emb", honest[:length]), length, honest)
        self.check_broken(EXAMPLES / "linnerud" / "model.eml", 0, honest)

    def check_broken(self, path, at, honest):
        """Every byte of a bundle is checked but those of its report, which is text for people."""
        if honest.find(b"{", honest.find(b"report")) <= at < len(honest) and b"report" in honest:
            return
        result = self.eml("run", path, "--input", Proved.of("linnerud").inputs, status=2)
        self.assert_input_error(result, path.name)

    def test_verify_needs_readable_questions(self):
        proved = Proved.of("linnerud")
        missing = self.folder / "missing"
        for change in ("program", "input", "output", "proof"):
            self.assert_input_error(proved.verify(status=2, **{change: missing}), "missing")
        self.assert_input_error(proved.verify(status=2, program=proved.hash[:-1]), proved.hash[:-1])
        self.assert_input_error(proved.verify(status=2, input=self.write("no.csv", "")), "no.csv")
        self.assert_input_error(proved.verify(status=2, output=self.write("no.csv", "Weight,Waist\n1,2\n")), "Pulse")

    def test_models_with_errors(self):
        path = self.write("bad.eml", "model bad\ninput public x in [0, 1]\noutput y within 1e-3 = 2 * xx\n")
        for command in ("check", "compile", "test"):
            result = self.eml(command, path, status=2)
            self.assert_input_error(result, "bad.eml:3:", "error[E0202]", "xx")
        self.assertFalse((self.folder / "bad.emb").exists())
        self.assert_input_error(self.eml("check", self.folder / "missing.eml", status=2), "missing.eml")
