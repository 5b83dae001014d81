#!/bin/bash
# The second reader of the format agrees with rvdisk on every image: a whole one,
# ones with old and abandoned generations, and damaged ones. The document's
# constants are the code's. Ends in "N passed, N failed".
set -u
cd "$(dirname "$0")/../.."
out=${RUN_DIR:-build/runs/reader}
reader="python3 tests/reader/reader.py"
rm -rf "$out"
mkdir -p "$out"

. tests/reader/agree.sh
agree() { agree_on "$out/disk" "$1"; } # NAME

$reader constants persist/store/format.h
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
        build/rvdisk repair "$out/disk" >"$out/said" 2>&1
        mended=$?
        build/rvdisk check "$out/disk" >"$out/said" 2>&1
        [ $? = $mended ]
        verdict "$kind $number: repair says what check finds" $?
        case $kind in
        root | node | meta | directory | space)
            cmp -s "$out/disk" "$out/made"
            verdict "$kind $number is mended to the byte" $? ;;
        esac
    done
done

cp --sparse=always "$out/made" "$out/disk"
build/hostile/damage "$out/disk" both-space 1
count=$(build/rvdisk list "$out/disk" | wc -l)
build/rvdisk repair "$out/disk" >"$out/said" 2>&1 &&
    grep -q "made anew, with generation" "$out/said"
verdict "a map of free blocks without a good copy is made anew" $?
agree "after making the map anew"
verdict "an image is good after making the map anew" $?
[ "$(build/rvdisk list "$out/disk" | wc -l)" = $((count + 1)) ]
verdict "making the map anew deletes no generation" $?
! build/rvdisk check "$out/disk" | grep -q "used by nothing"
verdict "the new map has no block that is used by nothing" $?

cp --sparse=always "$out/made" "$out/disk"
build/hostile/damage "$out/disk" both-meta 1
build/rvdisk repair "$out/disk" >"$out/said" 2>&1
verdict "a list of generations without a good copy is made anew" $?
agree "after making the list anew"
verdict "an image is good after making the list anew" $?
[ "$(build/rvdisk list "$out/disk" | wc -l)" = $((count + 1)) ]
verdict "making the list anew loses no generation" $?

# ---- A damaged newest generation, and what check ends with ----

newest=$(build/rvdisk list "$out/made" | awk 'END { print $1 }')
cp --sparse=always "$out/made" "$out/disk"
build/hostile/damage "$out/disk" both-root 1
build/rvdisk check "$out/disk" >"$out/said" 2>&1
[ $? = 1 ] && [ "$(grep -c "^generation $newest, the newest, does not verify" \
    "$out/said")" = 1 ]
verdict "check names the damaged newest generation once, and ends with 1" $?
older=$(sed -n 's/.*; generation \([0-9]*\) is whole$/\1/p' "$out/said")
cp --sparse=always "$out/disk" "$out/before"
for command in "pin $out/disk $older name" "unpin $out/disk $older" \
    "repair $out/disk"; do
    # shellcheck disable=SC2086 # words
    build/rvdisk $command >"$out/said" 2>&1
    [ $? = 1 ] && cmp -s "$out/disk" "$out/before"
    verdict "${command%% *} writes nothing before it is decided" $?
done
build/rvdisk rollback "$out/disk" "$older" >"$out/said" 2>&1 &&
    build/rvdisk list "$out/disk" | grep -q "^ *$newest .* damaged$"
verdict "rollback goes on from the older one and pins the damaged" $?
! build/rvdisk check "$out/disk" | grep -q "does not verify"
verdict "then it is the newest no longer" $?
python3 - "$out/made" >"$out/said" 2>&1 <<'END'
import fcntl, subprocess, sys
with open(sys.argv[1], "r+") as image:
    fcntl.lockf(image, fcntl.LOCK_EX)
    status = subprocess.call(["build/rvdisk", "check", sys.argv[1]])
sys.exit(status != 3)
END
verdict "check of an image that is in use ends with 3" $?
build/rvdisk check >"$out/said" 2>&1
[ $? = 2 ]
verdict "check of nothing ends with 2" $?

# ---- A running machine looks after its disk ----

printf 'boot\nwait "1 bad blocks were written again, 0 are lost"\nshutdown\n' \
    >"$out/scrub.ui"
for kind in root node; do
    cp --sparse=always "$out/made" "$out/disk"
    build/hostile/damage "$out/disk" second-$kind 1
    build/uitest host "$out/scrub.ui" --disk "$out/disk" --out "$out/scrub" \
        --set scrub_minutes=0 >"$out/said" 2>&1
    verdict "second copy of a $kind: it is mended in idle time" $?
    agree "second copy of a $kind"
    verdict "second copy of a $kind: all is good afterwards" $?
