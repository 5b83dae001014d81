# The language tests: every .rev file below, and the examples of the book.
LANGUAGE_TESTS := $(sort $(wildcard tests/language/*/*.rev)) \
    $(sort $(wildcard docs/book/*.md))
LANGUAGE_SOURCES := tests/language/run.c $(sort $(wildcard tests/sim/*.c)) \
    kernel/host/range.c

define LANGUAGE_RULES
build/asan/language: $$(call objects,asan,$$(COMMON_SOURCES) \
    $$(LANGUAGE_SOURCES)) $$(call libraries,asan)
	$$(QUIET)$$(CC) $$(CFLAGS_asan) $$^ -o $$@
build/language: $$(call objects,host,$$(COMMON_SOURCES) \
    $$(LANGUAGE_SOURCES)) $$(call libraries,host)
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -o $$@
endef
LATE_RULES += LANGUAGE_RULES

.PHONY: run-language
run-language: build/asan/language build/lib/core.rvc build/lib/ui.rvc
	build/asan/language build/lib/core.rvc build/lib/ui.rvc $(LANGUAGE_TESTS)
TEST_RUNS += language
QUICK_RUNS += language
