/* The transient caches of the VM. */
#include "vm/run/worker.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "vm/heap/heap.h"

Worker worker;

Status worker_start(void) {
    alloc_give(worker.classes);
    bytes_fill(&worker, 0, sizeof worker);
    worker.class_room = 4096;
    worker.classes = alloc_take(worker.class_room * sizeof *worker.classes);
    return worker.classes ? STATUS_OK : STATUS_NO_MEMORY;
}

static void make_room(uint32_t class_id) {
    uint64_t room = worker.class_room;
    while (room <= class_id)
        room *= 2;
    if (room == worker.class_room)
        return;
    Class **larger =
        alloc_resize(worker.classes, worker.class_room * sizeof *larger,
                     room * sizeof *larger);
    if (!larger)
        return;
    worker.classes = larger;
    worker.class_room = room;
}

Class *worker_class(uint32_t class_id) {
    Class *found = heap_class(class_id);
    CHECK(found);
    make_room(class_id);
    if (class_id < worker.class_room)
        worker.classes[class_id] = found;
    return found;
}

void worker_forget_class(uint32_t class_id) {
    if (class_id < worker.class_room)
        worker.classes[class_id] = NULL;
    bytes_fill(worker.cache, 0, sizeof worker.cache);
}

static bool implements(const Class *class_is, uint32_t interface_id) {
    const Array *ids = class_is->interfaces;
    for (uint64_t i = 0; ids && i < ids->length; i++)
        if (ids->at.words[i] == interface_id)
            return true;
    return false;
}

bool worker_is_a(const Class *class_is, const Class *of) {
    if (of->flags & 1u)
        return class_is == of || implements(class_is, of->id);
    return class_is->depth >= of->depth &&
           class_is->display[of->depth] == of->id;
}

/* Binary search in the class's sorted selectors. */
static Method *search(const Class *in, uint32_t selector) {
    const Array *table = in->selectors;
    uint64_t low = 0, high = table ? table->length : 0;
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (table->at.words[middle] >> 32 < selector)
            low = middle + 1;
        else
            high = middle;
    }
    if (!table || low == table->length ||
        table->at.words[low] >> 32 != selector)
        return NULL;
    uint64_t place = (uint32_t)table->at.words[low];
    return (Method *)in->vtable->at.references[place];
}

Method *worker_find(Class *in, uint32_t selector) {
    uint64_t key = (uint64_t)in->id << 32 | selector;
    uint64_t slot = (key * 0x9E3779B97F4A7C15u) >> 54;
    WorkerLookup *entry = &worker.cache[slot];
    if (entry->key == key)
        return entry->method;
    Method *method = search(in, selector);
    if (method)
        *entry = (WorkerLookup){key, method};
    return method;
}
