/* Tests of carrying a whole world to another disk (persist/tools/transfer.h).
 */
#include <stdlib.h>
#include <string.h>

#include "kernel/base/bytes.h"
#include "persist/store/store_parts.h"
#include "persist/tools/transfer.h"
#include "tests/sim/sim.h"
#include "tests/test.h"

enum { BLOCKS = 3000, SMALLER = 1100, PAGES = 120, STREAM_MOST = 8 << 20 };

static Store *store;

typedef struct Stream {
    size_t count;
    uint8_t bytes[STREAM_MOST];
} Stream;

static Stream first, second;

static void open_store(void) {
    StoreOpening opening;
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
}

static void finish(void) {
    Status status;
    while ((status = store_finish(store, 100)) == STATUS_BUSY)
        platform_disk_poll(true);
    EXPECT_EQUAL(status, STATUS_OK);
}

/* Some pages change, some become zeros. */
static void commit(void) {
    static uint64_t words[PLATFORM_BLOCK_BYTES / sizeof(uint64_t)];
    static int64_t wall_us;
    store_begin(store, wall_us += 61000000, 3);
    for (unsigned i = 0; i < PAGES; i++) {
        if (sim_random() % 4)
            continue;
        bool some = sim_random() % 3;
        for (size_t at = 0; at < PLATFORM_BLOCK_BYTES / sizeof *words; at++)
            words[at] = some ? sim_random() : 0;
        while (store_put_page(store, i * 37, words) == STATUS_BUSY)
            platform_disk_poll(true);
    }
    finish();
}

/* Three branches, pins, and gaps where generations were deleted; every other
 * time between two whose superblocks have the same place in the ring. */
static void make_world(uint64_t seed) {
    sim_seed(seed);
    sim_disk_new(BLOCKS);
    open_store();
    store_set_retention(store, &(StoreRetention){.last = 3});
    for (int i = 0; i < 5; i++)
        commit();
    EXPECT_EQUAL(store_pin(store, 4, FORMAT_OWNER_PERSON, "four"), STATUS_OK);
    for (int i = 5; seed % 2 == 0 && i < 4 + FORMAT_RING; i++)
        commit();
    for (int branch = 0; branch < 2; branch++) {
        uint64_t old = store_record(store, 0).generation;
        EXPECT_EQUAL(store_go_back(store, old), STATUS_OK);
        for (int i = 0; i < 3; i++)
            commit();
    }
    store_close(store);
}

static Status put(void *context, const void *bytes, size_t count) {
    Stream *stream = context;
    if (count > STREAM_MOST - stream->count)
        return STATUS_LIMIT;
    memcpy(stream->bytes + stream->count, bytes, count);
    stream->count += count;
    return STATUS_OK;
}

static void write_stream(Stream *stream) {
    StoreOpening opening;
    stream->count = 0;
    EXPECT_EQUAL(store_open(STORE_NEWEST_TO_LOOK, &store, &opening), STATUS_OK);
    EXPECT_EQUAL(transfer_write(store, (ExportSink){put, stream}), STATUS_OK);
    store_close(store);
}

static Status read_stream(uint64_t blocks, const uint8_t *bytes, size_t count) {
    ExportSpan span = {bytes, count};
    sim_disk_new(blocks);
    open_store();
    Status status = transfer_read(store, export_from_span(&span));
    store_close(store);
    return status;
}

static void say_nothing(const char *sentence) {
    (void)sentence;
}

TEST("a world on another disk is the same world") {
    for (uint64_t seed = 1; seed <= 5; seed++) {
        StoreReport report = {.say = say_nothing};
        make_world(seed);
        write_stream(&first);
        EXPECT_EQUAL(read_stream(SMALLER, first.bytes, first.count), STATUS_OK);
        write_stream(&second);
        EXPECT_EQUAL(first.count, second.count);
        EXPECT(memcmp(first.bytes, second.bytes, first.count) == 0);
        open_store();
        EXPECT_TEXT(store_pin_name(store, 4), "four");
        commit(); /* it goes on as any other */
        EXPECT_EQUAL(store_verify(store, &report), STATUS_OK);
        EXPECT_EQUAL(report.bad + report.unmarked + report.leaked, 0);
        store_close(store);
    }
}

TEST("a world that was cut off or changed on the way is refused") {
    make_world(6);
    write_stream(&first);
    for (int i = 0; i < 12; i++) {
        size_t at = sim_random() % first.count;
        EXPECT_EQUAL(read_stream(BLOCKS, first.bytes, at), STATUS_TRUNCATED);
        memcpy(&second, &first, sizeof second);
        second.bytes[at] ^= 1u << (sim_random() % 8);
        EXPECT(read_stream(BLOCKS, second.bytes, second.count) != STATUS_OK);
    }
}

/* A read of metadata that fails is made good by its second copy. */
CAMPAIGN("a disk that fails at any request ends it, or does no harm") {
    make_world(7);
    write_stream(&first);
    unsigned refused = 0;
    for (uint64_t k = 0; k < 100; k++) {
        ExportSpan span = {first.bytes, first.count};
        sim_disk_new(BLOCKS);
        open_store();
        sim_disk_faults((SimDiskFaults){.fail_after = k, .fail_count = 1});
        Status status = transfer_read(store, export_from_span(&span));
        sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
        store_close(store);
        refused += status != STATUS_OK;
        if (status != STATUS_OK)
            continue;
        write_stream(&second);
        EXPECT_EQUAL(first.count, second.count);
        EXPECT(memcmp(first.bytes, second.bytes, first.count) == 0);
    }
    EXPECT(refused > 20);
}

TEST("a world that does not fit is refused") {
    static uint8_t page[PLATFORM_BLOCK_BYTES] = {1};
    sim_disk_new(BLOCKS);
    open_store();
    store_begin(store, 1, 1);
    for (uint64_t i = 0; i < SMALLER; i++)
        while (store_put_page(store, i, page) == STATUS_BUSY)
            platform_disk_poll(true);
    finish();
    store_close(store);
    write_stream(&first);
    EXPECT_EQUAL(read_stream(SMALLER, first.bytes, first.count),
                 STATUS_NO_SPACE);
}
