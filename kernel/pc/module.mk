PC_SOURCES += $(sort $(wildcard kernel/pc/*.c kernel/pc/*.S))

# The functions that the compiler calls must not become calls of themselves.
EXTRA_kernel/pc/string := -fno-tree-loop-distribute-patterns

build/revenant.elf: kernel/pc/link.ld
	$(QUIET)ld -n -static -z max-page-size=4096 -z noexecstack \
	    --no-warn-rwx-segments -T $< $(filter-out $<,$^) -o $@
	$(QUIET)grub-file --is-x86-multiboot2 $@
PROGRAMS += build/revenant.elf

# After all module.mk files, when COMMON_SOURCES is whole.
define PC_PROGRAM
build/revenant.elf: $$(call objects,pc,$$(COMMON_SOURCES) $$(PC_SOURCES)) \
    $$(call libraries,pc)
endef
LATE_RULES += PC_PROGRAM
