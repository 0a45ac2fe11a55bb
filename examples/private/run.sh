#!/bin/sh
# Four roles, four folders. Each role's script runs in its own folder and sees nothing else; deliver is the only way from one to another, so
# the lines below are all that ever leaves anybody's hands. EML=path/to/eml uses a command that is already built.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$here/model-owner" "$here/data-owner" "$here/node" "$here/auditor" "$work"

if [ -z "${EML:-}" ]; then
    # shellcheck source=examples/build.sh
    . "$here/../build.sh"
    EML=$top/build/eml
fi
export EML

role() { printf '\n== %s: %s\n' "$1" "$2"; (cd "$work/$1" && sh "./$2"); }
deliver() { # FROM TO FILE...
    from=$1 to=$2
    shift 2
    for file in "$@"; do
        cp "$work/$from/$file" "$work/$to/$file"
        echo "   $from -> $to: $file"
    done
}

role model-owner publish.sh
deliver model-owner data-owner premium.emb premium.hash
deliver model-owner node premium.emb
deliver model-owner auditor premium.emb premium.hash

role data-owner encrypt.sh
deliver data-owner node rows.ct
deliver data-owner auditor rows.ct

role node predict.sh
deliver node data-owner premiums.ct premiums.proof year.csv
deliver node auditor premiums.ct premiums.proof year.csv

role auditor audit.sh
role data-owner decrypt.sh

printf '\n== nobody but the data owner has\n'
for secret in owner.key rows.csv premiums.csv; do
    for other in model-owner node auditor; do
        if [ -e "$work/$other/$secret" ]; then
            echo "$other has $secret" >&2
            exit 1
        fi
    done
    echo "   $secret"
done
