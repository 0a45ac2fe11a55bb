#!/bin/sh
# The lender scores one application and proves that the published scorecard gave this score.
set -eu
"$EML" prove scorecard.emb --input application.csv --output score.csv --proof score.proof
