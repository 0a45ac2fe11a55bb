#!/bin/sh
# A patient who would rather be healthier can commit to other values, and even prove what the formula makes of them. No laboratory has signed that.
set -eu
printf 'bmi,bp,tc,ldl,hdl,tch,ltg,glu\n22,80,180,110,60,3,4.2,85\n' >better.csv
"$EML" commit progression.emb --input better.csv --opening better.open >better.commitment
"$EML" prove progression.emb --opening better.open --input person.csv --output better-result.csv --proof better-result.proof
cat better-result.csv
