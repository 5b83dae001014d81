/* Pages from before a reset. */
#include "kernel/pc/warm.h"

#include "kernel/base/bytes.h"
#include "kernel/base/log.h"
#include "kernel/pc/cpu.h"
#include "kernel/pc/frames.h"
#include "kernel/pc/paging.h"
#include "kernel/platform.h"

enum { TABLE_ENTRIES = 512, TOP_ENTRIES = PLATFORM_RANGE_BYTES >> 39 };

#define TOP_FIRST (PLATFORM_RANGE_BASE >> 39 & 511)
#define MAPPED_AT_FIRST (1ull << 32) /* what start.S has mapped */

/* "REV WARM" read as a little-endian number. */
#define WARM_MAGIC 0x4D52415720564552ull

/* Where tables of level 4 are. */
typedef struct WarmHead {
    uint64_t magic;
    uint64_t top;   /* physical */
    uint64_t check; /* all bits of the top, inverted */
} WarmHead;

/* Frames that firmware and loaders have no use for; one that survives is
 * enough. */
static const uint64_t places[] = {48ull << 20, 80ull << 20, 112ull << 20};
enum { PLACES = sizeof places / sizeof places[0] };

static uint64_t top[TOP_ENTRIES]; /* old entries of level 4 */
static bool found;

/* ---- The start ---- */

static bool is_ram(const BootInfo *boot, uint64_t frame) {
    for (uint32_t i = 0; i < boot->range_count; i++)
        if (frame >= boot->ranges[i].start &&
            frame + PLATFORM_PAGE_BYTES <= boot->ranges[i].end)
            return frame < MAPPED_AT_FIRST;
    return false;
}

static bool read_head(const BootInfo *boot, uint64_t place) {
    if (!is_ram(boot, place))
        return false;
    WarmHead *head = paging_direct(place);
    bool good = head->magic == WARM_MAGIC && head->check == ~head->top &&
                head->top % PLATFORM_PAGE_BYTES == 0 && is_ram(boot, head->top);
    if (good)
        bytes_copy(top, (uint64_t *)paging_direct(head->top) + TOP_FIRST,
                   sizeof top);
    head->magic = 0; /* a start that comes no further leaves no head */
    return good;
}

void warm_look(const BootInfo *boot) {
    for (int i = 0; i < PLACES; i++)
        found = read_head(boot, places[i]) || found;
}

/* Claims the table behind an entry and what it names; what cannot be claimed
 * was written over, and is forgotten. Returns how many pages there are. The
 * depth of the recursion is the number of levels. */
static uint64_t claim(uint64_t *entry, int level) {
    uint64_t frame = *entry & PAGING_ADDRESS, pages = 0;
    if (!(*entry & PAGING_PRESENT) || (*entry & PAGING_LARGE && level > 0) ||
        !frames_claim(frame)) {
        *entry = 0;
        return 0;
    }
    if (level == 0)
        return 1;
    uint64_t *table = paging_direct(frame);
    for (int i = 0; i < TABLE_ENTRIES; i++)
        pages += claim(&table[i], level - 1);
    return pages;
}

static void write_heads(void) {
    uint64_t now = cpu_read_cr3();
    WarmHead head = {.magic = WARM_MAGIC, .top = now, .check = ~now};
    for (int i = 0; i < PLACES; i++)
        if (frames_claim(places[i]))
            bytes_copy(paging_direct(places[i]), &head, sizeof head);
}

void warm_start(void) {
    uint64_t pages = 0;
    write_heads();
    for (int i = 0; found && i < TOP_ENTRIES; i++)
        pages += claim(&top[i], 3);
    if (pages > 0)
        log_line("pc: %lu pages are still in RAM", pages);
}

/* ---- Afterwards ---- */

/* The entry of an address in the old tables, or NULL. */
static uint64_t *entry_of_page(uint64_t address) {
    uint64_t *entry = &top[(address >> 39 & 511) - TOP_FIRST];
    for (int level = 3; level > 0; level--) {
        if (*entry == 0)
            return NULL;
        uint64_t *table = paging_direct(*entry & PAGING_ADDRESS);
        entry = &table[address >> (3 + 9 * level) & 511];
    }
    return *entry ? entry : NULL;
}

bool platform_warm_page(uint64_t address, void *bytes) {
    uint64_t *entry = found ? entry_of_page(address) : NULL;
    if (!entry)
        return false;
    uint64_t frame = *entry & PAGING_ADDRESS;
    bytes_copy(bytes, paging_direct(frame), PLATFORM_PAGE_BYTES);
    *entry = 0;
    frames_give(frame);
    return true;
}

static void drop(uint64_t *entry, int level) {
    if (*entry == 0)
        return;
    uint64_t *table = paging_direct(*entry & PAGING_ADDRESS);
    for (int i = 0; level > 0 && i < TABLE_ENTRIES; i++)
        drop(&table[i], level - 1);
    frames_give(*entry & PAGING_ADDRESS);
    *entry = 0;
}

bool warm_drop(void) {
    if (!found)
        return false;
    found = false;
    for (int i = 0; i < TOP_ENTRIES; i++)
        drop(&top[i], 3);
    return true;
}
