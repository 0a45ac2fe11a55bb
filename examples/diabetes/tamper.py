"""Copies a table with the last digit of its first value changed: tamper.py FROM TO"""
import sys

lines = open(sys.argv[1]).read().splitlines()
honest = lines[1]
lines[1] = honest[:-1] + ("1" if honest[-1] == "0" else str(int(honest[-1]) - 1))
open(sys.argv[2], "w").write("\n".join(lines) + "\n")
print(f"{honest} -> {lines[1]}")
