# A world of an older build goes on in this one. The older build is made here:
# this machine with other modules (modules.sh) and the heap of them.
# $(1) kind
define OLDER_RULES
build/older/$(1)/modules.ok: build/revc $$(HEAP_MODULES) tests/older/modules.sh
	@mkdir -p $$(@D)
	$$(QUIET)tests/older/modules.sh $(1) $$(@D)
	@touch $$@
build/older/$(1)/first.rvx: build/first-heap build/older/$(1)/modules.ok
	@build/first-heap $$@ $$(call older,$(1),$$(HEAP_ASSETS)) \
	    2>$$(@D)/first-heap.log || { cat $$(@D)/first-heap.log >&2; exit 1; }
build/older/$(1)/assets.o: build/older/$(1)/first.rvx build/assets.S
	@kernel/system/assets.sh $$(call older,$(1),$$(ASSETS)) >$$(@D)/assets.S
	$$(QUIET)$$(CC) -c $$(@D)/assets.S -o $$@
build/older/$(1)/revenant: $$(call objects,host,$$(COMMON_SOURCES) \
    $$(HOST_SOURCES)) build/older/$(1)/assets.o \
    $$(filter-out build/host/assets.o,$$(call libraries,host))
	$$(QUIET)$$(CC) $$(CFLAGS_host) $$^ $$(HOST_LINKS) -o $$@
endef
# $(call older,kind,assets)
older = $(patsubst %=build/first.rvx,%=build/older/$(1)/first.rvx,$(subst \
    =build/apps/,=build/older/$(1)/apps/,$(subst \
    =build/lib/,=build/older/$(1)/lib/,$(2))))

OLDER_KINDS := ui core
define OLDER_PROGRAMS
$(foreach kind,$(OLDER_KINDS),$(call OLDER_RULES,$(kind))
)
endef
LATE_RULES += OLDER_PROGRAMS

needs-older: build/uitest build/revenant build/rvdisk \
    $(OLDER_KINDS:%=build/older/%/revenant)
run-older:
	@tests/older/run.sh $(OLDER_KINDS)
TEST_RUNS += older
