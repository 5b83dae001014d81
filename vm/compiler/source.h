/* Sources, places in them, and the compiler's common state.
 *
 * A Compile lives for one call of compiler.h: its arena holds everything. */
#ifndef COMPILER_SOURCE_H
#define COMPILER_SOURCE_H

#include <stdbool.h>

#include "vm/compiler/arena.h"
#include "vm/compiler/compiler.h"
#include "vm/compiler/name.h"

typedef struct Place {
    uint32_t offset; /* bytes from the start of the file */
    uint32_t line;   /* from 1 */
    uint32_t length; /* bytes to underline */
    uint32_t file;   /* index into Compile.files */
} Place;

/* The place from the start of `from` to the end of `to`, on one line. */
Place source_span(Place from, Place to);

typedef struct SourceFile {
    const char *name;
    const char *text;  /* zero-terminated */
    size_t length;     /* bytes */
    bool is_interface; /* declarations of an already compiled module */
} SourceFile;

typedef struct SourceFiles {
    SourceFile *items;
    size_t count, capacity;
} SourceFiles;

typedef struct Diagnostics {
    Diagnostic *items;
    size_t count, capacity;
    size_t errors;
} Diagnostics;

typedef struct Compile {
    Arena arena;
    NameTable names;
    SourceFiles files;
    Diagnostics diagnostics;
} Compile;

/* At most this many errors are kept; later ones are only counted. */
#define DIAGNOSTICS_MAX 50

uint32_t source_add(Compile *compile, const char *name, const char *text,
                    size_t length, bool is_interface);

/* Adds an error; the sentence has no full stop. Two errors at one place are
 * one. Formats as in kernel/base/text.h. */
void source_error(Compile *compile, Place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
