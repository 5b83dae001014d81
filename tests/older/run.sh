#!/bin/bash
# A world of an older build goes on in this one: its programs as they were, and
# new ones, started afterwards, as they are now. Ends in "N passed, N failed".
# usage: tests/older/run.sh KIND...
set -u
cd "$(dirname "$0")/../.."
passed=0 failed=0

verdict() { # WHAT COMMAND...
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "older: $kind: $what, see $out" >&2
    fi
}

step() { # NAME PROGRAM; the script comes on standard input
    cat >"$out/$1.ui"
    REVENANT=$2 build/uitest host "$out/$1.ui" --out "$out" \
        --disk "$out/disk.img"
    verdict "$1" [ $? = 0 ]
    mv "$out/log.txt" "$out/$1.log"
}

said() { # NAME COUNT WORDS: so many lines of the log have them
    [ "$(grep -cF -- "$3" "$out/$1.log")" = "$2" ]
}

go_on() { # KIND
    kind=$1
    out=${RUN_DIR:-build/runs/older}/$kind
    rm -rf "$out"
    mkdir -p "$out"
    truncate -s 64M "$out/disk.img"
    step begin "build/older/$kind/revenant" <<END
boot
wait desktop
settle
type "from an older build"
open "Counter"
settle
click button "One more"
settle
expect text "1"
snapshot
screenshot begun
cut
END
    step updated build/revenant <<END
boot
wait "restored=yes"
settle
screenshot arrived
same begun arrived
click button "One more"
settle
expect text "2"
click title "Counter"
key super+escape
wait "A person is asked"
key enter
wait "app: Counter stopped"
settle
open "Counter"
settle
click button "Add one"
click button "Add one"
click button "Add one"
settle
expect text "3"
open "Shell"
settle
type "1 + 6 * 7\n"
settle
expect text "43"
snapshot
screenshot left
cut
END
    step again build/revenant <<END
boot
wait "restored=yes"
settle
screenshot returned
same left returned
shutdown
END
    step back "build/older/$kind/revenant" <<END
boot
wait "restored=yes"
settle
open "Counter"
settle
click button "One more"
settle
expect text "1"
shutdown
END
    local kept=0
    [ "$kind" = core ] && kept=1 # the heap began with the older core
    for name in updated again back; do
        [ $name = back ] && kept=0
        verdict "$name: core stays" said $name $kept \
            "core: a heap keeps the one that it began with"
        verdict "$name: all else fits" said $name $kept \
            "what the world has stays"
        local ended=0
        [ $name = updated ] && ended=1 # by the person
        verdict "$name: no other program was stopped" said $name $ended " stopped: "
        verdict "$name: nothing was lost" said $name 0 "recovery:"
    done
    verdict "rvdisk check" build/rvdisk check "$out/disk.img" >"$out/check.txt"
}

for kind in "$@"; do go_on "$kind"; done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
