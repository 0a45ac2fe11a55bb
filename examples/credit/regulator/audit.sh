#!/bin/sh
# The regulator knows the hash alone. Its applications come in pairs that differ in age and foreign_worker only: proved scores must be equal.
set -eu
"$EML" verify --program "$(cat scorecard.hash)" --input applications.csv --output scores.csv --proof scores.proof --require-zk
python3 pairs.py applications.csv scores.csv
