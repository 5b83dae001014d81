/* The parser: tokens to declarations and nodes. Errors are diagnosed and
 * passed over, so one run reports several. */
#ifndef COMPILER_PARSER_H
#define COMPILER_PARSER_H

#include "vm/compiler/ast.h"

/* Adds what the file declares to the module. `as_line`: the file is a shell's
 * line, statements may stand outside functions. */
void parser_file(Compile *compile, Module *module, uint32_t file, bool as_line);

/* A type from text, e.g. of a shell's variable; NULL when it is not one. */
TypeNode *parser_type(Compile *compile, uint32_t file);

#endif
