# Power cuts in a session that QEMU recorded.
REPLAY_NEEDS := build/uitest build/revenant build/revenant.elf build/rvdisk

.PHONY: run-replay run-replay-long
run-replay: $(REPLAY_NEEDS)
	@tests/replay/run.sh 100 5
run-replay-long: $(REPLAY_NEEDS)
	@tests/replay/run.sh 1000 50
TEST_RUNS += replay
LONG_RUNS += replay-long
