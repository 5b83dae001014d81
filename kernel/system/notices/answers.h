/* answers.h: what the answers of notices name and do: apps and generations.
 *
 * Notices know nothing of the main loop above them; what they have it do is in
 * AnswersDeeds, which the system sets at its start. */
#ifndef KERNEL_SYSTEM_NOTICES_ANSWERS_H
#define KERNEL_SYSTEM_NOTICES_ANSWERS_H

#include "kernel/base/text.h"
#include "vm/heap/object.h"

typedef struct AnswersDeeds {
    /* Goes back to a kept generation: returns only when that cannot be. */
    Status (*go_back)(uint64_t generation);
    /* Takes an app back to the newest generation that has all of it; false:
     * none has. */
    bool (*take_app_back)(uint64_t number);
    /* Whether an app of this name comes with the system; starting it. */
    bool (*has_app)(const char *name);
    bool (*open_app)(const char *name);
    /* Lets go of what is in the trash; false: nothing is. */
    bool (*empty_trash)(void);
    /* A person did something that frees space with the next snapshots. */
    void (*expect_room)(void);
    /* The machine is switched off in order. */
    void (*switch_off)(void);
} AnswersDeeds;

/* Before any notice is shown; kept. */
void answers_set_deeds(const AnswersDeeds *deeds);
const AnswersDeeds *answers_deeds(void);

/* The place-th app that is there, or NULL. */
Domain *answers_app(uint32_t place);

/* A person stops the app for good; or ends it, so that it can be brought back.
 */
void answers_stop(Domain *domain);
void answers_end(Domain *domain);

/* What a notice lists, as it is now. Until the next call the places are of what
 * was listed then, whatever has come or gone since. */
void answers_list(void);
uint32_t answers_listed_apps(void);

/* "End Editor": the place-th app that was listed; and ending it, if it is still
 * there. */
void answers_add_end(Text *text, uint32_t place);
void answers_end_listed(uint32_t place);

/* "Go back to generation 7, an hour ago": the place-th older one that was
 * listed, the newest first; false: there is none. */
bool answers_add_return(Text *text, uint32_t place);
/* Goes there; returns when that cannot be, and the log says why. */
void answers_return(uint32_t place);

/* How long ago: "3 hours ago". */
void answers_add_age(Text *text, int64_t wall_us);
/* "48 MB". */
void answers_add_size(Text *text, uint64_t bytes);

#endif
