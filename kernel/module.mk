SYSTEM_SOURCES += kernel/system.c kernel/apps.c kernel/console.c \
    kernel/install.c kernel/lost.c kernel/refuse.c kernel/assets.c kernel/first.c \
    kernel/stats.c kernel/saver.c kernel/scrubber.c kernel/setting.c \
    kernel/starts.c kernel/answers.c kernel/full.c kernel/travel.c

# The heap that a fresh world begins with (kernel/first.h), with the modules as
# they are built.
HEAP_ASSETS = $(filter module/% app/%,$(ASSETS))
HEAP_MODULES = $(foreach asset,$(HEAP_ASSETS),$(lastword $(subst =, ,$(asset))))
FIRST_HEAP_SOURCES := kernel/first_heap.c

# After all module.mk files, when the lists are whole.
define FIRST_HEAP_RULES
build/first-heap: $$(call objects,host,$$(filter-out kernel/assets.c \
    kernel/system.c kernel/lost.c kernel/stats.c kernel/saver.c kernel/scrubber.c \
    kernel/starts.c kernel/answers.c kernel/full.c kernel/travel.c, \
    $$(COMMON_SOURCES)) \
    $$(FIRST_HEAP_SOURCES) $$(filter-out kernel/host/main.c \
    kernel/host/run.c kernel/host/stats.c,$$(HOST_SOURCES))) \
    $$(filter-out build/host/assets.o,$$(call libraries,host))
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ $$(HOST_LINKS) -o $$@
build/first.rvx: build/first-heap $$(HEAP_MODULES)
	@build/first-heap $$@ $$(HEAP_ASSETS) 2>build/first-heap.log || \
	    { cat build/first-heap.log >&2; exit 1; }
endef
LATE_RULES += FIRST_HEAP_RULES
ASSETS += heap/first=build/first.rvx
