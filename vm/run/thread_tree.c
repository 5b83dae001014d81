/* Treaps of threads. */
#include "vm/run/thread_tree.h"

#include "kernel/base/check.h"
#include "kernel/platform.h"
#include "vm/heap/heap.h"

static bool is_before(const Thread *one, const Thread *other) {
    return one->key < other->key ||
           (one->key == other->key && one->order < other->order);
}

static Status announce(const Thread *thread) {
    return thread ? heap_write(thread, sizeof *thread) : STATUS_OK;
}

/* A number of xorshift64*, whose state is the world's. */
static uint32_t random_priority(void) {
    uint64_t at = ROOT->random;
    while (at == 0)
        at = platform_now_ns() * 0x9E3779B97F4A7C15u +
             (uint64_t)platform_wall_us();
    at ^= at >> 12;
    at ^= at << 25;
    at ^= at >> 27;
    ROOT->random = at;
    return (uint32_t)(at * 0x2545F4914F6CDD1Du >> 32);
}

/* ---- Adding ---- */

/* Where a thread with this priority comes in, and whose place that is. */
static Thread **place_for(Thread **root, const Thread *thread,
                          Thread **parent_out) {
    Thread **place = root;
    *parent_out = NULL;
    while (*place && (*place)->priority >= thread->priority) {
        *parent_out = *place;
        place =
            is_before(*place, thread) ? &(*place)->greater : &(*place)->less;
    }
    return place;
}

Status thread_tree_announce_add(Thread *root, Thread *thread) {
    Thread *parent;
    Status status = heap_write(ROOT, sizeof *ROOT);
    if (status != STATUS_OK)
        return status;
    thread->priority = random_priority();
    Thread *at = *place_for(&root, thread, &parent);
    status = announce(parent);
    while (at && status == STATUS_OK) { /* what split changes */
        status = announce(at);
        at = is_before(at, thread) ? at->greater : at->less;
    }
    return status;
}

/* What is before the thread hangs at its `less` then, the rest at `greater`. */
static void split(Thread *at, Thread *thread) {
    Thread **less = &thread->less, **greater = &thread->greater;
    while (at) {
        if (is_before(at, thread)) {
            HEAP_SET(*less, at);
            less = &at->greater;
            at = at->greater;
        } else {
            HEAP_SET(*greater, at);
            greater = &at->less;
            at = at->less;
        }
    }
    HEAP_SET(*less, NULL);
    HEAP_SET(*greater, NULL);
}

void thread_tree_add(Thread **root, Thread *thread) {
    Thread *parent, **place = place_for(root, thread, &parent);
    split(*place, thread);
    HEAP_SET(*place, thread);
}

/* ---- Removing ---- */

static Thread **place_of(Thread **root, const Thread *thread,
                         Thread **parent_out) {
    Thread **place = root;
    *parent_out = NULL;
    while (*place && *place != thread) {
        *parent_out = *place;
        place =
            is_before(*place, thread) ? &(*place)->greater : &(*place)->less;
    }
    CHECK(*place == thread);
    return place;
}

static bool is_upper(const Thread *one, const Thread *other) {
    return one->priority >= other->priority;
}

Status thread_tree_announce_remove(Thread *root, const Thread *thread) {
    Thread *parent, *low = thread->less, *high = thread->greater;
    place_of(&root, thread, &parent);
    Status status = announce(thread);
    if (status == STATUS_OK)
        status = announce(parent);
    while (low && high && status == STATUS_OK) { /* what join changes */
        bool lower = is_upper(low, high);
        status = announce(lower ? low : high);
        if (lower)
            low = low->greater;
        else
            high = high->less;
    }
    return status;
}

/* Both hang at the place then; all of `low` is before all of `high`. */
static void join(Thread **place, Thread *low, Thread *high) {
    while (low && high) {
        if (is_upper(low, high)) {
            HEAP_SET(*place, low);
            place = &low->greater;
            low = low->greater;
        } else {
            HEAP_SET(*place, high);
            place = &high->less;
            high = high->less;
        }
    }
    HEAP_SET(*place, low ? low : high);
}

void thread_tree_remove(Thread **root, Thread *thread) {
    Thread *parent, **place = place_of(root, thread, &parent);
    join(place, thread->less, thread->greater);
    HEAP_SET(thread->less, NULL);
    HEAP_SET(thread->greater, NULL);
}

/* ---- Finding ---- */

Thread *thread_tree_first(Thread *root, uint64_t key) {
    Thread *found = NULL;
    while (root) {
        if (root->key >= key)
            found = root;
        root = root->key >= key ? root->less : root->greater;
    }
    return found;
}

Thread *thread_tree_next(Thread *root, const Thread *thread) {
    Thread *found = NULL;
    while (root) {
        bool behind = is_before(thread, root);
        if (behind)
            found = root;
        root = behind ? root->less : root->greater;
    }
    return found;
}
