/* world.h: a store on the simulated disk, and the model of what it must hold.
 *
 * There is one world. Its pages are numbered 0 .. WORLD_PAGES-1 and lie far
 * apart in the heap tree. The model knows what each page held in each recent
 * generation, and the highest generation that was ever reported durable. The
 * campaigns change it only through these functions, and through the public
 * headers of persist/, so that the inside of the store may change. */
#ifndef TESTS_STORE_WORLD_H
#define TESTS_STORE_WORLD_H

#include "persist/store/store.h"
#include "tests/sim/sim.h"
#include "tests/test.h"

enum {
    WORLD_PAGES = 240,
    WORLD_HISTORY = 64,
    WORLD_NOTES = 64,
    WORLD_PINS = 16
};

/* A generation whose pin, or whose end of it, was asked for. */
typedef struct WorldPin {
    uint64_t generation; /* 0: none */
    bool pinned;
    bool sure;      /* it was reported; else a cut leaves either */
    bool by_return; /* not a person's: over when the present grew from it */
} WorldPin;

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
    bool touched[WORLD_PAGES]; /* ever written */
    bool doomed;               /* something since the last durable generation */
    WorldPin pins[WORLD_PINS];
    StoreView *view; /* of the generation `viewed` */
    uint64_t viewed;
    /* When `durable` and `pins` became what, by place in the disk's log. */
    struct {
        size_t place;
        uint64_t durable;
        WorldPin pins[WORLD_PINS];
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

/* Chooses how many pages a root block names itself, so that small worlds have
 * trees that change, too. */
void world_name_few(void);

/* An empty model on a blank disk. */
void world_new(uint64_t blocks);

/* Opens the store as the product does: what comes back must be none older than
 * the durable generation and one that was begun; the model's present becomes
 * it. */
Status world_open(void);
/* The same as of this generation, without an expectation that it opens. */
Status world_try_open(StoreOpening *opening_out);
/* Closes the view too. */
void world_close(void);
/* A start without a power cut. What it reads may be lost in a cut until the
 * next commit, and so may pins that are not sure. */
void world_reopen(void);

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
/* The same until both superblocks may be written, but no flush has made them
 * safe; then a start, unless the power was cut. */
void world_restart_in_commit(void);

/* ---- Other generations ---- */

/* The oldest kept generation that is pinned or is not; 0: none. */
uint64_t world_oldest(bool pinned);
/* Any, by chance; 0: none. */
uint64_t world_any_kept(void);
/* The model still knows what it held. */
bool world_known(uint64_t generation);
void world_pin(uint64_t generation);
void world_unpin(uint64_t generation);
/* Goes back; the model's present becomes that generation. Refused after a doom
 * until a generation is durable. */
void world_back(uint64_t generation);
void world_view_open(uint64_t generation);
/* Compares what is looked at with the model, and closes it. */
void world_view_close(void);
/* Looks at every kept generation that the model knows. */
void world_check_views(void);

/* ---- Checking ---- */

/* Reads every page by store_read_page; each must be what the present holds. */
void world_check_pages(void);
/* The same, where some may be an error; how many are. Silent damage fails. */
unsigned world_count_errors(void);

/* Every block of every kept generation verifies and is marked as used. */
void world_verify(void);
/* And no other block is. */
void world_verify_all(void);
/* Opens each kept generation that the model knows and compares its pages. The
 * store must be closed. */
void world_check_generations(void);

/* Starts the disk's log, and notes when what became durable. */
void world_log_start(void);
/* The model knows only what was reported before place `place` of the log. */
void world_forget_after(size_t place);

#endif
