# Revenant's build: one non-recursive make. Each folder's module.mk adds its
# sources to the lists below; build/ is all that make ever writes to.
#
# The same sources are compiled for these variants:
#   host  gcc -O2, a Linux process
#   asan  the same with address and undefined-behaviour sanitizers, for tests
#   cov   the store and its tests, counting what is executed
#   pc    freestanding x86-64, booted by GRUB or qemu -kernel

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif

CC := gcc
DISK ?= build/disk.img
MEM ?= 512
SIZE ?=
APP ?=
export SEEDS SECONDS

# Shared by every machine, in the order of the layers.
BASE_SOURCES :=
PERSIST_SOURCES :=
VM_SOURCES :=
COMPILER_SOURCES :=
GUI_SOURCES :=
WM_SOURCES :=
SYSTEM_SOURCES :=
# One machine's own.
HOST_SOURCES :=
PC_SOURCES :=
# Archives and objects that a variant links besides: `$(VARIANT)` is replaced.
LIBRARIES :=
# Files that become part of every program: name=path (kernel/system/assets.h).
ASSETS :=
# Unit tests: every test file, linked with the simulator's machine.
UNIT_SOURCES :=
# What `make` builds; what `make test` runs, one `name` each with a target
# run-<name> that ends in the line "N passed, N failed", and a target
# needs-<name> for what it needs; LAST_RUNS come after all others.
PROGRAMS :=
TEST_RUNS :=
QUICK_RUNS :=
LONG_RUNS :=
LAST_RUNS :=
BENCH_RUNS :=
# Names of `define`s with rules that need the whole lists above.
LATE_RULES :=

.PHONY: all
all: programs

include $(sort $(wildcard */module.mk */*/module.mk */*/*/module.mk))

COMMON_SOURCES := $(BASE_SOURCES) $(PERSIST_SOURCES) $(VM_SOURCES) \
    $(COMPILER_SOURCES) $(GUI_SOURCES) $(WM_SOURCES) $(SYSTEM_SOURCES)

# ---- Compiling ----

WARNINGS := -Wall -Wextra -Wshadow -Wundef -Wvla -Wstrict-prototypes \
    -Wmissing-prototypes -Wswitch-enum -Wwrite-strings
ifneq ($(wildcard /etc/debian_version),)
ifneq ($(filter 12 12.%,$(shell cat /etc/debian_version)),)
WARNINGS += -Werror
endif
endif
CFLAGS := -std=c17 -I. -ffp-contract=off -fno-strict-aliasing -g -MMD -MP \
    $(WARNINGS)
CFLAGS_host := $(CFLAGS) -D_GNU_SOURCE -O2
CFLAGS_asan := $(CFLAGS) -D_GNU_SOURCE -O1 -fno-omit-frame-pointer \
    -fsanitize=address,undefined -fno-sanitize-recover=undefined
CFLAGS_cov = $(CFLAGS_host) $(COUNT)
CFLAGS_pc := $(CFLAGS) -O2 -ffreestanding -fno-stack-protector -mno-red-zone \
    -fno-pic -fno-pie -mcmodel=small -fno-asynchronous-unwind-tables \
    -fcf-protection=none

# $(1) variant
define VARIANT_RULES
build/$(1)/%.o: %.c build/packages.ok
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$(CFLAGS_$(1)) $$(EXTRA_$$*) -c $$< -o $$@
build/$(1)/%.o: %.S build/packages.ok
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$(CFLAGS_$(1)) -c $$< -o $$@
endef
QUIET := @
$(foreach variant,host asan cov pc,$(eval $(call VARIANT_RULES,$(variant))))

# $(call objects,variant,sources)
objects = $(patsubst %,build/$(1)/%.o,$(basename $(2)))
libraries = $(subst VARIANT,$(1),$(LIBRARIES))

# ---- Assets ----

# Written anew only when the list changes; the objects depend on the files.
build/assets.S: kernel/system/assets.sh FORCE
	@mkdir -p build
	@kernel/system/assets.sh $(ASSETS) > $@.new
	@cmp -s $@.new $@ || cp $@.new $@
FORCE:
ASSET_OBJECTS := $(foreach variant,host asan pc,build/$(variant)/assets.o)
$(ASSET_OBJECTS): build/assets.S $(foreach asset,$(ASSETS),$(lastword \
    $(subst =, ,$(asset))))
	@mkdir -p $(@D)
	$(QUIET)$(CC) -c $< -o $@
LIBRARIES := build/VARIANT/assets.o $(LIBRARIES)

build/packages.ok: kernel/lib/packages.list kernel/lib/packages.sh
	@mkdir -p build
	@kernel/lib/packages.sh build
	@touch $@

# One after the other: apt serves one at a time.
build/packages-test.ok: build/packages.ok
build/packages-check.ok: build/packages-test.ok
build/packages-test.ok build/packages-check.ok: build/packages-%.ok: \
    kernel/lib/packages.list
	@kernel/lib/packages.sh $*
	@touch $@

$(foreach rules,$(LATE_RULES),$(eval $($(rules))))

ifndef BUILT
-include $(shell test -d build && find build -name '*.d')
endif

# ---- Programs ----

.PHONY: programs
programs: $(PROGRAMS)

# ---- Tests ----

build/asan/unit: $(call objects,asan,$(COMMON_SOURCES) $(UNIT_SOURCES)) \
    $(call libraries,asan)
	$(QUIET)$(CC) $(CFLAGS_asan) $^ -o $@

needs-unit needs-campaigns: build/asan/unit
run-unit:
	build/asan/unit --quick
run-campaigns:
	build/asan/unit --campaigns
TEST_RUNS += unit campaigns
QUICK_RUNS += unit

# The rules of the folders are read from the objects of all variants.
needs-check: programs build/asan/unit build/asan/revenant build/packages-check.ok
run-check:
	@tests/check
TEST_RUNS += check
.PHONY: check
check: run-check

# With BUILT all that a run needs is there: tests/run-all, whose runs go side by
# side, builds for all of them first. What a run leaves is in its RUN_DIR.
RUNS := $(sort $(TEST_RUNS) $(QUICK_RUNS) $(LONG_RUNS) $(LAST_RUNS))
.PHONY: $(RUNS:%=needs-%) $(RUNS:%=run-%)
ifndef BUILT
$(foreach run,$(RUNS),$(eval run-$(run): needs-$(run)))
endif
run-%: private export RUN_DIR = build/runs/$(@:run-%=%)

.PHONY: test test-quick test-long
test:
	@tests/run-all $(TEST_RUNS) --last $(LAST_RUNS)
test-quick:
	@tests/run-all $(QUICK_RUNS)
test-long:
	@tests/run-all $(TEST_RUNS) $(LONG_RUNS) --last $(LAST_RUNS)

# ---- Help ----

.PHONY: help
help:
	@cat tests/help.txt
