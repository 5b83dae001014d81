/* Tests of the heap, the checker, gates, identity and transient fields. */
#include <stdio.h>
#include <string.h>

#include "kernel/base/number_text.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/vm_core.h"
#include "tests/unit/vm_harness.h"
#include "vm/heap/class.h"
#include "vm/heap/collect.h"
#include "vm/heap/heap.h"
#include "vm/heap/heap_check.h"
#include "vm/heap/identity.h"
#include "vm/heap/region.h"
#include "vm/run/domain.h"
#include "vm/run/gate.h"
#include "vm/run/thread.h"

#define A (&harness_assembler)

static Domain *make_domain(uint64_t limit) {
    Domain *domain = NULL;
    EXPECT_EQUAL(domain_create("test", limit, &domain), STATUS_OK);
    return domain;
}

/* A kept array that everything else hangs on, reached by the domain's seat. */
static Array *keep_array(Domain *domain, uint64_t length) {
    Status status;
    Array *keep = heap_new_array(domain, CLASS_ObjectArray, length, &status);
    EXPECT(keep != NULL);
    EXPECT_EQUAL(heap_write(domain, sizeof *domain), STATUS_OK);
    HEAP_SET(domain->seat, keep);
    return keep;
}

/* A hole that is used up can end at the very address where the block for medium
 * objects begins. */
TEST("a medium object does not move the end of a used-up hole before it") {
    Status status;
    harness_start();
    Domain *domain = make_domain(8u << 20);
    for (int i = 0; i < 8 && !domain->medium; i++)
        EXPECT(heap_new_array(domain, CLASS_IntArray, HEAP_MEDIUM_BYTES / 16,
                              &status) != NULL);
    EXPECT(domain->medium != 0);
    EXPECT_EQUAL(heap_write(domain, sizeof *domain), STATUS_OK);
    domain->bump = domain->bump_end = domain->medium;
    Array *second =
        heap_new_array(domain, CLASS_IntArray, HEAP_MEDIUM_BYTES / 16, &status);
    EXPECT(second != NULL);
    EXPECT(domain->bump <= domain->bump_end);
    harness_check();
    harness_stop();
}

TEST("objects of all sizes live, die and leave a whole heap") {
    uint64_t state = 5;
    harness_start();
    Domain *domain = make_domain(60u << 20);
    Array *keep = keep_array(domain, 200);
    for (int round = 0; round < 6; round++) {
        for (int i = 0; i < 3000; i++) {
            Status status;
            uint64_t pick = test_random(&state) % 100;
            uint64_t length = test_random(&state) % 40;
            if (pick > 90)
                length = test_random(&state) % 2000;
            if (pick > 98)
                length = test_random(&state) % 40000;
            Array *made =
                heap_new_array(domain, CLASS_IntArray, length, &status);
            EXPECT(made || status == STATUS_LIMIT);
            if (!made)
                break;
            EXPECT(length == 0 ||
                   (made->at.words[0] == 0 && made->at.words[length - 1] == 0));
            memset(made->at.words, 0xEE, length * 8);
            uint64_t place = test_random(&state) % 200;
            EXPECT_EQUAL(heap_write(&keep->at.references[place], 8), STATUS_OK);
            HEAP_SET(keep->at.references[place], made);
        }
        collect_set_poison(round % 2);
        EXPECT_EQUAL(collect_domain(domain), STATUS_OK);
        harness_check();
    }
    EXPECT(domain->used_bytes < 20u << 20);
    harness_restart();
    harness_check();
    harness_stop();
}

TEST("a domain gets no more than its limit and other domains the rest") {
    harness_start();
    Domain *small = make_domain(1u << 20), *other = make_domain(4u << 20);
    Status status;
    while (heap_new_array(small, CLASS_IntArray, 100, &status))
        continue;
    EXPECT_EQUAL(status, STATUS_LIMIT);
    EXPECT(!heap_new_array(small, CLASS_IntArray, 1u << 20, &status));
    EXPECT(!heap_new_array(small, CLASS_IntArray, UINT64_MAX, &status));
    EXPECT_EQUAL(status, STATUS_LIMIT);
    EXPECT(heap_new_array(other, CLASS_IntArray, 100, &status) != NULL);
    EXPECT_EQUAL(collect_domain(small), STATUS_OK);
    EXPECT(heap_new_array(small, CLASS_IntArray, 100, &status) != NULL);
    harness_check();
    harness_stop();
}

