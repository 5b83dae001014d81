/* Reads a .rvc file; trusts nothing in it. */
#include "vm/code/module_file.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "kernel/base/utf8.h"

typedef struct Reader {
    const uint8_t *bytes;
    size_t count, at;
    bool bad;
    ModuleFile *file;
    uint8_t *room; /* rest of file->memory */
} Reader;

/* The next `count` bytes, or zeros' place and `bad` when there are not so
 * many. */
static const uint8_t *take(Reader *in, uint64_t count) {
    static const uint8_t nothing[16];
    if (in->bad || count > in->count - in->at) {
        in->bad = true;
        return nothing;
    }
    in->at += count;
    return in->bytes + in->at - count;
}

static uint16_t take16(Reader *in) {
    return bytes_get16(take(in, 2));
}

static uint32_t take32(Reader *in) {
    return bytes_get32(take(in, 4));
}

static void need(Reader *in, bool condition) {
    if (!condition)
        in->bad = true;
}

static uint32_t take_string(Reader *in) {
    uint32_t number = take32(in);
    need(in, number < in->file->string_count);
    return in->bad ? 0 : number;
}

static uint16_t take_type(Reader *in) {
    uint16_t number = take16(in);
    need(in, number < in->file->type_count);
    return in->bad ? 0 : number;
}

/* A type that a field, a parameter or a register can have. */
static uint16_t take_value_type(Reader *in) {
    uint16_t type = take_type(in);
    need(in, in->bad || in->file->types[type].kind != MODULE_NONE);
    return type;
}

static uint16_t take_class_type(Reader *in, bool may_be_none) {
    uint16_t type = take_type(in);
    if (in->bad || (may_be_none && type == 0))
        return 0;
    need(in, in->file->types[type].kind == MODULE_CLASS);
    return type;
}

static void *take_room(Reader *in, size_t bytes) {
    void *room = in->room;
    in->room += (bytes + 15) & ~(size_t)15;
    return room;
}

/* ---- Tables ---- */

static void read_strings(Reader *in) {
    ModuleFile *file = in->file;
    for (size_t i = 0; i < file->string_count && !in->bad; i++) {
        uint32_t length = take32(in);
        const char *bytes = (const char *)take(in, length);
        if (in->bad)
            return;
        file->strings[i] = (FileString){bytes, length};
        need(in, utf8_valid(bytes, length));
    }
}

static void read_types(Reader *in) {
    ModuleFile *file = in->file;
    for (size_t i = 0; i < file->type_count && !in->bad; i++) {
        const uint8_t *entry = take(in, 4);
        file->types[i].kind = entry[0];
        need(in, entry[0] < MODULE_KINDS && !entry[1] && !entry[2] &&
                     !entry[3] && (i == 0) == (entry[0] == MODULE_NONE));
        file->types[i].name = take_string(in);
    }
}

static void read_references(Reader *in) {
    ModuleFile *file = in->file;
    for (size_t i = 0; i < file->field_ref_count && !in->bad; i++) {
        file->field_refs[i].class_type = take_class_type(in, false);
        file->field_refs[i].type = take_value_type(in);
        file->field_refs[i].name = take_string(in);
    }
    for (size_t i = 0; i < file->method_ref_count && !in->bad; i++) {
        FileMethodRef *ref = &file->method_refs[i];
        ref->class_type = take_class_type(in, true);
        ref->result = take_type(in);
        ref->name = take_string(in);
        ref->module = take_string(in);
        ref->parameter_count = take16(in);
        need(in, ref->parameter_count <= MODULE_PARAMETERS_MAX);
        ref->parameters = in->bytes + in->at;
        for (size_t k = 0; k < ref->parameter_count && !in->bad; k++)
            take_value_type(in);
    }
    for (size_t i = 0; i < file->var_ref_count && !in->bad; i++) {
        file->var_refs[i].module = take_string(in);
        file->var_refs[i].name = take_string(in);
        file->var_refs[i].type = take_value_type(in);
        need(in, take16(in) == 0);
    }
}

static void read_field(Reader *in) {
    take_string(in);
    take_value_type(in);
    need(in, take16(in) <= MODULE_FIELD_FLAGS);
}

