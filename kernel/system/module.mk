SYSTEM_SOURCES += $(sort $(wildcard kernel/system/*.c kernel/system/notices/*.c))
HOST_SOURCES += $(filter-out kernel/system/host/first_heap.c,\
    $(sort $(wildcard kernel/system/host/*.c)))
PC_SOURCES += $(sort $(wildcard kernel/system/pc/*.c))

# The heap that a fresh world begins with (kernel/system/first.h), with the
# modules as they are built. The tool loads modules; it runs no desktop.
HEAP_ASSETS = $(filter module/% app/%,$(ASSETS))
HEAP_MODULES = $(foreach asset,$(HEAP_ASSETS),$(lastword $(subst =, ,$(asset))))
FIRST_HEAP_SOURCES := kernel/system/host/first_heap.c kernel/system/apps.c

# After all module.mk files, when the lists are whole.
define FIRST_HEAP_RULES
build/first-heap: $$(call objects,host,$$(filter-out kernel/system/%,\
    $$(COMMON_SOURCES) $$(HOST_SOURCES)) $$(FIRST_HEAP_SOURCES)) \
    $$(filter-out build/host/assets.o,$$(call libraries,host))
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ $$(HOST_LINKS) -o $$@
build/first.rvx: build/first-heap $$(HEAP_MODULES)
	@build/first-heap $$@ $$(HEAP_ASSETS) 2>build/first-heap.log || \
	    { cat build/first-heap.log >&2; exit 1; }
endef
LATE_RULES += FIRST_HEAP_RULES
ASSETS += heap/first=build/first.rvx
