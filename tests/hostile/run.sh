#!/bin/bash
# Disks and programs that are not what they should be: each gets one clear
# sentence or a machine that goes on; never a crash, a hang, or a change of a
# foreign disk. Ends in "N passed, N failed".
# usage: tests/hostile/run.sh [ROUNDS]
set -u
cd "$(dirname "$0")/../.."
rounds=${1:-3}
out=${RUN_DIR:-build/runs/hostile}
machine=build/asan/revenant
passed=0 failed=0
mkdir -p "$out"

verdict() { # NAME PROBLEM: an empty problem is good
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "hostile: $1: $2; it said:" >&2
        head -20 "$out/said" >&2
    fi
}

crashed() { # STATUS
    if [ "$1" = 124 ]; then
        echo "it hangs"
    elif [ "$1" -gt 125 ]; then
        echo "it crashed with status $1"
    elif grep -qE 'panic:|Sanitizer|runtime error' "$out/said"; then
        echo "it crashed"
    fi
}

# ---- What must be refused ----

refused() { # NAME WORDS OPTION...: status 1 and one line with these words
    local name=$1 words=$2 status problem
    shift 2
    timeout 20 "$machine" --headless "$@" >"$out/said" 2>&1 </dev/null
    status=$?
    problem=$(crashed "$status")
    if [ -z "$problem" ] && [ "$status" != 1 ]; then
        problem="status $status"
    elif [ -z "$problem" ] && ! grep -qF -- "$words" "$out/said"; then
        problem="it does not say '$words'"
    elif [ -z "$problem" ] && [ "$(wc -l <"$out/said")" != 1 ]; then
        problem="not one line"
    fi
    verdict "$name" "$problem"
}

refused_disk() { # NAME WORDS: $out/disk, which stays as it is
    cp --sparse=always "$out/disk" "$out/before"
    refused "$1" "$2" --disk "$out/disk"
    if cmp -s "$out/disk" "$out/before"; then verdict "$1" ""; else
        verdict "$1" "the disk was changed"
    fi
}

put() { # OFFSET TEXT, as printf knows it
    # shellcheck disable=SC2059 # the text has escapes
    printf "$2" | dd of="$out/disk" bs=1 seek="$1" conv=notrunc status=none
}

blank() { # SIZE
    rm -f "$out/disk"
    truncate -s "$1" "$out/disk"
}

for size in 0 1 511 4095; do
    blank $size
    refused_disk "a disk of $size bytes" "too small to be a disk"
done
blank 1M
refused_disk "a disk of 1 MiB" "4096 KiB is the least"
blank 4095K
refused_disk "a disk one KiB too small" "4096 KiB is the least"
blank 64M
put 1080 '\x53\xef'
refused_disk "a disk with an ext4 superblock" "not Revenant's"
blank 64M
put 510 '\x55\xaa'
refused_disk "a disk with a partition table" "not Revenant's"
blank 8M
put 8388607 x
refused_disk "a disk with one byte, its last" "not Revenant's"
openssl enc -aes-128-ctr -K 01 -iv 02 -in /dev/zero 2>/dev/null |
    head -c 8388608 >"$out/disk"
refused_disk "a disk of random bytes" "not Revenant's"
refused "a folder as a disk" "irectory" --disk "$out"
refused "a disk in no folder" "No such file" --disk "$out/none/disk"
blank 64M
chmod 444 "$out/disk"
chmod 755 "$out"
as_nobody=()
[ "$(id -u)" = 0 ] && as_nobody=(setpriv --reuid 65534 --clear-groups)
if "${as_nobody[@]}" test -x "$machine" 2>/dev/null; then
    root_machine=$machine
    cat >"$out/nobody" <<END
#!/bin/bash
exec ${as_nobody[*]} $root_machine "\$@"
END
    chmod 755 "$out/nobody"
    machine=$out/nobody
    refused "a disk that is read-only" "ermission denied" --disk "$out/disk"
    machine=$root_machine
