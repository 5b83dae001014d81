#!/bin/bash
# Does build/uitest itself notice what is wrong? Uses the hosted machine. Ends in
# "N passed, N failed".
set -u
cd "$(dirname "$0")/../.."
out=build/ui/uitest-check
rm -rf "$out"
mkdir -p "$out"
passed=0 failed=0

# The script comes on standard input.
ends_with() { # STATUS WHAT OPTION...
    local wanted=$1 what=$2 got
    shift 2
    cat >"$out/script.ui"
    build/uitest host "$out/script.ui" --out "$out" --golden "$out/golden" \
        "$@" 2>"$out/errors"
    got=$?
    if [ "$got" = "$wanted" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "uitest: $what: status $got, wanted $wanted" >&2
        cat "$out/errors" >&2
    fi
}

begin=$'boot\nwait desktop\nscreenshot a'
ends_with 2 "a wrong option" --colour </dev/null
ends_with 1 "an unknown command" <<<"dance"
ends_with 1 "a text without quotes" <<<"$begin"$'\ntype abc'
ends_with 1 "a pixel of another colour" <<<"$begin"$'\npixel a 0 0 123456'
ends_with 1 "a pixel that is not there" <<<"$begin"$'\npixel a 5000 0 0'
ends_with 1 "a golden picture that is missing" <<<"$begin"$'\nexpect a'
ends_with 0 "making a golden picture" --update <<<"$begin"$'\nexpect a'
ends_with 0 "an equal picture" <<<"$begin"$'\nexpect a'
ends_with 1 "a picture of another size" --size 800x600 <<<"$begin"$'\nexpect a'
printf '0 0 640 480\n' >"$out/a.masks"
ends_with 0 "what is left out" <<<"$begin"$'\nmove 100 100\nsettle
screenshot b\nsame a b'
ends_with 1 "what nothing is left out of" <<<"$begin"$'\nmove 100 100\nsettle
screenshot b\nexact a b'
ends_with 1 "a line that never comes" --patience 1 <<<$'boot\nwait "no such"'
ends_with 1 "a machine that was cut" --patience 1 <<<$'boot\ncut\nkey a'
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
