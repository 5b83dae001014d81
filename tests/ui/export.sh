#!/bin/bash
# One generation as a file: the first heap is made the same twice, a desktop
# goes through a file onto another disk and on in QEMU and on the hosted
# machine, and what is damaged or in the way is refused. Ends in "N passed, N
# failed".
# usage: tests/ui/export.sh NAME=PATH... (what build/first-heap is made of)
set -u
cd "$(dirname "$0")/../.."
out=${RUN_DIR:-build/runs/export}
passed=0 failed=0
rm -rf $out
mkdir -p $out

check() { # WHAT COMMAND...
    local what=$1
    shift
    if "$@" >$out/said 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "export: $what; it said:" >&2
        head -5 $out/said >&2
    fi
}

refused() { # WHAT WORDS WORD...: status 1 and one line with these words
    local what=$1 words=$2
    shift 2
    check "$what" bash -c '"$@" 2>&1 | grep -F -- "$0" &&
        [ "${PIPESTATUS[0]}" = 1 ]' "$words" build/rvdisk "$@"
}

script() { # NAME MACHINE DISK; the script comes on standard input
    cat >"$out/$1.ui"
    check "$1" build/uitest "$2" "$out/$1.ui" --out $out --disk "$out/$3"
    mv $out/log.txt "$out/$1.log"
}

check "a first heap can be made" build/first-heap $out/again.rvx "$@"
check "two builds make the same first heap" cmp build/first.rvx $out/again.rvx

truncate -s 64M $out/from.img
script begin host from.img <<END
boot
wait desktop
settle
snapshot
open "Counter"
settle
click button "Add one"
type "in a file"
settle
snapshot
screenshot begun
cut
END
check "the newest is exported" build/rvdisk export $out/from.img $out/one.rvx
refused "a file is not written over" "File exists" \
    export $out/from.img $out/one.rvx
refused "a generation that is not there" "is not on the disk" \
    export $out/from.img $out/none.rvx 99
check "an older one is exported" build/rvdisk export $out/from.img \
    $out/older.rvx 1
check "it is another" bash -c "! cmp $out/one.rvx $out/older.rvx"
refused "a missing image" "No such file" export $out/none.img $out/none.rvx
truncate -s 64M $out/blank.img
refused "nothing is durable" "nothing is durable" \
    export $out/blank.img $out/none.rvx

check "it is imported onto a new image" \
    build/rvdisk import $out/one.rvx $out/host.img 32
check "the new image has the size" [ "$(stat -c %s $out/host.img)" = 33554432 ]
check "it is imported onto a blank image" \
    build/rvdisk import $out/one.rvx $out/blank.img
check "the image is whole" build/rvdisk check $out/blank.img
check "it is exported again" build/rvdisk export $out/host.img $out/two.rvx
pages() { # FILE OUT: without header and trailer, which name the generation
    tail -c +129 "$1" | head -c -48 >"$2"
}
pages $out/one.rvx $out/one.pages
pages $out/two.rvx $out/two.pages
check "it is equal page for page" cmp $out/one.pages $out/two.pages

for machine in host pc; do
    disk=blank.img
    [ $machine = host ] && disk=host.img
    script "on-$machine" $machine $disk <<END
boot
wait "restored=yes"
settle
screenshot arrived
same begun arrived
click button "Add one"
settle
expect text "2"
shutdown
END
done

# What is in the way or damaged.
cp --sparse=always $out/host.img $out/before.img
refused "a disk that is in use by a world" "it is not blank" \
    import $out/one.rvx $out/host.img
check "that disk stays as it is" cmp $out/host.img $out/before.img
truncate -s 16M $out/foreign.img
printf '\x53\xef' | dd of=$out/foreign.img bs=1 seek=1080 conv=notrunc \
    status=none
refused "a foreign disk" "not Revenant's" import $out/one.rvx $out/foreign.img
size=$(stat -c %s $out/one.rvx)
for cut in 0 100 5000 $((size - 1)); do
    head -c "$cut" $out/one.rvx >$out/bad.rvx
    [ "$cut" = 0 ] && words="not an exported generation" || words="cut off"
    [ "$cut" -gt 128 ] && words="its end is missing"
    refused "a file cut at $cut" "$words" import $out/bad.rvx $out/new.img
done
for at in 50 3000 $((size - 20)); do
    cp $out/one.rvx $out/bad.rvx
    byte=$(tail -c +$((at + 1)) $out/one.rvx | head -c 1 | od -An -tu1)
    printf '%b' "\\x$(printf %x $((byte ^ 1)))" |
        dd of=$out/bad.rvx bs=1 seek=$at conv=notrunc status=none
    words=damaged
    [ $at -gt $((size - 48)) ] && words="does not fit"
    refused "a file changed at $at" "$words" import $out/bad.rvx $out/new.img
done
refused "a file of something else" "not an exported generation" \
    import build/rvdisk $out/new.img
check "no image was made of them" [ ! -e $out/new.img ]
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
