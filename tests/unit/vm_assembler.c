/* The tests' assembler. */
#include "tests/unit/vm_assembler.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "kernel/base/bytes.h"

enum {
    STRINGS,
    TYPES,
    CONSTANTS,
    FIELD_REFS,
    METHOD_REFS,
    VAR_REFS,
    CLASSES,
    VARIABLES,
    METHODS,
    IMPORTS,
};

static void put(AssemblerSection *to, const void *bytes, size_t count) {
    assert(to->count + count <= sizeof to->bytes);
    memcpy(to->bytes + to->count, bytes, count);
    to->count += count;
}

static void put16(AssemblerSection *to, uint16_t value) {
    put(to, &value, 2);
}

static void put32(AssemblerSection *to, uint32_t value) {
    put(to, &value, 4);
}

static void put64(AssemblerSection *to, uint64_t value) {
    put(to, &value, 8);
}

uint32_t assembler_string(Assembler *a, const char *text) {
    uint32_t length = (uint32_t)strlen(text), number = 0;
    for (size_t at = 0; at < a->strings.count; number++) {
        uint32_t here = bytes_get32(a->strings.bytes + at);
        if (here == length &&
            memcmp(a->strings.bytes + at + 4, text, length) == 0)
            return number;
        at += 4 + here;
    }
    put32(&a->strings, length);
    put(&a->strings, text, length);
    return a->counts[STRINGS]++;
}

static uint16_t find_type(Assembler *a, uint8_t kind, uint32_t name) {
    for (uint16_t i = 0; i < a->counts[TYPES]; i++)
        if (a->types.bytes[i * 8] == kind &&
            bytes_get32(a->types.bytes + i * 8 + 4) == name)
            return i;
    put32(&a->types, kind);
    put32(&a->types, name);
    return a->counts[TYPES]++;
}

void assembler_begin(Assembler *a, const char *module) {
    memset(a, 0, sizeof *a);
    a->empty = assembler_string(a, "");
    a->name = assembler_string(a, module);
    a->source = assembler_string(a, "test.rev");
    find_type(a, MODULE_NONE, a->empty);
}

uint16_t assembler_kind(Assembler *a, ModuleKind kind) {
    return find_type(a, (uint8_t)kind, a->empty);
}

uint16_t assembler_class_type(Assembler *a, const char *qualified) {
    return find_type(a, MODULE_CLASS, assembler_string(a, qualified));
}

uint16_t assembler_constant(Assembler *a, uint64_t bits) {
    put64(&a->constants, bits);
    return a->counts[CONSTANTS]++;
}

void assembler_import(Assembler *a, const char *module) {
    put32(&a->imports, assembler_string(a, module));
    a->counts[IMPORTS]++;
}

uint16_t assembler_field_ref(Assembler *a, uint16_t class_type,
                             const char *name, uint16_t type) {
    put16(&a->field_refs, class_type);
    put16(&a->field_refs, type);
    put32(&a->field_refs, assembler_string(a, name));
    return a->counts[FIELD_REFS]++;
}

uint16_t assembler_var_ref(Assembler *a, const char *module, const char *name,
                           uint16_t type) {
    put32(&a->var_refs, assembler_string(a, module));
    put32(&a->var_refs, assembler_string(a, name));
    put16(&a->var_refs, type);
    put16(&a->var_refs, 0);
    return a->counts[VAR_REFS]++;
}

uint16_t assembler_method_ref(Assembler *a, uint16_t class_type,
                              const char *module, const char *name,
                              uint16_t result, unsigned count, ...) {
    va_list list;
    put16(&a->method_refs, class_type);
    put16(&a->method_refs, result);
    put32(&a->method_refs, assembler_string(a, name));
    put32(&a->method_refs, assembler_string(a, module));
    put16(&a->method_refs, (uint16_t)count);
    va_start(list, count);
    for (unsigned i = 0; i < count; i++)
        put16(&a->method_refs, (uint16_t)va_arg(list, int));
    va_end(list);
    return a->counts[METHOD_REFS]++;
}

static void put_field(Assembler *a, AssemblerSection *to, const char *name,
                      uint16_t type, uint16_t flags) {
    put32(to, assembler_string(a, name));
    put16(to, type);
    put16(to, flags);
}

void assembler_variable(Assembler *a, const char *name, uint16_t type,
                        uint16_t flags) {
    put_field(a, &a->variables, name, type, flags);
    a->counts[VARIABLES]++;
}

uint16_t assembler_class(Assembler *a, const char *simple, uint16_t super,
                         uint16_t flags, unsigned interface_count,
                         const uint16_t *interfaces, unsigned field_count,
                         const AssemblerField *fields) {
    char qualified[200];
    size_t at = 0;
    for (uint32_t i = 0; i < a->name; i++)
        at += 4 + bytes_get32(a->strings.bytes + at);
    size_t length = bytes_get32(a->strings.bytes + at);
    memcpy(qualified, a->strings.bytes + at + 4, length);
    qualified[length] = '.';
    strcpy(qualified + length + 1, simple);
    uint16_t type = assembler_class_type(a, qualified);
    put32(&a->classes, assembler_string(a, simple));
    put16(&a->classes, type);
    put16(&a->classes, super);
    put16(&a->classes, flags);
    put16(&a->classes, (uint16_t)interface_count);
    put16(&a->classes, (uint16_t)field_count);
    put16(&a->classes, 0);
    for (unsigned i = 0; i < interface_count; i++)
        put16(&a->classes, interfaces[i]);
    for (unsigned i = 0; i < field_count; i++)
        put_field(a, &a->classes, fields[i].name, fields[i].type,
                  fields[i].flags);
    a->counts[CLASSES]++;
    return type;
}