fi

# In QEMU the sentence is on the screen, too.
on_screen() { # NAME WORDS
    cp --sparse=always "$out/disk" "$out/before"
    printf '%s\n' boot "wait \"cannot start: $2\"" 'screenshot refused' \
        'lit refused' >"$out/refused.ui"
    if build/uitest pc "$out/refused.ui" --out "$out" --disk "$out/disk" \
        >"$out/said" 2>&1 && cmp -s "$out/disk" "$out/before"; then
        verdict "$1 in QEMU" ""
    else
        verdict "$1 in QEMU" "it is not told, or the disk was changed"
    fi
}
blank 64M
put 1080 '\x53\xef'
on_screen "a foreign disk" "the disk holds something"
blank 1M
on_screen "a small disk" "the disk has 1024 KiB"

# ---- A good disk to begin with ----

rm -f "$out/good"
truncate -s 32M "$out/good"
printf '%s\n' boot 'wait desktop' snapshot 'type "kept for ever"' settle \
    snapshot 'open "Counter"' settle snapshot shutdown |
    timeout 20 "$machine" --headless --disk "$out/good" --ui - \
        >"$out/said" 2>&1
[ $? = 0 ] || verdict "a good disk" "it could not be made"
build/rvdisk check "$out/good" >"$out/said" 2>&1 ||
    verdict "a good disk" "it is not good"

again() { cp --sparse=always "$out/good" "$out/disk"; }

for part in 16M 31M 33550336; do
    again
    truncate -s $part "$out/disk"
    refused_disk "a disk cut off at $part" "its end is missing"
done
again
for block in $(seq 0 63) $(seq 8128 8191); do
    put $((block * 4096 + 60)) '\xff'
done
refused_disk "a disk without a whole superblock" "none of its superblocks"
again
build/hostile/damage "$out/disk" format
refused_disk "a disk of another format" "has format 9.0"

# ---- What goes on, or is told in one sentence ----

survives() { # NAME OPTION...: the machine goes on with $out/disk, or says why not
    local name=$1 status problem
    shift
    printf '%s\n' boot 'wait desktop' settle snapshot shutdown |
        timeout 20 "$machine" --headless --disk "$out/disk" --ui - "$@" \
            >"$out/said" 2>&1
    status=$?
    cp "$out/said" "$out/started"
    problem=$(crashed "$status")
    if [ -z "$problem" ] && [ "$status" != 0 ] &&
        [ "$(grep -cE 'cannot (start|go on):' "$out/said")" != 1 ]; then
        problem="status $status without a sentence"
    fi
    verdict "$name" "$problem"
    timeout 20 build/rvdisk check "$out/disk" >"$out/said" 2>&1
    problem=$(crashed $?)
    verdict "rvdisk check after $name" "$problem"
}

comes_back() { # NAME: of the newest generation nothing is lost
    survives "$1"
    grep -q "^restore: generation=$newest " "$out/started"
    verdict "$1: the newest generation comes back" "$([ $? = 0 ] || echo 'an older one does')"
}

# The newest generation is damaged: nobody gave it up, so nothing is written.
asks() { # NAME
    cp --sparse=always "$out/disk" "$out/before"
    printf '%s\n' boot 'wait desktop' settle \
        'expect text "The newest state is damaged"' shutdown |
        timeout 20 "$machine" --headless --disk "$out/disk" --ui - \
            >"$out/said" 2>&1
    [ $? = 0 ] && cmp -s "$out/disk" "$out/before" &&
        grep -q "generation $newest, the newest, is damaged; .* take=older" "$out/said"
    verdict "$1: it asks, and writes nothing" "$([ $? = 0 ] || echo 'it does not')"
    timeout 20 "$machine" --disk "$out/disk" --run "$out/nothing.rev" \
        >"$out/said" 2>&1
    [ $? = 1 ] && cmp -s "$out/disk" "$out/before" &&
        grep -q "cannot start: .* take=older" "$out/said"
    verdict "$1: a program does not start" "$([ $? = 0 ] || echo 'it does')"
}

