#!/bin/sh
# The data owner verifies what came back against the hash that the model owner published, and only then decrypts it.
set -eu
"$EML" verify --program "$(cat premium.hash)" --input rows.ct --input year.csv --output premiums.ct --proof premiums.proof
"$EML" decrypt premium.emb --secret owner.key --input premiums.ct --output premiums.csv -v
cat premiums.csv
