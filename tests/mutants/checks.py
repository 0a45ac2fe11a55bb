"""Finds the checks in C files that decide whether something is refused, and puts a switch into each.

A check is found by its form, not by its name, so that new ones are found by themselves:
  if (C) return REFUSAL;  if (C) something_fail(...);  REFUSE_IF(C, ...)    C, or each alternative in C, never holds
  if (C) return EML_OK;  return C; and bool x = C && ...;  READ(C)          C, or each part of C, always holds
  EML_TRY(F);  EML_TRY_REJECT(F);  status = F;  return F;                   what F answers is ignored
F and C are evaluated all the same: they also read what they check.
"""

import re
from dataclasses import dataclass

SWITCH = "eml_mutant"
# What the macros that return check: a condition for refusing, one for going on, or an answer.
MACROS = {"REFUSE_IF": "refuse", "READ": "accept", "EML_TRY": "eml_status", "EML_TRY_REJECT": "eml_reject"}
FAILS = re.compile(r"(\w+_)?(fail|refuse)(_\w+)?\s*\(")
STATE = re.compile(r"\(*\s*!?\s*(\w*status|reject|eml_cbor_ok\([^()]*\))\s*((==|!=)\s*EML_(OK|REJECT_NONE))?\s*\)*$")
ACCEPTS = re.compile(r"\{?\s*return\s+(EML_OK|EML_REJECT_NONE|true)\s*;")
REFUSES = re.compile(r"\breturn\s+(EML_REJECT_(?!NONE)\w+|EML_ERR_\w+|false|status|reject|wrong_\w+)\s*;")


@dataclass
class Check:
    file: str
    line: int
    function: str
    text: str
    change: str  # "never", "always", "ignored"
    start: int
    end: int
    kind: str = ""  # for "ignored": the type of the answer
    repeat: int = 1  # of several with one key in a file

    @property
    def key(self):
        return f"{self.file} {self.function}: {self.text} {self.change}" + (f" ({self.repeat})" if self.repeat > 1 else "")

    def switched(self, code, number):
        if self.change == "never":
            return f"(({code}) && !{SWITCH}({number}))"
        if self.change == "always":
            return f"(({code}) || {SWITCH}({number}))"
        return f"({self.kind})((unsigned)({code}) * !{SWITCH}({number}))"


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def masked(source):
    """The source with everything blank that is no code: comments, literals, directives."""
    code = re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', lambda m: blank(m) if m.group()[0] == "/"
                  else m.group()[0] + "_" * (len(m.group()) - 2) + m.group()[0], source, flags=re.S)
    return re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", blank, code, flags=re.M)


def closing(code, at):
    """The position of the bracket that closes the one at `at`."""
    depth = 0
    for i in range(at, len(code)):
        depth += (code[i] in "([{") - (code[i] in ")]}")
        if depth == 0:
            return i
    raise ValueError("bracket that is not closed")


def split(code, start, end, separator):
    """The ranges between separators that stand in no bracket."""
    parts, depth, i, begin = [], 0, start, start
    while i < end:
        depth += (code[i] in "([{") - (code[i] in ")]}")
        if depth == 0 and code.startswith(separator, i):
            parts.append((begin, i))
            i += len(separator)
            begin = i
        else:
            i += 1
    return [*parts, (begin, end)]


def trim(code, start, end):
    while start < end and code[start].isspace():
        start += 1
    while end > start and code[end - 1].isspace():
        end -= 1
    return start, end


def leaves(code, start, end, value):
    """Ranges within a condition; each made `value` takes one reason away for the condition not to be `value`."""
    start, end = trim(code, start, end)
    if len(split(code, start, end, "?")) > 1:
        return [(start, end, value)]
    for separator in ("||", "&&"):  # || binds less
        parts = split(code, start, end, separator)
        if len(parts) == 1:
            continue
        if separator == ("&&" if value else "||"):
            return [leaf for part in parts for leaf in leaves(code, *part, value)]
        inner = [leaves(code, *part, value) for part in parts]
        several = [group for group in inner if len(group) > 1]
        return [leaf for group in several for leaf in group] or [(start, end, value)]
    if code[start] == "!" and code[start + 1] == "(" and closing(code, start + 1) == end - 1:
        return leaves(code, start + 2, end - 1, not value)
    if code[start] == "(" and closing(code, start) == end - 1:
        return leaves(code, start + 1, end - 1, value)
    return [(start, end, value)]


def functions(code):
    """(type, name, body start, body end) of every function definition."""
    at = 0
    while (at := code.find("{", at)) >= 0:
        end = closing(code, at)
        header = code[max(code.rfind(";", 0, at), code.rfind("}", 0, at)) + 1 : at].strip()
        match = re.match(r"(?:static\s+|inline\s+)*([\w\s\*]*?)\s*\b(\w+)\s*\(", header)
        if match and header.endswith(")"):
            yield " ".join(match[1].split()), match[2], at + 1, end
        at = end + 1


