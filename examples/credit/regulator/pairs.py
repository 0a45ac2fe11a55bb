"""Rows 2k and 2k + 1 are one applicant, but for age and foreign_worker: are their scores equal? pairs.py APPLICATIONS SCORES"""
import csv
import sys

PROTECTED = {"age", "foreign_worker"}
applications, scores = (list(csv.DictReader(open(path))) for path in sys.argv[1:3])
assert len(applications) == len(scores) > 0
unequal = 0
for i in range(0, len(scores), 2):
    first, second = applications[i], applications[i + 1]
    assert {name for name in first if first[name] != second[name]} == PROTECTED
    unequal += scores[i] != scores[i + 1]
print(f"{len(scores) // 2} pairs of applicants who differ in {' and '.join(sorted(PROTECTED))}: {unequal} with unequal scores")
sys.exit(1 if unequal else 0)
