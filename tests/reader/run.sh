#!/bin/bash
# The second reader of the format agrees with rvdisk on every image: a whole one,
# ones with old and abandoned generations, and damaged ones. The document's
# constants are the code's. Ends in "N passed, N failed".
set -u
cd "$(dirname "$0")/../.."
out=build/reader
reader="python3 tests/reader/reader.py"
passed=0 failed=0
rm -rf "$out"
mkdir -p "$out"

verdict() { # NAME GOOD
    if [ "$2" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "reader: $1" >&2
    fi
}

agree() { # NAME: both say the same of $out/disk, to the word where it is whole
    $reader check "$out/disk" >"$out/mine"
    local mine=$?
    build/rvdisk check "$out/disk" >"$out/theirs"
    local theirs=$?
    [ $mine = $theirs ] &&
        { [ $mine = 1 ] || diff "$out/mine" <(grep -v 'used by nothing' "$out/theirs"); }
    verdict "$1: they do not agree" $?
    return $mine
}

$reader constants persist/format.h
verdict "constants" $?
build/uitest host tests/ui/survive.ui --disk "$out/made" --out "$out" >"$out/log" 2>&1
verdict "the script that makes the image" $?
cp --sparse=always "$out/made" "$out/disk"
agree "a whole image"
verdict "a whole image is good" $?
for kind in data root node meta directory space both-root both-meta; do
    for number in 1 2; do
        cp --sparse=always "$out/made" "$out/disk"
        build/hostile/damage "$out/disk" $kind $number
        agree "$kind $number"
        [ $? = 1 ]
        verdict "$kind $number is found" $?
    done
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
