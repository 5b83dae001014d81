/* loader_class.h: making the classes and methods of a module being loaded. */
#ifndef VM_CODE_LOADER_CLASS_H
#define VM_CODE_LOADER_CLASS_H

#include "vm/code/link.h"

/* Makes the Class objects of the file and gives them ids; entered into
 * link->classes and link->types. */
Status loader_class_make(Link *link);

/* A class that C knows: as the module itself declares it, if it does. */
Class *loader_class_known(const Link *link, uint32_t id);

/* Superclasses, interfaces, fields and the reference map of each. */
Status loader_class_lay_out(Link *link);

/* The hidden class of the object that holds the module's variables. */
Status loader_class_environment(Link *link);

/* Makes the Method objects, without code; natives are bound. */
Status loader_class_methods(Link *link);

/* Tables of virtual methods and selectors; nothing abstract is left in a class
 * that can be made. */
Status loader_class_tables(Link *link);

/* The selector with this text, of something with this name. */
Status loader_class_selector(const Link *link, const Text *text, uint32_t name,
                             uint32_t *number_out, String **text_out);

/* Says what is wrong with something of this name; STATUS_INVALID. */
Status loader_class_refuse(const Link *link, uint32_t string, const char *what);

#endif
