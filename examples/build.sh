# shellcheck shell=sh disable=SC2154
# Sourced by the examples: builds $top/build/eml, says how far it is, and shows what the build printed only where it fails.
# Needs $top and $work.

# Ninja's lines into one line that counts on a terminal, and into every 25th elsewhere.
count_steps() {
    while read -r line; do
        case $line in
        \[*/*\]*) ;;
        *) continue ;;
        esac
        step=${line#\[}
        step=${step%%/*}
        if [ -t 1 ]; then
            printf '\r%s' "${line%%\]*}]"
        elif [ $((step % 25)) -eq 1 ]; then
            echo "${line%%\]*}]"
        fi
    done
    [ ! -t 1 ] || printf '\r\033[K'
}

echo '== build (a minute the first time)'
{ sh "$top/tests/run.sh" --build-only && touch "$work/built"; } 2>&1 | tee "$work/build.log" | count_steps
[ -e "$work/built" ] || { cat "$work/build.log" >&2; exit 1; }
