"""Tables from memory through libeml, as another program gives them: the outputs, statements and proofs are those of the CSV files with the same values."""
import array
import ctypes
import json
import re
import sys

from harness import TOP, Case, built, call, chance, read_table

sys.path.insert(0, str(TOP / "tests" / "support"))
from libeml import TYPES, Array, Arrays, Library, VerifyRequest, Verdict, file_at, file_of

CODES = dict(re.findall(r"EML_CODE_(\w+) = (\d+)", (TOP / "runtime/include/eml.h").read_text()))
MODEL = """model lending
input public income in [0, 500000]
input public ratio in [-1, 1]
input public age in [18, 120] integer
input public plan in {"basic", "plus", "pro"}
output score within 1e-3 = 0.00001 * income + 1.25 * ratio - 0.02 * age + onehot(plan)[1] * 0.5 - onehot(plan)[2] * 0.75
output debt within 1e-2 = income * 0.35
result probability within 1e-4 = logistic(score)
result granted = probability >= 0.6
"""
CODE_OF = {"d": "double", "f": "float", "q": "int64", "i": "int32", "b": "int8"}
PLANS = ["basic", "plus", "pro"]


class Table:
    """Columns, and the CSV file of the same values. Keeps what it points to."""

    def __init__(self, columns):
        self.columns = columns
        self.rows = len(next(iter(columns.values())))
        self.kept = []
        self.arrays = Arrays((Array * len(columns))(*(self.array(name, values) for name, values in columns.items())), len(columns), self.rows, None, None)

    def array(self, name, values):
        if isinstance(values, array.array):
            return Array(name.encode(), TYPES[CODE_OF[values.typecode]], values.buffer_info()[0], 0, None, 0)
        texts = (ctypes.c_char_p * len(values))(*(value.encode() for value in values))
        self.kept.append(texts)
        return Array(name.encode(), TYPES["text"], ctypes.cast(texts, ctypes.c_void_p), 0, None, 0)

    def csv(self):
        rows = zip(*self.columns.values(), strict=True)
        return ",".join(self.columns) + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)


def draw(chosen, rows):
    return Table({"plan": [chosen.choice(PLANS) for _ in range(rows)],
                  "income": array.array("d", (round(chosen.uniform(0, 5e5), chosen.choice((0, 2, 9))) for _ in range(rows))),
                  "ratio": array.array("d", (chosen.uniform(-1, 1) for _ in range(rows))),
                  "age": array.array("b", (chosen.randint(18, 120) for _ in range(rows)))})


class InMemory(Case):
    def setUp(self):
        super().setUp()
        self.model = self.folder / "model.emb"
        compiled = call("compile", self.write("model.eml", MODEL), "-o", self.model, "--json")
        self.hash = json.loads(compiled.stdout)["program_hash"]
        self.lib = Library(built("runtime/session/libeml.so"))
        self.session = self.lib.load(self.model)

    def tearDown(self):
        self.lib.so.eml_session_free(self.session)
        self.lib.so.eml_error_free(self.lib.error)

    def add(self, table, extra=False):
        return self.lib.call("eml_session_add_arrays", self.session, ctypes.byref(table.arrays), ctypes.c_bool(extra))

    def run_table(self, table):
        self.assertEqual(self.add(table)[0], 0)
        self.lib.need("eml_session_run", self.session)

    def files(self, table):
        """What the command makes of the CSV file."""
        rows, outputs, proof = self.write("rows.csv", table.csv()), self.folder / "out.csv", self.folder / "out.proof"
        call("prove", self.model, "--input", rows, "--output", outputs, "--proof", proof)
        header, lines = read_table(outputs.read_text())
        return {name: [line[i] for line in lines] for i, name in enumerate(header)}, proof

    def expect(self, code, says, result, status=2):
        self.assertEqual(result[:2], (status, int(CODES[code])), result[2])
        self.assertIn(says, result[2])


