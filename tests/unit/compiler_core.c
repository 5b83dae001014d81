/* The core library for tests of the compiler. */
#include "tests/unit/compiler_core.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

enum { SOURCES_MAX = 40, FILE_BYTES = 1 << 18 };

static char *read_file(const char *path, size_t *length_out) {
    FILE *file = fopen(path, "rb");
    char *bytes = calloc(1, FILE_BYTES);
    if (file && bytes)
        *length_out = fread(bytes, 1, FILE_BYTES - 1, file);
    if (file)
        fclose(file);
    return bytes;
}

CompilerLibrary compiler_core(void) {
    static CompilerLibrary core;
    CompilerSource sources[SOURCES_MAX];
    CompilerRequest request = {.module = "core",
                               .sources = sources,
                               .is_core = true,
                               .is_system = true};
    CompilerResult result;
    glob_t files;
    if (core.bytes || glob("apps/lib/core/*.rev", 0, NULL, &files))
        return core;
    for (size_t i = 0; i < files.gl_pathc && i < SOURCES_MAX; i++) {
        CompilerSource *source = &sources[request.source_count++];
        source->name = files.gl_pathv[i];
        source->text = read_file(source->name, &source->length);
    }
    EXPECT_EQUAL(compiler_compile(&request, &result), STATUS_OK);
    EXPECT_EQUAL(result.error_count, 0);
    uint8_t *copy = malloc(result.size_bytes + 1);
    memcpy(copy, result.bytes, result.size_bytes);
    core = (CompilerLibrary){copy, result.size_bytes};
    compiler_free(&result);
    for (size_t i = 0; i < request.source_count; i++)
        free((char *)sources[i].text);
    globfree(&files);
    return core;
}
