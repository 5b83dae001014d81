/* loader_reference.h: references of a module being loaded to fields, variables
 * and methods, of its own and of its imports. */
#ifndef VM_CODE_LOADER_REFERENCE_H
#define VM_CODE_LOADER_REFERENCE_H

#include "vm/code/link.h"

/* The imported module of this name, this module itself, or NULL. */
Module *loader_reference_module(const Link *link, const char *name,
                                uint64_t length);

/* Fills link->fields, ->vars and ->methods; what is not there, has another type
 * or is private to another module is refused. */
Status loader_reference_resolve(Link *link);

#endif
