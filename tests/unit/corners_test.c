/* Tests of what the store's campaigns do not reach: refusals of an open, limits
 * and errors of single calls. */
#include <stdlib.h>
#include <string.h>

#include "persist/store/store_parts.h"
#include "tests/sim/sim.h"
#include "tests/test.h"

enum { BLOCKS = 1400, MARKS_MOST = 511 };

static Store *store;
static StoreOpening opening;

static Status open_at(uint64_t generation) {
    return store_open(generation, &store, &opening);
}

static Status commit_page(uint64_t page, uint8_t byte) {
    uint8_t bytes[PLATFORM_BLOCK_BYTES];
    memset(bytes, byte, sizeof bytes);
    store_begin(store, 0, 1);
    Status status = store_put_page(store, page, bytes);
    if (status != STATUS_OK) {
        store_doom(store, status);
        return status;
    }
    while ((status = store_finish(store, 100)) == STATUS_BUSY)
        platform_disk_poll(true);
    return status;
}

/* A closed store with some generations. */
static void make_disk(uint64_t blocks, unsigned generations) {
    sim_seed(blocks);
    sim_disk_new(blocks);
    EXPECT_EQUAL(open_at(0), STATUS_OK);
    for (unsigned i = 0; i < generations; i++)
        EXPECT_EQUAL(commit_page(i * 5, (uint8_t)(i + 1)), STATUS_OK);
    store_close(store);
}

static void heal(void) {
    sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
}

static void fail_for_ever(uint64_t after) {
    sim_disk_faults(
        (SimDiskFaults){.fail_after = after, .fail_count = UINT64_MAX});
}

/* ---- Superblocks that verify and say something else ---- */

static void edit_supers(void (*edit)(FormatSuper *super)) {
    for (uint64_t i = 0; i < 2 * FORMAT_RING; i++) {
        uint64_t block = i < FORMAT_RING ? i : BLOCKS - 2 * FORMAT_RING + i;
        uint8_t bytes[PLATFORM_BLOCK_BYTES];
        FormatSuper super;
        memcpy(bytes, sim_disk_bytes() + block * sizeof bytes, sizeof bytes);
        memcpy(&super, bytes, sizeof super);
        if (super.magic != FORMAT_MAGIC || super.generation == 0)
            continue;
        edit(&super);
        super.hash = hash_of(&super, offsetof(FormatSuper, hash));
        memcpy(bytes, &super, sizeof super);
        sim_disk_put(block, bytes);
    }
}

static void other_reader(FormatSuper *super) {
    super->min_reader = FORMAT_MINOR + 1;
}

static void other_writer(FormatSuper *super) {
    super->min_writer = FORMAT_MINOR + 1;
}

static void other_minor(FormatSuper *super) {
    super->minor = FORMAT_MINOR - 1;
}

static void few_blocks(FormatSuper *super) {
    super->layout.blocks = FORMAT_MIN_BLOCKS - 1;
}

static void no_segment(FormatSuper *super) {
    super->layout.segment_count = 0;
}

static void many_segments(FormatSuper *super) {
    super->layout.segment_count = FORMAT_SEGMENTS + 1;
}

static void late_segment(FormatSuper *super) {
    super->layout.segments[0].first++;
}

static void long_segment(FormatSuper *super) {
    super->layout.segments[0].blocks = UINT64_MAX;
}

static void short_segment(FormatSuper *super) {
    super->layout.segments[0].blocks--;
}

static void many_records(FormatSuper *super) {
    super->records = UINT64_MAX;
}

static void missing_records(FormatSuper *super) {
    super->records += FORMAT_RECORDS;
}

static void heap_in_edge(FormatSuper *super) {
    super->heap = entry_of(3, 1, super->heap.hash);
}

static void heap_beyond(FormatSuper *super) {
    super->heap = entry_of(1ull << 40, 1, super->heap.hash);
}

