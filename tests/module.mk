UNIT_SOURCES += tests/test.c $(sort $(wildcard tests/unit/*.c)) \
    $(sort $(wildcard tests/sim/*.c)) kernel/host/range.c kernel/host/stack.c

# The new user's way on a minimal Debian; needs root.
run-fresh:
	@QUICK=1 tests/fresh.sh
LONG_RUNS += fresh

# Held apps, and programs on a disk.
needs-held: build/revenant
run-held:
	@tests/held.sh
TEST_RUNS += held

# An app that lost a page.
needs-lost: build/uitest build/revenant build/hostile/damage
run-lost:
	@tests/lost.sh
TEST_RUNS += lost

# An app that fills the disk, and what a person can do then.
needs-full: build/revenant build/uitest build/rvdisk
run-full:
	@tests/full.sh host
TEST_RUNS += full

# The runner of these runs itself.
run-run-all:
	@tests/run-all-check.sh
TEST_RUNS += run-all

# The programs used wrongly.
needs-use: build/revenant build/uitest build/revc build/rvdisk
run-use:
	@tests/use.sh
TEST_RUNS += use
QUICK_RUNS += use
