#!/bin/bash
# Searches all states of the model; then puts errors into it, each of which must
# be found. usage: run.sh FAILURES     ends in "N passed, N failed"
set -eu
model=$PWD/tests/model/store.pml
ERRORS="NO_FIRST_FLUSH NO_SECOND_FLUSH REUSE_AT_ONCE NO_PRE_IMAGE
    FLUSH_ERROR_IGNORED GIVE_SHARED ONE_RING NO_MEND MEND_IF_ALONE
    DOOMED_CLEAN NO_REVOKE REVOKE_ONE_RING REVOKE_UNFLUSHED"
out=${RUN_DIR:-build/runs/model}
mkdir -p "$out"
cd "$out"
passed=0 failed=0

search() { # NAME=VALUE or NAME...: spin's verdict, in `report`
    rm -f pan store.pml.trail
    spin -a "${@/#/-D}" "$model"
    gcc -w -O2 -DSAFETY -DNOREDUCE -DCOLLAPSE -DMEMLIM=4000 pan.c -o pan
    ./pan -m20000 -w22 > report || true
}

verdict() { # NAME: good when the last command was
    if [ "$2" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "model: $1"
        grep -E 'assertion|error|states, stored' report || true
    fi
}

search "FAILURES=$1"
good=0
grep -q 'errors: 0$' report || good=1
! grep -qE 'Search not completed|depth too small' report || good=1
verdict "the protocol does not hold" $good
grep -E 'states, stored|elapsed' report
# What no run of the model does is not proved either.
good=0
[ "$(grep -c 'store.pml:.*, state' report)" = 1 ] || good=1
verdict "some steps are never taken" $good
for error in $ERRORS; do
    search "$error"
    good=0
    grep -q 'assertion violated' report || good=1
    verdict "$error is not found" $good
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
