# build/uitest, and the UI scripts as test runs.
UITEST_SOURCES := $(sort $(wildcard tests/uitest*.c))

build/uitest:
	$(QUIET)$(CC) $(CFLAGS_host) $^ -lpng -o $@
PROGRAMS += build/uitest

# After all module.mk files, when BASE_SOURCES is whole.
define UITEST_PROGRAM
build/uitest: $$(call objects,host,$$(UITEST_SOURCES) $$(BASE_SOURCES))
endef
LATE_RULES += UITEST_PROGRAM

# Scripts for QEMU: each on the kernel alone, some through GRUB too.
.PHONY: run-qemu
run-qemu: build/uitest build/revenant.elf build/revenant.iso
	@tests/ui/run.sh qemu
TEST_RUNS += qemu

.PHONY: run-ui
run-ui: build/uitest build/revenant
	@tests/ui/run.sh host
TEST_RUNS += ui

.PHONY: run-uitest
run-uitest: build/uitest build/revenant
	@tests/ui/uitest-check.sh
TEST_RUNS += uitest

.PHONY: run-both
run-both: build/uitest build/revenant build/revenant.elf build/revenant.iso
	@tests/ui/both.sh
TEST_RUNS += both

.PHONY: run-start
run-start: build/revenant.iso
	@tests/ui/start-check.sh
TEST_RUNS += start

# Machines that cannot run the system.
.PHONY: run-refused
run-refused: build/revenant.iso
	@tests/ui/refused.sh
TEST_RUNS += refused

.PHONY: run-machines
run-machines: build/revenant.elf build/revenant.iso
	@tests/ui/machines.sh
LONG_RUNS += machines

# One disk on both machines in turn.
.PHONY: run-crossing run-crossing-long
run-crossing: build/uitest build/revenant build/revenant.elf
	@tests/ui/crossing.sh kernel
run-crossing-long: build/uitest build/revenant build/revenant.iso
	@tests/ui/crossing.sh bios uefi
TEST_RUNS += crossing
LONG_RUNS += crossing-long

# One generation as a file.
.PHONY: run-export
run-export: build/uitest build/rvdisk build/first.rvx build/revenant \
    build/revenant.elf
	@tests/ui/export.sh $(HEAP_ASSETS)
TEST_RUNS += export
