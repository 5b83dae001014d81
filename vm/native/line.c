/* What compileLine is given: copies, cut into what the compiler wants. */
#include "vm/native/line.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "vm/code/module.h"
#include "vm/heap/heap.h"

Line *line_take(const size_t *sizes) {
    Line *line = alloc_take(sizeof *line);
    if (!line)
        return NULL;
    for (int i = 0; i < LINE_TEXTS; i++) {
        line->sizes[i] = sizes[i];
        line->bytes += sizes[i];
        if (!(line->texts[i] = alloc_take(sizes[i] + 1))) {
            line_give(line);
            return NULL;
        }
    }
    return line;
}

void line_give(void *memory) {
    Line *line = memory;
    for (int i = 0; i < LINE_TEXTS; i++)
        alloc_give(line->texts[i]);
    alloc_give(line->variables_out);
    alloc_give(line->import_source);
    alloc_give(line->libraries);
    alloc_give(line);
}

/* A piece up to `end`, which becomes a zero; NULL: there is none. */
static char *take_piece(char **at, char end) {
    char *piece = *at;
    for (char *to = piece; *to; to++) {
        if (*to != end)
            continue;
        *to = 0;
        *at = to + 1;
        return piece;
    }
    return NULL;
}

/* Lines of "let" or "var", tab, name, tab, type. */
static void read_variables(Line *line, char *at) {
    char *kind, *name, *type;
    while (line->variable_count < LINE_VARIABLES_MAX &&
           (kind = take_piece(&at, '\t')) && (name = take_piece(&at, '\t')) &&
           (type = take_piece(&at, '\n')))
        line->variables[line->variable_count++] =
            (CompilerVariable){name, type, text_equal(kind, "let")};
}

static void add_library(Line *line, const uint8_t *bytes, size_t size) {
    line->libraries[line->library_count++] = (CompilerLibrary){bytes, size};
}

static void add_asset(Line *line, CompilerFind find, const char *name) {
    char asset[LINE_NAME_BYTES];
    const uint8_t *bytes;
    size_t size;
    Text text = text_on(asset, sizeof asset);
    text_add_format(&text, "module/%s", name);
    if (find(text_end(&text), &bytes, &size))
        add_library(line, bytes, size);
}

/* A name a line: each becomes an import, and a library if it is one of the
 * system's. */
static void read_imports(Line *line, CompilerFind find, size_t room) {
    char *at = line->texts[LINE_IMPORTS];
    Text source = text_on(line->import_source, room);
    char *name;
    while ((name = take_piece(&at, '\n'))) {
        text_add_format(&source, "import %s\n", name);
        add_asset(line, find, name);
    }
    text_end(&source);
}

/* The module of an earlier line at *at, one behind the other; each says its
 * size. NULL: there is no more. */
static const uint8_t *next_earlier(const Line *line, size_t *at,
                                   size_t *size_out) {
    const uint8_t *bytes = (const uint8_t *)line->texts[LINE_EARLIER] + *at;
    size_t left = line->sizes[LINE_EARLIER] - *at;
    if (left < MODULE_HEADER_BYTES)
        return NULL;
    *size_out = bytes_get32(bytes + MODULE_SIZE_AT);
    if (*size_out < MODULE_HEADER_BYTES || *size_out > left)
        return NULL;
    *at += *size_out;
    return bytes;
}

/* Room for core, all imports, and all earlier lines. */
static bool take_libraries(Line *line) {
    size_t count = 1, at = 0, size;
    for (size_t i = 0; i < line->sizes[LINE_IMPORTS]; i++)
        count += line->texts[LINE_IMPORTS][i] == '\n';
    while (next_earlier(line, &at, &size))
        count++;
    line->libraries = alloc_take(count * sizeof *line->libraries);
    return line->libraries != NULL;
}

static void read_earlier(Line *line) {
    const uint8_t *bytes;
    size_t at = 0, size;
    while ((bytes = next_earlier(line, &at, &size)))
        add_library(line, bytes, size);
}

size_t line_copy(Line *line, const char *const *texts, size_t most) {
    size_t before = 0, room = most;
    for (int i = 0; i < LINE_TEXTS && room > 0; before += line->sizes[i++]) {
        if (line->copied >= before + line->sizes[i])
            continue;
        size_t at = line->copied - before;
        size_t count = bytes_min(line->sizes[i] - at, room);
        bytes_copy(line->texts[i] + at, texts[i] + at, count);
        line->copied += count;
        room -= count;
    }
    return most - room;
}

bool line_request(Line *line, uint64_t number, CompilerFind find,
                  CompilerRequest *request_out) {
    size_t import_room =
        line->sizes[LINE_IMPORTS] * 8 + 1; /* "import " a name */
    line->import_source = alloc_take(import_room);
    if (!line->import_source || !take_libraries(line))
        return false;
    read_variables(line, line->texts[LINE_VARIABLES]);
    add_asset(line, find, "core");
    read_imports(line, find, import_room);
    read_earlier(line);
    Text name = text_on(line->name, sizeof line->name);
    text_add_format(&name, "line%lu", number);
    text_end(&name);
    line->sources[0] = (CompilerSource){"line", line->import_source,
                                        text_length(line->import_source)};
    line->sources[1] = (CompilerSource){"line", line->texts[LINE_TEXT],
                                        line->sizes[LINE_TEXT]};
    *request_out = (CompilerRequest){.module = line->name,
                                     .sources = line->sources,
                                     .source_count = 2,
                                     .libraries = line->libraries,
                                     .library_count = line->library_count,
                                     .line = true,
                                     .variables = line->variables,
                                     .variable_count = line->variable_count};
    return true;
}
