/* Allocation: holes of free lines, free blocks, and runs of blocks. */
#include "vm/heap/heap.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "vm/heap/region.h"

bool heap_hurry, heap_at_limit;
static Domain *wanted; /* to be collected */

/* That of the system's domain is one of all. */
void heap_wish(Domain *domain) {
    if (wanted != ROOT->domains[0])
        wanted = domain;
    heap_hurry = true;
}

/* ---- Regions ---- */

Status heap_add_region(Domain *domain) {
    if (ROOT->next_region >= REGION_MAX)
        return STATUS_LIMIT;
    uint32_t index = (uint32_t)ROOT->next_region;
    Status status = memory_attach(index);
    if (status == STATUS_OK)
        status = heap_write(ROOT, sizeof *ROOT);
    if (status == STATUS_OK)
        status = heap_write(region_header(index), sizeof(RegionHeader));
    if (status == STATUS_OK && domain->last_region != index)
        status = heap_write(region_header(domain->last_region),
                            sizeof(RegionHeader));
    if (status == STATUS_OK)
        status = heap_write(domain, sizeof *domain);
    if (status != STATUS_OK)
        return status;
    *region_header(index) = (RegionHeader){.magic = REGION_MAGIC,
                                           .domain = domain->number,
                                           .index = index,
                                           .owner = domain};
    region_header(domain->last_region)->next = index;
    domain->last_region = index;
    ROOT->next_region++;
    return STATUS_OK;
}

/* ---- Holes ---- */

static uint64_t reserve;

uint64_t heap_reserve(uint64_t bytes) {
    uint64_t before = reserve;
    reserve = bytes;
    return before;
}

/* The system's limit is the largest number there is. */
static bool limit_reached(const Domain *domain, uint64_t bytes) {
    heap_at_limit = domain->used_bytes + bytes > domain->limit_bytes &&
                    domain->used_bytes + bytes - domain->limit_bytes > reserve;
    return heap_at_limit;
}

static void count_use(Domain *domain, uint64_t bytes) {
    domain->used_bytes += bytes;
    domain->since_bytes += bytes;
    if (domain->since_bytes >= domain->collect_at_bytes)
        heap_wish(domain);
}

/* Marks the lines as born now; the caller announced nothing yet. */
static Status take_lines(Domain *domain, uint32_t region, uint32_t block,
                         uint32_t first, uint32_t end) {
    uint32_t *lines = region_lines(region, block);
    RegionBlock *entry = region_block(region, block);
    uint64_t bytes = (uint64_t)(end - first) * REGION_LINE_BYTES;
    if (limit_reached(domain, bytes))
        return STATUS_LIMIT;
    Status status = heap_write(lines + first, (end - first) * sizeof *lines);
    if (status == STATUS_OK)
        status = heap_write(entry, sizeof *entry);
    if (status == STATUS_OK)
        status = heap_write(domain, sizeof *domain);
    if (status != STATUS_OK)
        return status;
    for (uint32_t line = first; line < end; line++)
        lines[line] = (uint32_t)ROOT->birth;
    entry->state = BLOCK_USED;
    count_use(domain, bytes);
    return STATUS_OK;
}

/* The next run of free lines of a block from `*line` on; false: none. */
static bool find_lines(uint32_t region, uint32_t block, uint32_t *line,
                       uint32_t *end_out) {
    const uint32_t *lines = region_lines(region, block);
    uint32_t at = *line;
    while (at < REGION_BLOCK_LINES && lines[at])
        at++;
    uint32_t end = at;
    while (end < REGION_BLOCK_LINES && !lines[end])
        end++;
    *line = at;
    *end_out = end;
    return at < end;
}

/* Blocks that may have free lines for small objects. */
static bool has_holes(const RegionBlock *entry) {
    return entry->state == BLOCK_FREE || entry->state == BLOCK_EMPTY ||
           (entry->state == BLOCK_USED && entry->free_lines > 0);
}

/* Moves a cursor to the next region, adding one at the end of the chain. */
static Status next_region(Domain *domain, uint32_t *region, uint32_t *block) {
    uint32_t next = region_header(*region)->next;
    if (!next) {
        if (limit_reached(domain, REGION_LINE_BYTES))
            return STATUS_LIMIT;
        Status status = heap_add_region(domain);
        if (status != STATUS_OK)
            return status;
        next = domain->last_region;
    }
    *region = next;
    *block = REGION_FIRST_BLOCK;
    return STATUS_OK;
}

