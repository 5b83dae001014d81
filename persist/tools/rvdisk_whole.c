/* rvdisk check --whole: the world of the newest generation is brought back into
 * memory, and looked at whole (vm/code/whole.h). Nothing runs, and nothing of
 * it is written. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>

#include "kernel/base/panic.h"
#include "kernel/host/host.h"
#include "persist/memory/memory.h"
#include "persist/tools/rvdisk.h"
#include "vm/code/module.h"
#include "vm/code/whole.h"
#include "vm/heap/class.h"
#include "vm/heap/region.h"
#include "vm/heap/trust.h"

/* Where it goes on when the heap led astray, and what by. */
static sigjmp_buf astray;
static char by[200];

static void say(const char *sentence) {
    printf("%s\n", sentence);
}

static _Noreturn void leave(void) {
    siglongjmp(astray, 1);
}

static void refuse(const Domain *domain, const char *what) {
    if (domain)
        snprintf(by, sizeof by, "domain %lu: %s", domain->number, what);
    else
        snprintf(by, sizeof by, "%s", what);
    leave();
}

static void lose(void) {
    Status why;
    uint64_t address = memory_lost_page(&why);
    snprintf(by, sizeof by, "the page at %lx: %s", address, status_text(why));
    leave();
}

/* An address or a number that the heap has, and that nothing can be done with.
 */
static void on_signal(int number) {
    snprintf(by, sizeof by, "what is followed leads nowhere (signal %d)",
             number);
    leave();
}

/* The same where the range has no regions. */
static bool stray_is_expected(uint64_t address, uint64_t instruction) {
    (void)address, (void)instruction;
    return true;
}

static void stray(void) {
    snprintf(by, sizeof by, TRUST_STRAY);
    leave();
}

/* A check of the machine failed, which said so. */
static void stop(void) {
    snprintf(by, sizeof by, "a check of the machine failed");
    leave();
}

static void watch(void) {
    struct sigaction action = {.sa_handler = on_signal,
                               .sa_flags = SA_NODEFER | SA_ONSTACK};
    static char stack[1 << 16];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGFPE, &action, NULL);
    platform_set_stray(stray_is_expected, stray);
    trust_set_refuse(refuse);
    panic_set_stop(stop);
}

static Status open_world(Store *store) {
    MemoryOptions options = {.store = store,
                             .limit_bytes = platform_memory_bytes(),
                             .look = true,
                             .lost = lose};
    Status status = memory_open(&options);
    if (status != STATUS_OK)
        return status;
    if (ROOT->magic != ROOT_MAGIC || ROOT->layout != ROOT_LAYOUT ||
        ROOT->opcodes != OP_COUNT)
        return STATUS_OTHER_FORMAT;
    if (ROOT->next_region == 0 || ROOT->next_region > REGION_MAX)
        return STATUS_CORRUPT;
    for (uint32_t i = 0; i < ROOT->next_region && status == STATUS_OK; i++)
        status = memory_attach(i);
    return status == STATUS_OK ? class_start() : status;
}

int rvdisk_whole(Store *store, const char *unused) {
    (void)unused;
    static WholeReport report;
    static Status status;
    report = (WholeReport){.say = say};
    if (store_durable_generation(store) == 0)
        return GOOD;
    host_range_open();
    watch();
    if (sigsetjmp(astray, 1) == 0) {
        status = open_world(store);
        if (status == STATUS_OK)
            status = whole_check(&report);
    } else {
        say(by);
        report.wrong++;
    }
    if (status != STATUS_OK)
        return rvdisk_complain_status("check --whole", status);
    printf("%lu domains, %lu modules linked as their files say, %lu frames; "
           "%lu findings\n",
           report.domains, report.modules, report.frames, report.wrong);
    if (report.unknown)
        printf("%lu modules of older builds have no file: nobody knows what "
               "they are\n",
               report.unknown);
    return report.wrong ? BAD : GOOD;
}
