/* module_file.h: a .rvc file as read: every count and number checked.
 *
 * After module_file_read() all string, type and table numbers are within their
 * tables, registers and parameters agree, and nothing lies outside the file.
 * What types, code and references mean is loader.c's and verifier.c's part.
 * Points into the caller's bytes, which must live as long. */
#ifndef VM_CODE_MODULE_FILE_H
#define VM_CODE_MODULE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/base/status.h"
#include "kernel/base/text.h"
#include "vm/code/module.h"

typedef struct FileString {
    const char *bytes;
    uint32_t length;
} FileString;

typedef struct FileType {
    uint8_t kind; /* ModuleKind */
    uint32_t name;
} FileType;

typedef struct FileFieldRef {
    uint16_t class_type, type;
    uint32_t name;
} FileFieldRef;

typedef struct FileMethodRef {
    uint16_t class_type, result;
    uint32_t name, module;
    uint16_t parameter_count;
    const uint8_t *parameters; /* 2 bytes each: type */
} FileMethodRef;

typedef struct FileVarRef {
    uint32_t module, name;
    uint16_t type;
} FileVarRef;

typedef struct FileClass {
    uint32_t name;
    uint16_t type, super_type, flags;
    uint16_t interface_count, field_count;
    const uint8_t *interfaces; /* 2 bytes each: type */
    const uint8_t *fields;     /* 8 bytes each: name, type, flags */
} FileClass;

typedef struct FileField {
    uint32_t name;
    uint16_t type, flags;
} FileField;

typedef struct FileParameter {
    uint16_t type, flags;
    int64_t smallest, largest;
} FileParameter;

typedef struct FileMethod {
    uint32_t name;
    uint16_t class_type, flags, result;
    uint16_t parameter_count, references, scalars;
    uint32_t words;
    uint16_t handler_count, line_count;
    FileParameter *parameters;
    const uint8_t *registers; /* 2 bytes each: type; R, then S */
    const uint8_t *code;      /* 8 bytes each */
    const uint8_t *handlers;  /* 12 bytes each */
    const uint8_t *lines;     /* 8 bytes each */
} FileMethod;

typedef struct ModuleFile {
    uint64_t hash;
    uint32_t name, source, interface;
    uint16_t string_count, type_count, constant_count, field_ref_count;
    uint16_t method_ref_count, var_ref_count, class_count, variable_count;
    uint16_t method_count, import_count;
    FileString *strings;
    FileType *types;
    const uint8_t *constants; /* 8 bytes each */
    const uint8_t *imports;   /* 4 bytes each: string */
    FileFieldRef *field_refs;
    FileMethodRef *method_refs;
    FileVarRef *var_refs;
    FileClass *classes;
    FileField *variables;
    FileMethod *methods;
    void *memory; /* one piece for all tables */
} ModuleFile;

/* STATUS_INVALID with a sentence in `why`, or STATUS_NO_MEMORY. Whatever it
 * returns, module_file_give() frees what was taken. */
Status module_file_read(const void *bytes, size_t count, ModuleFile *file_out,
                        Text *why);
void module_file_give(ModuleFile *file);

/* Entry `index` of a table of 2-byte numbers. */
uint16_t module_file_number(const uint8_t *table, size_t index);
FileField module_file_field(const uint8_t *fields, size_t index);

static inline bool module_kind_is_scalar(uint8_t kind) {
    return kind >= MODULE_INT && kind <= MODULE_CHAR;
}

static inline bool module_kind_is_reference(uint8_t kind) {
    return kind >= MODULE_CLASS && kind < MODULE_KINDS;
}

#endif
