/* answers.h: what the answers of notices name and do: apps and generations. */
#ifndef KERNEL_SYSTEM_NOTICES_ANSWERS_H
#define KERNEL_SYSTEM_NOTICES_ANSWERS_H

#include "kernel/base/text.h"
#include "vm/heap/object.h"

/* The place-th app that is there, or NULL. */
Domain *answers_app(uint32_t place);
uint32_t answers_app_count(void);

/* A person ends the app. */
void answers_stop(Domain *domain);

/* How long ago: "3 hours ago". */
void answers_add_age(Text *text, int64_t wall_us);
/* "48 MB". */
void answers_add_size(Text *text, uint64_t bytes);

#endif
