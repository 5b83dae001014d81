/* Tests of looking at older generations. */
#include <stdio.h>
#include <string.h>

#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/vm_harness.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"
#include "vm/past/past_app.h"
#include "vm/past/past_text.h"
#include "vm/run/domain.h"
#include "vm/run/gate.h"
#include "vm/run/thread.h"

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

/* ---- One app goes back ---- */

/* With a thread, so that it is not over. */
static Array *make_running(Domain **domain_out) {
    Array *all = make_app(domain_out);
    Status status;
    Thread *thread = thread_new(*domain_out, ROOT->start, NULL, &status);
    EXPECT_EQUAL(status, STATUS_OK);
    EXPECT_EQUAL(thread_start(thread), STATUS_OK);
    return all;
}

static Status take_back(uint64_t generation, uint64_t number,
                        uint64_t *broken_out) {
    char sentence[160];
    Text why = text_on(sentence, sizeof sentence);
    PastTake *take;
    Domain *domain;
    Status status = past_app_open(generation, number, &take, &why);
    if (status == STATUS_OK)
        status = past_app_announce(take);
    if (status == STATUS_OK)
        status = past_app_exchange(take, &domain, &why);
    if (status == STATUS_OK)
        *broken_out = past_app_broken_gates(take);
    past_app_close(take);
    EXPECT(status == STATUS_OK || why.length > 0);
    return status;
}

static uint64_t commit(void) {
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    return snapshot_durable();
}

static void set_word(Array *words, uint64_t index, uint64_t value) {
    EXPECT_EQUAL(heap_write(&words->at.words[index], 8), STATUS_OK);
    words->at.words[index] = value;
}

TEST("one app goes back, and the others stay as they are") {
    Status status;
    Domain *app, *other;
    uint64_t broken = 0;
    harness_start();
    Array *mine = make_running(&app), *theirs = make_running(&other);
    Array *counts = heap_new_array(app, CLASS_IntArray, 4, &status);
    Array *kept = heap_new_array(other, CLASS_IntArray, 4, &status);
    put(mine, 0, counts);
    put(theirs, 0, kept);
    set_word(counts, 0, 1);
    set_word(kept, 0, 1);
    /* gates in both directions, before and after */
    Gate *into = gate_open(app, &counts->head, other, &status);
    Gate *out = gate_open(other, &kept->head, app, &status);
    put(theirs, 1, into);
    put(mine, 1, out);
    uint64_t old = commit();
    set_word(counts, 0, 2);
    set_word(kept, 0, 2);
    Gate *later = gate_open(app, &counts->head, other, &status);
    put(theirs, 2, later);
    for (int i = 0; i < 3; i++) /* needs a second region */
        put(mine, 3 + (uint64_t)i,
            heap_new_array(app, CLASS_ByteArray, 2u << 20, &status));
    EXPECT_EQUAL(heap_add_region(app), STATUS_OK);
    uint32_t added = app->last_region;

    EXPECT_EQUAL(take_back(old, app->number, &broken), STATUS_OK);
    EXPECT_EQUAL(broken, 2);
    EXPECT_EQUAL(counts->at.words[0], 1);
    EXPECT_EQUAL(kept->at.words[0], 2);
    EXPECT(!gate_target(into) && !gate_target(later));
    EXPECT(gate_target(out) == &kept->head);
    EXPECT(!mine->at.references[3] && app->last_region != added);
    EXPECT_EQUAL(region_header(added)->magic, 0);
    harness_check();
    /* no number comes again: a new gate is another */
    Gate *fresh = gate_open(app, &counts->head, other, &status);
    EXPECT(fresh && fresh->number > later->number && !gate_target(later));
    harness_restart();
    EXPECT_EQUAL(counts->at.words[0], 1);
    EXPECT_EQUAL(kept->at.words[0], 2);
    harness_check();
    /* its own gate leads nowhere when the other has closed it since */
    put(theirs, 3, fresh);
    EXPECT_EQUAL(gate_close(out), STATUS_OK);
    EXPECT_EQUAL(take_back(old, app->number, &broken), STATUS_OK);
    EXPECT_EQUAL(broken, 1);
    EXPECT(!gate_target(out));
    harness_check();
    harness_stop();
}

TEST("an app that was closed comes back from an older generation") {
    Status status;
    Domain *app, *later;
    uint64_t broken;
    harness_start();
    Array *mine = make_running(&app);
    uint64_t number = app->number, before = commit();
    Array *large = heap_new_array(app, CLASS_ByteArray, 3u << 20, &status);
    put(mine, 0, large);
    large->at.bytes[2000000] = 7;
    uint64_t old = commit();
    EXPECT_EQUAL(domain_kill(app), STATUS_OK);
    make_running(&later);
    EXPECT(!heap_domain(number));
    commit();
    EXPECT_EQUAL(take_back(before, 77, &broken), STATUS_INVALID);
    EXPECT_EQUAL(take_back(99, number, &broken), STATUS_NOT_FOUND);
    EXPECT_EQUAL(take_back(old, number, &broken), STATUS_OK);
    EXPECT(heap_domain(number) == app);
    EXPECT_EQUAL(large->at.bytes[2000000], 7);
    harness_check();
    harness_restart();
    EXPECT(heap_domain(number) == app && heap_domain(later->number) == later);
    EXPECT_EQUAL(large->at.bytes[2000000], 7);
    harness_check();
    harness_stop();
}

TEST("an app goes back only to what the present grew from") {
    Domain *app;
    uint64_t broken;
    harness_start();
    make_running(&app);
    uint64_t old = commit();
    set_word(make_running(&app), 0, 0);
    uint64_t left = commit();
    memory_close();
    StoreOpening opening;
    MemoryOptions options = {.limit_bytes = 256u << 20, .audit = true};
    EXPECT_EQUAL(store_open(0, &options.store, &opening), STATUS_OK);
    EXPECT_EQUAL(store_go_back(options.store, old), STATUS_OK);
    options.regions = 3;
    EXPECT_EQUAL(memory_open(&options), STATUS_OK);
    EXPECT_EQUAL(vm_restore(), STATUS_OK);
    commit();
    EXPECT_EQUAL(take_back(left, 2, &broken), STATUS_INVALID);
    EXPECT_EQUAL(take_back(old, 2, &broken), STATUS_OK);
    harness_check();
    harness_stop();
}

TEST("what an app was is not put back when it is damaged") {
    Status status;
    Domain *app;
    uint64_t broken;
    harness_start();
    Array *mine = make_running(&app);
    Array *counts = heap_new_array(app, CLASS_IntArray, 4, &status);
    put(mine, 0, counts);
    put(mine, 1, (void *)((uintptr_t)counts + 8)); /* leads to no object */
    uint64_t old = commit();
    put(mine, 1, NULL);
    set_word(counts, 0, 2);
    EXPECT_EQUAL(take_back(old, app->number, &broken), STATUS_INVALID);
    EXPECT_EQUAL(counts->at.words[0], 2);
    EXPECT(mine->at.references[1] == NULL);
    EXPECT_EQUAL(app->thread_count, 1);
    harness_check();
    harness_restart();
    EXPECT_EQUAL(counts->at.words[0], 2);
    harness_check();
    harness_stop();
}
