/* Opening a store: what is on the disk, and which generation to go on from. */
#include "persist/store/store_parts.h"

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"
#include "kernel/base/text.h"

enum {
    CHUNK = FORMAT_RING, /* blocks read at once */
    BLANK_WHOLE = 4096,  /* disks of up to 16 MiB are looked at whole; */
    BLANK_FRONT = 1024,  /* of larger ones the first blocks, */
    BLANK_SAMPLES = 128, /* and blocks spread over the rest, and the end */
    GROWTH_LEAST = 4 * FORMAT_EDGE, /* blocks */
};

/* The superblocks of both rings that verify. */
typedef struct Rings {
    FormatSuper supers[2 * FORMAT_RING];
    uint32_t count;
    bool magic_seen; /* something says REVENANT, verified or not */
    bool any_bytes;  /* something is not zero */
} Rings;

static Status fail(StoreOpening *opening, Status status, const char *format,
                   ...) __attribute__((format(printf, 3, 4)));

static Status fail(StoreOpening *opening, Status status, const char *format,
                   ...) {
    Text text = text_on(opening->message, sizeof opening->message);
    va_list arguments;
    va_start(arguments, format);
    text_add_arguments(&text, format, arguments);
    va_end(arguments);
    return status;
}

/* ---- The rings ---- */

static void look_at_ring(Rings *rings, const uint8_t *blocks) {
    for (uint32_t i = 0; i < FORMAT_RING; i++) {
        const uint8_t *block = blocks + (size_t)i * PLATFORM_BLOCK_BYTES;
        FormatSuper super;
        bytes_copy(&super, block, sizeof super);
        if (super.magic == FORMAT_MAGIC)
            rings->magic_seen = true;
        if (!bytes_all_zero(block, PLATFORM_BLOCK_BYTES))
            rings->any_bytes = true;
        if (super_verifies(&super))
            rings->supers[rings->count++] = super;
    }
}

/* An unreadable ring leaves the other. */
static Status read_rings(Device *device, Rings *rings, uint8_t *buffer) {
    Status front = device_read(device, 0, FORMAT_RING, buffer);
    if (front == STATUS_OK)
        look_at_ring(rings, buffer);
    Status rear = device_read(device, device_blocks(device) - FORMAT_RING,
                              FORMAT_RING, buffer);
    if (rear == STATUS_OK)
        look_at_ring(rings, buffer);
    return front == STATUS_OK || rear == STATUS_OK ? STATUS_OK : front;
}

static bool newer(const FormatSuper *a, const FormatSuper *b) {
    if (a->incarnation != b->incarnation)
        return a->incarnation > b->incarnation;
    return a->generation > b->generation;
}

/* Takes the newest superblock out of the list. */
static FormatSuper take_newest(Rings *rings) {
    uint32_t best = 0;
    for (uint32_t i = 1; i < rings->count; i++)
        if (newer(&rings->supers[i], &rings->supers[best]))
            best = i;
    FormatSuper super = rings->supers[best];
    rings->supers[best] = rings->supers[--rings->count];
    return super;
}

/* The newest generation of the list but this one, or this one. */
static uint64_t newest_but(Rings *rings, uint64_t generation) {
    while (rings->count > 0) {
        FormatSuper super = take_newest(rings);
        if (super.generation != generation)
            return super.generation;
    }
    return generation;
}

/* ---- Blank disks ---- */

static Status are_zero(Device *device, uint64_t block, uint32_t wanted,
                       uint8_t *buffer, bool *zero_out) {
    uint64_t left = device_blocks(device) - block;
    uint32_t count = left < wanted ? (uint32_t)left : wanted;
    Status status = device_read(device, block, count, buffer);
    if (status == STATUS_OK)
        *zero_out =
            bytes_all_zero(buffer, (size_t)count * PLATFORM_BLOCK_BYTES);
    return status;
}

static Status is_blank(Device *device, uint8_t *buffer, bool *blank_out) {
    uint64_t blocks = device_blocks(device);
    uint64_t whole = blocks <= BLANK_WHOLE ? blocks : BLANK_FRONT;
    Status status = STATUS_OK;
    *blank_out = true;
    for (uint64_t at = 0; at < whole && status == STATUS_OK && *blank_out;
         at += CHUNK)
        status = are_zero(device, at, CHUNK, buffer, blank_out);
    for (uint64_t i = 1; whole < blocks && i < BLANK_SAMPLES &&
                         status == STATUS_OK && *blank_out;
         i++)
        status =
            are_zero(device, blocks / BLANK_SAMPLES * i, 1, buffer, blank_out);
    if (status == STATUS_OK && *blank_out)
        status = are_zero(device, blocks - CHUNK, CHUNK, buffer, blank_out);
    return status;
}

