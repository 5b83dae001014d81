/* run.h: see run.c. */
#ifndef KERNEL_SYSTEM_HOST_RUN_H
#define KERNEL_SYSTEM_HOST_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "vm/compiler/compiler.h"

/* Compiles and runs a program on memory that is thrown away, or with `kept` on
 * the disk: there a run that did not end goes on, and nothing else runs. The
 * program's exit status, or 1 after a message on standard error. */
int run_program(const char *path, int count, char **arguments, bool kept);

/* The same for its tests. */
int run_tests(const char *path);

/* Compiles a program; false after messages on standard error. The result is to
 * be given to compiler_free in each case. */
bool run_compile(const char *module, const char *path, const char *source,
                 size_t size, bool only_tests, CompilerResult *result_out);

#endif
