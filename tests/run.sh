#!/bin/sh
# Installs what is missing, builds, runs every test (but interop with Winterfell, which needs cargo: see .ci/run).
# usage: sh tests/run.sh [--build-only]
set -eu
cd "$(dirname "$0")/.."

case "${1:-}" in
'') what=test ;;
--build-only) what=build ;;
*) echo "usage: tests/run.sh [--build-only]" >&2; exit 2 ;;
esac

sh tests/install.sh "$what"
[ -f build/build.ninja ] || meson setup build
ninja -C build
[ "$what" = build ] || meson test -C build --no-rebuild --no-suite interop --print-errorlogs
