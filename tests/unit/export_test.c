/* Tests of exported generations (persist/tools/export.h): the round trip, and
 * that nothing damaged is believed. */
#include <stdlib.h>
#include <string.h>

#include "persist/store/store_parts.h"
#include "persist/tools/export.h"
#include "tests/sim/sim.h"
#include "tests/test.h"

enum { BLOCKS = 4096, PAGES = 12, REGIONS = 3, STREAM_MOST = 1 << 20 };

static uint8_t stream[STREAM_MOST], again[STREAM_MOST];
static size_t stream_bytes;
static ExportReader reader;

/* Some in each region, far apart. */
static uint64_t page_number(unsigned i) {
    return i * 4001ull;
}

static void page_bytes(unsigned i, uint64_t *words) {
    uint64_t state = i + 1;
    for (unsigned k = 0; k < PLATFORM_PAGE_BYTES / 8; k++)
        words[k] = test_random(&state);
}

static Store *open_store(uint64_t blocks) {
    Store *store;
    StoreOpening opening;
    if (blocks)
        sim_disk_new(blocks);
    EXPECT_EQUAL(store_open(0, &store, &opening), STATUS_OK);
    return store;
}

static Status finish(Store *store) {
    Status status;
    while ((status = store_finish(store, 100)) == STATUS_BUSY)
        platform_disk_poll(true);
    return status;
}

/* A generation with PAGES pages, and one that was made zeros again. */
static Store *make_store(void) {
    uint64_t words[PLATFORM_PAGE_BYTES / 8];
    Store *store = open_store(BLOCKS);
    for (unsigned turn = 0; turn < 2; turn++) {
        store_begin(store, 1234567, REGIONS);
        for (unsigned i = 0; i < PAGES; i++) {
            page_bytes(i, words);
            EXPECT_EQUAL(store_put_page(store, page_number(i), words),
                         STATUS_OK);
        }
        page_bytes(PAGES, words);
        memset(words, 0, turn ? sizeof words : 0);
        EXPECT_EQUAL(store_put_page(store, 7, words), STATUS_OK);
        EXPECT_EQUAL(finish(store), STATUS_OK);
    }
    return store;
}

typedef struct Room {
    uint8_t *bytes;
    size_t used, most;
} Room;

static Status put(void *context, const void *bytes, size_t count) {
    Room *room = context;
    if (count > room->most - room->used)
        return STATUS_NO_SPACE;
    memcpy(room->bytes + room->used, bytes, count);
    room->used += count;
    return STATUS_OK;
}

static size_t export_to(Store *store, uint8_t *bytes) {
    Room room = {bytes, 0, STREAM_MOST};
    ExportHeader header;
    EXPECT_EQUAL(export_describe(store, &header), STATUS_OK);
    EXPECT_EQUAL(export_write(store, &header, (ExportSink){put, &room}),
                 STATUS_OK);
    return room.used;
}

static void make_stream(void) {
    Store *store = make_store();
    stream_bytes = export_to(store, stream);
    store_close(store);
}

/* Reads all of it; NOT_FOUND: it is whole. */
static Status read_all(const uint8_t *bytes, size_t count) {
    ExportSpan span = {bytes, count};
    Status status = export_open(&reader, export_from_span(&span));
    while (status == STATUS_OK)
        status = export_next(&reader);
    return status;
}

/* ---- Round trip ---- */

TEST("an exported generation has its pages in order and nothing else") {
    uint64_t words[PLATFORM_PAGE_BYTES / 8];
    make_stream();
    EXPECT_EQUAL(stream_bytes, 128 + PAGES * 4128 + 48);
    ExportSpan span = {stream, stream_bytes};
    EXPECT_EQUAL(export_open(&reader, export_from_span(&span)), STATUS_OK);
    EXPECT_EQUAL(reader.header.pages, PAGES);
    EXPECT_EQUAL(reader.header.generation, 2);
    EXPECT_EQUAL(reader.header.regions, REGIONS);
    EXPECT_EQUAL(reader.header.wall_us, 1234567);
    for (unsigned i = 0; i < PAGES; i++) {
        EXPECT_EQUAL(export_next(&reader), STATUS_OK);
        EXPECT_EQUAL(reader.page.number, page_number(i));
        page_bytes(i, words);
        EXPECT(memcmp(reader.page.bytes, words, sizeof words) == 0);
    }
    EXPECT_EQUAL(export_next(&reader), STATUS_NOT_FOUND);
}

