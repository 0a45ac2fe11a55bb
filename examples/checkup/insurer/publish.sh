#!/bin/sh
# The insurer publishes the formula: the bundle is for whoever proves, the hash for whoever verifies, the schema for laboratories.
set -eu
"$EML" compile progression.eml -o progression.emb --json | sed 's/.*"program_hash": "\([0-9a-f]*\)".*/\1/; 1q' >progression.hash
"$EML" commit progression.emb --schema measurements.json
cat measurements.json
