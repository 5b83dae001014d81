/* Paths into an older generation, and its values as text. */
#include "vm/past/past_text.h"

#include "kernel/base/bytes.h"
#include "kernel/base/number_text.h"
#include "kernel/base/utf8.h"
#include "vm/code/module.h"

enum {
    ITEMS_SHOWN = 100, /* of a list */
    SCALARS_SHOWN = 20,
    LINE_BYTES = 200, /* of a text among others; alone it is shown whole */
    PIECE_BYTES = 1024,
};

/* ---- Texts ---- */

/* A character of so many bytes, as a literal would say it. */
static void add_escaped(Text *text, const char *character, size_t size) {
    char c = *character;
    if (c == '\n' || c == '"' || c == '\\') {
        text_add_char(text, '\\');
        text_add_char(text, c == '\n' ? 'n' : c);
    } else {
        text_add_bytes(text, character, size);
    }
}

/* A String in pieces that end between characters; `most` bytes of it. */
static Status add_string(Past *past, const PastObject *string, uint64_t most,
                         bool quoted, Text *text) {
    char piece[PIECE_BYTES];
    uint64_t count = bytes_min(string->length, most);
    if (quoted)
        text_add_char(text, '"');
    for (uint64_t at = 0; at < count && !text->cut;) {
        size_t part = bytes_min(count - at, sizeof piece), offset = 0;
        Status status = past_read(past, string->address + 16 + at, piece, part);
        if (status != STATUS_OK)
            return status;
        while (offset < part && (at + part == string->length ||
                                 part - offset >= sizeof(uint32_t))) {
            char character[4];
            size_t size = utf8_put(utf8_next(piece, part, &offset), character);
            if (quoted)
                add_escaped(text, character, size);
            else
                text_add_bytes(text, character, size);
        }
        if (offset == 0)
            break; /* the rest is less than a character may have */
        at += offset;
    }
    if (quoted)
        text_add(text, count < string->length ? "…\"" : "\"");
    return STATUS_OK;
}

static void add_char(Text *text, uint64_t code_point) {
    char character[4];
    size_t size = utf8_put((uint32_t)code_point, character);
    text_add_char(text, '\'');
    add_escaped(text, character, size);
    text_add_char(text, '\'');
}

static void add_scalar(Text *text, uint8_t kind, uint64_t value) {
    double real;
    switch (kind) {
    case MODULE_DOUBLE:
        bytes_copy(&real, &value, sizeof real);
        number_text_double(text, real);
        break;
    case MODULE_BOOL:
        text_add(text, value ? "true" : "false");
        break;
    case MODULE_CHAR:
        add_char(text, value);
        break;
    default:
        number_text_int(text, (int64_t)value, 10);
        break;
    }
}

/* ---- One line ---- */

static const char *after_last(const char *name, char mark) {
    const char *last = name;
    for (const char *at = name; *at; at++)
        if (*at == mark)
            last = at + 1;
    return last;
}

/* "List" for "core.List", "TextStyle.code" for "ui.TextStyle$code". */
static void add_class_name(Text *text, const PastClass *of) {
    for (const char *at = after_last(of->name, '.'); *at; at++)
        text_add_char(text, *at == '$' ? '.' : *at);
}

static Status add_scalars(Past *past, const PastObject *array, Text *text) {
    uint64_t shown = bytes_min(array->length, SCALARS_SHOWN);
    uint8_t kind = past_find_element_kind(array);
    text_add_char(text, '[');
    for (uint64_t i = 0; i < shown; i++) {
        uint64_t value;
        Status status = past_element(past, array, i, &value);
        if (status != STATUS_OK)
            return status;
        text_add(text, i ? ", " : "");
        add_scalar(text, kind, value);
    }
    text_add(text, shown < array->length ? ", …]" : "]");
    return STATUS_OK;
}

static Status add_thread(Past *past, const PastObject *object, Text *text) {
    Thread thread;
    Status status = past_read(past, object->address, &thread, sizeof thread);
    if (status != STATUS_OK)
        return status;
    text_add_format(text, "thread %lu, %s", thread.number,
                    thread.state == THREAD_ENDED    ? "ended"
                    : thread.state == THREAD_PARKED ? "waiting"
                                                    : "running");
    return STATUS_OK;
}

static Status add_gate(Past *past, const PastObject *object, Text *text) {
    Gate gate;
    Status status = past_read(past, object->address, &gate, sizeof gate);
    if (status == STATUS_OK)
        text_add_format(text, "gate into app %lu", gate.domain);
    return status;
}

