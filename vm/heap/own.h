/* own.h: the tables of what a domain brought: modules, classes, selectors.
 *
 * What the system installed is in the tables of the system root, and stays.
 * What an app compiles or loads for itself lies in its own domain, has numbers
 * that only this domain knows, and goes when nothing uses it any more: these
 * tables are weak. An object keeps its class, a class and a method their
 * module, a module its classes, its variables and what it imports, a method the
 * text of its selector; then their numbers stay, too, and are given again when
 * they are free.
 *
 *   O1  word i of own_classes is 0 or the address of the Class of this domain
 *       with the id OWN_FIRST + i
 *   O2  word i of own_modules is 0 or the address of the Module of this domain
 *       with the number i; code_bytes is what the files of all of them have
 *   O3  own_selectors is an open table of pairs, its size a power of two: the
 *       address of the text, a String of this domain, or 0; and its hash << 32
 *       | its number without OWN_FIRST. Each text is there once. The hash is
 *       keyed: whoever chooses the texts does not know which fall together.
 *
 * The system domain has none of this. */
#ifndef VM_HEAP_OWN_H
#define VM_HEAP_OWN_H

#include "kernel/base/check.h"
#include "vm/heap/object.h"

/* Modules that a domain brought at most: they are looked through by name. */
#define OWN_MODULES_MAX 8191u

/* own_key is a number below this and above 0, drawn for each domain. */
#define OWN_KEY_PRIME ((1ull << 61) - 1)

/* The class of an own id; NULL when there is none. */
static inline Class *own_class(const Domain *domain, uint32_t id) {
    const Array *table = domain->own_classes;
    uint32_t place = id - OWN_FIRST;
    return table && place < table->length
               ? (Class *)(uintptr_t)table->at.words[place]
               : NULL;
}

/* The module of a number; NULL when there is none. */
static inline Module *own_module(const Domain *domain, uint64_t number) {
    const Array *table = domain->own_modules;
    return table && number < table->length
               ? (Module *)(uintptr_t)table->at.words[number]
               : NULL;
}

/* The module of this name that was published last, or NULL. */
Module *own_module_named(const Domain *domain, const char *name,
                         uint64_t length);

/* Makes room for one more module and so many classes. STATUS_LIMIT: there are
 * too many modules, or no memory. */
Status own_room(Domain *domain, uint64_t classes);

/* The first free id from this one on; there is room. */
uint32_t own_free_class(const Domain *domain, uint32_t from);
/* The first free number of a module; there is room. */
uint64_t own_free_module(const Domain *domain);

/* Announces these entries, then enters them. */
Status own_write_class(Domain *domain, uint32_t id);
void own_put_class(Domain *domain, Class *class_put);
Status own_write_module(Domain *domain, uint64_t number);
void own_put_module(Domain *domain, Module *module);

/* The selector with this text: its number, and the text that its methods must
 * refer to. A new one when `make`, else STATUS_NOT_FOUND. */
Status own_selector(Domain *domain, const char *bytes, uint64_t length,
                    bool make, uint32_t *number_out, String **text_out);

/* Within a collection: announces all that own_forget will write; then drops the
 * entries of what is not marked. */
Status own_announce(Domain *domain);
void own_forget(Domain *domain,
                bool (*is_marked)(const void *context, uint64_t address),
                const void *context);

#endif
