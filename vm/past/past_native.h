/* past_native.h: natives of module system for going through time: the kept
 * generations, looking at one, taking from one, and going back; and for apps
 * that are ended, started anew, or in the trash. */
#ifndef VM_PAST_PAST_NATIVE_H
#define VM_PAST_PAST_NATIVE_H

#include <stdint.h>

#include "kernel/base/status.h"

/* Before vm_create and vm_restore. */
void past_native_register(void);

/* What a program asked of the machine; its thread waits until it is told how
 * that went, or, after a restart, that it did not happen. */
typedef enum PastWishKind {
    PAST_WISH_NONE,
    PAST_WISH_RETURN, /* all goes back to `generation` */
    PAST_WISH_APP,    /* the app `domain` does */
} PastWishKind;

typedef struct PastWish {
    PastWishKind kind;
    uint64_t generation;
    uint64_t domain; /* number */
} PastWish;

/* Between slices; nothing when the thread that asked does not wait any more. */
PastWish past_native_wish(void);

/* Ends the wait: the call gives `result`, or throws an IoError with the
 * sentence `why` unless that is NULL. What is not OK is to be tried again
 * later. */
Status past_native_answer(int64_t result, const char *why);

#endif
