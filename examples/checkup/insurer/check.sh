#!/bin/sh
# The insurer has the formula's hash, the laboratory's public key, its signed certificate, and the patient's result. The commitment is taken from what the
# laboratory signed, never from the patient.
set -eu
openssl pkeyutl -verify -rawin -pubin -inkey lab.pub -in certificate -sigfile certificate.sig
commitment=$(sed 's/.*commitment //' certificate)
verify() { # RESULT PROOF
    "$EML" verify --program "$(cat progression.hash)" --issued-commitment "$commitment" --input person.csv --output "$1" --proof "$2" --require-zk
}
verify result.csv result.proof

echo '-- a result that is a little lower'
awk 'NR == 1 { print } NR > 1 { sub(/[0-9]$/, ($1 ~ /0$/) ? "1" : "0"); print }' result.csv >lower.csv
if verify lower.csv result.proof; then
    echo 'another result was accepted' >&2
    exit 1
fi
echo '-- a proof about values that the patient chose'
if verify better-result.csv better-result.proof; then
    echo 'a commitment of the patient was accepted' >&2
    exit 1
fi
