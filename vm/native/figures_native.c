/* Figures of the machine for module system: apps and memory.
 * apps/lib/system/figures.rev gives the numbers their names. */
#include "vm/native/figures_native.h"

#include "persist/store/store.h"
#include "vm/heap/heap.h"
#include "vm/run/domain.h"
#include "vm/run/native.h"
#include "vm/run/vm.h"

enum { APP_NUMBERS = 4, MEMORY_NUMBERS = 7 };

static bool is_there(const Domain *domain) {
    return domain && domain->state == DOMAIN_RUNNING;
}

static NativeResult app_numbers(NativeCall *call) {
    size_t count = 0;
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++)
        count += is_there(ROOT->domains[i]);
    Array *list = native_new_array(call, CLASS_IntArray, count * APP_NUMBERS);
    if (!list)
        return NATIVE_FAILED;
    uint64_t *to = list->at.words;
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        const Domain *domain = ROOT->domains[i];
        if (!is_there(domain))
            continue;
        *to++ = domain->number;
        *to++ = domain->used_bytes;
        *to++ = domain->limit_bytes;
        *to++ = domain->thread_count;
    }
    native_charge(call, ROOT_DOMAINS_MAX);
    return native_give(call, list);
}

/* "" when there is no such app any more. */
static NativeResult app_name(NativeCall *call) {
    native_charge(call, ROOT_DOMAINS_MAX / 8); /* looked through */
    const Domain *domain = heap_domain(call->arguments[0]);
    const String *name = domain ? vm_app_name(domain) : NULL;
    String *copy =
        native_text(call, name ? name->bytes : "", name ? name->length : 0);
    return copy ? native_give(call, copy) : NATIVE_FAILED;
}

static NativeResult memory_numbers(NativeCall *call) {
    const Store *store = memory_store();
    Array *list = native_new_array(call, CLASS_IntArray, MEMORY_NUMBERS);
    if (!list)
        return NATIVE_FAILED;
    native_charge(call, ROOT_DOMAINS_MAX / 4);
    uint64_t *to = list->at.words;
    to[0] = platform_memory_bytes();
    to[1] = memory_resident_pages() * PLATFORM_PAGE_BYTES;
    to[2] = memory_dirty_pages() * PLATFORM_PAGE_BYTES;
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++)
        if (ROOT->domains[i])
            to[3] += ROOT->domains[i]->used_bytes;
    to[4] = ROOT->domains[0]->used_bytes;
    to[5] = ROOT->next_module;
    to[6] = store ? store_available(store) * PLATFORM_PAGE_BYTES : 0;
    return native_give(call, list);
}

static NativeResult test_mode(NativeCall *call) {
    return native_bool(call, vm_test_mode());
}

void figures_native_register(void) {
    static const NativeEntry entries[] = {
        {"system.appNumbers", "()[I", app_numbers, NULL},
        {"system.appName", "(I)Lcore.String;", app_name, NULL},
        {"system.memoryNumbers", "()[I", memory_numbers, NULL},
        {"system.testMode", "()B", test_mode, NULL},
    };
    natives_register(entries, sizeof entries / sizeof entries[0]);
}
