#!/bin/bash
# References that lead nowhere, on both machines: the app that follows one is
# stopped, the others go on. Ends in "N passed, N failed".
set -u
cd "$(dirname "$0")/../.."
out=${RUN_DIR:-build/runs/strays}
rm -rf "$out"
mkdir -p "$out"
. tests/verdict.sh

follow() { # MACHINE SEED
    cp --sparse=always "$out/forged.img" "$out/disk"
    build/uitest "$1" "$out/follow.ui" --disk "$out/disk" \
        --out "$out/$1-$2" >"$out/said" 2>&1
}

cat >"$out/follow.ui" <<'END'
boot
wait desktop
settle
key tab
wait "app: mine stopped: a reference of it leads nowhere"
settle
screenshot stopped
click item "Leave it closed"
settle
click window "Counter"
key tab
snapshot
shutdown
END
for seed in 1 2 3 4 5; do
    SEED=$seed build/asan/forge -o "$out/forged.img" stray >"$out/said" 2>&1
    verdict "forging $seed"
    for machine in host pc; do
        follow $machine $seed
        verdict "$machine $seed"
    done
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
