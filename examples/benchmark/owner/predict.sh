#!/bin/sh
# The owner proves predictions for the drawn patients: no more of them than the weights bear, so no --reveal is needed.
set -eu
"$EML" prove model.emb --input drawn.csv --output predictions.csv --proof predictions.proof