class Both(InMemory):
    def test_a_stream_through_one_session(self):
        chosen = chance("arrays")
        for rows in (1, 2, 63, 3000):
            table = draw(chosen, rows)
            printed, proof = self.files(table)
            self.run_table(table)
            names = iter(lambda: self.lib.so.eml_session_output_name(self.session, ctypes.c_size_t(len(found))), None)
            found = {}
            for name in names:
                found[name.decode()] = self.lib.doubles(self.session, name.decode())
            self.assertEqual(list(found), ["score", "debt", "probability", "granted"])
            self.assertEqual(found, {name: list(map(float, column)) for name, column in printed.items()})
            for name, column in printed.items():
                integers, unit = self.lib.integers(self.session, name)
                places = len(unit.partition(".")[2])
                self.assertEqual([f"{k / 10**places:.{places}f}" for k in integers], [f"{float(text):.{places}f}" for text in column])
            self.check_proofs(table, found, proof)
            self.lib.so.eml_session_clear_inputs(self.session)

    def check_proofs(self, table, found, proof):
        """One made here holds of the files, one of the files holds of the arrays."""
        here = self.lib.prove(self.session)
        made = self.folder / "here.proof"
        made.write_bytes(here)
        call("verify", "--program", self.hash, "--input", self.folder / "rows.csv", "--output", self.folder / "out.csv", "--proof", made)
        outputs = {name: array.array("d", found[name]) for name in ("debt", "score")}
        self.assertEqual(self.lib.verify(self.hash, table.arrays, Table(outputs).arrays, proof.read_bytes())[0], 0)
        with_results = Table({**outputs, "granted": array.array("b", map(int, found["granted"]))})
        self.assertEqual(self.lib.verify(self.hash, table.arrays, with_results.arrays, here)[0], 0)
        outputs["score"][-1] = round(outputs["score"][-1] + 0.001, 6)
        answer, says = self.lib.verify(self.hash, table.arrays, Table(outputs).arrays, here)
        self.assertEqual((answer, "the outputs differ from what was proved" in says), (1, True), says)
        outputs["score"][-1] += 1e-9
        answer, says = self.lib.verify(self.hash, table.arrays, Table(outputs).arrays, here)
        self.assertEqual((answer, f'(arrays): row {table.rows}, column "score"' in says), (1, True), says)


