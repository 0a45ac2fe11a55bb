"""arrow.py BUILD SEED SECONDS: record batches of pyarrow and arrays of NumPy through libeml, against the CSV files that pandas writes of them, until the time is
over: the same outputs, proofs that hold of both, and nulls refused where they are. BUILD is a build folder; pandas, NumPy and pyarrow come from PyPI into a
folder of theirs in it, status 77 where they cannot be had. The last line says how much was compared."""
import ctypes
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pypi

PINS = ("numpy==2.4.6", "pandas==3.1.1", "pyarrow==26.0.1")
MODEL = """model batches
input public wide in [-1000000, 1000000]
input public fine in [0, 1]
input public cents in [0, 5000] step 0.01
input public single in [-100, 100]
input public count in [-2000000000, 2000000000] integer
input public small in [0, 200] integer
input public flag in [0, 1] integer
input public plan in {"basic", "plus", "pro, with more", "inf"}
output y within 1e-3 = 0.5 * wide + 300 * fine - cents + 2.5 * single + count * 0.25 + small + 7 * flag + onehot(plan)[1] * 100 - onehot(plan)[2]
output z within 1e-6 = fine - 0.001 * single
"""
WORDS = ["basic", "plus", "pro, with more", "inf"]


class Session:
    def __init__(self, build, folder):
        import libeml

        self.eml, self.libeml, self.folder = build / "eml", libeml, folder
        self.bundle = folder / "m.emb"
        (folder / "m.eml").write_text(MODEL)
        self.command("compile", folder / "m.eml", "-o", self.bundle)
        self.lib = libeml.Library(build / "runtime/session/libeml.so")
        self.lib.so.eml_session_program_hash.restype = ctypes.c_char_p
        self.session = self.lib.load(self.bundle)
        self.hash = self.lib.so.eml_session_program_hash(self.session).decode()

    def command(self, *arguments):
        result = subprocess.run([self.eml, *map(str, arguments)], capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f"eml {' '.join(map(str, arguments))}: status {result.returncode}\n{result.stdout}{result.stderr}")

    def files(self, table):
        """What the command makes of the CSV file that pandas writes."""
        rows, out, proof = (self.folder / name for name in ("rows.csv", "out.csv", "out.proof"))
        table.to_csv(rows, index=False)
        self.command("prove", self.bundle, "--input", rows, "--output", out, "--proof", proof)
        return out, proof.read_bytes()

    def outputs(self, arrays):
        self.lib.need("eml_session_add_arrays", self.session, ctypes.byref(arrays), ctypes.c_bool(True))
        self.lib.need("eml_session_run", self.session)
        return {name: self.lib.doubles(self.session, name) for name in ("y", "z")}

    def clear(self):
        self.lib.so.eml_session_clear_inputs(self.session)

    def check(self, arrays, table):
        """A proof of the file holds of the arrays, and one of the arrays of the file."""
        import numpy as np
        import pandas as pd

        out, proof = self.files(table)
        printed = pd.read_csv(out, dtype=str)
        found = self.outputs(arrays)
        for name, values in found.items():
            if values != list(map(float, printed[name])):
                sys.exit(f"{name}: other outputs than of the CSV file, in {self.folder}")
        self.hold(self.lib.verify(self.hash, arrays, self.arrays_of({name: np.array(values) for name, values in found.items()}), proof, allow_extra=True))
        (self.folder / "here.proof").write_bytes(self.lib.prove(self.session))
        self.command("verify", "--program", self.hash, "--input", self.folder / "rows.csv", "--output", out, "--proof", self.folder / "here.proof")
        self.clear()

    def hold(self, verdict):
        if verdict[0] != 0:
            sys.exit(f"the proof of the CSV file does not hold of the arrays: {verdict[1]}")

    def arrays_of(self, columns):
        """NumPy's, with their strides; of a pandas category its codes and words."""
        import numpy as np

        given, kept = [], []
        for name, values in columns.items():
            words, count = None, 0
            if hasattr(values, "codes"):
                words, count = (ctypes.c_char_p * len(values.categories))(*(word.encode() for word in values.categories)), len(values.categories)
                values = np.asarray(values.codes)
            kind = {"float64": "double", "float32": "float", "bool": "uint8"}.get(str(values.dtype), str(values.dtype))
            given.append(self.libeml.Array(name.encode(), self.libeml.TYPES[kind], values.ctypes.data, values.strides[0], words, count))
            kept += [values, words]
        arrays = self.libeml.Arrays((self.libeml.Array * len(given))(*given), len(given), len(next(iter(columns.values()))), None, None)
        arrays.kept = kept
        return arrays


class Exported(ctypes.Structure):
    """struct ArrowSchema has three pointers, two integers and two pointers before its release, struct ArrowArray five integers and three pointers."""

    RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)

    def __del__(self):
        if self.release:
            self.release(ctypes.addressof(self))


