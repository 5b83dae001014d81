STORE_SOURCES := $(addprefix persist/,device.c hash.c space.c radix.c \
    directory.c deadlist.c retention.c abandon.c marks.c view.c commit.c \
    store.c store_open.c verify.c export.c)
PERSIST_SOURCES += $(STORE_SOURCES) persist/memory.c persist/snapshot.c

# rvdisk runs the store on the hosted machine's disk.
PROGRAMS += build/rvdisk
RVDISK_SOURCES := $(STORE_SOURCES) persist/rvdisk.c \
    $(addprefix kernel/host/,disk.c clock.c alloc.c)
define RVDISK_PROGRAM
build/rvdisk: $$(call objects,host,$$(BASE_SOURCES) $$(RVDISK_SOURCES))
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -lpthread -o $$@
endef
LATE_RULES += RVDISK_PROGRAM
