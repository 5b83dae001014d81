# The second reader of the disk format, from docs/format.md alone.
.PHONY: run-reader
run-reader: build/uitest build/revenant build/rvdisk build/hostile/damage
	@tests/reader/run.sh
TEST_RUNS += reader