TEST("large objects reuse the blocks of dead ones") {
    harness_start();
    Domain *domain = make_domain(40u << 20);
    for (int i = 0; i < 20; i++) {
        Status status;
        Array *made =
            heap_new_array(domain, CLASS_ByteArray, 9u << 20, &status);
        if (!made) {
            EXPECT_EQUAL(status, STATUS_LIMIT);
            EXPECT_EQUAL(collect_domain(domain), STATUS_OK);
            continue;
        }
        EXPECT(made->at.bytes[(9u << 20) - 1] == 0);
        made->at.bytes[(9u << 20) - 1] = 1;
    }
    harness_check();
    EXPECT_EQUAL(domain->last_region, domain->first_region);
    harness_stop();
}

/* ---- What a collection leaves ---- */

enum { BLOCKS = 40, EACH = 10000 };

/* Fills blocks with medium objects, of which some stay; the others leave blocks
 * with no object that are not zero. */
static void leave_gaps(Domain *domain, Array *keep) {
    Status status;
    for (uint64_t i = 0; i < 2ull * BLOCKS; i++) {
        Array *made = heap_new_array(domain, CLASS_ByteArray, 16000, &status);
        EXPECT(made != NULL);
        memset(made->at.bytes, 0x55, made->length);
        if (i % 8 == 0)
            HEAP_SET(keep->at.references[i / 8], made);
    }
    EXPECT_EQUAL(collect_domain(domain), STATUS_OK);
}

TEST("a large object lies where nothing is, and begins with zeros") {
    harness_start();
    Domain *domain = make_domain(16u << 20);
    Array *keep = keep_array(domain, BLOCKS / 4);
    Status status;
    leave_gaps(domain, keep);
    for (int i = 0; i < BLOCKS / 4; i++) {
        Array *large = heap_new_array(domain, CLASS_ByteArray,
                                      3 * REGION_BLOCK_BYTES - 100, &status);
        EXPECT(large != NULL);
        uint64_t sum = 0;
        for (uint64_t k = 0; k < large->length; k++)
            sum += large->at.bytes[k];
        EXPECT_EQUAL(sum, 0);
        memset(large->at.bytes, 0x77, large->length);
    }
    for (int i = 0; i < BLOCKS / 4; i++) {
        const Array *kept = (Array *)keep->at.references[i];
        EXPECT(kept->at.bytes[0] == 0x55 && kept->at.bytes[15999] == 0x55);
    }
    EXPECT_EQUAL(domain->last_region, domain->first_region);
    harness_check();
    harness_stop();
}

/* An array of `count` references, each to an array of one reference. */
static Array *make_fan(Domain *domain, uint64_t count, bool leaves) {
    Status status;
    Array *fan = heap_new_array(domain, CLASS_ObjectArray, count, &status);
    EXPECT(fan != NULL);
    for (uint64_t i = 0; i < count; i++) {
        Array *each = heap_new_array(domain, CLASS_ObjectArray, 1, &status);
        EXPECT(each != NULL);
        HEAP_SET(fan->at.references[i], each);
        if (leaves)
            HEAP_SET(each->at.references[0],
                     heap_new_array(domain, CLASS_IntArray, 1, &status));
    }
    return fan;
}

/* The second fan is only followed when what was passed over is looked for
 * again, and then there is no room for its own objects, which lie before it. */
TEST("a collection that has too little memory, twice, keeps all that is used") {
    harness_start();
    Domain *domain = make_domain(32u << 20);
    Array *keep = keep_array(domain, 1);
    Array *second = make_fan(domain, EACH, true);
    Array *first = make_fan(domain, EACH, false);
    HEAP_SET(keep->at.references[0], first);
    HEAP_SET(((Array *)first->at.references[EACH / 2])->at.references[0],
             second);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    sim_alloc_fail(4, true);
    EXPECT_EQUAL(collect_domain(domain), STATUS_OK);
    EXPECT(sim_alloc_failed());
    sim_alloc_fail(0, false);
    harness_check();
    harness_stop();
}

