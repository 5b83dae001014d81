/* Tests of the lists that threads wait in, without running any. */
#include "vm/run/thread.h"

#include <stdio.h>

#include "persist/memory/pages.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/vm_harness.h"
#include "vm/heap/heap.h"
#include "vm/run/domain.h"
#include "vm/run/thread_tree.h"
#include "vm/run/vm.h"

enum { FILLER_REGION = 40, FILLER_LENGTH = 2000 };

static Domain *start(void) {
    Domain *domain = NULL;
    harness_start();
    EXPECT_EQUAL(domain_create("test", 16u << 20, &domain), STATUS_OK);
    return domain;
}

static Object *some_object(Domain *domain) {
    Status status;
    Array *made = heap_new_array(domain, CLASS_IntArray, 1, &status);
    EXPECT(made != NULL);
    return &made->head;
}

static void stop(void) {
    harness_check();
    harness_stop();
}

/* ---- Sleepers ---- */

static void sleep_until(Thread *thread, uint64_t wake_ns) {
    EXPECT_EQUAL(heap_write(thread, sizeof *thread), STATUS_OK);
    thread->key = wake_ns;
    EXPECT_EQUAL(thread_park(thread, WAIT_SLEEP, NULL), STATUS_OK);
}

TEST("of threads that wake at one time the older is first") {
    Domain *domain = start();
    Thread *one = harness_thread(domain), *two = harness_thread(domain),
           *three = harness_thread(domain), *late = harness_thread(domain);
    sleep_until(late, 2000);
    sleep_until(two, 1000);
    sleep_until(one, 1000);
    sleep_until(three, 1000);
    const Thread *wanted[] = {one, two, three, late};
    const Thread *at = thread_tree_first(domain, domain->sleepers, 0);
    for (int i = 0; i < 4; i++) {
        EXPECT(at == wanted[i]);
        at = thread_tree_next(domain, domain->sleepers, at);
    }
    EXPECT(at == NULL);
    stop();
}

/* Adversary's keys: ascending, descending, all the same, and by chance. */
static uint64_t key_of(int kind, uint64_t i) {
    const uint64_t keys[] = {i, 5000 - i, 7, sim_random() % 900};
    return keys[kind];
}

TEST("any number of sleepers in any order wake by their times") {
    enum { COUNT = 400 };
    for (int kind = 0; kind < 4; kind++) {
        Domain *domain = start();
        Thread *threads[COUNT];
        for (int i = 0; i < COUNT; i++)
            threads[i] = harness_thread(domain);
        for (uint64_t i = 0; i < COUNT; i++)
            sleep_until(threads[i], key_of(kind, i));
        harness_check(); /* T3, and that the tree is not deep */
        for (int i = 0; i < COUNT; i += 3)
            EXPECT_EQUAL(thread_wake(threads[i], false), STATUS_OK);
        harness_check();
        uint64_t last = 0;
        for (const Thread *at;
             (at = thread_tree_first(domain, domain->sleepers, 0));) {
            EXPECT(at->key >= last);
            last = at->key;
            EXPECT_EQUAL(thread_wake((Thread *)at, false), STATUS_OK);
        }
        stop();
    }
}

TEST("of those that wait for an object the one that came first is found") {
    Domain *domain = start();
    Object *objects[3] = {some_object(domain), some_object(domain),
                          some_object(domain)};
    Thread *threads[30];
    for (int i = 0; i < 30; i++) {
        threads[i] = harness_thread(domain);
        EXPECT_EQUAL(heap_write(threads[i], sizeof(Thread)), STATUS_OK);
        threads[i]->result_word = FRAME_SINK;
        HEAP_SET(threads[i]->waiting, objects[i % 2]);
        EXPECT_EQUAL(thread_park(threads[i], WAIT_NATIVE, NULL), STATUS_OK);
    }
    for (int i = 0; i < 30; i++) {
        EXPECT(thread_waiter(domain, objects[i % 2]) == threads[i]);
        EXPECT(thread_waiter(domain, objects[2]) == NULL);
        EXPECT_EQUAL(thread_complete(threads[i], 0, false), STATUS_OK);
    }
    EXPECT(domain->waiters == NULL);
    stop();
}

/* ---- Raising ---- */

TEST("what is raised ends a native that goes on in steps") {
    Domain *domain = start();
    Thread *thread = harness_thread(domain);
    EXPECT_EQUAL(heap_write(thread, sizeof *thread), STATUS_OK);
    HEAP_SET(thread->progress, some_object(domain));
    Object *thrown = some_object(domain);
    EXPECT_EQUAL(thread_raise(thread, thrown), STATUS_OK);
    EXPECT(thread->progress == NULL);
    EXPECT(thread->thrown == thrown);
    stop();
}

