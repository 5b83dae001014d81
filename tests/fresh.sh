#!/bin/bash
# The new user's way: a minimal Debian made under build/, a clone of this
# repository's HEAD, and the README's two commands. Needs root, debootstrap (it
# is installed when missing) and some 4 GB. QUICK=1 runs test-quick for test.
# Ends in "N passed, N failed".
set -eu
cd "$(dirname "$0")/.."
mkdir -p build
root=$PWD/build/fresh
if ! command -v debootstrap >/dev/null; then
    apt-get install -q -y --no-install-recommends debootstrap >&2
fi
mirror=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' \
    'Created-By: Packages' | awk '$1 == "bookworm" { print $2; exit }')
unmount() {
    for place in proc dev/pts dev sys; do
        if mountpoint -q "$root/$place"; then umount -l "$root/$place"; fi
    done
}
trap unmount EXIT
unmount
rm -rf "$root"
debootstrap --variant=minbase --include=ca-certificates,git,make bookworm \
    "$root" "$mirror" >build/fresh.log
# Packages come from where this machine has them from.
rm -rf "$root/etc/apt/sources.list" "$root/etc/apt/sources.list.d"
cp -a /etc/apt/sources.list* /etc/apt/apt.conf.d "$root/etc/apt/" 2>/dev/null || true
cp /etc/resolv.conf /etc/hosts "$root/etc/"
mount --bind /proc "$root/proc"
mount --bind /dev "$root/dev"
git clone -q --bare . "$root/source.git"
in_root() {
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        LANG=C.UTF-8 bash -euc "$1"
}
passed=0 failed=0
step() { # NAME COMMAND
    if in_root "$2" >>build/fresh.log 2>&1; then
        passed=$((passed + 1))
        echo "fresh: $1: good"
    else
        failed=$((failed + 1))
        echo "fresh: $1: FAILED, see build/fresh.log"
    fi
}
step clone 'git clone -q /source.git /root/revenant'
step "make run" 'cd /root/revenant; set -m; make run </dev/null & run=$!
    for i in $(seq 1200); do
        if grep -q "desktop: ready" build/run.log 2>/dev/null; then
            kill -- -$run; exit 0
        fi
        kill -0 $run 2>/dev/null || exit 1
        sleep 1
    done; exit 1'
goal=test; [ -z "${QUICK:-}" ] || goal=test-quick
step "make $goal" \
    "cd /root/revenant; make $goal </dev/null"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