TEST("the regions of a domain are one chain, from its first to its last") {
    harness_start();
    Domain *domain = make_domain(200u << 20);
    Status status;
    for (int i = 0; i < 3; i++)
        EXPECT(heap_new_array(domain, CLASS_ByteArray, 45u << 20, &status) !=
               NULL);
    EXPECT(domain_check() == NULL);
    EXPECT_EQUAL(region_header(domain->first_region)->next,
                 domain->first_region + 1);
    EXPECT_EQUAL(domain->last_region, domain->first_region + 2);
    EXPECT_EQUAL(domain_kill(domain), STATUS_OK);
    EXPECT(domain_check() == NULL);
    harness_stop();
}

/* ---- Planted faults ---- */

static bool check_says(const char *what) {
    char buffer[300];
    Text why = text_on(buffer, sizeof buffer);
    bool good = heap_check(&why);
    text_end(&why);
    if (!good && strstr(buffer, what))
        return true;
    printf("  the checker says: %s\n", good ? "good" : buffer);
    return false;
}

TEST("the checker finds each planted fault") {
    harness_start();
    Domain *domain = make_domain(8u << 20), *other = make_domain(8u << 20);
    Array *keep = keep_array(domain, 4), *foreign = keep_array(other, 4);
    uint64_t *slot = &keep->at.words[0];
    EXPECT_EQUAL(heap_write(slot, 8), STATUS_OK);
    harness_check();
    *slot = 12345;
    EXPECT(check_says("H3"));
    *slot = (uint64_t)(uintptr_t)keep + 16;
    EXPECT(check_says("H3"));
    *slot = (uint64_t)(uintptr_t)foreign;
    EXPECT(check_says("H4"));
    *slot = (uint64_t)(uintptr_t)keep;
    harness_check();
    keep->head.class_id = 99999;
    EXPECT(check_says("H2"));
    keep->head.class_id = CLASS_ObjectArray;
    keep->head.zero[1] = 1;
    EXPECT(check_says("H2"));
    keep->head.zero[1] = 0;
    uint64_t length = keep->length;
    keep->length = 1u << 20;
    EXPECT(check_says("H1"));
    keep->length = length;
    domain->used_bytes += 256;
    EXPECT(check_says("H5"));
    domain->used_bytes -= 256;
    uint64_t address = (uint64_t)(uintptr_t)keep;
    uint32_t *line =
        region_lines(region_of(address), region_block_of(address)) +
        address % REGION_BLOCK_BYTES / REGION_LINE_BYTES;
    EXPECT_EQUAL(heap_write(line, 4), STATUS_OK);
    uint32_t birth = *line;
    *line = 0;
    EXPECT(check_says("H5"));
    *line = birth;
    EXPECT_EQUAL(heap_write(region_start_word(address), 8), STATUS_OK);
    *region_start_word(address) |= region_start_bit(address) << 1;
    EXPECT(check_says("H"));
    *region_start_word(address) &= ~(region_start_bit(address) << 1);
    harness_check();
    harness_stop();
}

/* ---- Identity, gates ---- */

TEST("identity hashes stay the same and go with their objects") {
    harness_start();
    Domain *domain = make_domain(16u << 20);
    Array *keep = keep_array(domain, 300);
    uint64_t hashes[300], hash;
    Status status;
    for (int i = 0; i < 300; i++) {
        Array *made = heap_new_array(domain, CLASS_IntArray, 3, &status);
        Array *lost = heap_new_array(domain, CLASS_IntArray, 3, &status);
        HEAP_SET(keep->at.references[i], made);
        EXPECT_EQUAL(identity_hash(domain, &made->head, &hashes[i]), STATUS_OK);
        EXPECT_EQUAL(identity_hash(domain, &lost->head, &hash), STATUS_OK);
        EXPECT(hash != hashes[i]);
    }
    EXPECT_EQUAL(domain->hash_count, 600);
    EXPECT_EQUAL(collect_domain(domain), STATUS_OK);
    EXPECT_EQUAL(domain->hash_count, 300);
    harness_restart();
    for (int i = 0; i < 300; i++) {
        EXPECT_EQUAL(identity_hash(domain, keep->at.references[i], &hash),
                     STATUS_OK);
        EXPECT_EQUAL(hash, hashes[i]);
    }
    harness_check();
    harness_stop();
}

