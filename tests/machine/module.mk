# The whole system in the simulator.
MACHINE_SOURCES := tests/machine/machine.c tests/machine/input.c \
    $(sort $(wildcard tests/sim/*.c)) kernel/host/range.c
define MACHINE_RULES
build/asan/machine: $$(call objects,asan,$$(COMMON_SOURCES) \
    $$(MACHINE_SOURCES)) $$(call libraries,asan)
	$$(QUIET)$$(CC) $$(CFLAGS_asan) $$^ -o $$@
endef
LATE_RULES += MACHINE_RULES

.PHONY: run-machine run-machine-long
run-machine: build/asan/machine
	build/asan/machine
run-machine-long: build/asan/machine
	build/asan/machine $(or $(SEEDS),1-40)
TEST_RUNS += machine
LONG_RUNS += machine-long
