/* A module's methods as text, for people. */
#ifndef COMPILER_DISASSEMBLE_H
#define COMPILER_DISASSEMBLE_H

#include <stddef.h>
#include <stdint.h>

/* Calls `line` for each line. The bytes are a module that the compiler made or
 * anything else: what cannot be read ends the text. */
void disassemble(const uint8_t *bytes, size_t size_bytes,
                 void (*line)(const char *text));

#endif