TEST("objects can be given hashes, each once") {
    harness_start();
    Domain *domain = make_domain(16u << 20);
    Array *keep = keep_array(domain, 300);
    Status status;
    uint64_t hash;
    for (uint64_t i = 0; i < 300 && domain->hash_count == i; i++) {
        Array *made = heap_new_array(domain, CLASS_IntArray, 3, &status);
        HEAP_SET(keep->at.references[i], made);
        EXPECT_EQUAL(identity_give(domain, &made->head, 7), STATUS_OK);
        EXPECT_EQUAL(identity_give(domain, &made->head, 1000 + i), STATUS_OK);
    }
    EXPECT_EQUAL(domain->hash_count, 300);
    for (uint64_t i = 0; i < domain->hash_count; i++) {
        EXPECT_EQUAL(identity_hash(domain, keep->at.references[i], &hash),
                     STATUS_OK);
        EXPECT_EQUAL(hash, 1000 + i);
    }
    harness_check();
    harness_stop();
}

TEST("a table of hashes that grows in steps has each hash it had") {
    enum { OBJECTS = 300 };
    harness_start();
    Domain *domain = make_domain(16u << 20);
    uint64_t hashes[OBJECTS], at = 0, hash, count = 0, steps = 0;
    Status status;
    Array *keep = heap_new_array(domain, CLASS_ObjectArray, OBJECTS, &status);
    while (count < OBJECTS && (count < 100 || !identity_wants(domain))) {
        Array *made = heap_new_array(domain, CLASS_IntArray, 3, &status);
        HEAP_SET(keep->at.references[count], made);
        EXPECT_EQUAL(identity_hash(domain, &made->head, &hashes[count++]),
                     STATUS_OK);
    }
    Array *old = domain->hashes;
    EXPECT_EQUAL(identity_wants(domain), old->length * 2);
    Array *larger =
        heap_new_array(domain, CLASS_IntArray, old->length * 2, &status);
    do {
        EXPECT(domain->hashes == old);
        status = identity_grow(domain, larger, 7, &at);
        steps++;
    } while (status == STATUS_BUSY);
    EXPECT_EQUAL(status, STATUS_OK);
    EXPECT_EQUAL(steps, (old->length / 2 + 6) / 7);
    EXPECT(domain->hashes == larger && !identity_wants(domain));
    for (uint64_t i = 0; i < count; i++) {
        EXPECT_EQUAL(identity_hash(domain, keep->at.references[i], &hash),
                     STATUS_OK);
        EXPECT_EQUAL(hash, hashes[i]);
    }
    EXPECT_EQUAL(domain->hash_count, count);
    harness_check();
    harness_stop();
}

TEST("an object of the system keeps its identity hash in each app") {
    harness_start();
    Domain *domain = make_domain(16u << 20);
    Object *class_name = &class_get(CLASS_String)->name->head;
    uint64_t hash, again;
    Status status;
    Array *lost = heap_new_array(domain, CLASS_IntArray, 3, &status);
    EXPECT_EQUAL(identity_hash(domain, &lost->head, &hash), STATUS_OK);
    EXPECT_EQUAL(identity_hash(domain, class_name, &hash), STATUS_OK);
    EXPECT_EQUAL(collect_domain(domain), STATUS_OK);
    EXPECT_EQUAL(domain->hash_count, 1);
    EXPECT_EQUAL(identity_hash(domain, class_name, &again), STATUS_OK);
    EXPECT_EQUAL(again, hash);
    harness_stop();
}

TEST("a gate leads to its target until it is closed or its domain killed") {
    harness_start();
    Domain *owner = make_domain(4u << 20), *holder = make_domain(4u << 20);
    Array *target = keep_array(owner, 1);
    Array *keep = keep_array(holder, 20);
    Status status;
    for (int i = 0; i < 20; i++) {
        Gate *gate = gate_open(owner, &target->head, holder, &status);
        HEAP_SET(keep->at.references[i], gate);
        EXPECT(gate && gate_target(gate) == &target->head);
    }
    Gate *first = (Gate *)keep->at.references[0];
    Gate *second = (Gate *)keep->at.references[1];
    EXPECT_EQUAL(gate_close(first), STATUS_OK);
    EXPECT(!gate_target(first));
    EXPECT(gate_target(second) == &target->head);
    harness_check();
    EXPECT_EQUAL(domain_kill(owner), STATUS_OK);
    EXPECT(!gate_target(second));
    Domain *next = make_domain(4u << 20);
    EXPECT(!gate_target(second));
    EXPECT(next->number > holder->number);
    harness_check();
    harness_stop();
}