class Schema(Exported):
    _fields_ = [("before", ctypes.c_void_p * 7), ("release", Exported.RELEASE), ("private_data", ctypes.c_void_p)]


class Values(Exported):
    _fields_ = [("before", ctypes.c_void_p * 8), ("release", Exported.RELEASE), ("private_data", ctypes.c_void_p)]


def batch_of(libeml, batch):
    """A record batch, which is released when nobody has the arrays any more."""
    schema, values = Schema(), Values()
    batch._export_to_c(ctypes.addressof(values), ctypes.addressof(schema))
    arrays = libeml.Arrays(None, 0, 0, ctypes.addressof(schema), ctypes.addressof(values))
    arrays.kept = schema, values
    return arrays


def draw(rng, rows):
    """Uniform numbers, halves of the grid and next to them, few digits, powers of two, the ends."""
    import numpy as np
    import pandas as pd

    wide = rng.uniform(-1e6, 1e6, rows)
    wide[::3] = np.round(wide[::3], rng.integers(0, 7))
    wide[1::5] = np.round(wide[1::5] * 2000) / 2000 + 0.00025
    fine = np.exp2(-rng.integers(0, 1000, rows) / 4.0)
    fine[::2] = rng.random((rows + 1) // 2)
    wide[:2], fine[:2] = (-1e6, 1e6)[:rows], (0, 1)[:rows]
    single = rng.uniform(-100, 100, rows).astype(np.float32)
    single[::4] = np.round(single[::4], 1)
    return pd.DataFrame({"plan": pd.Categorical.from_codes(rng.integers(0, 4, rows).astype(np.int8), WORDS), "wide": wide, "fine": fine,
                         "cents": rng.integers(0, 500001, rows) / 100, "single": single, "count": rng.integers(-2 * 10**9, 2 * 10**9, rows),
                         "small": rng.integers(0, 200, rows).astype(np.uint8), "flag": rng.integers(0, 2, rows).astype(bool),
                         "when": pd.Timestamp("2020-01-01")})


def check_batches(session, rng, table):
    """As pandas has it, as strings, and a slice of it; with a column besides that nobody can read, which is ignored."""
    import pyarrow as pa

    rows = len(table)
    wanted = table.drop(columns="when")
    whole = pa.RecordBatch.from_pandas(table, preserve_index=False)
    session.check(batch_of(session.libeml, whole), wanted)
    texts = whole.set_column(0, "plan", pa.array(table["plan"].astype(str), pa.string() if rng.random() < 0.5 else pa.large_string()))
    first, count = int(rng.integers(0, rows)), int(rng.integers(1, rows + 1))
    part = wanted.iloc[first : first + count]
    for each in (whole, texts):
        session.check(batch_of(session.libeml, each.slice(first, count)), part)


def check_numpy(session, table):
    """Every second column of a matrix, rows from the last to the first, and codes of words."""
    import numpy as np

    matrix = np.zeros((len(table), 6))
    matrix[:, [0, 2, 4]] = table[["wide", "fine", "cents"]].to_numpy()[::-1]
    columns = {"wide": matrix[::-1, 0], "fine": matrix[::-1, 2], "cents": matrix[::-1, 4], "plan": table["plan"].array}
    columns |= {name: table[name].to_numpy() for name in ("single", "count", "small", "flag")}
    session.check(session.arrays_of(columns), table.drop(columns="when"))


def check_nulls(session, rng, table):
    import pyarrow as pa

    batch = pa.RecordBatch.from_pandas(table, preserve_index=False)
    row, column = int(rng.integers(0, len(table))), int(rng.integers(0, 8))
    values = batch.column(column).to_pylist()
    values[row] = None
    batch = batch.set_column(column, batch.schema.field(column).name, pa.array(values, batch.schema.field(column).type))
    arrays = batch_of(session.libeml, batch)
    answer, _, says = session.lib.call("eml_session_add_arrays", session.session, ctypes.byref(arrays), ctypes.c_bool(True))
    wanted = f'(arrays): row {row + 1}, column "{batch.schema.field(column).name}": missing'
    if (answer, says) != (2, wanted):
        sys.exit(f"a null: {answer}, {says}; wanted {wanted}")


def main():
    build, seed, seconds = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]), float(sys.argv[3])
    pypi.use(build / "pypi-arrow", *PINS)
    import numpy as np

    end, rounds, cells = time.monotonic() + seconds, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        session = Session(build, pathlib.Path(folder))
        while rounds == 0 or time.monotonic() < end:
            rng = np.random.default_rng([seed, rounds])
            table = draw(rng, int(rng.integers(1, 20000 if rounds % 2 else 100)))
            check_batches(session, rng, table)
            check_numpy(session, table)
            check_nulls(session, rng, table)
            rounds, cells = rounds + 1, cells + 4 * table.size
    print(f"{rounds} tables as record batches, slices and arrays, {cells} cells")


main()