/* ---- Parts ---- */

static Status read_space_page(void *opaque, uint64_t index, void *page) {
    Store *store = opaque;
    FormatEntry entry;
    Status status = radix_get(store->meta, FORMAT_SPACE_FIRST + index, &entry);
    if (status != STATUS_OK)
        return status;
    if (!entry_present(&entry))
        return STATUS_CORRUPT;
    return device_read_meta(store->device, &entry, page);
}

static Status open_parts(Store *store, bool fresh) {
    const FormatSuper *super = &store->super;
    device_set_layout(store->device, &super->layout);
    store->space = space_open(&super->layout, fresh, super->free_blocks,
                              super->free_pairs, read_space_page, store);
    store->heap = pagemap_open(store->device, &super->heap);
    store->meta = radix_open(store->device, FORMAT_META_LEVELS, &super->meta);
    if (!store->space || !store->heap || !store->meta)
        return STATUS_NO_MEMORY;
    store->space_pages =
        alloc_take(space_page_count(store->space) * sizeof *store->space_pages);
    if (!store->space_pages)
        return STATUS_NO_MEMORY;
    return directory_load(store);
}

static void close_parts(Store *store) {
    pagemap_close(store->heap);
    radix_close(store->meta);
    space_close(store->space);
    deadlist_close(store);
    directory_close(store);
    alloc_give(store->space_pages);
    alloc_give(store->marks);
    scrub_close(store);
    Device *device = store->device;
    *store = (Store){.device = device, .retention = STORE_RETENTION};
}

void store_close(Store *store) {
    if (!store)
        return;
    CHECK(!store->views);
    device_close(store->device);
    store->device = NULL;
    close_parts(store);
    alloc_give(store);
}

/* ---- Choosing ---- */

static Status open_fresh(Store *store) {
    uint64_t blocks = device_blocks(store->device);
    store->super = (FormatSuper){
        .magic = FORMAT_MAGIC,
        .major = FORMAT_MAJOR,
        .minor = FORMAT_MINOR,
        .min_reader = FORMAT_MINOR,
        .min_writer = FORMAT_MINOR,
        .branch = 1,
        .next_branch = 2,
        .layout = {.blocks = blocks,
                   .segment_count = 1,
                   .segments = {{FORMAT_EDGE, blocks - 2 * FORMAT_EDGE}}}};
    platform_random(store->super.lineage, sizeof store->super.lineage);
    store->incarnation = 1;
    store->blank = true;
    return open_parts(store, true);
}

/* The newest superblock's roots must verify; the directory was read from the
 * meta tree. Generation 0 is the mark on a disk without any. */
static Status try_super(Store *store, const FormatSuper *super) {
    store->super = *super;
    store->durable = super->generation;
    Status status = open_parts(store, super->generation == 0);
    if (status == STATUS_OK)
        status = pagemap_look(store->heap);
    return status;
}

/* Segments follow each other from edge to edge. */
static bool layout_makes_sense(const FormatLayout *layout) {
    uint64_t at = FORMAT_EDGE;
    if (layout->blocks < FORMAT_MIN_BLOCKS || layout->segment_count < 1 ||
        layout->segment_count > FORMAT_SEGMENTS)
        return false;
    for (uint64_t i = 0; i < layout->segment_count; i++) {
        if (layout->segments[i].first != at ||
            layout->segments[i].blocks > layout->blocks - at)
            return false;
        at += layout->segments[i].blocks;
    }
    return at == layout->blocks - FORMAT_EDGE;
}

static Status check_format(const FormatSuper *super, uint64_t blocks,
                           StoreOpening *opening) {
    if (super->major != FORMAT_MAJOR || super->min_reader > FORMAT_MINOR ||
        super->min_writer > FORMAT_MINOR ||
        (FORMAT_MAJOR == 0 && super->minor != FORMAT_MINOR))
        return fail(opening, STATUS_OTHER_FORMAT,
                    "the disk has format %u.%u and this system reads %d.%d; "
                    "it was left as it is",
                    super->major, super->minor, FORMAT_MAJOR, FORMAT_MINOR);
    if (super->layout.blocks > blocks)
        return fail(opening, STATUS_TRUNCATED,
                    "the disk has %lu blocks of 4 KiB and had %lu; its end is "
                    "missing",
                    blocks, super->layout.blocks);
    if (!layout_makes_sense(&super->layout))
        return fail(opening, STATUS_CORRUPT,
                    "the superblock of generation %lu makes no sense",
                    super->generation);
    return STATUS_OK;
}