static const struct {
    void (*edit)(FormatSuper *super);
    Status wanted;
} edits[] = {
    {other_reader, STATUS_OTHER_FORMAT},
    {other_writer, STATUS_OTHER_FORMAT},
    {other_minor, STATUS_OTHER_FORMAT},
    {few_blocks, STATUS_CORRUPT},
    {no_segment, STATUS_CORRUPT},
    {many_segments, STATUS_CORRUPT},
    {late_segment, STATUS_CORRUPT},
    {long_segment, STATUS_CORRUPT},
    {short_segment, STATUS_CORRUPT},
    {many_records, STATUS_OK},
    {missing_records, STATUS_OK},
    {heap_in_edge, STATUS_OK},
    {heap_beyond, STATUS_OK},
};

/* One part of it is as good as damaged, and the other is used. */
static bool is_used_in_part(void) {
    bool part = opening.history == STORE_HISTORY_LOST || store_undecided(store);
    store_close(store);
    return part;
}

TEST("what makes no sense in a superblock that verifies is not used") {
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        make_disk(BLOCKS, 3);
        edit_supers(edits[i].edit);
        uint64_t writes = sim_disk_writes();
        EXPECT_EQUAL(open_at(0), edits[i].wanted);
        EXPECT(store ? is_used_in_part() : opening.message[0] != 0);
        EXPECT_EQUAL(sim_disk_writes(), writes);
    }
}

TEST("a disk whose end is missing is refused") {
    make_disk(BLOCKS, 3);
    uint8_t *bytes = malloc((size_t)BLOCKS * PLATFORM_BLOCK_BYTES);
    memcpy(bytes, sim_disk_bytes(), (size_t)BLOCKS * PLATFORM_BLOCK_BYTES);
    sim_disk_load(BLOCKS - 100, bytes);
    free(bytes);
    EXPECT_EQUAL(open_at(0), STATUS_TRUNCATED);
    EXPECT(opening.message[0]);
}

TEST("a blank disk that cannot be read is refused") {
    static const uint64_t sizes[] = {BLOCKS, 6000};
    for (unsigned i = 0; i < 2; i++) {
        for (uint64_t k = 0;; k++) {
            sim_disk_new(sizes[i]);
            fail_for_ever(k);
            Status status = open_at(0);
            store_close(store);
            if (status == STATUS_OK)
                break;
            EXPECT_EQUAL(status, STATUS_IO_ERROR);
            EXPECT(opening.message[0]);
        }
    }
    heal();
}

TEST("without memory a start is refused, on a blank disk too") {
    for (int used = 0; used < 2; used++) {
        for (uint64_t k = 1;; k++) {
            make_disk(BLOCKS, used ? 3 : 0);
            sim_alloc_fail(k, false);
            Status status = open_at(0);
            bool failed = sim_alloc_failed();
            sim_alloc_fail(0, false);
            store_close(store);
            if (!failed)
                break;
            EXPECT(status == STATUS_NO_MEMORY || status == STATUS_OK);
        }
    }
}

TEST("a generation that is not there is refused") {
    make_disk(BLOCKS, 3);
    EXPECT_EQUAL(open_at(77), STATUS_NOT_FOUND);
    EXPECT(opening.message[0]);
    EXPECT_EQUAL(open_at(STORE_NEWEST_TO_LOOK), STATUS_OK);
    EXPECT_EQUAL(store_durable_generation(store), 3);
    store_close(store);
    EXPECT_EQUAL(open_at(0), STATUS_OK);
    EXPECT_EQUAL(store_go_back(store, 77), STATUS_NOT_FOUND);
    sim_alloc_fail(1, true);
    EXPECT_EQUAL(store_go_back(store, 3), STATUS_NO_MEMORY);
    sim_alloc_fail(0, false);
    store_close(store);
}

/* ---- Growth ---- */

