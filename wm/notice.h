/* notice.h: a card in the middle of the screen that wants an answer.
 *
 * While it is there all input is for it, but what somebody types on when it
 * comes goes on to where it went, though not to the desktop's shortcuts. Enter
 * chooses what keys selected, wherever the pointer is, and nothing right behind
 * a letter, which selects the first answer; a wheel selects only in a list that
 * scrolls. It is the system's, not an app's, and does not persist: who put it
 * up puts it up again after a restart. */
#ifndef WM_NOTICE_H
#define WM_NOTICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* While it is new it takes neither keys nor clicks until none came for so long:
 * they may be meant for what was there. */
#define NOTICE_DEAF_NS 500000000ull

typedef struct WmNotice {
    const char *title;
    const char *text; /* some sentences, set over several lines */
    /* The words of an answer by its place, or NULL behind the last; they live
     * until the next call. How many there are is asked when it comes. */
    const char *(*answer)(uint32_t place);
    /* What stands at the right of an answer, or NULL. NULL: nowhere anything.
     */
    const char *(*note)(uint32_t place);
    /* The person chose; the notice is away already. */
    void (*chosen)(uint32_t place);
    /* What Escape chooses: place + 1; 0: nothing. */
    uint32_t harmless;
    const char *app; /* that it speaks of, as it was installed: its icon stands
                        before the title; NULL: none does */
    bool asked;      /* by a key: so those that follow are meant for it */
} WmNotice;

/* Puts the notice up instead of the one before, or with NULL takes that one
 * away. The caller's until then. */
void notice_show(const WmNotice *notice);
bool notice_is_shown(void);
bool notice_is(const WmNotice *wanted);
/* It is up, and new; until when, UINT64_MAX: it is not. */
bool notice_is_deaf(void);
uint64_t notice_deaf_until_ns(void);

#endif
