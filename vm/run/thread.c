/* Threads and their lists. */
#include "vm/run/thread.h"

#include "vm/heap/frame.h"
#include "vm/heap/heap.h"
#include "vm/heap/trust.h"
#include "vm/run/trusted.h"
#include "vm/run/slots.h"
#include "vm/run/stack.h"
#include "vm/run/thread_tree.h"

enum {
    START_COST = 500,      /* units that a domain owes for a new thread, */
    WAKE_COST = 100,       /* and for one that is woken */
    JOINERS_AT_ONCE = 200, /* woken by one call of thread_end */
};

/* One of the domain's own, or NULL, before it is written. */
static Status announce(const Domain *domain, const Thread *thread) {
    if (!thread)
        return STATUS_OK;
    trust_need(trust_is_own(domain, thread, CLASS_Thread) &&
                   thread->domain == domain,
               domain, "a list of its threads is damaged");
    return heap_write(thread, sizeof *thread);
}

/* What a list leads to: nothing else has its links. */
static Status announce_listed(const Domain *domain, const Thread *thread,
                              ThreadState state) {
    Status status = announce(domain, thread);
    trust_need(!thread ||
                   (thread->state == state &&
                    (state == THREAD_RUNNABLE) == (thread->wait != WAIT_JOIN)),
               domain, "a list of its threads is damaged");
    return status;
}

static Status announce_domain(const Domain *domain) {
    return heap_write(domain, sizeof *domain);
}

/* ---- Lists with a link in both directions ---- */

/* Puts `thread` behind `before` (NULL: at the front) of the list at `first`;
 * all are announced. */
static void link_behind(Thread **first, Thread *before, Thread *thread) {
    Thread *next = before ? before->next : *first;
    HEAP_SET(thread->before, before);
    HEAP_SET(thread->next, next);
    if (next)
        HEAP_SET(next->before, thread);
    if (before)
        HEAP_SET(before->next, thread);
    else
        HEAP_SET(*first, thread);
}

static void unlink(Thread **first, Thread *thread) {
    if (thread->next)
        HEAP_SET(thread->next->before, thread->before);
    if (thread->before)
        HEAP_SET(thread->before->next, thread->next);
    else
        HEAP_SET(*first, thread->next);
    HEAP_SET(thread->next, NULL);
    HEAP_SET(thread->before, NULL);
}

static Status announce_neighbours(const Thread *thread) {
    const Domain *domain = thread->domain;
    ThreadState state = (ThreadState)thread->state;
    Status status = announce_listed(domain, thread, state);
    if (status == STATUS_OK)
        status = announce_listed(domain, thread->next, state);
    if (status == STATUS_OK)
        status = announce_listed(domain, thread->before, state);
    if (status == STATUS_OK)
        trust_need((!thread->next || thread->next->before == thread) &&
                       (!thread->before || thread->before->next == thread),
                   domain, "a list of its threads is broken");
    return status;
}

/* ---- The run queue ---- */

static Status announce_queue(const Domain *domain) {
    Status status = announce_domain(domain);
    if (status == STATUS_OK)
        status = announce_listed(domain, domain->run_last, THREAD_RUNNABLE);
    if (status == STATUS_OK)
        status = announce_listed(domain, domain->run_first, THREAD_RUNNABLE);
    if (status == STATUS_OK && domain->run_first)
        status =
            announce_listed(domain, domain->run_first->next, THREAD_RUNNABLE);
    if (status == STATUS_OK)
        trust_need(!domain->run_first == !domain->run_last, domain,
                   "the list of its threads has no end");
    return status;
}

static void queue_append(Thread *thread) {
    Domain *domain = thread->domain;
    link_behind(&domain->run_first, domain->run_last, thread);
    HEAP_SET(domain->run_last, thread);
    slots_add(SLOTS_READY, domain);
}

/* Behind the running thread, which is the first. */
static void queue_insert(Thread *thread) {
    Domain *domain = thread->domain;
    link_behind(&domain->run_first, domain->run_first, thread);
    if (!thread->next)
        HEAP_SET(domain->run_last, thread);
    slots_add(SLOTS_READY, domain);
}

static void queue_remove(Thread *thread) {
    Domain *domain = thread->domain;
    if (domain->run_last == thread)
        HEAP_SET(domain->run_last, thread->before);
    unlink(&domain->run_first, thread);
}

