/* sim.h: the simulator, a machine whose time, disk, screen and input a test
 * holds in its hands. Linked instead of kernel/host into the tests.
 *
 * The disk keeps what was flushed apart from what was only written. A power cut
 * keeps any part of the latter, in any order, in sectors of 512 bytes: that is
 * all that a real disk promises. A flush that fails may lose what it should
 * have made safe; no later one brings it back, though it reads well until the
 * power is cut. Everything random comes from one seed. */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/platform.h"

/* Once, before the first test: the persistent range, the log, the panic. */
void sim_start(void);

/* The seed of everything random from here on. */
void sim_seed(uint64_t seed);
uint64_t sim_random(void);

/* ---- Time ---- */

void sim_time_set_ns(uint64_t now_ns);
/* A setting, or none with NULL. */
void sim_setting(const char *name, const char *value);

/* ---- Disk ---- */

typedef struct SimDiskFaults {
    uint64_t fail_after; /* this many requests succeed, then ... */
    uint64_t fail_count; /* ... this many fail (UINT64_MAX: for ever) */
    uint64_t fail_flush; /* the so many-th flush from now fails; 0: none */
    bool lazy;           /* requests stay under way until polled with wait */
} SimDiskFaults;

/* A blank disk instead of the one before; 0 blocks: no disk. */
void sim_disk_new(uint64_t blocks);
/* The same with these bytes on it, all durable. */
void sim_disk_load(uint64_t blocks, const uint8_t *bytes);
/* Quicker: each block is read when it is first needed; `bytes` must stay until
 * there is another disk, and change only where sim_disk_unload() writes. */
void sim_disk_lend(uint64_t blocks, const uint8_t *bytes);
/* To where it was loaded from: what was written since, or put. */
void sim_disk_unload(uint8_t *bytes);
void sim_disk_faults(SimDiskFaults faults);
/* Requests under way end in any order, until there is another disk. */
void sim_disk_shuffle(void);
/* Every second request, by chance, is refused at first, until there is another
 * disk. */
void sim_disk_busy(void);
/* Requests of any kind so far, for loops over all fault places. */
uint64_t sim_disk_requests(void);
uint64_t sim_disk_writes(void); /* blocks written so far */
/* What a reader sees now; and a block of it for tests that damage it. */
const uint8_t *sim_disk_bytes(void);
uint8_t *sim_disk_change(uint64_t block);
/* Power cut: unflushed sectors survive or not, at random; requests under way
 * are lost the same way and end with an error that nobody may believe. */
void sim_disk_cut(void);
/* Power fails at the requests-th request from now: that one and what is under
 * way with it may reach the medium, later ones do not; all fail. To be followed
 * by sim_disk_cut. */
void sim_disk_freeze_after(uint64_t requests);
bool sim_disk_frozen(void);
/* The writes-th block written from now lands at block `to` instead, and says
 * that all went well; UINT64_MAX: it is lost. Until the next cut or disk. */
void sim_disk_stray(uint64_t writes, uint64_t to);
/* It has happened, to a write of block *from_out. */
bool sim_disk_strayed(uint64_t *from_out);
/* Damages or replaces a block for good. */
void sim_disk_flip(uint64_t block, unsigned bit);
void sim_disk_put(uint64_t block, const void *bytes);

/* sim_disk_back makes the disk what it was at the mark, as often as wanted;
 * both want nothing under way, the mark nothing unflushed. */
void sim_disk_mark(void);
void sim_disk_back(void);

/* All writes and flushes in the order of their completion. */
enum { SIM_LOG_MOST = 4096 };
typedef struct SimDiskEntry {
    bool flush;
    bool doubtful; /* a flush that came later failed: perhaps lost for good */
    uint64_t block;
    uint32_t count;
    uint8_t *bytes; /* count blocks */
} SimDiskEntry;
typedef struct SimDiskLog {
    size_t count;
    SimDiskEntry entries[SIM_LOG_MOST];
} SimDiskLog;
void sim_disk_log_start(void);
size_t sim_disk_log_count(void);
/* Valid until the next start. */
const SimDiskLog *sim_disk_log_stop(void);

/* ---- Memory ---- */

/* The k-th alloc_take from now fails (and, with `for_ever`, all later ones); 0
 * switches this off. */
void sim_alloc_fail(uint64_t k, bool for_ever);
/* Requests since that call, and whether one of them failed. */
uint64_t sim_alloc_taken(void);
bool sim_alloc_failed(void);
/* While on, requests neither count nor fail. */
void sim_alloc_pause(bool on);

/* What RAM still has of one page; NULL: of none. */
void sim_warm(uint64_t address, const void *bytes);

/* ---- Log and input ---- */

/* The last log line that starts with `prefix`, or NULL. */
const char *sim_log_find(const char *prefix);
void sim_log_clear(void);
void sim_input(InputEvent event);
unsigned sim_input_count(void); /* events that wait */
void sim_console(const char *line);
const uint32_t *sim_screen_pixels(void);
void sim_screen_size(uint32_t width, uint32_t height);

/* What platform_restart does before it panics; NULL: nothing. */
void sim_on_restart(void (*action)(void));

/* Runs `action`; true when it ended in a panic (whose text sim_log_find
 * finds), which then did not stop the tests. */
bool sim_panics(void (*action)(void *), void *argument);

#endif
