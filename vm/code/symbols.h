/* symbols.h: the tables of the system root: interned strings, selectors,
 * classes by id, modules by number.
 *
 * What is added to them is permanent. All return a Status or NULL with one, and
 * leave the tables whole. */
#ifndef VM_CODE_SYMBOLS_H
#define VM_CODE_SYMBOLS_H

#include "vm/heap/object.h"

/* The one String of the system domain with these bytes. */
String *symbols_intern(const char *bytes, uint64_t length, Status *status_out);

/* The number of the selector with this text, "name(types)result"; a new one
 * when it has none. */
Status symbols_selector(const char *bytes, uint64_t length,
                        uint32_t *number_out);

/* Makes sure that class `id` has a place in the table. */
Status symbols_reserve_class(uint32_t id);

/* Enters a class whose place is reserved. The place must be announced:
 * symbols_write_class. */
Status symbols_write_class(uint32_t id);
void symbols_put_class(Class *class_put);

/* Makes sure that the table of modules has a place for `number`, announced. */
Status symbols_reserve_module(uint64_t number);

/* The module of this name that was installed last, or NULL. */
Module *symbols_module(const char *name, uint64_t length);

/* The id of a class that C knows, or 0. */
uint32_t symbols_known(const char *name, uint64_t length);
const char *symbols_known_name(uint32_t id);
uint16_t symbols_known_shape(uint32_t id);
/* True for core's errors: they are below core.Exception. */
bool symbols_known_error(uint32_t id);

bool symbols_equal(const String *string, const char *bytes, uint64_t length);

#endif
