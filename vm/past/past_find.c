/* Apps, fields, items and variables of an older generation by their names. */
#include "vm/past/past_find.h"

#include "kernel/base/bytes.h"
#include "kernel/base/number_text.h"
#include "vm/code/module.h"

/* Bytes of the path that the name takes, its dot included; 0: it is another. */
static size_t match(const char *name, const char *path, size_t length) {
    size_t own = text_length(name);
    if (own == 0 || own > length || !bytes_equal(name, path, own) ||
        (own < length && path[own] != '.'))
        return 0;
    return own < length ? own + 1 : own;
}

/* A part that is a number. */
static size_t match_number(const char *path, size_t length,
                           uint64_t *number_out) {
    char digits[24];
    size_t own = 0;
    while (own < length && path[own] != '.')
        own++;
    Text text = text_on(digits, sizeof digits);
    text_add_bytes(&text, path, own);
    if (text.cut || !text_to_u64(text_end(&text), number_out))
        return 0;
    return own < length ? own + 1 : own;
}

static bool is_named(const PastClass *of, const char *name) {
    return text_equal(of->name, name);
}

static uint64_t address_of(const void *reference) {
    return (uint64_t)(uintptr_t)reference;
}

/* ---- Fields ---- */

static Status field(Past *past, const PastObject *object, const char *name,
                    uint64_t *value_out) {
    uint64_t index = past_field(object->of, name, text_length(name));
    if (index == UINT64_MAX)
        return STATUS_INVALID;
    return past_field_value(past, object, index, value_out);
}

static Status field_object(Past *past, const PastObject *object,
                           const char *name, PastObject *object_out) {
    uint64_t at;
    Status status = field(past, object, name, &at);
    return status == STATUS_OK ? past_object(past, at, object_out) : status;
}

static Status find_field(Past *past, const PastObject *object, const char *path,
                         size_t length, PastValue *value_out,
                         size_t *used_out) {
    for (uint64_t i = object->of->field_count; i-- > 0;) {
        const PastField *each = &object->of->fields[i];
        *used_out = match(each->name, path, length);
        if (*used_out == 0)
            continue;
        value_out->kind = FIELD_KIND(each->packed);
        return past_field_value(past, object, i, &value_out->value);
    }
    return STATUS_NOT_FOUND;
}

/* ---- Items ---- */

uint8_t past_find_element_kind(const PastObject *array) {
    switch (array->of->id) {
    case CLASS_IntArray:
        return MODULE_INT;
    case CLASS_DoubleArray:
        return MODULE_DOUBLE;
    case CLASS_BoolArray:
        return MODULE_BOOL;
    case CLASS_ByteArray:
        return MODULE_BYTE;
    case CLASS_CharArray:
        return MODULE_CHAR;
    default:
        return MODULE_CLASS;
    }
}

static bool is_array(const PastClass *of) {
    return of->shape == SHAPE_WORDS || of->shape == SHAPE_BYTES ||
           of->shape == SHAPE_CHARS || of->shape == SHAPE_REFERENCES;
}

static Status list_items(Past *past, const PastObject *list, PastItems *items) {
    Status status = field_object(past, list, "items", &items->values);
    if (status == STATUS_OK)
        status = field(past, list, "size", &items->count);
    if (status == STATUS_OK && items->count > items->values.length)
        status = STATUS_INVALID;
    items->kind = PAST_ITEMS_LIST;
    items->size = items->count;
    return status;
}

static Status map_items(Past *past, const PastObject *map, PastItems *items) {
    Status status = field_object(past, map, "entryValues", &items->values);
    if (status == STATUS_OK)
        status = field_object(past, map, "entryKeys", &items->names);
    if (status == STATUS_OK)
        status = field_object(past, map, "hashes", &items->hashes);
    if (status == STATUS_OK)
        status = field(past, map, "used", &items->count);
    if (status == STATUS_OK)
        status = field(past, map, "size", &items->size);
    if (status == STATUS_OK && (items->count > items->values.length ||
                                items->count > items->names.length ||
                                items->count > items->hashes.length))
        status = STATUS_INVALID;
    items->kind = PAST_ITEMS_MAP;
    return status;
}

/* apps/lib/system/compiler.rev: for each slot a line "let", name, type. */
static Status compiler_items(Past *past, const PastObject *compiler,
                             PastItems *items) {
    PastObject lines;
    Status status = field_object(past, compiler, "variables", &lines);
    if (status == STATUS_OK)
        status = list_items(past, &lines, items);
    items->names = items->values;
    if (status == STATUS_OK)
        status = field_object(past, compiler, "slots", &items->values);
    if (status == STATUS_OK && items->count > items->values.length)
        status = STATUS_INVALID;
    items->kind = PAST_ITEMS_COMPILER;
    return status;
}

