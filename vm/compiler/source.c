/* Sources and diagnostics: adding, placing, showing. */
#include "vm/compiler/source.h"

#include "kernel/base/bytes.h"

Place source_span(Place from, Place to) {
    if (to.file == from.file && to.line == from.line &&
        to.offset + to.length > from.offset)
        from.length = to.offset + to.length - from.offset;
    return from;
}

uint32_t source_add(Compile *compile, const char *name, const char *text,
                    size_t length, bool is_interface) {
    *ARENA_PUSH(&compile->arena, &compile->files) = (SourceFile){
        arena_copy(&compile->arena, name, text_length(name)),
        arena_copy(&compile->arena, text, length), length, is_interface};
    return (uint32_t)compile->files.count - 1;
}

static size_t line_start(const SourceFile *file, size_t offset) {
    while (offset > 0 && file->text[offset - 1] != '\n')
        offset--;
    return offset;
}

static size_t line_end(const SourceFile *file, size_t offset) {
    while (offset < file->length && file->text[offset] != '\n' &&
           file->text[offset] != '\r')
        offset++;
    return offset;
}

static uint32_t code_points(const char *bytes, size_t count) {
    uint32_t points = 0;
    for (size_t i = 0; i < count; i++)
        points += ((uint8_t)bytes[i] & 0xC0) != 0x80;
    return points;
}

static Diagnostic located(Compile *compile, Place place) {
    const SourceFile *file = &compile->files.items[place.file];
    size_t offset = bytes_min(place.offset, file->length);
    size_t start = line_start(file, offset);
    size_t end = line_end(file, offset);
    size_t length = bytes_min(place.length, end - offset);
    work_add((end - start) / 8);
    uint32_t marked = code_points(file->text + offset, length);
    return (Diagnostic){
        .file = file->name,
        .line = place.line,
        .column = code_points(file->text + start, offset - start) + 1,
        .length = marked ? marked : 1,
        .line_text = file->text + start,
        .line_length = end - start,
    };
}

static bool already_said(const Diagnostics *list, const Diagnostic *new) {
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].line == new->line &&
            list->items[i].column == new->column &&
            list->items[i].file == new->file)
            return true;
    return false;
}

void source_error(Compile *compile, Place place, const char *format, ...) {
    char buffer[400];
    Text text = text_on(buffer, sizeof buffer);
    Diagnostic diagnostic = located(compile, place);
    Diagnostics *list = &compile->diagnostics;
    va_list arguments;
    if (already_said(list, &diagnostic))
        return;
    list->errors++;
    if (list->count >= DIAGNOSTICS_MAX)
        return;
    va_start(arguments, format);
    text_add_arguments(&text, format, arguments);
    va_end(arguments);
    diagnostic.sentence = arena_copy(&compile->arena, text.bytes, text.length);
    *ARENA_PUSH(&compile->arena, list) = diagnostic;
}

/* ---- Showing ---- */

enum { SHOWN_MOST = 160 }; /* code points of a line, around the mark */

/* What is shown of the source's line. */
typedef struct Shown {
    const char *bytes;
    size_t length;
    uint32_t column; /* of its first code point */
    bool more;       /* behind it */
} Shown;

static bool begins_point(char c) {
    return ((uint8_t)c & 0xC0) != 0x80;
}

static Shown shown_of(const Diagnostic *diagnostic) {
    Shown shown = {diagnostic->line_text, diagnostic->line_length, 1, false};
    uint32_t column = 0, first = 1;
    if (diagnostic->line_length <= SHOWN_MOST)
        return shown;
    if (diagnostic->column > SHOWN_MOST / 2)
        first = diagnostic->column - SHOWN_MOST / 2;
    for (size_t i = 0; i < diagnostic->line_length; i++) {
        if (!begins_point(diagnostic->line_text[i]))
            continue;
        column++;
        if (column == first) {
            shown.bytes = diagnostic->line_text + i;
            shown.length = diagnostic->line_length - i;
            shown.column = first;
        }
        if (column == first + SHOWN_MOST) {
            shown.length = (size_t)(diagnostic->line_text + i - shown.bytes);
            shown.more = true;
            break;
        }
    }
    return shown;
}

/* What is shown up to the mark as blanks, tabs kept, so that the mark stands
 * under its word whatever a tab is worth. */
static void add_indent(Text *text, const Shown *shown, uint32_t mark) {
    uint32_t column = shown->column;
    for (size_t i = 0; i < shown->length; i++) {
        char c = shown->bytes[i];
        if (!begins_point(c))
            continue;
        if (column++ >= mark)
            break;
        text_add_char(text, c == '\t' ? '\t' : ' ');
    }
}

void compiler_show(const Diagnostic *diagnostic, Text *text) {
    Shown shown = shown_of(diagnostic);
    const char *before = shown.column > 1 ? "..." : "";
    text_add_format(text, "%s:%u:%u: error: %s\n", diagnostic->file,
                    diagnostic->line, diagnostic->column, diagnostic->sentence);
    text_add_format(text, "%5u | %s", diagnostic->line, before);
    text_add_bytes(text, shown.bytes, shown.length);
    text_add_format(text, "%s\n      | %.*s", shown.more ? "..." : "",
                    (int)text_length(before), "   ");
    add_indent(text, &shown, diagnostic->column);
    text_add_char(text, '^');
    for (uint32_t i = 1; i < diagnostic->length && i < SHOWN_MOST / 2; i++)
        text_add_char(text, '~');
    text_add_char(text, '\n');
    text_end(text);
}
