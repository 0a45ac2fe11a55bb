#!/bin/sh
# The patient proves what the published formula makes of the measurements, and shows no measurement.
set -eu
"$EML" prove progression.emb --opening measured.open --input person.csv --output result.csv --proof result.proof
cat result.csv
