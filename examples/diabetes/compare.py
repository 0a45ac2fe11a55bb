"""Prints the largest difference between two tables of predictions: compare.py FLOAT PROVED [TOLERANCE]"""
import csv
import sys
from decimal import Decimal

tables = [list(csv.DictReader(open(path))) for path in sys.argv[1:3]]
assert len(tables[0]) == len(tables[1])
worst = max(abs(Decimal(a[name]) - Decimal(b[name])) for a, b in zip(*tables) for name in a)
print(f"{len(tables[0])} rows, maximum |proved - float prediction| = {worst:.2e}")
if worst > Decimal(sys.argv[3] if len(sys.argv) > 3 else "1e-6"):
    sys.exit("the predictions are further apart than the model's tolerance")