class Finder:
    def __init__(self, file, source):
        self.file, self.source, self.code = file, source, masked(source)
        self.found = []
        self.fails = FAILS
        for macro, body in re.findall(r"^#define (\w+)\([^)]*\)((?:.*\\\n)*.*)", source, re.M):
            if "return" in body and macro not in MACROS:
                raise SystemExit(f"{file}: {macro} returns: tests/mutants/checks.py must know what it checks")
        refusing = [name for _, name, start, end in functions(self.code) if self.only_refuses(self.code[start:end])]
        if refusing:
            self.fails = re.compile(rf"{FAILS.pattern}|\b({'|'.join(refusing)})\s*\(")
        for kind, name, start, end in functions(self.code):
            self.kind, self.name = kind, name
            self.function(start, end)
        self.found.sort(key=lambda check: check.start)
        seen = {}
        for check in self.found:
            key = check.key
            check.repeat = seen[key] = seen.get(key, 0) + 1

    @staticmethod
    def only_refuses(body):
        """Whether a function does nothing but say no."""
        returns = re.findall(r"\breturn\s+([^;]*);", body)
        return len(returns) == 1 and not re.search(r"\b(if|for|while)\b", body) and bool(
            FAILS.match(returns[0]) or returns[0].startswith("EML_ERR_"))

    def add(self, start, end, change, kind=""):
        start, end = trim(self.code, start, end)
        text = " ".join(self.source[start:end].split())
        self.found.append(Check(self.file, self.source.count("\n", 0, start) + 1, self.name, text, change, start, end, kind))

    def condition(self, start, end, value):
        for first, last, leaf in leaves(self.code, start, end, value):
            text = self.code[first:last].strip()
            if not STATE.match(text) and text not in ("true", "false", ""):
                self.add(first, last, "always" if leaf else "never")

    def answer(self, start, end, kind):
        """An expression that is an answer: what it says is ignored, unless it says only one thing."""
        start, end = trim(self.code, start, end)
        text = self.code[start:end]
        question = split(self.code, start, end, "?")
        if len(question) == 2:
            (yes, no) = split(self.code, *question[1], ":")[:2]
            ok = ("EML_OK", "EML_REJECT_NONE")
            if self.code[slice(*yes)].strip() in ok:
                self.condition(*question[0], True)
                return self.answer(*no, kind)
            if self.code[slice(*no)].strip() in ok:
                self.condition(*question[0], False)
                return self.answer(*yes, kind)
        if "(" in text and not self.fails.match(text):
            self.add(start, end, "ignored", kind)

    def statement(self, start):
        """The end of the statement that begins at start."""
        start, _ = trim(self.code, start, len(self.code))
        if self.code[start] == "{":
            return closing(self.code, start) + 1
        return split(self.code, start, len(self.code), ";")[0][1] + 1

    def function(self, start, end):
        code, region = self.code, self.code[start:end]
        for match in re.finditer(r"\bif\s*\(", region):
            opening = start + match.end() - 1
            close = closing(code, opening)
            body = code[close + 1 : self.statement(close + 1)].strip()
            if ACCEPTS.match(body):
                self.condition(opening + 1, close, True)
            elif not re.match(r"\{?\s*(if|for|while|switch)\b", body) and (REFUSES.search(body) or self.fails.search(body)):
                self.condition(opening + 1, close, False)
        for match in re.finditer(rf"\b({'|'.join(MACROS)})\s*\(", region):
            opening = start + match.end() - 1
            close, role = closing(code, opening), MACROS[match[1]]
            first = split(code, opening + 1, close, ",")[0] if match[1] == "REFUSE_IF" else (opening + 1, close)
            if role in ("refuse", "accept"):
                self.condition(*first, role == "accept")
            else:
                self.answer(*first, role)
        for match in re.finditer(r"\breturn\b", region):
            first, last = start + match.end(), split(code, start + match.end(), end, ";")[0][1]
            if self.kind == "bool":
                self.condition(first, last, True)
            elif self.kind in ("eml_status", "eml_reject"):
                self.answer(first, last, self.kind)
        for match in re.finditer(r"(?<![>.\w])(status|reject)\s*=(?!=)", region):
            first, last = start + match.end(), split(code, start + match.end(), end, ";")[0][1]
            depth = code[start : start + match.start()].count("(") - code[start : start + match.start()].count(")")
            if depth == 0:
                self.answer(first, last, "eml_" + match[1])
        for match in re.finditer(r"\bbool\s+\w+\s*=", region):
            last = split(code, start + match.end(), end, ";")[0][1]
            for first, stop in split(code, start + match.end(), last, ","):
                parts = split(code, first, stop, "=")
                first = parts[-1][0] if re.match(r"\s*\w+\s*=[^=]", code[first:stop]) else first
                if len(split(code, first, stop, "&&")) > 1:
                    self.condition(first, stop, True)


def find(file, source):
    return Finder(file, source).found


def instrument(source, checks, first):
    """The source with a switch in every check; they are numbered from `first` on."""
    for number, check in reversed(list(enumerate(checks, first))):
        source = source[: check.start] + check.switched(source[check.start : check.end], number) + source[check.end :]
    return f"_Bool {SWITCH}(int number);\n{source}"
