# The store's protocol, searched by spin.
needs-model needs-model-long: build/packages-test.ok
run-model:
	@tests/model/run.sh 1
run-model-long:
	@tests/model/run.sh 2
TEST_RUNS += model
LONG_RUNS += model-long
