#!/bin/bash
# The example of the store as a library: what was durable is there in the next
# run, what was not is as if it had never been. Ends in "N passed, N failed".
set -u
cd "$(dirname "$0")/.."
out=${RUN_DIR:-build/runs/library}
disk=$out/disk.img
passed=0 failed=0
mkdir -p "$out"
rm -f $disk

says() { # NAME LINES WORD...: the example, with these words, prints these lines
    local name=$1 lines=$2
    shift 2
    if diff <(printf "$lines") <(build/revstore-example $disk "$@") >&2; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "library: $name" >&2
    fi
}

says "a fresh disk" 'run 1\nand 1\nbread 1\nmilk 1\n' milk and bread
says "forgotten words" 'run 2\nand 1\nbread 2\nmilk 1\nzebra 1\n' zebra bread --forget
says "the next run" 'run 2\nand 1\nbread 1\nmilk 2\n' milk
says "a run without words" 'run 3\nand 1\nbread 1\nmilk 2\n'
build/rvdisk check $disk >/dev/null && passed=$((passed + 1)) || failed=$((failed + 1))
echo foreign >$disk.foreign
truncate -s 16M $disk.foreign
build/revstore-example $disk.foreign 2>/dev/null
[ $? = 1 ] && passed=$((passed + 1)) || failed=$((failed + 1))
rm -f $disk $disk.foreign
echo "$passed passed, $failed failed"
[ $failed = 0 ]
