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
needs-qemu: build/uitest build/revenant.elf build/revenant.iso
run-qemu:
	@tests/ui/run.sh qemu
TEST_RUNS += qemu

needs-ui needs-uitest: build/uitest build/revenant build/rvdisk
run-ui:
	@tests/ui/run.sh host
TEST_RUNS += ui

run-uitest:
	@tests/ui/uitest-check.sh
TEST_RUNS += uitest

needs-both: build/uitest build/revenant build/revenant.elf build/revenant.iso
run-both:
	@tests/ui/both.sh
TEST_RUNS += both

needs-start: build/revenant.iso
run-start:
	@tests/ui/start-check.sh
TEST_RUNS += start

# Machines that cannot run the system.
needs-refused: build/revenant.iso
run-refused:
	@tests/ui/refused.sh
TEST_RUNS += refused

needs-machines: build/revenant.elf build/revenant.iso
run-machines:
	@tests/ui/machines.sh
LONG_RUNS += machines

# One disk on both machines in turn.
needs-crossing: build/uitest build/revenant build/revenant.elf
run-crossing:
	@tests/ui/crossing.sh kernel
needs-crossing-long: build/uitest build/revenant build/revenant.iso
run-crossing-long:
	@tests/ui/crossing.sh bios uefi
TEST_RUNS += crossing
LONG_RUNS += crossing-long

# One generation as a file.
needs-export: build/uitest build/rvdisk build/first.rvx build/revenant \
    build/revenant.elf
run-export:
	@tests/ui/export.sh $(HEAP_ASSETS)
TEST_RUNS += export
