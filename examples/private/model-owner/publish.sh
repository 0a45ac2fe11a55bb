#!/bin/sh
# The model owner compiles the model and publishes the bundle and its program hash.
set -eu
"$EML" test premium.eml --prove
"$EML" compile premium.eml -o premium.emb --json | sed 's/.*"program_hash": "\([0-9a-f]*\)".*/\1/; 1q' >premium.hash
cat premium.hash
