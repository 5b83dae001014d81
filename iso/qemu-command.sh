#!/bin/bash
# Prints the QEMU command line that boots the ISO, on one line, with absolute
# paths. It has no -display, -vnc, -serial, -monitor or -qmp: the caller adds
# those. Makes the disk when it is missing.
# Environment: DISK, MEM (MiB), SIZE (as 1280x800), APP (file.rev),
# ACCEL (tcg or kvm).
set -eu
cd "$(dirname "$0")/.."
disk=$(realpath -m "${DISK:-build/disk.img}")
if [ ! -e "$disk" ]; then
    mkdir -p "$(dirname "$disk")"
    truncate -s 256M "$disk"
fi
# In QEMU's options a comma in a value is written twice.
escaped() { printf '%s' "${1//,/,,}"; }
command=(qemu-system-x86_64
    -machine "q35,accel=${ACCEL:-tcg}" -cpu max -m "${MEM:-512}" -vga std
    -nic none
    -boot d -cdrom "$PWD/build/revenant.iso"
    -drive "if=none,id=disk,format=raw,file=$(escaped "$disk")"
    -device virtio-blk-pci,drive=disk,werror=report,rerror=report
    -device virtio-tablet-pci)
if [ -n "${SIZE:-}" ]; then
    command+=(-fw_cfg "name=opt/revenant/size,string=$SIZE")
fi
if [ -n "${APP:-}" ]; then
    app=$(realpath -e "$APP")
    command+=(-fw_cfg "name=opt/revenant/app,file=$(escaped "$app")")
fi
# Quoted for a shell only where it must be, so that the line is also readable.
line=
for word in "${command[@]}"; do
    if [[ $word =~ ^[A-Za-z0-9_./,=:+-]+$ ]]; then
        line+=" $word"
    else
        line+=" $(printf '%q' "$word")"
    fi
done
echo "${line# }"
