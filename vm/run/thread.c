/* Threads and their lists. */
#include "vm/run/thread.h"

#include "kernel/base/check.h"
#include "vm/heap/frame.h"
#include "vm/heap/heap.h"
#include "vm/run/stack.h"

static Status announce(const Thread *thread) {
    return thread ? heap_write(thread, sizeof *thread) : STATUS_OK;
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
    Status status = announce(thread);
    if (status == STATUS_OK)
        status = announce(thread->next);
    return status == STATUS_OK ? announce(thread->before) : status;
}

/* ---- The run queue ---- */

static Status announce_queue(const Domain *domain) {
    Status status = announce_domain(domain);
    if (status == STATUS_OK)
        status = announce(domain->run_last);
    if (status == STATUS_OK)
        status = announce(domain->run_first);
    if (status == STATUS_OK && domain->run_first)
        status = announce(domain->run_first->next);
    return status;
}

static void queue_append(Thread *thread) {
    Domain *domain = thread->domain;
    link_behind(&domain->run_first, domain->run_last, thread);
    HEAP_SET(domain->run_last, thread);
}

/* Behind the running thread, which is the first. */
static void queue_insert(Thread *thread) {
    Domain *domain = thread->domain;
    link_behind(&domain->run_first, domain->run_first, thread);
    if (!thread->next)
        HEAP_SET(domain->run_last, thread);
}

static void queue_remove(Thread *thread) {
    Domain *domain = thread->domain;
    if (domain->run_last == thread)
        HEAP_SET(domain->run_last, thread->before);
    unlink(&domain->run_first, thread);
}

/* ---- Waiting ---- */

/* Of those that wake at the same time the older thread is first. */
static bool wakes_before(const Thread *one, const Thread *other) {
    return one->wake_ns < other->wake_ns ||
           (one->wake_ns == other->wake_ns && one->number < other->number);
}

/* The last sleeper that wakes before it; NULL: the new one is first. */
static Thread *sleeper_before(const Thread *thread) {
    Thread *before = NULL;
    for (Thread *at = thread->domain->sleepers; at && wakes_before(at, thread);
         at = at->next)
        before = at;
    return before;
}

Status thread_park(Thread *thread, ThreadWait wait, Thread *other) {
    Domain *domain = thread->domain;
    Thread *before = wait == WAIT_SLEEP ? sleeper_before(thread) : NULL;
    Thread **list = wait == WAIT_SLEEP  ? &domain->sleepers
                    : wait == WAIT_JOIN ? &other->joiners
                                        : &domain->waiters;
    Status status = announce_queue(domain);
    if (status == STATUS_OK)
        status = announce_neighbours(thread);
    if (status == STATUS_OK)
        status = announce(other);
    if (status == STATUS_OK)
        status = announce(before);
    if (status == STATUS_OK)
        status = announce(before ? before->next : *list);
    if (status != STATUS_OK)
        return status;
    queue_remove(thread);
    link_behind(list, before, thread);
    thread->state = THREAD_PARKED;
    thread->wait = (uint8_t)wait;
    return STATUS_OK;
}

/* Removes a parked thread from the list it waits in. A joiner that is first in
 * its list is only woken by thread_end, which knows the list. */
static void leave_list(Thread *thread, Thread **list) {
    unlink(list, thread);
    thread->state = THREAD_RUNNABLE;
    thread->wait = WAIT_NONE;
    HEAP_SET(thread->waiting, NULL);
}

static Thread **list_of(Thread *thread) {
    return thread->wait == WAIT_SLEEP ? &thread->domain->sleepers
                                      : &thread->domain->waiters;
}

static Status wake_from(Thread *thread, Thread **list, bool soon) {
    Status status = announce_neighbours(thread);
    if (status == STATUS_OK)
        status = announce_queue(thread->domain);
    if (status != STATUS_OK)
        return status;
    leave_list(thread, list);
    if (soon)
        queue_insert(thread);
    else
        queue_append(thread);
    return STATUS_OK;
}

Status thread_wake(Thread *thread, bool soon) {
    CHECK(thread->state == THREAD_PARKED && thread->wait != WAIT_JOIN);
    return wake_from(thread, list_of(thread), soon);
}

Status thread_complete(Thread *thread, uint64_t result, bool soon) {
    uint64_t *frame = thread->stack->words + thread->frame;
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
    Status status = announce(thread);
    if (status == STATUS_OK && thread->state == THREAD_PARKED &&
        thread->wait == WAIT_JOIN) {
        Thread *joined = (Thread *)thread->waiting;
        status = announce(joined);
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

Status thread_announce(Thread *thread) {
    Status status = announce_queue(thread->domain);
    if (status == STATUS_OK)
        status = announce(thread);
    return status == STATUS_OK ? announce(thread->domain->waiters) : status;
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
    if (*status_out != STATUS_OK)
        return NULL;
    thread->number = ++domain->threads_made;
    thread->state = THREAD_NEW;
    return thread;
}

Status thread_start(Thread *thread) {
    Status status = announce_queue(thread->domain);
    if (status == STATUS_OK)
        status = announce(thread);
    if (status != STATUS_OK)
        return status;
    thread->state = THREAD_RUNNABLE;
    thread->domain->thread_count++;
    queue_append(thread);
    return STATUS_OK;
}

Status thread_end(Thread *thread) {
    Status status = thread_announce(thread);
    while (status == STATUS_OK && thread->joiners)
        status = wake_from(thread->joiners, &thread->joiners, false);
    if (status == STATUS_OK)
        status = announce_neighbours(thread);
    if (status != STATUS_OK)
        return status;
    queue_remove(thread);
    thread->state = THREAD_ENDED;
    thread->domain->thread_count--;
    HEAP_SET(thread->stack, NULL);
    thread->frame = 0;
    return STATUS_OK;
}
