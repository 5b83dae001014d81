STORE_SOURCES := $(sort $(wildcard persist/store/*.c)) persist/tools/export.c \
    persist/tools/transfer.c
PERSIST_SOURCES += $(STORE_SOURCES) $(sort $(wildcard persist/memory/*.c))

# rvdisk runs the store on the hosted machine's disk.
PROGRAMS += build/rvdisk
RVDISK_SOURCES := $(STORE_SOURCES) $(sort $(wildcard persist/tools/rvdisk*.c)) \
    $(sort $(wildcard persist/memory/*.c vm/heap/*.c vm/code/*.c)) \
    $(addprefix kernel/host/,disk.c clock.c alloc.c range.c no_wake.c)
define RVDISK_PROGRAM
build/rvdisk: $$(call objects,host,$$(BASE_SOURCES) $$(RVDISK_SOURCES))
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -lpthread -o $$@
endef
LATE_RULES += RVDISK_PROGRAM

# The store and the persistent memory for plain C programs on Linux, with a
# small example. They include persist/memory/snapshot.h and kernel/host/host.h.
PROGRAMS += build/librevstore.a build/revstore-example
LIBRARY_SOURCES := $(PERSIST_SOURCES) \
    $(addprefix kernel/host/,disk.c clock.c alloc.c range.c no_wake.c)
define STORE_LIBRARY
build/librevstore.a: $$(call objects,host,$$(BASE_SOURCES) $$(LIBRARY_SOURCES))
	@rm -f $$@
	$$(QUIET)ar rcs $$@ $$^
build/revstore-example: build/host/persist/tools/example.o build/librevstore.a
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -lpthread -o $$@
endef
LATE_RULES += STORE_LIBRARY

needs-library: build/revstore-example build/rvdisk
run-library:
	@tests/library.sh
TEST_RUNS += library
QUICK_RUNS += library
