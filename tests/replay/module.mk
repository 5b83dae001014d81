# Power cuts in a session that QEMU recorded, from any moment of it.
REPLAY_NEEDS := build/uitest build/revenant build/revenant.elf build/rvdisk

needs-replay needs-replay-long needs-diskerrors needs-diskerrors-long: \
    $(REPLAY_NEEDS)
run-replay:
	@tests/replay/run.sh 100 5
run-replay-long:
	@tests/replay/run.sh 1000 50
TEST_RUNS += replay
LONG_RUNS += replay-long

# Requests of the disk that fail in QEMU.
run-diskerrors:
	@tests/replay/errors.sh
run-diskerrors-long:
	@tests/replay/errors.sh all
TEST_RUNS += diskerrors
LONG_RUNS += diskerrors-long
