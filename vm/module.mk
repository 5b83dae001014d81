VM_SOURCES += $(sort $(wildcard vm/*.c))
# gcse merges the dispatch jumps into one; a square root sets no errno.
EXTRA_vm/interpreter := -fno-gcse -fno-math-errno
