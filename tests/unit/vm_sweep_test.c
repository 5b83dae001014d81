/* Tests of collections that meet a full disk. */
#include <string.h>

#include "persist/memory/pages.h"
#include "persist/memory/snapshot.h"
#include "tests/test.h"
#include "tests/unit/vm_harness.h"
#include "vm/heap/collect.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"
#include "vm/run/domain.h"

enum { FILLER_REGION = 40, LARGE_BYTES = 3 * REGION_BLOCK_BYTES - 100 };

static uint64_t filler_address(void) {
    return page_address(FILLER_REGION * MEMORY_REGION_PAGES);
}

/* Announces pages of no use until nothing more can be. */
static void fill_disk(void) {
    uint64_t address = filler_address();
    EXPECT_EQUAL(memory_attach(FILLER_REGION + 3), STATUS_OK);
    while (memory_write(address, 8) == STATUS_OK)
        address += PLATFORM_PAGE_BYTES;
}

static void free_disk(void) {
    EXPECT_EQUAL(memory_discard(filler_address(), 4 * MEMORY_REGION_BYTES),
                 STATUS_OK);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
}

static Array *make_large(Domain *domain) {
    Status status;
    Array *made = heap_new_array(domain, CLASS_ByteArray, LARGE_BYTES, &status);
    EXPECT(made != NULL);
    return made;
}

static uint64_t count_of(const Array *array, uint8_t byte) {
    uint64_t count = 0;
    for (uint64_t i = 0; i < array->length; i++)
        count += array->at.bytes[i] == byte;
    return count;
}

/* All that the sweep writes is announced, but the pages of the object itself
 * cannot be. */
TEST("where memory of a dead object could not be given back nothing shows it") {
    Domain *domain = NULL;
    harness_start();
    EXPECT_EQUAL(domain_create("test", 16u << 20, &domain), STATUS_OK);
    Array *dead = make_large(domain);
    memset(dead->at.bytes, 0x55, dead->length);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    EXPECT_EQUAL(heap_write(domain, sizeof *domain), STATUS_OK);
    EXPECT_EQUAL(
        memory_write(region_address(domain->first_region), REGION_OBJECTS_AT),
        STATUS_OK);
    fill_disk();
    EXPECT_EQUAL(collect_domain(domain), STATUS_OK);
    EXPECT_EQUAL(count_of(dead, 0x55), LARGE_BYTES);
    free_disk();
    const Array *next = make_large(domain);
    EXPECT(next == dead);
    EXPECT_EQUAL(count_of(next, 0), LARGE_BYTES);
    harness_check();
    harness_stop();
}
