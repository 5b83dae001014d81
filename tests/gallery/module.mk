# `make sheets`: what gui draws, as pictures in build/sheets to look at. The
# test run `sheets` wants the same pixels from the optimised and the sanitized
# build, and those of golden.txt; after a wanted change, look at the pictures
# and run `tests/gallery/compare --update`.
GALLERY_SOURCES := $(sort $(wildcard tests/gallery/*.c))
UNIT_SOURCES += tests/gallery/sheets.c
TEST_RUNS += sheets
QUICK_RUNS += sheets

.PHONY: sheets gallery
# Pictures of every app, in build/gallery.
gallery: programs build/uitest
	@mkdir -p build/gallery
	build/uitest host tests/gallery/apps.ui --size 1280x800 \
	    --out build/gallery
	build/uitest host tests/gallery/figures.ui --size 1280x800 \
	    --out build/gallery --set test=0

sheets: build/host/gallery
	@mkdir -p build/sheets
	build/host/gallery build/sheets

needs-sheets: build/host/gallery build/asan/gallery
run-sheets:
	@tests/gallery/compare

# $(1) variant; after all module.mk files, when the lists are whole
define GALLERY_RULE
build/$(1)/gallery: $$(call objects,$(1),$$(BASE_SOURCES) \
    $$(filter-out %_native.c,$$(GUI_SOURCES)) \
    $$(GALLERY_SOURCES) kernel/system/assets.c kernel/host/alloc.c) \
    $$(call libraries,$(1))
	$$(QUIET)$$(CC) $$(CFLAGS_$(1)) $$^ -lpng -o $$@
endef
define GALLERY_RULES
$(call GALLERY_RULE,host)
$(call GALLERY_RULE,asan)
endef
LATE_RULES += GALLERY_RULES
