# Modules made at random, under the sanitizers: ten thousand, or a million.
MODULE_FUZZ_SOURCES = $(sort $(wildcard tests/fuzz/*.c)) \
    tests/unit/vm_assembler.c tests/unit/vm_core.c $(LANGUAGE_SOURCES)

define MODULE_FUZZ_RULES
build/asan/module-fuzz: $$(call objects,asan,$$(COMMON_SOURCES) \
    $$(MODULE_FUZZ_SOURCES)) $$(call libraries,asan)
	$$(QUIET)$$(CC) $$(CFLAGS_asan) $$^ -o $$@
endef
LATE_RULES += MODULE_FUZZ_RULES

needs-module-fuzz needs-module-fuzz-long: build/asan/module-fuzz
run-module-fuzz:
	@SEED=$(or $(SEED),1) build/asan/module-fuzz 10000
run-module-fuzz-long:
	@SEED=$(or $(SEED),1) build/asan/module-fuzz 1000000
TEST_RUNS += module-fuzz
LONG_RUNS += module-fuzz-long
