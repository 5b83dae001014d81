/* The heap checker: region by region, object by object, reference by
 * reference; then the domain itself and its lists of threads. Nothing of a
 * domain is used before it was looked at; what is the system's is trusted. */
#include "vm/heap/heap_check.h"

#include "vm/heap/checker.h"
#include "vm/heap/frame.h"
#include "vm/heap/heap.h"
#include "vm/heap/kind.h"
#include "vm/heap/region.h"

/* ---- References ---- */

static void check_reference(uint64_t *slot, void *context) {
    Checker *check = context;
    uint64_t at = (uint64_t)(uintptr_t)slot;
    if (!checker_is_start(*slot)) {
        checker_wrong(check, "H3 a reference leads to no object", at);
        return;
    }
    uint64_t domain = checker_domain_of(*slot);
    checker_need(check,
                 domain == check->domain->number ||
                     domain == ROOT->domains[0]->number,
                 "H4 a reference leads into another domain", at);
}

/* ---- Typed fields ---- */

static bool value_fits(const Domain *domain, uint64_t value, uint64_t packed) {
    if (!value || FIELD_KIND(packed) < 6)
        return true;
    if (!checker_is_start(value))
        return false;
    const Class *of = class_find_in(domain, FIELD_CLASS(packed));
    const Class *is = class_find_in(domain, ((const Object *)value)->class_id);
    return is && of && (of->flags & 1u || class_is_a(is, of));
}

static void check_fields(Checker *check, Object *object, const Class *of) {
    const Array *types = of->field_types;
    for (uint64_t i = 0; types && i < types->length; i++) {
        uint64_t packed = types->at.words[i];
        uint64_t word = FIELD_WORD(packed) + (FIELD_FLAGS(packed) & 1u);
        checker_need(
            check,
            value_fits(check->domain, *object_word(object, word), packed),
            "H7 a field holds an object of another class", word);
    }
}

/* ---- Threads ---- */

static bool is_method(const Checker *check, uint64_t address) {
    return address && checker_is_near(check, (const void *)(uintptr_t)address,
                                      CLASS_Method);
}

static bool frame_is_whole(const Checker *check, const Stack *stack,
                           const uint64_t *frame) {
    const uint64_t *end = stack->words + stack->length;
    if (frame < stack->words || frame > end ||
        end - frame < FRAME_HEADER_WORDS ||
        !is_method(check, frame[FRAME_METHOD]))
        return false;
    const Method *method = frame_method(frame);
    return method->code &&
           checker_is_near(check, method->code, CLASS_IntArray) &&
           frame_place(frame) <= method->code->length &&
           frame[FRAME_PC] % 8 == 0 && end - frame >= method->frame_words &&
           method->references_at + method->reference_count <=
               method->frame_words;
}

/* It has or had something to run: older builds left threads without a stack
 * where there was no memory for one. */
static bool is_begun(const Thread *thread) {
    return thread->state == THREAD_RUNNABLE || thread->state == THREAD_PARKED;
}

/* What C uses of a thread without looking. */
static void check_thread(Checker *check, const Thread *thread) {
    const Stack *stack = thread->stack;
    uint64_t place = (uint64_t)(uintptr_t)thread;
    bool good = thread->domain == check->domain &&
                checker_is_own(check, stack, CLASS_Stack) &&
                thread->state <= THREAD_ENDED && thread->wait <= WAIT_NATIVE &&
                (!stack || thread->frame < stack->length) &&
                (stack || !is_begun(thread)) &&
                (!thread->calling ||
                 is_method(check, (uint64_t)(uintptr_t)thread->calling));
    checker_need(check, good, "T2 a thread is damaged", place);
    if (check->bad || !stack)
        return;
    const uint64_t *frame = stack->words + thread->frame;
    if (frame_is_whole(check, stack, frame))
        checker_need(check,
                     !thread->calling || thread->state != THREAD_PARKED ||
                         thread->result_word <
                             frame_method(frame)->frame_words ||
                         thread->result_word == CALL_NO_RESULT,
                     "T2 a thread's result goes nowhere", place);
}

static void check_frames(Checker *check, Thread *thread) {
    check_thread(check, thread);
    Stack *stack = check->bad ? NULL : thread->stack;
    uint64_t *frame = stack ? stack->words + thread->frame : NULL;
    for (; frame && !check->bad; frame = frame_caller(frame))
        checker_need(check, frame_is_whole(check, stack, frame),
                     "H6 a frame is damaged", (uint64_t)(uintptr_t)frame);
}

/* ---- Lists of threads ---- */

