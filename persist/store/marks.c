/* The marks: facts outside of the generations, in two halves written in turn.
 *
 * Each half is kept at both ends of the disk. A write goes to the half that
 * does not count, so a power cut leaves the other. */
#include "persist/store/store_parts.h"

#include "kernel/base/alloc.h"
#include "kernel/base/check.h"
#include "kernel/base/log.h"

enum {
    HALF_BYTES = FORMAT_MARKS_HALF * PLATFORM_BLOCK_BYTES,
    MARKS_MOST = HALF_BYTES / sizeof(FormatMark) - 1,
};

static uint64_t place_of(const Store *store, uint64_t half, bool rear) {
    uint64_t first =
        rear ? store->super.layout.blocks - FORMAT_EDGE : (uint64_t)FORMAT_RING;
    return first + half % 2 * FORMAT_MARKS_HALF;
}

static Hash hash_of_half(FormatMarksHead *head, uint64_t count) {
    Hash held = head->hash;
    head->hash = (Hash){0};
    Hash hash = hash_of(head, sizeof *head + count * sizeof(FormatMark));
    head->hash = held;
    return hash;
}

static bool verifies(FormatMarksHead *head) {
    return head->magic == FORMAT_MARKS_MAGIC && head->count <= MARKS_MOST &&
           hash_equal(head->hash, hash_of_half(head, head->count));
}

static void load_half(Store *store, uint64_t block, FormatMarksHead *head) {
    if (device_read(store->device, block, FORMAT_MARKS_HALF, head) !=
            STATUS_OK ||
        !verifies(head) || head->sequence <= store->marks_sequence)
        return;
    store->marks_sequence = head->sequence;
    store->mark_count = (uint32_t)head->count;
    bytes_copy(store->marks, head + 1, head->count * sizeof *store->marks);
}

static bool take_marks(Store *store) {
    if (!store->marks)
        store->marks = alloc_take(MARKS_MOST * sizeof *store->marks);
    return store->marks != NULL;
}

Status marks_load(Store *store) {
    FormatMarksHead *head = alloc_take(HALF_BYTES);
    if (!head || !take_marks(store)) {
        alloc_give(head);
        return STATUS_NO_MEMORY;
    }
    for (uint64_t half = 0; half < 2; half++) {
        load_half(store, place_of(store, half, false), head);
        load_half(store, place_of(store, half, true), head);
    }
    alloc_give(head);
    return STATUS_OK;
}

/* The value of the mark of this kind and value or, with UINT64_MAX, of this
 * kind; NULL: there is none. */
static FormatMark *marks_find(Store *store, uint32_t kind, uint64_t value) {
    for (uint32_t i = 0; i < store->mark_count; i++)
        if (store->marks[i].kind == kind &&
            (value == UINT64_MAX || store->marks[i].value == value))
            return &store->marks[i];
    return NULL;
}

Status marks_add(Store *store, const FormatMark *mark) {
    if (!take_marks(store))
        return STATUS_NO_MEMORY;
    if (store->mark_count == MARKS_MOST)
        return STATUS_LIMIT;
    store->marks[store->mark_count++] = *mark;
    return STATUS_OK;
}

static void marks_remove(Store *store, FormatMark *mark) {
    *mark = store->marks[--store->mark_count];
}

static Status write_half(Store *store, uint64_t block, const uint8_t *bytes,
                         uint64_t blocks) {
    Status status = STATUS_OK;
    for (uint64_t i = 0; status == STATUS_OK && i < blocks; i++)
        status = device_write_now(store->device, block + i,
                                  bytes + i * PLATFORM_BLOCK_BYTES);
    return status;
}