static Status add_box(Past *past, const PastObject *object, Text *text) {
    uint64_t value;
    Status status = past_object_word(past, object, 1, &value);
    if (status == STATUS_OK)
        add_scalar(text, (uint8_t)(MODULE_INT + object->of->id - CLASS_Int),
                   value);
    return status;
}

/* The first text among its fields that says something tells objects apart. */
static Status add_hint(Past *past, const PastObject *object, Text *text) {
    for (uint64_t i = 0; i < object->of->field_count; i++) {
        PastObject string;
        uint64_t at;
        if (FIELD_KIND(object->of->fields[i].packed) != MODULE_CLASS)
            continue;
        Status status = past_field_value(past, object, i, &at);
        if (status != STATUS_OK)
            return status;
        if (!at || past_object(past, at, &string) != STATUS_OK ||
            string.of->id != CLASS_String || string.length == 0)
            continue;
        text_add_char(text, ' ');
        return add_string(past, &string, LINE_BYTES, true, text);
    }
    return STATUS_OK;
}

/* What an object is, in a few words. */
static Status add_object(Past *past, const PastObject *object, uint64_t most,
                         Text *text) {
    PastItems items;
    switch ((int)object->of->shape) {
    case SHAPE_STRING:
        return add_string(past, object, most, true, text);
    case SHAPE_BOX:
        return add_box(past, object, text);
    case SHAPE_WORDS:
    case SHAPE_BYTES:
    case SHAPE_CHARS:
        return add_scalars(past, object, text);
    case SHAPE_THREAD:
        return add_thread(past, object, text);
    case SHAPE_GATE:
        return add_gate(past, object, text);
    default:
        break;
    }
    if (past_is_a(object->of, CLASS_Function)) {
        text_add(text, "a function");
        return STATUS_OK;
    }
    Status status = past_find_items(past, object, &items);
    if (object->of->shape == SHAPE_REFERENCES)
        text_add(text, "Array");
    else
        add_class_name(text, object->of);
    if (status == STATUS_OK && items.kind != PAST_ITEMS_NONE)
        text_add_format(text, " of %lu", items.size);
    else if (status == STATUS_OK && object->of->shape == SHAPE_OBJECT)
        status = add_hint(past, object, text);
    return status;
}

static Status add_value(Past *past, PastValue value, uint64_t most,
                        Text *text) {
    PastObject object;
    if (!past_find_is_reference(value)) {
        add_scalar(text, value.kind, value.value);
        return STATUS_OK;
    }
    if (!value.value) {
        text_add(text, "null");
        return STATUS_OK;
    }
    Status status = past_object(past, value.value, &object);
    return status == STATUS_OK ? add_object(past, &object, most, text) : status;
}

/* ---- Trees ---- */

typedef struct Tree {
    Past *past;
    Text *text;
    unsigned depth; /* that is left */
    unsigned indent;
} Tree;

static void show_parts(Tree *tree, PastValue value);

static void indent(const Tree *tree) {
    for (unsigned i = 0; i < tree->indent; i++)
        text_add(tree->text, "  ");
}

/* A line "name: value", and what hangs there. What cannot be read is said, and
 * hides nothing else. */
static void show_part(Tree *tree, const char *name, size_t length,
                      PastValue value) {
    if (tree->text->cut)
        return;
    indent(tree);
    text_add_bytes(tree->text, name, length);
    text_add(tree->text, ": ");
    Status status = add_value(tree->past, value, LINE_BYTES, tree->text);
    if (status != STATUS_OK)
        text_add_format(tree->text, "(%s)", status_text(status));
    text_add_char(tree->text, '\n');
    if (status == STATUS_OK && tree->depth > 1) {
        Tree below = {tree->past, tree->text, tree->depth - 1,
                      tree->indent + 1};
        show_parts(&below, value);
    }
}

static void show_fields(Tree *tree, const PastObject *object) {
    for (uint64_t i = 0; i < object->of->field_count; i++) {
        const PastField *field = &object->of->fields[i];
        PastValue value = {FIELD_KIND(field->packed), 0};
        if (past_field_value(tree->past, object, i, &value.value) == STATUS_OK)
            show_part(tree, field->name, text_length(field->name), value);
    }
}

static void show_items(Tree *tree, const PastItems *items) {
    char name[PAST_NAME_BYTES];
    uint64_t shown = 0;
    for (uint64_t i = 0; i < items->count && shown < ITEMS_SHOWN; i++) {
        PastValue value;
        Text text = text_on(name, sizeof name);
        if (past_find_item(tree->past, items, i, &value) != STATUS_OK ||
            past_find_item_name(tree->past, items, i, &text) != STATUS_OK ||
            text.length == 0)
            continue;
        show_part(tree, name, text.length, value);
        shown++;
    }
    if (shown == ITEMS_SHOWN && shown < items->size) {
        indent(tree);
        text_add_format(tree->text, "… %lu more\n", items->size - shown);
    }
}

