#!/bin/sh
# 442 patients' predictions on their encrypted data: one proof, verified without a key, decrypted, compared with the floating-point model.
# EML=path/to/eml uses a command that is already built.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '\n== %s\n' "$*"; }

if [ -z "${EML:-}" ]; then
    # shellcheck source=examples/build.sh
    . "$here/../build.sh"
    EML=$top/build/eml
fi

say 'compile'
"$EML" compile "$here/model.eml" -o "$work/model.emb"

say 'keys, and 442 encrypted rows'
"$EML" keygen --secret "$work/owner.key" --public "$work/owner.pub" >/dev/null
"$EML" encrypt "$work/model.emb" --secret "$work/owner.key" --input "$here/../diabetes/inputs.csv" --output "$work/rows.ct"

say 'prove, on ciphertexts'
"$EML" prove "$work/model.emb" --input "$work/rows.ct" --output "$work/predictions.ct" --proof "$work/predictions.proof"

say 'verify, without a key'
"$EML" verify --program "$work/model.emb" --input "$work/rows.ct" --output "$work/predictions.ct" --proof "$work/predictions.proof"

say 'decrypt, which verifies first'
"$EML" decrypt "$work/model.emb" --secret "$work/owner.key" --sent "$work/rows.ct" --input "$work/predictions.ct" \
    --proof "$work/predictions.proof" --output "$work/predictions.csv" -v
python3 "$here/../diabetes/compare.py" "$here/../diabetes/predictions.csv" "$work/predictions.csv" 1e-6
