UNIT_SOURCES += tests/test.c $(sort $(wildcard tests/unit/*.c)) \
    $(sort $(wildcard tests/sim/*.c)) kernel/host/range.c
