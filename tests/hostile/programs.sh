#!/bin/bash
# Programs that mean harm, each beside a person who goes on: programs.ui, with
# what programs/ has and attack.rev makes an app of. Ends in "N passed, N failed".
# usage: tests/hostile/programs.sh HOSTED QEMU [TOGETHER]
#        tests/hostile/programs.sh NAME...
# HOSTED of them run on the hosted machine and QEMU in QEMU, others with each
# commit; TOGETHER at the same time in one world.
set -u
cd "$(dirname "$0")/../.."
out=${RUN_DIR:-build/runs/programs}
passed=0 failed=0
mkdir -p "$out"
names=(tests/hostile/programs/*.rev)
names=("${names[@]##*/}")
names=("${names[@]%.rev}")

source_of() { # NAME APP: the program as an app of this name
    local file=tests/hostile/programs/$1.rev
    { cat "$file"; grep -q "^class Attack" "$file" ||
        cat tests/hostile/attack.rev; } | sed "s/name = \"Attack\"/name = \"$2\"/"
}

# NAME: what it was given; a line "// rights: none" says nothing.
rights_of() {
    local words
    words=$(sed -n 's|^// rights: ||p' "tests/hostile/programs/$1.rev")
    case $words in
    none) ;;
    *) echo "${words:-all}" ;;
    esac
}

run() { # MACHINE SCRIPT APP NAME OPTION...
    local machine=$1 script=$2 app=$3 name=$4
    shift 4
    build/uitest "$machine" "$script" --firmware kernel --patience 120 \
        --out "$out/$machine-$name" --set app="$(source_of "$name" "$app")" \
        --set app_name="$app" --set app_rights="$(rights_of "$name")" \
        --set interval_ms=3600000 "$@"
}

verdict() { # STATUS WHAT
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "hostile: $2 failed" >&2
    fi
}

alone() { # MACHINE NAME
    run "$1" tests/hostile/programs.ui Attack "$2" &&
        build/rvdisk check --whole "$out/$1-$2/disk.img" >"$out/$1-$2/whole.txt"
    verdict $? "$2 ($1)"
    rm -f "$out/$1-$2/disk.img"
}

some() { # MACHINE COUNT: other ones with each commit
    local first count=${#names[@]}
    first=$(($(git rev-list --count HEAD 2>/dev/null || echo 0) * $2))
    for ((i = 0; i < $2; i++)); do
        alone "$1" "${names[(first + i) % count]}"
    done
}

# COUNT: programs.ui, whose person ends as many before the trash is emptied.
ends_all() {
    sed '/empty trash/,$d' tests/hostile/programs.ui
    for ((i = 1; i < $1; i++)); do
        printf 'type "end Attack%d\\n"\nwait "app: Attack%d stopped"\nsettle\n' \
            "$i" "$i"
    done
    sed -n '/empty trash/,$p' tests/hostile/programs.ui
}

# COUNT: one after the other comes into the world, and stays until the end. The
# disk is so large that they do not fill it: whose notice would wait for a person.
together() {
    local count=${#names[@]} first disk=$out/together.img
    first=$(($(git rev-list --count HEAD 2>/dev/null || echo 0) * $1))
    rm -f "$disk"
    truncate -s 4G "$disk"
    for ((i = 1; i < $1; i++)); do
        run host tests/hostile/comes.ui "Attack$i" \
            "${names[(first + i) % count]}" --disk "$disk"
        verdict $? "${names[(first + i) % count]} with $((i - 1)) others"
    done
    ends_all "$1" >"$out/together.ui"
    run host "$out/together.ui" Attack "${names[first % count]}" --disk "$disk"
    verdict $? "${names[first % count]} with $(($1 - 1)) others"
    rm -f "$disk"
}

case ${1:-} in
[0-9]*)
    some host "$1"
    some pc "$2"
    [ "${3:-0}" = 0 ] || together "$3"
    ;;
*)
    for name in "$@"; do alone host "$name"; done
    ;;
esac
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
