UNIT_SOURCES += tests/test.c $(sort $(wildcard tests/unit/*.c)) \
    $(sort $(wildcard tests/sim/*.c)) kernel/host/range.c

# The new user's way on a minimal Debian; needs root.
.PHONY: run-fresh
run-fresh:
	@QUICK=1 tests/fresh.sh
LONG_RUNS += fresh

# Held apps, and programs on a disk.
.PHONY: run-held
run-held: build/revenant
	@tests/held.sh
TEST_RUNS += held

# An app that lost a page.
.PHONY: run-lost
run-lost: build/uitest build/revenant build/hostile/damage
	@tests/lost.sh
TEST_RUNS += lost

# An app that fills the disk, and what a person can do then.
.PHONY: run-full
run-full: build/revenant build/uitest build/rvdisk
	@tests/full.sh host
TEST_RUNS += full

# The programs used wrongly.
.PHONY: run-use
run-use: build/revenant build/uitest build/revc build/rvdisk
	@tests/use.sh
TEST_RUNS += use
QUICK_RUNS += use
