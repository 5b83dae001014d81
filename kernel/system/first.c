/* The first heap: from the program into fresh memory. */
#include "kernel/system/first.h"

#include "kernel/system/assets.h"
#include "persist/memory/memory.h"
#include "persist/tools/export.h"

static ExportReader reader;

static Status put_page(const ExportPage *page) {
    uint64_t address = MEMORY_ROOT + page->number * PLATFORM_PAGE_BYTES;
    Status status = memory_write(address, PLATFORM_PAGE_BYTES);
    if (status == STATUS_OK)
        bytes_copy((void *)(uintptr_t)address, page->bytes,
                   PLATFORM_PAGE_BYTES);
    return status;
}

static Status clone(Text *why) {
    Status status = memory_attach(reader.header.regions - 1);
    while (status == STATUS_OK) {
        status = export_next(&reader);
        if (status == STATUS_NOT_FOUND)
            return STATUS_OK;
        if (status == STATUS_OK)
            status = put_page(&reader.page);
    }
    text_add(why, reader.message[0] ? reader.message : status_text(status));
    return status;
}

Status first_clone(Text *why) {
    ExportSpan span;
    text_add(why, "the first heap of this build: ");
    if (!assets_find("heap/first", &span.bytes, &span.left)) {
        text_add(why, "it is not there");
        return STATUS_NOT_FOUND;
    }
    Status status = export_open(&reader, export_from_span(&span));
    if (status != STATUS_OK) {
        text_add(why, reader.message);
        return status;
    }
    return clone(why);
}
