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
build/generations-bench: $$(call objects,host,tests/bench/generations.c) \
    build/librevstore.a
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -lpthread -o $$@
build/rates-bench: $$(call objects,host,$$(COMMON_SOURCES) \
    tests/bench/rates.c $$(filter-out kernel/system/host/main.c,$$(HOST_SOURCES))) \
    $$(call libraries,host)
	$$(QUIET)$$(CC) $$(CFLAGS_host) -Wl,--wrap=verifier_check $$^ \
	    $$(HOST_LINKS) -o $$@
build/sweep-bench: $$(call objects,host,$$(COMMON_SOURCES) \
    $$(sort $$(wildcard tests/sim/*.c)) \
    $$(addprefix kernel/host/,range.c stack.c) \
    tests/bench/sweep.c) $$(call libraries,host)
	$$(QUIET)$$(CC) $$(CFLAGS_host) -Wl,--wrap=native_call,--wrap=vm_run $$^ \
	    -o $$@
build/revenant-untaxed: build/bench/untaxed/vm/run/interpreter.o \
    $$(filter-out build/host/vm/run/interpreter.o,$$(call objects,host,\
    $$(COMMON_SOURCES) $$(HOST_SOURCES))) $$(call libraries,host)
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ $$(HOST_LINKS) -o $$@
endef
LATE_RULES += BENCH_RULES

# The interpreter as if nothing were ever kept: it announces no store.
build/bench/untaxed/vm/run/interpreter.o: vm/run/interpreter.c $(wildcard vm/*/*.h)
	@mkdir -p $(@D)
	@sed 's/^#define ANNOUNCE(address).*/#define ANNOUNCE(address) ((void)0)\n#define OTHERWISE(address) \\/' \
	    $< >$(@:.o=.c)
	@! cmp -s $< $(@:.o=.c)
	$(QUIET)$(CC) $(CFLAGS_host) $(EXTRA_vm/run/interpreter) -c $(@:.o=.c) -o $@

# As a C programmer would compile it.
build/micro-bench: tests/bench/micro.c
	$(QUIET)$(CC) -std=c17 -D_GNU_SOURCE -O2 $< -lm -o $@

BENCH_PROGRAMS := $(addprefix build/,snapshot-bench store-bench \
    generations-bench rates-bench sweep-bench micro-bench revenant-untaxed)
# Heaps of over 2 GB only in the long one; it wants 9 GB of disk for a while.
bench-long: BENCH_LONG := 1
.PHONY: bench bench-long
bench bench-long: programs $(BENCH_PROGRAMS)
	@kernel/lib/packages.sh bench
	@mkdir -p build/bench
	@(python3 tests/bench/boot.py 5; build/snapshot-bench build/bench/s.img $(if $(BENCH_LONG),long); \
	    python3 tests/bench/threads.py; python3 tests/bench/walk.py 3; \
	    build/store-bench build/bench/s.img build/bench/control.img; \
	    python3 tests/bench/pause.py; \
	    python3 tests/bench/restore.py 100 $(if $(BENCH_LONG),8192); \
	    build/generations-bench build/bench/s.img; \
	    python3 tests/bench/slowdown.py 3; build/rates-bench $(CORE_REV); build/sweep-bench; python3 tests/bench/micro.py; \
	    python3 tests/bench/desktop.py; python3 tests/bench/idle.py; \
	    python3 tests/bench/hostile.py) | \
	    python3 tests/bench/collect.py
