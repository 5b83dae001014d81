#!/bin/bash
# Does build/uitest itself notice what is wrong? Most of it on the hosted machine.
# Ends in "N passed, N failed".
set -u
cd "$(dirname "$0")/../.."
out=${RUN_DIR:-build/runs/uitest}
rm -rf "$out"
mkdir -p "$out"
passed=0 failed=0

# The script comes on standard input.
ends_with() { # STATUS WHAT OPTION...
    local wanted=$1 what=$2 got
    shift 2
    cat >"$out/script.ui"
    build/uitest ${machine:-host} "$out/script.ui" --out "$out" --golden "$out/golden" \
        "$@" 2>"$out/errors"
    got=$?
    if [ "$got" = "$wanted" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "uitest: $what: status $got, wanted $wanted" >&2
        cat "$out/errors" >&2
    fi
}

begin=$'boot\nwait desktop\nscreenshot a'
ends_with 2 "a wrong option" --colour </dev/null
ends_with 2 "a block driver on the hosted machine" --filter raw </dev/null
ends_with 1 "an unknown command" <<<"dance"
ends_with 1 "a text without quotes" <<<"$begin"$'\ntype abc'
ends_with 1 "a pixel of another colour" <<<"$begin"$'\npixel a 0 0 123456'
ends_with 1 "a pixel that is not there" <<<"$begin"$'\npixel a 5000 0 0'
ends_with 1 "a golden picture that is missing" <<<"$begin"$'\nexpect a'
ends_with 0 "making a golden picture" --update <<<"$begin"$'\nexpect a'
ends_with 0 "an equal picture" <<<"$begin"$'\nexpect a'
ends_with 0 "one equal but for the pointer" \
    <<<"$begin"$'\nmove 5 5\nsettle\nmove 2 2\nsettle\nexpect a'
ends_with 1 "that one, with the pointer" \
    <<<"$begin"$'\nmove 5 5\nsettle\nmove 2 2\nsettle\nexact a'
ends_with 1 "a picture of another size" --size 800x600 <<<"$begin"$'\nexpect a'
ends_with 1 "a line that never comes" --patience 1 <<<$'boot\nwait "no such"'
ends_with 1 "a machine that was cut" --patience 1 <<<$'boot\ncut\nkey a'

# A handler's exception goes into the log only.
throws='import ui

class Throws: App {
    fun open() {
        name = "Throws"
        window("Throws", Column([
            Button("Nothing") { },
            Button("Throw") { throw ValueError("no") },
        ]), 200, 120)
    }
}'
ends_with 0 "a handler that does not throw" --set "app=$throws" --set app_name=throws \
    <<<$'boot\nwait desktop\nsettle\nclick button "Nothing"\nsettle'
ends_with 1 "a handler that throws" --set "app=$throws" --set app_name=throws \
    <<<$'boot\nwait desktop\nsettle\nclick button "Throw"\nsettle'

# What moves by itself, and the pointer, are left out of comparisons.
moves='import ui

/// A bar that grows and grows.
class Bar: Widget() {
    var length = 0
    init { movesByItself = true }
    fun measure() { wants(100, 20) }
    fun paint(painter: Painter) { painter.fill(0, 0, length % 100, 20, Colour.accent) }
}

class Moves: App {
    let bar = Bar()
    fun open() {
        name = "Moves"
        spawn {
            while true {
                sleep(20.milliseconds)
                bar.length += 1
                bar.changed()
                if bar.length % 25 == 0 { log("a quarter more") }
            }
        }
        window("Moves", Column([Label("Going on"), bar], 12, 12), 200, 120)
    }
}'
begin=$'boot\nwait desktop\nwait "a quarter more"\nmove 30 30
settle\nscreenshot a\nwait "a quarter more"\nscreenshot b'
for machine in host pc; do
    ends_with 0 "what moves by itself" --set "app=$moves" --set app_name=moves \
        <<<"$begin"$'\nsame a b'
    ends_with 1 "that nothing is left out" --set "app=$moves" \
        --set app_name=moves <<<"$begin"$'\nexact a b'
    ends_with 1 "what moves otherwise" --set "app=$moves" --set app_name=moves \
        <<<"$begin"$'\nopen "Counter"\nwait "windows=3"\nscreenshot c\nsame a c'
    ends_with 0 "the pointer" <<<$'boot\nwait desktop\nmove 5 5\nsettle
screenshot a\nmove 1 1\nsettle\nscreenshot b\nsame a b'
done
ends_with 0 "a clock" --set test=0 <<<$'boot\nwait desktop\nsettle\nscreenshot a'
grep -q '^972 728 ' "$out/a.masks" || {
    failed=$((failed + 1))
    echo "uitest: the clock is not among the masks" >&2
}
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
