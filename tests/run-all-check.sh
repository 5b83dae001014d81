#!/bin/bash
# Does tests/run-all add up, keep the order and end what it started? With runs
# that are made up; then with runners that are broken in one place each, which
# must be noticed. Ends in "N passed, N failed".
set -u
cd "$(dirname "$0")/.."
out=$PWD/${RUN_DIR:-build/runs/run-all}
rm -rf "$out"
mkdir -p "$out/build/logs"
. tests/verdict.sh
unset JOBS BUILT RUN_DIR

# What a run waits for is a line that another one writes into a pipe. A wait is
# bounded, so that a broken runner fails.
cat >"$out/Makefile" <<'X'
SHELL := /bin/bash
needs-unbuilt:
	@exit 1
needs-%:
	@echo $* >>needed
run-unbuilt: # with what was built before
	@echo "1 passed, 0 failed"
run-good:
	@echo good >>begun; test -n "$(BUILT)"
	@echo "1 passed, 0 failed, says a step"; echo "5 passed, 0 failed"
run-bad:
	@echo bad >>begun
	@echo "3 passed, 2 failed"; exit 1
run-silent:
	@echo "nothing is counted"
run-breaks:
	@echo "4 passed, 0 failed"; exit 1
run-skips:
	@echo skips >>begun
	@echo "1 passed, 0 failed, 7 skipped"
run-none:
	@echo "0 passed, 0 failed"
run-waits:
	@echo "it waits"; read -rt $(PATIENCE) line <pipe; echo "it heard $$line"
	@echo "1 passed, 0 failed"
run-wakes:
	@echo "a word" >pipe
	@echo "1 passed, 0 failed"
run-leaves: # a process behind
	@bash -c 'exec 8>lock; flock 8; echo $$$$ >pid; echo >pipe; read -r <never' & \
	    read -rt 60 <pipe; echo "1 passed, 0 failed"
run-stays: # in a process group of its own, until it is ended
	@timeout 60 bash -c 'exec 8>lock; flock 8; echo $$$$ >pipe; read -r <never'
X
mkfifo "$out/never"

runs() { # JOBS NAME...: what the runner says, without times and make's words
    local jobs=$1
    shift
    rm -f needed begun
    JOBS=$jobs PATIENCE=$patience "$runner" "$@" 2>&1 |
        sed -E '/^make(\[[0-9]+\])?: /d; s/, [0-9]+ s, [0-9]+ s of CPU$//'
    return "${PIPESTATUS[0]}"
}

says() { # STATUS LINES JOBS NAME...
    local wanted=$1 lines=$2 said
    shift 2
    said=$(runs "$@")
    [ $? = "$wanted" ] && diff <(echo "$lines") <(echo "$said")
}

adds_up() {
    says 1 '1 passed, 0 failed, says a step
5 passed, 0 failed
good: status 0
3 passed, 2 failed
bad: status 2
nothing is counted
silent: status 0
4 passed, 0 failed
breaks: status 2
1 passed, 0 failed, 7 skipped
skips: status 0
13 passed, 4 failed, 7 skipped' 2 good bad silent breaks skips
}

keeps_the_order() { # of runs of which the first waits for the second
    says 0 'it waits
it heard a word
1 passed, 0 failed
waits: status 0
1 passed, 0 failed
wakes: status 0
2 passed, 0 failed' 2 waits wakes
}

wants_a_success() {
    says 1 '0 passed, 0 failed
none: status 0
0 passed, 0 failed' 1 none && says 0 '1 passed, 0 failed, says a step
5 passed, 0 failed
good: status 0
5 passed, 0 failed' 1 good
}

builds_what_it_can() {
    runs 1 unbuilt good silent >said
    [ "$(tail -n 1 said)" = "5 passed, 2 failed" ] &&
        [ "$(sort -u needed | tr '\n' ' ')" = "good silent " ]
}

begins() { # NAMES NAME...: in this order, one by one
    local wanted=$1
    shift
    printf '%s\n' 'good 2' 'skips 10' 'bad 300' >build/logs/durations
    runs 1 "$@" >said
    [ "$(tr '\n' ' ' <begun)" = "$wanted " ]
}

is_over() { # PROCESS: it held the lock, until it was ended
    flock -w "$patience" lock true && return
    kill "$1"
    return 1
}

ends_what_it_started() {
    local runs status pid
    PATIENCE=$patience "$runner" stays >said 2>&1 &
    runs=$!
    read -rt 60 pid <pipe
    kill -TERM $runs
    wait $runs
    status=$?
    is_over "$pid" && [ $status = 143 ]
}

ends_what_is_left() {
    runs 1 leaves >said
    is_over "$(<pid)"
}

# Stops at the first that fails.
all_is_good() { # RUNNER PATIENCE
    runner=$1 patience=$2
    cd "$out" || return
    rm -f pipe
    mkfifo pipe
    exec 7<>pipe # what is written stays until it is read
    adds_up && keeps_the_order && wants_a_success && builds_what_it_can &&
        begins "bad skips good" good bad skips &&
        begins "skips good bad" good skips --last bad &&
        ends_what_it_started && ends_what_is_left
}

(all_is_good "$PWD/tests/run-all" 60)
verdict "the sums, the order, or the end"

broken() { # WHAT SED-COMMAND
    sed "$2" tests/run-all >"$out/broken"
    chmod +x "$out/broken"
    ! cmp -s tests/run-all "$out/broken" &&
        ! (all_is_good "$out/broken" 1) >"$out/noticed" 2>&1
    verdict "nobody notices that $1"
}

broken "a run without a count is no failure" 's/^        failed=.*/        :/'
broken "a bad status is no failure" '/"\$status" != 0/d'
broken "the first count is taken" 's/| tail -n 1)$/| head -n 1)/'
broken "what is skipped is not counted" '/skipped=\$((/d'
broken "all is good when nothing passed" 's/ && \[ "\$passed" -gt 0 \]$//'
broken "one comes after the other" 's/-ge "\$jobs"/-ge 1/'
broken "who ends first is told first" 's/^    status_of.*/&; report "$name"/'
broken "the shortest is the first" 's/sort -srn/sort -sn/'
broken "the last come with the others" 's/last+=(/first+=(/'
broken "what cannot be built is run as it was" 's/refuse_unbuilt "\$1"$/:/; s/^        return$/        :/'
broken "a run builds" 's/ BUILT=1//'
broken "what a run leaves goes on" '/KILL # what it left/d'
broken "what runs goes on" 's/^    end_sessions TERM/    exit "$1"/'
echo "$passed passed, $failed failed"
[ $failed = 0 ]