/* Finds the next hole and makes it the domain's. */
static Status next_hole(Domain *domain) {
    Status status = heap_write(domain, sizeof *domain);
    while (status == STATUS_OK) {
        uint32_t region = domain->cursor_region, block = domain->cursor_block;
        uint32_t end, line = domain->cursor_line;
        if (block >= REGION_BLOCKS) {
            status = next_region(domain, &domain->cursor_region,
                                 &domain->cursor_block);
            domain->cursor_line = 0;
            continue;
        }
        if (!has_holes(region_block(region, block)) ||
            !find_lines(region, block, &line, &end)) {
            domain->cursor_block++;
            domain->cursor_line = 0;
            continue;
        }
        status = take_lines(domain, region, block, line, end);
        if (status != STATUS_OK)
            return status;
        uint64_t base = region_block_address(region, block);
        domain->bump = base + line * REGION_LINE_BYTES;
        domain->bump_end = base + end * REGION_LINE_BYTES;
        domain->cursor_line = end;
        return STATUS_OK;
    }
    return status;
}

/* Finds the next wholly free block for medium objects. */
static Status next_block(Domain *domain) {
    Status status = heap_write(domain, sizeof *domain);
    while (status == STATUS_OK) {
        uint32_t region = domain->medium_region, block = domain->medium_block;
        if (block >= REGION_BLOCKS) {
            status = next_region(domain, &domain->medium_region,
                                 &domain->medium_block);
            continue;
        }
        RegionBlock *entry = region_block(region, block);
        if (entry->state != BLOCK_FREE && entry->state != BLOCK_EMPTY) {
            domain->medium_block++;
            continue;
        }
        status = take_lines(domain, region, block, 0, REGION_BLOCK_LINES);
        if (status != STATUS_OK)
            return status;
        entry->free_lines = 0;
        domain->medium = region_block_address(region, block);
        domain->medium_end = domain->medium + REGION_BLOCK_BYTES;
        return STATUS_OK;
    }
    return status;
}

void heap_retire(Domain *domain) {
    domain->bump = domain->bump_end = 0;
    domain->medium = domain->medium_end = 0;
    domain->cursor_region = domain->medium_region = domain->first_region;
    domain->cursor_block = domain->medium_block = REGION_FIRST_BLOCK;
    domain->cursor_line = 0;
}

/* ---- Large objects ---- */

/* The first of `count` neighbouring free blocks of a region, or 0. */
static uint32_t find_run(uint32_t region, uint32_t count) {
    uint32_t have = 0;
    for (uint32_t block = REGION_FIRST_BLOCK; block < REGION_BLOCKS; block++) {
        uint8_t state = region_block(region, block)->state;
        have = state == BLOCK_FREE || state == BLOCK_EMPTY ? have + 1 : 0;
        if (have == count)
            return block + 1 - count;
    }
    return 0;
}

static Status take_run(Domain *domain, uint32_t region, uint32_t first,
                       uint32_t count) {
    uint64_t address = region_block_address(region, first);
    Status status = heap_write(domain, sizeof *domain);
    if (status == STATUS_OK)
        status = heap_write(region_block(region, first),
                            count * sizeof(RegionBlock));
    if (status == STATUS_OK)
        status = heap_write(region_lines(region, first), sizeof(uint32_t));
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++)
        if (region_block(region, first + i)->state == BLOCK_EMPTY)
            status = memory_discard(address + i * REGION_BLOCK_BYTES,
                                    REGION_BLOCK_BYTES);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < count; i++)
        *region_block(region, first + i) = (RegionBlock){
            .state = i ? BLOCK_TAIL : BLOCK_LARGE, .run = i ? 0 : count};
    region_lines(region, first)[0] = (uint32_t)ROOT->birth;
    count_use(domain, (uint64_t)count * REGION_BLOCK_BYTES);
    return STATUS_OK;
}

