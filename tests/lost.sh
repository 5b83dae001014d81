#!/bin/bash
# An app that lost a page is offered its last whole state. Ends in "N passed, N
# failed".
set -u
cd "$(dirname "$0")/.."
out=${RUN_DIR:-build/runs/lost}
rm -rf $out
mkdir -p $out
. tests/verdict.sh

run() { # NAME DISK OPTION...: a script comes on standard input
    local name=$1 disk=$2
    shift 2
    cat >$out/"$name".ui
    build/uitest host $out/"$name".ui --disk $out/"$disk" --out $out/"$name" \
        --set interval_ms=3600000 "$@" >$out/"$name".said 2>&1
}

# A page that the third generation wrote and the fourth still has; with keep=2
# no generation before those is there.
make_disk() { # DISK OPTION...
    truncate -s 64M $out/"$1"
    run make "$@" <<'END'
boot
wait desktop
type "The first line.\n"
settle
snapshot
type "The second line.\n"
settle
snapshot
key ctrl+a
key delete
type "All is new."
settle
snapshot
shutdown
END
}

# Which page it is depends on the programs: the first without which the Editor
# does not come back.
damage() { # DISK
    local number
    for number in $(seq 0 79); do
        cp --sparse=always $out/"$1" $out/damaged
        build/hostile/damage $out/damaged app "$number"
        cp --sparse=always $out/damaged $out/tried
        run try tried <<<$'boot\nwait desktop\nsettle\nshutdown'
        grep -q "app: Editor stopped" $out/try/log.txt && return 0
    done
    return 1
}

make_disk disk
verdict "a disk with some generations"
damage disk
verdict "a page without which the Editor is stopped"
run back damaged <<'END'
boot
wait desktop
settle
expect text "Editor was stopped"
screenshot notice
click item "Take it back to its last whole state"
settle
expect text "The first line."
type "It goes on."
settle
expect text "It goes on."
snapshot
cut
boot
wait desktop
settle
expect text "It goes on."
shutdown
END
verdict "it is taken back to the last generation that has all of it, and goes on"

make_disk short --set keep=2 --set keep_minutes=0 --set keep_hours=0 \
    --set keep_days=0
verdict "a disk with the last generations only"
damage short
verdict "a page that all of them have"
run anew damaged <<'END'
boot
wait desktop
settle
click item "Take it back to its last whole state"
settle
expect text "Editor cannot come back"
click item "Start it anew"
settle
type "A fresh start."
settle
expect text "A fresh start."
shutdown
END
verdict "one that no generation has whole starts anew"

echo "$passed passed, $failed failed"
[ $failed = 0 ]
