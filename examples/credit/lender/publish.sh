#!/bin/sh
# The lender compiles the scorecard: scorecard.emb and lender.salt stay here, scorecard.public.emb and the program hash are for everybody.
set -eu
"$EML" compile scorecard.eml --salt lender.salt -o scorecard.emb --json | sed 's/.*"program_hash": "\([0-9a-f]*\)".*/\1/; 1q' >scorecard.hash
cat scorecard.hash
