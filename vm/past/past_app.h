/* past_app.h: one app goes back to an older generation while the others go on.
 *
 * Its regions become what they were then, at the same addresses, all between
 * two safepoints (persist/memory/replace.h): every generation has the whole app
 * as it was or the whole app as it became. Only to a generation from which the
 * present grew: there the same numbers mean the same domains, classes and
 * gates. An app that was closed since comes back the same way, as its regions
 * are never given to another.
 *
 * Gates into it are broken: others would find what they left in another state.
 * Its own gates have numbers that are never reused, so they lead to the very
 * object they were opened to, or nowhere. */
#ifndef VM_PAST_PAST_APP_H
#define VM_PAST_PAST_APP_H

#include "kernel/base/text.h"
#include "vm/past/past.h"

typedef struct PastTake PastTake;

/* Looks whether the app with this number can go back, and gathers what that
 * needs; while no snapshot is under way. What is not OK: `why` is a sentence.
 */
Status past_app_open(uint64_t generation, uint64_t number, PastTake **take_out,
                     Text *why);
/* NULL is allowed. */
void past_app_close(PastTake *take);

/* The app as it runs now; NULL: it was closed. */
Domain *past_app_present(const PastTake *take);

/* Announces all that changes. What is not OK has changed nothing. */
Status past_app_announce(PastTake *take);

/* Does it, with no safepoint since past_app_announce; the app has no windows
 * now. INVALID: what was there then makes no sense, and it was undone.
 * Otherwise its threads go on as after a restart. */
Status past_app_exchange(PastTake *take, Domain **domain_out, Text *why);

/* Gates into it that led somewhere and do not any more. */
uint64_t past_app_broken_gates(const PastTake *take);

#endif
