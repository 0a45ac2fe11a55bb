#!/bin/sh
# Four roles, four folders. Each role's script runs in its own folder and sees nothing else; deliver is the only way from one to another, so
# the lines below are all that ever leaves anybody's hands. EML=path/to/eml uses a command that is already built.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=examples/roles.sh
. "$here/../roles.sh"
roles model-owner data-owner node auditor

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

only data-owner owner.key rows.csv premiums.csv
