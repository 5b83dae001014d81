/* variable.h: locals, captured locals, fields, module variables. */
#ifndef COMPILER_VARIABLE_H
#define COMPILER_VARIABLE_H

#include "vm/compiler/generate.h"

void variable_declare(Generator *g, Variable *variable, Value first);
void variable_forget(Generator *g, Variable *variable);
Value variable_load(Generator *g, Variable *variable, Value hint);
void variable_store(Generator *g, Variable *variable, Value value);
Value variable_load_field(Generator *g, Variable *field, Value object,
                          Value hint);
void variable_store_field(Generator *g, Variable *field, Value object,
                          Value value);
uint16_t variable_field_number(Generator *g, Variable *field);

/* The register of a local that can be written to directly, or none. */
Value variable_register(Generator *g, Variable *variable);
bool variable_is_cell(const Variable *variable);
Erased variable_type(Generator *g, Variable *variable);

/* A field of a core class that the compiler knows, e.g. List.size. */
Variable *variable_core_field(Generator *g, Class *class, const char *name);

#endif
