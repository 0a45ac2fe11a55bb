#!/bin/sh
# The data owner has a copy of the bundle whose hash the model owner published. Decrypting verifies first that the premiums are what that
# program makes of the rows that this folder sent.
set -eu
"$EML" inspect premium.emb | grep -q "$(cat premium.hash)"
"$EML" decrypt premium.emb --secret owner.key --sent rows.ct --public-input year.csv --input premiums.ct --proof premiums.proof \
    --output premiums.csv -v
cat premiums.csv
