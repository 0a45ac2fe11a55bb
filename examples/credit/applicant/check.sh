#!/bin/sh
# The applicant has the hash that everybody has, the own application, and the lender's answer. A point more or less is refused.
set -eu
verify() { "$EML" verify --program "$(cat scorecard.hash)" --input application.csv --output "$1" --proof score.proof --require-zk; }
cat score.csv
verify score.csv
awk -F. 'NR == 1 { print } NR > 1 { printf "%d%s\n", $1 - 1, (NF > 1 ? "." $2 : "") }' score.csv >lower.csv
if verify lower.csv; then
    echo 'another score was accepted' >&2
    exit 1
fi
