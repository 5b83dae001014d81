/* The heap checker: region by region, object by object, reference by
 * reference; then the lists of threads. */
#include "vm/heap_check.h"

#include "vm/frame.h"
#include "vm/heap.h"
#include "vm/region.h"
#include "vm/worker.h"

typedef struct Checker {
    Text *why;
    bool bad;
    const Domain *domain; /* whose objects are checked */
    uint64_t object;      /* the one that is checked */
    uint64_t used_bytes;
} Checker;

static void wrong(Checker *check, const char *what, uint64_t at) {
    if (!check->bad)
        text_add_format(check->why, "%s (domain %lu, object %lx, at %lx)", what,
                        check->domain ? check->domain->number : 0,
                        check->object, at);
    check->bad = true;
}

static void need(Checker *check, bool good, const char *what, uint64_t at) {
    if (!good)
        wrong(check, what, at);
}

/* ---- References ---- */

static bool is_start(uint64_t address) {
    uint64_t offset = address - MEMORY_ROOT;
    if (address % 16 || offset / MEMORY_REGION_BYTES >= ROOT->next_region ||
        offset % MEMORY_REGION_BYTES < REGION_OBJECTS_AT)
        return false;
    return *region_start_word(address) & region_start_bit(address);
}

static uint64_t domain_of(uint64_t address) {
    return region_header(region_of(address))->domain;
}

static void check_reference(uint64_t *slot, void *context) {
    Checker *check = context;
    uint64_t at = (uint64_t)(uintptr_t)slot;
    if (!is_start(*slot)) {
        wrong(check, "H3 a reference leads to no object", at);
        return;
    }
    uint64_t domain = domain_of(*slot);
    need(check,
         domain == check->domain->number || domain == ROOT->domains[0]->number,
         "H4 a reference leads into another domain", at);
}

/* ---- Typed fields ---- */

static bool value_fits(uint64_t value, uint64_t packed) {
    if (!value || FIELD_KIND(packed) < 6)
        return true;
    if (!is_start(value))
        return false;
    const Class *of = heap_class(FIELD_CLASS(packed));
    const Class *is = heap_class(((const Object *)value)->class_id);
    return is && of && (of->flags & 1u || worker_is_a(is, of));
}

static void check_fields(Checker *check, Object *object, const Class *of) {
    const Array *types = of->field_types;
    for (uint64_t i = 0; types && i < types->length; i++) {
        uint64_t packed = types->at.words[i];
        uint64_t word = FIELD_WORD(packed) + (FIELD_FLAGS(packed) & 1u);
        need(check, value_fits(*object_word(object, word), packed),
             "H7 a field holds an object of another class", word);
    }
}

/* ---- Threads ---- */

static bool frame_is_whole(const Stack *stack, const uint64_t *frame) {
    if (frame < stack->words || frame + 4 > stack->words + stack->length ||
        !is_start(frame[FRAME_METHOD]) ||
        ((const Object *)frame[FRAME_METHOD])->class_id != CLASS_Method)
        return false;
    const Method *method = frame_method(frame);
    return method->code && frame_place(frame) <= method->code->length &&
           frame + method->frame_words <= stack->words + stack->length;
}

static void check_frames(Checker *check, Thread *thread) {
    Stack *stack = thread->stack;
    uint64_t *frame = stack ? stack->words + thread->frame : NULL;
    for (; frame && !check->bad; frame = frame_caller(frame))
        need(check, frame_is_whole(stack, frame), "H6 a frame is damaged",
             (uint64_t)(uintptr_t)frame);
}

/* ---- Objects, blocks, regions ---- */

static void check_object(Checker *check, uint64_t address) {
    Object *object = (Object *)address;
    const Class *of = heap_class(object->class_id);
    check->object = address;
    if (!of) {
        wrong(check, "H2 an object has no class", address);
        return;
    }
    need(check, !object->zero[0] && !object->zero[1] && !object->zero[2],
         "H2 reserved bytes of a header are not zero", address);
    if (of->shape == SHAPE_THREAD)
        check_frames(check, (Thread *)object);
    if (check->bad)
        return;
    heap_each_reference(object, check_reference, check);
    if (of->shape == SHAPE_OBJECT && !check->bad)
        check_fields(check, object, of);
}

/* Objects of the 1 KiB at `address`; each begins after the end of the one
 * before. */
static uint64_t check_part(Checker *check, uint64_t address, uint64_t end) {
    uint64_t bits = *region_start_word(address);
    for (; bits && !check->bad; bits &= bits - 1) {
        uint64_t object = address + (uint64_t)__builtin_ctzll(bits) * 16;
        check->object = object;
        need(check, object >= end, "H1 objects overlap", object);
        uint64_t size = heap_object_bytes((const Object *)object);
        need(check, size > 0, "H2 an object has no size", object);
        end = object + size;
        check_object(check, object);
    }
    return end;
}

