# Power cuts in a session that QEMU recorded, from any moment of it.
REPLAY_NEEDS := build/uitest build/revenant build/revenant.elf build/rvdisk

.PHONY: run-replay run-replay-long
run-replay: $(REPLAY_NEEDS)
	@tests/replay/run.sh 100 5
run-replay-long: $(REPLAY_NEEDS)
	@tests/replay/run.sh 1000 50
TEST_RUNS += replay
LONG_RUNS += replay-long

# Requests of the disk that fail in QEMU.
.PHONY: run-diskerrors run-diskerrors-long
run-diskerrors: $(REPLAY_NEEDS)
	@tests/replay/errors.sh
run-diskerrors-long: $(REPLAY_NEEDS)
	@tests/replay/errors.sh all
TEST_RUNS += diskerrors
LONG_RUNS += diskerrors-long
