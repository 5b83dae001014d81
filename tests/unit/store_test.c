/* Tests of the store (persist/) against a model of what was durable. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "persist/store/store_parts.h"
#include "tests/sim/sim.h"
#include "tests/test.h"

enum { PAGES = 600, HISTORY = 64, WORDS = PLATFORM_BLOCK_BYTES / 8 };

/* What each page held in recent generations: 0 is a page of zeros, any other
 * value the seed of its bytes. */
typedef struct Model {
    uint32_t now[PAGES];
    uint32_t committed[HISTORY][PAGES]; /* by generation mod HISTORY */
    uint64_t begun[HISTORY];
    uint64_t durable; /* highest number that was reported */
    uint32_t next_content;
    int64_t wall_us;
} Model;

static Model model;

static void page_bytes(uint32_t content, uint64_t *words) {
    uint64_t state = content;
    for (int i = 0; i < WORDS; i++)
        words[i] = content ? test_random(&state) : 0;
}

/* Far apart, so that several nodes and levels take part. */
static uint64_t page_number(unsigned i) {
    return i < PAGES / 2 ? i : 1000000ull + i * 7919ull;
}

static bool page_is(Store *store, unsigned i, uint32_t content) {
    uint64_t wanted[WORDS], got[WORDS];
    page_bytes(content, wanted);
    if (store_read_page(store, page_number(i), got) != STATUS_OK)
        return false;
    return memcmp(wanted, got, sizeof got) == 0;
}

static bool store_is(Store *store, const uint32_t *contents) {
    for (unsigned i = 0; i < PAGES; i++)
        if (!page_is(store, i, contents[i]))
            return false;
    return true;
}

static Store *open_store(void) {
    Store *store;
    StoreOpening opening;
    Status status = store_open(0, &store, &opening);
    if (status != STATUS_OK)
        printf("  open: %s\n", opening.message);
    return store;
}

static uint64_t seed_now;

static void expect_seed(bool good, const char *what, int line) {
    if (!good)
        printf("  seed %lu:", seed_now);
    test_expect(good, __FILE__, line, what);
}
#define EXPECT_SEED(condition) expect_seed((condition), #condition, __LINE__)

/* Puts the changed pages; false when the generation was doomed or the power
 * was cut. `changed` says which. */
static bool put_pages(Store *store, const bool *changed) {
    uint64_t words[WORDS];
    for (unsigned i = 0; i < PAGES; i++) {
        if (!changed[i])
            continue;
        page_bytes(model.now[i], words);
        Status status;
        do {
            status = store_put_page(store, page_number(i), words);
            if (status == STATUS_BUSY)
                platform_disk_poll(true);
        } while (status == STATUS_BUSY && !sim_disk_frozen());
        if (status == STATUS_BUSY)
            return false;
        if (status != STATUS_OK) {
            store_doom(store, status);
            return false;
        }
    }
    return true;
}

static bool finish(Store *store) {
    Status status;
    do {
        status = store_finish(store, 1 + sim_random() % 20);
        if (status == STATUS_BUSY)
            platform_disk_poll(sim_random() % 2);
    } while (status == STATUS_BUSY && !sim_disk_frozen());
    return status == STATUS_OK;
}

static void change_pages(bool *changed) {
    unsigned count = sim_random() % 40;
    unsigned base = sim_random() % PAGES;
    for (unsigned n = 0; n < count; n++) {
        unsigned i =
            sim_random() % 4 ? (base + n) % PAGES : sim_random() % PAGES;
        model.now[i] = sim_random() % 5 ? ++model.next_content : 0;
        changed[i] = true;
    }
}

/* One commit; false when the power was cut in it. On a doom the pages stay
 * `changed` for the next. */
