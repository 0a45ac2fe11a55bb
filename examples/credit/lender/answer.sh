#!/bin/sh
# 200 rows give more away than the weights hold. prove says so and refuses; the lender answers the regulator all the same, knowingly.
set -eu
if "$EML" prove scorecard.emb --input applications.csv --output scores.csv --proof scores.proof; then
    echo 'proved more rows than the weights bear, without being asked' >&2
    exit 1
fi
"$EML" prove scorecard.emb --input applications.csv --output scores.csv --proof scores.proof --reveal
