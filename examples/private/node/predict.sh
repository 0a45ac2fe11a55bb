#!/bin/sh
# The node runs the published model on rows that it cannot read, and proves that it did.
set -eu
"$EML" prove premium.emb --input rows.ct --input year.csv --output premiums.ct --proof premiums.proof
