# The kill campaigns.
CRASH_SOURCES := tests/crash/crash.c tests/uitest_process.c
CRASH_NEEDS := build/crash/crash build/revenant build/asan/revenant \
    build/revenant.elf build/rvdisk

define CRASH_PROGRAM
build/crash/crash: $$(call objects,host,$$(CRASH_SOURCES))
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -o $$@
endef
LATE_RULES += CRASH_PROGRAM

needs-crash needs-crash-long: $(CRASH_NEEDS)
run-crash:
	@tests/crash/run.sh 40 5
run-crash-long:
	@tests/crash/run.sh 200 30
TEST_RUNS += crash
LONG_RUNS += crash-long
