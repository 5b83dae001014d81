/* Where a boot loader enters: headers, page tables for the start, long mode.
 *
 * One file for three ways in: GRUB by multiboot2 (BIOS and UEFI), and
 * `qemu -kernel` by multiboot1 with the addresses in the header, because QEMU
 * refuses an ELF64 otherwise. Both enter start_entry in 32-bit protected mode
 * without paging, magic in eax, the address of the information in ebx.
 *
 * The tables made here map the first 4 GiB twice, at 0 and at the direct map
 * (paging.h), in pages of 2 MiB; paging_start replaces them. */

#define MULTIBOOT2_MAGIC 0xe85250d6 /* Multiboot2 specification, 3.1.1 */
#define MULTIBOOT1_MAGIC 0x1badb002 /* Multiboot specification, 3.1.1 */
#define MULTIBOOT1_FLAGS 0x00010003 /* addresses, memory map, page alignment */

    .section .multiboot, "a"
    .balign 8
multiboot2:
    .long MULTIBOOT2_MAGIC, 0, multiboot2_end - multiboot2
    .long -(MULTIBOOT2_MAGIC + (multiboot2_end - multiboot2))
    .balign 8
    .short 5, 1                 /* a framebuffer, optional */
    .long 20, 1024, 768, 32
    .balign 8
    .short 6, 0                 /* modules on page boundaries */
    .long 8
    .balign 8
    .short 0, 0                 /* the end */
    .long 8
multiboot2_end:
    .balign 4
multiboot1:
    .long MULTIBOOT1_MAGIC, MULTIBOOT1_FLAGS
    .long -(MULTIBOOT1_MAGIC + MULTIBOOT1_FLAGS)
    .long multiboot1, image_start, image_data_end, image_end, start_entry

    .section .text.boot, "ax"
    .code32
    .global start_entry
start_entry:
    cli
    cld
    mov $image_stack_main_end, %esp
    mov %eax, %ebp              /* the magic and the information, */
    mov %ebx, %esi              /* kept where nothing below writes */

    mov $boot_pages, %edi       /* 2,048 entries of 2 MiB */
    mov $0x83, %eax             /* present, writable, 2 MiB */
    mov $2048, %ecx
1:  mov %eax, (%edi)
    add $0x200000, %eax
    add $8, %edi
    loop 1b
    mov $boot_pages + 3, %eax
    mov $boot_directories, %edi
    mov $4, %ecx
2:  mov %eax, (%edi)
    add $0x1000, %eax
    add $8, %edi
    loop 2b
    movl $boot_directories + 3, boot_top
    movl $boot_directories + 3, boot_top + 256 * 8

    mov %cr4, %eax
    or $0x620, %eax             /* PAE, OSFXSR, OSXMMEXCPT */
    mov %eax, %cr4
    mov $boot_top, %eax
    mov %eax, %cr3
    mov $0xc0000080, %ecx       /* EFER: long mode */
    rdmsr
    or $0x100, %eax
    wrmsr
    mov %cr0, %eax
    and $~0xe, %eax             /* no EM, no TS */
    or $0x80010023, %eax        /* PG, WP, NE, MP, PE */
    mov %eax, %cr0
    lgdt boot_gdt_pointer
    ljmp $8, $boot_long

    .code64
boot_long:
    mov $16, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    xor %eax, %eax
    mov %eax, %fs
    mov %eax, %gs
    mov $image_stack_main_end, %rsp
    mov %ebp, %edi
    mov %esi, %esi
    xor %ebp, %ebp
    call start_main
    ud2

    .section .rodata
    .balign 8
boot_gdt:
    .quad 0
    .quad 0x00209a0000000000    /* 8: code, 64 bit */
    .quad 0x0000920000000000    /* 16: data */
boot_gdt_pointer:
    .short 23
    .long boot_gdt

    .section .bss
    .balign 4096
boot_top:
    .skip 4096
boot_directories:
    .skip 4096
boot_pages:
    .skip 4 * 4096

/* The stacks, each above a page that paging_start leaves out. */
    .section .stacks, "aw", @nobits
    .balign 4096
    .global image_stack_main_guard, image_stack_main_end
    .global image_stack_fault_guard, image_stack_fault_end
image_stack_main_guard:
    .skip 4096
    .skip 1024 * 1024
image_stack_main_end:
image_stack_fault_guard:
    .skip 4096
    .skip 4 * 4096
image_stack_fault_end:

    .section .note.GNU-stack, "", @progbits