static void read_class(Reader *in, FileClass *class_out) {
    FileClass read = {.name = take_string(in)};
    read.type = take_class_type(in, false);
    read.super_type = take_class_type(in, true);
    read.flags = take16(in);
    read.interface_count = take16(in);
    read.field_count = take16(in);
    need(in, take16(in) == 0);
    need(in, read.flags <= (MODULE_INTERFACE | MODULE_ABSTRACT | MODULE_FINAL |
                            MODULE_NATIVE_LAYOUT | MODULE_PRIVATE));
    read.interfaces = in->bytes + in->at;
    for (size_t i = 0; i < read.interface_count && !in->bad; i++)
        take_class_type(in, false);
    read.fields = in->bytes + in->at;
    for (size_t i = 0; i < read.field_count && !in->bad; i++)
        read_field(in);
    *class_out = read;
}

static void read_variables(Reader *in) {
    ModuleFile *file = in->file;
    for (size_t i = 0; i < file->variable_count && !in->bad; i++) {
        const uint8_t *start = in->bytes + in->at;
        read_field(in);
        if (!in->bad)
            file->variables[i] = module_file_field(start, 0);
    }
}

/* ---- Methods ---- */

static void read_parameter(Reader *in, FileParameter *out) {
    FileParameter read = {.smallest = INT64_MIN, .largest = INT64_MAX};
    read.type = take_value_type(in);
    read.flags = take16(in);
    need(in, read.flags <= (MODULE_NULLABLE | MODULE_RANGE));
    if (read.flags & MODULE_RANGE) {
        read.smallest = (int64_t)bytes_get64(take(in, 8));
        read.largest = (int64_t)bytes_get64(take(in, 8));
    }
    *out = read;
}

/* R registers have reference types and S registers scalar ones, and the first
 * of them are `this` and the parameters. */
static void check_registers(Reader *in, const FileMethod *method) {
    const ModuleFile *file = in->file;
    bool has_this = method->class_type && !(method->flags & MODULE_STATIC);
    size_t next[2] = {has_this, 0};
    size_t counts[2] = {method->references, method->scalars};
    if (has_this)
        need(in, method->references > 0 &&
                     module_file_number(method->registers, 0) ==
                         method->class_type);
    for (size_t i = 0; i < method->parameter_count && !in->bad; i++) {
        uint16_t type = method->parameters[i].type;
        bool scalar = module_kind_is_scalar(file->types[type].kind);
        need(in, next[scalar] < counts[scalar]);
        size_t at = next[scalar]++ + (scalar ? method->references : 0u);
        need(in, in->bad || module_file_number(method->registers, at) == type);
    }
    for (size_t i = 0; i < counts[0] + counts[1] && !in->bad; i++) {
        uint8_t kind =
            file->types[module_file_number(method->registers, i)].kind;
        need(in, i < counts[0] ? module_kind_is_reference(kind)
                               : module_kind_is_scalar(kind));
    }
}

static void read_body(Reader *in, FileMethod *method) {
    size_t registers = (size_t)method->references + method->scalars;
    need(in, registers <= MODULE_REGISTERS_MAX);
    method->registers = in->bytes + in->at;
    for (size_t i = 0; i < registers && !in->bad; i++)
        take_value_type(in);
    need(in, method->words <= MODULE_CODE_WORDS_MAX);
    method->code = take(in, method->words * 8ull);
    method->handlers = in->bytes + in->at;
    for (size_t i = 0; i < method->handler_count && !in->bad; i++) {
        take(in, 8);
        take_class_type(in, true);
        need(in, take16(in) == 0);
    }
    method->lines = take(in, method->line_count * 8ull);
    if (method->flags & (MODULE_NATIVE | MODULE_NO_CODE))
        need(in, registers == 0 && method->words == 0 &&
                     method->handler_count == 0 && method->line_count == 0);
    else if (!in->bad)
        check_registers(in, method);
}

static void read_method(Reader *in, FileMethod *method_out) {
    FileMethod read = {.name = take_string(in)};
    read.class_type = take_class_type(in, true);
    read.flags = take16(in);
    read.result = take_type(in);
    read.parameter_count = take16(in);
    read.references = take16(in);
    read.scalars = take16(in);
    read.words = take32(in);
    read.handler_count = take16(in);
    read.line_count = take16(in);
    need(in, read.flags <= MODULE_METHOD_FLAGS);
    need(in, read.parameter_count < MODULE_PARAMETERS_MAX &&
                 read.parameter_count * 4u <= in->count - in->at);
    if (in->bad)
        return;
    read.parameters =
        take_room(in, read.parameter_count * sizeof(FileParameter));
    for (size_t i = 0; i < read.parameter_count && !in->bad; i++)
        read_parameter(in, &read.parameters[i]);
    read_body(in, &read);
    *method_out = read;
}

