# shellcheck shell=sh disable=SC2154
# Sourced by examples whose roles have a folder each and exchange only the files that deliver names. Sets EML, building it when it is not set;
# expects $here, the example's folder.
top=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "${EML:-}" ]; then
    # shellcheck source=examples/build.sh
    . "$here/../build.sh"
    EML=$top/build/eml
fi
export EML

roles() { # ROLE...
    all_roles=$*
    for one in "$@"; do cp -R "$here/$one" "$work"; done
}

role() { # ROLE SCRIPT
    printf '\n== %s: %s\n' "$1" "$2"
    (cd "$work/$1" && sh "./$2")
}

deliver() { # FROM TO FILE...
    from=$1 to=$2
    shift 2
    for file in "$@"; do
        cp "$work/$from/$file" "$work/$to/$file"
        echo "   $from -> $to: $file"
    done
}

only() { # ROLE FILE...: nobody else has these
    owner=$1
    shift
    printf '\n== nobody but the %s has\n' "$(echo "$owner" | tr - ' ')"
    for file in "$@"; do
        [ -e "$work/$owner/$file" ] || { echo "the $owner has no $file" >&2; exit 1; }
        for other in $all_roles; do
            if [ "$other" != "$owner" ] && [ -e "$work/$other/$file" ]; then
                echo "$other has $file" >&2
                exit 1
            fi
        done
        echo "   $file"
    done
}
