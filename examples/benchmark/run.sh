#!/bin/sh
# Three roles, three folders. Each role's script runs in its own folder and sees nothing else; deliver is the only way from one to another, so
# the lines below are all that ever leaves anybody's hands. EML=path/to/eml uses a command that is already built.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=examples/roles.sh
. "$here/../roles.sh"
roles owner judge reader

role owner publish.sh
deliver owner judge model.hash model.public.emb
deliver owner reader model.hash

role judge draw.sh
deliver judge owner drawn.csv
deliver judge reader drawn.csv truth.csv

role owner predict.sh
deliver owner reader predictions.csv predictions.proof
role reader measure.sh

only owner weights.csv intercept.csv owner.salt model.emb
