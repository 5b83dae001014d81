/* value.h: values in registers: taking, giving back, moving, converting. */
#ifndef COMPILER_VALUE_H
#define COMPILER_VALUE_H

#include "vm/compiler/generate.h"

extern const Value value_none;
Value value_new(Generator *g, Erased type);
Value value_of(Generator *g, Type *type);
void value_release(Generator *g, Value value);

/* The register stays taken until value_release of the result. */
Value value_borrowed(Value value);

/* `hint` when it is a register for this type, else a new one. */
Value value_target(Generator *g, Value hint, Erased type);
void value_move(Generator *g, Value to, Value from);

/* A register of its own for what may be borrowed. */
Value value_own(Generator *g, Value value);

/* The same only where evaluating `next` may change what is borrowed. NULL:
 * nothing comes. */
Value value_keep(Generator *g, Value value, Node *next);
Value value_int(Generator *g, int64_t number, Value hint);
void value_set_int(Generator *g, Value to, int64_t number);
Value value_text(Generator *g, Name text, Value hint);
Value value_zero(Generator *g, Erased type);

/* From the representation of one type to that of another: boxes, unboxes,
 * casts. Releases the value when the result is another. */
Value value_convert(Generator *g, Value value, Erased to, Value hint);

#endif