class Refused(InMemory):
    def test_values(self):
        table = draw(chance("refused"), 5)
        for name, value, code, says in (("income", float("nan"), "FORMAT", '"NaN" is not a number'), ("ratio", float("-inf"), "FORMAT", '"-inf" is not a number'),
                                        ("ratio", 1.5, "RANGE", "1.5 is outside the declared range [-1, 1]"), ("age", 3, "RANGE", "3 is outside")):
            before, table.columns[name][3] = table.columns[name][3], value
            self.expect(code, f'(arrays): row 4, column "{name}": {says}', self.add(table))
            table.columns[name][3] = before
        self.assertEqual(self.add(table)[0], 0)

    def test_uses(self):
        table = draw(chance("uses"), 3)
        doubles, wanted = (ctypes.c_double * 3)(), (b"score", None)
        out = [("eml_session_output_doubles", doubles), ("eml_session_output_integers", (ctypes.c_int64 * 3)(), None)]

        def column(name, rows=3, which=0):
            function, values, *unit = out[which]
            return self.lib.call(function, self.session, name, values, ctypes.c_size_t(rows), *unit)

        self.expect("USAGE", "neither columns nor a batch", self.lib.call("eml_session_add_arrays", self.session, ctypes.byref(Arrays()), False))
        self.expect("USAGE", "was not run", column(wanted[0]))
        self.run_table(table)
        self.expect("USAGE", "clear its inputs first", self.add(table))
        for which in range(2):
            self.assertEqual(column(b"score", 3, which)[0], 0)
            self.expect("SHAPE", 'model lending has no output "income"', column(b"income", 3, which))
            self.expect("USAGE", "room for 2 rows, the outputs have 3", column(b"score", 2, which))
        self.lib.so.eml_session_clear_inputs(self.session)
        self.assertEqual(self.add(table)[0], 0)
        self.expect("USAGE", "a second table of inputs", self.add(table))

    def test_outputs_twice(self):
        table = draw(chance("twice"), 2)
        _, proof = self.files(table)
        request = VerifyRequest(program_hash=self.hash.encode(), proof=file_at(proof), outputs=file_at(self.folder / "out.csv"), input_arrays=ctypes.pointer(table.arrays))
        verdict = Verdict()
        self.assertEqual(self.lib.call("eml_verify", ctypes.byref(request), ctypes.byref(verdict))[0], 0)
        request.output_arrays = ctypes.pointer(Arrays())
        self.expect("USAGE", "outputs were given twice", self.lib.call("eml_verify", ctypes.byref(request), ctypes.byref(verdict)))

    def test_what_has_no_columns(self):
        table = draw(chance("none"), 2)
        for source, code, says in (("model s\ninput secret a in [0, 4]\noutput y within 0.01 = 0.5 * a + 1\n", "SHAPE", "all inputs of model s are secret"),
                                   ("model c\ninput committed a in [0, 255] integer\noutput y exact = a\n", "SHAPE", "model c has no public inputs")):
            call("compile", self.write("other.eml", source), "-o", self.folder / "other.emb")
            self.refuse_arrays(self.folder / "other.emb", table, code, says)
        call("asm", self.write("raw.asm", "read\npush.2\nmul\n"), "-o", self.folder / "raw.emb")
        self.refuse_arrays(self.folder / "raw.emb", table, "USAGE", "a program from assembly has no columns")

    def refuse_arrays(self, path, table, code, says):
        session = self.lib.load(path)
        self.expect(code, says, self.lib.call("eml_session_add_arrays", session, ctypes.byref(table.arrays), False))
        self.lib.so.eml_session_free(session)

    def test_outputs_that_are_ciphertexts(self):
        source = "model s\ninput secret a in [0, 4]\noutput y within 0.01 = 0.5 * a + 1\n"
        bundle, key, public, sent, out, proof = (self.folder / name for name in ("s.emb", "key", "pub", "sent", "out", "proof"))
        call("compile", self.write("s.eml", source), "-o", bundle)
        call("keygen", "--secret", key, "--public", public)
        call("encrypt", bundle, "--public", public, "--input", self.write("rows.csv", "a\n1\n"), "--output", sent)
        call("prove", bundle, "--input", sent, "--output", out, "--proof", proof)
        outputs, inputs = Table({"y": array.array("d", [1.5])}), file_at(sent)
        request = VerifyRequest(bundle=file_at(bundle), proof=file_at(proof), inputs=ctypes.pointer(inputs), input_count=1, output_arrays=ctypes.pointer(outputs.arrays))
        self.expect("USAGE", "outputs in arrays, but those of model s are a file of ciphertexts",
                    self.lib.call("eml_verify", ctypes.byref(request), ctypes.byref(Verdict())))
        session = self.lib.load(bundle)
        self.lib.need("eml_session_add_input", session, ctypes.byref(inputs), False)
        self.lib.need("eml_session_run", session)
        self.expect("USAGE", "no table in plain", self.lib.call("eml_session_output_doubles", session, b"y", (ctypes.c_double * 1)(), ctypes.c_size_t(1)))
        self.lib.so.eml_session_free(session)


class Large(InMemory):
    def test_numbers_that_doubles_do_not_hold(self):
        """The nearest double of what is printed, and integers of more than 64 bits."""
        source = "model big\ninput public a in [0, 1e12] integer\noutput y exact = a * 3 + 0.1\noutput z exact = a * 1000000007\n"
        call("compile", self.write("big.eml", source), "-o", self.model)
        self.lib.so.eml_session_free(self.session)
        self.session = self.lib.load(self.model)
        table = Table({"a": array.array("q", [10**12, 0, 2**39 + 1, 7 * 10**11 + 3])})
        printed, _ = self.files(table)
        self.run_table(table)
        for name, column in printed.items():
            self.assertEqual(self.lib.doubles(self.session, name), list(map(float, column)))
        rows = ctypes.c_size_t(4)
        self.expect("RANGE", "row 1: the integer has more than 64 bits",
                    self.lib.call("eml_session_output_integers", self.session, b"z", (ctypes.c_int64 * 4)(), rows, None))
