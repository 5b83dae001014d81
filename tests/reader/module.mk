# The second reader of the disk format, from docs/format.md alone.
.PHONY: run-reader
run-reader: build/uitest build/revenant build/rvdisk build/hostile/damage
	@tests/reader/run.sh
TEST_RUNS += reader

# Last of all: what the others have left.
.PHONY: run-images
run-images: build/rvdisk
	@tests/reader/images.sh
LAST_RUNS += images
