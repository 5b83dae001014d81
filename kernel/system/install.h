/* install.h: programs that come as source text: compiled with the system's
 * libraries, loaded, and opened. */
#ifndef KERNEL_SYSTEM_INSTALL_H
#define KERNEL_SYSTEM_INSTALL_H

#include "kernel/base/status.h"
#include "vm/compiler/compiler.h"

/* Compiles one source as a module of this name, with `only_tests` as one that
 * runs its tests. The caller shows what is wrong
 * and gives the result to compiler_free in each case; errors of
 * compiler_compile. */
Status install_compile(const char *module, const CompilerSource *source,
                       bool only_tests, CompilerResult *result_out);

/* Installs the program of the settings `app` (its source) and `app_name` (of
 * its module; "app" when nobody set it), and opens it unless it runs already,
 * with the rights in `app_rights`: names with commas between them, or "all".
 * Log lines say what is wrong with it; the system goes on without it then. */
void install_setting(void);

#endif
