#!/bin/sh
# The laboratory knows what it measured, and no formula: the schema says which numbers, on which grids. It commits to them and signs the commitment, here
# with openssl; any tool will do. The opening, with the values and salts in it, is the patient's.
set -eu
[ -e lab.key ] || openssl genpkey -algorithm ed25519 -out lab.key
openssl pkey -in lab.key -pubout -out lab.pub
printf 'patient 24-1, 26 November 2026, commitment %s\n' "$("$EML" commit measurements.json --input measured.csv --opening measured.open)" >certificate
openssl pkeyutl -sign -rawin -inkey lab.key -in certificate -out certificate.sig
cat certificate
