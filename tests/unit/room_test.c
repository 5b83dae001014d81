/* Tests of what is left for whom, and of who waits first. */
#include <stdio.h>
#include <string.h>

#include "persist/memory/pages.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/vm_core.h"
#include "tests/unit/vm_harness.h"
#include "vm/run/domain.h"
#include "vm/run/room.h"

#define A (&harness_assembler)

enum { TRIES = 12, OFFSET = 10000, SYSTEM_PAGES = 20 };

static void open_memory(void) {
    StoreOpening opening;
    MemoryOptions options = {.limit_bytes = 8u << 20, .audit = true};
    EXPECT_EQUAL(store_open(0, &options.store, &opening), STATUS_OK);
    options.regions = opening.regions;
    EXPECT_EQUAL(memory_open(&options), STATUS_OK);
    EXPECT_EQUAL(memory_attach(1), STATUS_OK);
}

static Status write_page(uint64_t page, uint64_t value) {
    Status status = memory_write(page_address(page), 8);
    if (status == STATUS_OK)
        *(uint64_t *)page_address(page) = value;
    return status;
}

/* Writes new pages from *next on, as a program of this level that waits for
 * snapshots, until some in a row make no room. */
static void fill(MemoryLevel level, uint64_t *next) {
    for (int tries = 0; tries < TRIES; tries++) {
        memory_set_level(level);
        for (; write_page(*next, *next + 1) == STATUS_OK; ++*next)
            tries = 0;
        memory_set_level(MEMORY_SYSTEM);
        EXPECT_EQUAL(snapshot_now(), STATUS_OK);
        memory_trim();
    }
}

static void expect_filled(uint64_t end) {
    for (uint64_t page = OFFSET; page < end; page++)
        EXPECT_EQUAL(*(uint64_t *)page_address(page), page + 1);
}

/* The system's own work of one generation. */
static void work(uint64_t value) {
    for (uint64_t page = 1; page <= SYSTEM_PAGES; page++)
        EXPECT_EQUAL(write_page(page * 7, value), STATUS_OK);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
}

TEST("on a disk that programs filled the system goes on") {
    static const uint64_t disks[] = {1024, 2048, 5000, 16384};
    for (size_t i = 0; i < sizeof disks / sizeof disks[0]; i++) {
        uint64_t next = OFFSET;
        sim_seed(i);
        sim_disk_new(disks[i]);
        open_memory();
        work(1);
        fill(MEMORY_HEAVY, &next);
        uint64_t heavy_end = next;
        fill(MEMORY_APP, &next);
        uint64_t app_end = next;
        EXPECT_EQUAL(memory_refused_why(), STATUS_NO_SPACE);
        EXPECT(heavy_end > OFFSET && app_end > heavy_end);
        /* On the smallest for two generations, on others for ever. */
        for (uint64_t value = 2; value < (i == 0 ? 4 : 14); value++)
            work(value);
        memory_set_level(MEMORY_HEAVY);
        EXPECT_EQUAL(write_page(next, 1), STATUS_NO_SPACE);
        memory_close();
        open_memory();
        expect_filled(app_end);
        memory_close();
    }
}

TEST("what an app had can be given back when the disk is full") {
    uint64_t next = OFFSET;
    sim_seed(1);
    sim_disk_new(4096);
    open_memory();
    fill(MEMORY_HEAVY, &next);
    fill(MEMORY_APP, &next);
    Status status = STATUS_NO_SPACE;
    for (int i = 0; i < 60 && status != STATUS_OK; i++) {
        memory_set_level(MEMORY_ENDING);
        status = memory_discard(page_address(OFFSET),
                                (next - OFFSET) * PLATFORM_PAGE_BYTES);
        EXPECT(status == STATUS_OK || status == STATUS_NO_SPACE ||
               status == STATUS_NO_MEMORY);
        EXPECT_EQUAL(snapshot_now(), STATUS_OK);
        memory_trim();
    }
    EXPECT_EQUAL(status, STATUS_OK);
    memory_set_level(MEMORY_SYSTEM);
    for (int i = 0; i < 6; i++)
        work((uint64_t)i);
    memory_set_level(MEMORY_HEAVY);
    EXPECT_EQUAL(write_page(next, 1), STATUS_OK);
    memory_close();
}

static uint64_t announce_until_refused(MemoryLevel level, uint64_t *next,
                                       Status wanted) {
    uint64_t first = *next;
    Status status;
    memory_set_level(level);
    while ((status = write_page(*next, *next)) == STATUS_OK)
        ++*next;
    EXPECT_EQUAL(status, wanted);
    return *next - first;
}

