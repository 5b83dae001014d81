/* compiler_core.h: the core library, for tests of the compiler. */
#ifndef TESTS_UNIT_COMPILER_CORE_H
#define TESTS_UNIT_COMPILER_CORE_H

#include "vm/compiler/compiler.h"

/* Compiled by the first call. */
CompilerLibrary compiler_core(void);

#endif
