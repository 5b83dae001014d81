VM_SOURCES += $(sort $(wildcard vm/*.c))