static void grow_disk(uint64_t blocks, uint64_t more) {
    uint8_t *bytes = calloc(blocks + more, PLATFORM_BLOCK_BYTES);
    memcpy(bytes, sim_disk_bytes(), blocks * PLATFORM_BLOCK_BYTES);
    sim_disk_load(blocks + more, bytes);
    free(bytes);
}

TEST("a disk that grew too often is used as it is") {
    uint64_t blocks = BLOCKS;
    make_disk(blocks, 1);
    for (unsigned i = 0; i < FORMAT_SEGMENTS + 1; i++) {
        grow_disk(blocks, 400);
        blocks += 400;
        sim_log_clear();
        EXPECT_EQUAL(open_at(0), STATUS_OK);
        EXPECT_EQUAL(commit_page(i, 9), STATUS_OK);
        store_close(store);
        bool last = i + 1 >= FORMAT_SEGMENTS;
        EXPECT((sim_log_find("store: the disk grew again") != NULL) == last);
        if (last)
            break;
    }
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
    EXPECT_EQUAL(store_durable_generation(store), FORMAT_SEGMENTS + 1);
    store_close(store);
}

TEST("without memory or a readable map a disk does not grow") {
    make_disk(BLOCKS, 2);
    grow_disk(BLOCKS, 40000);
    for (uint64_t k = 1;; k++) {
        sim_alloc_fail(k, false);
        Status status = open_at(0);
        bool failed = sim_alloc_failed();
        sim_alloc_fail(0, false);
        store_close(store);
        if (!failed)
            break;
        EXPECT(status == STATUS_NO_MEMORY || status == STATUS_OK);
    }
    for (uint64_t k = 0;; k++) {
        sim_disk_faults((SimDiskFaults){.fail_after = k,
                                        .fail_count = 2 * DEVICE_READ_TRIES});
        uint64_t before = sim_disk_requests();
        Status status = open_at(0);
        store_close(store);
        EXPECT(status == STATUS_OK || status == STATUS_IO_ERROR);
        if (sim_disk_requests() - before <= k)
            break;
    }
    heal();
}

/* ---- Marks ---- */

TEST("pins are refused with a reason") {
    make_disk(BLOCKS, 3);
    EXPECT_EQUAL(open_at(0), STATUS_OK);
    EXPECT_EQUAL(store_pin(store, 77, FORMAT_OWNER_PERSON, "a"),
                 STATUS_NOT_FOUND);
    EXPECT_EQUAL(store_unpin(store, 77), STATUS_NOT_FOUND);
    EXPECT_EQUAL(store_unpin(store, 2), STATUS_NOT_FOUND);
    EXPECT_EQUAL(
        store_pin(store, 1, FORMAT_OWNER_PERSON,
                  "a name that is longer than what a mark has room for"),
        STATUS_OK);
    EXPECT_EQUAL(strlen(store_pin_name(store, 1)), FORMAT_MARK_NAME - 1);
    sim_alloc_fail(1, true);
    EXPECT_EQUAL(store_pin(store, 2, FORMAT_OWNER_PERSON, "b"),
                 STATUS_NO_MEMORY);
    sim_alloc_fail(0, false);
    FormatMark other = {.kind = 99};
    while (store->mark_count < MARKS_MOST)
        EXPECT_EQUAL(marks_add(store, &other), STATUS_OK);
    EXPECT_EQUAL(store_pin(store, 2, FORMAT_OWNER_PERSON, "b"), STATUS_LIMIT);
    EXPECT_EQUAL(store_return_at_start(store, 2), STATUS_LIMIT);
    EXPECT_EQUAL(store_start_begins(store), 0); /* there is no room for it */
    store_close(store);
}

