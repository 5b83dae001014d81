/* assets.h: files that are built into the program: fonts, compiled apps.
 *
 * A module.mk adds `ASSETS += name=path`; kernel/system/assets.sh makes an
 * assembler file of all of them (build/assets.S) that every machine links. */
#ifndef KERNEL_SYSTEM_ASSETS_H
#define KERNEL_SYSTEM_ASSETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One row of the generated table; the last row has no name. */
typedef struct Asset {
    const char *name;
    const uint8_t *data; /* aligned to 16 */
    uint64_t size_bytes;
} Asset;

extern const Asset assets_table[];

/* Finds an asset by its name, such as "font/ui". The data is constant and
 * always there. False: no such asset, nothing is changed. */
bool assets_find(const char *name, const uint8_t **data_out,
                 size_t *size_bytes_out);

#endif
