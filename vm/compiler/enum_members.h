/* The members every enum has: toString, equals, hash, name, and values where no
 * case has any. */
#ifndef COMPILER_ENUM_MEMBERS_H
#define COMPILER_ENUM_MEMBERS_H

#include "vm/compiler/ast.h"

/* Adds them, as if they had been written, and the field `tag`. */
void enum_members_add(Compile *compile, Class *class);

#endif
