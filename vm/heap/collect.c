/* Mark and sweep. */
#include "vm/heap/collect.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "kernel/base/trace.h"
#include "vm/heap/heap.h"
#include "vm/heap/identity.h"
#include "vm/heap/class.h"
#include "vm/heap/heap_check.h"
#include "vm/heap/trust.h"
#include "vm/heap/region.h"

#define MARK_BYTES (MEMORY_REGION_BYTES / 16 / 8)

static bool poison;
static CollectFigures figures;

/* One collection. Marks of a region: a bit per 16 bytes; NULL for regions that
 * are not traced. */
typedef struct Collection {
    uint64_t **marks;
    uint64_t regions;
    Object **pending; /* marked, references not yet followed */
    size_t pending_count, pending_room;
    bool overflow; /* an object was marked and could not be put there */
} Collection;

CollectFigures collect_figures(void) {
    return figures;
}

void collect_set_poison(bool on) {
    poison = on;
}

/* ---- Marking ---- */

static void push(Collection *run, Object *object) {
    if (run->pending_count == run->pending_room) {
        size_t room = run->pending_room ? run->pending_room * 2 : 4096;
        void *larger =
            alloc_resize(run->pending, run->pending_room * sizeof(Object *),
                         room * sizeof(Object *));
        if (!larger) {
            run->overflow = true;
            return;
        }
        run->pending = larger;
        run->pending_room = room;
    }
    run->pending[run->pending_count++] = object;
}

static void mark(uint64_t *slot, void *context) {
    Collection *run = context;
    uint64_t address = *slot;
    uint32_t region = region_of(address);
    if (region >= run->regions || !run->marks[region])
        return;
    uint64_t place = address % MEMORY_REGION_BYTES / 16;
    uint64_t bit = 1ull << (place % 64);
    if (run->marks[region][place / 64] & bit)
        return;
    run->marks[region][place / 64] |= bit;
    figures.marked_objects++;
    push(run, (Object *)address);
}

static void drain(Collection *run) {
    while (run->pending_count)
        heap_each_reference(run->pending[--run->pending_count], mark, run);
}

/* Follows again what every marked object of the region refers to. */
static void rescan_region(Collection *run, uint32_t region) {
    for (uint64_t word = 0; word < MARK_BYTES / 8; word++) {
        for (uint64_t bits = run->marks[region][word]; bits; bits &= bits - 1) {
            uint64_t place = word * 64 + (uint64_t)__builtin_ctzll(bits);
            heap_each_reference((Object *)(region_address(region) + place * 16),
                                mark, run);
            drain(run);
        }
    }
}

static void trace(Collection *run) {
    drain(run);
    while (run->overflow) {
        run->overflow = false;
        for (uint32_t region = 0; region < run->regions; region++)
            if (run->marks[region])
                rescan_region(run, region);
    }
}

static void mark_root(Collection *run, void *object) {
    uint64_t reference = (uint64_t)(uintptr_t)object;
    if (reference)
        mark(&reference, run);
}

static void mark_roots(Collection *run) {
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++)
        mark_root(run, ROOT->domains[i]);
    mark_root(run, ROOT->classes);
    mark_root(run, ROOT->strings);
    mark_root(run, ROOT->selectors);
    mark_root(run, ROOT->selector_numbers);
    mark_root(run, ROOT->modules);
    mark_root(run, ROOT->start);
}

/* ---- Sweeping ---- */

typedef struct BlockLines {
    uint64_t used[REGION_BLOCK_LINES / 64];
} BlockLines;

static void use_lines(BlockLines *lines, uint64_t object) {
    uint64_t size = heap_object_bytes((const Object *)object);
    uint64_t first = object % REGION_BLOCK_BYTES / REGION_LINE_BYTES;
    uint64_t last =
        (object % REGION_BLOCK_BYTES + size - 1) / REGION_LINE_BYTES;
    for (uint64_t line = first; line <= last; line++)
        lines->used[line / 64] |= 1ull << (line % 64);
}

