#!/bin/sh
# Three roles, three folders. Each role's script runs in its own folder and sees nothing else; deliver is the only way from one to another, so
# the lines below are all that ever leaves anybody's hands. EML=path/to/eml uses a command that is already built.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=examples/roles.sh
. "$here/../roles.sh"
roles lender applicant regulator

role lender publish.sh
deliver lender applicant scorecard.hash
deliver lender regulator scorecard.hash

deliver applicant lender application.csv
role lender score.sh
deliver lender applicant score.csv score.proof
role applicant check.sh

deliver regulator lender applications.csv
role lender answer.sh
deliver lender regulator scores.csv scores.proof
role regulator audit.sh

only lender weights.csv base.csv lender.salt scorecard.emb
