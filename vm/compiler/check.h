/* The checker: declares what the parser made, then gives every node its type.
 *
 * Order: check_declare (names, supertypes, signatures) for each module, core
 * first; then check_module (bodies) for the one being compiled. Results that
 * are not written down are inferred when first asked for. A node is checked
 * once. After errors the module is not generated. */
#ifndef COMPILER_CHECK_H
#define COMPILER_CHECK_H

#include "vm/compiler/type.h"

/* Names and places of the classes, functions and variables of a module. */
void check_declare(World *world, Module *module);

/* The bodies. `slots`: a shell's variables, linked by next, or NULL. */
void check_module(World *world, Module *module, Variable *slots,
                  Variable **new_slots_out);

/* A type as written at the top of the module that is compiled. */
Type *check_type_of(World *world, TypeNode *node);

#endif