/* The lines that marked objects of the block use. */
static BlockLines marked_lines(const uint64_t *marks, uint64_t block_address) {
    BlockLines lines = {{0}};
    for (uint64_t at = 0; at < REGION_BLOCK_BYTES; at += 1024) {
        uint64_t address = block_address + at;
        uint64_t bits = marks[address % MEMORY_REGION_BYTES / 1024];
        for (; bits; bits &= bits - 1)
            use_lines(&lines, address + (uint64_t)__builtin_ctzll(bits) * 16);
    }
    return lines;
}

static bool lines_used(const BlockLines *lines, uint32_t line) {
    return lines->used[line / 64] >> (line % 64) & 1;
}

/* ---- Announcing a sweep ----
 *
 * All that a sweep will write is announced before the first of it is written:
 * a sweep that ends half-way would leave dead objects that refer to freed
 * ones. */

static Status announce_starts(const uint64_t *marks, uint64_t block_address) {
    for (uint64_t at = 0; at < REGION_BLOCK_BYTES; at += 1024) {
        uint64_t address = block_address + at;
        uint64_t live = marks[address % MEMORY_REGION_BYTES / 1024];
        uint64_t *starts = region_start_word(address);
        Status status =
            *starts & ~live ? heap_write(starts, sizeof *starts) : STATUS_OK;
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static Status announce_block(const Collection *run, uint32_t region,
                             uint32_t block) {
    uint64_t address = region_block_address(region, block);
    BlockLines lines = marked_lines(run->marks[region], address);
    const uint32_t *births = region_lines(region, block);
    bool changes = false;
    for (uint32_t line = 0; line < REGION_BLOCK_LINES; line++)
        changes = changes || (births[line] && !lines_used(&lines, line));
    Status status =
        heap_write(region_block(region, block), sizeof(RegionBlock));
    if (status == STATUS_OK)
        status = announce_starts(run->marks[region], address);
    if (status == STATUS_OK && changes)
        status = heap_write(births, REGION_BLOCK_LINES * sizeof *births);
    return status;
}

static bool is_large_live(const Collection *run, uint32_t region,
                          uint32_t block) {
    return run->marks[region][region_block_address(region, block) %
                              MEMORY_REGION_BYTES / 1024] &
           1;
}

static Status announce_large(const Collection *run, uint32_t region,
                             uint32_t block) {
    RegionBlock *entry = region_block(region, block);
    if (is_large_live(run, region, block))
        return STATUS_OK;
    Status status = heap_write(entry, entry->run * sizeof *entry);
    if (status == STATUS_OK)
        status = heap_write(
            region_start_word(region_block_address(region, block)), 8);
    if (status == STATUS_OK)
        status = heap_write(region_lines(region, block), 4);
    return status;
}

static Status announce_domain(const Collection *run, Domain *domain) {
    Status status = heap_write(domain, sizeof *domain);
    uint32_t region = domain->first_region;
    do {
        for (uint32_t b = REGION_FIRST_BLOCK;
             b < REGION_BLOCKS && status == STATUS_OK; b++) {
            uint8_t state = region_block(region, b)->state;
            if (state == BLOCK_USED)
                status = announce_block(run, region, b);
            else if (state == BLOCK_LARGE)
                status = announce_large(run, region, b);
        }
        region = region_header(region)->next;
    } while (region && status == STATUS_OK);
    return status;
}

/* ---- Sweeping what is announced ---- */

/* Dead objects lose their start bits. */
static void clear_starts(const uint64_t *marks, uint64_t block_address) {
    for (uint64_t at = 0; at < REGION_BLOCK_BYTES; at += 1024) {
        uint64_t address = block_address + at;
        uint64_t live = marks[address % MEMORY_REGION_BYTES / 1024];
        uint64_t *starts = region_start_word(address);
        if (*starts & ~live)
            *starts &= live;
    }
}

static void poison_lines(uint64_t block_address, const BlockLines *lines) {
    for (uint32_t line = 0; line < REGION_BLOCK_LINES; line++) {
        uint64_t address = block_address + line * REGION_LINE_BYTES;
        if (!lines_used(lines, line) &&
            memory_write(address, REGION_LINE_BYTES) == STATUS_OK)
            bytes_fill((void *)address, 0xDB, REGION_LINE_BYTES);
    }
}

/* Frees the dead lines; returns how many are in use then. */
static uint32_t free_lines(uint32_t region, uint32_t block,
                           const BlockLines *lines) {
    uint32_t *births = region_lines(region, block);
    uint32_t used = 0;
    for (uint32_t line = 0; line < REGION_BLOCK_LINES; line++) {
        if (lines_used(lines, line))
            used++;
        else if (births[line])
            births[line] = 0;
    }
    return used;
}

/* Sweeps one block of small objects; its bytes in use are added to `*used`. */
static void sweep_block(Collection *run, uint32_t region, uint32_t block,
                        uint64_t *used) {
    uint64_t address = region_block_address(region, block);
    RegionBlock *entry = region_block(region, block);
    BlockLines lines = marked_lines(run->marks[region], address);
    clear_starts(run->marks[region], address);
    uint32_t used_lines = free_lines(region, block, &lines);
    if (poison)
        poison_lines(address, &lines);
    entry->free_lines = (uint16_t)(REGION_BLOCK_LINES - used_lines);
    if (!used_lines)
        entry->state = BLOCK_EMPTY;
    *used += (uint64_t)used_lines * REGION_LINE_BYTES;
}

/* The object goes before its memory does: giving that back may end half-way,
 * and what is left then is empty, but not zero. */
static void sweep_large(Collection *run, uint32_t region, uint32_t block,
                        uint64_t *used) {
    RegionBlock *entry = region_block(region, block);
    uint64_t address = region_block_address(region, block);
    uint32_t run_blocks = entry->run;
    if (is_large_live(run, region, block)) {
        *used += (uint64_t)run_blocks * REGION_BLOCK_BYTES;
        return;
    }
    *region_start_word(address) = 0;
    region_lines(region, block)[0] = 0;
    for (uint32_t i = 0; i < run_blocks; i++)
        entry[i] = (RegionBlock){
            .state = memory_discard(address + i * REGION_BLOCK_BYTES,
                                    REGION_BLOCK_BYTES) == STATUS_OK
                         ? BLOCK_FREE
                         : BLOCK_EMPTY};
}

/* Empty blocks beyond what will soon be used again are given to the store. */
static void discard_empty(const Domain *domain) {
    uint64_t keep = 64 + domain->used_bytes / REGION_BLOCK_BYTES / 2;
    uint32_t region = domain->first_region;
    do {
        for (uint32_t b = REGION_FIRST_BLOCK; b < REGION_BLOCKS; b++) {
            RegionBlock *entry = region_block(region, b);
            if (entry->state != BLOCK_EMPTY || (keep && keep--))
                continue;
            if (heap_write(entry, sizeof *entry) == STATUS_OK &&
                memory_discard(region_block_address(region, b),
                               REGION_BLOCK_BYTES) == STATUS_OK)
                entry->state = BLOCK_FREE;
        }
        region = region_header(region)->next;
    } while (region);
}

static void sweep_domain(Collection *run, Domain *domain) {
    uint64_t used = 0, before = domain->used_bytes;
    uint32_t region = domain->first_region;
    do {
        for (uint32_t b = REGION_FIRST_BLOCK; b < REGION_BLOCKS; b++) {
            uint8_t state = region_block(region, b)->state;
            if (state == BLOCK_USED)
                sweep_block(run, region, b, &used);
            else if (state == BLOCK_LARGE)
                sweep_large(run, region, b, &used);
        }
        region = region_header(region)->next;
    } while (region);
    domain->used_bytes = used;
    domain->since_bytes = 0;
    uint64_t limit = domain->limits[DOMAIN_LIMIT_MEMORY];
    if (domain->limit_bytes > limit) /* it was lowered below what was used */
        domain->limit_bytes = used > limit ? used : limit;
    domain->collect_at_bytes = used > (8u << 20) ? used : 8u << 20;
    figures.freed_bytes += before > used ? before - used : 0;
    if (!poison)
        discard_empty(domain);
}

/* ---- One collection ---- */

static bool take_marks(Collection *run, const Domain *domain) {
    uint32_t region = domain->first_region;
    do {
        run->marks[region] = alloc_take(MARK_BYTES);
        if (!run->marks[region])
            return false;
        region = region_header(region)->next;
    } while (region);
    return true;
}

static void give_marks(Collection *run) {
    for (uint64_t i = 0; i < run->regions; i++)
        alloc_give(run->marks[i]);
    alloc_give(run->marks);
    alloc_give(run->pending);
}

static bool is_marked(const void *collection, uint64_t address) {
    const Collection *run = collection;
    uint64_t place = address % MEMORY_REGION_BYTES / 16;
    return run->marks[region_of(address)][place / 64] >> (place % 64) & 1;
}

/* Drops the handlers of restarts whose objects are dead. */
static bool forget_handlers(const Collection *run, Domain *domain) {
    Array *list = domain->restarted;
    uint64_t count = domain->restarted_count, kept = 0;
    uint64_t place = domain->restarted_place;
    for (uint64_t i = 0; i < count; i++)
        kept += is_marked(run, list->at.words[i]);
    if (kept == count)
        return true;
    if (heap_write(list->at.words, count * 8) != STATUS_OK)
        return false;
    kept = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (is_marked(run, list->at.words[i]))
            list->at.words[kept++] = list->at.words[i];
        else if (i < domain->restarted_place)
            place--;
    }
    domain->restarted_count = kept;
    domain->restarted_place = place;
    return true;
}

static bool included(const Domain *of, const Domain *wanted_domain) {
    return of && (of == wanted_domain || wanted_domain == ROOT->domains[0]);
}

static Status run_collection(Collection *run, Domain *domain) {
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++)
        if (included(ROOT->domains[i], domain) &&
            !take_marks(run, ROOT->domains[i]))
            return STATUS_NO_MEMORY;
    mark_roots(run);
    trace(run);
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++) {
        Domain *each = ROOT->domains[i];
        if (!included(each, domain))
            continue;
        if (announce_domain(run, each) != STATUS_OK ||
            own_announce(each) != STATUS_OK ||
            !identity_forget(each, is_marked, run) ||
            !forget_handlers(run, each))
            return STATUS_BUSY;
    }
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++) {
        Domain *each = ROOT->domains[i];
        if (!included(each, domain))
            continue;
        heap_retire(each);
        own_forget(each, is_marked, run);
        sweep_domain(run, each);
    }
    class_forget_own();
    figures.done++;
    return STATUS_OK;
}

