/* life.h: the whole system on the simulated machine, one life of a disk after
 * the other.
 *
 * A life is a process of its own, so that nothing outlives it but the disk and
 * life_note: the real system_start and system_step run there, the power is cut
 * at its end. What it expects and does not find fails the test. */
#ifndef TESTS_UNIT_LIFE_H
#define TESTS_UNIT_LIFE_H

#include <stdbool.h>
#include <stdint.h>

enum { LIFE_BLOCKS = 16384, LIFE_NOTES = 8 };

/* Numbers that one life tells the next; zeros after life_disk_new. */
extern uint64_t *life_note;

/* A blank disk, and the time begins. */
void life_disk_new(void);
/* The disk is kept as it is, and comes back as it was then. */
void life_disk_mark(void);
void life_disk_back(void);

/* Runs `action` in a life; it is over when that returns, or when the system
 * starts anew: then the answer is true. */
bool life_run(void (*action)(void));
/* The same where it must not start anew. */
void life_run_whole(void (*action)(void));

/* ---- Within a life ---- */

/* Settings are set before this. */
void life_start(void);
/* So many turns of the main loop. */
void life_turns(uint32_t count);
/* Turns for so much time. */
void life_last(uint64_t ns);
/* Turns until the log has such a line, which is taken from it; false: it does
 * not come. */
bool life_until(const char *prefix);
/* A snapshot that is asked for is durable; its generation. */
uint64_t life_snapshot(void);

/* How many apps there are. */
uint32_t life_apps(void);

void life_type(const char *text);
/* The same, but nobody has seen the keys yet. */
void life_press(const char *text);
/* False: there is no such widget (wm/script.h). */
bool life_click(const char *role, const char *name);

#endif
