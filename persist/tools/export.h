/* export.h: one generation as a stream of bytes, wherever its blocks lay.
 *
 * Equal generations make equal streams. Numbers are little-endian.
 *
 *     ExportHeader
 *     ExportPage      for each page that is not all zeros, ascending
 *     ExportTrailer
 *
 * Each part ends in a hash of its own bytes, and the trailer's chain covers
 * the hashes of all parts in their order, so a stream that is cut off, changed
 * in any bit, or put together from parts of others is noticed. Format 0.n: a
 * build reads its own only. What the pages mean is up to the VM, which refuses
 * a heap of another layout itself. */
#ifndef PERSIST_TOOLS_EXPORT_H
#define PERSIST_TOOLS_EXPORT_H

#include "persist/store/store.h"

enum {
    EXPORT_MAJOR = 0,
    EXPORT_MINOR = 1,
    EXPORT_MESSAGE_BYTES = 160,
};

/* "RVEXPORT" and "RVEXPEND" read as little-endian numbers. */
#define EXPORT_MAGIC 0x54524F5058455652ull
#define EXPORT_END_MAGIC 0x444E455058455652ull

/* OFFSET SIZE MEANING in the comments. */
typedef struct ExportHeader {
    uint64_t magic;      /*   0  8 EXPORT_MAGIC */
    uint16_t major;      /*   8  2 format of this stream */
    uint16_t minor;      /*  10  2 */
    uint32_t regions;    /*  12  4 attached regions: 0 .. regions-1 */
    uint8_t lineage[16]; /*  16 16 of the disk it comes from; zero: unknown */
    uint64_t generation; /*  32  8 its number there */
    int64_t wall_us;     /*  40  8 UTC of its barrier */
    uint64_t pages;      /*  48  8 that follow */
    uint64_t zero[7];    /*  56 56 */
    Hash hash;           /* 112 16 of bytes 0 .. 111 */
} ExportHeader;
_Static_assert(sizeof(ExportHeader) == 128, "header");
_Static_assert(offsetof(ExportHeader, lineage) == 16, "header lineage");
_Static_assert(offsetof(ExportHeader, pages) == 48, "header pages");
_Static_assert(offsetof(ExportHeader, hash) == 112, "header hash");

typedef struct ExportPage {
    uint64_t number; /*    0    8 of the page in the persistent range */
    uint64_t zero;   /*    8    8 */
    uint8_t bytes[PLATFORM_PAGE_BYTES]; /* 16 4096 */
    Hash hash;                          /* 4112 16 of bytes 0 .. 4111 */
} ExportPage;
_Static_assert(sizeof(ExportPage) == 4128, "page");
_Static_assert(offsetof(ExportPage, bytes) == 16, "page bytes");
_Static_assert(offsetof(ExportPage, hash) == 4112, "page hash");

typedef struct ExportTrailer {
    uint64_t magic; /*  0  8 EXPORT_END_MAGIC */
    uint64_t pages; /*  8  8 as in the header */
    Hash chain;     /* 16 16 begins as the header's hash; each page makes it
                       the hash of itself (16 bytes) and the page's hash */
    Hash hash;      /* 32 16 of bytes 0 .. 31 */
} ExportTrailer;
_Static_assert(sizeof(ExportTrailer) == 48, "trailer");
_Static_assert(offsetof(ExportTrailer, chain) == 16, "trailer chain");
_Static_assert(offsetof(ExportTrailer, hash) == 32, "trailer hash");

/* ---- Writing ---- */

/* Takes the stream's bytes, in order. Not OK ends the export with it. */
typedef struct ExportSink {
    Status (*put)(void *context, const void *bytes, size_t count);
    void *context;
} ExportSink;

/* What the header says of the generation that the store was opened at. Its
 * pages are not counted yet. NOT_FOUND: nothing is durable. */
Status export_describe(Store *store, ExportHeader *header_out);

/* Writes the store's generation. `header` names lineage, generation, time and
 * regions, as export_describe or the caller wants them; the rest is filled in.
 * NO_MEMORY, IO_ERROR, CORRUPT, and what the sink says: the stream is not
 * whole. */
Status export_write(Store *store, ExportHeader *header, ExportSink sink);

/* ---- Reading ---- */

/* Gives up to `count` bytes that follow; fewer at the end. IO_ERROR. */
typedef struct ExportSource {
    Status (*get)(void *context, void *bytes, size_t count, size_t *got_out);
    void *context;
} ExportSource;

/* 4 KiB: too large for a kernel's stack. */
typedef struct ExportReader {
    ExportSource source;
    ExportHeader header; /* good after export_open */
    ExportPage page;     /* good after export_next */
    uint64_t read;       /* pages so far */
    Hash chain;
    char message[EXPORT_MESSAGE_BYTES]; /* why it failed, one sentence */
} ExportReader;

/* Reads and checks the header. FOREIGN, OTHER_FORMAT, CORRUPT, TRUNCATED,
 * IO_ERROR. */
Status export_open(ExportReader *reader, ExportSource source);

/* The next page, checked. NOT_FOUND: there is none, and the stream was whole to
 * its last byte; nothing of it may be believed before. CORRUPT, TRUNCATED,
 * IO_ERROR. */
Status export_next(ExportReader *reader);

/* Makes the stream's generation the first durable one of a blank store, and of
 * a lineage of its own. Errors of export_next, store_put_page and store_finish:
 * nothing is durable. */
Status export_import(ExportReader *reader, Store *store);

/* ---- A stream in memory ---- */

typedef struct ExportSpan {
    const uint8_t *bytes;
    size_t left;
} ExportSpan;

ExportSource export_from_span(ExportSpan *span);

#endif
