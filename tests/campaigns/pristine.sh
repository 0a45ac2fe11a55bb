#!/usr/bin/env bash
# The two commands of the README, in a Debian 12 with its essential packages only, on a copy of the tree. Status 77: it cannot be made
# here, and the last line says why.
set -u
cd "$(dirname "$0")/../.." || exit

skip() { echo "$1"; exit 77; }
[ "$(id -u)" -eq 0 ] || skip 'only root can make another Debian'
command -v debootstrap >/dev/null || skip 'debootstrap is not installed: sh tests/install.sh long'

root=$(mktemp -d)
trap 'rm -rf --one-file-system "$root"' EXIT
debootstrap --variant=minbase bookworm "$root" || skip 'debootstrap could not make a Debian 12'
mkdir "$root/eml"
git ls-files -z | xargs -0 cp --parents -t "$root/eml"

# inside COMMAND: /proc and /dev are there as long as the command runs.
inside() {
    # shellcheck disable=SC2016
    unshare --mount --pid --fork sh -c '
        mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" || exit
        exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root sh -c "cd /eml && $2"' sh "$root" "$1"
}
inside true || skip 'no mount namespace can be made here'
for command in 'sh examples/diabetes/run.sh' 'sh tests/run.sh'; do
    inside "$command" || { echo "$command: status $?"; exit 1; }
done
echo 'both commands of the README pass on a pristine Debian 12'
