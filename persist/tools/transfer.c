/* Carrying a whole world from one disk to another. */
#include "persist/tools/transfer.h"

#include "kernel/base/alloc.h"
#include "persist/store/store_parts.h"

enum { NODES_AT_ONCE = 4096 };
#define TRANSFER_END UINT64_MAX

/* "RVMOVING" read as a little-endian number. */
#define TRANSFER_MAGIC 0x474E49564F4D5652ull

typedef struct TransferHead {
    uint64_t magic;
    uint64_t generations, marks;
    uint64_t incarnation, next_branch, branch;
    uint8_t lineage[16];
} TransferHead;

/* As in FormatRecord. */
typedef struct TransferGeneration {
    uint64_t generation, parent, branch;
    int64_t wall_us;
    uint64_t regions;
} TransferGeneration;

typedef struct TransferPage {
    uint64_t number;
    uint64_t present; /* 0: the parent has it, this generation not */
    uint8_t bytes[PLATFORM_PAGE_BYTES];
} TransferPage;

static Hash chain_on(Hash chain, const void *bytes, size_t count) {
    Hash both[2] = {chain, hash_of(bytes, count)};
    return hash_of(both, sizeof both);
}

/* ---- Writing ---- */

typedef struct Writer {
    Store *store;
    ExportSink sink;
    Hash chain;
    TransferPage *page;
} Writer;

static Status put(Writer *writer, const void *bytes, size_t count) {
    writer->chain = chain_on(writer->chain, bytes, count);
    return writer->sink.put(writer->sink.context, bytes, count);
}

static Status put_page(Writer *writer, StoreView *view, uint64_t number) {
    TransferPage *page = writer->page;
    uint64_t next;
    Status status = store_view_next_page(view, number, &next);
    *page = (TransferPage){.number = number, .present = next == number};
    if (status == STATUS_OK && page->present)
        status = store_view_read_page(view, number, page->bytes);
    return status == STATUS_OK ? put(writer, page, sizeof *page) : status;
}

static Status put_pages(Writer *writer, StoreView *view, StoreView *parent) {
    uint64_t number;
    Status status = store_view_next_difference(view, parent, 0, &number);
    while (status == STATUS_OK && number != UINT64_MAX) {
        status = put_page(writer, view, number);
        if (status == STATUS_OK)
            status =
                store_view_next_difference(view, parent, number + 1, &number);
    }
    *writer->page = (TransferPage){.number = TRANSFER_END};
    return status == STATUS_OK ? put(writer, writer->page, sizeof *writer->page)
                               : status;
}

static Status put_generation(Writer *writer, const FormatRecord *record) {
    StoreView *view, *parent = NULL;
    Status status = store_view_open(writer->store, record->generation, &view);
    if (status == STATUS_OK && record->parent)
        status = store_view_open(writer->store, record->parent, &parent);
    TransferGeneration head = {record->generation, record->parent,
                               record->branch, record->wall_us,
                               record->regions};
    if (status == STATUS_OK)
        status = put(writer, &head, sizeof head);
    if (status == STATUS_OK)
        status = put_pages(writer, view, parent);
    store_view_close(parent);
    store_view_close(view);
    return status;
}

static Status put_all(Writer *writer) {
    const Store *store = writer->store;
    TransferHead head = {.magic = TRANSFER_MAGIC,
                         .generations = store_record_count(store),
                         .marks = store->mark_count,
                         .incarnation = store->super.incarnation,
                         .next_branch = store->super.next_branch,
                         .branch = store->super.branch};
    bytes_copy(head.lineage, store->super.lineage, sizeof head.lineage);
    Status status = put(writer, &head, sizeof head);
    for (uint64_t i = 0; status == STATUS_OK && i < head.marks; i++)
        status = put(writer, &store->marks[i], sizeof *store->marks);
    for (uint32_t i = 0; status == STATUS_OK && i < head.generations; i++) {
        FormatRecord record = store_record(store, i);
        status = put_generation(writer, &record);
    }
    Hash chain = writer->chain;
    return status == STATUS_OK ? put(writer, &chain, sizeof chain) : status;
}

