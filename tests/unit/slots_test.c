/* Tests of which domains a turn looks at. */
#include "vm/run/slots.h"

#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/vm_core.h"
#include "tests/unit/vm_harness.h"
#include "vm/heap/heap.h"
#include "vm/run/domain.h"
#include "vm/run/scheduler.h"
#include "vm/run/thread.h"

#define A (&harness_assembler)

enum { DOMAINS = 100 };

static Domain *domains[DOMAINS]; /* in slots 1 and up */

static void make_domains(unsigned count) {
    for (unsigned i = 0; i < count; i++)
        EXPECT_EQUAL(domain_create("idle", 1u << 20, &domains[i]), STATUS_OK);
}

/* ---- Against a naive twin ---- */

static bool in[SLOT_SETS][ROOT_DOMAINS_MAX];
static uint64_t wakes[ROOT_DOMAINS_MAX];

static size_t next_in(SlotSet set, size_t from) {
    while (from < ROOT_DOMAINS_MAX && !in[set][from])
        from++;
    return from;
}

static size_t next_due(size_t from, uint64_t now_ns) {
    while (from < ROOT_DOMAINS_MAX && wakes[from] > now_ns)
        from++;
    return from;
}

static size_t first_wake(uint64_t *when_ns_out) {
    size_t first = ROOT_DOMAINS_MAX;
    *when_ns_out = SLOTS_NEVER;
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++)
        if (wakes[i] < *when_ns_out) {
            *when_ns_out = wakes[i];
            first = i;
        }
    return first;
}

static void forget_all(void) {
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++) {
        for (unsigned set = 0; set < SLOT_SETS; set++) {
            slots_drop((SlotSet)set, i);
            in[set][i] = false;
        }
        slots_wake_at(i, wakes[i] = SLOTS_NEVER);
    }
}

static void look_at(size_t slot) {
    in[SLOTS_READY][slot] = in[SLOTS_ENDED][slot] = true;
    in[SLOTS_TRASH][slot] = in[SLOTS_ASKING][slot] = true;
    wakes[slot] = 0;
}

/* One change by chance, of both. */
static void change(void) {
    SlotSet set = (SlotSet)(sim_random() % SLOT_SETS);
    size_t place = sim_random() % DOMAINS, slot = place + 1;
    uint64_t when = sim_random() % 50;
    switch (sim_random() % 7) {
    case 0:
        slots_add(set, domains[place]);
        in[set][slot] = true;
        break;
    case 1:
        slot = sim_random() % ROOT_DOMAINS_MAX;
        slots_drop(set, slot);
        in[set][slot] = false;
        break;
    case 2:
        slots_wake_by(domains[place], when);
        wakes[slot] = when < wakes[slot] ? when : wakes[slot];
        break;
    case 3:
        slot = sim_random() % ROOT_DOMAINS_MAX;
        slots_wake_at(slot, when > 40 ? SLOTS_NEVER : when);
        wakes[slot] = when > 40 ? SLOTS_NEVER : when;
        break;
    case 4:
        slots_look(domains[place]);
        look_at(slot);
        break;
    case 5:
        slots_rest(slot);
        in[SLOTS_READY][slot] = false;
        in[SLOTS_WAITING][slot] = true;
        break;
    default:
        slots_turn();
        for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++)
            if (in[SLOTS_WAITING][i]) {
                in[SLOTS_WAITING][i] = false;
                in[SLOTS_READY][i] = true;
                wakes[i] = 0;
            }
    }
}

TEST("sets of domains and their times are what naive ones are") {
    harness_start();
    make_domains(DOMAINS);
    forget_all();
    for (int i = 0; i < 20000; i++) {
        uint64_t got, wanted, now = sim_random() % 50;
        SlotSet set = (SlotSet)(sim_random() % SLOT_SETS);
        size_t from = sim_random() % (ROOT_DOMAINS_MAX + 1);
        change();
        EXPECT_EQUAL(slots_next(set, from), next_in(set, from));
        EXPECT_EQUAL(slots_next_due(from, now), next_due(from, now));
        EXPECT_EQUAL(slots_first_wake(&got), first_wake(&wanted));
        EXPECT_EQUAL(got, wanted);
    }
    harness_stop();
}

