/* A module "core" for tests. */
#include "tests/unit/vm_core.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/base/bytes.h"
#include "tests/test.h"
#include "vm/heap/object.h"
#include "vm/native/core_native.h"

static const char *const known_names[] = {
#define KNOWN(name, text, shape) text,
#include "vm/heap/known.def"
#undef KNOWN
};
static const char *const known_shapes[] = {
#define KNOWN(name, text, shape) #shape,
#include "vm/heap/known.def"
#undef KNOWN
};
#define KNOWN_COUNT (sizeof known_names / sizeof known_names[0])

/* The type that a signature has at *at, which moves on. */
static uint16_t read_type(Assembler *a, const char **at, bool *nullable) {
    static const char letters[] = "VIDBYC";
    static const char arrays[] = "IDBYCO";
    *nullable = **at == '?';
    *at += *nullable;
    char c = *(*at)++;
    if (c == '[') {
        const char *found = strchr(arrays, *(*at)++);
        return assembler_kind(a, MODULE_INT_ARRAY + (int)(found - arrays));
    }
    if (c == 'L') {
        char name[200];
        size_t length = strcspn(*at, ";");
        memcpy(name, *at, length);
        name[length] = 0;
        *at += length + 1;
        return assembler_class_type(a, name);
    }
    return assembler_kind(a, (int)(strchr(letters, c) - letters));
}

/* "core.Class.method" or "core.method": the class type (0 for a function) and
 * the method's name. */
static uint16_t split(Assembler *a, const char *name, const char **method) {
    char owner[200];
    const char *last = strrchr(name, '.');
    size_t length = (size_t)(last - name);
    *method = last + 1;
    memcpy(owner, name, length);
    owner[length] = 0;
    return strchr(owner, '.') ? assembler_class_type(a, owner) : 0;
}

/* Whether the native has no `this`: these classes have only such. */
static bool is_static(const char *name) {
    return strstr(name, ".Math.") || strstr(name, ".Clock.") ||
           strstr(name, ".System.") || strstr(name, "Thread.start") ||
           strstr(name, "Thread.current") || strstr(name, "Thread.yield") ||
           strstr(name, "Thread.park");
}

static bool is_core(const NativeEntry *entry) {
    return strncmp(entry->name, "core.", 5) == 0;
}

static void declare_native(Assembler *a, const NativeEntry *entry) {
    const char *method, *at = entry->signature + 1;
    uint16_t owner = split(a, entry->name, &method);
    uint16_t types[32], count = 0, nullables = 0;
    bool nullable;
    while (*at != ')') {
        types[count] = read_type(a, &at, &nullable);
        nullables |= (uint16_t)(nullable << count++);
    }
    at++;
    uint16_t result = read_type(a, &at, &nullable);
    bool fixed = owner && is_static(entry->name);
    assembler_method(a, method, owner,
                     MODULE_NATIVE | (fixed   ? MODULE_STATIC
                                      : owner ? MODULE_VIRTUAL
                                              : 0),
                     result);
    for (uint16_t i = 0; i < count; i++) {
        assembler_parameter(a, types[i]);
        if (nullables >> i & 1)
            a->parameters.bytes[a->parameters.count - 2] = MODULE_NULLABLE;
    }
    assembler_end(a);
}

static void declare_known(Assembler *a, size_t i, uint16_t object) {
    const char *simple = known_names[i] + 5;
    bool native = strcmp(known_shapes[i], "OBJECT") != 0;
    uint16_t exception = assembler_class_type(a, "core.Exception");
    uint16_t super = i == 0 ? 0 : object;
    if (i + 1 != CLASS_Exception && strstr(simple, "Error"))
        super = exception;
    AssemblerField fields[] = {
        {"message", assembler_class_type(a, "core.String"), 0},
        {"traceMethods", assembler_kind(a, MODULE_OBJECT_ARRAY), 0},
        {"traceWords", assembler_kind(a, MODULE_INT_ARRAY), 0}};
    assembler_class(a, simple, super, native ? MODULE_NATIVE_LAYOUT : 0, 0,
                    NULL, i + 1 == CLASS_Exception ? 3 : 0, fields);
}

void core_begin(Assembler *a) {
    core_native_register();
    assembler_begin(a, "core");
    uint16_t object = assembler_class_type(a, "core.Object");
    for (size_t i = 0; i < KNOWN_COUNT; i++)
        if (strncmp(known_names[i], "core.", 5) == 0)
            declare_known(a, i, object);
    assembler_class(a, "Math", object, 0, 0, NULL, 0, NULL);
    assembler_class(a, "Clock", object, 0, 0, NULL, 0, NULL);
    assembler_class(a, "System", object, 0, 0, NULL, 0, NULL);
    AssemblerField held = {"held", assembler_kind(a, MODULE_BOOL), 0};
    assembler_class(a, "Lock", object, 0, 0, NULL, 1, &held);
    for (size_t i = 0; natives_at(i); i++)
        if (is_core(natives_at(i)))
            declare_native(a, natives_at(i));
}

/* ---- Hostile calls ---- */

static uint64_t hostile_number(uint64_t *state) {
    static const uint64_t odd[] = {0,
                                   1,
                                   2,
                                   3,
                                   7,
                                   8,
                                   255,
                                   256,
                                   UINT64_MAX,
                                   UINT64_MAX - 1,
                                   INT64_MAX,
                                   (uint64_t)INT64_MIN,
                                   1ull << 32,
                                   0x7FF0000000000000,
                                   0xFFF8000000000001,
                                   0x0010000000000000,
                                   1};
    uint64_t pick = test_random(state) % (sizeof odd / 8 + 2);
    return pick < sizeof odd / 8 ? odd[pick] : test_random(state);
}

