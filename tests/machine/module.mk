# The whole system in the simulator.
MACHINE_SOURCES := tests/machine/machine.c tests/machine/input.c \
    $(sort $(wildcard tests/sim/*.c)) kernel/host/range.c kernel/host/stack.c
define MACHINE_RULES
build/asan/machine: $$(call objects,asan,$$(COMMON_SOURCES) \
    $$(MACHINE_SOURCES)) $$(call libraries,asan)
	$$(QUIET)$$(CC) $$(CFLAGS_asan) $$^ -o $$@
build/machine: $$(call objects,host,$$(COMMON_SOURCES) \
    $$(MACHINE_SOURCES)) $$(call libraries,host)
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -o $$@
endef
LATE_RULES += MACHINE_RULES

# Eight cuts a seed; the mass of them without the sanitizers.
needs-machine needs-machine-long needs-machine-travel \
    needs-machine-travel-long: build/asan/machine
run-machine:
	build/asan/machine
needs-machine-cuts needs-machine-cuts-long: build/machine
run-machine-cuts:
	build/machine 101-158
run-machine-long:
	build/asan/machine $(or $(SEEDS),1-40)
run-machine-cuts-long:
	build/machine $(or $(SEEDS),1001-2430)
TEST_RUNS += machine machine-cuts
LONG_RUNS += machine-long machine-cuts-long

# With a program that goes back in time.
run-machine-travel:
	build/asan/machine --travel --lives 6 $(or $(SEEDS),1-4)
run-machine-travel-long:
	build/asan/machine --travel --lives 20 $(or $(SEEDS),1-40)
TEST_RUNS += machine-travel
LONG_RUNS += machine-travel-long
