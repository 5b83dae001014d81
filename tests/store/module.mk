# The store's campaigns: in both variants, some of them in each.
STORE_TEST_SOURCES := tests/test.c $(sort $(wildcard tests/store/*.c)) \
    $(sort $(wildcard tests/sim/*.c)) kernel/host/range.c kernel/host/stack.c
define STORE_TEST_RULES
build/store-test: $$(call objects,host,$$(BASE_SOURCES) $$(PERSIST_SOURCES) \
    $$(STORE_TEST_SOURCES))
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -o $$@
build/asan/store-test: $$(call objects,asan,$$(BASE_SOURCES) \
    $$(PERSIST_SOURCES) $$(STORE_TEST_SOURCES))
	$$(QUIET)$$(CC) $$(CFLAGS_asan) $$^ -o $$@
build/cov/store: $$(call objects,cov,$$(BASE_SOURCES) $$(PERSIST_SOURCES) \
    $$(COVERAGE_SOURCES))
	$$(QUIET)$$(CC) $$(CFLAGS_cov) --coverage $$^ -o $$@
endef
LATE_RULES += STORE_TEST_RULES

# Which lines and branches of commit, free space and recovery its tests reach.
# Only these files count what is executed, without optimization.
COUNTED_SOURCES := $(addprefix persist/store/,commit.c space.c deadlist.c \
    retention.c abandon.c store_open.c marks.c directory.c radix.c pagemap.c \
    device.c view.c verify.c)
COVERAGE_SOURCES := $(addprefix tests/unit/,store_support.c store_test.c \
    memory_test.c ahead_test.c corners_test.c deadlist_test.c limits_test.c \
    roots_test.c scrub_test.c transfer_test.c export_test.c) \
    $(filter-out %/sequences.c,$(STORE_TEST_SOURCES))
$(COUNTED_SOURCES:%.c=build/cov/%.o): COUNT := -O0 --coverage
.PHONY: coverage
coverage: run-coverage
needs-coverage: build/cov/store
run-coverage:
	@python3 -B tests/store/coverage.py $(COUNTED_SOURCES)

# What memory and damage can do under the sanitizers; the mass without them.
needs-store needs-store-long: build/asan/store-test
run-store:
	build/asan/store-test faults damage promises outage
needs-store-cuts needs-store-cuts-long: build/store-test
run-store-cuts:
	build/store-test cuts sequences maps
run-store-long:
	LONG=1 build/asan/store-test faults damage promises outage
run-store-cuts-long:
	LONG=1 build/store-test cuts sequences maps
TEST_RUNS += store store-cuts
LONG_RUNS += store-long store-cuts-long coverage