Status transfer_write(Store *store, ExportSink sink) {
    Writer writer = {.store = store, .sink = sink};
    if (store_durable_generation(store) == 0)
        return STATUS_NOT_FOUND;
    writer.page = alloc_take(sizeof *writer.page);
    Status status = writer.page ? put_all(&writer) : STATUS_NO_MEMORY;
    alloc_give(writer.page);
    return status;
}

/* ---- Reading ---- */

typedef struct Reader {
    Store *store;
    ExportSource source;
    Hash chain;
    TransferPage *page;
} Reader;

static Status get(Reader *reader, void *bytes, size_t count) {
    size_t got;
    Status status =
        reader->source.get(reader->source.context, bytes, count, &got);
    if (status == STATUS_OK && got < count)
        status = STATUS_TRUNCATED;
    if (status == STATUS_OK)
        reader->chain = chain_on(reader->chain, bytes, count);
    return status;
}

static Status get_pages(Reader *reader) {
    Store *store = reader->store;
    TransferPage *page = reader->page;
    static const uint8_t zeros[PLATFORM_PAGE_BYTES];
    Status status = get(reader, page, sizeof *page);
    while (status == STATUS_OK && page->number != TRANSFER_END) {
        if (page->number >> (FORMAT_FANOUT_BITS * FORMAT_HEAP_LEVELS))
            return STATUS_CORRUPT;
        status = store_put_page(store, page->number,
                                page->present ? page->bytes : zeros);
        if (status == STATUS_BUSY) {
            platform_disk_poll(true);
            status = STATUS_OK;
            continue;
        }
        if (status == STATUS_OK)
            status = get(reader, page, sizeof *page);
    }
    return status;
}

static Status finish(Store *store) {
    Status status;
    while ((status = store_finish(store, NODES_AT_ONCE)) == STATUS_BUSY)
        platform_disk_poll(true);
    return status;
}

static Status get_generation(Reader *reader) {
    TransferGeneration head = {0};
    Status status = get(reader, &head, sizeof head);
    FormatRecord record = {.generation = head.generation,
                           .parent = head.parent,
                           .branch = head.branch,
                           .wall_us = head.wall_us,
                           .regions = (uint32_t)head.regions};
    if (status == STATUS_OK)
        status = store_begin_again(reader->store, &record);
    if (status != STATUS_OK)
        return status;
    status = get_pages(reader);
    if (status == STATUS_OK)
        return finish(reader->store);
    store_doom(reader->store, status);
    return status;
}

/* They are written at the end: the next start pins by them. */
static Status get_marks(Reader *reader, uint64_t count) {
    FormatMark mark;
    Status status = STATUS_OK;
    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        status = get(reader, &mark, sizeof mark);
        if (status == STATUS_OK)
            status = marks_add(reader->store, &mark);
    }
    return status;
}

static Status get_end(Reader *reader) {
    Hash wanted = reader->chain, chain;
    Status status = get(reader, &chain, sizeof chain);
    if (status != STATUS_OK)
        return status;
    return hash_equal(chain, wanted) ? STATUS_OK : STATUS_CORRUPT;
}

static Status get_all(Reader *reader) {
    Store *store = reader->store;
    TransferHead head;
    Status status = get(reader, &head, sizeof head);
    if (status == STATUS_OK && head.magic != TRANSFER_MAGIC)
        status = STATUS_FOREIGN;
    if (status != STATUS_OK)
        return status;
    bytes_copy(store->super.lineage, head.lineage, sizeof head.lineage);
    store->incarnation = head.incarnation;
    store->super.next_branch = head.next_branch;
    status = get_marks(reader, head.marks);
    for (uint64_t i = 0; status == STATUS_OK && i < head.generations; i++)
        status = get_generation(reader);
    if (status == STATUS_OK)
        status = get_end(reader);
    if (status == STATUS_OK && store->super.branch != head.branch)
        status = STATUS_CORRUPT;
    return status == STATUS_OK ? marks_write(store) : status;
}

Status transfer_read(Store *store, ExportSource source) {
    Reader reader = {.store = store, .source = source};
    store_set_retention(store, &(StoreRetention){.last = STORE_KEEP_ALL});
    reader.page = alloc_take(sizeof *reader.page);
    Status status = reader.page ? get_all(&reader) : STATUS_NO_MEMORY;
    alloc_give(reader.page);
    return status;
}