TEST("what is raised ends every kind of wait") {
    static const ThreadWait waits[] = {WAIT_PARK, WAIT_SLEEP, WAIT_JOIN,
                                       WAIT_COMMIT, WAIT_NATIVE};
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        Domain *domain = start();
        Thread *joined = harness_thread(domain),
               *thread = harness_thread(domain);
        EXPECT_EQUAL(heap_write(thread, sizeof *thread), STATUS_OK);
        HEAP_SET(thread->waiting, joined);
        HEAP_SET(thread->progress, some_object(domain));
        EXPECT_EQUAL(thread_park(thread, waits[i],
                                 waits[i] == WAIT_JOIN ? joined : NULL),
                     STATUS_OK);
        harness_check();
        EXPECT_EQUAL(thread_raise(thread, some_object(domain)), STATUS_OK);
        EXPECT_EQUAL(thread->state, THREAD_RUNNABLE);
        EXPECT(!thread->waiting && !thread->progress && thread->thrown);
        EXPECT(joined->joiners == NULL && domain->run_last == thread);
        stop();
    }
}

TEST("nothing is raised in a thread that is over") {
    Domain *domain = start();
    Thread *thread = harness_thread(domain);
    EXPECT_EQUAL(thread_end(thread), STATUS_OK);
    EXPECT_EQUAL(thread_raise(thread, some_object(domain)), STATUS_OK);
    EXPECT(thread->thrown == NULL && thread->state == THREAD_ENDED);
    stop();
}

/* ---- Waking ---- */

TEST("who is woken soon runs right after the running thread") {
    Domain *domain = start();
    Thread *running = harness_thread(domain), *other = harness_thread(domain),
           *waiter = harness_thread(domain);
    EXPECT_EQUAL(thread_park(waiter, WAIT_NATIVE, NULL), STATUS_OK);
    EXPECT_EQUAL(thread_wake(waiter, true), STATUS_OK);
    EXPECT(domain->run_first == running && running->next == waiter);
    EXPECT(waiter->next == other && domain->run_last == other);
    stop();
}

TEST("who is woken soon beside one thread is the last of the queue") {
    Domain *domain = start();
    Thread *running = harness_thread(domain), *waiter = harness_thread(domain);
    EXPECT_EQUAL(thread_park(waiter, WAIT_NATIVE, NULL), STATUS_OK);
    EXPECT_EQUAL(thread_wake(waiter, true), STATUS_OK);
    EXPECT(running->next == waiter && domain->run_last == waiter);
    stop();
}

/* ---- The queue, against a naive twin ---- */

enum { QUEUED = 9 };
static Thread *queued[QUEUED];
static size_t queued_count;

static size_t place_of(const Thread *thread) {
    size_t at = 0;
    while (at < queued_count && queued[at] != thread)
        at++;
    return at;
}

static void move_to(Thread *thread, size_t place) {
    size_t at = place_of(thread);
    if (at == queued_count)
        queued_count++;
    for (; at > place; at--)
        queued[at] = queued[at - 1];
    for (; at < place; at++)
        queued[at] = queued[at + 1];
    queued[place] = thread;
}

static void leave_queue(const Thread *thread) {
    for (size_t at = place_of(thread); at + 1 < queued_count; at++)
        queued[at] = queued[at + 1];
    queued_count--;
}

static void wake_by_chance(Thread *thread) {
    bool soon = sim_random() % 2;
    if (sim_random() % 3 == 0) {
        EXPECT_EQUAL(thread_raise(thread, &thread->head), STATUS_OK);
        soon = false;
    } else {
        EXPECT_EQUAL(thread_wake(thread, soon), STATUS_OK);
    }
    move_to(thread, soon && queued_count > 0 ? 1 : queued_count);
}

/* One change of a thread in any state; which thread runs is not looked at. */
static void change_queue(Thread *thread) {
    bool runs = thread->state == THREAD_RUNNABLE;
    if (sim_random() % 3 == 0) { /* nothing when it cannot run */
        EXPECT_EQUAL(thread_to_front(thread), STATUS_OK);
        if (runs)
            move_to(thread, 0);
    } else if (thread->state == THREAD_NEW) {
        EXPECT_EQUAL(thread_start(thread), STATUS_OK);
        move_to(thread, queued_count);
    } else if (thread->state == THREAD_PARKED) {
        wake_by_chance(thread);
    } else if (runs && sim_random() % 2) {
        EXPECT_EQUAL(thread_rotate(thread), STATUS_OK);
        move_to(thread, queued_count - 1);
    } else if (runs) {
        ThreadWait waits[] = {WAIT_SLEEP, WAIT_PARK, WAIT_NATIVE};
        ThreadWait wait = waits[sim_random() % 3];
        leave_queue(thread);
        EXPECT_EQUAL(sim_random() % 20 == 0 ? thread_end(thread)
                                            : thread_park(thread, wait, NULL),
                     STATUS_OK);
    }
}

static bool is_queue(const Domain *domain) {
    const Thread *at = domain->run_first, *last = NULL;
    for (size_t i = 0; i < queued_count; last = at, at = at->next, i++)
        if (at != queued[i])
            return false;
    return !at && domain->run_last == last;
}

