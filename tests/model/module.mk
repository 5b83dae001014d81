# The store's protocol, searched by spin.
.PHONY: run-model run-model-long
run-model:
	@tests/model/run.sh 1
run-model-long:
	@tests/model/run.sh 2
TEST_RUNS += model
LONG_RUNS += model-long
