/* first.h: the first heap.
 *
 * A fresh world is not built at start: it is a generation that
 * build/first-heap made at build time, exported (persist/tools/export.h) and
 * put into the program as the asset "heap/first". It holds the library and the
 * programs, loaded, and nothing that ran: no window, no time, nothing random.
 * So every blank disk begins with the same pages, and everything after that is
 * the way of any other start. */
#ifndef KERNEL_SYSTEM_FIRST_H
#define KERNEL_SYSTEM_FIRST_H

#include "kernel/base/status.h"
#include "kernel/base/text.h"

/* Fills fresh memory with the first heap, as pages that are not durable yet;
 * then comes vm_restore. On an error `why` says in one sentence what is wrong,
 * and the memory is of no use. */
Status first_clone(Text *why);

#endif
