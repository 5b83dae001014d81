#!/bin/bash
# A disk that an app fills: the app waits, the editor beside it does not, a
# notice asks what may go, and an answer makes room; power cuts in between lose
# nothing. Ends in "N passed, N failed".
# usage: tests/full.sh host|pc
set -u
cd "$(dirname "$0")/.."
machine=$1
out=${RUN_DIR:-build/runs/full}
rm -rf "$out"
mkdir -p "$out"
. tests/verdict.sh

disk() { # NAME SIZE: a blank one
    disk=$out/$1.img
    truncate -s "$2" "$disk"
}

play() { # NAME OPTION...: a script comes on standard input
    local name=$1
    shift
    cat >"$out/$name.ui"
    mkdir -p "$out/$name"
    build/uitest "$machine" "$out/$name.ui" --disk "$disk" --size 1024x700 \
        --patience 120 --out "$out/$name" "$@" >"$out/$name/errors" 2>&1
}

sound() { # the disk, and the log of the last script
    build/rvdisk check "$disk" >"$out/check" 2>&1 &&
        ! grep -qE "panic|auditor|recovery: (a snapshot|the world)|something is lost" \
            "$out/$1/log.txt"
}

filler="app=$(cat tests/ui/filler.rev)"
asked='wait "a person is asked what may go"'

# ---- The disk is full ----

disk disk 24M
play fills --set "$filler" <<X
boot
wait desktop
$asked
settle
expect text "The disk is full"
screenshot asked
click item "Wait"
settle
click text "Text"
type "typed beside it"
settle
expect text "3 words"
click item "Filler"
settle
click button "Are you there"
wait "filler: yes, 1"
settle
expect text "Yes, 1"
screenshot answers
snapshot
cut
boot
wait desktop
settle
expect text "3 words"
$asked
expect text "The disk is full"
click item "Wait"
settle
expect text "Yes, 1"
click button "Are you there"
wait "filler: yes, 2"
settle
expect text "Yes, 2"
cut
X
verdict "an app fills the disk, its own window and the editor go on, and a power cut loses nothing"
sound fills
verdict "the full disk is sound"
cp "$disk" "$out/pinned.img"

play stops <<X
boot
wait desktop
$asked
click item "Stop app for good"
wait "there is room again"
settle
click text "Text"
type " and more"
settle
expect text "5 words"
snapshot
cut
boot
wait desktop
settle
expect text "5 words"
screenshot after
shutdown
X
verdict "an app that is stopped makes room, for good"
grep -q "restore: .* windows=1 " "$out/stops/log.txt"
verdict "it does not come back"
sound stops
verdict "the disk is sound after that"

# ---- A pinned generation holds the room ----

disk=$out/pinned.img
full=$(build/rvdisk list "$disk" | awk '{last = $1} END {print last}')
build/rvdisk pin "$disk" "$full" before >"$out/pin" 2>&1
verdict "the generation of the full disk can be pinned"
play pinned <<X
boot
wait desktop
$asked
click item "Stop app for good"
wait "app: app stopped"
settle
snapshot
cut
X
verdict "the app is stopped, and its generation kept"
play let_go --set "$filler" <<X
boot
wait desktop
$asked
settle
screenshot asked
click item "Wait"
snapshot
cut
boot
wait desktop
$asked
click item "Let go of generation $full, before"
wait "there is room again"
$asked
click item "Wait"
snapshot
cut
X
verdict "letting go of a generation makes room, and the app goes on"
sound let_go
verdict "the disk is sound then"

# ---- RAM is a small part of what is written ----

disk memory 96M
play memory --set "$filler" --set memory_mb=8 <<X
boot
wait desktop
click text "Text"
type "beside the other"
$asked
expect text "3 words"
expect text "The disk is full"
click item "Wait"
settle
click text "Text"
type " it goes on"
settle
expect text "6 words"
snapshot
cut
boot
wait desktop
settle
expect text "6 words"
$asked
click item "Stop app for good"
wait "there is room again"
settle
shutdown
X
verdict "an app that writes ten times the RAM stops neither itself nor others"
! grep -q "the memory is full" "$out/memory/log.txt"
verdict "RAM that is dirty comes back with each snapshot"
sound memory && grep -q "filler: .* parts are whole" "$out/memory/log.txt"
verdict "all of it is there, and that disk is sound"

echo "$passed passed, $failed failed"
[ $failed = 0 ]
