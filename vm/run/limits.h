/* limits.h: how much an app may have of what all share (limits.def).
 *
 * Each limit is a number of the app's own, in its Domain: it is there after a
 * power cut, and goes with the app where it is started anew or taken back to an
 * older generation; one that is opened begins with the usual ones. A person
 * sets them. Whoever wants more than that is thrown a MemoryError that names
 * the limit; the place that gives it asks, so each is enforced where it is
 * used:
 *
 *     memory           vm/heap/heap.c
 *     threads, timers  vm/native/thread_native.c: Rev has no timers but threads
 *                      that sleep
 *     log              vm/native/system_native.c
 *     windows, title   wm/window_native.c
 *     surfaces         wm/paint_native.c
 *     events           wm/ring.c: no exception, since a person types; presses
 *                      are refused, as is said there
 *     clipboard        wm/clipboard.c
 *     code             vm/native/compiler_native.c: of modules that the app
 *                      brought and that something uses (vm/heap/own.h)
 *
 * A limit below what the app has takes nothing away: more is refused, until it
 * has less. So neither a start nor a restore asks for any, and what the system
 * does for an app is not refused. Memory comes down with the collections: until
 * then limit_bytes is what is used, so the reserves of heap.h are there always.
 *
 * Numbered invariants (domain_check proves them):
 *   L1  each limit of an app is from the smallest to the largest
 *   L2  limit_bytes is at most the limit of memory, or what is used */
#ifndef VM_RUN_LIMITS_H
#define VM_RUN_LIMITS_H

#include "kernel/base/text.h"
#include "vm/run/native.h"

typedef enum Limit {
#define LIMIT(name, called, unit, smallest, usual, largest, sentence)          \
    LIMIT_##name,
#include "vm/run/limits.def"
#undef LIMIT
    LIMIT_COUNT,
} Limit;

_Static_assert((int)LIMIT_MEMORY == DOMAIN_LIMIT_MEMORY,
               "the collector knows it");
_Static_assert((int)LIMIT_COUNT <= DOMAIN_LIMITS, "a Domain has room for them");

typedef struct LimitRow {
    const char *name, *unit; /* for people; "": it counts what it is named */
    uint64_t smallest, usual, largest;
} LimitRow;

const LimitRow *limits_row(Limit limit);

/* Those of a new domain, which is announced. */
void limits_begin(Domain *domain, uint64_t memory_bytes);

/* A limit that the domain is older than is the usual one. */
static inline uint64_t limits_get(const Domain *domain, Limit limit) {
    uint64_t value = domain->limits[limit];
    return value ? value : limits_row(limit)->usual;
}

/* The domain is announced. False: the value is too small or too large. */
bool limits_set(Domain *domain, Limit limit, uint64_t value);

/* The sentence that says where it is. */
void limits_say(const Domain *domain, Limit limit, Text *text);

/* Throws it, and returns NATIVE_FAILED. */
NativeResult limits_refuse(NativeCall *call, Limit limit);

/* Counts a line of the log; false: there were as many in this second as there
 * may be. What is counted is transient. */
bool limits_log_line(const Domain *domain);

/* The same for what the system says of the app's threads: they leave the app
 * half of its lines for words of its own. */
bool limits_log_end(const Domain *domain);
uint64_t limits_logged(const Domain *domain); /* in this second */

/* NULL, or the sentence of the invariant that does not hold for this app. */
const char *limits_check(const Domain *domain);

#endif