/* ---- Growth ---- */

/* A larger disk than before: what is new becomes a segment. The first commit
 * makes it so on the disk. */
static Status grow(Store *store) {
    FormatLayout layout = store->super.layout;
    uint64_t blocks = device_blocks(store->device);
    uint64_t old_pages = space_page_count(store->space);
    if (store->durable == 0 || blocks < layout.blocks + GROWTH_LEAST)
        return STATUS_OK;
    if (layout.segment_count == FORMAT_SEGMENTS) {
        log_line("store: the disk grew again; %d parts are the most, what is "
                 "new is not used",
                 FORMAT_SEGMENTS);
        return STATUS_OK;
    }
    layout.segments[layout.segment_count++] =
        (FormatSegment){layout.blocks - FORMAT_EDGE, blocks - layout.blocks};
    layout.blocks = blocks;
    Status status = space_grow(store->space, &layout);
    if (status != STATUS_OK)
        return status;
    uint64_t pages = space_page_count(store->space);
    MetaPage *states = alloc_resize(
        store->space_pages, old_pages * sizeof *states, pages * sizeof *states);
    if (!states)
        return STATUS_NO_MEMORY;
    store->space_pages = states;
    log_line("store: the disk grew from %lu to %lu MiB",
             store->super.layout.blocks >> 8, blocks >> 8);
    store->super.layout = layout;
    device_set_layout(store->device, &layout);
    return STATUS_OK;
}

static Status open_existing(Store *store, Rings *rings, StoreOpening *opening) {
    uint64_t last_number = 0, incarnation = 0;
    for (uint32_t i = 0; i < rings->count; i++) {
        if (rings->supers[i].generation > last_number)
            last_number = rings->supers[i].generation;
        if (rings->supers[i].incarnation > incarnation)
            incarnation = rings->supers[i].incarnation;
    }
    while (rings->count > 0) {
        FormatSuper super = take_newest(rings);
        if (super.generation == 0 && last_number > 0)
            break; /* the mark stands for a disk without generations only */
        Status status =
            check_format(&super, device_blocks(store->device), opening);
        if (status != STATUS_OK)
            return status;
        status = try_super(store, &super);
        if (status == STATUS_NO_MEMORY)
            return fail(opening, status, "there is not enough memory to start");
        if (status == STATUS_OK) {
            store->last_number = store->doomed_after = last_number;
            store->incarnation = incarnation + 1;
            store->opened = super;
            store->opened_unsure = true;
            store->newest_supers[0] = super.generation;
            store->newest_supers[1] = newest_but(rings, super.generation);
            return STATUS_OK;
        }
        if (status == STATUS_IO_ERROR && !device_only_looks(store->device))
            return fail(opening, status,
                        "generation %lu cannot be read from the disk now; "
                        "nothing was changed; rvdisk can export older ones",
                        super.generation);
        log_line("recovery: generation %lu (superblock): %s; trying an older "
                 "one",
                 super.generation, status_text(status));
        close_parts(store);
        opening->passed_over++;
    }
    return fail(opening, STATUS_CORRUPT,
                "no generation on the disk verifies; run rvdisk check on it");
}

static Status open_rings(Store *store, Rings *rings, uint8_t *buffer,
                         StoreOpening *opening) {
    Status status = read_rings(store->device, rings, buffer);
    if (status != STATUS_OK)
        return fail(opening, status, "the disk cannot be read");
    if (rings->count > 0)
        return open_existing(store, rings, opening);
    if (rings->magic_seen)
        return fail(opening, STATUS_CORRUPT,
                    "this was a Revenant disk, but none of its superblocks "
                    "verifies; it was left as it is");
    bool blank = !rings->any_bytes;
    if (blank)
        status = is_blank(store->device, buffer, &blank);
    if (status != STATUS_OK)
        return fail(opening, status, "the disk cannot be read");
    if (!blank)
        return fail(opening, STATUS_FOREIGN,
                    "the disk holds something that is not Revenant's; it was "
                    "left as it is");
    status = open_fresh(store);
    if (status != STATUS_OK)
        return fail(opening, status, "there is not enough memory to start");
    return status;
}

/* ---- Other generations ---- */

/* What is read from now on is the generation at `place`. */
static Status turn_to(Store *store, uint32_t place) {
    const FormatRecord *record = &store->records[place];
    PageMap *heap = pagemap_open(store->device, &record->heap);
    if (!heap)
        return STATUS_NO_MEMORY;
    pagemap_close(store->heap);
    store->heap = heap;
    store->durable = record->generation;
    return STATUS_OK;
}

