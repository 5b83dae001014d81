HOST_SOURCES += $(filter-out kernel/host/no_wake.c,\
    $(sort $(wildcard kernel/host/*.c)))
HOST_CFLAGS := $(shell pkg-config --cflags sdl2 2>/dev/null || echo -I/usr/include/SDL2)
EXTRA_kernel/host/window = $(HOST_CFLAGS)

PROGRAMS += build/revenant
HOST_LINKS := -lSDL2 -lpng -lpthread
build/revenant build/asan/revenant: build/%revenant:
	$(QUIET)$(CC) $(if $*,$(CFLAGS_asan),$(CFLAGS_host)) $^ $(HOST_LINKS) -o $@

# After all module.mk files, when COMMON_SOURCES is whole.
define HOST_PROGRAMS
build/revenant: $$(call objects,host,$$(COMMON_SOURCES) $$(HOST_SOURCES)) \
    $$(call libraries,host)
build/asan/revenant: $$(call objects,asan,$$(COMMON_SOURCES) $$(HOST_SOURCES)) \
    $$(call libraries,asan)
endef
LATE_RULES += HOST_PROGRAMS

# The desktop in a window, on the disk of `make run`.
.PHONY: preview
preview: build/revenant
	build/revenant --disk $(DISK) $(if $(SIZE),--set size=$(SIZE)) \
	    $(if $(APP),--app $(APP))
