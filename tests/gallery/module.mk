# `make sheets`: what gui draws, as pictures in build/sheets to look at.
GALLERY_SOURCES := $(wildcard tests/gallery/*.c)
UNIT_SOURCES += tests/gallery/sheets.c

.PHONY: sheets
sheets: build/gallery
	@mkdir -p build/sheets
	build/gallery build/sheets

define GALLERY_RULES
build/gallery: $$(call objects,host,$$(BASE_SOURCES) $$(GUI_SOURCES) \
    $$(GALLERY_SOURCES) kernel/assets.c kernel/host/alloc.c) \
    $$(call libraries,host)
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ -lpng -o $$@
endef
LATE_RULES += GALLERY_RULES
