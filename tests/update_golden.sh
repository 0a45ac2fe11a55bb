#!/bin/sh
# Rewrites every golden expectation from what the build prints now. Read the diff before you commit it.
# usage: sh tests/update_golden.sh [BUILD_FOLDER]      (default: build)
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$top/build}
[ -d "$build" ] || meson setup "$build" "$top"
for suite in $(sed -n "s/^  '\([a-z_]*\)': \[.*/\1/p" "$top/tests/golden/meson.build"); do
    ninja -C "$build" "update-golden-$suite"
done
ninja -C "$build" compiler/cli/eml-generate
"$build/compiler/cli/eml-generate" markdown >"$top/docs/cli.md"
ninja -C "$build" update-docs-tables
git -C "$top" --no-pager diff --stat -- tests/golden docs
