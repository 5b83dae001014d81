COMPILER_SOURCES += $(filter-out vm/compiler/revc.c, \
    $(sort $(wildcard vm/compiler/*.c)))

PROGRAMS += build/revc build/lib/core.rvc
REVC_SOURCES := vm/compiler/revc.c kernel/host/alloc.c

# After all module.mk files, when the lists are whole.
define REVC_RULES
build/revc: $$(call objects,host,$$(BASE_SOURCES) $$(COMPILER_SOURCES) \
    $$(REVC_SOURCES))
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -o $$@
endef
LATE_RULES += REVC_RULES

CORE_REV := $(sort $(wildcard apps/lib/core/*.rev))
build/lib/core.rvc: build/revc $(CORE_REV)
	@mkdir -p $(@D)
	$(QUIET)build/revc $(CORE_REV) -o $@