typedef struct ThreadList {
    Thread *first;
    const Thread *joined; /* whose joiners these are */
    ThreadState state;
    uint32_t waits; /* bits of ThreadWait: what its threads wait for */
} ThreadList;

static bool belongs(const Thread *thread, const ThreadList *list) {
    return thread->state == list->state && (list->waits >> thread->wait & 1) &&
           (!list->joined || thread->waiting == &list->joined->head);
}

/* Returns the last. */
static const Thread *check_list(Checker *check, const ThreadList *list) {
    const Thread *before = NULL;
    for (Thread *at = list->first; at && !check->bad;
         before = at, at = at->next) {
        uint64_t place = (uint64_t)(uintptr_t)at;
        checker_need(check, checker_is_own(check, at, CLASS_Thread),
                     "T1 a list of threads leads to something else", place);
        if (check->bad)
            return NULL;
        checker_need(check, at->before == before,
                     "T1 a list of threads is broken", place);
        checker_need(check, belongs(at, list),
                     "T2 a thread is in the wrong list", place);
        check->listed++;
    }
    return before;
}

typedef struct ThreadTree {
    ThreadList of;
    const Thread *last; /* in order, so far */
    uint32_t depth;
} ThreadTree;

enum { DEPTH_MOST = 200 }; /* with random priorities there is never more */

static void check_tree(Checker *check, Thread *at, const Thread *above,
                       ThreadTree *tree) {
    uint64_t place = (uint64_t)(uintptr_t)at;
    if (!at || check->bad)
        return;
    checker_need(check,
                 tree->depth < DEPTH_MOST &&
                     checker_is_own(check, at, CLASS_Thread),
                 "T1 a tree of threads leads to something else", place);
    if (check->bad)
        return;
    checker_need(check, belongs(at, &tree->of),
                 "T2 a thread is in the wrong tree", place);
    checker_need(check, !above || above->priority >= at->priority,
                 "T3 a thread has a higher priority than the one above it",
                 place);
    tree->depth++;
    check_tree(check, at->less, at, tree);
    const Thread *last = tree->last;
    checker_need(check,
                 !last || last->key < at->key ||
                     (last->key == at->key && last->order < at->order),
                 "T3 threads that wait are out of order", place);
    tree->last = at;
    check->listed++;
    check_tree(check, at->greater, at, tree);
    tree->depth--;
}

/* What is in no list of the domain's own: who joined. */
static void check_living(Checker *check, const Thread *thread) {
    uint64_t place = (uint64_t)(uintptr_t)thread;
    bool lives = is_begun(thread);
    check->living += lives;
    checker_need(check,
                 !lives || (thread->number > 0 &&
                            thread->number <= check->domain->threads_made),
                 "T4 a thread's number was never given", place);
    ThreadList joiners = {.first = thread->joiners,
                          .joined = thread,
                          .state = THREAD_PARKED,
                          .waits = 1u << WAIT_JOIN};
    check_list(check, &joiners);
}

/* ---- Objects, blocks, regions ---- */

static void check_object(Checker *check, uint64_t address) {
    Object *object = (Object *)address;
    const Class *of = class_find_in(check->domain, object->class_id);
    check->object = address;
    checker_need(check,
                 !object->zero[0] && !object->zero[1] && !object->zero[2],
                 "H2 reserved bytes of a header are not zero", address);
    if (of->shape == SHAPE_THREAD)
        check_frames(check, (Thread *)object);
    if (of->shape == SHAPE_THREAD && !check->bad)
        check_living(check, (Thread *)object);
    if (check->bad)
        return;
    heap_each_reference(object, check_reference, check);
    if (of->shape == SHAPE_OBJECT && !check->bad)
        check_fields(check, object, of);
}

/* 0: that is wrong. */
static uint64_t size_of(Checker *check, uint64_t address) {
    const Object *object = (const Object *)address;
    check->object = address;
    if (!class_find_in(check->domain, object->class_id)) {
        checker_wrong(check, "H2 an object has no class", address);
        return 0;
    }
    uint64_t size = heap_object_bytes(object);
    checker_need(check, size > 0, "H2 an object has no size", address);
    return size;
}

/* Objects of the 1 KiB at `address`; each begins after the end of the one
 * before, and none goes beyond `limit`. */
static uint64_t check_part(Checker *check, uint64_t address, uint64_t end,
                           uint64_t limit) {
    uint64_t bits = *region_start_word(address);
    for (; bits && !check->bad; bits &= bits - 1) {
        uint64_t object = address + (uint64_t)__builtin_ctzll(bits) * 16;
        check->object = object;
        checker_need(check, object >= end, "H1 objects overlap", object);
        uint64_t size = size_of(check, object);
        checker_need(check, size <= limit - object,
                     "H1 an object leaves its block", object);
        end = object + size;
        if (!check->bad)
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
        checker_need(check, lines[line] || !(bits & 0xFFFF),
                     "H5 an object starts in a free line", address);
    }
    return used;
}

