/* Where an app starts. */
#ifndef COMPILER_START_H
#define COMPILER_START_H

#include "vm/compiler/type.h"

/* Adds `$main` to a module of sources that has a `main` with a parameter, or
 * else a class that extends App. The supertypes are declared, the functions not
 * yet. */
void start_declare(World *world, Module *module);

#endif
