# `make bench`: figures into build/bench.json. Nothing here is a test.
SNAPSHOT_BENCH := tests/bench/snapshot.c \
    $(addprefix kernel/host/,disk.c clock.c alloc.c range.c no_wake.c)
define BENCH_RULES
build/snapshot-bench: $$(call objects,host,$$(BASE_SOURCES) \
    $$(PERSIST_SOURCES) $$(SNAPSHOT_BENCH))
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -lpthread -o $$@
build/store-bench: $$(call objects,host,tests/bench/store.c) \
    build/librevstore.a
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -lpthread -o $$@
endef
LATE_RULES += BENCH_RULES

.PHONY: bench
bench: programs build/snapshot-bench build/store-bench
	@mkdir -p build/bench
	@(python3 tests/bench/boot.py 5; build/snapshot-bench build/bench/s.img; \
	    build/store-bench build/bench/s.img build/bench/control.img; \
	    python3 tests/bench/idle.py) | python3 tests/bench/collect.py
