/* Tests of the boxes of values: which are shared, with whom, and for how long.
 */
#include "tests/test.h"
#include "tests/unit/vm_harness.h"
#include "vm/heap/boxes.h"
#include "vm/heap/class.h"
#include "vm/heap/collect.h"
#include "vm/heap/heap.h"
#include "vm/heap/identity.h"
#include "vm/heap/region.h"
#include "vm/run/domain.h"
#include "vm/run/gate.h"

static Domain *make_domain(void) {
    Domain *domain = NULL;
    EXPECT_EQUAL(domain_create("test", 4u << 20, &domain), STATUS_OK);
    return domain;
}

static uint64_t box_value(const Object *box) {
    return ((const Box *)(const void *)box)->value;
}

static uint64_t owner_of(const Object *object) {
    return region_header(region_of((uint64_t)(uintptr_t)object))->domain;
}

/* All that are shared, from the least on: the same for both domains, the
 * system's. The values beside them have boxes of their own. */
static void expect_shared(Domain *a, Domain *b, uint32_t class_id,
                          int64_t least, int64_t most, bool has_more) {
    Status status;
    for (int64_t value = least; value <= most; value++) {
        Object *box = boxes_make(a, class_id, (uint64_t)value, &status);
        EXPECT(box == boxes_make(b, class_id, (uint64_t)value, &status));
        EXPECT_EQUAL(owner_of(box), ROOT->domains[0]->number);
        EXPECT(box->class_id == class_id && box->flags == OBJECT_IMMUTABLE);
        EXPECT_EQUAL(box_value(box), (uint64_t)value);
    }
    for (int64_t value = least - 1; has_more && value <= most + 1;
         value += most - least + 2) {
        Object *box = boxes_make(b, class_id, (uint64_t)value, &status);
        EXPECT_EQUAL(owner_of(box), b->number);
        EXPECT(box->class_id == class_id && box->flags == OBJECT_IMMUTABLE);
        EXPECT_EQUAL(box_value(box), (uint64_t)value);
        EXPECT(box != boxes_make(b, class_id, (uint64_t)value, &status));
    }
}

static void expect_all_shared(Domain *a, Domain *b) {
    expect_shared(a, b, CLASS_Int, -16, 127, true);
    expect_shared(a, b, CLASS_Bool, 0, 1, false);
    expect_shared(a, b, CLASS_Byte, 0, 255, false);
    expect_shared(a, b, CLASS_Char, 0, 127, false);
    Status status;
    Object *zero = boxes_make(a, CLASS_Double, 0, &status);
    EXPECT_EQUAL(owner_of(zero), a->number);
    Object *far = boxes_make(a, CLASS_Char, 128, &status);
    EXPECT(owner_of(far) == a->number && box_value(far) == 128);
}

TEST("small values have one box each, the same for all domains") {
    harness_start();
    Domain *a = make_domain(), *b = make_domain();
    expect_all_shared(a, b);
    Status status;
    Object *copy, *box = boxes_make(a, CLASS_Int, 7, &status);
    EXPECT_EQUAL(gate_copy(b, box, &copy), STATUS_OK);
    EXPECT(copy == box);
    Object *large = boxes_make(a, CLASS_Int, 700, &status);
    EXPECT_EQUAL(gate_copy(b, large, &copy), STATUS_OK);
    EXPECT(owner_of(copy) == b->number && box_value(copy) == 700);
    uint64_t hash, other;
    EXPECT_EQUAL(identity_hash(a, box, &hash), STATUS_OK);
    EXPECT_EQUAL(collect_domain(a), STATUS_OK);
    EXPECT_EQUAL(identity_hash(a, box, &other), STATUS_OK);
    EXPECT_EQUAL(hash, other);
    collect_set_poison(true);
    EXPECT_EQUAL(collect_domain(ROOT->domains[0]), STATUS_OK);
    collect_set_poison(false);
    expect_all_shared(a, b);
    harness_restart();
    EXPECT(box == boxes_make(b, CLASS_Int, 7, &status));
    expect_all_shared(a, b);
    harness_check();
    harness_stop();
}

TEST("a world without shared boxes gets them at its next start") {
    static const uint32_t ids[] = {CLASS_Int, CLASS_Bool, CLASS_Byte,
                                   CLASS_Char};
    harness_start();
    Domain *a = make_domain(), *b = make_domain();
    for (int i = 0; i < 4; i++) {
        EXPECT_EQUAL(heap_write(class_find(ids[i]), sizeof(Class)), STATUS_OK);
        HEAP_SET(class_find(ids[i])->boxes, NULL);
    }
    Status status;
    Object *own = boxes_make(a, CLASS_Int, 7, &status);
    EXPECT_EQUAL(owner_of(own), a->number);
    EXPECT_EQUAL(heap_write(a, sizeof *a), STATUS_OK);
    HEAP_SET(a->seat, own);
    EXPECT_EQUAL(collect_domain(ROOT->domains[0]), STATUS_OK);
    harness_restart();
    EXPECT(a->seat == own && box_value(own) == 7);
    expect_all_shared(a, b);
    harness_check();
    harness_stop();
}
