/* The programs that come with the system. */
#include "kernel/system/apps.h"

#include "gui/typeset_native.h"
#include "kernel/base/bytes.h"
#include "kernel/base/log.h"
#include "kernel/platform.h"
#include "kernel/system/assets.h"
#include "persist/store/store.h"
#include "vm/heap/rights.h"
#include "vm/heap/heap.h"
#include "vm/native/compiler_native.h"
#include "vm/native/core_native.h"
#include "vm/native/figures_native.h"
#include "vm/native/rights_native.h"
#include "vm/past/past_native.h"
#include "vm/run/domain.h"
#include "vm/run/limits.h"
#include "vm/run/slots.h"
#include "vm/run/trash.h"
#include "vm/run/vm.h"
#include "wm/clipboard.h"
#include "wm/desktop.h"
#include "wm/limits_native.h"
#include "wm/paint_native.h"
#include "wm/past_picture.h"
#include "wm/window_native.h"

static const struct {
    const char *name;   /* as the launcher shows it */
    const char *module; /* of the asset app/MODULE */
    uint32_t rights;    /* RIGHT_...: what it needs, and no more */
} apps[] = {
    {"Editor", "editor", RIGHTS_NONE},
    {"Shell", "shell", RIGHTS_ALL},
    {"Counter", "counter", RIGHTS_NONE},
};

enum {
    APPS = sizeof apps / sizeof apps[0],
    AGAIN_NS = 200000000, /* from one try to open an app to the next */
};

void apps_register(void) {
    core_native_register();
    window_native_register();
    paint_native_register();
    clipboard_register();
    limits_native_register();
    past_picture_register();
    typeset_native_register();
    compiler_native_register(assets_find);
    figures_native_register();
    rights_native_register();
    past_native_register();
}

/* In the order of loading. */
static const char *const libraries[] = {"module/core", "module/ui",
                                        "module/system"};

enum { LIBRARIES = sizeof libraries / sizeof libraries[0], WHY_BYTES = 400 };

static Status load(const char *asset, bool system, Text *why) {
    const uint8_t *bytes;
    size_t count;
    Module *module;
    if (!assets_find(asset, &bytes, &count)) {
        text_add_format(why, "%s is not in this build", asset);
        return STATUS_NOT_FOUND;
    }
    text_add_format(why, "%s: ", asset);
    size_t length = why->length;
    Status status = vm_load_module(bytes, count, system, &module, why);
    if (status == STATUS_OK)
        why->length = 0;
    else if (why->length == length)
        text_add(why, status_text(status));
    return status;
}

static Status load_place(uint32_t place, Text *why) {
    char asset[40];
    Text name = text_on(asset, sizeof asset);
    if (place < LIBRARIES)
        return load(libraries[place], true, why);
    text_add_format(&name, "app/%s", apps[place - LIBRARIES].module);
    return load(text_end(&name), false, why);
}

Status apps_load(Text *why) {
    Status status = STATUS_OK;
    for (uint32_t i = 0; i < LIBRARIES + APPS && status == STATUS_OK; i++)
        status = load_place(i, why);
    return status;
}

void apps_update(void) {
    char buffer[WHY_BYTES];
    for (uint32_t i = 0; i < LIBRARIES + APPS; i++) {
        Text why = text_on(buffer, sizeof buffer);
        if (load_place(i, &why) != STATUS_OK)
            log_line("apps: %s; what the world has stays", text_end(&why));
    }
}

const char *apps_name(uint32_t place) {
    return place < APPS ? apps[place].name : NULL;
}

static bool is_named(const String *name, const char *wanted) {
    return name->length == text_length(wanted) &&
           bytes_equal(name->bytes, wanted, name->length);
}

/* The app that was opened from there and has no window any more, or NULL. */
static Domain *closed(uint32_t place) {
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        Domain *domain = ROOT->domains[i];
        const Module *program = domain ? vm_app_program(domain) : NULL;
        int exit_code;
        if (program && domain->app && !vm_app_ended(domain, &exit_code) &&
            !desktop_has(domain) && is_named(program->name, apps[place].module))
            return domain;
    }
    return NULL;
}

static Status launch(uint32_t place) {
    Domain *old = closed(place), *domain = old;
    memory_set_level(MEMORY_APP); /* what is left is for those that run */
    Status status =
        old ? vm_reopen_app(old)
            : vm_start_app(apps[place].module, apps[place].name,
                           limits_row(LIMIT_MEMORY)->usual, 0, NULL, &domain);
    memory_set_level(MEMORY_SYSTEM);
    if (status != STATUS_OK)
        return status;
    if (!old) /* the new one is announced */
        domain->rights = domain->lasting = apps[place].rights;
    desktop_expect(domain);
    return STATUS_OK;
}

