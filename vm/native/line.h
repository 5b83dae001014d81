/* line.h: what compileLine is given, as the compiler wants it.
 *
 * The compiler runs on while the heap changes, so it is given copies, which are
 * made in steps. Nothing of a Line is in the heap. */
#ifndef VM_NATIVE_LINE_H
#define VM_NATIVE_LINE_H

#include "vm/heap/object.h"
#include "vm/native/compilation.h"
#include "vm/native/compiler_native.h"

enum {
    LINE_VARIABLES_MAX = 1024,
    LINE_STARTS_MAX = 64, /* modules that one line brings with it */
    LINE_NAME_BYTES = 64,
};

/* The texts that compileLine is given, in the order of its arguments. */
enum { LINE_TEXT, LINE_VARIABLES, LINE_IMPORTS, LINE_EARLIER, LINE_TEXTS };

/* One call of compileLine, over its steps. */
typedef struct Line {
    char *texts[LINE_TEXTS]; /* copies; some are cut into pieces */
    size_t sizes[LINE_TEXTS];
    size_t bytes, copied; /* of all of them */
    char *import_source, *variables_out;
    CompilerVariable variables[LINE_VARIABLES_MAX];
    CompilerLibrary *libraries; /* core, imports, earlier lines */
    size_t variable_count, library_count;
    char name[LINE_NAME_BYTES];
    CompilerSource sources[2];
    Module *starts[LINE_STARTS_MAX];
    size_t start_count;
    bool waited;          /* for a collection, since there was too much code, */
    uint64_t collections; /* when there were so many */
} Line;

/* Room for texts of these sizes. NULL: no memory. */
Line *line_take(const size_t *sizes);
void line_give(void *memory);

/* Goes on copying at most so many bytes; how many it were. */
size_t line_copy(Line *line, const char *const *texts, size_t most);

/* What the compiler is to do, when all is copied. The number is for the
 * module's name: no two of a domain have one. False: no memory. */
bool line_request(Line *line, uint64_t number, CompilerFind find,
                  CompilerRequest *request_out);

#endif
