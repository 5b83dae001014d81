/* Tests of looking at older generations. */
#include <stdio.h>
#include <string.h>

#include "persist/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/vm_harness.h"
#include "vm/domain.h"
#include "vm/heap.h"
#include "vm/past_text.h"
#include "vm/region.h"

/* A domain whose variables are one array, which everything hangs on. */
static Array *make_app(Domain **domain_out) {
    Status status;
    EXPECT_EQUAL(domain_create("test", 16u << 20, domain_out), STATUS_OK);
    Array *all = heap_new_array(*domain_out, CLASS_ObjectArray, 16, &status);
    EXPECT(all != NULL);
    HEAP_SET((*domain_out)->environments, all);
    return all;
}

static void put(Array *array, uint64_t index, const void *object) {
    EXPECT_EQUAL(heap_write(&array->at.references[index], 8), STATUS_OK);
    HEAP_SET(array->at.references[index], object);
}

static uint64_t address_of(const void *object) {
    return (uint64_t)(uintptr_t)object;
}

static Past *open_past(uint64_t generation) {
    Past *past = NULL;
    EXPECT_EQUAL(past_open(generation, &past), STATUS_OK);
    return past;
}

TEST("an old generation is read while the present has gone on") {
    Status status;
    Domain *domain;
    harness_start();
    Array *all = make_app(&domain);
    String *text = heap_new_string(domain, "as it was", 9, &status);
    Array *numbers = heap_new_array(domain, CLASS_IntArray, 3000, &status);
    numbers->at.words[2999] = 7;
    put(all, 0, text);
    put(all, 1, numbers);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    uint64_t old = snapshot_durable();
    EXPECT_EQUAL(heap_write(&numbers->at.words[2999], 8), STATUS_OK);
    numbers->at.words[2999] = 8;
    put(all, 0, NULL);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);

    Past *past = open_past(old);
    PastObject found;
    uint64_t value;
    char name[32];
    EXPECT_EQUAL(
        past_object_of(past, address_of(numbers), CLASS_IntArray, &found),
        STATUS_OK);
    EXPECT_EQUAL(found.domain, domain->number);
    EXPECT_EQUAL(past_element(past, &found, 2999, &value), STATUS_OK);
    EXPECT_EQUAL(value, 7);
    EXPECT_EQUAL(past_element(past, &found, 3000, &value), STATUS_INVALID);
    EXPECT_EQUAL(past_name(past, address_of(text), name, sizeof name),
                 STATUS_OK);
    EXPECT_TEXT(name, "as it was");
    EXPECT_EQUAL(past_name(past, address_of(text), name, 9), STATUS_INVALID);
    past_close(past);
    EXPECT_EQUAL(numbers->at.words[2999], 8);
    EXPECT_EQUAL(past_open(99, &past), STATUS_NOT_FOUND);
    harness_stop();
}

TEST("an address of an old generation that leads to no object is refused") {
    Status status;
    Domain *domain;
    harness_start();
    Array *all = make_app(&domain);
    Array *bytes = heap_new_array(domain, CLASS_ByteArray, 100, &status);
    put(all, 0, bytes);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    Past *past = open_past(snapshot_durable());
    PastObject found;
    uint64_t end =
        address_of(domain) / MEMORY_REGION_BYTES * MEMORY_REGION_BYTES +
        MEMORY_REGION_BYTES;
    const uint64_t nowhere[] = {0,
                                1,
                                MEMORY_ROOT,
                                MEMORY_ROOT - 16,
                                address_of(bytes) + 8,
                                address_of(bytes) + 16,
                                address_of(region_header(1)),
                                end - 16,
                                end,
                                end + MEMORY_REGION_BYTES,
                                UINT64_MAX,
                                UINT64_MAX - 15};
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++)
        EXPECT_EQUAL(past_object(past, nowhere[i], &found), STATUS_INVALID);
    EXPECT_EQUAL(past_object(past, address_of(bytes), &found), STATUS_OK);
    EXPECT_EQUAL(past_object_of(past, address_of(bytes), CLASS_String, &found),
                 STATUS_INVALID);
    past_close(past);
    harness_stop();
}

/* What is damaged in the present goes into a generation as it is. */
TEST("objects that make no sense in an old generation do no harm") {
    Status status;
    Domain *domain;
    uint64_t state = 3;
    char shown[4096], sentence[200];
    harness_start();
    Array *all = make_app(&domain);
    for (uint64_t i = 0; i < 16; i++)
        put(all, i,
            heap_new_array(domain, CLASS_IntArray + i % 6, 20, &status));
    uint64_t base = MEMORY_ROOT + MEMORY_REGION_BYTES;
    for (int round = 0; round < 300; round++) {
        uint64_t places[] = {address_of(domain) + test_random(&state) % 4096,
                             address_of(all) + test_random(&state) % 2048,
                             base + REGION_HEADER_AT + test_random(&state) % 24,
                             MEMORY_ROOT + test_random(&state) % 400,
                             MEMORY_ROOT + REGION_OBJECTS_AT +
                                 test_random(&state) % 65536};
        uint8_t *place = (uint8_t *)places[test_random(&state) % 5];
        uint8_t kept = *place;
        EXPECT_EQUAL(heap_write(place, 1), STATUS_OK);
        *place ^= (uint8_t)(1u << test_random(&state) % 8);
        EXPECT_EQUAL(snapshot_now(), STATUS_OK);
        EXPECT_EQUAL(heap_write(place, 1), STATUS_OK);
        *place = kept;
        Past *past;
        if (past_open(snapshot_durable(), &past) != STATUS_OK)
            continue;
        static const char *const paths[] = {"", "test", "test.0", "2.x.1"};
        for (size_t i = 0; i < 4; i++) {
            Text text = text_on(shown, sizeof shown);
            Text why = text_on(sentence, sizeof sentence);
            status = past_text_show(past, paths[i], strlen(paths[i]), 4, &text,
                                    &why);
            EXPECT(status == STATUS_OK || why.length > 0);
        }
        PastObject found;
        for (uint64_t at = address_of(domain);
             at < address_of(domain) + REGION_BLOCK_BYTES; at += 16)
            if (past_object(past, at, &found) == STATUS_OK)
                EXPECT(found.bytes > 0);
        past_close(past);
    }
    harness_check();
    harness_stop();
}
