#!/bin/bash
# Starts that do not last, held apps, and programs without a desktop on a disk.
# Ends in "N passed, N failed".
set -u
cd "$(dirname "$0")/.."
out=${RUN_DIR:-build/runs/held}
rm -rf $out
mkdir -p $out
. tests/verdict.sh

start() { # LOG OPTION...: a script comes on standard input
    local log=$out/$1
    shift
    timeout 60 build/revenant --headless --disk $out/disk.img --ui - "$@" \
        >"$log" 2>&1
}

until_cut='boot
wait desktop
snapshot
cut'
held='the apps are held'

# ---- Starts ----

for i in 0 1 2 3; do # the first has nothing that could fail
    start short$i <<<"$until_cut"
    ! grep -q "$held" $out/short$i
    verdict "start $i is like any other"
done
start after3 <<<"$until_cut"
grep -q "recovery: 3 starts in a row did not last; $held" $out/after3
verdict "after three starts that did not last the apps are held"

start go_on <<<'boot
wait desktop
settle
type "not heard"
expect text "Your apps are held"
click item "Start the apps"
settle
type "heard"
settle
expect text "1 word"
shutdown'
verdict "the apps go on when a person says so, without the keys before"
start orderly <<<"$until_cut"
! grep -q "$held" $out/orderly
verdict "a start that was ended in order has lasted"

start again <<<"$until_cut"
coproc LASTING {
    timeout 60 build/revenant --headless --disk $out/disk.img --ui - \
        --trace store 2>&1
}
exec {answers}<&"${LASTING[0]}" {script}>&"${LASTING[1]}"
process=$LASTING_PID
printf 'boot\nwait desktop\n' >&$script
while read -r line <&$answers; do
    [[ $line = *"this start has lasted"* ]] && break
done
[[ $line = *"this start has lasted"* ]]
verdict "a start makes its second mark"
printf 'cut\n' >&$script
wait "$process"
start lasted <<<"$until_cut"
! grep -q "$held" $out/lasted
verdict "then the count begins anew"

start stop --set held=1 <<<'boot
wait desktop
click item "End Editor"
settle
shutdown'
start stopped <<<"$until_cut"
grep -q "restore: .* windows=0" $out/stopped
verdict "an app can be stopped before it runs"

# Back to the editor, by the list: the newest generation that has it.
generation=$(sed -n 's/^restore: generation=\([0-9]*\) .*/\1/p' $out/lasted)
start back --set held=1 <<X
boot
wait desktop
click item "Go back to generation $generation, less than a minute ago"
wait desktop
settle
expect text "Your apps are held"
click item "Start the apps"
settle
expect text "1 word"
shutdown
X
[ "$(tail -n 1 $out/back)" != "error: it is not on the screen" ] &&
    grep -q "restore: generation=$generation .* windows=1" $out/back
verdict "the list leads to an older generation"

# ---- A program on a disk ----

cat >$out/count.rev <<'REV'
fun main() {
    var n = 0
    while n < 400 {
        n += 1
        commit()
        print("{n}")
    }
}
REV
run() {
    timeout 60 build/revenant --disk $out/run.img --run $out/count.rev "$@" \
        2>$out/run.log
}
run | head -5 >$out/first # it ends where nobody listens
last=$(tail -1 $out/first)
run >$out/second
[ "$(head -1 $out/second)" -ge "$last" ] && [ "$(tail -1 $out/second)" = 400 ]
verdict "a program that did not end goes on"
run >$out/third
[ "$(head -1 $out/third)" = 1 ] && [ "$(tail -1 $out/third)" = 400 ]
verdict "a program that ended begins anew"
for i in 1 2; do run >$out/short; done
timeout 60 build/revenant --headless --disk $out/run.img --ui - \
    <<<"$until_cut" >$out/after_runs 2>&1
grep -q "desktop: ready" $out/after_runs && ! grep -q "$held" $out/after_runs
verdict "programs that ended are no starts that did not last"

echo "$passed passed, $failed failed"
[ $failed = 0 ]
