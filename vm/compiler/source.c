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

/* The line's text up to the mark as blanks, tabs kept, so that the mark stands
 * under its word whatever a tab is worth. */
static void add_indent(Text *text, const Diagnostic *diagnostic) {
    uint32_t column = 1;
    for (size_t i = 0; i < diagnostic->line_length; i++) {
        char c = diagnostic->line_text[i];
        if (((uint8_t)c & 0xC0) == 0x80)
            continue;
        if (column++ >= diagnostic->column)
            break;
        text_add_char(text, c == '\t' ? '\t' : ' ');
    }
}

void compiler_show(const Diagnostic *diagnostic, Text *text) {
    text_add_format(text, "%s:%u:%u: error: %s\n", diagnostic->file,
                    diagnostic->line, diagnostic->column, diagnostic->sentence);
    text_add_format(text, "%5u | ", diagnostic->line);
    text_add_bytes(text, diagnostic->line_text, diagnostic->line_length);
    text_add(text, "\n      | ");
    add_indent(text, diagnostic);
    text_add_char(text, '^');
    for (uint32_t i = 1; i < diagnostic->length; i++)
        text_add_char(text, '~');
    text_add_char(text, '\n');
    text_end(text);
}
