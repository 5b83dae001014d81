/* Checks of one page of a closed epoch. */
#include "vm/heap/frozen_check.h"

#include "kernel/base/bytes.h"
#include "persist/memory/snapshot.h"
#include "vm/heap/class.h"
#include "vm/heap/frame.h"
#include "vm/heap/heap.h"
#include "vm/heap/region.h"
#include "vm/heap/trust.h"

enum { FRAMES_MOST = 100000, KNOWN_FLAGS = 15, RECENT = 16, MAP_MOST = 1024 };

typedef struct FrozenCheck {
    Text *why;
    bool bad;
    uint64_t from, to; /* addresses of the page */
    uint32_t region;
    const Domain *owner;
    uint64_t domain; /* its number */
    uint64_t system; /* number of the system's domain */
    uint64_t object; /* that is looked at */
} FrozenCheck;

static void need(FrozenCheck *check, bool good, const char *what, uint64_t at) {
    if (!good && !check->bad)
        text_add_format(check->why, "%s (domain %lu, object %lx, at %lx)", what,
                        check->domain, check->object, at);
    check->bad = check->bad || !good;
}

/* ---- Reading what was ---- */

/* Pages that were asked for while one is looked at: no program runs then, so
 * what was true stays true. */
static struct {
    uint64_t page; /* UINT64_MAX: none */
    const uint64_t *bytes;
} recent[RECENT];

static void forget_recent(void) {
    for (int i = 0; i < RECENT; i++)
        recent[i].page = UINT64_MAX;
}

static const uint64_t *frozen_page(uint64_t page) {
    uint64_t place = (page ^ page >> 4) % RECENT;
    if (recent[place].page != page) {
        recent[place].page = page;
        recent[place].bytes = NULL;
        if (page / MEMORY_REGION_PAGES < memory_region_count())
            recent[place].bytes = snapshot_frozen(page);
    }
    return recent[place].bytes;
}

/* The aligned word at an address, as it was at the barrier; false: not known.
 */
static inline bool word_at(uint64_t address, uint64_t *word_out) {
    uint64_t offset = address - MEMORY_ROOT;
    const uint64_t *bytes = frozen_page(offset / PLATFORM_PAGE_BYTES);
    if (bytes)
        *word_out = bytes[offset % PLATFORM_PAGE_BYTES / 8];
    return bytes != NULL;
}

static bool start_bits(uint64_t address, uint64_t *bits_out) {
    return word_at((uintptr_t)region_start_word(address), bits_out);
}

/* True when an object begins here, or when that is not known. */
static bool may_start(uint64_t address) {
    uint64_t bits;
    return !start_bits(address, &bits) || bits & region_start_bit(address);
}

static bool is_object_address(uint64_t address) {
    uint64_t offset = address - MEMORY_ROOT;
    return address % 16 == 0 &&
           offset / MEMORY_REGION_BYTES < memory_region_count() &&
           offset % MEMORY_REGION_BYTES >= REGION_OBJECTS_AT;
}

/* What is needed of a class. The system's never change, so the present tells;
 * an own one may be gone since. */
typedef struct FrozenClass {
    Shape shape;
    const uint64_t *map; /* words of the reference map, in the present, or */
    uint64_t frozen_map; /* the address where they were */
    uint64_t map_words;
} FrozenClass;

typedef enum Known { KNOWN_NOT, KNOWN_WRONG, KNOWN_WELL } Known;

/* The address of an own class, by the domain's table; 0: there is none. */
static Known own_class_at(const Domain *domain, uint32_t id,
                          uint64_t *address_out) {
    uint64_t table, length, place = id - OWN_FIRST;
    if (!word_at((uintptr_t)&domain->own_classes, &table))
        return KNOWN_NOT;
    if (!is_object_address(table))
        return KNOWN_WRONG;
    if (!word_at(table + 8, &length))
        return KNOWN_NOT;
    if (place >= length)
        return KNOWN_WRONG;
    if (!word_at(table + 16 + place * 8, address_out))
        return KNOWN_NOT;
    return is_object_address(*address_out) ? KNOWN_WELL : KNOWN_WRONG;
}