done

# ---- Generations: rvdisk's other commands, and what they leave ----

expect() { # NAME WORDS COMMAND...: succeeds and says these words
    local name=$1 words=$2
    shift 2
    "$@" >"$out/said" 2>&1 && grep -qF -- "$words" "$out/said"
    verdict "$name" $?
}

cp --sparse=always "$out/made" "$out/disk"
old=$(build/rvdisk list "$out/disk" | awk 'NR == 2 { print $1 }')
new=$(build/rvdisk list "$out/disk" | awk 'END { print $1 }')
expect "show" "pages of" build/rvdisk show "$out/disk" "$old"
expect "diff with itself" "0 pages differ" build/rvdisk diff "$out/disk" "$old" "$old"
expect "pin" "is kept as" build/rvdisk pin "$out/disk" "$old" "the first moment"
expect "the pin is listed" "the first moment" build/rvdisk list "$out/disk"
expect "rollback" "again" build/rvdisk rollback "$out/disk" "$old"
back=$(build/rvdisk list "$out/disk" | awk 'END { print $1 }')
expect "rollback is exact" "0 pages differ" build/rvdisk diff "$out/disk" "$old" "$back"
expect "what was left is pinned" "left" build/rvdisk list "$out/disk"
agree "after going back"
verdict "an image is good after going back" $?
printf 'boot\nwait desktop\nshutdown\n' >"$out/start.ui"
expect "it starts from there" "restored=yes" build/revenant --headless \
    --disk "$out/disk" --ui "$out/start.ui" --out "$out"
expect "a start from a given generation" "restore: generation=$old " \
    build/revenant --headless --disk "$out/disk" --generation "$old" \
    --ui "$out/start.ui" --out "$out"
agree "after a start from there"
expect "counters at the exit" "" build/revenant --headless --disk "$out/disk" \
    --ui "$out/start.ui" --out "$out" --stats "$out/stats.json"
expect "they are JSON" '"generation": ' python3 -m json.tool "$out/stats.json"
build/revenant --headless --disk "$out/disk" --generation 99999 2>"$out/said"
[ $? = 1 ] && grep -q "not kept" "$out/said" && [ "$(wc -l <"$out/said")" = 1 ]
verdict "a start from a generation that is not kept is refused" $?
# ---- Another size ----

# Numbers, parents, branches, times and pins; and each generation's pages.
history() { build/rvdisk list "$out/disk" | awk '{ $6 = $7 = ""; print }'; }
exports() { # FOLDER
    rm -rf "$1" && mkdir "$1"
    for number in $(build/rvdisk list "$out/disk" | awk 'NR > 1 { print $1 }'); do
        build/rvdisk export "$out/disk" "$1/$number" "$number" >/dev/null
    done
}
history >"$out/history"
exports "$out/before"
for size in 24 6 48; do
    expect "resize to $size" "has $size MiB" build/rvdisk resize "$out/disk" $size
    [ "$(stat -c %s "$out/disk")" = $((size << 20)) ]
    verdict "the size is $size" $?
    agree "after a resize to $size"
    verdict "an image of $size MiB is good" $?
    diff "$out/history" <(history) >/dev/null
    verdict "all generations are there with $size MiB" $?
    exports "$out/after"
    diff -r "$out/before" "$out/after" >/dev/null
    verdict "each page of each generation is the same with $size MiB" $?
done
cp --sparse=always "$out/disk" "$out/old"
build/rvdisk resize "$out/disk" 3 2>"$out/said"
[ $? = 1 ] && grep -q "is the least" "$out/said" && cmp -s "$out/disk" "$out/old" &&
    [ ! -e "$out/disk.resized" ]
verdict "a size that is too small is refused, and changes nothing" $?
expect "it starts with another size" "restored=yes" build/revenant --headless \
    --disk "$out/disk" --ui "$out/start.ui" --out "$out"
agree "after a start with another size"
expect "unpin" "as long as" build/rvdisk unpin "$out/disk" "$new"
expect "unpin the other" "as long as" build/rvdisk unpin "$out/disk" "$old"
for i in 1 2 3; do
    build/rvdisk rollback "$out/disk" \
        "$(build/rvdisk list "$out/disk" | awk 'END { print $1 }')" >/dev/null
done
agree "after unpinning"
verdict "an image is good after unpinning" $?
build/rvdisk rollback "$out/disk" 99999 2>"$out/said"
[ $? = 1 ] && grep -q "does not exist" "$out/said"
verdict "a generation that is not kept is refused" $?
echo "$passed passed, $failed failed"
[ $failed = 0 ]