static bool commit(Store *store, bool *changed) {
    change_pages(changed);
    model.wall_us += (int64_t)(sim_random() % 100) * 1000000;
    uint64_t number = store_begin(store, model.wall_us, 1);
    memcpy(model.committed[number % HISTORY], model.now, sizeof model.now);
    model.begun[number % HISTORY] = number;
    if (put_pages(store, changed) && finish(store)) {
        model.durable = number;
        memset(changed, 0, PAGES);
    }
    return !sim_disk_frozen();
}

static bool view_is(Store *store, uint64_t generation) {
    StoreView *view;
    uint64_t wanted[WORDS], got[WORDS];
    bool good = store_view_open(store, generation, &view) == STATUS_OK;
    for (unsigned i = 0; good && i < PAGES; i++) {
        page_bytes(model.committed[generation % HISTORY][i], wanted);
        good = store_view_read_page(view, page_number(i), got) == STATUS_OK &&
               memcmp(wanted, got, sizeof got) == 0;
    }
    store_view_close(view);
    return good;
}

static uint64_t any_kept(Store *store) {
    uint32_t place = (uint32_t)(sim_random() % store_record_count(store));
    return store_record(store, place).generation;
}

/* Looks at what is kept, pins and unpins, and perhaps goes back. */
static void travel(Store *store) {
    StoreRetention retention = {.last = 2 + sim_random() % 3,
                                .minutes = sim_random() % 3,
                                .hours = sim_random() % 2};
    store_set_retention(store, &retention);
    if (store_record_count(store) == 0)
        return;
    EXPECT_SEED(view_is(store, any_kept(store)));
    if (sim_random() % 4 == 0)
        EXPECT_SEED(store_pin(store, any_kept(store), FORMAT_OWNER_PERSON,
                              "kept") == STATUS_OK);
    for (uint32_t i = 0; i < store_record_count(store); i++)
        if (sim_random() % 2 && (store_record(store, i).flags & FORMAT_PINNED))
            EXPECT_SEED(store_unpin(store, store_record(store, i).generation) ==
                        STATUS_OK);
    if (sim_random() % 3)
        return;
    uint64_t g = any_kept(store);
    EXPECT_SEED(store_go_back(store, g) == STATUS_OK);
    memcpy(model.now, model.committed[g % HISTORY], sizeof model.now);
    EXPECT_SEED(store_is(store, model.now));
}

/* From power on to the next cut. */
static void live(void) {
    bool changed[PAGES] = {false};
    Store *store = open_store();
    EXPECT_SEED(store != NULL);
    if (!store)
        return;
    uint64_t g = store_durable_generation(store);
    EXPECT_SEED(g >= model.durable);
    EXPECT_SEED(g == 0 || model.begun[g % HISTORY] == g);
    EXPECT_SEED(store_is(store, model.committed[g % HISTORY]));
    memcpy(model.now, model.committed[g % HISTORY], sizeof model.now);
    if (sim_random() % 8)
        store_start_begins(store);
    if (!store->opened_unsure)
        model.durable = g;
    travel(store);
    if (sim_random() % 3)
        sim_disk_freeze_after(sim_random() % 60);
    unsigned commits = sim_random() % 8;
    while (commits-- > 0) {
        if (sim_random() % 8 == 0)
            sim_disk_faults((SimDiskFaults){.fail_after = sim_random() % 30,
                                            .fail_count = 1});
        if (!commit(store, changed))
            break;
        if (memchr(changed, true, PAGES) || sim_random() % 4)
            continue;
        sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
        EXPECT_SEED(store_is(store, model.now));
    }
    sim_disk_cut();
    store_close(store);
}

static void say_nothing(const char *sentence) {
    printf("  seed %lu: %s\n", seed_now, sentence);
}

static void verify_disk(void) {
    Store *store = open_store();
    EXPECT_SEED(store != NULL);
    if (!store)
        return;
    StoreReport report = {.say = say_nothing};
    EXPECT_SEED(store_verify(store, &report) == STATUS_OK);
    EXPECT_SEED(report.bad == 0);
    EXPECT_SEED(report.unmarked == 0);
    const char *wrong = space_check(store->space);
    if (wrong)
        printf("  seed %lu: space: %s\n", seed_now, wrong);
    EXPECT_SEED(wrong == NULL);
    store_close(store);
}

