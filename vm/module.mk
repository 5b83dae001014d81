VM_SOURCES += $(sort $(wildcard vm/heap/*.c vm/code/*.c vm/run/*.c \
    vm/native/*.c vm/past/*.c))
# gcse merges the dispatch jumps into one; a square root sets no errno; the few
# words of a frame are not worth a call of memset.
EXTRA_vm/run/interpreter := -fno-gcse -fno-math-errno -fno-tree-loop-distribute-patterns