Status past_find_items(Past *past, const PastObject *object,
                       PastItems *items_out) {
    *items_out = (PastItems){.kind = PAST_ITEMS_NONE};
    if (is_array(object->of)) {
        items_out->kind = PAST_ITEMS_ARRAY;
        items_out->count = items_out->size = object->length;
        items_out->values = *object;
        return STATUS_OK;
    }
    if (is_named(object->of, "core.List"))
        return list_items(past, object, items_out);
    if (is_named(object->of, "core.Map"))
        return map_items(past, object, items_out);
    if (is_named(object->of, "system.Compiler"))
        return compiler_items(past, object, items_out);
    return STATUS_OK;
}

static bool is_hole(Past *past, const PastItems *items, uint64_t index) {
    uint64_t hash;
    return items->kind == PAST_ITEMS_MAP &&
           (past_element(past, &items->hashes, index, &hash) != STATUS_OK ||
            (int64_t)hash < 0);
}

Status past_find_item(Past *past, const PastItems *items, uint64_t index,
                      PastValue *value_out) {
    if (index >= items->count || is_hole(past, items, index))
        return STATUS_NOT_FOUND;
    value_out->kind = past_find_element_kind(&items->values);
    return past_element(past, &items->values, index, &value_out->value);
}

/* The name in a line of a compiler: what stands between the tabs. */
static void add_name_in(const char *line, Text *name) {
    while (*line && *line++ != '\t')
        continue;
    size_t count = 0;
    while (line[count] && line[count] != '\t')
        count++;
    text_add_bytes(name, line, count);
}

static Status add_key(Past *past, uint64_t address, Text *name) {
    char text[PAST_NAME_BYTES];
    PastObject key;
    uint64_t number;
    Status status = past_object(past, address, &key);
    if (status == STATUS_OK && key.of->id == CLASS_String) {
        status = past_name(past, address, text, sizeof text);
        text_add(name, status == STATUS_OK ? text : "");
    } else if (status == STATUS_OK && key.of->id == CLASS_Int) {
        status = past_object_word(past, &key, 1, &number);
        number_text_int(name, (int64_t)number, 10);
    }
    return status;
}

Status past_find_item_name(Past *past, const PastItems *items, uint64_t index,
                           Text *name) {
    char line[PAST_NAME_BYTES];
    uint64_t at;
    if (items->kind != PAST_ITEMS_MAP && items->kind != PAST_ITEMS_COMPILER) {
        text_add_format(name, "%lu", index);
        return STATUS_OK;
    }
    Status status = past_element(past, &items->names, index, &at);
    if (status == STATUS_OK && items->kind == PAST_ITEMS_MAP) {
        size_t length = name->length;
        status = add_key(past, at, name);
        if (name->length == length)
            text_add_format(name, "%lu", index);
        return status;
    }
    if (status == STATUS_OK)
        status = past_name(past, at, line, sizeof line);
    if (status == STATUS_OK)
        add_name_in(line, name);
    return status;
}

static Status find_item_named(Past *past, const PastItems *items,
                              const char *path, size_t length,
                              PastValue *value_out, size_t *used_out) {
    for (uint64_t i = items->count; i-- > 0;) {
        char name[PAST_NAME_BYTES];
        Text text = text_on(name, sizeof name);
        if (is_hole(past, items, i) ||
            past_find_item_name(past, items, i, &text) != STATUS_OK)
            continue;
        *used_out = match(text_end(&text), path, length);
        if (*used_out > 0)
            return past_find_item(past, items, i, value_out);
    }
    return STATUS_NOT_FOUND;
}

Status past_find_part(Past *past, PastValue from, const char *path,
                      size_t length, PastValue *value_out, size_t *used_out) {
    PastObject object;
    PastItems items;
    uint64_t number;
    if (!past_find_is_reference(from) || !from.value)
        return STATUS_NOT_FOUND;
    Status status = past_object(past, from.value, &object);
    if (status == STATUS_OK)
        status = past_find_items(past, &object, &items);
    if (status != STATUS_OK)
        return status;
    if (items.kind != PAST_ITEMS_NONE) {
        if (items.kind == PAST_ITEMS_MAP || items.kind == PAST_ITEMS_COMPILER)
            status = find_item_named(past, &items, path, length, value_out,
                                     used_out);
        else
            status = STATUS_NOT_FOUND;
        *used_out = status == STATUS_NOT_FOUND
                        ? match_number(path, length, &number)
                        : *used_out;
        if (status != STATUS_NOT_FOUND)
            return status;
        if (*used_out > 0)
            return past_find_item(past, &items, number, value_out);
    }
    return find_field(past, &object, path, length, value_out, used_out);
}

