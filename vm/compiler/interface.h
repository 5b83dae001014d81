/* Interfaces: what other modules may know of one, as Rev text without bodies,
 * kept in its .rvc. Types are written in full, inferred ones too. */
#ifndef COMPILER_INTERFACE_H
#define COMPILER_INTERFACE_H

#include "vm/compiler/type.h"

/* The text of a checked module. NULL: it is too large. */
Name interface_text(World *world, Module *module);

/* The name and the text in a .rvc. False: these bytes are not a module of this
 * format. The texts point into the bytes. */
bool interface_read(const uint8_t *bytes, size_t size_bytes,
                    const char **name_out, size_t *name_length_out,
                    const char **text_out, size_t *text_length_out);

#endif
