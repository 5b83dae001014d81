/* world.h: a store on the simulated disk, and the model of what it must hold.
 *
 * There is one world. Its pages are numbered 0 .. WORLD_PAGES-1 and lie far
 * apart in the heap tree. The model knows what each page held in each recent
 * generation, and the highest generation that was ever reported durable. The
 * campaigns change it only through these functions, and through the public
 * headers of persist/, so that the inside of the store may change. */
#ifndef TESTS_STORE_WORLD_H
#define TESTS_STORE_WORLD_H

#include "persist/store.h"
#include "tests/sim/sim.h"
#include "tests/test.h"

enum { WORLD_PAGES = 240, WORLD_HISTORY = 64, WORLD_NOTES = 64 };

typedef struct World {
    Store *store;
    /* By page: 0 is a page of zeros, another value the seed of its bytes. */
    uint32_t now[WORLD_PAGES];
    bool changed[WORLD_PAGES]; /* since the last durable generation */
    uint32_t committed[WORLD_HISTORY][WORLD_PAGES]; /* by generation mod it */
    uint64_t begun[WORLD_HISTORY];
    uint32_t committed_regions[WORLD_HISTORY];
    uint64_t durable; /* highest number that was reported */
    uint32_t regions; /* at present */
    uint32_t next_content;
    /* When `durable` became what, by place in the disk's log. */
    struct {
        size_t place;
        uint64_t durable;
    } notes[WORLD_NOTES];
    unsigned note_count;
} World;

extern World world;

/* What is tried now; a failed expectation prints it. */
void world_case(const char *format, ...) __attribute__((format(printf, 1, 2)));
void world_expect(bool good, const char *what, const char *file, int line);
#define WORLD_EXPECT(condition)                                                \
    world_expect((condition), #condition, __FILE__, __LINE__)
/* True when an expectation failed since the last world_case. */
bool world_failed(void);

/* How much is to be done: SEEDS=a-b, else 1 to `quick`, with LONG set to
 * `full`. */
void world_seeds(uint64_t quick, uint64_t full, uint64_t *first_out,
                 uint64_t *last_out);

/* An empty model on a blank disk. */
void world_new(uint64_t blocks);

/* Opens the store as the product does: what comes back must be none older than
 * the durable generation and one that was begun; the model's present becomes
 * it. */
Status world_open(void);
/* The same as of this generation, without an expectation that it opens. */
Status world_try_open(StoreOpening *opening_out);
void world_close(void);

uint64_t world_page_number(unsigned page);
void world_page_bytes(uint32_t content, void *bytes);

/* Changes the model's present. */
void world_write(unsigned page);
void world_zero(unsigned page);
/* Up to `most` pages, neighbours and others, some to zeros. */
void world_write_some(unsigned most);

/* Puts what changed and finishes; OK: durable. BUSY: the power was cut. Others:
 * doomed, and everything stays changed. */
Status world_commit(void);

/* Reads every page by store_read_page; each must be what the present holds. */
void world_check_pages(void);
/* The same, where some may be an error; how many are. Silent damage fails. */
unsigned world_count_errors(void);

/* Every block of every kept generation verifies and is marked as used. */
void world_verify(void);
/* Opens each kept generation that the model knows and compares its pages. The
 * store must be closed. */
void world_check_generations(void);

/* Starts the disk's log, and notes when which generation became durable. */
void world_log_start(void);
/* The durable generation that was reported before place `place` of the log. */
uint64_t world_durable_at(size_t place);

#endif
