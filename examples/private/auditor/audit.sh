#!/bin/sh
# The auditor sees ciphertexts and the program, and has no key: accepts what the node did, and refuses it with one coefficient changed.
set -eu
verify() { "$EML" verify --program "$(cat premium.hash)" --bundle premium.emb --input rows.ct --input year.csv --output "$1" --proof premiums.proof; }
verify premiums.ct
# The last byte but 15 is the low byte of a coefficient.
python3 - premiums.ct changed.ct <<'PYTHON'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[-16] ^= 1
open(sys.argv[2], "wb").write(data)
PYTHON
if verify changed.ct; then
    echo 'a changed ciphertext was accepted' >&2
    exit 1
fi
