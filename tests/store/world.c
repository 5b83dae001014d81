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

static void change(unsigned page, uint32_t content) {
    world.now[page] = content;
    world.changed[page] = world.touched[page] = true;
}

void world_write(unsigned page) {
    change(page, ++world.next_content);
}

void world_zero(unsigned page) {
    change(page, 0);
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

void world_name_few(void) {
    static const uint32_t most[] = {1, 3, 8, FORMAT_RECENT};
    pagemap_recent_most = most[sim_random() % 4];
}

void world_new(uint64_t blocks) {
    CHECK(!world.store);
    world_name_few();
    sim_log_clear();
    sim_disk_new(blocks);
    world = (World){.regions = 1};
}

static void take_present(uint64_t generation) {
    uint64_t place = generation % WORLD_HISTORY;
    WORLD_EXPECT(generation >= world.durable);
    WORLD_EXPECT(generation == 0 || world.begun[place] == generation);
    memset(world.now, 0, sizeof world.now);
    if (generation > 0)
        memcpy(world.now, world.committed[place], sizeof world.now);
    memset(world.changed, 0, sizeof world.changed);
    world.durable = generation;
    world.doomed = false;
    world.regions = generation ? world.committed_regions[place] : 1;
}

static uint32_t place_of(uint64_t generation) {
    for (uint32_t i = 0; i < store_record_count(world.store); i++)
        if (store_record(world.store, i).generation == generation)
            return i;
    return UINT32_MAX;
}

static bool is_pinned(uint64_t generation) {
    uint32_t place = place_of(generation);
    return place != UINT32_MAX &&
           store_record(world.store, place).flags & FORMAT_PINNED;
}

static void note(void) {
    if (world.note_count == WORLD_NOTES)
        return;
    unsigned at = world.note_count++;
    world.notes[at].place = sim_disk_log_count();
    world.notes[at].durable = world.durable;
    memcpy(world.notes[at].pins, world.pins, sizeof world.pins);
}

/* What was reported of pins is so; of what was not, the store says it. */
static void take_pins(void) {
    for (unsigned i = 0; i < WORLD_PINS; i++) {
        WorldPin *pin = &world.pins[i];
        if (pin->generation == 0)
            continue;
        uint32_t place = place_of(pin->generation);
        bool pinned = place != UINT32_MAX &&
                      store_record(world.store, place).flags & FORMAT_PINNED;
        bool over = pin->by_return && !pinned &&
                    store_is_ancestor(world.store, pin->generation);
        WORLD_EXPECT(!pin->sure || pinned == pin->pinned || over);
        WORLD_EXPECT(!pinned || !pin->sure ||
                     store_pin_name(world.store, pin->generation));
        *pin = pinned ? (WorldPin){pin->generation, true, true, pin->by_return}
                      : (WorldPin){0};
    }
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
    take_pins();
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
    store_view_close(world.view);
    world.view = NULL;
    store_close(world.store);
    world.store = NULL;
}

void world_reopen(void) {
    WorldPin pins[WORLD_PINS];
    uint64_t durable = world.durable;
    memcpy(pins, world.pins, sizeof pins);
    world_close();
    if (world_open() != STATUS_OK)
        return;
    world.durable = durable;
    for (unsigned i = 0; i < WORLD_PINS; i++)
        if (pins[i].by_return && !is_pinned(pins[i].generation))
            pins[i].sure = false; /* it was over at this start */
    memcpy(world.pins, pins, sizeof pins);
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

static bool super_is_written(uint64_t generation) {
    FormatSuper super;
    uint64_t slot = generation % FORMAT_RING;
    memcpy(&super, sim_disk_bytes() + slot * PLATFORM_BLOCK_BYTES,
           sizeof super);
    return super.magic == FORMAT_MAGIC && super.generation == generation;
}

/* With `stop_at`, BUSY as soon as the superblock of that generation is there.
 */
static Status finish(uint64_t stop_at) {
    for (;;) {
        Status status = store_finish(world.store, 1 + sim_random() % 20);
        if (status != STATUS_BUSY || sim_disk_frozen() ||
            (stop_at && super_is_written(stop_at)))
            return status;
        platform_disk_poll(sim_random() % 2);
    }
}

void world_log_start(void) {
    sim_disk_log_start();
    world.note_count = 0;
    note();
}

static void became_durable(uint64_t generation) {
    world.durable = generation;
    world.doomed = false;
    memset(world.changed, 0, sizeof world.changed);
    note();
}

static uint64_t begin_commit(void) {
    uint64_t number = store_begin(world.store, 0, world.regions);
    uint64_t place = number % WORLD_HISTORY;
    memcpy(world.committed[place], world.now, sizeof world.now);
    world.committed_regions[place] = world.regions;
    world.begun[place] = number;
    return number;
}

Status world_commit(void) {
    uint64_t number = begin_commit();
    Status status = put_changed();
    if (status == STATUS_OK)
        status = finish(0);
    else if (status != STATUS_BUSY)
        store_doom(world.store, status);
    if (status == STATUS_OK)
        became_durable(number);
    else
        world.doomed = true;
    return status;
}

void world_restart_in_commit(void) {
    uint64_t number = begin_commit();
    Status status = put_changed();
    if (status == STATUS_OK)
        finish(number);
    if (!sim_disk_frozen())
        world_reopen();
}

void world_forget_after(size_t place) {
    unsigned last = 0;
    for (unsigned i = 1; i < world.note_count; i++)
        if (world.notes[i].place <= place)
            last = i;
    world.durable = world.notes[last].durable;
    memcpy(world.pins, world.notes[last].pins, sizeof world.pins);
}

/* ---- Other generations ---- */

uint64_t world_oldest(bool pinned) {
    for (uint32_t i = 0; i < store_record_count(world.store); i++) {
        FormatRecord record = store_record(world.store, i);
        if (pinned == (bool)(record.flags & FORMAT_PINNED))
            return record.generation;
    }
    return 0;
}

uint64_t world_any_kept(void) {
    uint32_t count = store_record_count(world.store);
    return count ? store_record(world.store, sim_random() % count).generation
                 : 0;
}

bool world_known(uint64_t generation) {
    return world.begun[generation % WORLD_HISTORY] == generation;
}

static WorldPin *pin_of(uint64_t generation) {
    WorldPin *free_place = NULL;
    for (unsigned i = 0; i < WORLD_PINS; i++) {
        if (world.pins[i].generation == generation)
            return &world.pins[i];
        if (world.pins[i].generation == 0)
            free_place = &world.pins[i];
    }
    CHECK(free_place);
    *free_place = (WorldPin){.generation = generation};
    return free_place;
}

/* A change of a pin: unsure from its beginning to its report. */
static WorldPin *pin_begins(uint64_t generation) {
    WorldPin *pin = pin_of(generation);
    pin->sure = false;
    note();
    return pin;
}

static void pin_ends(WorldPin *pin, bool pinned, Status status) {
    if (status != STATUS_OK)
        return;
    pin->pinned = pinned;
    pin->sure = true;
    note();
}

/* Errors come from the disk only. */
static void expect_done(Status status) {
    WORLD_EXPECT(status == STATUS_OK || status == STATUS_IO_ERROR);
}

void world_pin(uint64_t generation) {
    bool before = is_pinned(generation);
    WorldPin unchanged = *pin_of(generation);
    WorldPin *pin = pin_begins(generation);
    Status status =
        store_pin(world.store, generation, FORMAT_OWNER_PERSON, "pinned");
    if (status == STATUS_NO_SPACE) { /* nothing was tried */
        *pin = unchanged;
        note();
        return;
    }
    expect_done(status);
    WORLD_EXPECT(is_pinned(generation) == (before || status == STATUS_OK));
    pin_ends(pin, true, status);
    if (status == STATUS_OK)
        pin->by_return = false;
}

void world_unpin(uint64_t generation) {
    WorldPin *pin = pin_begins(generation);
    Status status = store_unpin(world.store, generation);
    expect_done(status);
    WORLD_EXPECT(is_pinned(generation) == (status != STATUS_OK));
    pin_ends(pin, false, status);
}

void world_back(uint64_t generation) {
    uint64_t left = store_durable_generation(world.store);
    uint32_t place = generation % WORLD_HISTORY;
    bool before = is_pinned(left);
    if (left != generation && !before)
        pin_of(left)->by_return = true;
    WorldPin *pin = left == generation ? NULL : pin_begins(left);
    Status status = store_go_back(world.store, generation);
    if (pin)
        pin_ends(pin, true, status);
    if (status == STATUS_BUSY)
        WORLD_EXPECT(world.doomed);
    else
        expect_done(status);
    if (status != STATUS_OK)
        return;
    WORLD_EXPECT(world.begun[place] == generation);
    memcpy(world.now, world.committed[place], sizeof world.now);
    memset(world.changed, 0, sizeof world.changed);
    world.regions = world.committed_regions[place];
}

/* An error of the disk is no wrong page. */
static bool view_is_right(StoreView *view, uint64_t generation) {
    const uint32_t *contents = world.committed[generation % WORLD_HISTORY];
    uint8_t wanted[PLATFORM_BLOCK_BYTES], got[PLATFORM_BLOCK_BYTES];
    bool right = true;
    if (!world_known(generation))
        return true; /* too long ago for the model */
    for (unsigned page = 0; right && page < WORLD_PAGES; page++) {
        if (!world.touched[page])
            continue;
        world_page_bytes(contents[page], wanted);
        Status status =
            store_view_read_page(view, world_page_number(page), got);
        right = status == STATUS_IO_ERROR ||
                (status == STATUS_OK && memcmp(wanted, got, sizeof got) == 0);
    }
    return right;
}

void world_view_open(uint64_t generation) {
    world_view_close();
    WORLD_EXPECT(store_view_open(world.store, generation, &world.view) ==
                 STATUS_OK);
    world.viewed = generation;
}

void world_view_close(void) {
    WORLD_EXPECT(!world.view || view_is_right(world.view, world.viewed));
    store_view_close(world.view);
    world.view = NULL;
}

void world_check_views(void) {
    for (uint32_t i = 0; i < store_record_count(world.store); i++) {
        StoreView *view;
        uint64_t generation = store_record(world.store, i).generation;
        WORLD_EXPECT(store_view_open(world.store, generation, &view) ==
                     STATUS_OK);
        WORLD_EXPECT(view && view_is_right(view, generation));
        store_view_close(view);
    }
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

static uint64_t verify(void) {
    StoreReport report = {.say = say};
    WORLD_EXPECT(store_verify(world.store, &report) == STATUS_OK);
    WORLD_EXPECT(report.bad == 0);
    WORLD_EXPECT(report.unmarked == 0);
    return report.leaked;
}

void world_verify(void) {
    verify();
}

void world_verify_all(void) {
    uint64_t leaked = verify();
    WORLD_EXPECT(leaked == 0);
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
