/* Generations of the simulated disk for tests. */
#include "tests/unit/store_support.h"

#include <string.h>

#include "persist/store/store_parts.h"
#include "tests/sim/sim.h"
#include "tests/test.h"

Status store_support_finish(Store *store) {
    uint32_t kept = store_record_count(store);
    Status status;
    while ((status = store_finish(store, 100)) == STATUS_BUSY) {
        EXPECT(store_record_count(store) <= kept);
        EXPECT_EQUAL(directory_kept(store, store->pending.generation),
                     UINT32_MAX);
        platform_disk_poll(true);
    }
    return status;
}

/* What the log and the list say that it wrote is what the disk got. */
static void expect_counted(const Store *store, uint64_t blocks_before) {
    uint64_t blocks = device_blocks_written(store->device) - blocks_before;
    uint32_t place = directory_find(store, store->durable);
    EXPECT_EQUAL(store_last_bytes(store), blocks * PLATFORM_BLOCK_BYTES);
    EXPECT_EQUAL(store->records[place].bytes, store_last_bytes(store));
}

Status store_support_commit(Store *store, uint64_t count, uint64_t apart,
                            uint8_t content) {
    uint8_t bytes[PLATFORM_BLOCK_BYTES];
    Status status = STATUS_OK;
    uint64_t before = device_blocks_written(store->device);
    memset(bytes, content, sizeof bytes);
    store_begin(store, 0, 1);
    for (uint64_t i = 0; i < count && status == STATUS_OK; i++)
        while ((status = store_put_page(store, i * apart, bytes)) ==
               STATUS_BUSY)
            platform_disk_poll(true);
    if (status != STATUS_OK)
        store_doom(store, status);
    else
        status = store_support_finish(store);
    if (status == STATUS_OK)
        expect_counted(store, before);
    return status;
}

StoreReport store_support_verified(Store *store) {
    StoreReport report = {.say = store_support_say_nothing};
    EXPECT_EQUAL(store_verify(store, &report), STATUS_OK);
    return report;
}

/* ---- What is on the disk ---- */

static const uint8_t *block_at(uint64_t block) {
    return sim_disk_bytes() + block * PLATFORM_BLOCK_BYTES;
}

FormatSuper store_support_newest(void) {
    FormatSuper newest = {0}, super;
    for (uint64_t block = 0; block < FORMAT_RING; block++) {
        memcpy(&super, block_at(block), sizeof super);
        if (super_verifies(&super) && super.generation > newest.generation)
            newest = super;
    }
    EXPECT(newest.generation > 0);
    return newest;
}

void store_support_ruin(const FormatEntry *entry) {
    FormatSuper newest = store_support_newest();
    uint64_t block = entry_block(entry);
    sim_disk_flip(block, 77);
    sim_disk_flip(format_partner(&newest.layout, block), 77);
}

void store_support_ruin_super(const FormatSuper *super) {
    uint64_t slot = super->generation % FORMAT_RING;
    sim_disk_flip(slot, 77);
    sim_disk_flip(super->layout.blocks - FORMAT_RING + slot, 77);
}

FormatEntry store_support_directory(const FormatSuper *super) {
    FormatNode node;
    FormatEntry entry = super->meta;
    for (int level = 0; level < FORMAT_META_LEVELS; level++) {
        memcpy(&node, block_at(entry_block(&entry)), sizeof node);
        entry = node.entries[0];
    }
    return entry;
}

bool store_support_no_second(uint64_t page, void *bytes) {
    (void)page;
    (void)bytes;
    return false;
}

void store_support_say_nothing(const char *sentence) {
    (void)sentence;
}