/* What a person opens waits for room like what runs. */
static struct {
    bool waits[APPS];
    uint64_t next_ns; /* when it is tried again */
} opening;

static void open_place(uint32_t place) {
    Status status = launch(place);
    bool for_room = status == STATUS_NO_SPACE || status == STATUS_NO_MEMORY ||
                    status == STATUS_BUSY;
    if (status != STATUS_OK && !opening.waits[place])
        log_line("apps: %s %s: %s", apps[place].name,
                 for_room ? "waits to start" : "does not start",
                 status_text(status));
    opening.waits[place] = for_room;
}

void apps_launch(uint32_t place) {
    if (place < APPS)
        open_place(place);
}

bool apps_waiting(void) {
    bool any = false;
    for (uint32_t i = 0; i < APPS; i++)
        any = any || opening.waits[i];
    return any;
}

uint64_t apps_step(void) {
    uint64_t now_ns = platform_now_ns();
    if (!apps_waiting())
        return UINT64_MAX;
    if (now_ns < opening.next_ns)
        return opening.next_ns;
    opening.next_ns = now_ns + AGAIN_NS;
    for (uint32_t i = 0; i < APPS; i++)
        if (opening.waits[i])
            open_place(i);
    return apps_waiting() ? opening.next_ns : UINT64_MAX;
}

static uint32_t place_of(const char *name) {
    uint32_t place = 0;
    while (place < APPS && !text_equal(apps[place].name, name))
        place++;
    return place;
}

bool apps_has(const char *name) {
    return place_of(name) < APPS;
}

static char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? (char)(letter + 'a' - 'A') : letter;
}

bool apps_looks_like(const char *name) {
    for (uint32_t i = 0; i < APPS; i++) {
        const char *module = apps[i].module;
        size_t at = 0;
        while (module[at] && module[at] == lower(name[at]))
            at++;
        if (module[at] == name[at])
            return true;
    }
    return false;
}

bool apps_open(const char *name) {
    apps_launch(place_of(name));
    return apps_has(name);
}

void apps_first_start(void) {
    apps_open("Editor");
}

/* ---- The trash ---- */

enum {
    TRASH_APPS = 16,
    TRASH_PART = 8, /* of the disk, at most; what came last counts not */
};

static const char trash_needed[] = "its place in the trash was needed";

static bool trash_is_full(void) {
    const Store *store = memory_store();
    const Domain *newest = trash_newest();
    uint64_t bytes = 0, count = 0;
    uint64_t room = store ? store_available(store) * PLATFORM_PAGE_BYTES : 0;
    for (size_t i = slots_next(SLOTS_TRASH, 1); i < ROOT_DOMAINS_MAX;
         i = slots_next(SLOTS_TRASH, i + 1)) {
        const Domain *domain = ROOT->domains[i];
        if (!domain || !trash_holds(domain)) {
            slots_drop(SLOTS_TRASH, i);
            continue;
        }
        bytes += domain != newest ? domain->used_bytes : 0;
        count++;
    }
    return count > TRASH_APPS || (store && bytes > (room + bytes) / TRASH_PART);
}

static void keep_bounds(void) {
    while (trash_is_full())
        if (!trash_drop(trash_oldest(), trash_needed))
            return; /* nothing can be written now; later */
}

bool apps_empty_trash(void) {
    Domain *oldest = trash_oldest();
    bool any = oldest != NULL;
    for (; oldest && trash_drop(oldest, trash_needed); oldest = trash_oldest())
        ;
    return any;
}

/* Those that it had; or, of one that nothing runs of any more, the one that it
 * shows when it is opened. */
static void bring_windows(Domain *domain) {
    desktop_expect(domain);
    Status status =
        vm_app_rests(domain) ? vm_reopen_app(domain) : desktop_bring(domain);
    if (status != STATUS_OK)
        log_line("apps: not all windows of an app came from the trash: %s",
                 status_text(status));
}

static void bring_taken(void) {
    Domain *domain;
    while (trash_next_taken(&domain))
        bring_windows(domain);
}

/* ---- What is over ---- */

/* Its windows go; false: nothing of it can be written now. */
static bool reap(Domain *domain) {
    desktop_forget(domain);
    if (trash_holds(domain))
        return true;
    clipboard_forget(domain);
    return domain_kill(domain) == STATUS_OK;
}

/* The system domain, at place 0, is never over. */
void apps_reap(void) {
    bring_taken();
    keep_bounds();
    for (size_t i = slots_next(SLOTS_ENDED, 1); i < ROOT_DOMAINS_MAX;
         i = slots_next(SLOTS_ENDED, i + 1)) {
        Domain *domain = ROOT->domains[i];
        int exit_code;
        if (domain && vm_app_ended(domain, &exit_code) && !reap(domain))
            break; /* later */
        slots_drop(SLOTS_ENDED, i);
    }
    domain_give_back();
}
