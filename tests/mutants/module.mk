# Bugs put into the store on purpose, each to be found by its tests.
MUTANT_SOURCES := tests/test.c $(addprefix tests/unit/,store_test.c \
    store_support.c recover_test.c branches_test.c scrub_test.c \
    corners_test.c memory_test.c ahead_test.c) $(sort $(wildcard tests/store/*.c)) \
    $(sort $(wildcard tests/sim/*.c)) kernel/host/range.c kernel/host/stack.c
define MUTANT_RULES
build/mutants/original: $$(call objects,host,$$(BASE_SOURCES) \
    $$(PERSIST_SOURCES) $$(MUTANT_SOURCES))
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -o $$@
	@echo $$^ > $$@.objects
build/mutants/language: $$(call objects,host,$$(COMMON_SOURCES) \
    $$(LANGUAGE_SOURCES) tests/language/run.c) $$(call libraries,host)
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -o $$@
	@echo $$^ > $$@.objects
build/mutants/machine: $$(call objects,host,$$(COMMON_SOURCES) \
    $$(MACHINE_SOURCES)) $$(call libraries,host)
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -o $$@
	@echo $$^ > $$@.objects
build/mutants/unit: $$(call objects,host,$$(COMMON_SOURCES) \
    $$(UNIT_SOURCES)) $$(call libraries,host)
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -o $$@
	@echo $$^ > $$@.objects
build/mutants/modules: $$(call objects,host,$$(COMMON_SOURCES) \
    $$(MODULE_FUZZ_SOURCES)) $$(call libraries,host)
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -o $$@
	@echo $$^ > $$@.objects
endef
LATE_RULES += MUTANT_RULES

needs-mutants needs-mutants-all: build/mutants/original
run-mutants:
	@python3 -B tests/mutants/run.py 5
run-mutants-all:
	@python3 -B tests/mutants/run.py all
TEST_RUNS += mutants
LONG_RUNS += mutants-all

# The same for everything above the store.
SYSTEM_MUTANT_NEEDS := $(addprefix build/mutants/,unit language machine modules) \
    $(LIBRARIES_REV)
needs-mutants-system needs-mutants-system-all: $(SYSTEM_MUTANT_NEEDS)
run-mutants-system:
	@python3 -B tests/mutants/system.py 10
run-mutants-system-all:
	@python3 -B tests/mutants/system.py all
TEST_RUNS += mutants-system
LONG_RUNS += mutants-system-all

# Announcements that are left out.
needs-auditor: build/mutants/language build/mutants/machine $(LIBRARIES_REV)
run-auditor:
	@python3 -B tests/mutants/auditor.py
TEST_RUNS += auditor
