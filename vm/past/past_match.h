/* past_match.h: which class of the present an object of an older generation is
 * copied into. */
#ifndef VM_PAST_PAST_MATCH_H
#define VM_PAST_PAST_MATCH_H

#include "kernel/base/text.h"
#include "vm/past/past.h"

/* The class of the same name and fields in a module that the domain uses; of
 * two versions the very same, else the newest. INVALID: there is none, and
 * `why` is the sentence. */
Status past_match_class(Past *past, const PastClass *of, const Domain *domain,
                        Class **class_out, Text *why);

/* A case of an enum gets the number that it has now. */
void past_match_tag(const Class *of, Object *made);

#endif
