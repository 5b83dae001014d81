# The image for CDs, disks and sticks, for BIOS and UEFI in one, and the ways
# to start it in QEMU.
GRUB_MODULES := multiboot2 part_msdos part_gpt part_apple part_acorn \
    part_amiga part_bsd part_dfly part_dvh part_plan part_sun part_sunpc \
    iso9660 normal all_video boot search search_fs_file search_fs_uuid \
    search_label test echo keystatus cpuid serial terminal read memrw

build/revenant.iso: build/revenant.elf iso/grub.cfg iso/module.mk
	@[ $$((0x$$(nm $< | sed -n 's/ . image_end$$//p'))) -lt $$(sed -n \
	    's/ *set place=//p' iso/grub.cfg | { read -r place; echo $$((place)); }) ] || \
	    { echo "iso/grub.cfg looks for memory within the image" >&2; exit 1; }
	@rm -rf build/iso
	@mkdir -p build/iso/boot/grub
	$(QUIET)objcopy --strip-all $< build/iso/boot/revenant.elf
	@cp iso/grub.cfg build/iso/boot/grub/
	$(QUIET)grub-mkrescue -o $@ --install-modules="$(GRUB_MODULES)" \
	    --fonts= --locales= --themes= build/iso >build/iso.log 2>&1 || \
	    { cat build/iso.log >&2; exit 1; }
PROGRAMS += build/revenant.iso

export DISK MEM SIZE APP

.PHONY: iso run qemu-command
iso: build/revenant.iso
run: build/revenant.iso
	@iso/run.sh
qemu-command: build/revenant.iso
	@iso/qemu-command.sh