static uint64_t disk_blocks;

/* The disk is larger at the next start. */
static void grow_disk(void) {
    uint64_t more = sim_random() % 2048;
    uint8_t *bytes = calloc(disk_blocks + more, PLATFORM_BLOCK_BYTES);
    memcpy(bytes, sim_disk_bytes(), disk_blocks * PLATFORM_BLOCK_BYTES);
    disk_blocks += more;
    sim_disk_load(disk_blocks, bytes);
    free(bytes);
}

static void run_seed(uint64_t seed) {
    seed_now = seed;
    sim_log_clear();
    sim_seed(seed);
    disk_blocks = 2048 + sim_random() % 4096;
    sim_disk_new(disk_blocks);
    memset(&model, 0, sizeof model);
    for (int cut = 0; cut < 5; cut++) {
        live();
        verify_disk();
        if (sim_random() % 4 == 0)
            grow_disk();
    }
    /* Nothing that is durable may need mending after a mere power cut. */
    const char *mended = sim_log_find("recovery: metadata");
    EXPECT_SEED(!mended || strstr(mended, "device reported"));
}

CAMPAIGN("no durable generation is lost in 500 power cuts") {
    const char *range = getenv("SEEDS");
    uint64_t first = 1, last = 100;
    if (range && *range)
        sscanf(range, "%lu-%lu", &first, &last);
    for (uint64_t seed = first; seed <= last; seed++)
        run_seed(seed);
}

static StoreOpening refused(Status wanted) {
    Store *store;
    StoreOpening opening;
    uint64_t writes = sim_disk_writes();
    EXPECT_EQUAL(store_open(0, &store, &opening), wanted);
    EXPECT(store == NULL);
    EXPECT(opening.message[0]);
    EXPECT_EQUAL(sim_disk_writes(), writes);
    return opening;
}

TEST("a missing or small disk is refused with a sentence") {
    sim_disk_new(0);
    refused(STATUS_NO_DISK);
    sim_disk_new(FORMAT_MIN_BLOCKS - 1);
    EXPECT_TEXT(refused(STATUS_TOO_SMALL).message,
                "the disk has 4092 KiB; 4096 KiB is the least");
}

TEST("a foreign disk is refused wherever its bytes are") {
    sim_seed(1);
    for (int i = 0; i < 40; i++) {
        sim_disk_new(4096);
        sim_disk_change(sim_random() % 4096)[sim_random() % 4096] = 0xEB;
        refused(STATUS_FOREIGN);
    }
}

static void commit_some(unsigned count) {
    bool changed[PAGES] = {false};
    memset(&model, 0, sizeof model);
    Store *store = open_store();
    while (count-- > 0)
        EXPECT(commit(store, changed));
    store_close(store);
}

TEST("a disk of another format is refused and left alone") {
    sim_seed(2);
    sim_disk_new(2048);
    commit_some(1);
    for (uint64_t block = 1;; block = 2048 - FORMAT_RING + 1) {
        FormatSuper super;
        uint8_t *bytes = sim_disk_change(block);
        memcpy(&super, bytes, sizeof super);
        super.major = 9;
        super.hash = hash_of(&super, offsetof(FormatSuper, hash));
        memcpy(bytes, &super, sizeof super);
        if (block != 1)
            break;
    }
    refused(STATUS_OTHER_FORMAT);
}

TEST("a damaged superblock ring is survived, two are refused") {
    sim_seed(3);
    sim_disk_new(2048);
    commit_some(3);
    for (uint64_t i = 0; i < FORMAT_RING; i++)
        memset(sim_disk_change(i), 0x55, PLATFORM_BLOCK_BYTES);
    Store *store = open_store();
    EXPECT_EQUAL(store_durable_generation(store), 3);
    store_close(store);
    for (uint64_t i = 2048 - FORMAT_RING; i < 2048; i++)
        sim_disk_change(i)[20] ^= 1;
    refused(STATUS_CORRUPT);
}

