/* Where an app starts. */
#ifndef COMPILER_START_H
#define COMPILER_START_H

#include "vm/compiler/type.h"

/* Adds `$main` to a module of sources that has a `main` with a parameter, or no
 * `main` and a class that extends App; or tests that are to run, after `main`.
 * The supertypes are declared, the functions not yet. */
void start_declare(World *world, Module *module);

#endif
