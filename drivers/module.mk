PC_SOURCES += $(sort $(wildcard drivers/*.c))

# The pixel loops stay as they are written.
EXTRA_drivers/screen := -fno-tree-loop-distribute-patterns -fno-tree-vectorize

# What needs no hardware is tested on any machine.
UNIT_SOURCES += drivers/bochs.c drivers/keyboard.c drivers/pointer.c \
    drivers/pci.c drivers/rtc_time.c
