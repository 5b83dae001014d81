#!/bin/bash
# One disk that is written by the hosted machine, goes on in QEMU, and then on
# the hosted machine again: at each step the picture is the one that was left,
# and the programs go on. Ends in "N passed, N failed".
# usage: tests/ui/crossing.sh kernel|bios|uefi...
set -u
cd "$(dirname "$0")/../.."
passed=0 failed=0
program=(--set "app=$(<tests/crash/invariants.rev)" --set app_name=invariants)

leave='settle
snapshot
screenshot'

step() { # NAME MACHINE OPTION...; the script comes on standard input
    local name=$1 machine=$2
    shift 2
    cat >"$out/$name.ui"
    if build/uitest "$machine" "$out/$name.ui" --out "$out" \
        --disk "$out/disk.img" --size "$size" "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "crossing: $name at $size, see $out" >&2
    fi
    mv "$out/log.txt" "$out/$name.log"
}

cross() { # FIRMWARE SIZE
    local firmware=$1
    size=$2
    out=${RUN_DIR:-build/runs/crossing}/$firmware-$size
    rm -rf "$out"
    mkdir -p "$out"
    truncate -s 64M "$out/disk.img"
    step begin host "${program[@]}" <<END
boot
wait "invariants: good"
open "Counter"
settle
click button "Add one"
settle
expect text "1"
drag 300 120 420 180
type "carried from one machine to the oth"
$leave begun
cut
END
    step "$firmware" pc --firmware "$firmware" <<END
boot
wait "restored=yes"
settle
screenshot arrived
same begun arrived
wait "invariants: good"
type "er, in the middle of a word"
click button "Add one"
settle
expect text "2"
drag 500 150 430 260
$leave left
cut
END
    step back host <<END
boot
wait "restored=yes"
settle
screenshot returned
same left returned
wait "invariants: good"
click button "Add one"
settle
expect text "3"
shutdown
END
}

for firmware in "$@"; do
    cross "$firmware" 1024x768
    cross "$firmware" 1280x800
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