TEST("gates of several owners lead where naive ones do") {
    enum { OWNERS = 3, GATES = 120 };
    Domain *owners[OWNERS];
    Object *targets[GATES];
    Status status;
    harness_start();
    for (int i = 0; i < OWNERS; i++)
        owners[i] = make_domain(4u << 20);
    Domain *holder = make_domain(4u << 20);
    Array *keep = keep_array(holder, GATES);
    for (int i = 0; i < GATES; i++) { /* their numbers are not in a row */
        Domain *owner = owners[sim_random() % OWNERS];
        targets[i] = &keep_array(owner, 1)->head;
        Gate *gate = gate_open(owner, targets[i], holder, &status);
        EXPECT_EQUAL(status, STATUS_OK);
        HEAP_SET(keep->at.references[i], gate);
        int closed = (int)(sim_random() % (2 * GATES));
        if (closed <= i) {
            gate = (Gate *)keep->at.references[closed];
            EXPECT_EQUAL(gate_close(gate), STATUS_OK);
            targets[closed] = NULL;
        }
        for (int k = 0; k <= i; k++)
            EXPECT(gate_target((Gate *)keep->at.references[k]) == targets[k]);
    }
    harness_check();
    harness_stop();
}

TEST("only immutable values pass a gate, as copies") {
    harness_start();
    Domain *from = make_domain(4u << 20), *to = make_domain(4u << 20);
    Status status;
    Object *copy;
    String *text = heap_new_string(from, "hello", 5, &status);
    EXPECT_EQUAL(gate_copy(to, &text->head, &copy), STATUS_OK);
    EXPECT(copy != &text->head && ((String *)copy)->length == 5);
    Array *array = heap_new_array(from, CLASS_IntArray, 1, &status);
    EXPECT_EQUAL(gate_copy(to, &array->head, &copy), STATUS_INVALID);
    EXPECT_EQUAL(gate_copy(to, NULL, &copy), STATUS_OK);
    harness_check();
    harness_stop();
}

/* ---- Numbers as text ---- */

static void expect_double(double value, const char *wanted) {
    char buffer[64];
    Text text = text_on(buffer, sizeof buffer);
    number_text_double(&text, value);
    EXPECT_TEXT(text_end(&text), wanted);
}

static void expect_fixed(double value, unsigned digits, const char *wanted) {
    char buffer[500];
    Text text = text_on(buffer, sizeof buffer);
    number_text_fixed(&text, value, digits);
    EXPECT_TEXT(text_end(&text), wanted);
}

TEST("doubles are shown with the fewest digits that read back") {
    expect_double(0.0, "0.0");
    expect_double(-0.0, "-0.0");
    expect_double(1, "1.0");
    expect_double(0.1, "0.1");
    expect_double(-1.5, "-1.5");
    expect_double(123456789, "123456789.0");
    expect_double(0.001, "0.001");
    expect_double(0.00001, "0.00001");
    expect_double(1e-7, "1.0e-7");
    expect_double(1e16, "1.0e16");
    expect_double(1234567890123456, "1234567890123456.0");
    expect_double(1.0 / 3, "0.3333333333333333");
    expect_double(5e-324, "5.0e-324");
    expect_double(1.7976931348623157e308, "1.7976931348623157e308");
    expect_double(2.2250738585072014e-308, "2.2250738585072014e-308");
    expect_double(9007199254740993.0, "9007199254740992.0");
    expect_double(__builtin_inf(), "Infinity");
    expect_double(-__builtin_inf(), "-Infinity");
    expect_double(__builtin_nan(""), "NaN");
}

TEST("random doubles read back the same, as the C library reads them") {
    uint64_t seed = 77;
    for (int i = 0; i < 3000; i++) {
        uint64_t bits = test_random(&seed);
        double value, back;
        char buffer[64];
        Text text = text_on(buffer, sizeof buffer);
        memcpy(&value, &bits, 8);
        if (value != value)
            continue;
        number_text_double(&text, value);
        sscanf(text_end(&text), "%lf", &back);
        EXPECT(back == value);
        char precise[64];
        snprintf(precise, sizeof precise, "%.17g", value);
        EXPECT(text.length <= strlen(precise) + 6);
    }
}

