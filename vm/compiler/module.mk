COMPILER_SOURCES += $(filter-out vm/compiler/revc.c, \
    $(sort $(wildcard vm/compiler/*.c)))