/* ---- Before the first one of a start ---- */

/* By place: numbers of domains that are whole, and of damaged ones. */
static uint64_t sound[ROOT_DOMAINS_MAX], damaged[ROOT_DOMAINS_MAX];

void collect_start(void) {
    Domain *wanted;
    heap_take_wish(&wanted); /* of another life */
    bytes_fill(sound, 0, sizeof sound);
    bytes_fill(damaged, 0, sizeof damaged);
}

void collect_forget(const Domain *domain) {
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++)
        if (damaged[i] == domain->number)
            damaged[i] = 0;
}

static bool look_at(const Domain *domain, size_t place) {
    char words[200];
    Text why = text_on(words, sizeof words);
    damaged[place] = domain->number; /* if it is left from within, too */
    if (!heap_check_domain(domain, &why)) {
        log_line("vm: the memory of domain %lu is damaged: %s", domain->number,
                 text_end(&why));
        return false;
    }
    damaged[place] = 0;
    sound[place] = domain->number;
    return true;
}

/* What a collection follows and sweeps by: a heap that came back is looked at
 * whole before anything of it is freed. Without collections the system can go
 * on, an app cannot. */
static bool is_sound(const Domain *domain, size_t place) {
    if (sound[place] == domain->number ||
        (damaged[place] != domain->number && look_at(domain, place)))
        return true;
    if (place > 0 && domain->state != DOMAIN_STOPPED)
        trust_refuse(domain, "its memory is damaged");
    return false;
}

Status collect_domain(Domain *domain) {
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++)
        if (included(ROOT->domains[i], domain) &&
            !is_sound(ROOT->domains[i], i))
            return STATUS_BUSY; /* while a damaged one is there */
    Collection run = {.regions = ROOT->next_region};
    run.marks = alloc_take(run.regions * sizeof *run.marks);
    if (!run.marks)
        return STATUS_NO_MEMORY;
    figures.collections++;
    figures.marked_objects = figures.freed_bytes = 0;
    Status status = run_collection(&run, domain);
    give_marks(&run);
    TRACE(collect, "domain %lu: %lu objects stay, %lu bytes are free",
          domain->number, figures.marked_objects, figures.freed_bytes);
    return status;
}
