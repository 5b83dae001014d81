/* loader.h: from the bytes of a .rvc file to classes in a domain.
 *
 * What the system installs lies in the system domain, and stays; what an app
 * brings lies in the app's own (vm/heap/own.h), is known there alone, and goes
 * when nothing uses it.
 *
 * Of a module that was loaded this holds (loader_check), and of those of one
 * that is about to be published:
 *
 * L1 Its imports are published; those of its own table came before.
 * L2 A class has a number of its own below the root's next, or an own one.
 * L3 A class knows its ancestors by their depth: those of its superclass, then
 *    itself.
 * L4 A class's interfaces ascend by number, and with each it has those that
 *    this one extends; and those of its superclass.
 * L5 Fields follow each other, those of the superclass first and where it has
 *    them; the map marks the words of references and no others.
 * L6 A table of methods begins as the superclass's, selector by selector; each
 *    method stands at its place, none at that of one that is private to another
 *    module. What can be made has code for each.
 * L7 A class's selectors ascend, are unique, and lead to its methods but the
 *    private ones.
 * L8 A method's arguments, registers, handlers and code are within its frame
 *    and its code; its pool is the module's. */
#ifndef VM_CODE_LOADER_H
#define VM_CODE_LOADER_H

#include "kernel/base/text.h"
#include "vm/heap/object.h"

/* Checks, verifies and links a module and publishes it in the domain. The same
 * bytes loaded twice give the same module; other bytes under a known name, or
 * newer versions of what they import, are installed beside the old version, and
 * used by what is loaded afterwards. `system`: the module may declare natives
 * and classes of native layout. Call it between safepoints; nothing of a
 * refused module is visible. STATUS_INVALID: `why` says in one sentence what is
 * wrong. STATUS_LIMIT: the domain has no more memory. */
Status loader_load(Domain *domain, const void *bytes, size_t count, bool system,
                   Module **module_out, Text *why);

struct Link;
typedef Status LoaderLook(const struct Link *link, void *context);

/* Links the file of a module of this domain anew, with the numbers and imports
 * that it got then, into objects that nobody else sees, and lets `look` look at
 * them (link.h) before they are forgotten. The module has its file, and lists
 * of its classes and imports. Errors: as loader_load, and those of `look`. */
Status loader_link_again(Domain *domain, const Module *again, LoaderLook *look,
                         void *context, Text *why);

/* Looks at L1 to L8. False: the loader is wrong, `why` says where. It is part
 * of each load: what is wrong is refused. */
bool loader_check(const Module *module, Text *why);

/* The function of this name, or NULL. */
Method *loader_function(const Module *module, const char *name);

#endif