TEST("a queue is what a naive one is, whatever a thread in it does") {
    for (uint64_t seed = 1; seed <= 8; seed++) {
        Domain *domain = start();
        Thread *threads[QUEUED];
        Status status;
        sim_seed(seed);
        queued_count = 0;
        for (int i = 0; i < QUEUED; i++)
            threads[i] = thread_new(domain, ROOT->start, NULL, &status);
        for (int i = 0; i < 300 && is_queue(domain); i++)
            change_queue(threads[sim_random() % QUEUED]);
        if (!is_queue(domain))
            printf("  seed %u\n", (unsigned)seed);
        EXPECT(is_queue(domain));
        stop();
    }
}

/* ---- The end ---- */

static void join(Thread *thread, Thread *joined) {
    EXPECT_EQUAL(heap_write(thread, sizeof *thread), STATUS_OK);
    HEAP_SET(thread->waiting, joined);
    EXPECT_EQUAL(thread_park(thread, WAIT_JOIN, joined), STATUS_OK);
}

/* Announces pages of no use until nothing more can be. */
static void fill_disk(void) {
    uint64_t page = FILLER_REGION * MEMORY_REGION_PAGES;
    EXPECT_EQUAL(memory_attach(FILLER_REGION + 3), STATUS_OK);
    while (memory_write(page_address(page), 8) == STATUS_OK)
        page++;
}

static void free_disk(void) {
    EXPECT_EQUAL(
        memory_discard(page_address(FILLER_REGION * MEMORY_REGION_PAGES),
                       4 * MEMORY_REGION_BYTES),
        STATUS_OK);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
}

TEST("a thread whose joiners cannot all be woken ends when it is asked again") {
    Domain *domain = start();
    Status status;
    Thread *joined = harness_thread(domain), *joiners[4];
    for (int i = 0; i < 4; i++) { /* each on pages of its own */
        joiners[i] = harness_thread(domain);
        EXPECT(heap_new_array(domain, CLASS_IntArray, FILLER_LENGTH, &status) !=
               NULL);
        EXPECT(heap_new_array(domain, CLASS_IntArray, 40, &status) != NULL);
    }
    for (int i = 0; i < 4; i++)
        join(joiners[i], joined);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    EXPECT_EQUAL(thread_announce(joined), STATUS_OK);
    EXPECT_EQUAL(heap_write(joiners[3], sizeof *joiners[3]), STATUS_OK);
    EXPECT_EQUAL(heap_write(joiners[2], sizeof *joiners[2]), STATUS_OK);
    fill_disk();
    EXPECT_EQUAL(thread_end(joined), STATUS_NO_SPACE);
    EXPECT_EQUAL(joined->state, THREAD_RUNNABLE);
    EXPECT_EQUAL(joiners[3]->state, THREAD_RUNNABLE);
    EXPECT_EQUAL(joiners[0]->state, THREAD_PARKED);
    harness_check();
    free_disk();
    EXPECT_EQUAL(thread_end(joined), STATUS_OK);
    EXPECT_EQUAL(joined->state, THREAD_ENDED);
    EXPECT_EQUAL(domain->thread_count, 4);
    for (int i = 0; i < 4; i++)
        EXPECT_EQUAL(joiners[i]->state, THREAD_RUNNABLE);
    stop();
}

/* ---- Heaps that are whole: what came back is stopped where this says no ----
 */

TEST("a thread that has no room for its stack is no damage") {
    Domain *domain = start();
    Status status;
    for (uint64_t words = 100; words < 200; words += 10) {
        EXPECT_EQUAL(domain_create("small", 1u << 18, &domain), STATUS_OK);
        while (heap_new_array(domain, CLASS_IntArray, words, &status))
            ;
        while (thread_new(domain, ROOT->start, NULL, &status))
            ;
        EXPECT_EQUAL(status, STATUS_LIMIT);
    }
    stop();
}

TEST("where an earlier call had its result need be no place of a later frame") {
    Domain *domain = start();
    Thread *thread = harness_thread(domain);
    EXPECT_EQUAL(heap_write(thread, sizeof *thread), STATUS_OK);
    HEAP_SET(thread->calling, ROOT->start);
    thread->result_word = 100;
    stop();
}

TEST("a commit that cannot end now ends with the next generation") {
    Domain *domain = start();
    Thread *thread = harness_thread(domain);
    EXPECT_EQUAL(heap_write(thread, sizeof *thread), STATUS_OK);
    EXPECT_EQUAL(heap_write(ROOT, sizeof *ROOT), STATUS_OK);
    thread->result_word = FRAME_SINK;
    thread->order = ++ROOT->commits;
    EXPECT_EQUAL(thread_park(thread, WAIT_COMMIT, NULL), STATUS_OK);
    vm_barrier_taken();
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    fill_disk();
    vm_generation_durable(2);
    EXPECT_EQUAL(thread->state, THREAD_PARKED);
    free_disk();
    vm_generation_durable(3);
    EXPECT_EQUAL(thread->state, THREAD_RUNNABLE);
    stop();
}
