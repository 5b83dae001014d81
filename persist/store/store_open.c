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

/* The newest superblock of the list, which is not empty. */
static const FormatSuper *look_newest(const Rings *rings) {
    const FormatSuper *best = &rings->supers[0];
    for (uint32_t i = 1; i < rings->count; i++)
        if (newer(&rings->supers[i], best))
            best = &rings->supers[i];
    return best;
}

/* Takes it out of the list, with its copy in the other ring. */
static FormatSuper take_newest(Rings *rings) {
    FormatSuper super = *look_newest(rings);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < rings->count; i++)
        if (newer(&super, &rings->supers[i]))
            rings->supers[kept++] = rings->supers[i];
    rings->count = kept;
    return super;
}

/* The newest generation of the list but this one, or this one. */
static uint64_t newest_but(const Rings *rings, uint64_t generation) {
    return rings->count > 0 ? look_newest(rings)->generation : generation;
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

void store_close(Store *store) {
    if (!store)
        return;
    CHECK(!store->views);
    device_close(store->device);
    store->device = NULL;
    parts_close(store);
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
    return parts_open(store, true);
}

static void log_history(uint64_t generation, Status why, StoreHistory history) {
    log_line("recovery: generation %lu: its list of generations: %s; %s",
             generation, status_text(why),
             history == STORE_HISTORY_LOST
                 ? "it goes on without older ones"
                 : "made anew from that of the generation before");
}

/* Who only looks gives nothing up. */
static Status go_on_without_list(Store *store, const FormatSuper *super,
                                 const Rings *older, Status why,
                                 StoreOpening *opening) {
    Status may = device_only_looks(store->device) ? STATUS_CORRUPT : why;
    Status status = recover_history(
        store, super, older->count > 0 ? look_newest(older) : NULL, may,
        &opening->history);
    if (status == STATUS_OK)
        log_history(super->generation, why, opening->history);
    return status;
}

static void note_damaged(const FormatSuper *super, Status why,
                         StoreOpening *opening) {
    log_line("recovery: generation %lu does not verify: %s", super->generation,
             status_text(why));
    if (opening->damaged)
        return; /* that is the newest */
    opening->damaged = super->generation;
    opening->damaged_us = super->wall_us;
    opening->damaged_status = why;
}

static Status go_on_from_older(Store *store, Status why,
                               StoreOpening *opening) {
    uint32_t tried;
    Status status = recover_older(store, &tried);
    if (status != STATUS_OK)
        return status;
    note_damaged(&store->super, why, opening);
    opening->passed_over += tried;
    return status;
}

/* Before it is known that it verifies nothing of it is mended. */
static Status look_first(Store *store, const FormatSuper *super, bool looks) {
    device_set_layout(store->device, &super->layout);
    device_only_look(store->device, true);
    Status status = pagemap_look(store->device, &super->heap);
    device_only_look(store->device, looks || status != STATUS_OK);
    return status;
}

/* Opens the parts of this superblock's generation, or what can be had of them.
 * Generation 0 is the mark on a disk without any. */
static Status try_super(Store *store, const FormatSuper *super,
                        const Rings *older, bool looks, StoreOpening *opening) {
    store->super = *super;
    store->durable = super->generation;
    Status heap = look_first(store, super, looks);
    Status list = heap == STATUS_NO_MEMORY
                      ? heap
                      : parts_open(store, super->generation == 0);
    if (list == STATUS_NO_MEMORY)
        return list;
    if (heap == STATUS_OK && list == STATUS_OK)
        return heap;
    if (heap == STATUS_OK)
        return go_on_without_list(store, super, older, list, opening);
    if (list == STATUS_OK && (looks || heap == STATUS_CORRUPT))
        return go_on_from_older(store, heap, opening);
    return heap;
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

/* Until somebody decides nothing is written; 0: it is decided. */
static void set_undecided(Store *store, uint64_t damaged) {
    store->undecided = damaged;
    store->read_only = damaged != 0;
    device_only_look(store->device, store->read_only);
}

static Status open_existing(Store *store, Rings *rings, StoreOpening *opening) {
    bool looks = device_only_looks(store->device);
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
        status = try_super(store, &super, rings, looks, opening);
        if (status == STATUS_NO_MEMORY)
            return fail(opening, status, "there is not enough memory to start");
        if (status == STATUS_OK) {
            store->last_number = store->doomed_after = last_number;
            store->incarnation = incarnation + 1;
            store->opened = super;
            store->opened_unsure = true;
            store->newest_supers[0] = super.generation;
            store->newest_supers[1] = newest_but(rings, super.generation);
            if (opening->damaged)
                set_undecided(store, opening->damaged);
            return STATUS_OK;
        }
        if (status == STATUS_IO_ERROR && !looks)
            return fail(opening, status,
                        "generation %lu cannot be read from the disk now; "
                        "nothing was changed; rvdisk can export older ones",
                        super.generation);
        note_damaged(&super, status, opening);
        parts_close(store);
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

Status store_begin_again(Store *store, const FormatRecord *record) {
    uint32_t place = directory_kept(store, record->parent);
    Status status = STATUS_OK;
    if (record->generation <= store->last_number ||
        (record->parent && place == UINT32_MAX) ||
        (!record->parent && store->durable))
        return STATUS_CORRUPT;
    if (record->parent && record->parent != store->durable)
        status = parts_turn_to(store, place);
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
        return parts_turn_to(store, place);
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
    Status status = pagemap_look(store->device, &store->records[place].heap);
    if (status == STATUS_OK && left != generation)
        status = store_pin(store, left, FORMAT_OWNER_RETURN, "left");
    if (status == STATUS_OK)
        status = parts_turn_to(store, place);
    if (status != STATUS_OK)
        return status;
    store->super.branch = store->super.next_branch++;
    return STATUS_OK;
}

uint64_t store_undecided(const Store *store) {
    return store->undecided;
}

Status store_take_older(Store *store) {
    uint64_t damaged = store->undecided;
    CHECK(damaged);
    set_undecided(store, 0);
    Status status;
    if (directory_kept(store, damaged) != UINT32_MAX)
        status = store_pin(store, damaged, FORMAT_OWNER_RETURN, "damaged");
    else
        status = marks_write(store); /* that this start made meanwhile */
    if (status == STATUS_OK)
        store->super.branch = store->super.next_branch++;
    else
        set_undecided(store, damaged);
    return status;
}

/* What a disk that goes on needs besides. */
static Status prepare(Store *store, StoreOpening *opening) {
    Status status = store->blank ? STATUS_OK : marks_load(store);
    if (status == STATUS_OK) {
        marks_apply_pins(store);
        status = parts_grow(store);
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
    if (store->durable && place != UINT32_MAX) {
        opening->regions = store->records[place].regions;
        opening->wall_us = store->records[place].wall_us;
    }
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
        device_only_look(store->device, true);
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
