/* Sets of domains, and when they want to be looked at. */
#include "vm/run/slots.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "vm/heap/region.h"

enum {
    WORDS = (ROOT_DOMAINS_MAX + 63) / 64,
    LEAVES = 512,  /* of the tree: a power of two */
    HINTS = 4096u, /* where a domain was found, by its first region */
};

_Static_assert(ROOT_DOMAINS_MAX <= LEAVES, "each slot has a leaf");

static struct {
    uint64_t sets[SLOT_SETS][WORDS];
    uint64_t wakes[2 * LEAVES]; /* a node has the earlier one of 2n, 2n + 1 */
    uint16_t hints[HINTS];
} slots;

/* ---- Finding a domain's slot ---- */

size_t slots_of(const Domain *domain) {
    uint16_t *hint = &slots.hints[region_of((uintptr_t)domain) % HINTS];
    if (ROOT->domains[*hint] == domain)
        return *hint;
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++) {
        if (ROOT->domains[i] != domain)
            continue;
        *hint = (uint16_t)i;
        return i;
    }
    return ROOT_DOMAINS_MAX;
}

/* ---- Sets ---- */

static void add(SlotSet set, size_t slot) {
    slots.sets[set][slot / 64] |= (uint64_t)1 << slot % 64;
}

void slots_add(SlotSet set, const Domain *domain) {
    size_t slot = slots_of(domain);
    if (slot < ROOT_DOMAINS_MAX)
        add(set, slot);
}

void slots_drop(SlotSet set, size_t slot) {
    slots.sets[set][slot / 64] &= ~((uint64_t)1 << slot % 64);
}

bool slots_has(SlotSet set, size_t slot) {
    return slots.sets[set][slot / 64] >> slot % 64 & 1;
}

size_t slots_next(SlotSet set, size_t from) {
    if (from >= ROOT_DOMAINS_MAX)
        return ROOT_DOMAINS_MAX;
    uint64_t word = slots.sets[set][from / 64] >> from % 64 << from % 64;
    size_t at = from / 64;
    while (!word && ++at < WORDS)
        word = slots.sets[set][at];
    return word ? at * 64 + (size_t)__builtin_ctzll(word) : ROOT_DOMAINS_MAX;
}

/* ---- Times ---- */

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

void slots_wake_at(size_t slot, uint64_t when_ns) {
    size_t at = LEAVES + slot;
    slots.wakes[at] = when_ns;
    while ((at /= 2) > 0)
        slots.wakes[at] = earlier(slots.wakes[2 * at], slots.wakes[2 * at + 1]);
}

uint64_t slots_wakes_at(size_t slot) {
    return slots.wakes[LEAVES + slot];
}

void slots_wake_by(const Domain *domain, uint64_t when_ns) {
    size_t slot = slots_of(domain);
    if (slot < ROOT_DOMAINS_MAX && when_ns < slots_wakes_at(slot))
        slots_wake_at(slot, when_ns);
}

/* The first leaf below a node that has one by this time. */
static size_t first_below(size_t at, uint64_t now_ns) {
    while (at < LEAVES)
        at = slots.wakes[2 * at] <= now_ns ? 2 * at : 2 * at + 1;
    return at - LEAVES;
}

size_t slots_first_wake(uint64_t *when_ns_out) {
    *when_ns_out = slots.wakes[1];
    return *when_ns_out == SLOTS_NEVER ? ROOT_DOMAINS_MAX
                                       : first_below(1, *when_ns_out);
}

size_t slots_next_due(size_t from, uint64_t now_ns) {
    size_t at = LEAVES + from;
    if (from >= ROOT_DOMAINS_MAX)
        return ROOT_DOMAINS_MAX;
    while (slots.wakes[at] > now_ns) { /* on to the right, and up there */
        while (at % 2 == 1)
            at /= 2;
        if (at == 0)
            return ROOT_DOMAINS_MAX;
        at++;
    }
    return first_below(at, now_ns);
}

/* ---- All of it ---- */

static void look(size_t slot) {
    add(SLOTS_READY, slot);
    add(SLOTS_ENDED, slot);
    add(SLOTS_TRASH, slot);
    add(SLOTS_ASKING, slot);
    slots_wake_at(slot, 0);
}

void slots_start(void) {
    bytes_fill(&slots, 0, sizeof slots);
    bytes_fill(slots.wakes, 0xFF, sizeof slots.wakes);
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++)
        look(i);
}

void slots_look(const Domain *domain) {
    size_t slot = slots_of(domain);
    if (slot < ROOT_DOMAINS_MAX)
        look(slot);
}

void slots_rest(size_t slot) {
    slots_drop(SLOTS_READY, slot);
    add(SLOTS_WAITING, slot);
}

void slots_turn(void) {
    for (size_t i = slots_next(SLOTS_WAITING, 0); i < ROOT_DOMAINS_MAX;
         i = slots_next(SLOTS_WAITING, i + 1)) {
        slots_drop(SLOTS_WAITING, i);
        add(SLOTS_READY, i);
        slots_wake_at(i, 0);
    }
}