Status marks_write(Store *store) {
    if (store->read_only || store->blank)
        return STATUS_OK; /* nothing is written to a disk that is not ours */
    Status mended = super_mend(store);
    if (mended != STATUS_OK)
        return mended;
    FormatMarksHead *head = alloc_take(HALF_BYTES);
    if (!head)
        return STATUS_NO_MEMORY;
    uint64_t sequence = store->marks_sequence + 1, count = store->mark_count;
    uint64_t blocks = 1 + (count * sizeof(FormatMark)) / PLATFORM_BLOCK_BYTES;
    *head = (FormatMarksHead){
        .magic = FORMAT_MARKS_MAGIC, .sequence = sequence, .count = count};
    if (count > 0) /* else there may be no list yet */
        bytes_copy(head + 1, store->marks, count * sizeof *store->marks);
    head->hash = hash_of_half(head, count);
    Status front = write_half(store, place_of(store, sequence, false),
                              (uint8_t *)head, blocks);
    Status rear = write_half(store, place_of(store, sequence, true),
                             (uint8_t *)head, blocks);
    alloc_give(head);
    if (front != rear)
        log_line("recovery: the marks have one copy only: %s",
                 status_text(front != STATUS_OK ? front : rear));
    Status status = front == STATUS_OK || rear == STATUS_OK
                        ? device_flush_now(store->device)
                        : front;
    /* After an error that half is tried again, with a higher number. */
    store->marks_sequence = status == STATUS_OK ? sequence : sequence + 1;
    return status;
}

static bool read_half(Store *store, uint64_t block, FormatMarksHead *head) {
    return device_read(store->device, block, FORMAT_MARKS_HALF, head) ==
               STATUS_OK &&
           verifies(head) && head->sequence == store->marks_sequence;
}

void marks_scrub(Store *store, StoreRound *round) {
    FormatMarksHead *head = alloc_take(HALF_BYTES);
    if (!head || store->marks_sequence == 0) {
        alloc_give(head);
        return;
    }
    unsigned bad = 0;
    for (int rear = 0; rear < 2; rear++)
        bad += !read_half(store, place_of(store, store->marks_sequence, rear),
                          head);
    alloc_give(head);
    round->blocks += 2 * FORMAT_MARKS_HALF;
    if (bad == 0)
        return;
    bool written = marks_write(store) == STATUS_OK;
    log_line("recovery: the marks: %u of 2 copies are bad; %s", bad,
             written ? "written again" : "they cannot be written again");
    round->mended += written ? bad : 0;
    round->lost += written ? 0 : bad;
}

/* ---- Starts ---- */

static Status set_starts(Store *store, uint64_t count) {
    FormatMark *mark = marks_find(store, FORMAT_MARK_START, UINT64_MAX);
    FormatMark fresh = {.kind = FORMAT_MARK_START};
    if (!mark) {
        Status status = marks_add(store, &fresh);
        if (status != STATUS_OK)
            return status;
        mark = &store->marks[store->mark_count - 1];
    }
    mark->value = count;
    return marks_write(store);
}

uint32_t store_start_begins(Store *store) {
    FormatMark *mark = marks_find(store, FORMAT_MARK_START, UINT64_MAX);
    uint64_t before = mark ? mark->value : 0;
    Status status = set_starts(store, before + 1);
    if (status != STATUS_OK)
        log_line("store: the mark of this start: %s", status_text(status));
    return (uint32_t)before;
}

void store_start_lasted(Store *store) {
    Status status = set_starts(store, 0);
    if (status != STATUS_OK)
        log_line("store: the mark of this start: %s", status_text(status));
}

/* ---- Damage ---- */

bool store_damage_again(Store *store, uint64_t page) {
    FormatMark fresh = {
        .kind = FORMAT_MARK_DAMAGE, .value = store->durable, .newest = page};
    FormatMark *mark = marks_find(store, FORMAT_MARK_DAMAGE, UINT64_MAX);
    bool again = mark && (mark->value == fresh.value || mark->newest == page);
    Status status = STATUS_OK;
    if (mark)
        *mark = fresh;
    else
        status = marks_add(store, &fresh);
    if (status == STATUS_OK)
        status = marks_write(store);
    if (status != STATUS_OK)
        log_line("store: the mark of damage: %s", status_text(status));
    return again;
}

/* ---- What was taken back ---- */