TEST("RAM that is dirty is refused to programs before the system needs it") {
    uint64_t next = 0;
    sim_seed(2);
    sim_disk_new(16384);
    open_memory(); /* 2,048 pages */
    EXPECT_EQUAL(announce_until_refused(MEMORY_HEAVY, &next, STATUS_NO_MEMORY),
                 2048 * 3 / 4);
    EXPECT(memory_pressed());
    EXPECT_EQUAL(announce_until_refused(MEMORY_APP, &next, STATUS_NO_MEMORY),
                 2048 / 8);
    EXPECT_EQUAL(memory_refusals(), 2);
    work(5);
    memory_set_level(MEMORY_HEAVY);
    EXPECT_EQUAL(write_page(next, 1), STATUS_OK);
    EXPECT(!memory_pressed());
    memory_close();
}

TEST("pre-images are refused to programs before the system needs them") {
    uint64_t next = 0;
    sim_seed(3);
    sim_disk_new(16384);
    open_memory(); /* 256 images */
    while (next < 400) {
        EXPECT_EQUAL(write_page(next, next), STATUS_OK);
        next++;
    }
    EXPECT(snapshot_barrier() > 0);
    next = 0;
    EXPECT_EQUAL(announce_until_refused(MEMORY_HEAVY, &next, STATUS_NO_MEMORY),
                 128);
    EXPECT_EQUAL(announce_until_refused(MEMORY_APP, &next, STATUS_NO_MEMORY),
                 64);
    EXPECT_EQUAL(announce_until_refused(MEMORY_SYSTEM, &next, STATUS_NO_MEMORY),
                 64);
    while (snapshot_step(100) == STATUS_BUSY)
        platform_disk_poll(true);
    EXPECT(memory_check() == NULL);
    EXPECT_EQUAL(write_page(next, 1), STATUS_OK);
    memory_close();
}

/* ---- Who writes most ---- */

