/* The generator: a checked module to the tables and methods of a .rvc. */
#ifndef COMPILER_GENERATE_H
#define COMPILER_GENERATE_H

#include "vm/compiler/erase.h"

/* Fills the writer with classes, variables and methods. Too large a module or
 * method is diagnosed. */

/* Says where native functions stand that are not allowed. */
void generate_check_natives(World *world, Module *module, bool allowed);
void generate_module(World *world, Writer *writer, Module *module);

#endif
