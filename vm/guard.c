/* Leaving code that met a page which cannot be read any more. */
#include "vm/guard.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "vm/region.h"
#include "vm/vm.h"

static bool guarded; /* a lost page has somewhere to go: */
static void *escape[5];

void guard_start(void) {
    guarded = false;
}

/* The app that owns a region, or NULL. Reads nothing that may be lost. */
static Domain *owner_of(uint32_t region) {
    const RegionHeader *header = region_header(region);
    bool good = memory_bring((uintptr_t)header, sizeof *header) == STATUS_OK;
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        Domain *domain = ROOT->domains[i];
        if (domain &&
            memory_bring((uintptr_t)domain, sizeof *domain) == STATUS_OK &&
            (domain->first_region == region ||
             (good && header->domain == domain->number)))
            return domain;
    }
    return NULL;
}

static void stop_owner(void) {
    Status why;
    uint64_t address = memory_lost_page(&why);
    Domain *domain = owner_of(region_of(address));
    if (!domain)
        memory_give_up(); /* it is the system's */
    if (!vm_stop_app(domain, GUARD_LOST))
        log_line("vm: nothing can be written now; it is stopped later");
}

/* The step runs in a frame of its own, so that vm_lost_page can leave it. */
__attribute__((noinline)) bool guard_run(void (*step)(void)) {
    void *outer[5];
    MemoryLevel level = memory_level();
    bool was = guarded, lost = true;
    bytes_copy(outer, escape, sizeof outer);
    if (!__builtin_setjmp(escape)) {
        guarded = true;
        step();
        lost = false;
    }
    guarded = was;
    if (lost)
        memory_set_level(level);
    bytes_copy(escape, outer, sizeof outer);
    return !lost;
}

bool vm_guarded(void (*step)(void)) {
    if (guard_run(step))
        return true;
    stop_owner();
    return false;
}

_Noreturn void vm_lost_page(void) {
    Status why;
    uint64_t address = memory_lost_page(&why);
    if (!guarded)
        panic("the page at %lx cannot be read: %s", address, status_text(why));
    __builtin_longjmp(escape, 1);
}

bool vm_is_guarded(void) {
    return guarded;
}
