/* symbols.h: strings, selectors, classes by id and modules by number: those of
 * the system root, and what a domain brought (vm/heap/own.h).
 *
 * What is added to the root's tables is permanent. All return a Status or NULL
 * with one, and leave the tables whole. */
#ifndef VM_CODE_SYMBOLS_H
#define VM_CODE_SYMBOLS_H

#include "vm/heap/own.h"

/* The one String of the system domain with these bytes; for another domain, if
 * there is none, a new one of its own. */
String *symbols_intern(Domain *domain, const char *bytes, uint64_t length,
                       Status *status_out);

/* The number of the selector with this text, "name(types)result"; a new one
 * when it has none, in the domain's own table if it is not the system's. Own
 * ones have a text, to which their methods must refer; else it is NULL.
 * STATUS_INVALID: the system has it, too, since it was renewed. */
Status symbols_selector(Domain *domain, const char *bytes, uint64_t length,
                        uint32_t *number_out, String **text_out);

/* Makes sure that class `id` has a place in the table. */
Status symbols_reserve_class(uint32_t id);

/* Enters a class whose place is reserved. The place must be announced:
 * symbols_write_class. */
Status symbols_write_class(uint32_t id);
void symbols_put_class(Class *class_put);

/* Makes sure that the table of modules has a place for `number`, announced. */
Status symbols_reserve_module(uint64_t number);

/* The module of this name that the domain brought last, or else the one that
 * was installed last; or NULL. */
Module *symbols_module(const Domain *domain, const char *name, uint64_t length);

/* The id of a class that C knows, or 0. */
uint32_t symbols_known(const char *name, uint64_t length);
const char *symbols_known_name(uint32_t id);
uint16_t symbols_known_shape(uint32_t id);
/* True for core's errors: they are below core.Exception. */
bool symbols_known_error(uint32_t id);

bool symbols_equal(const String *string, const char *bytes, uint64_t length);

#endif
