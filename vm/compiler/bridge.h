/* bridge.h: methods that connect an override with what it overrides, where
 * their erased types differ. */
#ifndef COMPILER_BRIDGE_H
#define COMPILER_BRIDGE_H

#include "vm/compiler/generate.h"

void bridge_class(Generator *of, Class *class);
Name bridge_default_name(Generator *g, const Function *function);

#endif
