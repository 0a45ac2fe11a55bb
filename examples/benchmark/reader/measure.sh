#!/bin/sh
# A reader of the benchmark trusts neither: the proof says that the committed model made these predictions, the metric is computed here.
set -eu
"$EML" verify --program "$(cat model.hash)" --input drawn.csv --output predictions.csv --proof predictions.proof --require-zk
python3 metric.py truth.csv predictions.csv
# Another model, or a friendlier prediction, is refused.
python3 metric.py truth.csv predictions.csv flatter.csv >flattered.txt
if "$EML" verify --program "$(cat model.hash)" --input drawn.csv --output flatter.csv --proof predictions.proof --require-zk; then
    echo 'flattered predictions were accepted' >&2
    exit 1
fi
