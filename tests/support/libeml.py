"""libeml as Python's ctypes sees it: the structures of eml.h, and a library that is loaded."""
import ctypes

TYPES = {"double": 1, "float": 2, "int64": 3, "int32": 4, "int16": 5, "int8": 6, "uint64": 7, "uint32": 8, "uint16": 9, "uint8": 10, "text": 11}


class File(ctypes.Structure):
    _fields_ = [("path", ctypes.c_char_p), ("bytes", ctypes.c_void_p), ("size", ctypes.c_size_t)]


class Bytes(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("size", ctypes.c_size_t)]


class Array(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("type", ctypes.c_int), ("values", ctypes.c_void_p), ("stride", ctypes.c_ssize_t),
                ("words", ctypes.POINTER(ctypes.c_char_p)), ("word_count", ctypes.c_size_t)]


class Arrays(ctypes.Structure):
    _fields_ = [("columns", ctypes.POINTER(Array)), ("count", ctypes.c_size_t), ("rows", ctypes.c_size_t), ("schema", ctypes.c_void_p), ("batch", ctypes.c_void_p)]


class VerifyRequest(ctypes.Structure):
    _fields_ = [("program_hash", ctypes.c_char_p), ("bundle", File), ("commitment", ctypes.c_char_p), ("inputs", ctypes.POINTER(File)), ("input_count", ctypes.c_size_t),
                ("allow_extra", ctypes.c_bool), ("outputs", File), ("proof", File), ("preset", ctypes.c_char_p), ("require_zero_knowledge", ctypes.c_bool),
                ("input_arrays", ctypes.POINTER(Arrays)), ("output_arrays", ctypes.POINTER(Arrays))]


class Verdict(ctypes.Structure):
    _fields_ = [("accepted", ctypes.c_bool), ("program_hash", ctypes.c_char * 65), ("commitment", ctypes.c_char * 65), ("reason", ctypes.c_char_p),
                ("sentence", ctypes.c_char * 640), ("rows", ctypes.c_uint64), ("numbered", ctypes.c_bool), ("results", ctypes.c_char_p), ("rest", ctypes.c_char * 64)]


def file_at(path):
    return File(str(path).encode(), None, 0)


def file_of(data):
    """The caller keeps data."""
    return File(b"memory", ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p), len(data))


class Library:
    def __init__(self, path):
        self.so = ctypes.CDLL(str(path))
        self.so.eml_error_new.restype = ctypes.c_void_p
        for name in ("eml_error_text", "eml_session_output_name"):
            getattr(self.so, name).restype = ctypes.c_char_p
        self.so.eml_session_rows.restype = ctypes.c_uint64
        self.error = ctypes.c_void_p(self.so.eml_error_new())

    def call(self, name, *arguments):
        """The answer and the code, which is the last failure's."""
        answer = getattr(self.so, name)(*arguments, self.error)
        return answer, self.so.eml_error_code(self.error), self.so.eml_error_text(self.error).decode()

    def need(self, name, *arguments):
        answer, _, text = self.call(name, *arguments)
        assert answer == 0, f"{name}: {answer}: {text}"

    def load(self, path):
        session = ctypes.c_void_p()
        answer = self.call("eml_session_load", ctypes.byref(file_at(path)), ctypes.byref(session))
        return answer if answer[0] else session

    def take(self, given):
        data = ctypes.string_at(given.data, given.size)
        self.so.eml_bytes_free(ctypes.byref(given))
        return data

    def prove(self, session, preset=b"standard"):
        proof = Bytes()
        self.need("eml_session_prove", session, preset, ctypes.byref(proof))
        return self.take(proof)

    def doubles(self, session, name):
        rows = self.so.eml_session_rows(session)
        values = (ctypes.c_double * rows)()
        self.need("eml_session_output_doubles", session, name.encode(), values, ctypes.c_size_t(rows))
        return list(values)

    def integers(self, session, name):
        """And their unit."""
        rows, unit = self.so.eml_session_rows(session), Bytes()
        values = (ctypes.c_int64 * rows)()
        self.need("eml_session_output_integers", session, name.encode(), values, ctypes.c_size_t(rows), ctypes.byref(unit))
        return list(values), self.take(unit).decode()

    def verify(self, program, inputs, outputs, proof, allow_extra=False):
        """Of arrays: the answer, and the verdict's sentence or the error's."""
        verdict = Verdict()
        request = VerifyRequest(program_hash=program.encode(), allow_extra=allow_extra, proof=file_of(proof), input_arrays=ctypes.pointer(inputs), output_arrays=ctypes.pointer(outputs))
        answer, _, text = self.call("eml_verify", ctypes.byref(request), ctypes.byref(verdict))
        return answer, verdict.sentence.decode() if answer < 2 else text