TEST("fixed decimals are rounded as the C library rounds them") {
    uint64_t seed = 78;
    expect_fixed(2.5, 0, "2");
    expect_fixed(3.5, 0, "4");
    expect_fixed(0.125, 2, "0.12");
    for (int i = 0; i < 1000; i++) {
        double value = (double)(int64_t)test_random(&seed) / 0x1p40;
        char wanted[100];
        snprintf(wanted, sizeof wanted, "%.*f", i % 20, value);
        expect_fixed(value, (unsigned)i % 20, wanted);
    }
    char wanted[400];
    snprintf(wanted, sizeof wanted, "%.1f", 1e300);
    expect_fixed(1e300, 1, wanted);
    expect_fixed(5e-324, 40, "0.0000000000000000000000000000000000000000");
}

/* ---- A page that cannot be read any more ---- */

#define PATTERN 0x1234567887654321

/* main fills an array of 4,096 Ints and then reads it for ever. */
static void make_reader(void) {
    assembler_begin(A, "m");
    uint16_t integer = assembler_kind(A, MODULE_INT);
    uint16_t ints = assembler_kind(A, MODULE_INT_ARRAY);
    uint16_t pattern = assembler_constant(A, PATTERN);
    assembler_method(A, "main", 0, 0, 0);
    uint16_t array = assembler_register(A, ints);
    uint16_t i = assembler_register(A, integer);
    uint16_t n = assembler_register(A, integer);
    uint16_t x = assembler_register(A, integer);
    assembler_word(A, OP_small, n, 4096, 0);
    assembler_word(A, OP_new_array, array, n, ints);
    assembler_word(A, OP_constant, x, pattern, 0);
    uint16_t fill = assembler_word(A, OP_array_put_word, array, i, x);
    assembler_word(A, OP_loop_lt, i, n, fill);
    uint16_t again = assembler_word(A, OP_small, i, 0, 0);
    uint16_t read = assembler_word(A, OP_array_get_word, x, array, i);
    assembler_word(A, OP_loop_lt, i, n, read);
    assembler_word(A, OP_jump, 0, 0, again);
    assembler_end(A);
}

static bool has_pattern(const uint8_t *at) {
    uint64_t word;
    memcpy(&word, at, 8);
    return word == PATTERN;
}

/* The pages that an array of it fills, but for those with its ends. */
static unsigned damage_inner(uint64_t blocks) {
    const uint8_t *disk = sim_disk_bytes();
    unsigned count = 0;
    for (uint64_t block = 0; block < blocks; block++) {
        const uint8_t *at = disk + block * 4096;
        if (!has_pattern(at) || !has_pattern(at + 4088))
            continue;
        sim_disk_flip(block, 0);
        count++;
    }
    return count;
}

static unsigned damage_pattern(uint64_t blocks) {
    const uint8_t *disk = sim_disk_bytes();
    unsigned count = 0;
    for (uint64_t block = 0; block < blocks; block++) {
        if (!has_pattern(disk + block * 4096 + 2048))
            continue;
        sim_disk_change(block)[2048] ^= 1;
        count++;
    }
    return count;
}

TEST("an app whose page is lost is stopped and the others go on") {
    harness_start();
    make_reader();
    EXPECT(harness_load(A, false) != NULL);
    Domain *domain = NULL, *other = NULL;
    int code;
    EXPECT_EQUAL(vm_start_app("m", "reader", 4u << 20, 0, NULL, &domain),
                 STATUS_OK);
    harness_step(10000);
    harness_restart();
    EXPECT(damage_pattern(65536) > 0);
    sim_log_clear();
    harness_step(10000);
    EXPECT(vm_app_ended(domain, &code));
    EXPECT(sim_log_find("app: reader stopped: a page of it cannot be read"));
    EXPECT_EQUAL(vm_start_app("m", "other", 4u << 20, 0, NULL, &other),
                 STATUS_OK);
    harness_step(10000);
    EXPECT(!vm_app_ended(other, &code));
    EXPECT(other->run_first != NULL);
    harness_stop();
}

/* main writes to an array of 4,096 Ints for ever and never reads it. */
static void make_writer(void) {
    assembler_begin(A, "w");
    uint16_t integer = assembler_kind(A, MODULE_INT);
    uint16_t ints = assembler_kind(A, MODULE_INT_ARRAY);
    uint16_t pattern = assembler_constant(A, PATTERN);
    assembler_method(A, "main", 0, 0, 0);
    uint16_t array = assembler_register(A, ints);
    uint16_t i = assembler_register(A, integer);
    uint16_t n = assembler_register(A, integer);
    uint16_t x = assembler_register(A, integer);
    assembler_word(A, OP_small, n, 4096, 0);
    assembler_word(A, OP_new_array, array, n, ints);
    assembler_word(A, OP_constant, x, pattern, 0);
    uint16_t again = assembler_word(A, OP_small, i, 0, 0);
    uint16_t fill = assembler_word(A, OP_array_put_word, array, i, x);
    assembler_word(A, OP_loop_lt, i, n, fill);
    assembler_word(A, OP_jump, 0, 0, again);
    assembler_end(A);
}