TEST("a person pins nothing more on a disk that is nearly full") {
    make_disk(FORMAT_MIN_BLOCKS, 2);
    EXPECT_EQUAL(open_at(0), STATUS_OK);
    uint64_t block, low = FORMAT_MIN_BLOCKS / STORE_PIN_SHARE;
    while (space_free_blocks(store->space) >= low)
        EXPECT(space_take_block(store->space, &block));
    EXPECT_EQUAL(store_pin(store, 1, FORMAT_OWNER_PERSON, "a"),
                 STATUS_NO_SPACE);
    EXPECT_EQUAL(store_pin(store, 1, FORMAT_OWNER_RETURN, "left"), STATUS_OK);
    store_close(store);
}

TEST("a start that cannot be marked goes on") {
    make_disk(BLOCKS, 2);
    EXPECT_EQUAL(open_at(0), STATUS_OK);
    sim_log_clear();
    fail_for_ever(0);
    EXPECT_EQUAL(store_start_begins(store), 0);
    store_start_lasted(store);
    EXPECT_EQUAL(store_return_at_start(store, 1), STATUS_IO_ERROR);
    EXPECT(sim_log_find("store: the mark of this start: "));
    heal();
    store_close(store);
}

/* ---- Views ---- */

TEST("views of a store are closed in any order") {
    StoreView *views[3];
    uint64_t page;
    bool differs;
    make_disk(BLOCKS, 3);
    EXPECT_EQUAL(open_at(0), STATUS_OK);
    for (uint64_t g = 1; g <= 3; g++) {
        EXPECT_EQUAL(store_view_open(store, g, &views[g - 1]), STATUS_OK);
        EXPECT_EQUAL(store_view_record(views[g - 1]).generation, g);
        EXPECT(store_is_ancestor(store, g));
    }
    EXPECT(!store_is_ancestor(store, 77));
    EXPECT_EQUAL(store_view_next_page(views[2], 1, &page), STATUS_OK);
    EXPECT_EQUAL(page, 5);
    EXPECT_EQUAL(store_view_differs(views[0], 0, &differs), STATUS_OK);
    EXPECT(!differs);
    EXPECT_EQUAL(store_view_differs(views[0], 5, &differs), STATUS_OK);
    EXPECT(differs);
    EXPECT_EQUAL(store_view_differs(views[0], 3, &differs), STATUS_OK);
    EXPECT(!differs);
    EXPECT_EQUAL(commit_page(0, 77), STATUS_OK);
    EXPECT_EQUAL(store_view_differs(views[0], 0, &differs), STATUS_OK);
    EXPECT(differs);
    store_view_close(views[1]);
    store_view_close(views[0]);
    store_view_close(views[2]);
    for (uint64_t k = 1; k <= 2; k++) {
        sim_alloc_fail(k, false);
        EXPECT_EQUAL(store_view_open(store, 2, &views[0]), STATUS_NO_MEMORY);
        EXPECT(!views[0]);
        sim_alloc_fail(0, false);
    }
    store_close(store);
}

/* ---- The map ---- */

static Status read_zeros(void *context, uint64_t index, void *page) {
    (void)context;
    (void)index;
    memset(page, 0, PLATFORM_BLOCK_BYTES);
    return STATUS_OK;
}

static Status read_map(void *context, uint64_t index, void *page) {
    (void)index;
    memcpy(page, context, PLATFORM_BLOCK_BYTES);
    return STATUS_OK;
}

static const FormatLayout layout = {
    .blocks = BLOCKS,
    .segment_count = 1,
    .segments = {{FORMAT_EDGE, BLOCKS - 2 * FORMAT_EDGE}}};

static const char *checked(SpaceReader *reader, void *context, uint64_t blocks,
                           uint64_t pairs) {
    Space *space = space_open(&layout, false, blocks, pairs, reader, context);
    const char *wrong = space_check(space);
    space_close(space);
    return wrong;
}