/* ---- Waiting ---- */

static Thread **tree_for(Thread *thread, ThreadWait wait) {
    return wait == WAIT_SLEEP ? &thread->domain->sleepers
                              : &thread->domain->waiters;
}

static uint64_t key_for(const Thread *thread, ThreadWait wait) {
    uint64_t object = (uint64_t)(uintptr_t)thread->waiting;
    if (wait == WAIT_PARK)
        return WAITS_UNPARK;
    if (wait == WAIT_COMMIT)
        return WAITS_COMMIT;
    return object ? object : WAITS_ANSWER;
}

/* Where it comes among those that wait; the caller of a native said when it
 * wakes, or which commit it is. */
static void choose_place(Thread *thread, ThreadWait wait) {
    if (wait != WAIT_SLEEP)
        thread->key = key_for(thread, wait);
    if (wait == WAIT_SLEEP)
        thread->order = thread->number;
    else if (wait != WAIT_COMMIT)
        thread->order = ++thread->domain->waits_made;
}

static Status announce_park(Thread *thread, ThreadWait wait, Thread *other) {
    Status status = announce_queue(thread->domain);
    if (status == STATUS_OK)
        status = announce_neighbours(thread);
    if (status != STATUS_OK)
        return status;
    if (wait != WAIT_JOIN) {
        choose_place(thread, wait);
        return thread_tree_announce_add(*tree_for(thread, wait), thread);
    }
    status = announce(thread->domain, other);
    return status == STATUS_OK
               ? announce_listed(thread->domain, other->joiners, THREAD_PARKED)
               : status;
}

Status thread_park(Thread *thread, ThreadWait wait, Thread *other) {
    Status status = announce_park(thread, wait, other);
    if (status != STATUS_OK)
        return status;
    queue_remove(thread);
    if (wait == WAIT_JOIN)
        link_behind(&other->joiners, NULL, thread);
    else
        thread_tree_add(tree_for(thread, wait), thread);
    thread->domain->sleeper_count += wait == WAIT_SLEEP;
    if (wait == WAIT_SLEEP)
        slots_wake_by(thread->domain, thread->key);
    thread->state = THREAD_PARKED;
    thread->wait = (uint8_t)wait;
    return STATUS_OK;
}

static Status announce_wake(const Thread *thread, Thread *root) {
    Status status = thread->wait == WAIT_JOIN
                        ? announce_neighbours(thread)
                        : thread_tree_announce_remove(root, thread);
    return status == STATUS_OK ? announce_queue(thread->domain) : status;
}

/* From the list of joiners or the tree that it waits in. */
static Status wake_from(Thread *thread, Thread **from, bool soon) {
    Status status = announce_wake(thread, *from);
    if (status != STATUS_OK)
        return status;
    if (thread->wait == WAIT_JOIN)
        unlink(from, thread);
    else
        thread_tree_remove(from, thread);
    thread->domain->sleeper_count -= thread->wait == WAIT_SLEEP;
    thread->state = THREAD_RUNNABLE;
    thread->wait = WAIT_NONE;
    thread->domain->debt += WAKE_COST;
    HEAP_SET(thread->waiting, NULL);
    if (soon)
        queue_insert(thread);
    else
        queue_append(thread);
    return STATUS_OK;
}

Status thread_wake(Thread *thread, bool soon) {
    trust_need(thread->state == THREAD_PARKED && thread->wait != WAIT_JOIN,
               thread->domain, "a thread waits and does not");
    return wake_from(thread, tree_for(thread, thread->wait), soon);
}

Thread *thread_waiter(const Domain *domain, const Object *object) {
    uint64_t key = (uint64_t)(uintptr_t)object;
    Thread *first = thread_tree_first(domain, domain->waiters, key);
    return first && first->key == key ? first : NULL;
}

Status thread_complete(Thread *thread, uint64_t result, bool soon) {
    trusted_thread(thread->domain, thread);
    uint64_t *frame = thread->stack->words + thread->frame;
    trusted_frame(thread, frame);
    trust_need(thread->result_word < frame_method(frame)->frame_words,
               thread->domain, "a thread's result goes nowhere");
    Status status = heap_write(frame + thread->result_word, 8);
    if (status == STATUS_OK)
        status = thread_wake(thread, soon);
    if (status == STATUS_OK)
        heap_set(frame + thread->result_word, result);
    return status;
}