enum { DENIED_MOST = 128 }; /* marks of single owners */

uint32_t store_denied(const Store *store, uint64_t owner) {
    uint32_t mask = 0;
    for (uint32_t i = 0; i < store->mark_count; i++) {
        const FormatMark *mark = &store->marks[i];
        if ((mark->kind == FORMAT_MARK_DENIED && mark->value == owner) ||
            (mark->kind == FORMAT_MARK_DENIED_TO && mark->value >= owner))
            mask |= (uint32_t)mark->newest;
    }
    return mask;
}

uint64_t store_denied_newest(const Store *store) {
    uint64_t newest = 0;
    for (uint32_t i = 0; i < store->mark_count; i++) {
        const FormatMark *mark = &store->marks[i];
        if ((mark->kind == FORMAT_MARK_DENIED ||
             mark->kind == FORMAT_MARK_DENIED_TO) &&
            mark->value > newest)
            newest = mark->value;
    }
    return newest;
}

static FormatMark *oldest_denied(Store *store, uint32_t *count_out) {
    FormatMark *oldest = NULL;
    *count_out = 0;
    for (uint32_t i = 0; i < store->mark_count; i++) {
        FormatMark *mark = &store->marks[i];
        if (mark->kind != FORMAT_MARK_DENIED)
            continue;
        ++*count_out;
        if (!oldest || mark->value < oldest->value)
            oldest = mark;
    }
    return oldest;
}

/* The oldest owner's mark comes to hold for all before it. */
static void join_oldest(Store *store) {
    uint32_t count;
    FormatMark *oldest = oldest_denied(store, &count);
    FormatMark *joined = marks_find(store, FORMAT_MARK_DENIED_TO, UINT64_MAX);
    if (count < DENIED_MOST)
        return;
    if (!joined) {
        oldest->kind = FORMAT_MARK_DENIED_TO;
        return;
    }
    if (joined->value < oldest->value)
        joined->value = oldest->value;
    joined->newest |= oldest->newest;
    marks_remove(store, oldest);
}

Status store_deny(Store *store, uint64_t owner, uint32_t mask) {
    FormatMark fresh = {
        .kind = FORMAT_MARK_DENIED, .value = owner, .newest = mask};
    FormatMark *mark = marks_find(store, FORMAT_MARK_DENIED, owner);
    Status status = STATUS_OK;
    if (mark && mask)
        mark->newest = mask;
    else if (mark)
        marks_remove(store, mark);
    else if (mask) {
        join_oldest(store);
        status = marks_add(store, &fresh);
    }
    return status == STATUS_OK ? marks_write(store) : status;
}

/* ---- Returns ---- */

/* A mark is spent when the newest generation is another than it was then: a
 * power cut before the first one of the new branch goes back once more, and
 * nothing after it ever does. */
Status store_return_at_start(Store *store, uint64_t generation) {
    FormatMark fresh = {.kind = FORMAT_MARK_RETURN,
                        .value = generation,
                        .newest = store->durable};
    CHECK(store->phase == COMMIT_NONE);
    uint32_t place = directory_kept(store, generation);
    if (place == UINT32_MAX)
        return STATUS_NOT_FOUND;
    Status status = pagemap_look(store->device, &store->records[place].heap);
    if (status != STATUS_OK)
        return status;
    FormatMark *mark = marks_find(store, FORMAT_MARK_RETURN, UINT64_MAX);
    if (mark)
        *mark = fresh;
    else
        status = marks_add(store, &fresh);
    if (status == STATUS_OK)
        status = marks_write(store);
    mark = marks_find(store, FORMAT_MARK_RETURN, UINT64_MAX);
    if (status != STATUS_OK && mark)
        marks_remove(store, mark);
    return status;
}

uint64_t store_return_wanted(const Store *store) {
    for (uint32_t i = 0; i < store->mark_count; i++)
        if (store->marks[i].kind == FORMAT_MARK_RETURN &&
            store->marks[i].newest == store->durable)
            return store->marks[i].value;
    return 0;
}

