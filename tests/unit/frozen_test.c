/* The look at pages before they become a generation: each kind of damage is
 * found in the page that has it, and programs that run on do not disturb it. */
#include "vm/heap/frozen_check.h"

#include <string.h>

#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/vm_core.h"
#include "tests/unit/vm_harness.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"
#include "vm/run/domain.h"

static char said[300];

static bool check_page(uint64_t page) {
    Text text = text_on(said, sizeof said);
    bool good = frozen_check(page, &text);
    text_end(&text);
    return good;
}

/* An app with an array of references, each to a string of its own. */
static Domain *domain;
static Array *array;

static void start(void) {
    Status status;
    harness_start();
    snapshot_set_check(check_page);
    EXPECT_EQUAL(domain_create("frozen", 16u << 20, &domain), STATUS_OK);
    array = heap_new_array(domain, CLASS_ObjectArray, 2000, &status);
    for (uint64_t i = 0; array && i < array->length; i++)
        HEAP_SET(array->at.references[i],
                 heap_new_string(domain, "some text", 9, &status));
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
}

static void stop(void) {
    snapshot_set_check(NULL);
    harness_stop();
}

/* Writes a word as a wild C function would, but announced, so that the auditor
 * does not see it; then the next generation must be refused, and the one after
 * it, with the word as it was, taken. */
static void expect_found(void *at, uint64_t value, const char *sentence) {
    uint64_t *word = at, was = *word;
    uint64_t before = snapshot_durable();
    /* The page that a table is about is looked at, too. */
    EXPECT_EQUAL(heap_write(array, heap_object_bytes(&array->head)), STATUS_OK);
    EXPECT_EQUAL(memory_write((uintptr_t)word, 8), STATUS_OK);
    *word = value;
    EXPECT_EQUAL(snapshot_now(), STATUS_CORRUPT);
    EXPECT(strstr(said, sentence) != NULL);
    EXPECT_EQUAL(snapshot_durable(), before);
    EXPECT_EQUAL(memory_write((uintptr_t)word, 8), STATUS_OK);
    *word = was;
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    EXPECT(snapshot_durable() > before);
}

TEST("a damaged page is found before it is part of a generation") {
    start();
    String *text = (String *)(void *)array->at.references[1000];
    uint64_t header = *(uint64_t *)(void *)text;
    static const char nothing[] = "a reference leads to no object";
    expect_found(&array->at.references[3], 8, nothing);
    expect_found(&array->at.references[1999], (uintptr_t)text + 16, nothing);
    expect_found(&array->at.references[1000], (uintptr_t)text + 4, nothing);
    expect_found(&array->at.references[700], 0x7ffff0000000, nothing);
    expect_found(&array->at.references[700], MEMORY_ROOT + 0x2000, nothing);
    expect_found(text, header ^ 0xABCD00, "an object has no class");
    expect_found(text, header | 1ull << 50, "an object's header is damaged");
    expect_found(text, header | 1ull << 39, "an object's header is damaged");
    expect_found(
        region_lines(domain->first_region, region_block_of((uintptr_t)array)),
        0, "an object begins in a free line");
    expect_found(region_block(domain->first_region, REGION_FIRST_BLOCK), 0x77,
                 "a block has no state");
    expect_found(&region_header(domain->first_region)->magic, 1,
                 "a region's header is damaged");
    expect_found(&ROOT->magic, 1, "the system root is damaged");
    stop();
}

TEST("a reference into another app is found before it is kept") {
    Domain *other;
    Status status;
    start();
    EXPECT_EQUAL(domain_create("other", 16u << 20, &other), STATUS_OK);
    String *text = heap_new_string(other, "private", 7, &status);
    EXPECT(text != NULL);
    expect_found(&array->at.references[10], (uintptr_t)text,
                 "a reference leads into another domain");
    stop();
}

/* A thread that runs for ever. */
static Thread *start_thread(void) {
    Domain *app = NULL;
    assembler_begin(&harness_assembler, "m");
    assembler_method(&harness_assembler, "main", 0, 0, 0);
    assembler_word(&harness_assembler, OP_jump, 0, 0, 0);
    assembler_end(&harness_assembler);
    EXPECT(harness_load(&harness_assembler, false) != NULL);
    EXPECT_EQUAL(vm_start_app("m", "app", 4u << 20, 0, NULL, &app), STATUS_OK);
    vm_run(10000);
    return app->run_first;
}

TEST("a damaged frame is found before it is part of a generation") {
    start();
    Thread *thread = start_thread();
    uint64_t *frame = thread->stack->words + thread->frame;
    Status status;
    Object *no_code =
        heap_allocate(ROOT->domains[0], CLASS_Method, sizeof(Method), &status);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    struct {
        void *at;
        uint64_t value;
        const char *sentence;
    } wrong[] = {
        {frame + FRAME_METHOD, 0, "a frame has no method"},
        {frame + FRAME_METHOD, (uintptr_t)array, "a frame has no method"},
        {frame + FRAME_METHOD, (uintptr_t)no_code, "a frame has no method"},
        {frame + FRAME_PC, 1, "a frame is damaged"},
        {frame + FRAME_LINK, 5000ull << 16, "a frame's link leads out"},
        {&thread->frame, 1u << 20, "a thread's frame is not in its stack"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        /* The look at frames begins at their thread. */
        EXPECT_EQUAL(heap_write(thread, sizeof *thread), STATUS_OK);
        expect_found(wrong[i].at, wrong[i].value, wrong[i].sentence);
    }
    stop();
}

TEST("what programs change beside the look is not held against the page") {
    Status status;
    start();
    EXPECT_EQUAL(heap_write(array, heap_object_bytes(&array->head)), STATUS_OK);
    HEAP_SET(array->at.references[0],
             heap_new_string(domain, "new", 3, &status));
    EXPECT(snapshot_barrier() > 0);
    /* From here on the generation has none of it. */
    EXPECT_EQUAL(heap_write(array, heap_object_bytes(&array->head)), STATUS_OK);
    for (uint64_t i = 0; i < array->length; i++)
        HEAP_SET(array->at.references[i], (uintptr_t)array + 16);
    while ((status = snapshot_step(1)) == STATUS_BUSY)
        platform_disk_poll(true);
    EXPECT_EQUAL(status, STATUS_OK);
    for (uint64_t i = 0; i < array->length; i++)
        HEAP_SET(array->at.references[i], NULL);
    stop();
}