static Known own_class_known(const Domain *domain, uint32_t id,
                             FrozenClass *out) {
    uint64_t address = 0, word;
    Known known = own_class_at(domain, id, &address);
    if (known != KNOWN_WELL)
        return known;
    out->shape = SHAPE_OBJECT;
    if (!word_at(address + offsetof(Class, reference_map), &word) ||
        !word_at(word + 8, &out->map_words))
        return KNOWN_NOT;
    out->frozen_map = word + 16;
    return KNOWN_WELL;
}

static Known class_known(const Domain *domain, uint64_t object,
                         FrozenClass *out) {
    uint64_t header;
    *out = (FrozenClass){.shape = SHAPE_NONE};
    if (!word_at(object, &header))
        return KNOWN_NOT;
    if ((uint32_t)header >= OWN_FIRST)
        return own_class_known(domain, (uint32_t)header, out);
    const Class *of = class_find((uint32_t)header);
    if (!of)
        return KNOWN_WRONG;
    out->shape = (Shape)of->shape;
    out->map = of->reference_map ? of->reference_map->at.words : NULL;
    out->map_words = of->reference_map ? of->reference_map->length : 0;
    return KNOWN_WELL;
}

/* ---- References ---- */

static void check_reference(FrozenCheck *check, uint64_t value, uint64_t at) {
    uint64_t domain;
    if (value == 0)
        return;
    bool good = is_object_address(value) && may_start(value);
    need(check, good, "a reference leads to no object", at);
    if (!good ||
        !word_at((uintptr_t)&region_header(region_of(value))->domain, &domain))
        return;
    need(check, domain == check->domain || domain == check->system,
         "a reference leads into another domain", at);
}

/* Word `number` of the object, when it lies in the page. */
static void check_slot(FrozenCheck *check, uint64_t number) {
    uint64_t at = check->object + number * 8, value;
    if (at >= check->from && at < check->to && word_at(at, &value))
        check_reference(check, value, at);
}

/* Words first to end-1 of the object, as far as they lie in the page. */
static void check_slots(FrozenCheck *check, uint64_t first, uint64_t end) {
    uint64_t base = check->object;
    if (base + first * 8 < check->from)
        first = (check->from - base) / 8;
    if (base + end * 8 > check->to)
        end = (check->to - base) / 8;
    for (uint64_t number = first; number < end && !check->bad; number++)
        check_slot(check, number);
}

static void check_mapped(FrozenCheck *check, const FrozenClass *of) {
    for (uint64_t i = 0; i < bytes_min(of->map_words, MAP_MOST); i++) {
        uint64_t bits = of->map ? of->map[i] : 0;
        if (!of->map && !word_at(of->frozen_map + i * 8, &bits))
            return;
        for (; bits; bits &= bits - 1)
            check_slot(check, i * 64 + (uint64_t)__builtin_ctzll(bits));
    }
}

/* ---- Threads ---- */

/* A method as it was: a copy, and the length of its code. The system's never
 * change, an own one may be gone since. False: it is not known. */
static bool copy_method(FrozenCheck *check, uint64_t address,
                        Method *method_out, uint64_t *length_out) {
    uint64_t words[sizeof(Method) / 8], domain;
    if (!word_at((uintptr_t)&region_header(region_of(address))->domain,
                 &domain))
        return false;
    if (domain == check->system) {
        const Method *method = (const Method *)(uintptr_t)address;
        const Domain *system = ROOT->domains[0];
        bool good = trust_is_own(system, method, CLASS_Method) &&
                    trust_is_array(system, method->code, CLASS_IntArray);
        need(check, good, "a frame has no method", address);
        if (!good)
            return false;
        *method_out = *method;
        *length_out = method->code->length;
        return true;
    }
    for (size_t i = 0; i < sizeof words / 8; i++)
        if (!word_at(address + i * 8, &words[i]))
            return false;
    bytes_copy(method_out, words, sizeof words);
    uint64_t code = (uintptr_t)method_out->code;
    return is_object_address(code) && word_at(code + 8, length_out);
}

/* The method of a frame, from its first word. */
static bool method_of(FrozenCheck *check, uint64_t frame, Method *method_out,
                      uint64_t *length_out) {
    uint64_t word, header;
    if (!word_at(frame + 8 * FRAME_METHOD, &word))
        return false;
    bool good = is_object_address(word) && may_start(word) &&
                (!word_at(word, &header) || (uint32_t)header == CLASS_Method);
    need(check, good, "a frame has no method", frame);
    return good && copy_method(check, word, method_out, length_out);
}

