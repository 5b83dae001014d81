VM_SOURCES += $(sort $(wildcard vm/*.c))
# gcse merges the dispatch jumps into one; a square root sets no errno; the few
# words of a frame are not worth a call of memset.
EXTRA_vm/interpreter := -fno-gcse -fno-math-errno -fno-tree-loop-distribute-patterns