TEST("a single damaged metadata block is mended from its pair") {
    for (uint64_t seed = 1; seed <= 20; seed++) {
        seed_now = seed;
        sim_seed(seed);
        sim_disk_new(2048);
        commit_some(4);
        uint64_t distance = (2048 - 2 * FORMAT_EDGE) / 2;
        for (uint64_t block = FORMAT_EDGE; block < FORMAT_EDGE + 96; block++)
            if (sim_random() % 2)
                sim_disk_change(block + (sim_random() % 2 ? distance : 0))[0] ^=
                    0x10;
        Store *store = open_store();
        EXPECT_SEED(store != NULL);
        EXPECT_SEED(store && store_is(store, model.now));
        store_close(store);
    }
}

TEST("a damaged data page is an error for that page only") {
    sim_seed(5);
    sim_disk_new(2048);
    commit_some(3);
    Store *store = open_store();
    FormatEntry entry;
    unsigned victim = 0;
    while (model.now[victim] == 0)
        victim++;
    EXPECT_EQUAL(pagemap_get(store->heap, page_number(victim), &entry),
                 STATUS_OK);
    sim_disk_change(entry_block(&entry))[77] ^= 4;
    uint64_t words[WORDS];
    EXPECT_EQUAL(store_read_page(store, page_number(victim), words),
                 STATUS_CORRUPT);
    for (unsigned i = 0; i < PAGES; i++)
        EXPECT(i == victim || page_is(store, i, model.now[i]));
    store_close(store);
}

TEST("the last ten generations are kept, and each can be opened") {
    bool changed[PAGES] = {false};
    StoreRetention retention = {.last = 10};
    sim_seed(6);
    sim_disk_new(4096);
    memset(&model, 0, sizeof model);
    Store *store = open_store();
    store_set_retention(store, &retention);
    for (int i = 0; i < 25; i++)
        EXPECT(commit(store, changed));
    EXPECT_EQUAL(store_record_count(store), 10);
    for (uint32_t i = 0; i < 10; i++)
        EXPECT_EQUAL(store_record(store, i).generation, 16 + i);
    store_close(store);
    for (uint64_t g = 16; g <= 25; g++) {
        StoreOpening opening;
        EXPECT_EQUAL(store_open(g, &store, &opening), STATUS_OK);
        EXPECT(store_is(store, model.committed[g % HISTORY]));
        store_close(store);
    }
}

TEST("space does not leak over many generations") {
    bool changed[PAGES] = {false};
    sim_seed(7);
    sim_disk_new(4096);
    memset(&model, 0, sizeof model);
    Store *store = open_store();
    for (int i = 0; i < 200; i++)
        EXPECT(commit(store, changed));
    StoreReport report = {.say = say_nothing};
    EXPECT_EQUAL(store_verify(store, &report), STATUS_OK);
    EXPECT_EQUAL(report.bad, 0);
    EXPECT_EQUAL(report.leaked, 0);
    EXPECT_EQUAL(report.unmarked, 0);
    store_close(store);
}

static StoreReport verified(Store *store) {
    StoreReport report = {.say = say_nothing};
    EXPECT_EQUAL(store_verify(store, &report), STATUS_OK);
    EXPECT_EQUAL(report.bad, 0);
    EXPECT_EQUAL(report.unmarked, 0);
    return report;
}

/* Commits until what was given back is free again. */
static void settle_space(Store *store, bool *changed) {
    for (int i = 0; i < 8; i++)
        EXPECT(commit(store, changed));
}