TEST("an imported generation is equal page for page and of its own lineage") {
    uint64_t words[PLATFORM_PAGE_BYTES / 8], got[PLATFORM_PAGE_BYTES / 8];
    Store *store = make_store();
    uint8_t lineage[16];
    memcpy(lineage, store->super.lineage, sizeof lineage);
    stream_bytes = export_to(store, stream);
    store_close(store);
    store = open_store(BLOCKS / 2);
    ExportSpan span = {stream, stream_bytes};
    EXPECT_EQUAL(export_open(&reader, export_from_span(&span)), STATUS_OK);
    EXPECT_EQUAL(export_import(&reader, store), STATUS_OK);
    store_close(store);
    store = open_store(0);
    EXPECT_EQUAL(store_durable_generation(store), 1);
    EXPECT(memcmp(lineage, store->super.lineage, sizeof lineage) != 0);
    for (unsigned i = 0; i < PAGES; i++) {
        page_bytes(i, words);
        EXPECT_EQUAL(store_read_page(store, page_number(i), got), STATUS_OK);
        EXPECT(memcmp(words, got, sizeof got) == 0);
    }
    EXPECT_EQUAL(export_to(store, again), stream_bytes);
    EXPECT(memcmp(stream + 128, again + 128, PAGES * 4128) == 0);
    store_close(store);
}

TEST("a store on which nothing is durable has nothing to export") {
    ExportHeader header;
    Store *store = open_store(BLOCKS);
    EXPECT_EQUAL(export_describe(store, &header), STATUS_NOT_FOUND);
    store_close(store);
}

TEST("an export ends with the sink's error") {
    Store *store = make_store();
    for (size_t most = 0; most < 128 + PAGES * 4128 + 48; most += 1000) {
        Room room = {again, 0, most};
        ExportHeader header;
        EXPECT_EQUAL(export_describe(store, &header), STATUS_OK);
        EXPECT_EQUAL(export_write(store, &header, (ExportSink){put, &room}),
                     STATUS_NO_SPACE);
    }
    store_close(store);
}

TEST("an unreadable page ends an export") {
    Store *store = make_store();
    FormatEntry entry;
    EXPECT_EQUAL(pagemap_get(store->heap, page_number(9), &entry), STATUS_OK);
    sim_disk_change(entry_block(&entry))[99] ^= 1;
    Room room = {again, 0, STREAM_MOST};
    ExportHeader header;
    EXPECT_EQUAL(export_describe(store, &header), STATUS_OK);
    EXPECT_EQUAL(export_write(store, &header, (ExportSink){put, &room}),
                 STATUS_CORRUPT);
    EXPECT_EQUAL(read_all(again, room.used), STATUS_TRUNCATED);
    store_close(store);
}

/* ---- Damage ---- */

TEST("every flipped bit of header, trailer and a page's frame is refused") {
    make_stream();
    size_t page_end = 128 + 4128;
    for (size_t at = 0; at < stream_bytes; at++) {
        bool frame = at < 128 + 16 + 8 ||
                     (at >= page_end - 16 && at < page_end + 16) ||
                     at >= stream_bytes - 48;
        if (!frame)
            continue;
        for (unsigned bit = 0; bit < 8; bit++) {
            stream[at] ^= (uint8_t)(1u << bit);
            Status status = read_all(stream, stream_bytes);
            EXPECT(status == STATUS_CORRUPT || status == STATUS_FOREIGN ||
                   status == STATUS_OTHER_FORMAT || status == STATUS_TRUNCATED);
            EXPECT(reader.message[0]);
            stream[at] ^= (uint8_t)(1u << bit);
        }
    }
    EXPECT_EQUAL(read_all(stream, stream_bytes), STATUS_NOT_FOUND);
}

TEST("a flipped bit anywhere is refused") {
    uint64_t seed = 77;
    make_stream();
    for (int i = 0; i < 300; i++) {
        size_t at = test_random(&seed) % stream_bytes;
        uint8_t bit = (uint8_t)(1u << test_random(&seed) % 8);
        stream[at] ^= bit;
        EXPECT(read_all(stream, stream_bytes) != STATUS_NOT_FOUND);
        stream[at] ^= bit;
    }
}

