/* Where the CPU enters on an exception or interrupt: 256 small entries that
 * lead to one, which keeps all registers, FPU and SSE too, and calls
 * interrupts_enter with the frame of interrupts.h. */

/* Exceptions that push an error code: 8, 10 to 14, 17, 21, 29, 30. */
#define WITH_ERROR 0x60227d00

    .text
    .balign 16
    .global entry_vectors
entry_vectors:
vector = 0
    .rept 256
    .balign 16
    .if vector >= 32
    push $0
    .elseif ((WITH_ERROR >> vector) & 1) == 0
    push $0
    .endif
    push $vector
    jmp entry_common
    vector = vector + 1
    .endr

entry_common:
    push %rax
    push %rbx
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    push %rbp
    push %r8
    push %r9
    push %r10
    push %r11
    push %r12
    push %r13
    push %r14
    push %r15
    cld
    mov %rsp, %rdi
    mov %rsp, %rbp
    sub $512, %rsp
    and $-16, %rsp
    fxsave64 (%rsp)
    call interrupts_enter
    fxrstor64 (%rsp)
    mov %rbp, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rbp
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rcx
    pop %rbx
    pop %rax
    add $16, %rsp
    iretq

/* void entry_load_tables(gdt pointer, idt pointer): also loads the task
 * register with selector 24 and the code selector 8. */
    .global entry_load_tables
entry_load_tables:
    lgdt (%rdi)
    lidt (%rsi)
    mov $24, %eax
    ltr %ax
    pop %rax
    push $8
    push %rax
    lretq

    .section .note.GNU-stack, "", @progbits
