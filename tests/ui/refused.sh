#!/bin/bash
# Machines that cannot run the system say why on COM1 (and on the screen, by the
# same words of GRUB), and a small one that can, does; a machine without a disk
# that it drives says which one it saw. Ends in "N passed, N failed".
set -u
cd "$(dirname "$0")/../.."
folder=${RUN_DIR:-build/ui/refused}
mkdir -p "$folder"
passed=0 failed=0
says() { # WHAT LINE OPTIONS...: the machine comes to say the line
    local what=$1 line=$2 log=$folder/serial.log
    shift 2
    rm -f "$log"
    qemu-system-x86_64 -machine q35,accel=tcg -nic none -boot d \
        -cdrom build/revenant.iso -display none -monitor none \
        -serial "file:$log" "$@" 2>"$folder/errors.log" &
    local pid=$! deadline=$((SECONDS + 60))
    until grep -qa "$line" "$log" 2>/dev/null; do
        kill -0 $pid 2>/dev/null && [ $SECONDS -lt $deadline ] || break
        read -rt 0.05 <> <(:) || true
    done
    if grep -qa "$line" "$log"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "refused: $what: no line \"$line\"" >&2
    fi
    kill $pid 2>/dev/null
    wait $pid 2>/dev/null
}

says "16 MiB are too few" "refused: Revenant needs more memory" -m 16
says "21 MiB are too few" "refused: Revenant needs more memory" -m 21
says "24 MiB are enough" "desktop: ready" -m 24
says "a CPU of 32 bits is none" "refused: Revenant needs a 64-bit processor" \
    -m 256 -cpu qemu32

# A disk that nobody drives is named.
disk=$folder/disk.img
rm -f "$disk"
truncate -s 64M "$disk"
named() { # KIND WORDS OPTIONS...
    local kind=$1 words=$2
    shift 2
    says "a disk of kind $kind is named" "recovery: there is $words" -m 128 \
        -drive "if=none,id=disk,format=raw,file=$disk" "$@"
}
named none "no disk; nothing will outlive this run"
named SATA "a SATA disk" -device ide-hd,drive=disk
named NVMe "an NVMe disk" -device nvme,drive=disk,serial=1
named old "a virtio disk of the old kind" \
    -device virtio-blk-pci,drive=disk,disable-modern=on
named SCSI "a virtio SCSI disk" -device virtio-scsi-pci \
    -device scsi-hd,drive=disk
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