TEST("a stream that is cut off anywhere is refused") {
    make_stream();
    for (size_t count = 0; count < stream_bytes; count += count < 200 ? 1 : 97)
        EXPECT_EQUAL(read_all(stream, count),
                     count < 8 ? STATUS_FOREIGN : STATUS_TRUNCATED);
    EXPECT_EQUAL(read_all(stream, stream_bytes - 1), STATUS_TRUNCATED);
}

TEST("something behind the end is refused") {
    make_stream();
    stream[stream_bytes] = 0;
    EXPECT_EQUAL(read_all(stream, stream_bytes + 1), STATUS_CORRUPT);
    EXPECT_TEXT(reader.message, "something follows its end");
}

static ExportPage *page_at(unsigned place) {
    return (ExportPage *)(void *)(stream + 128 + place * sizeof(ExportPage));
}

static void hash_again(ExportPage *page) {
    page->hash = hash_of(page, offsetof(ExportPage, hash));
}

TEST("pages out of order, twice, or out of range are refused") {
    make_stream();
    ExportPage old = *page_at(3);
    const uint64_t numbers[] = {page_number(2), page_number(2) - 1,
                                REGIONS * 16384ull, UINT64_MAX};
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        page_at(3)->number = numbers[i];
        hash_again(page_at(3));
        EXPECT_EQUAL(read_all(stream, stream_bytes), STATUS_CORRUPT);
        EXPECT(strstr(reader.message, "cannot be there"));
    }
    *page_at(3) = old;
    EXPECT_EQUAL(read_all(stream, stream_bytes), STATUS_NOT_FOUND);
}

TEST("a good page of another stream is noticed at the end") {
    make_stream();
    page_at(5)->bytes[1000] ^= 1;
    hash_again(page_at(5));
    EXPECT_EQUAL(read_all(stream, stream_bytes), STATUS_CORRUPT);
    EXPECT_TEXT(reader.message, "its end does not fit what comes before");
}

TEST("a header that promises too much is refused") {
    const struct {
        uint32_t regions;
        uint64_t pages;
    } wrong[] = {{0, 0}, {1, 16385}, {UINT32_MAX, 1}, {1, UINT64_MAX}};
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ExportHeader header = {.magic = EXPORT_MAGIC,
                               .minor = EXPORT_MINOR,
                               .regions = wrong[i].regions,
                               .pages = wrong[i].pages};
        header.hash = hash_of(&header, offsetof(ExportHeader, hash));
        EXPECT_EQUAL(read_all((const uint8_t *)&header, sizeof header),
                     STATUS_CORRUPT);
    }
}

TEST("a stream of another format is refused before its hash is looked at") {
    make_stream();
    stream[10]++;
    EXPECT_EQUAL(read_all(stream, stream_bytes), STATUS_OTHER_FORMAT);
    EXPECT_TEXT(reader.message,
                "it has export format 0.2 and this build reads 0.1");
}

/* ---- Onto a disk ---- */

TEST("a damaged stream leaves nothing durable") {
    make_stream();
    stream[stream_bytes - 1] ^= 1;
    Store *store = open_store(BLOCKS);
    ExportSpan span = {stream, stream_bytes};
    EXPECT_EQUAL(export_open(&reader, export_from_span(&span)), STATUS_OK);
    EXPECT_EQUAL(export_import(&reader, store), STATUS_CORRUPT);
    store_close(store);
    store = open_store(0);
    EXPECT_EQUAL(store_durable_generation(store), 0);
    store_close(store);
}

TEST("an import onto a disk that fails at any request leaves none or all") {
    bool done = false;
    make_stream();
    for (uint64_t k = 0; !done; k++) {
        ExportSpan span = {stream, stream_bytes};
        Store *store = open_store(BLOCKS);
        sim_disk_faults((SimDiskFaults){.fail_after = k, .fail_count = 1});
        EXPECT_EQUAL(export_open(&reader, export_from_span(&span)), STATUS_OK);
        done = export_import(&reader, store) == STATUS_OK;
        sim_disk_faults((SimDiskFaults){.fail_after = UINT64_MAX});
        store_close(store);
        store = open_store(0);
        bool durable = store_durable_generation(store) == 1;
        EXPECT(durable || !done);
        if (durable) /* the last flush may have failed after the fact */
            EXPECT_EQUAL(export_to(store, again), stream_bytes);
        if (durable)
            EXPECT(memcmp(stream + 128, again + 128, PAGES * 4128) == 0);
        store_close(store);
    }
}
