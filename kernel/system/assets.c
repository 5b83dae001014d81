/* Finds files that are built into the program. */
#include "kernel/system/assets.h"

#include "kernel/base/text.h"

bool assets_find(const char *name, const uint8_t **data_out,
                 size_t *size_bytes_out) {
    for (const Asset *asset = assets_table; asset->name; asset++) {
        if (!text_equal(asset->name, name))
            continue;
        *data_out = asset->data;
        *size_bytes_out = asset->size_bytes;
        return true;
    }
    return false;
}
