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
        -serial "file:$log" "$@" 2>"$folder/errors.log" <&0 &
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

# Of several disks the one with a world is found; between two a person chooses.
blank=$folder/blank.img world=$folder/world.img other=$folder/other.img
rm -f "$blank" "$world" "$other"
truncate -s 64M "$blank" "$world"
with() { # DISK...: options
    local i=0 file
    options=(-m 128)
    for file in "$@"; do
        i=$((i + 1))
        options+=(-drive "if=none,id=disk$i,format=raw,file=$file"
            -device "virtio-blk-pci,drive=disk$i,addr=$((i + 8))")
    done
}
with "$world"
says "a world begins" "snapshot: durable generation=2" "${options[@]}"
cp "$blank" "$other"
with "$blank" "$world"
says "the world is found behind a blank disk" "restored=yes" "${options[@]}"
verdict=same
cmp -s "$blank" "$other" || verdict=changed
if [ $verdict = same ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "refused: the blank disk is not blank any more" >&2
fi
with "$blank" "$other"
says "of blank disks the first is taken" "disk 1 of 2 is taken: none has" \
    "${options[@]}"
cp "$world" "$other"
with "$world" "$other"
says "the setting chooses" "disk 2 of 2 is taken: the setting says so" \
    -fw_cfg name=opt/revenant/disk,string=2 "${options[@]}"
says "alone it is refused" "cannot start: several disks have a world" \
    -fw_cfg name=opt/revenant/headless,string=1 "${options[@]}"
mkfifo "$folder/keys.$$"
exec 3<>"$folder/keys.$$"
rm "$folder/keys.$$"
presses=(-monitor stdio)
says "a person is asked" "a person is asked: several disks have a world" \
    "${options[@]}" "${presses[@]}" <&3 >/dev/null
rm -f "$folder/serial.log"
(
    until grep -qa "a person is asked" "$folder/serial.log" 2>/dev/null; do
        read -rt 0.05 <> <(:) || true
    done
    echo "sendkey 2" >&3
) &
says "a person chooses" "disk 2 of 2 is taken: a person says so" \
    "${options[@]}" "${presses[@]}" <&3 >/dev/null
wait
exec 3>&-
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
