/* Writing one generation as a stream, and reading it without trust. */
#include "persist/tools/export.h"

#include "kernel/base/alloc.h"
#include "kernel/base/text.h"
#include "persist/memory/memory.h"

enum { NODES_AT_ONCE = 4096 };

static Hash header_hash(const ExportHeader *header) {
    return hash_of(header, offsetof(ExportHeader, hash));
}

static Hash page_hash(const ExportPage *page) {
    return hash_of(page, offsetof(ExportPage, hash));
}

static Hash trailer_hash(const ExportTrailer *trailer) {
    return hash_of(trailer, offsetof(ExportTrailer, hash));
}

static Hash chain_on(Hash chain, Hash part) {
    Hash both[2] = {chain, part};
    return hash_of(both, sizeof both);
}

/* ---- Writing ---- */

Status export_describe(Store *store, ExportHeader *header_out) {
    uint64_t generation = store_durable_generation(store);
    *header_out = (ExportHeader){.generation = generation};
    for (uint32_t i = 0; i < store_record_count(store); i++) {
        FormatRecord record = store_record(store, i);
        if (record.generation != generation || !generation)
            continue;
        header_out->wall_us = record.wall_us;
        header_out->regions = record.regions;
        return STATUS_OK;
    }
    return STATUS_NOT_FOUND;
}

static uint64_t end_page(const ExportHeader *header) {
    return header->regions * MEMORY_REGION_PAGES;
}

static Status count_pages(Store *store, ExportHeader *header) {
    uint64_t page;
    Status status = store_next_page(store, 0, &page);
    for (header->pages = 0; status == STATUS_OK && page != UINT64_MAX;
         header->pages++)
        status = store_next_page(store, page + 1, &page);
    return status;
}

static Status put_pages(Store *store, const ExportHeader *header,
                        ExportPage *buffer, ExportSink sink, Hash *chain) {
    uint64_t from = 0;
    Status status = STATUS_OK;
    for (uint64_t i = 0; i < header->pages && status == STATUS_OK; i++) {
        status = store_next_page(store, from, &buffer->number);
        if (status == STATUS_OK)
            status = store_read_page(store, buffer->number, buffer->bytes);
        if (status != STATUS_OK)
            return status;
        from = buffer->number + 1;
        buffer->hash = page_hash(buffer);
        *chain = chain_on(*chain, buffer->hash);
        status = sink.put(sink.context, buffer, sizeof *buffer);
    }
    return status;
}

static Status put_trailer(const ExportHeader *header, Hash chain,
                          ExportSink sink) {
    ExportTrailer trailer = {
        .magic = EXPORT_END_MAGIC, .pages = header->pages, .chain = chain};
    trailer.hash = trailer_hash(&trailer);
    return sink.put(sink.context, &trailer, sizeof trailer);
}

Status export_write(Store *store, ExportHeader *header, ExportSink sink) {
    ExportPage *buffer = alloc_take(sizeof *buffer);
    if (!buffer)
        return STATUS_NO_MEMORY;
    header->magic = EXPORT_MAGIC;
    header->major = EXPORT_MAJOR;
    header->minor = EXPORT_MINOR;
    bytes_fill(header->zero, 0, sizeof header->zero);
    Status status = count_pages(store, header);
    header->hash = header_hash(header);
    Hash chain = header->hash;
    if (status == STATUS_OK)
        status = sink.put(sink.context, header, sizeof *header);
    if (status == STATUS_OK)
        status = put_pages(store, header, buffer, sink, &chain);
    if (status == STATUS_OK)
        status = put_trailer(header, chain, sink);
    alloc_give(buffer);
    return status;
}

/* ---- Reading ---- */