static void check_used_block(Checker *check, uint32_t region, uint32_t block) {
    uint64_t base = region_block_address(region, block), end = base;
    for (uint64_t at = 0; at < REGION_BLOCK_BYTES && !check->bad; at += 1024)
        end = check_part(check, base + at, end, base + REGION_BLOCK_BYTES);
    check->used_bytes +=
        (uint64_t)count_lines(check, region, block) * REGION_LINE_BYTES;
}

static void check_large_block(Checker *check, uint32_t region, uint32_t block) {
    uint64_t base = region_block_address(region, block);
    const RegionBlock *entry = region_block(region, block);
    uint64_t bytes = (uint64_t)entry->run * REGION_BLOCK_BYTES;
    check->used_bytes += bytes;
    checker_need(check, entry->run > 0 && entry->run <= REGION_BLOCKS - block,
                 "H1 a large object leaves its region", base);
    for (uint32_t i = 1; i < entry->run && !check->bad; i++)
        checker_need(check,
                     region_block(region, block + i)->state == BLOCK_TAIL,
                     "H1 a large object's blocks are not its own", base);
    if (!check->bad && *region_start_word(base) & 1) {
        uint64_t size = size_of(check, base);
        checker_need(check, size <= bytes,
                     "H1 a large object leaves its blocks", base);
        if (!check->bad)
            check_object(check, base);
    }
}

static void check_region(Checker *check, uint32_t region) {
    const RegionHeader *header = region_header(region);
    checker_need(check, region < ROOT->next_region && memory_attached(region),
                 "H4 a domain's region is none", region);
    if (check->bad)
        return;
    checker_need(check,
                 header->magic == REGION_MAGIC && header->index == region &&
                     header->owner == check->domain &&
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

/* ---- The domain itself ---- */

static void check_threads(Checker *check, const Domain *domain) {
    ThreadList queue = {.first = domain->run_first,
                        .state = THREAD_RUNNABLE,
                        .waits = 1u << WAIT_NONE};
    ThreadTree sleepers = {
        .of = {.state = THREAD_PARKED, .waits = 1u << WAIT_SLEEP}};
    ThreadTree waiters = {.of = {.state = THREAD_PARKED,
                                 .waits = 1u << WAIT_PARK | 1u << WAIT_COMMIT |
                                          1u << WAIT_NATIVE}};
    const Thread *last = check_list(check, &queue);
    checker_need(check, last == domain->run_last, "T1 a list has another end",
                 (uint64_t)(uintptr_t)domain->run_last);
    uint64_t before = check->listed;
    check_tree(check, domain->sleepers, NULL, &sleepers);
    checker_need(check, check->listed - before == domain->sleeper_count,
                 "T4 threads that sleep are not counted",
                 domain->sleeper_count);
    check_tree(check, domain->waiters, NULL, &waiters);
    checker_need(check,
                 check->living == check->listed &&
                     check->listed == domain->thread_count,
                 "T4 threads are in no list, or not counted", check->listed);
}

static void check_domain(Checker *check, const Domain *domain) {
    check->domain = domain;
    check->used_bytes = check->living = check->listed = 0;
    uint32_t region = domain->first_region;
    uint64_t left = ROOT->next_region;
    check->object = (uint64_t)(uintptr_t)domain;
    if (domain != ROOT->domains[0])
        checker_own(check, domain);
    if (check->bad)
        return;
    do {
        check_region(check, region);
        region = check->bad ? 0 : region_header(region)->next;
        checker_need(check, left-- > 0, "H4 the regions of a domain are a ring",
                     region);
    } while (region && !check->bad);
    check->object = (uint64_t)(uintptr_t)domain;
    if (!check->bad && domain != ROOT->domains[0])
        checker_tables(check, domain);
    if (check->bad)
        return;
    checker_need(check, check->bad || check->used_bytes == domain->used_bytes,
                 "H5 used_bytes is wrong", check->used_bytes);
    check_threads(check, domain);
}

bool heap_check_domain(const Domain *domain, Text *why) {
    Checker check = {.why = why};
    check_domain(&check, domain);
    return !check.bad;
}

bool heap_check(Text *why) {
    Checker check = {.why = why};
    for (size_t i = 0; i < ROOT_DOMAINS_MAX && !check.bad; i++)
        if (ROOT->domains[i])
            check_domain(&check, ROOT->domains[i]);
    return !check.bad;
}