/* ---- Pins ---- */

static void set_pinned(Store *store, uint32_t place, bool pinned) {
    uint32_t others = store->records[place].flags & ~(uint32_t)FORMAT_PINNED;
    store->records[place].flags = others | (pinned ? FORMAT_PINNED : 0);
    directory_touch(store, place);
}

Status store_pin(Store *store, uint64_t generation, uint32_t owner,
                 const char *name) {
    uint32_t place = directory_kept(store, generation);
    if (place == UINT32_MAX)
        return STATUS_NOT_FOUND;
    if (owner == FORMAT_OWNER_PERSON &&
        space_free_blocks(store->space) <
            store->super.layout.blocks / STORE_PIN_SHARE)
        return STATUS_NO_SPACE;
    FormatMark mark = {
        .kind = FORMAT_MARK_PIN, .owner = owner, .value = generation};
    for (size_t i = 0; i < sizeof mark.name - 1 && name[i]; i++)
        mark.name[i] = name[i];
    FormatMark *old = marks_find(store, FORMAT_MARK_PIN, generation);
    FormatMark before = old ? *old : (FormatMark){0};
    Status status = STATUS_OK;
    if (old && old->owner == FORMAT_OWNER_PERSON && owner != old->owner)
        return STATUS_OK; /* it stays what the person made it */
    if (old)
        *old = mark;
    else
        status = marks_add(store, &mark);
    if (status != STATUS_OK)
        return status;
    status = marks_write(store);
    if (status == STATUS_OK)
        set_pinned(store, place, true);
    else if (old)
        *old = before;
    else
        store->mark_count--;
    return status;
}

Status store_unpin(Store *store, uint64_t generation) {
    uint32_t place = directory_find(store, generation);
    if (place == UINT32_MAX || !(store->records[place].flags & FORMAT_PINNED))
        return STATUS_NOT_FOUND;
    FormatMark *mark = marks_find(store, FORMAT_MARK_PIN, generation);
    FormatMark before = mark ? *mark : (FormatMark){0};
    if (mark)
        marks_remove(store, mark);
    Status status = marks_write(store);
    if (status == STATUS_OK)
        set_pinned(store, place, false);
    else if (mark)
        store->marks[store->mark_count++] = before;
    return status;
}

/* A pin without a name, for a flag whose mark is lost. */
static void add_lost_mark(Store *store, uint64_t generation) {
    FormatMark mark = {.kind = FORMAT_MARK_PIN,
                       .owner = FORMAT_OWNER_PERSON,
                       .value = generation};
    if (marks_add(store, &mark) != STATUS_OK)
        log_line("store: generation %lu is pinned for this start only",
                 generation);
}

/* What was left once and is in the past of the present again needs its pin no
 * longer; the next write of the marks says so. */
static void drop_returned(Store *store) {
    for (uint32_t i = store->mark_count; i-- > 0;) {
        const FormatMark *mark = &store->marks[i];
        if (mark->kind == FORMAT_MARK_PIN &&
            mark->owner == FORMAT_OWNER_RETURN &&
            mark->value != store->durable &&
            store_is_ancestor(store, mark->value))
            marks_remove(store, &store->marks[i]);
    }
}

void marks_apply_pins(Store *store) {
    drop_returned(store);
    for (uint32_t i = 0; i < store->record_places; i++) {
        uint64_t generation = store->records[i].generation;
        bool flag = store->records[i].flags & FORMAT_PINNED;
        bool mark = marks_find(store, FORMAT_MARK_PIN, generation);
        if (generation == 0 || flag == mark)
            continue;
        if (store->marks_sequence == 0)
            add_lost_mark(store, generation);
        else
            set_pinned(store, i, mark);
    }
}

const char *store_pin_name(const Store *store, uint64_t generation) {
    for (uint32_t i = 0; i < store->mark_count; i++)
        if (store->marks[i].kind == FORMAT_MARK_PIN &&
            store->marks[i].value == generation)
            return store->marks[i].name;
    return NULL;
}
