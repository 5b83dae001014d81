/* saver.h: when a snapshot is taken: in an interval while something changed,
 * when somebody asks, and when programs wait for room. */
#ifndef KERNEL_SYSTEM_SAVER_H
#define KERNEL_SYSTEM_SAVER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/base/status.h"

/* Reads the setting `interval_ms`. */
void saver_start(void);

/* Starts and continues snapshots, between two slices of programs; the platform
 * time when to look again. */
uint64_t saver_step(void);

/* Something waits for room and snapshots have made none for a while. */
bool saver_is_starved(void);
/* A person did something that frees space with the next snapshots. */
void saver_expect_room(void);

/* The last snapshot became durable, or there was none yet. */
bool saver_is_durable(void);

/* The system's own memory is damaged, again after a start: no more snapshots
 * are taken. */
bool saver_is_damaged(void);

/* Since when snapshots have failed, 0: the last one did not; and why it did. */
uint64_t saver_failing_since(Status *why_out);

/* The last snapshot, for shutting down. An error of the disk may pass: it is
 * tried again once. */
Status saver_finish(void);

#endif