static Status fail(ExportReader *reader, Status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static Status fail(ExportReader *reader, Status status, const char *format,
                   ...) {
    Text text = text_on(reader->message, sizeof reader->message);
    va_list arguments;
    va_start(arguments, format);
    text_add_arguments(&text, format, arguments);
    va_end(arguments);
    text_end(&text);
    return status;
}

/* Exactly so many bytes. */
static Status get(ExportReader *reader, void *bytes, size_t count) {
    size_t got;
    Status status =
        reader->source.get(reader->source.context, bytes, count, &got);
    if (status != STATUS_OK)
        return fail(reader, status, "it cannot be read: %s",
                    status_text(status));
    if (got < count)
        return fail(reader, STATUS_TRUNCATED,
                    "its end is missing, after page %lu of %lu", reader->read,
                    reader->header.pages);
    return STATUS_OK;
}

static Status check_header(ExportReader *reader) {
    const ExportHeader *header = &reader->header;
    if (header->major != EXPORT_MAJOR || header->minor != EXPORT_MINOR)
        return fail(reader, STATUS_OTHER_FORMAT,
                    "it has export format %u.%u and this build reads %d.%d",
                    header->major, header->minor, EXPORT_MAJOR, EXPORT_MINOR);
    if (!hash_equal(header->hash, header_hash(header)))
        return fail(reader, STATUS_CORRUPT, "its header is damaged");
    if (header->regions == 0 ||
        header->regions > PLATFORM_RANGE_BYTES / MEMORY_REGION_BYTES ||
        header->pages > end_page(header))
        return fail(reader, STATUS_CORRUPT,
                    "it says that it has %lu pages in %u regions",
                    header->pages, header->regions);
    return STATUS_OK;
}

Status export_open(ExportReader *reader, ExportSource source) {
    reader->source = source;
    reader->read = 0;
    reader->message[0] = 0;
    reader->header = (ExportHeader){0};
    size_t got;
    Status status = source.get(source.context, &reader->header,
                               sizeof reader->header, &got);
    if (status != STATUS_OK)
        return fail(reader, status, "it cannot be read: %s",
                    status_text(status));
    if (got < sizeof reader->header.magic ||
        reader->header.magic != EXPORT_MAGIC)
        return fail(reader, STATUS_FOREIGN, "it is not an exported generation");
    if (got < sizeof reader->header)
        return fail(reader, STATUS_TRUNCATED, "its header is cut off");
    reader->chain = reader->header.hash;
    return check_header(reader);
}

static Status check_end(ExportReader *reader) {
    ExportTrailer trailer;
    uint8_t more;
    size_t got;
    Status status = get(reader, &trailer, sizeof trailer);
    if (status != STATUS_OK)
        return status;
    if (trailer.magic != EXPORT_END_MAGIC ||
        trailer.pages != reader->header.pages ||
        !hash_equal(trailer.hash, trailer_hash(&trailer)) ||
        !hash_equal(trailer.chain, reader->chain))
        return fail(reader, STATUS_CORRUPT,
                    "its end does not fit what comes before");
    status = reader->source.get(reader->source.context, &more, 1, &got);
    if (status != STATUS_OK)
        return fail(reader, status, "it cannot be read: %s",
                    status_text(status));
    return got == 0 ? STATUS_NOT_FOUND
                    : fail(reader, STATUS_CORRUPT, "something follows its end");
}

Status export_next(ExportReader *reader) {
    ExportPage *page = &reader->page;
    uint64_t before = page->number;
    if (reader->read == reader->header.pages)
        return check_end(reader);
    Status status = get(reader, page, sizeof *page);
    if (status != STATUS_OK)
        return status;
    if (!hash_equal(page->hash, page_hash(page)))
        return fail(reader, STATUS_CORRUPT, "page %lu of %lu is damaged",
                    reader->read + 1, reader->header.pages);
    if (page->number >= end_page(&reader->header) ||
        (reader->read > 0 && page->number <= before))
        return fail(reader, STATUS_CORRUPT,
                    "page %lu of %lu has number %lu, which cannot be there",
                    reader->read + 1, reader->header.pages, page->number);
    reader->read++;
    reader->chain = chain_on(reader->chain, page->hash);
    return STATUS_OK;
}

/* ---- Onto a disk ---- */

static Status put_on_disk(const ExportPage *page, Store *store) {
    Status status;
    while ((status = store_put_page(store, page->number, page->bytes)) ==
           STATUS_BUSY)
        platform_disk_poll(true);
    return status;
}

static Status import_pages(ExportReader *reader, Store *store) {
    Status status;
    while ((status = export_next(reader)) == STATUS_OK) {
        status = put_on_disk(&reader->page, store);
        if (status != STATUS_OK)
            return fail(reader, status, "page %lu cannot be written: %s",
                        reader->page.number, status_text(status));
    }
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

Status export_import(ExportReader *reader, Store *store) {
    const ExportHeader *header = &reader->header;
    if (!store_has_room(store, header->pages, header->regions))
        return fail(reader, STATUS_NO_SPACE, "%lu pages do not fit on the disk",
                    header->pages);
    store_begin(store, header->wall_us, header->regions);
    Status status = import_pages(reader, store);
    if (status != STATUS_OK) {
        store_doom(store, status);
        return status;
    }
    while ((status = store_finish(store, NODES_AT_ONCE)) == STATUS_BUSY)
        platform_disk_poll(true);
    if (status != STATUS_OK)
        return fail(reader, status, "the disk cannot be written: %s",
                    status_text(status));
    return STATUS_OK;
}

/* ---- A stream in memory ---- */

static Status get_from_span(void *context, void *bytes, size_t count,
                            size_t *got_out) {
    ExportSpan *span = context;
    *got_out = bytes_min(count, span->left);
    bytes_copy(bytes, span->bytes, *got_out);
    span->bytes += *got_out;
    span->left -= *got_out;
    return STATUS_OK;
}

ExportSource export_from_span(ExportSpan *span) {
    return (ExportSource){.get = get_from_span, .context = span};
}
