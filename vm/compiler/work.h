/* Work: how much the compiler has done, in units of about an element that it
 * looked at, so that it gives way to others in time (compiler_allow).
 *
 * Whatever can be long is charged where it is done: lists by each element
 * (NEXT), texts and memory by their bytes, nodes and tokens by the piece. Any
 * of these may give way, so none stands between two things that belong
 * together for others than this compilation; it shares nothing with others. */
#ifndef COMPILER_WORK_H
#define COMPILER_WORK_H

#include <stdint.h>

extern int64_t work_left;

/* Calls give_way(); never returns with less than nothing left. */
void work_over(void);

static inline void work_add(uint64_t units) {
    work_left -= (int64_t)units;
    if (work_left < 0)
        work_over();
}

/* The next element of a list, and the place where a pointer to it stands. */
#define NEXT(element) (work_add(1), (element)->next)
#define NEXT_PLACE(place) (work_add(1), &(*(place))->next)

#endif
