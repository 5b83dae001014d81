# Forged worlds.
FORGE_SOURCES := $(sort $(wildcard tests/forge/*.c)) tests/unit/life.c \
    $(sort $(wildcard tests/sim/*.c)) kernel/host/range.c kernel/host/stack.c
define FORGE_RULES
build/asan/forge: $$(call objects,asan,$$(COMMON_SOURCES) \
    $$(FORGE_SOURCES)) $$(call libraries,asan)
	$$(QUIET)$$(CC) $$(CFLAGS_asan) $$^ -o $$@
endef
LATE_RULES += FORGE_RULES

needs-forge needs-forge-long: build/asan/forge
run-forge:
	build/asan/forge -n 8
run-forge-long:
	build/asan/forge -n 500
needs-whole needs-whole-long: build/asan/forge build/rvdisk
run-whole:
	@tests/forge/whole.sh 8
run-whole-long:
	@tests/forge/whole.sh 500
needs-strays: build/asan/forge build/uitest build/revenant build/revenant.elf
run-strays:
	@tests/forge/strays.sh
TEST_RUNS += forge whole strays
LONG_RUNS += forge-long whole-long
