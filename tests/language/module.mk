# The language tests: every .rev file below, and the examples of the book.
LANGUAGE_TESTS := $(sort $(wildcard tests/language/*/*.rev)) \
    $(sort $(wildcard docs/book/*.md))
LANGUAGE_SOURCES := tests/language/machine.c $(sort $(wildcard tests/sim/*.c)) \
    kernel/host/range.c kernel/host/stack.c

define LANGUAGE_RULES
build/asan/language: $$(call objects,asan,$$(COMMON_SOURCES) \
    $$(LANGUAGE_SOURCES) tests/language/run.c) $$(call libraries,asan)
	$$(QUIET)$$(CC) $$(CFLAGS_asan) $$^ -o $$@
build/language: $$(call objects,host,$$(COMMON_SOURCES) \
    $$(LANGUAGE_SOURCES) tests/language/run.c) $$(call libraries,host)
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -o $$@
build/asan/compiler-fuzz: $$(call objects,asan,$$(COMMON_SOURCES) \
    $$(LANGUAGE_SOURCES) tests/language/fuzz.c) $$(call libraries,asan)
	$$(QUIET)$$(CC) $$(CFLAGS_asan) $$^ -o $$@
build/asan/faults: $$(call objects,asan,$$(COMMON_SOURCES) \
    $$(LANGUAGE_SOURCES) tests/language/faults.c) $$(call libraries,asan)
	$$(QUIET)$$(CC) $$(CFLAGS_asan) $$(FAULT_DOORS) $$^ -o $$@
build/asan/damage: $$(call objects,asan,$$(COMMON_SOURCES) \
    $$(LANGUAGE_SOURCES) tests/language/damage.c) $$(call libraries,asan)
	$$(QUIET)$$(CC) $$(CFLAGS_asan) $$^ -o $$@
build/faults: $$(call objects,host,$$(COMMON_SOURCES) \
    $$(LANGUAGE_SOURCES) tests/language/faults.c) $$(call libraries,host)
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$(FAULT_DOORS) $$^ -o $$@
endef
LATE_RULES += LANGUAGE_RULES
comma := ,
# Calls of these lead through tests/language/faults.c.
FAULT_DOORS := $(addprefix -Wl$(comma)--wrap=,memory_write_slow \
    memory_discard native_call)

LIBRARIES_REV := build/lib/core.rvc build/lib/ui.rvc build/lib/system.rvc
needs-language needs-language-collect needs-language-cut \
    needs-language-collect-long needs-language-cut-long: build/language \
    $(LIBRARIES_REV)
run-language:
	@build/language $(LIBRARIES_REV) $(LANGUAGE_TESTS)
needs-language-asan: build/asan/language $(LIBRARIES_REV)
run-language-asan:
	@build/asan/language --installed $(LIBRARIES_REV) $(LANGUAGE_TESTS)
# The same with a collection and with a power cut after so many counts.
run-language-collect:
	@build/language --collect=500 $(LIBRARIES_REV) $(LANGUAGE_TESTS)
run-language-collect-long:
	@build/language --collect=500 --steady $(LIBRARIES_REV) $(LANGUAGE_TESTS)
# A restart lets go of what a button or a key holds.
CUT_TESTS := $(filter-out %/painted.rev %/pointer.rev,$(LANGUAGE_TESTS))
run-language-cut:
	@build/language --cut=16001 $(LIBRARIES_REV) $(CUT_TESTS)
run-language-cut-long:
	@build/language --cut=16001 --steady $(LIBRARIES_REV) $(CUT_TESTS)
needs-language-fuzz: build/asan/compiler-fuzz build/lib/core.rvc
run-language-fuzz:
	@mkdir -p $$RUN_DIR
	@SEED=$(or $(SEED),2) build/asan/compiler-fuzz build/lib/core.rvc \
	    $(if $(SECONDS),$(SECONDS)s,4500) \
	    $(LANGUAGE_TESTS) apps/lib/core/list.rev apps/lib/core/map.rev
TEST_RUNS += language-asan language-fuzz language-collect language-cut
LONG_RUNS += language-collect-long language-cut-long
QUICK_RUNS += language

# Every announcement and request of small programs fails, one by one: a part of
# the places under sanitizers, and all of them.
FAULT_PROGRAMS := $(sort $(wildcard tests/language/faults/*.rev))
needs-faults needs-faults-all: build/asan/faults $(LIBRARIES_REV)
run-faults:
	@build/asan/faults --natives --every=20 --seed=$(or $(SEED),1) \
	    $(LIBRARIES_REV) $(FAULT_PROGRAMS)
run-faults-all:
	@build/asan/faults --natives $(LIBRARIES_REV) $(FAULT_PROGRAMS)
TEST_RUNS += faults
LONG_RUNS += faults-all

# Damaged older generations are looked at and copied from.
needs-damage needs-damage-long: build/asan/damage $(LIBRARIES_REV)
run-damage:
	@build/asan/damage build/lib/core.rvc build/lib/system.rvc \
	    tests/language/kept.rev 400
run-damage-long:
	@build/asan/damage build/lib/core.rvc build/lib/system.rvc \
	    tests/language/kept.rev 4000
TEST_RUNS += damage
LONG_RUNS += damage-long

# Random programs for the compiler, from another seed each time.
.PHONY: fuzz
fuzz: build/asan/compiler-fuzz build/lib/core.rvc
	build/asan/compiler-fuzz build/lib/core.rvc $(or $(SECONDS),60)s \
	    $(LANGUAGE_TESTS) apps/lib/core/list.rev apps/lib/core/map.rev