static void show_parts(Tree *tree, PastValue value) {
    PastObject object;
    PastItems items;
    if (!past_find_is_reference(value) || !value.value ||
        past_object(tree->past, value.value, &object) != STATUS_OK ||
        past_find_items(tree->past, &object, &items) != STATUS_OK ||
        past_is_a(object.of, CLASS_Function))
        return;
    if (items.kind == PAST_ITEMS_NONE && object.of->shape == SHAPE_OBJECT)
        show_fields(tree, &object);
    else if (object.of->shape == SHAPE_OBJECT ||
             object.of->shape == SHAPE_REFERENCES)
        show_items(tree, &items);
}

/* ---- Apps ---- */

static Status show_apps(Past *past, Text *text) {
    for (uint32_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        char name[PAST_NAME_BYTES];
        Domain domain;
        uint64_t address;
        Status status = past_domain(past, i, &domain, &address);
        if (status == STATUS_NOT_FOUND)
            continue;
        if (status == STATUS_OK)
            status = past_name(past, (uint64_t)(uintptr_t)domain.name, name,
                               sizeof name);
        if (status != STATUS_OK)
            return status;
        text_add_format(text, "%s: app %lu\n", name, domain.number);
    }
    return STATUS_OK;
}

static void show_app(Past *past, const PastApp *app, unsigned depth,
                     Text *text) {
    Tree tree = {past, text, depth, 0};
    PastItems items;
    if (app->object.address)
        show_fields(&tree, &app->object);
    if (app->compiler.address &&
        past_find_items(past, &app->compiler, &items) == STATUS_OK)
        show_items(&tree, &items);
    for (uint64_t i = 0; i < past_find_places(app); i++) {
        PastObject variables;
        if (past_find_variables(past, app, i, &variables) == STATUS_OK &&
            variables.address && !variables.of->of_system)
            show_fields(&tree, &variables);
    }
}

static Status say(Status status, const char *path, size_t used, size_t length,
                  Text *why) {
    size_t end = used;
    while (end < length && path[end] != '.')
        end++;
    if (status == STATUS_NOT_FOUND && used == 0)
        text_add_format(why, "no app \"%.*s\" runs there", (int)end, path);
    else if (status == STATUS_NOT_FOUND)
        text_add_format(why, "there is no \"%.*s\" in %.*s", (int)(end - used),
                        path + used, (int)used - 1, path);
    else if (status != STATUS_OK)
        text_add_format(why, "%.*s: %s", (int)end, path, status_text(status));
    return status;
}

static Status find_below(Past *past, const PastApp *app, const char *path,
                         size_t used, size_t length, PastValue *value_out,
                         Text *why) {
    size_t part;
    Status status =
        past_find_name(past, app, path + used, length - used, value_out, &part);
    if (status != STATUS_OK)
        return say(status, path, used, length, why);
    for (used += part; used < length; used += part) {
        status = past_find_part(past, *value_out, path + used, length - used,
                                value_out, &part);
        if (status != STATUS_OK)
            return say(status, path, used, length, why);
    }
    return STATUS_OK;
}

Status past_text_find(Past *past, const char *path, size_t length,
                      PastValue *value_out, Text *why) {
    PastApp app;
    size_t used;
    Status status = past_find_app(past, path, length, &app, &used);
    if (status != STATUS_OK)
        return say(status, path, 0, length, why);
    if (used == length) {
        text_add(why, "an app is more than a value; name a part of it");
        return STATUS_NOT_FOUND;
    }
    return find_below(past, &app, path, used, length, value_out, why);
}

Status past_text_show(Past *past, const char *path, size_t length,
                      unsigned depth, Text *text, Text *why) {
    PastApp app;
    PastValue value;
    size_t used;
    if (length == 0)
        return say(show_apps(past, text), "", 0, 0, why);
    Status status = past_find_app(past, path, length, &app, &used);
    if (status != STATUS_OK)
        return say(status, path, 0, length, why);
    if (used == length) {
        show_app(past, &app, depth, text);
        return STATUS_OK;
    }
    status = find_below(past, &app, path, used, length, &value, why);
    if (status != STATUS_OK)
        return status;
    status = add_value(past, value, text->capacity, text);
    if (status != STATUS_OK)
        return say(status, path, length, length, why);
    text_add_char(text, '\n');
    Tree tree = {past, text, depth, 1};
    if (depth > 0)
        show_parts(&tree, value);
    return STATUS_OK;
}