Status thread_complete_throw(Thread *thread, Object *thrown) {
    Status status = thread_wake(thread, false);
    if (status == STATUS_OK)
        HEAP_SET(thread->thrown, thrown);
    return status;
}

Status thread_raise(Thread *thread, Object *thrown) {
    const Domain *domain = thread->domain;
    Status status = announce(domain, thread);
    if (status == STATUS_OK && thread->state == THREAD_PARKED &&
        thread->wait == WAIT_JOIN) {
        Thread *joined = (Thread *)thread->waiting;
        trust_need(joined != NULL, domain, "a thread joined none");
        status = announce(domain, joined);
        if (status == STATUS_OK)
            status = wake_from(thread, &joined->joiners, false);
    } else if (status == STATUS_OK && thread->state == THREAD_PARKED) {
        status = thread_wake(thread, false);
    }
    if (status != STATUS_OK || thread->state == THREAD_ENDED)
        return status;
    HEAP_SET(thread->progress, NULL);
    HEAP_SET(thread->thrown, thrown);
    return STATUS_OK;
}

Status thread_rotate(Thread *thread) {
    Domain *domain = thread->domain;
    if (domain->run_last == thread)
        return STATUS_OK;
    Status status = announce_queue(domain);
    if (status != STATUS_OK)
        return status;
    queue_remove(thread);
    queue_append(thread);
    return STATUS_OK;
}

Status thread_to_front(Thread *thread) {
    Domain *domain = thread->domain;
    if (thread->state != THREAD_RUNNABLE || domain->run_first == thread)
        return STATUS_OK;
    Status status = announce_queue(domain);
    if (status == STATUS_OK)
        status = announce_neighbours(thread);
    if (status != STATUS_OK)
        return status;
    queue_remove(thread);
    link_behind(&domain->run_first, NULL, thread);
    return STATUS_OK;
}

Status thread_announce(Thread *thread) {
    Status status = announce_queue(thread->domain);
    if (status == STATUS_OK)
        status = announce(thread->domain, thread);
    return status;
}

/* ---- Beginning and end ---- */

Thread *thread_new(Domain *domain, Method *method, Object *first,
                   Status *status_out) {
    Thread *thread = (Thread *)heap_allocate(domain, CLASS_Thread,
                                             sizeof(Thread), status_out);
    if (!thread)
        return NULL;
    HEAP_SET(thread->domain, domain);
    *status_out = stack_create(thread);
    if (*status_out == STATUS_OK)
        *status_out = stack_push(thread, method, first);
    if (*status_out == STATUS_OK)
        *status_out = announce_domain(domain);
    if (*status_out != STATUS_OK) {
        /* It stays until the next collection, and is over until then. */
        thread->state = THREAD_ENDED;
        HEAP_SET(thread->stack, NULL);
        return NULL;
    }
    thread->number = ++domain->threads_made;
    thread->state = THREAD_NEW;
    return thread;
}

Status thread_start(Thread *thread) {
    Status status = announce_queue(thread->domain);
    if (status == STATUS_OK)
        status = announce(thread->domain, thread);
    if (status != STATUS_OK)
        return status;
    thread->state = THREAD_RUNNABLE;
    const uint64_t *frame = thread->stack->words + thread->frame;
    thread->domain->debt += START_COST + frame_method(frame)->cost;
    thread->domain->thread_count++;
    queue_append(thread);
    return STATUS_OK;
}

Status thread_end(Thread *thread) {
    Status status = thread_announce(thread);
    for (int i = 0; i < JOINERS_AT_ONCE && thread->joiners; i++) {
        if (status == STATUS_OK)
            status =
                announce_listed(thread->domain, thread->joiners, THREAD_PARKED);
        if (status == STATUS_OK)
            status = wake_from(thread->joiners, &thread->joiners, false);
    }
    if (status == STATUS_OK)
        status = announce_neighbours(thread);
    if (status != STATUS_OK || thread->joiners)
        return status;
    queue_remove(thread);
    thread->state = THREAD_ENDED;
    thread->domain->thread_count--;
    slots_add(SLOTS_ENDED, thread->domain);
    HEAP_SET(thread->stack, NULL);
    thread->frame = 0;
    return STATUS_OK;
}
