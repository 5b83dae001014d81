BASE_SOURCES += $(sort $(wildcard kernel/base/*.c))
