/* Tables without doubles, and the file's layout. */
#include "vm/compiler/writer.h"

#include "kernel/base/bytes.h"

/* ---- Buffers ---- */

static void writer_put8(Writer *writer, Buffer *buffer, uint8_t value) {
    *ARENA_PUSH(&writer->compile->arena, buffer) = value;
}

void writer_put16(Writer *writer, Buffer *buffer, uint16_t value) {
    writer_put8(writer, buffer, (uint8_t)value);
    writer_put8(writer, buffer, (uint8_t)(value >> 8));
}

void writer_put32(Writer *writer, Buffer *buffer, uint32_t value) {
    writer_put16(writer, buffer, (uint16_t)value);
    writer_put16(writer, buffer, (uint16_t)(value >> 16));
}

void writer_put64(Writer *writer, Buffer *buffer, uint64_t value) {
    writer_put32(writer, buffer, (uint32_t)value);
    writer_put32(writer, buffer, (uint32_t)(value >> 32));
}

static void put_bytes(Writer *writer, Buffer *buffer, const void *bytes,
                      size_t count) {
    const uint8_t *at = bytes;
    for (size_t i = 0; i < count; i++, work_add(1))
        writer_put8(writer, buffer, at[i]);
}

/* ---- Tables ---- */

static void table_link(Table *table, size_t number) {
    size_t mask = table->bucket_count - 1;
    size_t at = table->items[number].hash & mask;
    work_add(1);
    while (table->buckets[at])
        at = (at + 1) & mask;
    table->buckets[at] = (uint32_t)number + 1;
}

static void table_grow(Writer *writer, Table *table) {
    table->bucket_count = table->bucket_count ? table->bucket_count * 2 : 64;
    table->buckets = arena_take(&writer->compile->arena,
                                table->bucket_count * sizeof(uint32_t));
    for (size_t i = 0; i < table->count; i++)
        table_link(table, i);
}

static size_t table_add(Writer *writer, Table *table, const void *bytes,
                        size_t length) {
    uint32_t hash = (uint32_t)module_hash(bytes, length);
    work_add(length);
    if (table->count * 2 >= table->bucket_count)
        table_grow(writer, table);
    size_t mask = table->bucket_count - 1;
    for (size_t at = hash & mask; table->buckets[at]; at = (at + 1) & mask) {
        work_add(1);
        const TableEntry *entry = &table->items[table->buckets[at] - 1];
        if (entry->hash == hash && entry->length == length &&
            bytes_equal(entry->bytes, bytes, length))
            return table->buckets[at] - 1;
    }
    if (table->count >= UINT16_MAX) {
        writer->full = true;
        return 0;
    }
    *ARENA_PUSH(&writer->compile->arena, table) = (TableEntry){
        (const uint8_t *)arena_copy(&writer->compile->arena, bytes, length),
        (uint32_t)length, hash};
    table->total_bytes += length;
    table_link(table, table->count - 1);
    return table->count - 1;
}

void writer_init(Writer *writer, Compile *compile, Name module) {
    *writer = (Writer){.compile = compile, .module = module};
    writer_type(writer, MODULE_NONE, NULL);
}

uint32_t writer_string(Writer *writer, Name text) {
    return (uint32_t)table_add(writer, &writer->strings, text->bytes,
                               text->length);
}

static void writer_import(Writer *writer, Name module);

/* Names of other modules in types and references are imports. */
static void import_of(Writer *writer, Name qualified) {
    size_t length = 0;
    while (length < qualified->length && qualified->bytes[length] != '.')
        length++;
    writer_import(writer, name_of_bytes(&writer->compile->names,
                                        qualified->bytes, length));
}

static void writer_import(Writer *writer, Name module) {
    uint8_t bytes[4];
    if (module == writer->module)
        return;
    bytes_put32(bytes, writer_string(writer, module));
    table_add(writer, &writer->imports, bytes, sizeof bytes);
}

uint16_t writer_type(Writer *writer, ModuleKind kind, Name class_name) {
    uint8_t bytes[8] = {(uint8_t)kind};
    if (kind == MODULE_CLASS) {
        bytes_put32(bytes + 4, writer_string(writer, class_name));
        import_of(writer, class_name);
    }
    return (uint16_t)table_add(writer, &writer->types, bytes, sizeof bytes);
}

uint16_t writer_constant(Writer *writer, uint64_t bits) {
    uint8_t bytes[8];
    bytes_put64(bytes, bits);
    return (uint16_t)table_add(writer, &writer->constants, bytes, sizeof bytes);
}

