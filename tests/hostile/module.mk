# Disks and programs that are not what they should be.
DAMAGE_SOURCES := tests/hostile/damage.c persist/store/hash.c
HOSTILE_NEEDS := build/hostile/damage build/asan/revenant build/revenant \
    build/rvdisk build/uitest build/revenant.elf

define DAMAGE_PROGRAM
build/hostile/damage: $$(call objects,host,$$(DAMAGE_SOURCES) $$(BASE_SOURCES))
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -o $$@
endef
LATE_RULES += DAMAGE_PROGRAM

needs-hostile needs-hostile-long: $(HOSTILE_NEEDS)
run-hostile:
	@tests/hostile/run.sh 2
run-hostile-long:
	@tests/hostile/run.sh 20
TEST_RUNS += hostile
LONG_RUNS += hostile-long

needs-programs needs-programs-long: build/uitest build/revenant build/rvdisk \
    build/revenant.elf
run-programs:
	@tests/hostile/programs.sh 6 1
run-programs-long:
	@tests/hostile/programs.sh 65 10 16
TEST_RUNS += programs
LONG_RUNS += programs-long
