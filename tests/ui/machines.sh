#!/bin/bash
# Boots machines of many kinds in QEMU and expects the desktop and a line in
# the log of each. Ends in "N passed, N failed".
set -u
cd "$(dirname "$0")/../.."
out=${RUN_DIR:-build/runs/machines}
mkdir -p "$out"
disk=$out/disk.img
rm -f "$disk"
truncate -s 64M "$disk"
kernel="-kernel build/revenant.elf"
grub="-cdrom build/revenant.iso"
passed=0 failed=0

# The QEMU that runs, until its log has a line or 60 s are over.
reaches() { # LOG LINE PID
    local deadline=$((SECONDS + 60))
    while ! grep -qaF "$2" "$1"; do
        if ! kill -0 "$3" 2>/dev/null; then
            grep -qaF "$2" "$1" # it may have said that as its last word
            return
        fi
        [ $SECONDS -lt $deadline ] || return 1
        read -rt 0.05 <> <(:) || true
    done
}

machine() { # NAME LINE OPTION...; mark=LAST-LINE, else the desktop
    local name=$1 line=$2 log=$out/$1.log pid
    local last=${mark:-desktop: ready}
    shift 2
    : >"$log"
    qemu-system-x86_64 -nic none -display none -monitor none \
        -serial "file:$log" -drive "if=none,id=disk,format=raw,file=$disk" \
        "$@" </dev/null 2>"$log.errors" &
    pid=$!
    if reaches "$log" "$last" "$pid" && grep -qaF "$line" "$log"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "machine $name: no '$last' or no '$line' in $log" >&2
    fi
    kill "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
}

block="-device virtio-blk-pci,drive=disk"
# shellcheck disable=SC2086 # words are meant to split
{
    machine pc "disk: 64 MiB" -machine pc -cpu qemu64 $kernel $block
    machine modern "disk: 64 MiB" -machine q35 $kernel \
        -device virtio-blk-pci,drive=disk,disable-legacy=on
    machine bridge "disk: 64 MiB" -machine q35 $kernel \
        -device pcie-root-port,id=port1,chassis=1 $block,bus=port1
    machine small "pc: 12" -machine q35 -m 128 $kernel $block
    machine large "pc: 61" -machine q35 -m 6144 $kernel $block
    mark="cannot start: there is no screen" machine no-screen "screen: none" \
        -machine q35 -vga none $kernel $block
    machine no-keyboard "screen: 1024x768" -machine q35,i8042=off $kernel $block
    machine bochs "screen: 1920x1080" -machine q35 -vga none $kernel $block \
        -device bochs-display -fw_cfg name=opt/revenant/size,string=1920x1080
    machine cirrus "1024x768, 24 bits" -machine pc -vga cirrus $grub $block
    machine virtio-vga "screen: 1024x768" -machine q35 -vga virtio $grub $block
    machine qxl "screen: 1024x768" -machine q35 -vga qxl $grub $block
    machine nehalem "screen: 1024x768" -machine q35 -cpu Nehalem -smp 2 $grub \
        $block
    machine stick "screen: 1024x768" -machine q35 \
        -drive if=ide,format=raw,snapshot=on,file=build/revenant.iso $block
}
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
