/* Leaving code that met a page which cannot be read any more. */
#include "vm/run/guard.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "vm/heap/region.h"
#include "vm/heap/trust.h"
#include "vm/run/vm.h"

enum { LOST_MOST = 16 }; /* at once; of others only the log tells */

/* Those that nobody asked for yet, the first first. */
static struct {
    VmLost app;
    uint32_t place; /* not 0: nothing else is known of it */
} lost[LOST_MOST];
static uint32_t lost_count;
static Domain *running; /* whose program is guarded, or NULL */
static bool guarded;    /* a lost page has somewhere to go: */
static void *escape[5];
static GuardFind *find_gone;
static struct {
    const Domain *domain; /* NULL: not an app's */
    const char *what;     /* NULL: nothing was refused */
} refused;
static void (*give_up)(const char *what);

void vm_set_give_up(void (*with)(const char *what)) {
    give_up = with;
}

static _Noreturn void nothing_goes_on(const char *what) {
    if (give_up)
        give_up(what);
    panic("the heap was forged: %s", what);
}

/* trust_refuse() */
static void refuse(const Domain *domain, const char *what) {
    refused.domain = domain;
    refused.what = what;
    if (!guarded)
        nothing_goes_on(what);
    __builtin_longjmp(escape, 1);
}

static bool stray_is_expected(uint64_t address, uint64_t instruction) {
    return running && (trust_follows(instruction) ||
                       address - PLATFORM_RANGE_BASE < PLATFORM_RANGE_BYTES);
}

static void stray(void) {
    refuse(running, TRUST_STRAY);
}

void guard_start(void) {
    guarded = false;
    running = NULL;
    lost_count = 0;
    refused.what = NULL;
    trust_set_refuse(refuse);
    platform_set_stray(stray_is_expected, stray);
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

static void add_lost(VmLost app, uint32_t place) {
    if (lost_count == LOST_MOST)
        return;
    lost[lost_count].app = app;
    lost[lost_count++].place = place;
}

static void remember(const Domain *domain, bool damaged) {
    VmLost app = {.number = domain->number, .damaged = damaged};
    const String *name = vm_app_name(domain);
    Text text = text_on(app.name, sizeof app.name);
    text_add_format(&text, "%.*s", name ? (int)name->length : 6,
                    name ? name->bytes : "An app");
    text_end(&text);
    add_lost(app, 0);
}

void guard_set_find(GuardFind *find) {
    find_gone = find;
}

void guard_gone(uint32_t place) {
    add_lost((VmLost){0}, place);
}

/* The first; false: nobody knows who it was. */
static bool take_first(VmLost *lost_out) {
    uint32_t place = lost[0].place;
    *lost_out = lost[0].app;
    bytes_move(lost, lost + 1, --lost_count * sizeof lost[0]);
    return !place || (find_gone && find_gone(place, lost_out));
}

bool vm_take_lost(VmLost *lost_out) {
    while (lost_count > 0)
        if (take_first(lost_out))
            return true;
    return false;
}

/* Who was refused; NULL: nothing can be written now. */
static Domain *stop_refused(void) {
    const char *what = refused.what;
    Domain *domain = NULL;
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++)
        if (ROOT->domains[i] && ROOT->domains[i] == refused.domain)
            domain = ROOT->domains[i];
    refused.what = NULL;
    if (!domain)
        nothing_goes_on(what);
    if (domain->state == DOMAIN_STOPPED)
        return domain;
    if (!vm_stop_app(domain, what))
        return NULL;
    remember(domain, true);
    return domain;
}

Domain *guard_stop(Domain *ran) {
    if (refused.what)
        return stop_refused();
    return vm_stop_app(ran, GUARD_LOST) ? ran : NULL;
}

static void stop_owner(void) {
    if (refused.what) {
        if (!stop_refused())
            log_line("vm: nothing can be written now; it is stopped later");
        return;
    }
    Status why;
    uint64_t address = memory_lost_page(&why);
    Domain *domain = owner_of(region_of(address));
    if (!domain)
        memory_give_up(); /* it is the system's */
    if (vm_stop_app(domain, GUARD_LOST))
        remember(domain, false);
    else
        log_line("vm: nothing can be written now; it is stopped later");
}

bool vm_lose_damaged(uint64_t page) {
    Domain *domain = owner_of((uint32_t)(page / MEMORY_REGION_PAGES));
    if (!domain)
        return false;
    if (vm_stop_app(domain, "its memory is damaged"))
        remember(domain, true);
    else
        log_line("vm: nothing can be written now; it is stopped later");
    return true;
}

/* The step runs in a frame of its own, so that vm_lost_page can leave it. */
__attribute__((noinline)) bool guard_run(void (*step)(void), Domain *blamed) {
    void *outer[5];
    Domain *ran = running;
    MemoryLevel level = memory_level();
    bool was = guarded, left = true;
    bytes_copy(outer, escape, sizeof outer);
    if (!__builtin_setjmp(escape)) {
        guarded = true;
        running = blamed;
        step();
        left = false;
    }
    guarded = was;
    running = ran;
    if (left)
        memory_set_level(level);
    bytes_copy(escape, outer, sizeof outer);
    return !left;
}

bool vm_guarded(void (*step)(void)) {
    if (guard_run(step, NULL))
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
