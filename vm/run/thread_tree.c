/* Treaps of threads. */
#include "vm/run/thread_tree.h"

#include "kernel/platform.h"
#include "vm/heap/heap.h"
#include "vm/heap/trust.h"

enum { DEPTH_MOST = 200 }; /* with random priorities there is never more */

/* What a tree leads to, so many threads below its root; or NULL. One that waits
 * in a tree is in no list, so nothing that is done to a list changes a tree. */
static Thread *good(const Domain *domain, Thread *at, uint32_t depth) {
    if (at)
        trust_need(depth < DEPTH_MOST &&
                       trust_is_own(domain, at, CLASS_Thread) &&
                       at->domain == domain && at->state == THREAD_PARKED &&
                       at->wait != WAIT_JOIN,
                   domain, "a tree of its threads is damaged");
    return at;
}

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
    for (uint32_t depth = 0; good(thread->domain, *place, depth) &&
                             (*place)->priority >= thread->priority;
         depth++) {
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
    /* What split changes. */
    for (uint32_t depth = 0; good(thread->domain, at, depth); depth++) {
        if (status == STATUS_OK)
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
    for (uint32_t depth = 0;
         good(thread->domain, *place, depth) && *place != thread; depth++) {
        *parent_out = *place;
        place =
            is_before(*place, thread) ? &(*place)->greater : &(*place)->less;
    }
    trust_need(*place == thread, thread->domain, "a thread is not in its tree");
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
    const Domain *domain = thread->domain;
    /* What join changes. */
    for (uint32_t depth = 0; good(domain, low, depth) &&
                             good(domain, high, depth) && status == STATUS_OK;
         depth++) {
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

Thread *thread_tree_first(const Domain *domain, Thread *root, uint64_t key) {
    Thread *found = NULL;
    for (uint32_t depth = 0; good(domain, root, depth); depth++) {
        if (root->key >= key)
            found = root;
        root = root->key >= key ? root->less : root->greater;
    }
    return found;
}

Thread *thread_tree_next(const Domain *domain, Thread *root,
                         const Thread *thread) {
    Thread *found = NULL;
    for (uint32_t depth = 0; good(domain, root, depth); depth++) {
        bool behind = is_before(thread, root);
        if (behind)
            found = root;
        root = behind ? root->less : root->greater;
    }
    return found;
}
