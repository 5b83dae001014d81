/* loader_names.h: texts of types and signatures while a module is loaded. */
#ifndef VM_CODE_LOADER_NAMES_H
#define VM_CODE_LOADER_NAMES_H

#include "vm/code/link.h"

/* How classes stand in a text: by name for people and natives, by number where
 * two versions of a class must not be taken for each other. */
typedef enum NamesHow {
    NAMES_BY_NAME,
    NAMES_BY_ID,
} NamesHow;

/* Adds "(types)result" of a method or a method reference of the file. */
void loader_names_method(const Link *link, const FileMethod *method,
                         NamesHow how, Text *text);
void loader_names_ref(const Link *link, const FileMethodRef *ref, NamesHow how,
                      Text *text);

/* True when the string number of the file is this text. */
bool loader_names_equal(const Link *link, uint32_t string, const char *text);

#endif
