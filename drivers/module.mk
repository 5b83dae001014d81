PC_SOURCES += $(sort $(wildcard drivers/*.c))

# The pixel loops stay as they are written.
EXTRA_drivers/screen := -fno-tree-loop-distribute-patterns -fno-tree-vectorize
