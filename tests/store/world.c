/* The store and its model. */
#include "tests/store/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/base/check.h"

enum { WORDS = PLATFORM_BLOCK_BYTES / 8 };

World world;
static char case_text[160];
static bool case_failed;

/* ---- Cases ---- */

void world_case(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(case_text, sizeof case_text, format, arguments);
    va_end(arguments);
    case_failed = false;
}

void world_expect(bool good, const char *what, const char *file, int line) {
    if (!good && !case_failed)
        printf("  %s:\n", case_text);
    case_failed |= !good;
    test_expect(good, file, line, what);
}

bool world_failed(void) {
    return case_failed;
}

void world_seeds(uint64_t quick, uint64_t full, uint64_t *first_out,
                 uint64_t *last_out) {
    const char *range = getenv("SEEDS");
    *first_out = 1;
    *last_out = getenv("LONG") ? full : quick;
    if (range && *range)
        sscanf(range, "%lu-%lu", first_out, last_out);
}

/* ---- Pages ---- */

/* Far apart, so that several nodes and levels take part. */
uint64_t world_page_number(unsigned page) {
    return page < WORLD_PAGES / 2 ? page : 1000000ull + page * 7919ull;
}

void world_page_bytes(uint32_t content, void *bytes) {
    uint64_t words[WORDS], state = content;
    for (int i = 0; i < WORDS; i++)
        words[i] = content ? test_random(&state) : 0;
    memcpy(bytes, words, sizeof words);
}

void world_write(unsigned page) {
    world.now[page] = ++world.next_content;
    world.changed[page] = true;
}

void world_zero(unsigned page) {
    world.now[page] = 0;
    world.changed[page] = true;
}

void world_write_some(unsigned most) {
    unsigned count = sim_random() % (most + 1);
    unsigned base = sim_random() % WORLD_PAGES;
    for (unsigned n = 0; n < count; n++) {
        unsigned page = sim_random() % 4 ? base + n : (unsigned)sim_random();
        if (sim_random() % 5)
            world_write(page % WORLD_PAGES);
        else
            world_zero(page % WORLD_PAGES);
    }
}

/* ---- Opening ---- */

void world_new(uint64_t blocks) {
    CHECK(!world.store);
    sim_log_clear();
    sim_disk_new(blocks);
    world = (World){.regions = 1};
}

static void take_present(uint64_t generation) {
    uint64_t place = generation % WORLD_HISTORY;
    WORLD_EXPECT(generation >= world.durable);
    WORLD_EXPECT(generation == 0 || world.begun[place] == generation);
    memcpy(world.now, world.committed[place], sizeof world.now);
    memset(world.changed, 0, sizeof world.changed);
    world.durable = generation;
    world.regions = generation ? world.committed_regions[place] : 1;
}

Status world_try_open(StoreOpening *opening_out) {
    Status status = store_open(0, &world.store, opening_out);
    if (status != STATUS_OK) {
        WORLD_EXPECT(world.store == NULL);
        WORLD_EXPECT(opening_out->message[0]);
        return status;
    }
    WORLD_EXPECT(opening_out->generation ==
                 store_durable_generation(world.store));
    take_present(opening_out->generation);
    WORLD_EXPECT(world.durable == 0 || opening_out->regions == world.regions);
    return STATUS_OK;
}

Status world_open(void) {
    StoreOpening opening;
    Status status = world_try_open(&opening);
    if (status != STATUS_OK)
        printf("  open: %s\n", opening.message);
    WORLD_EXPECT(status == STATUS_OK);
    return status;
}

void world_close(void) {
    store_close(world.store);
    world.store = NULL;
}

/* ---- Committing ---- */

static Status put_page(unsigned page) {
    uint8_t bytes[PLATFORM_BLOCK_BYTES];
    world_page_bytes(world.now[page], bytes);
    for (;;) {
        Status status =
            store_put_page(world.store, world_page_number(page), bytes);
        if (status != STATUS_BUSY || sim_disk_frozen())
            return status;
        platform_disk_poll(true);
    }
}

