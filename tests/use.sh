#!/bin/bash
# The programs used wrongly: one line that names what is wrong and where to look,
# and status 2; --help answers on standard output. Ends in "N passed, N failed".
set -u
cd "$(dirname "$0")/.."
passed=0 failed=0

verdict() { # WHAT GOOD
    if [ "$2" = yes ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "use: $1: status $status, it said: $said" >&2
    fi
}

wrong() { # WORDS PROGRAM WORD...: it names WORDS
    local words=$1 program=$2 good=no
    shift 2
    said=$("build/$program" "$@" 2>&1 >/dev/null)
    status=$?
    case $said in *$'\n'*) ;; "$program: $words; see $program --help")
        [ $status = 2 ] && good=yes ;;
    esac
    verdict "$program $*" $good
}

for program in revenant uitest revc rvdisk; do
    said=$(build/$program --help 2>/dev/null)
    status=$?
    good=no
    case $said in "usage: $program "*) [ $status = 0 ] && good=yes ;; esac
    verdict "$program --help" $good
done

wrong "--colour: there is no such option" revenant --colour
wrong "--disk: it wants a value" revenant --disk
wrong "64Q: not a size such as 256M" revenant --disk-size 64Q
wrong "noon: not the number of a generation" revenant --generation noon
wrong "test: not NAME=VALUE" revenant --set test
wrong "word: a word too many" revenant --headless word
wrong "99: not a screen's size such as 1024x768" revenant --headless \
    --set size=99
wrong "everything: nothing that can be traced" revenant --trace everything

wrong "build/uitest: a machine and a script are wanted" uitest
wrong "host: a machine and a script are wanted" uitest host
wrong "cloud: the machine is host or pc" uitest cloud a.ui
wrong "b.ui: a word too many" uitest host a.ui b.ui
wrong "--colour: there is no such option" uitest host a.ui --colour
wrong "--out: it wants a value" uitest host a.ui --out
wrong "wide: not a screen's size such as 1024x768" uitest host a.ui --size wide
wrong "coreboot: the firmware is bios, uefi or kernel" uitest pc a.ui \
    --firmware coreboot
wrong "soon: not a number that can be" uitest host a.ui --patience soon
wrong "test: not NAME=VALUE" uitest host a.ui --set test

wrong "build/revc: a file is wanted" revc
wrong "--fast: there is no such option" revc a.rev --fast
wrong "-o: it wants a value" revc a.rev -o

wrong "build/rvdisk: a command is wanted" rvdisk
wrong "burn: there is no such command" rvdisk burn a.img
wrong "check: it wants more words" rvdisk check
wrong "b.img: a word too many" rvdisk check a.img b.img
wrong "newest: not a number that fits" rvdisk show a.img newest
wrong "0: not a number that fits" rvdisk diff a.img 1 0
wrong "5MB: not a number that fits" rvdisk import a.rvx a.img 5MB
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
