#!/bin/sh
# The data owner makes a key pair, once, and encrypts rows for the published model. owner.key and rows.csv never leave this folder.
set -eu
"$EML" keygen --secret owner.key --public owner.pub
"$EML" encrypt premium.emb --secret owner.key --input rows.csv --output rows.ct
