/* The persistent range in a Linux process: userfaultfd over one mapping.
 *
 * The whole range is one private mapping that userfaultfd watches for missing
 * and write-protected pages, so no page operation ever splits it (Linux allows
 * 65,530 mappings a process). With the SIGBUS feature a fault comes as a signal
 * to the thread that made it: ioctl_userfaultfd(2), Linux 5.7 and later. */
#include "kernel/host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "kernel/base/check.h"

#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY 1
#endif

enum {
    FAULT_WRITE = 2, /* bit of the x86 page-fault error code: a write */
    RED_ZONE = 128,  /* bytes below the stack pointer that the ABI uses */
};

static int watcher = -1;
static PlatformFault (*fault_handler)(uint64_t address, bool write);
static void (*fault_escape)(void);
static bool (*stray_is_expected)(uint64_t address, uint64_t instruction);
static void (*stray_escape)(void);
static struct sigaction segment_before; /* a sanitizer's: it says more */

static bool in_range(uint64_t address) {
    return address - PLATFORM_RANGE_BASE < PLATFORM_RANGE_BYTES;
}

/* Lets the interrupted code go on in the escape function, as if called. */
static void redirect(ucontext_t *context, void (*to)(void)) {
    greg_t *registers = context->uc_mcontext.gregs;
    uint64_t stack = (uint64_t)registers[REG_RSP] - RED_ZONE;
    registers[REG_RSP] = (greg_t)((stack & ~15ull) - 8);
    registers[REG_RIP] = (greg_t)(uintptr_t)to;
}

static void on_fault(int signal_number, siginfo_t *info, void *opaque) {
    ucontext_t *context = opaque;
    uint64_t address = (uint64_t)(uintptr_t)info->si_addr;
    uint64_t instruction = (uint64_t)context->uc_mcontext.gregs[REG_RIP];
    bool write = context->uc_mcontext.gregs[REG_ERR] & FAULT_WRITE;
    PlatformFault verdict = PLATFORM_FAULT_STRAY;
    if (in_range(address))
        verdict =
            fault_handler ? fault_handler(address, write) : PLATFORM_FAULT_BUG;
    if (verdict == PLATFORM_FAULT_MENDED)
        return;
    if (verdict == PLATFORM_FAULT_LOST)
        redirect(context, fault_escape);
    else if (verdict == PLATFORM_FAULT_STRAY && stray_is_expected &&
             stray_is_expected(address, instruction))
        redirect(context, stray_escape);
    else if (signal_number == SIGSEGV && segment_before.sa_sigaction)
        sigaction(SIGSEGV, &segment_before, NULL);
    else
        panic("signal %d: %s of address 0x%lx at 0x%lx", signal_number,
              write ? "write" : "read", address, instruction);
}

static _Noreturn void give_up(const char *what) {
    fprintf(stderr,
            "revenant: %s: %s; Linux 5.11 or later with userfaultfd "
            "allowed is needed\n",
            what, strerror(errno));
    exit(EXIT_FAILURE);
}

static void watch_range(void) {
    watcher = (int)syscall(SYS_userfaultfd,
                           O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);
    if (watcher < 0)
        give_up("userfaultfd");
    struct uffdio_api api = {.api = UFFD_API,
                             .features = UFFD_FEATURE_SIGBUS |
                                         UFFD_FEATURE_PAGEFAULT_FLAG_WP};
    if (ioctl(watcher, UFFDIO_API, &api) < 0)
        give_up("userfaultfd features");
    struct uffdio_register range = {
        .range = {.start = PLATFORM_RANGE_BASE, .len = PLATFORM_RANGE_BYTES},
        .mode = UFFDIO_REGISTER_MODE_MISSING | UFFDIO_REGISTER_MODE_WP,
    };
    if (ioctl(watcher, UFFDIO_REGISTER, &range) < 0)
        give_up("userfaultfd range");
}

void host_range_open(void) {
    void *wanted = (void *)PLATFORM_RANGE_BASE;
    void *got =
        mmap(wanted, PLATFORM_RANGE_BYTES, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
             -1, 0);
    if (got != wanted)
        give_up("the range of persistent addresses");
    madvise(wanted, PLATFORM_RANGE_BYTES, MADV_NOHUGEPAGE);
    madvise(wanted, PLATFORM_RANGE_BYTES, MADV_DONTDUMP);
    watch_range();
    struct sigaction action = {.sa_sigaction = on_fault,
                               .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGBUS, &action, NULL);
    struct sigaction before;
    action.sa_flags |= SA_ONSTACK; /* a stack that is used up has no room */
    sigaction(SIGSEGV, &action, &before);
    if (before.sa_sigaction != on_fault)
        segment_before = before;
}

void platform_range_set_fault(PlatformFault (*handler)(uint64_t, bool),
                              void (*escape)(void)) {
    fault_handler = handler;
    fault_escape = escape;
}

void platform_set_stray(bool (*is_expected)(uint64_t, uint64_t),
                        void (*escape)(void)) {
    stray_is_expected = is_expected;
    stray_escape = escape;
}

Status platform_range_give(uint64_t address, const void *contents) {
    int result;
    if (contents) {
        struct uffdio_copy copy = {.dst = address,
                                   .src = (uint64_t)(uintptr_t)contents,
                                   .len = PLATFORM_PAGE_BYTES};
        result = ioctl(watcher, UFFDIO_COPY, &copy);
    } else {
        struct uffdio_zeropage zero = {
            .range = {.start = address, .len = PLATFORM_PAGE_BYTES}};
        result = ioctl(watcher, UFFDIO_ZEROPAGE, &zero);
    }
    CHECK(result == 0 || errno == ENOMEM);
    return result == 0 ? STATUS_OK : STATUS_NO_MEMORY;
}

void platform_range_take(uint64_t address, size_t count) {
    CHECK(madvise((void *)address, count * PLATFORM_PAGE_BYTES,
                  MADV_DONTNEED) == 0);
}

void platform_range_writable(uint64_t address, size_t count, bool writable) {
    struct uffdio_writeprotect change = {
        .range = {.start = address, .len = count * PLATFORM_PAGE_BYTES},
        .mode = writable ? 0 : UFFDIO_WRITEPROTECT_MODE_WP};
    while (ioctl(watcher, UFFDIO_WRITEPROTECT, &change) < 0)
        CHECK(errno == EAGAIN);
}

void *platform_table_reserve(uint64_t bytes) {
    void *table = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return table == MAP_FAILED ? NULL : table;
}

Status platform_table_commit(void *table, uint64_t offset, uint64_t bytes) {
    (void)table, (void)offset, (void)bytes; /* Linux commits on first touch */
    return STATUS_OK;
}
