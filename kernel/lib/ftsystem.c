/* FreeType's door to the system: transient memory, and no files. It takes the
 * place of FreeType's src/base/ftsystem.c. */
#include <freetype/internal/ftdebug.h>
#include <freetype/internal/ftobjs.h>
#include <freetype/internal/ftstream.h>

#include "kernel/base/alloc.h"

static void *take(FT_Memory memory, long size_bytes) {
    (void)memory;
    return size_bytes > 0 ? alloc_take((size_t)size_bytes) : NULL;
}

static void give(FT_Memory memory, void *block) {
    (void)memory;
    alloc_give(block);
}

static void *resize(FT_Memory memory, long old_bytes, long new_bytes,
                    void *block) {
    (void)memory;
    if (new_bytes <= 0)
        return NULL;
    return alloc_resize(block, (size_t)old_bytes, (size_t)new_bytes);
}

FT_BASE_DEF(FT_Memory)
FT_New_Memory(void) {
    static struct FT_MemoryRec_ memory = {NULL, take, give, resize};
    return &memory;
}

FT_BASE_DEF(void)
FT_Done_Memory(FT_Memory memory) {
    (void)memory;
}

FT_BASE_DEF(FT_Error)
FT_Stream_Open(FT_Stream stream, const char *path) {
    (void)stream;
    (void)path;
    return FT_Err_Cannot_Open_Resource;
}