/* ---- The whole ---- */

static void read_header(Reader *in) {
    ModuleFile *file = in->file;
    need(in, take32(in) == MODULE_MAGIC && take16(in) == MODULE_FORMAT &&
                 take16(in) == 0);
    file->hash = bytes_get64(take(in, 8));
    need(in, take32(in) == in->count);
    file->name = take32(in);
    file->string_count = take16(in);
    file->type_count = take16(in);
    file->constant_count = take16(in);
    file->field_ref_count = take16(in);
    file->method_ref_count = take16(in);
    file->var_ref_count = take16(in);
    file->class_count = take16(in);
    file->variable_count = take16(in);
    file->method_count = take16(in);
    file->import_count = take16(in);
    file->source = take32(in);
    file->interface = take32(in);
    need(in, take32(in) == 0);
    need(in,
         !in->bad && module_hash(in->bytes + 16, in->count - 16) == file->hash);
    need(in, file->name < file->string_count &&
                 file->source < file->string_count &&
                 file->interface < file->string_count && file->type_count > 0);
}

/* One piece of memory for all tables. Every entry has more bytes in the file
 * than it is worth here in units of 16, so the size is bounded by the file's.
 */
static bool take_tables(Reader *in) {
    ModuleFile *file = in->file;
    size_t bytes = 16 * 16 + file->string_count * sizeof(FileString) +
                   file->type_count * sizeof(FileType) +
                   file->field_ref_count * sizeof(FileFieldRef) +
                   file->method_ref_count * sizeof(FileMethodRef) +
                   file->var_ref_count * sizeof(FileVarRef) +
                   file->class_count * sizeof(FileClass) +
                   file->variable_count * sizeof(FileField) +
                   file->method_count * (sizeof(FileMethod) + 16) +
                   in->count / 4 * sizeof(FileParameter);
    file->memory = in->room = alloc_take(bytes);
    if (!file->memory)
        return false;
    file->strings = take_room(in, file->string_count * sizeof(FileString));
    file->types = take_room(in, file->type_count * sizeof(FileType));
    file->field_refs =
        take_room(in, file->field_ref_count * sizeof(FileFieldRef));
    file->method_refs =
        take_room(in, file->method_ref_count * sizeof(FileMethodRef));
    file->var_refs = take_room(in, file->var_ref_count * sizeof(FileVarRef));
    file->classes = take_room(in, file->class_count * sizeof(FileClass));
    file->variables = take_room(in, file->variable_count * sizeof(FileField));
    file->methods = take_room(in, file->method_count * sizeof(FileMethod));
    return true;
}

static void read_tables(Reader *in) {
    ModuleFile *file = in->file;
    read_strings(in);
    read_types(in);
    file->constants = take(in, file->constant_count * 8ull);
    file->imports = in->bytes + in->at;
    for (size_t i = 0; i < file->import_count && !in->bad; i++)
        take_string(in);
    read_references(in);
    for (size_t i = 0; i < file->class_count && !in->bad; i++)
        read_class(in, &file->classes[i]);
    read_variables(in);
    for (size_t i = 0; i < file->method_count && !in->bad; i++)
        read_method(in, &file->methods[i]);
    need(in, in->at == in->count);
}

Status module_file_read(const void *bytes, size_t count, ModuleFile *file_out,
                        Text *why) {
    Reader in = {.bytes = bytes, .count = count, .file = file_out};
    *file_out = (ModuleFile){0};
    read_header(&in);
    if (!in.bad && !take_tables(&in))
        return STATUS_NO_MEMORY;
    if (!in.bad)
        read_tables(&in);
    if (!in.bad)
        return STATUS_OK;
    text_add_format(why, "the .rvc file is damaged near byte %zu", in.at);
    return STATUS_INVALID;
}

void module_file_give(ModuleFile *file) {
    alloc_give(file->memory);
    file->memory = NULL;
}

uint16_t module_file_number(const uint8_t *table, size_t index) {
    return bytes_get16(table + index * 2);
}

FileField module_file_field(const uint8_t *fields, size_t index) {
    const uint8_t *at = fields + index * 8;
    return (FileField){bytes_get32(at), bytes_get16(at + 4),
                       bytes_get16(at + 6)};
}