static uint32_t count_lines(Checker *check, uint32_t region, uint32_t block) {
    const uint32_t *lines = region_lines(region, block);
    uint64_t base = region_block_address(region, block);
    uint32_t used = 0;
    for (uint32_t line = 0; line < REGION_BLOCK_LINES; line++) {
        uint64_t address = base + line * REGION_LINE_BYTES;
        uint64_t bits = *region_start_word(address) >> (address / 16 % 64);
        used += lines[line] != 0;
        need(check, lines[line] || !(bits & 0xFFFF),
             "H5 an object starts in a free line", address);
    }
    return used;
}

static void check_used_block(Checker *check, uint32_t region, uint32_t block) {
    uint64_t base = region_block_address(region, block), end = base;
    for (uint64_t at = 0; at < REGION_BLOCK_BYTES && !check->bad; at += 1024)
        end = check_part(check, base + at, end);
    need(check, end <= base + REGION_BLOCK_BYTES,
         "H1 an object leaves its block", base);
    check->used_bytes +=
        (uint64_t)count_lines(check, region, block) * REGION_LINE_BYTES;
}

static void check_large_block(Checker *check, uint32_t region, uint32_t block) {
    uint64_t base = region_block_address(region, block);
    const RegionBlock *entry = region_block(region, block);
    uint64_t bytes = (uint64_t)entry->run * REGION_BLOCK_BYTES;
    check->used_bytes += bytes;
    for (uint32_t i = 1; i < entry->run; i++)
        need(check, region_block(region, block + i)->state == BLOCK_TAIL,
             "H1 a large object's blocks are not its own", base);
    if (*region_start_word(base) & 1) {
        need(check, heap_object_bytes((const Object *)base) <= bytes,
             "H1 a large object leaves its blocks", base);
        check_object(check, base);
    }
}

static void check_region(Checker *check, uint32_t region) {
    const RegionHeader *header = region_header(region);
    need(check,
         header->magic == REGION_MAGIC && header->index == region &&
             header->domain == check->domain->number,
         "H4 a region belongs to another domain", region);
    for (uint32_t b = REGION_FIRST_BLOCK; b < REGION_BLOCKS && !check->bad;
         b++) {
        switch ((RegionBlockState)region_block(region, b)->state) {
        case BLOCK_USED:
            check_used_block(check, region, b);
            break;
        case BLOCK_LARGE:
            check_large_block(check, region, b);
            break;
        case BLOCK_FREE:
        case BLOCK_EMPTY:
        case BLOCK_TAIL:
            break;
        }
    }
}

/* ---- Lists ---- */

static void check_list(Checker *check, Thread *first, Thread *last,
                       bool has_last, bool runnable, bool sleeping) {
    const Thread *before = NULL;
    for (Thread *at = first; at && !check->bad; before = at, at = at->next) {
        uint64_t place = (uint64_t)(uintptr_t)at;
        need(check, at->before == before, "T1 a list of threads is broken",
             place);
        need(check, at->state == (runnable ? THREAD_RUNNABLE : THREAD_PARKED),
             "T2 a thread is in the wrong list", place);
        need(check, sleeping == (at->wait == WAIT_SLEEP),
             "T2 a thread waits in the wrong list", place);
        need(check, !sleeping || !before || before->wake_ns <= at->wake_ns,
             "T3 sleepers are out of order", place);
    }
    need(check, !has_last || last == before, "T1 a list has another end",
         (uint64_t)(uintptr_t)last);
}

static void check_domain(Checker *check, const Domain *domain) {
    check->domain = domain;
    check->used_bytes = 0;
    uint32_t region = domain->first_region;
    do {
        check_region(check, region);
        region = region_header(region)->next;
    } while (region && !check->bad);
    check->object = (uint64_t)(uintptr_t)domain;
    need(check, check->bad || check->used_bytes == domain->used_bytes,
         "H5 used_bytes is wrong", check->used_bytes);
    check_list(check, domain->run_first, domain->run_last, true, true, false);
    check_list(check, domain->sleepers, NULL, false, false, true);
    check_list(check, domain->waiters, NULL, false, false, false);
}

bool heap_check(Text *why) {
    Checker check = {.why = why};
    for (size_t i = 0; i < ROOT_DOMAINS_MAX && !check.bad; i++)
        if (ROOT->domains[i])
            check_domain(&check, ROOT->domains[i]);
    return !check.bad;
}