Status store_begin_again(Store *store, const FormatRecord *record) {
    uint32_t place = directory_kept(store, record->parent);
    Status status = STATUS_OK;
    if (record->generation <= store->last_number ||
        (record->parent && place == UINT32_MAX) ||
        (!record->parent && store->durable))
        return STATUS_CORRUPT;
    if (record->parent && record->parent != store->durable)
        status = turn_to(store, place);
    if (status != STATUS_OK)
        return status;
    store->super.branch = record->branch;
    commit_begin(store, record->generation, record->wall_us, record->regions);
    return STATUS_OK;
}

/* Goes to an older generation for reading. */
static Status go_to(Store *store, uint64_t generation, StoreOpening *opening) {
    uint32_t place = directory_kept(store, generation);
    store->read_only = true;
    if (generation == STORE_NEWEST_TO_LOOK)
        return STATUS_OK;
    if (place != UINT32_MAX)
        return turn_to(store, place);
    return fail(
        opening, STATUS_NOT_FOUND,
        "generation %lu is not on the disk; rvdisk list shows which are",
        generation);
}

Status store_go_back(Store *store, uint64_t generation) {
    uint32_t place = directory_kept(store, generation);
    CHECK(store->phase == COMMIT_NONE && !store->read_only);
    if (place == UINT32_MAX)
        return STATUS_NOT_FOUND;
    if (pagemap_dirty(store->heap))
        return STATUS_BUSY; /* its blocks would be nobody's */
    uint64_t left = store->durable;
    Status status = STATUS_OK;
    if (left != generation)
        status = store_pin(store, left, FORMAT_OWNER_RETURN, "left");
    if (status == STATUS_OK)
        status = turn_to(store, place);
    if (status != STATUS_OK)
        return status;
    store->super.branch = store->super.next_branch++;
    return STATUS_OK;
}

/* What a disk that goes on needs besides. */
static Status prepare(Store *store, StoreOpening *opening) {
    Status status = store->blank ? STATUS_OK : marks_load(store);
    if (status == STATUS_OK) {
        marks_apply_pins(store);
        status = grow(store);
    }
    if (status == STATUS_NO_MEMORY)
        return fail(opening, status, "there is not enough memory to start");
    if (status != STATUS_OK)
        return fail(opening, status, "the disk cannot be read");
    return status;
}

static Status open_on(Store *store, uint64_t generation,
                      StoreOpening *opening) {
    Rings *rings = alloc_take(sizeof *rings);
    uint8_t *buffer = alloc_take((size_t)CHUNK * PLATFORM_BLOCK_BYTES);
    Status status = rings && buffer
                        ? open_rings(store, rings, buffer, opening)
                        : fail(opening, STATUS_NO_MEMORY,
                               "there is not enough memory to start");
    alloc_give(rings);
    alloc_give(buffer);
    if (status == STATUS_OK)
        status = prepare(store, opening);
    if (status == STATUS_OK && generation)
        status = go_to(store, generation, opening);
    return status;
}

static void describe(const Store *store, StoreOpening *opening) {
    opening->generation = store->durable;
    uint32_t place = directory_find(store, store->durable);
    if (store->durable && place != UINT32_MAX)
        opening->regions = store->records[place].regions;
}

Status store_open(uint64_t generation, Store **store_out,
                  StoreOpening *opening_out) {
    *opening_out = (StoreOpening){0};
    *store_out = NULL;
    uint64_t blocks = platform_disk_blocks();
    if (blocks == 0)
        return fail(opening_out, STATUS_NO_DISK, "there is no disk");
    if (blocks < FORMAT_MIN_BLOCKS)
        return fail(opening_out, STATUS_TOO_SMALL,
                    "the disk has %lu KiB; %d KiB is the least", blocks * 4,
                    FORMAT_MIN_BLOCKS * 4);
    Store *store = alloc_take(sizeof *store);
    if (!store)
        return fail(opening_out, STATUS_NO_MEMORY, "there is no memory");
    store->retention = STORE_RETENTION;
    store->device = device_open(blocks);
    if (store->device && generation)
        device_only_look(store->device);
    Status status = store->device ? open_on(store, generation, opening_out)
                                  : fail(opening_out, STATUS_NO_MEMORY,
                                         "there is not enough memory to start");
    if (status != STATUS_OK) {
        store_close(store);
        return status;
    }
    describe(store, opening_out);
    *store_out = store;
    return STATUS_OK;
}