/* The frame that called this one; 0: there is none, or it is not known. */
static uint64_t check_frame(FrozenCheck *check, uint64_t frame, uint64_t low,
                            uint64_t high) {
    uint64_t link, place, value, length = 0;
    Method method;
    if (!method_of(check, frame, &method, &length) || check->bad ||
        !word_at(frame + 8 * FRAME_LINK, &link) ||
        !word_at(frame + 8 * FRAME_PC, &place))
        return 0;
    uint64_t code = (uintptr_t)method.code + offsetof(Array, at);
    need(check,
         frame + 8ull * method.frame_words <= high && place >= code &&
             place <= code + 8 * length,
         "a frame is damaged", frame);
    for (uint64_t i = 0; i < method.reference_count && !check->bad; i++) {
        uint64_t at = frame + 8 * (method.references_at + i);
        if (word_at(at, &value))
            check_reference(check, value, at);
    }
    uint64_t back = (link >> 16) * 8;
    need(check, back <= frame - low, "a frame's link leads out of its stack",
         frame);
    return back && !check->bad ? frame - back : 0;
}

static void check_thread(FrozenCheck *check) {
    uint64_t stack, length, place;
    if (!word_at(check->object + offsetof(Thread, stack), &stack) || !stack ||
        !is_object_address(stack) || !word_at(stack + 8, &length) ||
        !word_at(check->object + offsetof(Thread, frame), &place))
        return;
    uint64_t low = stack + offsetof(Stack, words), high = low + 8 * length;
    need(check, length <= FRAME_STACK_WORDS_MAX && place < length,
         "a thread's frame is not in its stack", check->object);
    uint64_t frame = low + 8 * place;
    for (int left = FRAMES_MOST; frame && left > 0 && !check->bad; left--)
        frame = check_frame(check, frame, low, high);
}

/* ---- Objects ---- */

static void check_header(FrozenCheck *check) {
    uint64_t header, at = check->object;
    if (at >= check->from && word_at(at, &header))
        need(check, header >> 40 == 0 && (header >> 32 & ~KNOWN_FLAGS) == 0,
             "an object's header is damaged", at);
}

/* The lines of 1 KiB, of which these objects begin there: 16 bits a line. */
static void check_lines(FrozenCheck *check, uint64_t at, uint64_t starts) {
    const uint32_t *births = region_lines(check->region, region_block_of(at)) +
                             at % REGION_BLOCK_BYTES / REGION_LINE_BYTES;
    for (int half = 0; half < 2; half++, starts >>= 32) {
        uint64_t pair;
        if (word_at((uintptr_t)(births + half * 2), &pair))
            need(check,
                 (!(starts & 0xFFFF) || (uint32_t)pair) &&
                     (!(starts & 0xFFFF0000) || pair >> 32),
                 "an object begins in a free line", at);
    }
}

static void check_object(FrozenCheck *check, uint64_t object) {
    FrozenClass of;
    uint64_t length;
    check->object = object;
    Known known = class_known(check->owner, object, &of);
    need(check, known != KNOWN_WRONG, "an object has no class", object);
    if (known != KNOWN_WELL)
        return;
    check_header(check);
    if (of.shape == SHAPE_OBJECT)
        check_mapped(check, &of);
    else if (of.shape != SHAPE_REFERENCES)
        check_slots(check, 1, 1 + heap_leading_references(of.shape));
    else if (word_at(object + 8, &length))
        check_slots(check, 2, 2 + bytes_min(length, HEAP_OBJECT_BYTES_MAX / 8));
    if (of.shape == SHAPE_THREAD && object >= check->from)
        check_thread(check);
}

static bool block_entry(uint32_t region, uint32_t block, uint64_t *word_out) {
    return word_at((uintptr_t)region_block(region, block), word_out);
}

/* The object that begins before the page and may reach into it; 0: none that is
 * known. */
