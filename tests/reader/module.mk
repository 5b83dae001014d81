# The second reader of the disk format, from docs/format.md alone.
needs-reader: build/uitest build/revenant build/rvdisk build/hostile/damage
run-reader:
	@tests/reader/run.sh
TEST_RUNS += reader

# Last of all: what the others have left.
needs-images: build/rvdisk
run-images:
	@tests/reader/images.sh
LAST_RUNS += images