static bool is_scalar_type(const Assembler *a, uint16_t type) {
    uint8_t kind = a->types.bytes[type * 8];
    return kind >= MODULE_INT && kind <= MODULE_CHAR;
}

/* Code that puts a hostile value into the register. */
static void put_scalar(Assembler *a, uint16_t type, uint16_t to,
                       uint64_t *state) {
    uint8_t kind = a->types.bytes[type * 8];
    uint64_t value = hostile_number(state);
    if (kind == MODULE_INT || kind == MODULE_DOUBLE)
        assembler_word(a, OP_constant, to, assembler_constant(a, value), 0);
    else if (kind == MODULE_CHAR)
        assembler_word(a, OP_constant, to,
                       assembler_constant(a, value % 0xD800), 0);
    else
        assembler_word(a, OP_small, to, value % (kind == MODULE_BOOL ? 2 : 256),
                       0);
}

static void put_array(Assembler *a, uint16_t type, uint16_t to, uint16_t size,
                      uint64_t *state) {
    assembler_word(a, OP_small, size, (uint16_t)(test_random(state) % 40), 0);
    assembler_word(a, OP_new_array, to, size, type);
}

static void put_reference(Assembler *a, uint16_t type, uint16_t to,
                          uint16_t size, uint64_t *state) {
    static const char *const texts[] = {"",
                                        "a",
                                        "abcabcabcabc",
                                        "\xc3\xa9\xc3\x9f",
                                        "1e400",
                                        "-",
                                        "-1.5",
                                        ">08.3x",
                                        "\xf0\x9f\x98\x80<12",
                                        "12345678901234567890"};
    uint8_t kind = a->types.bytes[type * 8];
    uint16_t string = assembler_class_type(a, "core.String");
    uint16_t object = assembler_class_type(a, "core.Object");
    assembler_word(a, OP_null, to, 0, 0);
    if (test_random(state) % 8 == 0)
        return;
    if (kind != MODULE_CLASS)
        put_array(a, type, to, size, state);
    else if (type == string || (type == object && test_random(state) % 3 == 0))
        assembler_word(
            a, OP_text, to,
            (uint16_t)assembler_string(a, texts[test_random(state) % 10]), 0);
    else if (type == object && test_random(state) % 2)
        put_array(a,
                  assembler_kind(a, MODULE_INT_ARRAY + test_random(state) % 6),
                  to, size, state);
    else if (type == object)
        assembler_word(a, OP_new, to, type, 0);
    else if (type == assembler_class_type(a, "core.Thread"))
        assembler_call(a, OP_call, to,
                       assembler_method_ref(a, type, "", "current", type, 0),
                       0);
}

void core_make_hostile(Assembler *a, const NativeEntry *entry,
                       uint64_t *state) {
    const char *method, *at = entry->signature + 1;
    bool nullable;
    assembler_begin(a, "h");
    assembler_import(a, "core");
    uint16_t owner = split(a, entry->name, &method);
    uint16_t types[32], registers[32], list[32], count = 0;
    bool receiver = owner && !is_static(entry->name);
    while (*at != ')')
        types[count++] = read_type(a, &at, &nullable);
    at++;
    uint16_t result = read_type(a, &at, &nullable);
    uint16_t ref = assembler_method_ref(a, owner, "core", method, result, 0);
    bytes_put16(a->method_refs.bytes + a->method_refs.count - 2, count);
    memcpy(a->method_refs.bytes + a->method_refs.count, types, count * 2u);
    a->method_refs.count += count * 2u;
    assembler_method(a, "main", 0, 0, 0);
    uint16_t caught =
        assembler_register(a, assembler_class_type(a, "core.Exception"));
    uint16_t size = assembler_register(a, assembler_kind(a, MODULE_INT));
    uint16_t self = receiver ? assembler_register(a, owner) : 0;
    unsigned listed = 0;
    for (uint16_t i = 0; i < count; i++)
        registers[i] = assembler_register(a, types[i]);
    if (receiver)
        list[listed++] = self;
    for (uint16_t i = 0; i < count; i++)
        if (!is_scalar_type(a, types[i]))
            list[listed++] = registers[i];
    for (uint16_t i = 0; i < count; i++)
        if (is_scalar_type(a, types[i]))
            list[listed++] = registers[i];
    for (int round = 0; round < 60; round++) {
        if (receiver)
            put_reference(a, owner, self, size, state);
        for (uint16_t i = 0; i < count; i++) {
            if (is_scalar_type(a, types[i]))
                put_scalar(a, types[i], registers[i], state);
            else
                put_reference(a, types[i], registers[i], size, state);
        }
        uint16_t word =
            assembler_word(a, OP_call, CALL_NO_RESULT, (uint16_t)listed, ref);
        for (unsigned i = 0; i < (listed + 3) / 4 * 4; i += 4)
            assembler_word(a, i < listed ? list[i] : 0,
                           i + 1 < listed ? list[i + 1] : 0,
                           i + 2 < listed ? list[i + 2] : 0,
                           i + 3 < listed ? list[i + 3] : 0);
        uint16_t next = assembler_word(a, OP_jump, 0, 0, (uint16_t)(word + 1));
        assembler_patch(a, next, (uint16_t)(next + 1));
        assembler_handler(a, word, next, (uint16_t)(next + 1), caught, 0);
    }
    assembler_word(a, OP_return, 0, 0, 0);
    assembler_end(a);
}
