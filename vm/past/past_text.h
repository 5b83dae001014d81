/* past_text.h: the way to a value of an older generation, and what it is, as
 * text for people.
 *
 * A path leads from an app to a value, part by part: "Editor.documents.0". The
 * first is an app's name or number. Then come the fields of its App object, or
 * what its Compiler knows by name, or variables of its modules; then fields,
 * variables, numbers of items, or keys that are texts. */
#ifndef VM_PAST_PAST_TEXT_H
#define VM_PAST_PAST_TEXT_H

#include "vm/past/past_find.h"

/* Finds the value. NOT_FOUND, or what past.h says: `why` is the sentence. */
Status past_text_find(Past *past, const char *path, size_t length,
                      PastValue *value_out, Text *why);

/* Adds lines that say what is at the path, and `depth` levels of what hangs
 * there; all apps for an empty path. Errors as above. */
Status past_text_show(Past *past, const char *path, size_t length,
                      unsigned depth, Text *text, Text *why);

#endif