TEST("a map that does not fit its counts is found out") {
    Space *fresh = space_open(&layout, true, 0, 0, read_zeros, NULL);
    uint64_t blocks = space_free_blocks(fresh), pairs = space_free_pairs(fresh);
    static uint8_t map[PLATFORM_BLOCK_BYTES];
    memcpy(map, space_page(fresh, 0), sizeof map);
    EXPECT(!space_check(fresh));
    space_close(fresh);
    EXPECT(!checked(read_map, map, blocks, pairs));
    EXPECT_TEXT(checked(read_zeros, NULL, blocks, pairs),
                "a block of the edges is free");
    EXPECT_TEXT(checked(read_map, map, blocks + 1, pairs),
                "the count of free blocks is wrong");
    EXPECT_TEXT(checked(read_map, map, blocks, pairs + 1),
                "the count of free pairs is wrong");
}

/* ---- Damage ---- */

static void ruin(uint64_t block) {
    uint8_t bytes[PLATFORM_BLOCK_BYTES];
    memset(bytes, 0x55, sizeof bytes);
    sim_disk_put(block, bytes);
}

static void ruin_pair(const FormatEntry *entry) {
    ruin(entry_block(entry));
    ruin(format_partner(&store->super.layout, entry_block(entry)));
}

TEST("a map whose copies are both damaged counts as full") {
    FormatEntry entry;
    make_disk(BLOCKS, 3);
    EXPECT_EQUAL(open_at(0), STATUS_OK);
    EXPECT_EQUAL(radix_get(store->meta, FORMAT_SPACE_FIRST, &entry), STATUS_OK);
    ruin_pair(&entry);
    EXPECT_EQUAL(commit_page(1, 1), STATUS_NO_SPACE);
    EXPECT(sim_log_find("recovery: space map page 0: "));
    store_close(store);
}

/* With the deadlist of a generation in a block of its own, or in its root. */
static void ruin_deadlist(bool in_root) {
    pagemap_recent_most = in_root ? FORMAT_RECENT : 0;
    make_disk(BLOCKS, 4);
    pagemap_recent_most = FORMAT_RECENT;
    EXPECT_EQUAL(open_at(0), STATUS_OK);
    FormatRecord record = store_record(store, 2);
    EXPECT(entry_present(&record.deadlist) == !in_root);
    EXPECT(!(record.flags & FORMAT_DEAD_IN_ROOT) == !in_root);
    ruin_pair(in_root ? &record.heap : &record.deadlist);
    store_set_retention(store, &(StoreRetention){.last = STORE_LAST_LEAST});
    for (uint8_t i = 0; i < 4; i++)
        EXPECT_EQUAL(commit_page(1, i + 1), STATUS_OK);
    EXPECT_EQUAL(store_record_count(store), STORE_LAST_LEAST);
    EXPECT(sim_log_find("recovery: deadlist block "));
    store_close(store);
}

TEST("a deadlist whose copies are both damaged costs only space") {
    ruin_deadlist(false);
    ruin_deadlist(true);
}

/* With what is ruined: the root block, or the root of the tree. */
static void give_up_branch(bool tree, const char *line) {
    FormatRoot root;
    pagemap_recent_most = 1;
    make_disk(BLOCKS, 4);
    EXPECT_EQUAL(open_at(0), STATUS_OK);
    FormatRecord record = store_record(store, 3);
    EXPECT_EQUAL(device_read_meta(store->device, &record.heap, &root),
                 STATUS_OK);
    EXPECT_EQUAL(store_go_back(store, 2), STATUS_OK);
    ruin_pair(tree ? &root.tree : &record.heap);
    EXPECT_EQUAL(store_unpin(store, 4), STATUS_OK);
    for (uint8_t i = 0; i < 3; i++)
        EXPECT_EQUAL(commit_page(1, i + 1), STATUS_OK);
    EXPECT_EQUAL(directory_find(store, 4), UINT32_MAX);
    EXPECT(sim_log_find(line));
    store_close(store);
    pagemap_recent_most = FORMAT_RECENT;
}

TEST("a branch whose nodes are damaged is given up with a line in the log") {
    give_up_branch(false, "recovery: root of generation 4: ");
    give_up_branch(true, "recovery: node of generation 4: ");
}
