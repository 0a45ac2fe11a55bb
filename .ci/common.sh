# shellcheck shell=bash
# Sourced by run and long, from the top of the tree.
logs=build-ci-logs
mkdir -p "$logs"

# build FOLDER "MESON OPTIONS": warnings are errors.
build() {
    # shellcheck disable=SC2086
    { [ -f "$1/build.ninja" ] || meson setup "$1" -Dwerror=true $2; } && ninja -C "$1"
}
# build_and_test FOLDER "MESON OPTIONS" TEST OPTIONS...
build_and_test() {
    local folder=$1 options=$2
    shift 2
    build "$folder" "$options" && meson test -C "$folder" --no-rebuild --print-errorlogs "$@"
}
