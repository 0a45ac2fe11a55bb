"""Copies COUNT rows of TABLE, those whose number has the least SHA-256 after HASH: draw.py HASH COUNT TABLE OUT"""
import hashlib
import sys

seed, count, table, out = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
header, *rows = open(table).read().splitlines()
order = sorted(range(len(rows)), key=lambda i: hashlib.sha256(f"{seed} {i}".encode()).digest())
drawn = sorted(order[:count])
open(out, "w").write("\n".join([header, *(rows[i] for i in drawn)]) + "\n")
print(f"{out}: {len(drawn)} of {len(rows)} rows")
