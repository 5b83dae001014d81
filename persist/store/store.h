/* store.h: generations on the disk.
 *
 * A store is opened once per start: at the newest generation, or with a blank
 * disk prepared in memory (nothing is written to it before the first commit).
 * Then generations are committed one after the other:
 *
 *   store_begin          a number that is never used again
 *   store_put_page       each changed page, in any order
 *   store_finish         again and again until it is not BUSY
 *
 * OK from store_finish means durable: data, map and directory, FLUSH, both
 * superblocks, FLUSH. Anything else dooms the generation: nothing of it counts,
 * and the caller puts all its pages into the next, which takes their blocks
 * over. What a reader gets in between is always the
 * newest put.
 *
 * The store knows pages by number only; persist/memory/memory.h is what gives
 * them addresses. It takes memory, but never touches the persistent range. */
#ifndef PERSIST_STORE_STORE_H
#define PERSIST_STORE_STORE_H

#include "persist/store/pagemap.h"

typedef struct Store Store;

enum {
    STORE_MESSAGE_BYTES = 200,
    STORE_LAST_LEAST = 2,
    STORE_RUN_MOST = 32, /* as many pages as data keeps together on the disk */
};
#define STORE_KEEP_ALL UINT32_MAX /* as `last`: no commit deletes any */

/* How many generations are kept: the last ones, then the first of so many
 * minutes, hours and days. */
typedef struct StoreRetention {
    uint32_t last; /* at least STORE_LAST_LEAST */
    uint32_t minutes, hours, days;
} StoreRetention;
#define STORE_RETENTION ((StoreRetention){10, 60, 24, 30})

/* How the list of older generations was found. */
typedef enum StoreHistory {
    STORE_HISTORY_WHOLE,
    STORE_HISTORY_MADE_ANEW, /* from that of the generation before: whole */
    STORE_HISTORY_LOST,      /* only the opened generation is in it */
} StoreHistory;

/* What an open found, for people. */
typedef struct StoreOpening {
    char message[STORE_MESSAGE_BYTES]; /* why it failed, one sentence */
    uint64_t generation;               /* restored one, 0: blank disk */
    int64_t wall_us;                   /* and when it was */
    uint32_t regions;                  /* attached regions of it */
    StoreHistory history;
    uint32_t passed_over;  /* newer ones whose roots do not verify, */
    uint64_t damaged;      /* the newest of these, */
    int64_t damaged_us;    /* when it was, */
    Status damaged_status; /* and what reading its roots gave */
} StoreOpening;

#define STORE_NEWEST_TO_LOOK UINT64_MAX

/* Opens the machine's disk. With `generation` not 0, that one instead of the
 * newest, or the newest with STORE_NEWEST_TO_LOOK, for reading only: nothing is
 * mended.
 *
 * The newest generation is the one that comes back, even if the list of older
 * ones is damaged (StoreHistory). If its own roots do not verify, the one
 * before it on its line that has whole roots is opened (passed_over is not 0),
 * and the store writes nothing before store_take_older. NO_DISK, TOO_SMALL,
 * FOREIGN, OTHER_FORMAT, TRUNCATED, CORRUPT, IO_ERROR, NO_MEMORY, NOT_FOUND:
 * nothing was written. */
Status store_open(uint64_t generation, Store **store_out,
                  StoreOpening *opening_out);
/* Forgets everything that is not durable. NULL is allowed. */
void store_close(Store *store);

/* The newest generation, whose roots do not verify, as long as nobody decided
 * to go on from the older one that was opened; 0: there is nothing to decide.
 * Until then the store is for reading only. */
uint64_t store_undecided(const Store *store);

/* Somebody decided: the next generation grows from the older one, on a new
 * branch. The newest stays pinned, with all its blocks, where the list of
 * generations has it. A power cut before the next generation leaves it
 * undecided. LIMIT, NO_MEMORY, IO_ERROR: as store_pin; it is undecided still.
 */
Status store_take_older(Store *store);

/* ---- Reading ---- */

/* The newest bytes of a page, verified. IO_ERROR, CORRUPT, NO_MEMORY. */
Status store_read_page(Store *store, uint64_t page, void *bytes);

/* Bytes of a page that are somewhere else than on the disk; they count only if
 * their hash is the right one. False: there are none. */
typedef bool StoreSecond(uint64_t page, void *bytes);

/* From now on store_read_page asks there before it reads the disk. */
void store_set_second(Store *store, StoreSecond *second);
/* How many pages it found there. */
uint64_t store_second_pages(const Store *store);