uint16_t writer_field(Writer *writer, uint16_t class_type, uint16_t type,
                      Name name) {
    uint8_t bytes[8];
    bytes_put16(bytes, class_type);
    bytes_put16(bytes + 2, type);
    bytes_put32(bytes + 4, writer_string(writer, name));
    return (uint16_t)table_add(writer, &writer->fields, bytes, sizeof bytes);
}

uint16_t writer_method(Writer *writer, uint16_t class_type, uint16_t result,
                       Name name, Name module, const uint16_t *parameters,
                       size_t count) {
    uint8_t bytes[14 + 2 * MODULE_PARAMETERS_MAX] = {0};
    if (count > MODULE_PARAMETERS_MAX) {
        writer->full = true;
        return 0;
    }
    bytes_put16(bytes, class_type);
    bytes_put16(bytes + 2, result);
    bytes_put32(bytes + 4, writer_string(writer, name));
    if (module) {
        bytes_put32(bytes + 8, writer_string(writer, module));
        writer_import(writer, module);
    }
    bytes_put16(bytes + 12, (uint16_t)count);
    for (size_t i = 0; i < count; i++)
        bytes_put16(bytes + 14 + 2 * i, parameters[i]);
    return (uint16_t)table_add(writer, &writer->methods, bytes, 14 + 2 * count);
}

uint16_t writer_variable(Writer *writer, Name module, Name name,
                         uint16_t type) {
    uint8_t bytes[12] = {0};
    bytes_put32(bytes, writer_string(writer, module));
    bytes_put32(bytes + 4, writer_string(writer, name));
    bytes_put16(bytes + 8, type);
    writer_import(writer, module);
    return (uint16_t)table_add(writer, &writer->variables, bytes, sizeof bytes);
}

/* ---- The file ---- */

static void put_table(Writer *writer, Buffer *out, const Table *table,
                      bool lengths) {
    for (size_t i = 0; i < table->count; i++) {
        if (lengths)
            writer_put32(writer, out, table->items[i].length);
        put_bytes(writer, out, table->items[i].bytes, table->items[i].length);
    }
}

static void put_header(Writer *writer, Buffer *out, Name source_file,
                       Name interface) {
    writer_put32(writer, out, MODULE_MAGIC);
    writer_put16(writer, out, MODULE_FORMAT);
    writer_put16(writer, out, 0);
    writer_put64(writer, out, 0); /* the hash, later */
    writer_put32(writer, out, 0); /* the size, later */
    writer_put32(writer, out, writer_string(writer, writer->module));
    writer_put16(writer, out, (uint16_t)writer->strings.count);
    writer_put16(writer, out, (uint16_t)writer->types.count);
    writer_put16(writer, out, (uint16_t)writer->constants.count);
    writer_put16(writer, out, (uint16_t)writer->fields.count);
    writer_put16(writer, out, (uint16_t)writer->methods.count);
    writer_put16(writer, out, (uint16_t)writer->variables.count);
    writer_put16(writer, out, (uint16_t)writer->class_count);
    writer_put16(writer, out, (uint16_t)writer->module_variable_count);
    writer_put16(writer, out, (uint16_t)writer->body_count);
    writer_put16(writer, out, (uint16_t)writer->imports.count);
    writer_put32(writer, out, writer_string(writer, source_file));
    writer_put32(writer, out, writer_string(writer, interface));
    writer_put32(writer, out, 0);
}

uint8_t *writer_finish(Writer *writer, Name source_file, Name interface,
                       size_t *size_bytes_out) {
    Buffer out = {0};
    writer_string(writer, writer->module);
    writer_string(writer, source_file);
    writer_string(writer, interface);
    put_header(writer, &out, source_file, interface);
    put_table(writer, &out, &writer->strings, true);
    put_table(writer, &out, &writer->types, false);
    put_table(writer, &out, &writer->constants, false);
    put_table(writer, &out, &writer->imports, false);
    put_table(writer, &out, &writer->fields, false);
    put_table(writer, &out, &writer->methods, false);
    put_table(writer, &out, &writer->variables, false);
    put_bytes(writer, &out, writer->classes.items, writer->classes.count);
    put_bytes(writer, &out, writer->module_variables.items,
              writer->module_variables.count);
    put_bytes(writer, &out, writer->bodies.items, writer->bodies.count);
    bytes_put32(out.items + 16, (uint32_t)out.count);
    bytes_put64(out.items + 8, module_hash(out.items + 16, out.count - 16));
    *size_bytes_out = out.count;
    return out.items;
}
