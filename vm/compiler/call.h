/* call.h: calling functions and methods. */
#ifndef COMPILER_CALL_H
#define COMPILER_CALL_H

#include "vm/compiler/generate.h"

/* True for natives that are one instruction. */
bool call_is_intrinsic(const Generator *g, const Function *function);

/* Calls a function; `receiver` none for free ones that are not of scalars;
 * arguments are as its signature says, `this` not included. They are released.
 * The result is as the signature says. */
Value call_function(Generator *g, Function *function, Value receiver,
                    Value *arguments, size_t count, bool direct, Value hint);

/* The same with nodes: one argument, result as `result`. */
Value call_method(Generator *g, Function *function, Value receiver,
                  Node **arguments, size_t count, Type *result, Value hint);
Value call_of_core(Generator *g, const char *name, Value *arguments,
                   size_t count, Value hint);

/* A method that a core class declares itself. */
Function *call_member_of(Generator *g, Class *class, const char *name);

#endif