TEST("an abandoned branch is given back whole") {
    bool changed[PAGES] = {false};
    sim_seed(11);
    sim_disk_new(8192);
    commit_some(6);
    Store *store = open_store();
    memset(changed, true, sizeof changed);
    EXPECT(commit(store, changed)); /* 7: all pages are its own */
    store_close(store);
    store = open_store();
    EXPECT_EQUAL(store_go_back(store, 5), STATUS_OK);
    memcpy(model.now, model.committed[5], sizeof model.now);
    EXPECT(store_is(store, model.now));
    EXPECT(commit(store, changed));
    FormatRecord newest = store_record(store, store_record_count(store) - 1);
    EXPECT_EQUAL(newest.parent, 5);
    EXPECT(newest.branch != store_record(store, 0).branch);
    EXPECT_TEXT(store_pin_name(store, 7), "left");
    EXPECT_EQUAL(verified(store).leaked, 0);
    EXPECT_EQUAL(store_unpin(store, 7), STATUS_OK);
    settle_space(store, changed);
    StoreView *view;
    EXPECT_EQUAL(store_view_open(store, 7, &view), STATUS_NOT_FOUND);
    EXPECT_EQUAL(store_view_open(store, 6, &view), STATUS_NOT_FOUND);
    EXPECT_EQUAL(verified(store).leaked, 0);
    EXPECT(store_is(store, model.now));
    store_close(store);
}

CAMPAIGN("a disk that cannot be read now costs no generation") {
    for (uint64_t count = 1; count < 8; count++) {
        for (uint64_t k = 0; k < 30; k++) {
            Store *store;
            StoreOpening opening;
            sim_seed(17);
            sim_disk_new(2048);
            commit_some(4);
            sim_disk_faults((SimDiskFaults){
                .fail_after = k, .fail_count = count * DEVICE_READ_TRIES});
            if (store_open(0, &store, &opening) == STATUS_OK)
                EXPECT_EQUAL(store_durable_generation(store), 4);
            else
                EXPECT(opening.message[0]);
            store_close(store);
            sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
        }
    }
}

TEST("what is looked at stays kept until the view is closed") {
    bool changed[PAGES] = {false};
    sim_seed(12);
    sim_disk_new(8192);
    commit_some(3);
    Store *store = open_store();
    StoreRetention retention = {.last = 2};
    store_set_retention(store, &retention);
    StoreView *view;
    EXPECT_EQUAL(store_view_open(store, 2, &view), STATUS_OK);
    settle_space(store, changed);
    uint64_t words[WORDS];
    EXPECT_EQUAL(store_view_read_page(view, 0, words), STATUS_OK);
    EXPECT(view_is(store, 2));
    store_view_close(view);
    settle_space(store, changed);
    EXPECT_EQUAL(store_record_count(store), 2);
    EXPECT_EQUAL(verified(store).leaked, 0);
    store_close(store);
}

TEST("of each minute the first generation is kept, of hours and days too") {
    sim_seed(13);
    sim_disk_new(8192);
    memset(&model, 0, sizeof model);
    Store *store = open_store();
    StoreRetention retention = {.last = 2, .minutes = 3, .hours = 2};
    store_set_retention(store, &retention);
    for (int i = 0; i < 3 * 60 * 4; i++) { /* three hours, four a minute */
        model.wall_us = i * 15000000ll;
        store_begin(store, model.wall_us, 1);
        EXPECT(finish(store));
    }
    uint32_t count = store_record_count(store);
    EXPECT_EQUAL(count, 7);
    int64_t seconds[] = {3600, 7200, 10620, 10680, 10740, 10770, 10785};
    for (uint32_t i = 0; i < count; i++)
        EXPECT_EQUAL(store_record(store, i).wall_us / 1000000, seconds[i]);
    store_close(store);
}

TEST("pages that are there are found one after the other") {
    sim_seed(14);
    sim_disk_new(4096);
    commit_some(5);
    Store *store = open_store();
    uint64_t page = 0;
    for (unsigned i = 0; i < PAGES; i++) {
        if (model.now[i] == 0)
            continue;
        EXPECT_EQUAL(store_next_page(store, page, &page), STATUS_OK);
        EXPECT_EQUAL(page, page_number(i));
        page++;
    }
    EXPECT_EQUAL(store_next_page(store, page, &page), STATUS_OK);
    EXPECT_EQUAL(page, UINT64_MAX);
    store_close(store);
}