TEST("an app whose page is lost is stopped when it only writes there") {
    Domain *domain = NULL;
    int code;
    harness_start();
    make_writer();
    EXPECT(harness_load(A, false) != NULL);
    EXPECT_EQUAL(vm_start_app("w", "writer", 4u << 20, 0, NULL, &domain),
                 STATUS_OK);
    harness_step(10000);
    harness_restart();
    EXPECT(damage_inner(65536) > 0);
    sim_log_clear();
    harness_step(10000);
    EXPECT(vm_app_ended(domain, &code));
    EXPECT(sim_log_find("app: writer stopped: a page of it cannot be read"));
    harness_stop();
}

/* Damages the object of a domain, on the disk. */
static unsigned damage_domain(uint64_t blocks, uint64_t number) {
    const uint8_t *disk = sim_disk_bytes();
    unsigned count = 0;
    for (uint64_t block = 0; block < blocks; block++) {
        const Domain *at = (Domain *)(void *)(disk + block * 4096);
        if (at->head.class_id != CLASS_Domain || at->number != number)
            continue;
        sim_disk_flip(block, 8 * sizeof *at);
        count++;
    }
    return count;
}

static uint64_t touched;

static void touch(void) {
    (void)*(const volatile uint64_t *)touched;
}

/* The address of a page with the pattern. */
static uint64_t pattern_page(const Domain *domain) {
    uint64_t page = region_address(domain->first_region);
    while (*(const uint64_t *)(page + 2048) != PATTERN)
        page += 4096;
    return page;
}

/* Two apps that read for ever, after a restart. */
static void restart_two(Domain **one, Domain **two) {
    harness_start();
    make_reader();
    EXPECT(harness_load(A, false) != NULL);
    EXPECT_EQUAL(vm_start_app("m", "one", 4u << 20, 0, NULL, one), STATUS_OK);
    harness_step(10000);
    EXPECT_EQUAL(vm_start_app("m", "two", 4u << 20, 0, NULL, two), STATUS_OK);
    touched = pattern_page(*one);
    harness_restart();
}

TEST("a page that is lost outside of the programs costs its app only") {
    Domain *one = NULL, *two = NULL;
    int code;
    restart_two(&one, &two);
    EXPECT(damage_pattern(65536) > 0);
    EXPECT(!vm_guarded(touch));
    EXPECT(vm_app_ended(one, &code));
    EXPECT(!vm_app_ended(two, &code));
    EXPECT_EQUAL(domain_kill(one), STATUS_OK);
    harness_step(10000);
    EXPECT(!vm_app_ended(two, &code));
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    harness_check();
    harness_stop();
}

TEST("an app whose own object is lost is given up, the others come back") {
    Domain *one = NULL, *two = NULL;
    int code;
    restart_two(&one, &two);
    uint64_t number = two->number;
    EXPECT(damage_domain(65536, one->number) > 0);
    sim_log_clear();
    harness_restart();
    EXPECT(sim_log_find("app: number 1 stopped: nothing of it"));
    EXPECT_EQUAL(vm_figures().domains, 2);
    two = heap_domain(number);
    EXPECT(two != NULL);
    harness_step(10000);
    EXPECT(!vm_app_ended(two, &code));
    harness_stop();
}

TEST("held apps do not run") {
    Domain *one = NULL, *two = NULL;
    restart_two(&one, &two);
    vm_hold(true, two);
    uint64_t before = vm_figures().slices;
    harness_step(100000);
    EXPECT(vm_figures().slices > before);
    vm_hold(true, NULL);
    before = vm_figures().slices;
    EXPECT_EQUAL(harness_step(100000), UINT64_MAX);
    EXPECT_EQUAL(vm_figures().slices, before);
    vm_hold(false, NULL);
    harness_step(100000);
    EXPECT(vm_figures().slices > before);
    harness_stop();
}