/* ---- Apps ---- */

static void find_object(Past *past, PastApp *app) {
    PastObject *object = &app->object;
    if (past_object(past, address_of(app->domain.app), object) != STATUS_OK ||
        object->domain != app->domain.number)
        *object = (PastObject){0};
}

static void find_compiler(Past *past, PastApp *app) {
    const PastObject *object = &app->object;
    for (uint64_t i = 0; object->address && i < object->of->field_count; i++) {
        PastObject value;
        uint64_t at;
        if (past_is_reference(object->of->fields[i].packed) &&
            past_field_value(past, object, i, &at) == STATUS_OK &&
            past_object(past, at, &value) == STATUS_OK &&
            is_named(value.of, "system.Compiler"))
            app->compiler = value;
    }
}

Status past_find_app(Past *past, const char *path, size_t length,
                     PastApp *app_out, size_t *used_out) {
    uint64_t address;
    size_t own = 0;
    while (own < length && path[own] != '.')
        own++;
    *app_out = (PastApp){0};
    *used_out = own < length ? own + 1 : own;
    Status status = past_app(past, path, own, &app_out->domain, &address);
    if (status != STATUS_OK)
        return status;
    find_object(past, app_out);
    find_compiler(past, app_out);
    if (past_object_of(past, address_of(app_out->domain.environments),
                       CLASS_ObjectArray, &app_out->variables) != STATUS_OK)
        app_out->variables = (PastObject){0};
    if (past_object_of(past, address_of(app_out->domain.own_modules),
                       CLASS_IntArray, &app_out->modules) != STATUS_OK)
        app_out->modules = (PastObject){0};
    return STATUS_OK;
}

uint64_t past_find_places(const PastApp *app) {
    uint64_t installed = app->variables.length * 2;
    uint64_t own = app->modules.length * 2;
    return installed > own ? installed : own;
}

static Status own_variables(Past *past, const PastApp *app, uint64_t number,
                            uint64_t *address_out) {
    PastObject module;
    uint64_t at;
    *address_out = 0;
    Status status = number < app->modules.length
                        ? past_element(past, &app->modules, number, &at)
                        : STATUS_NOT_FOUND;
    if (status != STATUS_OK || !at)
        return status;
    status = past_object_of(past, at, CLASS_Module, &module);
    return status == STATUS_OK
               ? past_object_word(past, &module,
                                  offsetof(Module, variables) / 8, address_out)
               : status;
}

Status past_find_variables(Past *past, const PastApp *app, uint64_t place,
                           PastObject *variables_out) {
    uint64_t at = 0;
    *variables_out = (PastObject){0};
    Status status = STATUS_OK;
    if (place % 2)
        status = own_variables(past, app, place / 2, &at);
    else if (place / 2 < app->variables.length)
        status = past_element(past, &app->variables, place / 2, &at);
    if (status != STATUS_OK || !at)
        return status;
    return past_object(past, at, variables_out);
}

/* Of the app's own modules, or of the system's. */
static Status find_variable(Past *past, const PastApp *app, bool of_system,
                            const char *path, size_t length,
                            PastValue *value_out, size_t *used_out) {
    for (uint64_t i = past_find_places(app); i-- > 0;) {
        PastObject variables;
        if (past_find_variables(past, app, i, &variables) != STATUS_OK ||
            !variables.address || variables.of->of_system != of_system)
            continue;
        Status status =
            find_field(past, &variables, path, length, value_out, used_out);
        if (status != STATUS_NOT_FOUND)
            return status;
    }
    return STATUS_NOT_FOUND;
}

Status past_find_name(Past *past, const PastApp *app, const char *path,
                      size_t length, PastValue *value_out, size_t *used_out) {
    Status status = STATUS_NOT_FOUND;
    if (app->object.address)
        status =
            find_field(past, &app->object, path, length, value_out, used_out);
    if (status == STATUS_NOT_FOUND && app->compiler.address) {
        PastValue compiler = {MODULE_CLASS, app->compiler.address};
        status =
            past_find_part(past, compiler, path, length, value_out, used_out);
    }
    if (status == STATUS_NOT_FOUND)
        status =
            find_variable(past, app, false, path, length, value_out, used_out);
    if (status == STATUS_NOT_FOUND)
        status =
            find_variable(past, app, true, path, length, value_out, used_out);
    return status;
}
