#!/bin/sh
# Installs the Debian 12 packages that are missing: `tests/install.sh build` what building needs, and besides that `test` what the tests
# need, `ci` what .ci/run needs, `long` what .ci/long needs. Quick and silent when nothing is missing.
set -eu

build='gcc libc6-dev meson ninja-build pkg-config re2c python3 libgmp-dev libmpfr-dev libsodium-dev libcbor-dev libjansson-dev'
test='libcmocka-dev openssl unicode-data valgrind'
ci='clang clang-format libclang-rt-14-dev git shellcheck'
long='debootstrap gcc-11 clang-13 clang-15 clang-16'

case "${1:-build}" in
build) wanted=$build ;;
test) wanted="$build $test" ;;
ci) wanted="$build $test $ci" ;;
long) wanted="$build $test $ci $long" ;;
*) echo "usage: tests/install.sh [build|test|ci|long]" >&2; exit 2 ;;
esac

missing=
for package in $wanted; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || { echo "install.sh: run as root, or install sudo; missing:$missing" >&2; exit 1; }
    as_root=sudo
fi
echo "installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq >&2
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