# The same in QEMU, where somebody decides on the console.
decides() { # NAME
    printf '%s\n' boot 'wait desktop' settle \
        'expect text "The newest state is damaged"' 'take older' \
        'wait "stays pinned"' settle snapshot shutdown >"$out/decides.ui"
    build/uitest pc "$out/decides.ui" --out "$out" --disk "$out/disk" \
        >"$out/said" 2>&1 &&
        build/rvdisk list "$out/disk" | grep -q "^ *$newest .* damaged$"
    verdict "$1: in QEMU it is decided on the console" \
        "$([ $? = 0 ] || echo 'it is not')"
}

newest=$(build/rvdisk list "$out/good" | awk 'END { print $1 }')
echo 'fun main() {}' >"$out/nothing.rev"
for kind in super root node meta directory space; do
    for number in $(seq 1 "$rounds"); do
        again
        build/hostile/damage "$out/disk" "$kind" "$number"
        survives "a damaged $kind ($number)"
        # Without a space map nothing can be saved, which the log says.
        [ "$kind" = space ] && continue
        again
        build/hostile/damage "$out/disk" "both-$kind" "$number"
        case $kind in
        root)
            asks "both copies of a root damaged ($number)"
            survives "both copies of a root damaged ($number)" \
                --set take=older
            [ "$number" = 1 ] || continue
            again
            build/hostile/damage "$out/disk" both-root 1
            decides "both copies of a root damaged" ;;
        meta | directory)
            comes_back "both copies of a $kind damaged ($number)" ;;
        *) survives "both copies of a $kind damaged ($number)" ;;
        esac
    done
done
for number in $(seq 1 $((rounds * 6))); do
    again
    build/hostile/damage "$out/disk" data $((number * 7))
    survives "a damaged data page ($number)"
done

# Each page of an app: the threads and the window that it needs are on few.
machine=build/revenant
for ((number = 0; ; number++)); do
    again
    build/hostile/damage "$out/disk" app $number 2>"$out/said" || break
    survives "a damaged page of an app ($number)"
done
machine=build/asan/revenant

# ---- Programs ----

program() { # NAME WORDS TEXT: in --run and --app
    printf '%s\n' "$3" >"$out/program.rev"
    local option status problem
    for option in --run --app; do
        timeout 20 "$machine" --headless $option "$out/program.rev" \
            >"$out/said" 2>&1 </dev/null
        status=$?
        problem=$(crashed "$status")
        if [ -z "$problem" ] && [ "$status" != 1 ]; then
            problem="status $status"
        elif [ -z "$problem" ] && ! grep -qF -- "$2" "$out/said"; then
            problem="it does not say '$2'"
        fi
        verdict "$1 ($option)" "$problem"
    done
}

program "a wrong name" "program.rev:1:24: error:" 'fun main() { print(1 + nothing) }'
program "a cut-off program" "error:" 'fun main() { print("'
program "bytes that are no text" "error:" $'\xff\xfe\x01 fun'
echo 'fun main() { commit() }' >"$out/program.rev"
timeout 20 "$machine" --run "$out/program.rev" >"$out/said" 2>&1
[ $? = 1 ] && grep -qF "IoError: nothing becomes durable without a disk" "$out/said"
verdict "commit() without a disk" "$([ $? = 0 ] || echo 'it is not an IoError')"
timeout 20 "$machine" --run apps/counter.rev >"$out/said" 2>&1
[ $? = 1 ] && grep -qF "IoError: there is no desktop" "$out/said"
verdict "a window without a desktop" "$([ $? = 0 ] || echo 'it is not an IoError')"
for option in --run --app; do
    refused "a program that is not there ($option)" "No such file" \
        $option "$out/none.rev"
    refused "a folder as a program ($option)" "cannot be read" $option "$out"
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
