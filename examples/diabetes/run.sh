#!/bin/sh
# The whole path in one command, on a clean Debian 12: installs what is missing, builds eml, compiles the model, proves all 442
# predictions in one proof, verifies them knowing only the program hash, and shows that a tampered prediction is refused.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '\n== %s\n' "$*"; }

# shellcheck source=examples/build.sh
. "$here/../build.sh"
eml=$top/build/eml

say 'compile: model.eml -> bundle, and the program hash that the model owner publishes'
"$eml" compile "$here/model.eml" -o "$work/diabetes.emb" --json >"$work/compiled.json"
hash=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["program_hash"])' "$work/compiled.json")
echo "program hash $hash"

say 'prove: 442 predictions, one proof'
"$eml" prove "$work/diabetes.emb" --input "$here/inputs.csv" --output "$work/predictions.csv" --proof "$work/predictions.proof"

say 'verify: by hash, without the model'
start=$(date +%s%N)
"$eml" verify --program "$hash" --input "$here/inputs.csv" --output "$work/predictions.csv" --proof "$work/predictions.proof"
verify_ms=$((($(date +%s%N) - start) / 1000000))

say 'a prediction with its last digit changed'
python3 "$here/tamper.py" "$work/predictions.csv" "$work/tampered.csv"
if "$eml" verify --program "$hash" --input "$here/inputs.csv" --output "$work/tampered.csv" --proof "$work/predictions.proof"; then
    echo 'a wrong prediction was accepted' >&2
    exit 1
fi

say 'result'
echo "proof of $(wc -c <"$work/predictions.proof") bytes, verified in $verify_ms ms"
python3 "$here/compare.py" "$here/predictions.csv" "$work/predictions.csv"
