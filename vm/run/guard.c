/* Leaving code that met a page which cannot be read any more. */
#include "vm/run/guard.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/base/utf8.h"
#include "vm/heap/region.h"
#include "vm/run/vm.h"

static VmLost lost;
static uint32_t gone_place; /* not 0: an app that nothing is known of */
static bool guarded;        /* a lost page has somewhere to go: */
static void *escape[5];
static GuardFind *find_gone;

void guard_start(void) {
    guarded = false;
    lost.number = 0;
    gone_place = 0;
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

static void remember(const Domain *domain) {
    lost = (VmLost){.number = domain->number};
    const String *name = vm_app_name(domain);
    Text text = text_on(lost.name, sizeof lost.name);
    text_add_format(&text, "%.*s", name ? (int)name->length : 6,
                    name ? name->bytes : "An app");
    while (!utf8_valid(lost.name, text.length))
        text.length--;
    text_end(&text);
}

void guard_set_find(GuardFind *find) {
    find_gone = find;
}

void guard_gone(uint32_t place) {
    gone_place = place;
}

bool vm_take_lost(VmLost *lost_out) {
    uint32_t place = gone_place;
    *lost_out = lost;
    lost.number = 0;
    gone_place = 0;
    return lost_out->number != 0 ||
           (place && find_gone && find_gone(place, lost_out));
}

static void stop_owner(void) {
    Status why;
    uint64_t address = memory_lost_page(&why);
    Domain *domain = owner_of(region_of(address));
    if (!domain)
        memory_give_up(); /* it is the system's */
    if (vm_stop_app(domain, GUARD_LOST))
        remember(domain);
    else
        log_line("vm: nothing can be written now; it is stopped later");
}

/* The step runs in a frame of its own, so that vm_lost_page can leave it. */
__attribute__((noinline)) bool guard_run(void (*step)(void)) {
    void *outer[5];
    MemoryLevel level = memory_level();
    bool was = guarded, left = true;
    bytes_copy(outer, escape, sizeof outer);
    if (!__builtin_setjmp(escape)) {
        guarded = true;
        step();
        left = false;
    }
    guarded = was;
    if (left)
        memory_set_level(level);
    bytes_copy(escape, outer, sizeof outer);
    return !left;
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

Status vm_unless_lost(Status status) {
    if (guarded && (status == STATUS_CORRUPT || status == STATUS_IO_ERROR))
        vm_lost_page();
    return status;
}

bool vm_is_guarded(void) {
    return guarded;
}