TEST("starts that did not last are counted") {
    sim_seed(15);
    sim_disk_new(2048);
    commit_some(1);
    for (uint32_t i = 0; i < 3; i++) {
        Store *store = open_store();
        EXPECT_EQUAL(store_start_begins(store), i);
        sim_disk_cut();
        store_close(store);
    }
    Store *store = open_store();
    EXPECT_EQUAL(store_start_begins(store), 3);
    store_start_lasted(store);
    store_close(store);
    store = open_store();
    EXPECT_EQUAL(store_start_begins(store), 0);
    store_close(store);
}

TEST("a pin is durable at once, and so is its end") {
    sim_seed(16);
    sim_disk_new(4096);
    commit_some(3);
    for (int pinned = 1; pinned >= 0; pinned--) {
        Store *store = open_store();
        EXPECT_EQUAL(pinned ? store_pin(store, 2, FORMAT_OWNER_PERSON, "a")
                            : store_unpin(store, 2),
                     STATUS_OK);
        sim_disk_cut();
        store_close(store);
        store = open_store();
        EXPECT_EQUAL(store_record(store, 1).flags & FORMAT_PINNED, pinned);
        store_close(store);
    }
}

/* So many marks that they do not fit into one sector. */
CAMPAIGN("a power cut while marks are written leaves the old or the new") {
    for (uint64_t seed = 1; seed <= 60; seed++) {
        seed_now = seed;
        sim_seed(seed);
        sim_disk_new(2048);
        commit_some(10);
        Store *store = open_store();
        for (uint64_t g = 1; g <= 10; g++)
            EXPECT_SEED(store_pin(store, g, FORMAT_OWNER_PERSON, "old") ==
                        STATUS_OK);
        sim_disk_freeze_after(sim_random() % 4);
        bool done =
            store_pin(store, 1, FORMAT_OWNER_PERSON, "new") == STATUS_OK;
        sim_disk_cut();
        store_close(store);
        store = open_store();
        const char *name = store_pin_name(store, 1);
        EXPECT_SEED(name && (strcmp(name, "new") == 0 ||
                             (!done && strcmp(name, "old") == 0)));
        store_close(store);
    }
}

TEST("a start goes back where it was told until something new is durable") {
    bool changed[PAGES] = {false};
    sim_seed(18);
    sim_disk_new(4096);
    commit_some(4);
    Store *store = open_store();
    EXPECT_EQUAL(store_return_wanted(store), 0);
    EXPECT_EQUAL(store_return_at_start(store, 99), STATUS_NOT_FOUND);
    EXPECT_EQUAL(store_return_at_start(store, 3), STATUS_OK);
    EXPECT_EQUAL(store_return_at_start(store, 2), STATUS_OK);
    for (int start = 0; start < 3; start++) { /* cuts before anything new */
        sim_disk_cut();
        store_close(store);
        store = open_store();
        EXPECT_EQUAL(store_durable_generation(store), 4);
        EXPECT_EQUAL(store_return_wanted(store), 2);
        EXPECT_EQUAL(store_go_back(store, 2), STATUS_OK);
    }
    memcpy(model.now, model.committed[2], sizeof model.now);
    EXPECT(commit(store, changed));
    EXPECT_EQUAL(store_return_wanted(store), 0);
    store_close(store);
    store = open_store();
    EXPECT_EQUAL(store_durable_generation(store), 5);
    EXPECT_EQUAL(store_return_wanted(store), 0);
    EXPECT_TEXT(store_pin_name(store, 4), "left");
    EXPECT(view_is(store, 4));
    EXPECT(store_is(store, model.now));
    store_close(store);
}

