/* memory.h: the persistent memory as the programs above it use it.
 *
 * The persistent range (platform.h) is one array of pages that comes back after
 * a power cut. A page that nobody ever wrote reads as zeros; pages are brought
 * in from the disk when they are touched. Regions of 64 MiB are attached before
 * their first use and stay attached in every later generation.
 *
 * The rule: announce, then write. Before bytes of the range are changed,
 * memory_write() names them; the announcement is good until the next safepoint
 * (a barrier ends it). References are stored by heap_set() only. Reading needs
 * no announcement. Whoever breaks the rule loses the change at a power cut; the
 * auditor, on in all tests, makes that a panic that names the address.
 *
 * Not safe in interrupts; the store itself never touches the range, this
 * folder does. */
#ifndef PERSIST_MEMORY_MEMORY_H
#define PERSIST_MEMORY_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/base/status.h"
#include "kernel/platform.h"

struct Store;

typedef struct MemoryOptions {
    struct Store *store;  /* NULL: no disk, nothing is kept */
    uint32_t regions;     /* attached already, from the opened generation */
    uint64_t limit_bytes; /* RAM for pages; at least 8 MiB */
    bool look;            /* what is written is never saved: it takes no room
                           * on the disk, and there are no snapshots */
    bool audit;           /* a write that was not announced is a panic */
    void (*lost)(void);   /* where code goes on that met a page which cannot be
                           * read any more, see platform_range_set_fault; it
                           * asks memory_lost_page */
} MemoryOptions;

/* Makes the range work. NO_MEMORY. */
Status memory_open(const MemoryOptions *options);
/* Forgets all pages and the store; every address reads as nothing. */
void memory_close(void);

/* The address of the access that could not be served, and why. */
uint64_t memory_lost_page(Status *why_out);

/* Calls MemoryOptions.lost once more: nobody could help. */
_Noreturn void memory_give_up(void);

/* At a safepoint: evicts clean pages beyond the limit. */
void memory_trim(void);

/* The store that memory_open was given, or NULL. */
struct Store *memory_store(void);

/* StoreSecond: what RAM has of a page, when that is what is durable. */
bool memory_second(uint64_t page, void *bytes);

uint64_t memory_resident_pages(void);
uint64_t memory_dirty_pages(void);
uint32_t memory_region_count(void);

/* Since memory_open: pages that were brought in, how many of them RAM still had
 * from before the start, and those given up. */
uint64_t memory_page_ins(void);
uint64_t memory_warm_pages(void);
uint64_t memory_evictions(void);

#define MEMORY_REGION_BYTES (64ull << 20)
#define MEMORY_REGION_PAGES (MEMORY_REGION_BYTES / PLATFORM_PAGE_BYTES)

/* The first page of the range: the system root, laid out by the VM. The first
 * region (region 0) is always attached. */
#define MEMORY_ROOT PLATFORM_RANGE_BASE

/* One byte a page: the epoch of its last announced write; 0 means none since it
 * was last durable. Index: (address - PLATFORM_RANGE_BASE) / 4096. Public only
 * so that the test is one load and one compare wherever it is inlined. */
extern uint8_t *memory_page_epochs;
extern uint8_t memory_epoch; /* 1 to 255, changes at barriers only */

/* The part of memory_write for pages not yet announced in this epoch. */
Status memory_write_slow(uint64_t address, size_t size_bytes);

/* Announces that these bytes (within attached regions) will change before the
 * next safepoint. STATUS_NO_SPACE or STATUS_NO_MEMORY: there is no room for
 * this level (below); nothing may be written; the caller lets its thread wait
 * at a safepoint and tries again, or fails. STATUS_IO_ERROR or STATUS_CORRUPT:
 * a page cannot be read any more. */
static inline Status memory_write(uint64_t address, size_t size_bytes) {
    uint64_t first = (address - PLATFORM_RANGE_BASE) / PLATFORM_PAGE_BYTES;
    uint64_t last =
        (address - PLATFORM_RANGE_BASE + size_bytes - 1) / PLATFORM_PAGE_BYTES;
    if (first == last && memory_page_epochs[first] == memory_epoch)
        return STATUS_OK;
    return memory_write_slow(address, size_bytes);
}

/* Stores a reference (or 0) into a slot of the range whose announcement still
 * holds. The one door for references: the collector will count here. */
static inline void heap_set(uint64_t *slot, uint64_t reference) {
    *slot = reference;
}

/* Brings the pages of these bytes in, so that reading them cannot fault before
 * the next safepoint. For natives' arguments. Limit: 16 MiB at once. */
Status memory_bring(uint64_t address, size_t size_bytes);

/* Attaches region `index` (address MEMORY_ROOT + index * 64 MiB); attaching
 * twice is nothing. STATUS_LIMIT beyond the range, STATUS_NO_MEMORY. */
Status memory_attach(uint32_t index);
bool memory_attached(uint32_t index);

/* The whole pages within these bytes hold nothing of worth any more: they read
 * as zeros from now on and cost no space. Counts as a write. */
Status memory_discard(uint64_t address, uint64_t size_bytes);

/* ---- Room ----
 *
 * Who announces decides how much of the disk, of the RAM for pages and of the
 * pre-images must stay free for others (reserve.c). What is left to the system
 * is enough for two generations of its own work, so that input, the screen,
 * and ending an app go on when programs wait. */
typedef enum MemoryLevel {
    MEMORY_SYSTEM, /* C code outside of threads, and the system's threads */
    MEMORY_ENDING, /* giving back what an app had */
    MEMORY_APP,    /* an app's thread runs */
    MEMORY_BESIDE, /* the same, of an app that writes more than others */
    MEMORY_HEAVY,  /* the thread of such an app that writes most of it */
} MemoryLevel;

/* The level of what is announced from now on. */
void memory_set_level(MemoryLevel level);
MemoryLevel memory_level(void);

/* Since memory_open: pages that were announced; announcements that were
 * refused, and why the last one was. */
uint64_t memory_announced_pages(void);
uint64_t memory_refusals(void);
Status memory_refused_why(void);

/* What an app can announce at once at most, however long it waits. */
uint64_t memory_at_once_bytes(void);

/* True when a snapshot is wanted before apps can write more: dirty pages or the
 * disk are near their limit. */
bool memory_pressed(void);

#endif
