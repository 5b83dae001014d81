#!/bin/bash
# Boots the desktop in QEMU and stays until QEMU ends. A window where there is
# a display, else VNC on this machine only. COM1 goes to the terminal and to
# build/run.log. Environment: see qemu-command.sh.
set -eu
cd "$(dirname "$0")/.."

# KVM is good only when the kernel reaches its desktop with it.
kvm_works() {
    [ -w /dev/kvm ] || return 1
    local log=build/kvm.log pid
    : >"$log"
    timeout 10 qemu-system-x86_64 -machine q35,accel=kvm -cpu max -m 128 \
        -nic none -display none -monitor none -serial "file:$log" \
        -kernel build/revenant.elf </dev/null >/dev/null 2>&1 &
    pid=$!
    for _ in $(seq 50); do
        grep -q 'desktop: ready' "$log" && break
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    grep -q 'desktop: ready' "$log"
}

has_window() {
    [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || return 1
    qemu-system-x86_64 -display help 2>/dev/null | grep -qxE 'gtk|sdl'
}

free_display() {
    for number in $(seq 0 99); do
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$((5900 + number))") 2>/dev/null; then
            echo "$number"
            return
        fi
    done
    echo "run: no free port from 5900 to 5999 on 127.0.0.1" >&2
    exit 1
}

ACCEL=tcg
if kvm_works 2>/dev/null; then
    ACCEL=kvm
fi
export ACCEL
command=$(iso/qemu-command.sh)
if has_window; then
    show=
else
    display=$(free_display)
    echo "run: VNC on 127.0.0.1:$((5900 + display))"
    show="-display none -vnc 127.0.0.1:$display"
fi
eval "exec $command $show -monitor none \
    -chardev stdio,id=com1,signal=on,logfile=build/run.log \
    -serial chardev:com1" </dev/null
