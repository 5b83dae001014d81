/* The writer: the tables of a .rvc module (vm/code/module.h) and its bytes.
 *
 * Each writer_* function finds or adds an entry and returns its number. More
 * than 65,535 entries in a table, or a method too long, is `full`, which the
 * caller reports as an error. */
#ifndef COMPILER_WRITER_H
#define COMPILER_WRITER_H

#include "vm/code/module.h"
#include "vm/compiler/source.h"

/* Blobs of bytes, each once, numbered in the order they came. */
typedef struct TableEntry {
    const uint8_t *bytes;
    uint32_t length;
    uint32_t hash;
} TableEntry;

typedef struct Table {
    TableEntry *items;
    size_t count, capacity;
    uint32_t *buckets; /* entry number + 1; a power of two of them */
    size_t bucket_count;
    size_t total_bytes;
} Table;

/* Bytes that grow, little endian. */
typedef struct Buffer {
    uint8_t *items;
    size_t count, capacity;
} Buffer;

typedef struct Writer {
    Compile *compile;
    Table strings, types, constants, fields, methods, variables, imports;
    Buffer classes, module_variables, bodies;
    uint32_t class_count, module_variable_count, body_count;
    Name module;
    bool full;
} Writer;

void writer_init(Writer *writer, Compile *compile, Name module);

uint32_t writer_string(Writer *writer, Name text);

/* `class_name` is "module.Class" for MODULE_CLASS, else NULL. */
uint16_t writer_type(Writer *writer, ModuleKind kind, Name class_name);
uint16_t writer_constant(Writer *writer, uint64_t bits);
uint16_t writer_field(Writer *writer, uint16_t class_type, uint16_t type,
                      Name name);

/* `module` only for functions (class_type 0), else NULL. */
uint16_t writer_method(Writer *writer, uint16_t class_type, uint16_t result,
                       Name name, Name module, const uint16_t *parameters,
                       size_t count);
uint16_t writer_variable(Writer *writer, Name module, Name name, uint16_t type);

void writer_put16(Writer *writer, Buffer *buffer, uint16_t value);
void writer_put32(Writer *writer, Buffer *buffer, uint32_t value);
void writer_put64(Writer *writer, Buffer *buffer, uint64_t value);

/* The whole file, in the arena. `interface`: see vm/code/module.h. */
uint8_t *writer_finish(Writer *writer, Name source_file, Name interface,
                       size_t *size_bytes_out);

#endif