static Status put_changed(void) {
    for (unsigned page = 0; page < WORLD_PAGES; page++) {
        if (!world.changed[page])
            continue;
        Status status = put_page(page);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static Status finish(void) {
    for (;;) {
        Status status = store_finish(world.store, 1 + sim_random() % 20);
        if (status != STATUS_BUSY || sim_disk_frozen())
            return status;
        platform_disk_poll(sim_random() % 2);
    }
}

static void note_durable(void) {
    if (world.note_count == WORLD_NOTES)
        return;
    world.notes[world.note_count].place = sim_disk_log_count();
    world.notes[world.note_count++].durable = world.durable;
}

void world_log_start(void) {
    sim_disk_log_start();
    world.note_count = 0;
    note_durable();
}

static void became_durable(uint64_t generation) {
    world.durable = generation;
    memset(world.changed, 0, sizeof world.changed);
    note_durable();
}

Status world_commit(void) {
    uint64_t number = store_begin(world.store, 0, world.regions);
    memcpy(world.committed[number % WORLD_HISTORY], world.now,
           sizeof world.now);
    world.committed_regions[number % WORLD_HISTORY] = world.regions;
    world.begun[number % WORLD_HISTORY] = number;
    Status status = put_changed();
    if (status == STATUS_OK)
        status = finish();
    else if (status != STATUS_BUSY)
        store_doom(world.store, status);
    if (status == STATUS_OK)
        became_durable(number);
    return status;
}

uint64_t world_durable_at(size_t place) {
    uint64_t durable = 0;
    for (unsigned i = 0; i < world.note_count; i++)
        if (world.notes[i].place <= place)
            durable = world.notes[i].durable;
    return durable;
}

/* ---- Checking ---- */

/* False where the bytes are silently wrong. What changed since the last durable
 * generation may be there or not. */
static bool read_page(unsigned page, Status *status_out) {
    uint8_t wanted[PLATFORM_BLOCK_BYTES], got[PLATFORM_BLOCK_BYTES];
    *status_out = store_read_page(world.store, world_page_number(page), got);
    if (*status_out != STATUS_OK || world.changed[page])
        return true;
    world_page_bytes(world.now[page], wanted);
    return memcmp(wanted, got, sizeof got) == 0;
}

unsigned world_count_errors(void) {
    unsigned errors = 0;
    bool all_right = true;
    for (unsigned page = 0; page < WORLD_PAGES; page++) {
        Status status;
        all_right = read_page(page, &status) && all_right;
        errors += status != STATUS_OK;
    }
    WORLD_EXPECT(all_right);
    return errors;
}

void world_check_pages(void) {
    unsigned unreadable_pages = world_count_errors();
    WORLD_EXPECT(unreadable_pages == 0);
}

static void say(const char *sentence) {
    printf("  verify: %s\n", sentence);
}

void world_verify(void) {
    StoreReport report = {.say = say};
    WORLD_EXPECT(store_verify(world.store, &report) == STATUS_OK);
    WORLD_EXPECT(report.bad == 0);
    WORLD_EXPECT(report.unmarked == 0);
}

static void check_generation(uint64_t generation) {
    uint32_t present[WORLD_PAGES];
    StoreOpening opening;
    Status status = store_open(generation, &world.store, &opening);
    WORLD_EXPECT(status == STATUS_OK);
    if (status != STATUS_OK)
        return;
    memcpy(present, world.now, sizeof present);
    memcpy(world.now, world.committed[generation % WORLD_HISTORY],
           sizeof present);
    world_check_pages();
    memcpy(world.now, present, sizeof present);
    world_close();
}

void world_check_generations(void) {
    uint64_t kept[WORLD_HISTORY];
    uint32_t count = 0;
    if (world_open() != STATUS_OK)
        return;
    for (uint32_t i = 0; i < store_record_count(world.store); i++) {
        uint64_t number = store_record(world.store, i).generation;
        if (count < WORLD_HISTORY &&
            world.begun[number % WORLD_HISTORY] == number)
            kept[count++] = number;
    }
    world_close();
    for (uint32_t i = 0; i < count; i++)
        check_generation(kept[i]);
}