static uint64_t object_before(const FrozenCheck *check) {
    uint32_t block = region_block_of(check->from);
    uint64_t entry, bits, base = region_block_address(check->region, block);
    while (block > REGION_FIRST_BLOCK &&
           block_entry(check->region, block, &entry) &&
           (uint8_t)entry == BLOCK_TAIL)
        block--;
    if (!block_entry(check->region, block, &entry))
        return 0;
    if ((uint8_t)entry == BLOCK_LARGE) {
        base = region_block_address(check->region, block);
        return base < check->from && may_start(base) ? base : 0;
    }
    for (uint64_t at = check->from; at > base; at -= 1024) {
        if (!start_bits(at - 1024, &bits))
            return 0;
        if (bits)
            return at - 1024 + (63 - (uint64_t)__builtin_clzll(bits)) * 16;
    }
    return 0;
}

static void check_objects(FrozenCheck *check) {
    uint64_t entry, bits, block = region_block_of(check->from);
    if (!block_entry(check->region, (uint32_t)block, &entry))
        return;
    uint8_t state = (uint8_t)entry;
    need(check, state <= BLOCK_TAIL, "a block has no state", check->from);
    if (state == BLOCK_FREE || state == BLOCK_EMPTY)
        return;
    uint64_t before = object_before(check);
    if (before)
        check_object(check, before);
    for (uint64_t at = check->from; at < check->to && !check->bad; at += 1024) {
        if (!start_bits(at, &bits))
            continue;
        check_lines(check, at, bits);
        for (; bits && !check->bad; bits &= bits - 1)
            check_object(check, at + (uint64_t)__builtin_ctzll(bits) * 16);
    }
}

/* ---- Tables, and all ---- */

static void check_blocks(FrozenCheck *check) {
    uint64_t entry;
    for (uint64_t at = check->from; at < check->to && !check->bad; at += 16)
        if (word_at(at, &entry))
            need(check,
                 (uint8_t)entry <= BLOCK_TAIL && (uint8_t)(entry >> 8) == 0,
                 "a block has no state", at);
}

/* What is not in RAM is as it was at the barrier. */
static void bring_tables(const FrozenCheck *check) {
    uint32_t block = region_block_of(check->from);
    struct {
        const void *at;
        size_t bytes;
    } tables[] = {
        {region_header(check->region), sizeof(RegionHeader)},
        {region_block(check->region, block), sizeof(RegionBlock)},
        {region_start_word(check->from), PLATFORM_PAGE_BYTES / 16 / 8},
        {region_lines(check->region, block), REGION_BLOCK_LINES * 4u},
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if (memory_bring((uintptr_t)tables[i].at, tables[i].bytes) != STATUS_OK)
            return; /* then it is not known */
}

/* The running owner of the region; false: nothing of it is checked. */
static bool find_owner(FrozenCheck *check) {
    uint64_t magic, index, owner;
    const RegionHeader *header = region_header(check->region);
    if (!word_at((uintptr_t)&header->magic, &magic) || magic == 0 ||
        !word_at((uintptr_t)&header->domain, &check->domain) ||
        !word_at((uintptr_t)&header->index, &index) ||
        !word_at((uintptr_t)&header->owner, &owner))
        return false;
    need(check, magic == REGION_MAGIC && (uint32_t)index == check->region,
         "a region's header is damaged", check->from);
    check->owner = heap_domain(check->domain);
    if (!check->owner || check->owner->state != DOMAIN_RUNNING)
        return false;
    need(check, owner == (uintptr_t)check->owner,
         "a region's header is damaged", check->from);
    return true;
}

bool frozen_check(uint64_t page, Text *why) {
    uint64_t from = MEMORY_ROOT + page * PLATFORM_PAGE_BYTES;
    uint64_t place = from % MEMORY_REGION_BYTES, magic;
    FrozenCheck check = {.why = why,
                         .from = from,
                         .to = from + PLATFORM_PAGE_BYTES,
                         .region = region_of(from),
                         .system = ROOT->domains[0]->number};
    if (page > 0)
        bring_tables(&check);
    forget_recent();
    if (page == 0) {
        need(&check, word_at(from, &magic) && magic == ROOT_MAGIC,
             "the system root is damaged", from);
    } else if (find_owner(&check) && !check.bad) {
        if (place >= REGION_OBJECTS_AT)
            check_objects(&check);
        else if (place >= REGION_BLOCKS_AT && place < REGION_STARTS_AT)
            check_blocks(&check);
    }
    return !check.bad;
}