TEST("a domain is found at its place, also at another than before") {
    harness_start();
    make_domains(3);
    for (unsigned i = 0; i < 3; i++)
        EXPECT_EQUAL(slots_of(domains[i]), i + 1);
    EXPECT_EQUAL(domain_kill(domains[1]), STATUS_OK);
    EXPECT_EQUAL(slots_of(domains[1]), ROOT_DOMAINS_MAX);
    slots_add(SLOTS_READY, domains[1]); /* nothing happens */
    Domain *moved = domains[2];
    EXPECT_EQUAL(heap_write(ROOT, sizeof *ROOT), STATUS_OK);
    HEAP_SET(ROOT->domains[3], NULL);
    HEAP_SET(ROOT->domains[2], moved);
    EXPECT_EQUAL(slots_of(moved), 2);
    harness_stop();
}

/* ---- What a turn looks at ---- */

/* Looks of the scheduler in some turns of a program that computes, beside so
 * many that do not. */
static uint64_t looks_beside(unsigned idle) {
    Domain *domain;
    harness_start();
    make_domains(idle);
    assembler_begin(A, "m");
    assembler_method(A, "main", 0, 0, 0);
    assembler_word(A, OP_jump, 0, 0, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
    EXPECT(harness_load(A, false) != NULL);
    EXPECT_EQUAL(vm_start_app("m", "m", 4u << 20, 0, NULL, &domain), STATUS_OK);
    harness_step(100000); /* all begin */
    harness_step(100000);
    uint64_t before = vm_figures().looks;
    for (int i = 0; i < 10; i++)
        harness_step(100000);
    uint64_t looks = vm_figures().looks - before;
    harness_stop();
    return looks;
}

TEST("a turn looks at domains that have something to do, and at no others") {
    uint64_t alone = looks_beside(0);
    EXPECT(alone > 0);
    EXPECT_EQUAL(looks_beside(DOMAINS), alone);
}

TEST("what sleeps is looked at when its time has come, whatever was noted") {
    harness_start();
    make_domains(2);
    EXPECT_EQUAL(harness_step(1000), UINT64_MAX); /* both have begun */
    sim_time_set_ns(platform_now_ns() + 1000000);
    vm_run(1000);
    Thread *one = harness_thread(domains[0]), *two = harness_thread(domains[1]);
    uint64_t now = ROOT->experienced_ns;
    Thread *both[] = {one, two};
    for (unsigned i = 0; i < 2; i++) {
        EXPECT_EQUAL(heap_write(both[i], sizeof(Thread)), STATUS_OK);
        both[i]->key = now + (i + 1) * 1000000000ull;
        EXPECT_EQUAL(thread_park(both[i], WAIT_SLEEP, NULL), STATUS_OK);
    }
    EXPECT(!scheduler_check());
    /* The first goes; the second is waited for, and nobody before. */
    EXPECT_EQUAL(thread_wake(one, false), STATUS_OK);
    EXPECT_EQUAL(thread_end(one), STATUS_OK);
    uint64_t until = vm_run(1000), slices = vm_figures().slices;
    EXPECT(until > platform_now_ns() + 1500000000ull &&
           until < platform_now_ns() + 2500000000ull);
    sim_time_set_ns(until - 1000);
    vm_run(1000);
    EXPECT(domains[1]->sleepers == two);
    EXPECT_EQUAL(vm_figures().slices, slices);
    sim_time_set_ns(until);
    vm_run(0);
    vm_run(1000);
    EXPECT(domains[1]->sleepers == NULL);
    harness_stop();
}
