/* XXH64 from Debian's libxxhash-dev, inlined, without a libc. */
#ifndef KERNEL_LIB_XXHASH_H
#define KERNEL_LIB_XXHASH_H

#define XXH_INLINE_ALL
#define XXH_NO_STDLIB
/* By packed loads: -ffreestanding would make calls of memcpy. */
#define XXH_FORCE_MEMORY_ACCESS 1
#define memcpy __builtin_memcpy
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wundef"
#include <xxhash.h>
#pragma GCC diagnostic pop
#undef memcpy

#endif
