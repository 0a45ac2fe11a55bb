#!/bin/sh
# Three roles, three folders. Each role's script runs in its own folder and sees nothing else; deliver is the only way from one to another, so
# the lines below are all that ever leaves anybody's hands. EML=path/to/eml uses a command that is already built.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=examples/roles.sh
. "$here/../roles.sh"
command -v openssl >/dev/null || sh "$top/tests/install.sh" test
roles insurer lab patient

role insurer publish.sh
deliver insurer lab measurements.json
deliver insurer patient progression.emb

role lab certify.sh
deliver lab insurer lab.pub
deliver lab patient measured.open certificate certificate.sig

role patient prove.sh
role patient cheat.sh
deliver patient insurer person.csv result.csv result.proof certificate certificate.sig better-result.csv better-result.proof
role insurer check.sh

only lab lab.key measured.csv
for file in measured.open measured.csv; do
    [ ! -e "$work/insurer/$file" ] || { echo "the insurer has $file" >&2; exit 1; }
done
