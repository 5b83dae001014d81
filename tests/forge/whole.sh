#!/bin/bash
# rvdisk check --whole and rvdisk import, with worlds whose hashes are right: one
# that nobody forged, and some whose code, classes or registers were. Ends in
# "N passed, N failed".
# usage: tests/forge/whole.sh COUNT: so many forgeries of each kind besides
set -u
cd "$(dirname "$0")/../.."
out=${RUN_DIR:-build/runs/whole}
passed=0 failed=0
rm -rf "$out"
mkdir -p "$out"

check() { # WHAT STATUS WORDS COMMAND...: it ends so, and says these words
    local what=$1 status=$2 words=$3 got
    shift 3
    "$@" >"$out/said" 2>&1
    got=$?
    if [ $got = "$status" ] &&
        { [ -z "$words" ] || grep -qF -- "$words" "$out/said"; }; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "whole: $what: ended with $got and said:" >&2
        head -5 "$out/said" >&2
    fi
}

holds() { # WHAT COMMAND...
    local what=$1
    shift
    check "$what" 0 "" "$@"
}

check "all kinds are found" 0 " 0 failed" build/asan/forge -w -n "$1"
holds "a world is made" build/asan/forge -o "$out/good.img" none
check "it is good" 0 "; 0 findings" build/rvdisk check --whole "$out/good.img"
holds "it is exported" build/rvdisk export "$out/good.img" "$out/good.rvx"
check "it is imported" 0 "; 0 findings" build/rvdisk import "$out/good.rvx" \
    "$out/new.img" 64
holds "its image stays" test -s "$out/new.img"

while read -r kind words; do
    kind=${kind//_/ }
    rm -f "$out"/forged.*
    holds "$kind: forged" build/asan/forge -o "$out/forged.img" "$kind"
    check "$kind: its hashes are right" 0 " 0 bad blocks" \
        build/rvdisk check "$out/forged.img"
    check "$kind: it is found" 1 "$words" \
        build/rvdisk check --whole "$out/forged.img"
    holds "$kind: it can be exported" \
        build/rvdisk export "$out/forged.img" "$out/forged.rvx"
    check "$kind: it is not imported" 1 "nothing was imported" \
        build/rvdisk import "$out/forged.rvx" "$out/none.img" 64
    holds "$kind: no image is left" test ! -e "$out/none.img"
    truncate -s 64M "$out/forged.blank"
    check "$kind: nor onto a blank one" 1 "nothing was imported" \
        build/rvdisk import "$out/forged.rvx" "$out/forged.blank"
    holds "$kind: which stays blank" \
        cmp -n 67108864 "$out/forged.blank" /dev/zero
done <<'END'
code W2
file W2
class's_tables finding
register W4
result W5
field H7
END
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
