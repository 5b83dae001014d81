/* past_find.h: the parts of a path into an older generation (past_text.h). */
#ifndef VM_PAST_PAST_FIND_H
#define VM_PAST_PAST_FIND_H

#include "kernel/base/text.h"
#include "vm/past/past.h"

/* As a register holds it; for references an address. */
typedef struct PastValue {
    uint8_t kind; /* ModuleKind */
    uint64_t value;
} PastValue;

/* What has items with numbers, and where they are. */
typedef enum PastItemsKind {
    PAST_ITEMS_NONE,
    PAST_ITEMS_ARRAY,    /* an array of the VM */
    PAST_ITEMS_LIST,     /* core.List */
    PAST_ITEMS_MAP,      /* core.Map: with keys, and with holes */
    PAST_ITEMS_COMPILER, /* system.Compiler: with the names of variables */
} PastItemsKind;

typedef struct PastItems {
    PastItemsKind kind;
    uint64_t count;    /* numbers are below this */
    uint64_t size;     /* for people: without holes */
    PastObject values; /* the array of them */
    PastObject names;  /* of a map: its keys; of a compiler: lines */
    PastObject hashes; /* of a map: below 0 for a hole */
} PastItems;

/* An app of the generation. */
typedef struct PastApp {
    Domain domain;
    PastObject object;   /* its core.App; address 0: there is none */
    PastObject compiler; /* the system.Compiler among that one's fields, or 0 */
    PastObject variables; /* the array of them by module, or 0 */
    PastObject modules;   /* the table of own modules, or 0 */
} PastApp;

/* The app that the path begins with, and how many bytes name it, the dot
 * behind them included. NOT_FOUND. */
Status past_find_app(Past *past, const char *path, size_t length,
                     PastApp *app_out, size_t *used_out);

/* Where modules may have variables: places below this (module_place). */
uint64_t past_find_places(const PastApp *app);

/* The variables of the module at a place; address 0: the app does not use it.
 */
Status past_find_variables(Past *past, const PastApp *app, uint64_t place,
                           PastObject *variables_out);

/* What the app knows by the name that the path begins with: a field of its
 * App, a variable of its Compiler, or one of its modules. NOT_FOUND. */
Status past_find_name(Past *past, const PastApp *app, const char *path,
                      size_t length, PastValue *value_out, size_t *used_out);

/* The same below a value: a field, an item by its number or key. */
Status past_find_part(Past *past, PastValue from, const char *path,
                      size_t length, PastValue *value_out, size_t *used_out);

/* PAST_ITEMS_NONE and OK for what has no items. */
Status past_find_items(Past *past, const PastObject *object,
                       PastItems *items_out);
/* NOT_FOUND: a hole. */
Status past_find_item(Past *past, const PastItems *items, uint64_t index,
                      PastValue *value_out);
/* Adds its number, key or name. */
Status past_find_item_name(Past *past, const PastItems *items, uint64_t index,
                           Text *name);

/* ModuleKind of the elements of an array. */
uint8_t past_find_element_kind(const PastObject *array);

static inline bool past_find_is_reference(PastValue value) {
    return past_is_reference((uint64_t)value.kind << 16);
}

#endif
