"""Root mean squared error and R^2 of predictions: metric.py TRUTH PREDICTIONS [FLATTER]

FLATTER: writes the predictions with the first one a unit nearer to the truth, as an owner might wish."""
import csv
import math
import sys
from decimal import Decimal

truth, predicted = ([Decimal(row[0]) for row in list(csv.reader(open(path)))[1:]] for path in sys.argv[1:3])
assert len(truth) == len(predicted) > 1
squares = sum((a - b) ** 2 for a, b in zip(truth, predicted))
spread = sum((a - sum(truth) / len(truth)) ** 2 for a in truth)
print(f"{len(truth)} patients: root mean squared error {math.sqrt(squares / len(truth)):.2f}, R^2 {1 - squares / spread:.3f}")
if len(sys.argv) > 3:
    predicted[0] += 1 if truth[0] > predicted[0] else -1
    with open(sys.argv[3], "w") as out:
        out.write("progression\n" + "".join(f"{value}\n" for value in predicted))