static Status allocate_large(Domain *domain, uint64_t bytes,
                             uint64_t *address_out) {
    heap_at_limit = false;
    if (bytes > HEAP_OBJECT_BYTES_MAX || bytes > memory_at_once_bytes())
        return STATUS_LIMIT;
    uint32_t count =
        (uint32_t)((bytes + REGION_BLOCK_BYTES - 1) / REGION_BLOCK_BYTES);
    if (limit_reached(domain, (uint64_t)count * REGION_BLOCK_BYTES))
        return STATUS_LIMIT;
    uint32_t region = domain->first_region, first;
    while (!(first = find_run(region, count))) {
        uint32_t block;
        Status status = next_region(domain, &region, &block);
        if (status != STATUS_OK)
            return status;
    }
    *address_out = region_block_address(region, first);
    Status status = heap_write((void *)*address_out, PLATFORM_PAGE_BYTES);
    if (status == STATUS_OK)
        status = take_run(domain, region, first, count);
    return status;
}

/* ---- Objects ---- */

/* Room at the bump address, or for a medium object in a free block. */
static Status find_room(Domain *domain, uint64_t bytes, uint64_t *address_out) {
    bool longer = bytes > REGION_LINE_BYTES;
    while (domain->bump_end - domain->bump < bytes) {
        if (longer && domain->medium_end - domain->medium >= bytes) {
            *address_out = domain->medium;
            return STATUS_OK;
        }
        Status status = longer ? next_block(domain) : next_hole(domain);
        if (status != STATUS_OK)
            return status;
    }
    *address_out = domain->bump;
    return STATUS_OK;
}

static Status take_room(Domain *domain, uint64_t address, uint64_t bytes) {
    Status status = memory_write(address, bytes);
    if (status == STATUS_OK)
        status = heap_write(domain, sizeof *domain);
    if (status != STATUS_OK)
        return status;
    /* A used-up hole may end where the medium block begins. */
    if (address == domain->bump && domain->bump_end - domain->bump >= bytes)
        domain->bump += bytes;
    else
        domain->medium += bytes;
    bytes_fill((void *)address, 0, bytes);
    return STATUS_OK;
}

Object *heap_allocate(Domain *domain, uint32_t class_id, uint64_t bytes,
                      Status *status_out) {
    uint64_t address = 0, rounded = (bytes + 15) & ~15ull;
    bool large = rounded > HEAP_MEDIUM_BYTES;
    Status status;
    if (large) {
        status = allocate_large(domain, rounded, &address);
        if (status == STATUS_OK)
            status = heap_write(region_start_word(address), 8);
    } else {
        status = find_room(domain, rounded, &address);
        if (status == STATUS_OK)
            status = heap_write(region_start_word(address), 8);
        if (status == STATUS_OK)
            status = take_room(domain, address, rounded);
    }
    *status_out = status;
    if (status != STATUS_OK)
        return NULL;
    *region_start_word(address) |= region_start_bit(address);
    Object *object = (Object *)address;
    object->class_id = class_id;
    object->flags = large ? OBJECT_LARGE : 0;
    return object;
}

Array *heap_new_array(Domain *domain, uint32_t class_id, uint64_t length,
                      Status *status_out) {
    uint64_t bytes = heap_array_bytes(length, heap_element_shift(class_id));
    Array *array = (Array *)heap_allocate(domain, class_id, bytes, status_out);
    if (!array)
        return NULL;
    array->length = length;
    *status_out = heap_write(array, bytes);
    return *status_out == STATUS_OK ? array : NULL;
}

String *heap_new_string(Domain *domain, const char *bytes, uint64_t length,
                        Status *status_out) {
    uint64_t size = heap_array_bytes(length, 0);
    String *string =
        (String *)heap_allocate(domain, CLASS_String, size, status_out);
    if (!string)
        return NULL;
    string->length = length;
    string->head.flags |= OBJECT_IMMUTABLE;
    *status_out = heap_write(string, size);
    if (*status_out != STATUS_OK)
        return NULL;
    bytes_copy(string->bytes, bytes, length);
    return string;
}

Domain *heap_domain(uint64_t number) {
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++)
        if (ROOT->domains[i] && ROOT->domains[i]->number == number)
            return ROOT->domains[i];
    return NULL;
}

bool heap_take_wish(Domain **domain_out) {
    *domain_out = wanted;
    wanted = NULL;
    return *domain_out != NULL;
}