/* Reads a page whose entry was read before, and those behind it as far as they
 * follow each other on the disk, at most `most` (up to STORE_RUN_MOST), in one
 * request: how many are good, from the first on. 0: ask store_read_page. */
uint32_t store_read_run(Store *store, uint64_t page, uint32_t most,
                        void *bytes);

/* False when the page is known to be all zeros without reading its block.
 * Errors as store_read_page, then *some_out is true. */
Status store_page_exists(Store *store, uint64_t page, bool *some_out);

/* The first page from `from` on that is not all zeros, or UINT64_MAX. Errors as
 * store_read_page. */
Status store_next_page(Store *store, uint64_t from, uint64_t *page_out);

/* The generation that the next one grows from: the last durable one. */
uint64_t store_durable_generation(const Store *store);

/* Kept generations, oldest first; valid until the next store call. */
uint32_t store_record_count(const Store *store);
FormatRecord store_record(const Store *store, uint32_t place);

/* ---- Other generations ---- */

/* A kept generation, for reading; it stays kept while the view is open. All
 * views are closed before the store is. NOT_FOUND, NO_MEMORY. */
typedef struct StoreView StoreView;
Status store_view_open(Store *store, uint64_t generation, StoreView **view_out);
/* NULL is allowed. */
void store_view_close(StoreView *view);
FormatRecord store_view_record(const StoreView *view);
/* As store_read_page and store_next_page. */
Status store_view_read_page(StoreView *view, uint64_t page, void *bytes);
Status store_view_next_page(StoreView *view, uint64_t from, uint64_t *page_out);

/* The first page from `from` on that is another block in the two, or
 * UINT64_MAX; NULL is a generation without pages. Errors as store_read_page. */
Status store_view_next_difference(StoreView *view, StoreView *other,
                                  uint64_t from, uint64_t *page_out);

/* Whether a page there is another than the newest put. The blocks are not read:
 * bytes that were written twice count as different. Errors as store_read_page.
 */
Status store_view_differs(StoreView *view, uint64_t page, bool *differs_out);

/* True when the present grew from this kept generation, or is it. */
bool store_is_ancestor(const Store *store, uint64_t generation);

/* Goes back: what is read from now on is this generation, and the next one
 * grows from it, on a new branch. The newest of the branch that is left is
 * pinned with the name "left". Not while a generation is under way. Durable
 * with the next generation; until then a start goes on from the branch that was
 * left. NOT_FOUND, NO_MEMORY; CORRUPT, IO_ERROR: its roots cannot be read;
 * LIMIT: too many pins; BUSY: the last generation was doomed, and another must
 * become durable before. */
Status store_go_back(Store *store, uint64_t generation);

/* Makes the next start of the machine go back to this generation, unless
 * another becomes durable before. Durable when it returns. Not while a
 * generation is under way. NOT_FOUND, NO_MEMORY; CORRUPT: its roots do not
 * verify; LIMIT: too many marks; IO_ERROR: a start may find it all the same. */
Status store_return_at_start(Store *store, uint64_t generation);
/* What an earlier start wanted of this one, before anything is committed; 0:
 * nothing. */
uint64_t store_return_wanted(const Store *store);

/* Keeps a generation, whatever the retention, until store_unpin; `owner` is a
 * FORMAT_OWNER_, `name` is cut at 39 bytes; what a person pinned stays theirs
 * when a return pins it. At once for this start; durable
 * when it returns. NOT_FOUND; NO_SPACE: so little is free that nothing more may
 * be pinned; LIMIT: too many pins; IO_ERROR, NO_MEMORY: it is as before, but a
 * start may find it pinned. */
Status store_pin(Store *store, uint64_t generation, uint32_t owner,
                 const char *name);
/* NOT_FOUND: it is not pinned; IO_ERROR, NO_MEMORY: as above. */
Status store_unpin(Store *store, uint64_t generation);
/* The name of a pinned generation; NULL: it has none. */
const char *store_pin_name(const Store *store, uint64_t generation);

/* ---- What was taken back from owners of memory ---- */

/* From now on the owner (of a number that is given to no other) lacks what the
 * mask says, in whatever generation it comes back; 0: nothing any more. Durable
 * when it returns. Where very many lack something, the oldest of them come to
 * lack what any of these does. LIMIT: too many marks; IO_ERROR, NO_MEMORY: at
 * once for this start, but the next may not know. */
Status store_deny(Store *store, uint64_t owner, uint32_t mask);
uint32_t store_denied(const Store *store, uint64_t owner);
/* The largest number of an owner that lacks something, or 0. */
uint64_t store_denied_newest(const Store *store);