TEST("a power cut while a return is marked leaves it or not") {
    for (uint64_t seed = 1; seed <= 60; seed++) {
        seed_now = seed;
        sim_seed(seed);
        sim_disk_new(2048);
        commit_some(3);
        Store *store = open_store();
        sim_disk_freeze_after(sim_random() % 4);
        bool done = store_return_at_start(store, 1) == STATUS_OK;
        EXPECT_SEED(store_return_wanted(store) == (done ? 1u : 0u));
        sim_disk_cut();
        store_close(store);
        store = open_store();
        uint64_t wanted = store_return_wanted(store);
        EXPECT_SEED(wanted == 1 || (!done && wanted == 0));
        EXPECT_SEED(store_is(store, model.committed[3]));
        store_close(store);
    }
}

TEST("nodes of a doomed generation are written again") {
    bool changed[PAGES] = {false};
    sim_seed(18);
    sim_disk_new(2048);
    commit_some(2);
    Store *store = open_store();
    store_start_begins(store); /* or the first flush would be its */
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX, .fail_flush = 1});
    while (!memchr(changed, true, PAGES))
        EXPECT(commit(store, changed));
    EXPECT(pagemap_dirty(store->heap));
    EXPECT(radix_dirty_nodes(store->meta) > 0);
    EXPECT(commit(store, changed));
    EXPECT(!pagemap_dirty(store->heap));
    EXPECT_EQUAL(radix_dirty_nodes(store->meta), 0);
    store_close(store);
}

CAMPAIGN("every disk request may fail once or for ever") {
    for (int for_ever = 0; for_ever < 2; for_ever++) {
        for (uint64_t k = 0; k < 150; k++) {
            bool changed[PAGES] = {false};
            seed_now = k;
            sim_seed(8);
            sim_disk_new(2048);
            memset(&model, 0, sizeof model);
            Store *store = open_store();
            EXPECT(commit(store, changed));
            sim_disk_faults((SimDiskFaults){
                .fail_after = k, .fail_count = for_ever ? UINT64_MAX : 1});
            for (int i = 0; i < 3; i++)
                commit(store, changed);
            uint64_t durable = model.durable;
            sim_disk_cut();
            store_close(store);
            store = open_store();
            EXPECT_SEED(store != NULL);
            uint64_t g = store ? store_durable_generation(store) : 0;
            EXPECT_SEED(g >= durable);
            EXPECT_SEED(store && store_is(store, model.committed[g % HISTORY]));
            store_close(store);
        }
    }
}

CAMPAIGN("every allocation of the store may fail once") {
    for (uint64_t k = 1; k < 120; k++) {
        bool changed[PAGES] = {false};
        seed_now = k;
        sim_seed(9);
        sim_disk_new(2048);
        commit_some(2);
        sim_alloc_fail(k, false);
        Store *store;
        StoreOpening opening;
        if (store_open(0, &store, &opening) == STATUS_OK) {
            commit(store, changed);
            store_close(store);
        }
        sim_alloc_fail(0, false);
        verify_disk();
    }
}

TEST("a full disk refuses the generation and keeps the old ones") {
    bool changed[PAGES] = {false};
    uint64_t words[WORDS];
    Status status = STATUS_OK;
    sim_seed(10);
    sim_disk_new(FORMAT_MIN_BLOCKS);
    memset(&model, 0, sizeof model);
    Store *store = open_store();
    EXPECT(commit(store, changed));
    EXPECT_EQUAL(model.durable, 1);
    store_begin(store, 0, 1);
    for (uint64_t page = 0; page < 2000 && status == STATUS_OK; page++) {
        page_bytes((uint32_t)page + 1, words);
        while ((status = store_put_page(store, page, words)) == STATUS_BUSY)
            platform_disk_poll(true);
    }
    EXPECT_EQUAL(status, STATUS_NO_SPACE);
    store_doom(store, status);
    sim_disk_cut();
    store_close(store);
    store = open_store();
    EXPECT(store != NULL);
    EXPECT_EQUAL(store_durable_generation(store), 1);
    EXPECT(store_is(store, model.now));
    store_close(store);
}
