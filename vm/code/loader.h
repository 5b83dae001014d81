/* loader.h: from the bytes of a .rvc file to classes in the system domain. */
#ifndef VM_CODE_LOADER_H
#define VM_CODE_LOADER_H

#include "kernel/base/text.h"
#include "vm/heap/object.h"

/* Checks, verifies and links a module and publishes it. The same bytes loaded
 * twice give the same module; other bytes under a known name, or newer versions
 * of what they import, are installed beside the old version, and used by what
 * is loaded afterwards. `system`:
 * the module may declare natives and classes of native layout. Call it between
 * safepoints; nothing of a refused module is visible. STATUS_INVALID: `why`
 * says in one sentence what is wrong. */
Status loader_load(const void *bytes, size_t count, bool system,
                   Module **module_out, Text *why);

/* The function of this name, or NULL. */
Method *loader_function(const Module *module, const char *name);

#endif