/* ---- Damage ---- */

/* This page was found damaged before it was put, in memory that grew from the
 * durable generation. True: the same was found before, in that page or in
 * another of memory that grew from that generation, so a start does not mend
 * it. Durable when it returns; what cannot be written is told in the log. */
bool store_damage_again(Store *store, uint64_t page);

/* ---- Starts ---- */

/* Before the first thread runs: makes sure that the generation which was opened
 * outlives this start too; how many starts in a row before this one did not
 * last. */
uint32_t store_start_begins(Store *store);
/* When the system has run for a while. */
void store_start_lasted(Store *store);

/* ---- Committing ---- */

/* True when a generation with so many changed pages, within so many regions,
 * can be written with all its metadata, wherever they are. */
bool store_has_room(const Store *store, uint64_t pages, uint32_t regions);
/* The same, and so many blocks are left then for later generations. */
bool store_has_room_leaving(const Store *store, uint64_t pages,
                            uint32_t regions, uint64_t left);
/* Blocks that can be given out now. */
uint64_t store_available(const Store *store);

/* Begins the next generation; its number. Programs stand still meanwhile: no
 * I/O, nothing that grows with the store. */
uint64_t store_begin(Store *store, int64_t wall_us, uint32_t regions);

/* As store_begin, but makes a generation that was made before, on another disk:
 * its number, parent, branch, time and regions are the record's. Numbers rise.
 * CORRUPT: its parent is not here; NO_MEMORY. */
Status store_begin_again(Store *store, const FormatRecord *record);

/* Puts one page of 4,096 bytes, which are copied. BUSY: the device has no room,
 * try again. NO_SPACE, NO_MEMORY, IO_ERROR, CORRUPT: call store_doom. */
Status store_put_page(Store *store, uint64_t page, const void *bytes);

/* Goes on with the commit; at most `budget` nodes are written in this call.
 * BUSY: call again, at best when the disk has finished something. OK: durable.
 * Others: the generation is doomed (store_doom was done). */
Status store_finish(Store *store, uint32_t budget);

/* Gives the generation under way up; the log says why. */
void store_doom(Store *store, Status why);

void store_set_retention(Store *store, const StoreRetention *retention);
/* So many blocks are to be free, at the cost of older generations; never less
 * than an eighth of the disk. */
void store_want_free(Store *store, uint64_t blocks);

/* What the last durable generation took, for the log line. */
uint64_t store_last_pages(const Store *store);
uint64_t store_last_bytes(const Store *store);

/* ---- Looking after the disk ---- */

/* A round reads each block that a kept generation reaches, both copies where
 * there are two. */
typedef struct StoreRound {
    uint64_t blocks; /* read so far */
    uint64_t mended; /* bad ones written again from good bytes */
    uint64_t lost;   /* bad ones without good bytes anywhere */
} StoreRound;

/* Goes on with a round for about `blocks` blocks (at least STORE_SCRUB_LEAST),
 * which are waited for; not while a generation is under way. OK: the round has
 * ended, and the next call begins another. BUSY: there is more to read.
 * NO_MEMORY: nothing was done. What is bad is told in the log. */
enum { STORE_SCRUB_LEAST = 64 };
Status store_scrub(Store *store, uint32_t blocks, StoreSecond *second,
                   StoreRound *round_out);

/* ---- Checking ---- */

typedef struct StoreReport {
    uint64_t generations, pages, nodes; /* verified */
    uint64_t bad;                       /* blocks that do not verify */
    uint64_t unmarked;                  /* reachable but free in the map */
    uint64_t leaked;                    /* used in the map, not reachable */
    uint64_t mended;                    /* bad copies written again */
    uint64_t unread;   /* metadata without a good copy, but for ... */
    uint64_t map_lost; /* ... pages of the space map */
    bool mend;         /* write a bad copy of metadata from its good one */
    void (*say)(const char *sentence); /* each thing found wrong */
} StoreReport;

/* Verifies each reachable block of each kept generation and both copies of
 * metadata. With `mend`, a copy that is bad is written again when the other is
 * good, and nothing else is changed; not while a generation is under way.
 * NO_MEMORY. */
Status store_verify(Store *store, StoreReport *report);

/* Makes the space map anew from what is reachable; the next generation writes
 * it. For a store that was just opened. CORRUPT: something cannot be read on
 * which more may hang, and nothing was changed; NO_MEMORY: only store_close may
 * follow. */
Status store_rebuild_map(Store *store);

#endif