static bool is_scalar(const Assembler *a, uint16_t type) {
    uint8_t kind = a->types.bytes[type * 8];
    return kind >= MODULE_INT && kind <= MODULE_CHAR;
}

void assembler_method(Assembler *a, const char *name, uint16_t class_type,
                      uint16_t flags, uint16_t result) {
    a->method_name = assembler_string(a, name);
    a->class_type = class_type;
    a->flags = flags;
    a->result = result;
    a->parameter_count = a->references = a->scalars = 0;
    a->handler_count = a->line_count = 0;
    a->parameters.count = a->r_types.count = a->s_types.count = 0;
    a->code.count = a->handlers.count = a->lines.count = 0;
    if (class_type && !(flags & MODULE_STATIC))
        assembler_register(a, class_type);
}

uint16_t assembler_parameter(Assembler *a, uint16_t type) {
    put16(&a->parameters, type);
    put16(&a->parameters, 0);
    a->parameter_count++;
    return assembler_register(a, type);
}

uint16_t assembler_register(Assembler *a, uint16_t type) {
    bool scalar = is_scalar(a, type);
    put16(scalar ? &a->s_types : &a->r_types, type);
    return scalar ? a->scalars++ : a->references++;
}

uint16_t assembler_word(Assembler *a, uint16_t op, uint16_t x, uint16_t y,
                        uint16_t z) {
    uint16_t number = (uint16_t)(a->code.count / 8);
    put16(&a->code, op);
    put16(&a->code, x);
    put16(&a->code, y);
    put16(&a->code, z);
    return number;
}

void assembler_patch(Assembler *a, uint16_t word, uint16_t target) {
    bytes_put16(a->code.bytes + word * 8 + 6, target);
}

void assembler_call(Assembler *a, uint16_t op, uint16_t result, uint16_t method,
                    unsigned count, ...) {
    va_list list;
    assembler_word(a, op, result, (uint16_t)count, method);
    va_start(list, count);
    for (unsigned i = 0; i < (count + 3) / 4 * 4; i++)
        put16(&a->code, i < count ? (uint16_t)va_arg(list, int) : 0);
    va_end(list);
}

void assembler_handler(Assembler *a, uint16_t from, uint16_t end,
                       uint16_t handler, uint16_t r, uint16_t type) {
    uint16_t entry[6] = {from, end, handler, r, type, 0};
    put(&a->handlers, entry, sizeof entry);
    a->handler_count++;
}

void assembler_line(Assembler *a, uint16_t word, uint32_t line) {
    put16(&a->lines, word);
    put16(&a->lines, 0);
    put32(&a->lines, line);
    a->line_count++;
}

void assembler_end(Assembler *a) {
    AssemblerSection *to = &a->methods;
    bool body = !(a->flags & (MODULE_NATIVE | MODULE_NO_CODE));
    put32(to, a->method_name);
    put16(to, a->class_type);
    put16(to, a->flags);
    put16(to, a->result);
    put16(to, a->parameter_count);
    put16(to, body ? a->references : 0);
    put16(to, body ? a->scalars : 0);
    put32(to, (uint32_t)(a->code.count / 8));
    put16(to, a->handler_count);
    put16(to, a->line_count);
    put(to, a->parameters.bytes, a->parameters.count);
    if (body) {
        put(to, a->r_types.bytes, a->r_types.count);
        put(to, a->s_types.bytes, a->s_types.count);
    }
    put(to, a->code.bytes, a->code.count);
    put(to, a->handlers.bytes, a->handlers.count);
    put(to, a->lines.bytes, a->lines.count);
    a->counts[METHODS]++;
}

static size_t append(Assembler *a, size_t at, const AssemblerSection *from) {
    assert(at + from->count <= sizeof a->file);
    memcpy(a->file + at, from->bytes, from->count);
    return at + from->count;
}

void assembler_seal(uint8_t *file, size_t count) {
    bytes_put64(file + 8, module_hash(file + 16, count - 16));
}

size_t assembler_finish(Assembler *a) {
    const AssemblerSection *order[] = {
        &a->strings,    &a->types,       &a->constants, &a->imports,
        &a->field_refs, &a->method_refs, &a->var_refs,  &a->classes,
        &a->variables,  &a->methods,
    };
    size_t at = MODULE_HEADER_BYTES;
    memset(a->file, 0, MODULE_HEADER_BYTES);
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        at = append(a, at, order[i]);
    bytes_put32(a->file, MODULE_MAGIC);
    bytes_put16(a->file + 4, MODULE_FORMAT);
    bytes_put32(a->file + 16, (uint32_t)at);
    bytes_put32(a->file + 20, a->name);
    for (int i = 0; i < 10; i++)
        bytes_put16(a->file + 24 + i * 2, a->counts[i]);
    bytes_put32(a->file + 44, a->source);
    bytes_put32(a->file + 48, a->empty);
    assembler_seal(a->file, at);
    return at;
}
