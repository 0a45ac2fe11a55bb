#!/bin/sh
# Rewrites every golden expectation, example and fixture from what the build makes now. Read the diff before you commit it.
# usage: sh tests/update_golden.sh [BUILD_FOLDER]      (default: build)
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$top/build}
[ -d "$build" ] || meson setup "$build" "$top"
sed -n "s/^  '\([a-z_]*\)': \[.*/update-golden-\1/p" "$top/tests/golden/meson.build" | xargs -n 1 ninja -C "$build"
tables=$top/runtime/text/unicode_tables.c
[ ! -d /usr/share/unicode ] || { python3 "$top/tests/kat/gen_unicode.py" >"$tables.new" && mv "$tables.new" "$tables"; }
ninja -C "$build" compiler/cli/eml-generate
"$build/compiler/cli/eml-generate" markdown >"$top/docs/cli.md"
ninja -C "$build" update-docs-tables
ninja -C "$build" update-docs-examples
ninja -C "$build" update-fixtures
git -C "$top" --no-pager diff --stat -- tests/golden tests/fixtures docs