static void start_apps(size_t count) {
    harness_start();
    core_begin(A);
    EXPECT(harness_load(A, true) != NULL);
    assembler_begin(A, "m");
    assembler_import(A, "core");
    uint16_t thread = assembler_class_type(A, "core.Thread");
    uint16_t park = assembler_method_ref(A, thread, "", "park", 0, 0);
    assembler_method(A, "main", 0, 0, 0);
    assembler_call(A, OP_call, CALL_NO_RESULT, park, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
    EXPECT(harness_load(A, false) != NULL);
    for (size_t i = 0; i < count; i++) {
        Domain *domain;
        EXPECT_EQUAL(vm_start_app("m", "m", 4u << 20, 0, NULL, &domain),
                     STATUS_OK);
        EXPECT(ROOT->domains[i + 1] == domain);
    }
    vm_run(10000);
}

/* A thread of the domain in this place announces so many pages that nobody did
 * yet. */
static void announce_by(size_t slot, uint64_t thread, uint64_t pages) {
    static uint64_t next;
    EXPECT_EQUAL(memory_attach(40), STATUS_OK);
    room_enter(slot, thread);
    for (uint64_t i = 0; i < pages; i++) {
        uint64_t page = 40 * MEMORY_REGION_PAGES + next++;
        EXPECT_EQUAL(memory_write(page_address(page), 8), STATUS_OK);
    }
    room_leave();
    next %= 8000;
}

static void announce(size_t slot, uint64_t pages) {
    announce_by(slot, 1, pages);
}

static MemoryLevel level_of_thread(size_t slot, uint64_t thread) {
    room_enter(slot, thread);
    MemoryLevel level = memory_level();
    room_leave();
    EXPECT_EQUAL(memory_level(), MEMORY_SYSTEM);
    return level;
}

static MemoryLevel level_of(size_t slot) {
    return level_of_thread(slot, 1);
}

TEST("the app that writes most needs more room than the others") {
    start_apps(3);
    announce(0, 2000);
    announce(1, 20);
    announce(2, 1000);
    announce(3, 400);
    EXPECT_EQUAL(level_of(0), MEMORY_SYSTEM);
    EXPECT_EQUAL(level_of(1), MEMORY_APP);
    EXPECT_EQUAL(level_of(2), MEMORY_HEAVY);
    EXPECT_EQUAL(level_of(3), MEMORY_HEAVY);
    for (int i = 0; i < 10; i++)
        room_barrier();
    announce(1, 20);
    EXPECT_EQUAL(level_of(1), MEMORY_HEAVY);
    EXPECT_EQUAL(level_of(2), MEMORY_APP);
    harness_stop();
}

TEST("who waits for room stays the first of all, until there is some") {
    start_apps(2);
    announce(1, 1000);
    room_refuse(1, 0);
    EXPECT(room_waits(1, 1) && !room_waits(2, 1) && room_any_waits());
    EXPECT(vm_waits_for_room(ROOT->domains[1]));
    for (int i = 0; i < 20; i++) {
        announce(2, 20);
        room_barrier();
        EXPECT_EQUAL(level_of(1), MEMORY_HEAVY);
        EXPECT_EQUAL(level_of(2), MEMORY_APP);
        room_turn();
        EXPECT(!room_any_waits());
        room_refuse(1, 1);
    }
    EXPECT_EQUAL(room_waiters_wrote(), 0);
    announce(1, 7);
    EXPECT_EQUAL(room_waiters_wrote(), 7);
    room_turn();
    for (int i = 0; i < 20; i++) {
        room_barrier();
        announce(2, 20);
    }
    EXPECT_EQUAL(level_of(1), MEMORY_APP);
    harness_stop();
}

TEST("of the app that writes most, one thread waits before the others") {
    start_apps(2);
    for (int i = 0; i < 10; i++) {
        announce_by(1, 8, 3);
        announce_by(1, 7, 100);
        announce_by(1, 9, 5);
    }
    announce_by(2, 7, 5);
    EXPECT_EQUAL(level_of_thread(1, 7), MEMORY_HEAVY);
    EXPECT_EQUAL(level_of_thread(1, 8), MEMORY_BESIDE);
    EXPECT_EQUAL(level_of_thread(1, 9), MEMORY_BESIDE);
    EXPECT_EQUAL(level_of_thread(2, 7), MEMORY_APP);
    room_refuse(1, 7);
    EXPECT(room_waits(1, 7) && !room_waits(1, 8) && !room_waits(1, 0));
    EXPECT(!room_waits(2, 7));
    room_refuse(1, 0);
    EXPECT(room_waits(1, 7) && room_waits(1, 8) && room_waits(1, 0));
    room_turn();
    EXPECT(!room_waits(1, 7) && !room_waits(1, 0));
    for (uint64_t thread = 1; thread <= 9; thread++) /* one too many */
        room_refuse(1, thread);
    EXPECT(room_waits(1, 30) && room_waits(1, 0));
    harness_stop();
}

TEST("a thread that waited in an earlier turn does not wait in this one") {
    start_apps(1);
    for (uint64_t thread = 1; thread <= 12; thread++) {
        room_turn();
        room_refuse(1, thread);
        for (uint64_t other = 0; other <= 12; other++)
            EXPECT_EQUAL(room_waits(1, other), other == thread);
    }
    harness_stop();
}

/* ---- Against naive accounts ---- */

enum { APPS = 3, THREADS = 4 };

/* What each thread announced since its app's account was empty. */
static uint64_t announced[APPS + 1][THREADS + 1];

static uint64_t sum_of(size_t slot) {
    uint64_t sum = 0;
    for (int thread = 1; thread <= THREADS; thread++)
        sum += announced[slot][thread];
    return sum;
}

/* Without barriers: who is heavy, and of these the thread that announced more
 * than the app's others together. */
static void expect_levels(void) {
    uint64_t most = 0;
    for (size_t slot = 1; slot <= APPS; slot++)
        most = sum_of(slot) > most ? sum_of(slot) : most;
    for (size_t slot = 1; slot <= APPS; slot++) {
        uint64_t sum = sum_of(slot);
        bool heavy = sum >= most || (sum >= 128 && sum >= most / 4);
        for (uint64_t thread = 1; thread <= THREADS; thread++) {
            MemoryLevel level = level_of_thread(slot, thread);
            EXPECT_EQUAL(level == MEMORY_APP, !heavy);
            if (heavy && announced[slot][thread] > sum / 2)
                EXPECT_EQUAL(level, MEMORY_HEAVY);
            if (level == MEMORY_HEAVY)
                EXPECT(announced[slot][thread] > 0 || sum == 0);
        }
    }
}

TEST("levels follow all that was announced, in whatever order") {
    for (uint64_t seed = 1; seed <= 6; seed++) {
        bool failed = test_failed();
        start_apps(APPS);
        sim_seed(seed);
        room_start();
        memset(announced, 0, sizeof announced);
        for (int i = 0; i < 60; i++) {
            size_t slot = 1 + sim_random() % APPS;
            uint64_t thread = 1 + sim_random() % THREADS;
            uint64_t pages = sim_random() % (sim_random() % 2 ? 4 : 40);
            announce_by(slot, thread, pages);
            announced[slot][thread] += pages;
            expect_levels();
        }
        if (!failed && test_failed())
            printf("  seed %u\n", (unsigned)seed);
        harness_stop();
    }
}
