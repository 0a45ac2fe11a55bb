#!/bin/sh
# Installs what is missing, builds, runs every test (but interop with Winterfell, which needs cargo: see .ci/run).
# --build-only builds eml and the embedded verifier, for which a build folder without tests will do.
# usage: sh tests/run.sh [--build-only]
set -eu
cd "$(dirname "$0")/.."

case "${1:-}" in
'') what='test' ;;
--build-only) what='build' ;;
*) echo "usage: tests/run.sh [--build-only]" >&2; exit 2 ;;
esac

sh tests/install.sh "$what"
if [ "$what" = build ]; then
    [ -f build/build.ninja ] || meson setup build -Dtests=false
    exec ninja -C build eml examples/embed/embed-verify
fi
[ -f build/build.ninja ] || meson setup build
[ -d build/tests ] || meson configure build -Dtests=true
ninja -C build
meson test -C build --no-rebuild --no-suite interop --print-errorlogs
