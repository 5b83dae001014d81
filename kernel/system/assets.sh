#!/bin/sh
# Writes the assembler file that puts assets into the program: a table of
# {name, data, size} for kernel/system/assets.c, and the files themselves.
# usage: assets.sh NAME=PATH...
set -eu
echo '.section .data.rel.ro.assets,"aw"'
echo '.balign 8'
echo '.globl assets_table'
echo 'assets_table:'
number=0
for asset in "$@"; do
    echo ".quad name_$number, data_$number, end_$number - data_$number"
    number=$((number + 1))
done
echo '.quad 0, 0, 0'
echo '.section .rodata.assets,"a"'
number=0
for asset in "$@"; do
    echo "name_$number: .asciz \"${asset%%=*}\""
    echo '.balign 16'
    echo "data_$number: .incbin \"${asset#*=}\""
    echo "end_$number:"
    number=$((number + 1))
done
echo '.section .note.GNU-stack,"",@progbits'
