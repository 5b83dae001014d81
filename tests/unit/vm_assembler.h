/* vm_assembler.h: makes .rvc files for tests, instruction by instruction.
 *
 *     Assembler a;
 *     assembler_begin(&a, "m");
 *     assembler_method(&a, "main", 0, 0, MODULE_STATIC_NONE, result);
 *     ...words...
 *     assembler_end(&a);
 *     size_t count = assembler_finish(&a);      // a.file, count
 *
 * Strings and types are shared: asking for the same one twice gives the same
 * number. */
#ifndef TESTS_UNIT_VM_ASSEMBLER_H
#define TESTS_UNIT_VM_ASSEMBLER_H

#include <stddef.h>
#include <stdint.h>

#include "vm/code/module.h"

typedef struct AssemblerSection {
    uint8_t bytes[1 << 16];
    size_t count;
} AssemblerSection;

typedef struct Assembler {
    AssemblerSection strings, types, constants, imports, field_refs,
        method_refs, var_refs, classes, variables, methods;
    uint16_t counts[10];
    uint32_t name, source, empty;
    /* The method being made. */
    AssemblerSection parameters, r_types, s_types, code, handlers, lines;
    uint32_t method_name;
    uint16_t class_type, flags, result, parameter_count, references, scalars;
    uint16_t handler_count, line_count;
    uint8_t file[1 << 19];
} Assembler;

void assembler_begin(Assembler *a, const char *module);
uint32_t assembler_string(Assembler *a, const char *text);
uint16_t assembler_kind(Assembler *a, ModuleKind kind);
uint16_t assembler_class_type(Assembler *a, const char *qualified);
uint16_t assembler_constant(Assembler *a, uint64_t bits);
void assembler_import(Assembler *a, const char *module);
uint16_t assembler_field_ref(Assembler *a, uint16_t class_type,
                             const char *name, uint16_t type);
uint16_t assembler_var_ref(Assembler *a, const char *module, const char *name,
                           uint16_t type);
/* Parameter types follow, `count` of them. */
uint16_t assembler_method_ref(Assembler *a, uint16_t class_type,
                              const char *module, const char *name,
                              uint16_t result, unsigned count, ...);
void assembler_variable(Assembler *a, const char *name, uint16_t type,
                        uint16_t flags);

/* A class with fields {name, type, flags} in three arrays' places. */
typedef struct AssemblerField {
    const char *name;
    uint16_t type, flags;
} AssemblerField;
uint16_t assembler_class(Assembler *a, const char *simple, uint16_t super,
                         uint16_t flags, unsigned interface_count,
                         const uint16_t *interfaces, unsigned field_count,
                         const AssemblerField *fields);

/* A method; class_type 0 for a function. Parameters are registers too, the
 * first of their bank; `this` is added by itself. */
void assembler_method(Assembler *a, const char *name, uint16_t class_type,
                      uint16_t flags, uint16_t result);
/* The next parameter; returns its register. */
uint16_t assembler_parameter(Assembler *a, uint16_t type);
/* The next local register. */
uint16_t assembler_register(Assembler *a, uint16_t type);
/* One word; returns its number. */
uint16_t assembler_word(Assembler *a, uint16_t op, uint16_t x, uint16_t y,
                        uint16_t z);
/* Changes the c operand of an earlier word: a branch forward. */
void assembler_patch(Assembler *a, uint16_t word, uint16_t target);
/* A call; `count` argument registers follow. */
void assembler_call(Assembler *a, uint16_t op, uint16_t result, uint16_t method,
                    unsigned count, ...);
void assembler_handler(Assembler *a, uint16_t from, uint16_t end,
                       uint16_t handler, uint16_t r, uint16_t type);
void assembler_line(Assembler *a, uint16_t word, uint32_t line);
void assembler_end(Assembler *a);

/* Puts the file together; returns its bytes in a->file. */
size_t assembler_finish(Assembler *a);

/* Makes the hash right again after a change of the bytes. */
void assembler_seal(uint8_t *file, size_t count);

#endif
