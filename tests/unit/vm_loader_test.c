/* The loader: what contradicts the rules of classes, methods and references is
 * refused, and what overrides what. */
#include <stdio.h>
#include <string.h>

#include "kernel/base/bytes.h"
#include "tests/test.h"
#include "tests/unit/vm_harness.h"
#include "vm/code/loader.h"
#include "vm/heap/class.h"

#define A (&harness_assembler)

static uint16_t object_type(void) {
    return assembler_class_type(A, "core.Object");
}

static uint16_t integer_type(void) {
    return assembler_kind(A, MODULE_INT);
}

static uint16_t plain_class(const char *name, uint16_t super, uint16_t flags) {
    return assembler_class(A, name, super, flags, 0, NULL, 0, NULL);
}

static uint16_t interface(const char *name, unsigned count,
                          const uint16_t *extended) {
    return assembler_class(A, name, 0, MODULE_INTERFACE, count, extended, 0,
                           NULL);
}

/* A method whose result is null or 0. */
static void method(const char *name, uint16_t of, uint16_t flags,
                   uint16_t result, uint16_t parameter) {
    assembler_method(A, name, of, flags, result);
    if (parameter)
        assembler_parameter(A, parameter);
    if (result) {
        uint16_t before = A->references;
        uint16_t reg = assembler_register(A, result);
        assembler_word(A,
                       A->references > before ? OP_return_ref : OP_return_value,
                       reg, 0, 0);
    } else {
        assembler_word(A, OP_return, 0, 0, 0);
    }
    assembler_end(A);
}

static void abstract_method(const char *name, uint16_t of) {
    assembler_method(A, name, of, MODULE_VIRTUAL | MODULE_NO_CODE, 0);
    assembler_end(A);
}

static void expect_refused(const char *says) {
    bool good = harness_load(A, false);
    bool right = !good && strstr(harness_why, says);
    if (!right)
        printf("  %s: %s\n", says, good ? "accepted" : harness_why);
    EXPECT(right);
}

static Module *load(void) {
    Module *module = harness_load(A, false);
    if (!module)
        printf("  %s\n", harness_why);
    EXPECT(module != NULL);
    return module;
}

static Class *class_in(const Module *module, size_t number) {
    return (Class *)module->classes->at.references[number];
}

static Method *method_in(const Class *of, size_t number) {
    return (Method *)of->methods->at.references[number];
}

static Method *at_place(const Class *of, size_t place) {
    return (Method *)of->vtable->at.references[place];
}

/* ---- Methods ---- */

TEST("a module's name can be shown in a list and typed in a line") {
    static const char *const good[] = {"m", "My app 2", "\xc3\xa4pp", "a-b"};
    static const char *const bad[] = {"",    "a.b", "a\nb", "a\tb",
                                      " a",  "a ",  "\x1b", "\x7f",
                                      "a\r", ".",   "a\x01"};
    harness_start();
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assembler_begin(A, good[i]);
        EXPECT(harness_load(A, false) != NULL);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assembler_begin(A, bad[i]);
        expect_refused("no name for a module");
    }
    harness_stop();
}

TEST("a call is charged by the callee's words and by its frame") {
    static const unsigned registers[] = {0, 1, 7, 8, 64, 300};
    harness_start();
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++) {
        assembler_begin(A, "m");
        uint16_t types[] = {integer_type(), object_type()};
        assembler_method(A, "f", 0, 0, 0);
        for (unsigned k = 0; k < registers[i]; k++)
            assembler_register(A, types[k % 2]);
        for (unsigned k = 0; k < 5; k++)
            assembler_word(A, OP_return, 0, 0, 0);
        assembler_end(A);
        Module *module = harness_load(A, false);
        EXPECT(module != NULL);
        const Method *made = loader_function(module, "f");
        unsigned frame = FRAME_HEADER_WORDS + registers[i];
        EXPECT_EQUAL(made->frame_words, frame);
        EXPECT_EQUAL(made->cost, 5 + frame / 8);
    }
    harness_stop();
}

TEST("no two methods of a class have one selector, nor two functions") {
    harness_start();
    for (int between = 0; between < 2; between++) {
        for (int functions = 0; functions < 2; functions++) {
            assembler_begin(A, "m");
            uint16_t of = functions ? 0 : plain_class("One", object_type(), 0);
            method("twice", of, 0, 0, 0);
            if (between)
                method("other", of, 0, 0, 0);
            method("twice", of, 0, 0, 0);
            expect_refused("twice: it is there twice");
        }
    }
    harness_stop();
}

TEST("a method overrides one of the same name and types, and no other") {
    harness_start();
    assembler_begin(A, "m");
    uint16_t base = plain_class("Base", object_type(), 0);
    uint16_t derived = plain_class("Derived", base, 0);
    uint16_t integer = integer_type(), real = assembler_kind(A, MODULE_DOUBLE);
    method("same", base, MODULE_VIRTUAL, integer, integer);
    method("result", base, MODULE_VIRTUAL, integer, 0);
    method("parameter", base, MODULE_VIRTUAL, 0, integer);
    method("result", derived, MODULE_VIRTUAL, real, 0);
    method("parameter", derived, MODULE_VIRTUAL, 0, real);
    method("same", derived, MODULE_VIRTUAL, integer, integer);
    const Module *module = load();
    const Class *above = class_in(module, 0), *below = class_in(module, 1);
    EXPECT_EQUAL(above->vtable->length, 3);
    EXPECT_EQUAL(below->vtable->length, 5);
    EXPECT(at_place(below, 0) == method_in(below, 2));
    EXPECT(at_place(below, 1) == method_in(above, 1));
    EXPECT(at_place(below, 2) == method_in(above, 2));
    EXPECT(at_place(below, 3) == method_in(below, 0));
    EXPECT(at_place(below, 4) == method_in(below, 1));
    harness_check();
    harness_stop();
}

TEST("each virtual method is found by its selector") {
    harness_start();
    assembler_begin(A, "m");
    uint16_t base = plain_class("Base", object_type(), 0);
    uint16_t derived = plain_class("Derived", base, 0);
    method("b", derived, MODULE_VIRTUAL, 0, 0);
    method("a", base, MODULE_VIRTUAL, 0, 0);
    method("d", base, MODULE_VIRTUAL, 0, 0);
    method("c", derived, MODULE_VIRTUAL, 0, 0);
    method("a", derived, MODULE_VIRTUAL, 0, 0);
    const Module *module = load();
    for (size_t i = 0; i < 2; i++) {
        Class *of = class_in(module, i);
        for (size_t k = 0; k < of->vtable->length; k++)
            EXPECT(class_method(of, at_place(of, k)->selector) ==
                   at_place(of, k));
    }
    EXPECT(!class_method(class_in(module, 0),
                         at_place(class_in(module, 1), 2)->selector));
    harness_stop();
}

TEST("flags of methods that contradict each other are refused") {
    harness_start();
    assembler_begin(A, "m");
    method("loose", 0, MODULE_VIRTUAL, 0, 0);
    expect_refused("contradict");
    assembler_begin(A, "m");
    method("both", plain_class("One", object_type(), 0),
           MODULE_VIRTUAL | MODULE_STATIC, 0, 0);
    expect_refused("contradict");
    assembler_begin(A, "m");
    method("body", interface("Shape", 0, NULL), MODULE_VIRTUAL, 0, 0);
    expect_refused("contradict");
    assembler_begin(A, "m");
    abstract_method("gone", plain_class("One", object_type(), 0));
    expect_refused("contradict");
    harness_stop();
}

TEST("a class that can be made has a body for each method") {
    harness_start();
    assembler_begin(A, "m");
    uint16_t base = plain_class("Base", object_type(), MODULE_ABSTRACT);
    uint16_t derived = plain_class("Derived", base, 0);
    abstract_method("gone", base);
    method("other", derived, MODULE_VIRTUAL, 0, 0);
    expect_refused("an abstract method has no body");
    harness_stop();
}

TEST("a method belongs to a class of its own module") {
    harness_start();
    assembler_begin(A, "m");
    method("more", object_type(), 0, 0, 0);
    expect_refused("its class is of another module");
    harness_stop();
}

TEST("the first function of a module takes nothing and gives nothing") {
    harness_start();
    assembler_begin(A, "m");
    method("$init", 0, 0, 0, integer_type());
    expect_refused("parameters or a result");
    assembler_begin(A, "m");
    method("$init", 0, 0, integer_type(), 0);
    expect_refused("parameters or a result");
    harness_stop();
}

/* ---- Classes ---- */

TEST("superclasses stand before, are no interfaces, and not final") {
    harness_start();
    assembler_begin(A, "m");
    plain_class("Below", plain_class("Last", object_type(), MODULE_FINAL), 0);
    expect_refused("this superclass is not possible");
    assembler_begin(A, "m");
    plain_class("Below", interface("Shape", 0, NULL), 0);
    expect_refused("this superclass is not possible");
    assembler_begin(A, "m");
    plain_class("Self", assembler_class_type(A, "m.Self"), 0);
    expect_refused("this superclass is not possible");
    assembler_begin(A, "m");
    plain_class("Early", assembler_class_type(A, "m.Late"), 0);
    plain_class("Late", object_type(), 0);
    expect_refused("this superclass is not possible");
    harness_stop();
}

TEST("what a class implements are interfaces that stand before") {
    harness_start();
    assembler_begin(A, "m");
    uint16_t other = plain_class("Other", object_type(), 0);
    assembler_class(A, "One", object_type(), 0, 1, &other, 0, NULL);
    expect_refused("implements what is no interface");
    assembler_begin(A, "m");
    uint16_t self = assembler_class_type(A, "m.Self");
    interface("Self", 1, &self);
    expect_refused("implements what is no interface");
    assembler_begin(A, "m");
    uint16_t late = assembler_class_type(A, "m.Late");
    assembler_class(A, "One", object_type(), 0, 1, &late, 0, NULL);
    interface("Late", 0, NULL);
    expect_refused("implements what is no interface");
    harness_stop();
}

TEST("a class has the interfaces of its superclass and those they extend") {
    harness_start();
    assembler_begin(A, "m");
    uint16_t first = interface("First", 0, NULL);
    uint16_t second = interface("Second", 1, &first);
    uint16_t third = interface("Third", 0, NULL);
    uint16_t both[] = {third, second};
    uint16_t base =
        assembler_class(A, "Base", object_type(), 0, 2, both, 0, NULL);
    plain_class("Derived", base, 0);
    const Module *module = load();
    for (size_t i = 3; i < 5; i++) {
        const Class *of = class_in(module, i);
        EXPECT_EQUAL(of->interfaces->length, 3);
        for (size_t k = 0; k < 3; k++)
            EXPECT(class_is_a(of, class_in(module, k)));
    }
    EXPECT(!class_is_a(class_in(module, 3), class_in(module, 4)));
    EXPECT(class_is_a(class_in(module, 4), class_in(module, 3)));
    harness_stop();
}

/* All are named by the class, or some come with the one that extends them, or
 * with the superclass. */
TEST("a class has 255 interfaces and no more, whatever they come by") {
    enum { MOST = 255, SOME = 200 };
    for (int way = 0; way < 3; way++)
        for (unsigned count = MOST; count <= MOST + 1; count++) {
            uint16_t all[MOST + 1];
            harness_start();
            assembler_begin(A, "m");
            uint16_t super = object_type();
            for (unsigned i = 0; i < count; i++) {
                char name[16];
                snprintf(name, sizeof name, "I%u", i);
                all[i] = interface(name, way == 1 && i == SOME ? SOME : 0, all);
            }
            if (way == 2)
                super =
                    assembler_class(A, "Base", super, 0, SOME, all, 0, NULL);
            unsigned first = way ? SOME : 0;
            assembler_class(A, "All", super, 0, count - first, all + first, 0,
                            NULL);
            const Module *module = count == MOST ? load() : NULL;
            for (size_t i = 0; module && i < MOST; i++)
                EXPECT(class_is_a(class_in(module, MOST + (way == 2)),
                                  class_in(module, i)));
            if (count > MOST)
                expect_refused("too many interfaces");
            harness_stop();
        }
}

TEST("there are not more ancestors than a class remembers") {
    for (int count = CLASS_DEPTH_MAX - 1; count <= CLASS_DEPTH_MAX; count++) {
        harness_start();
        assembler_begin(A, "m");
        uint16_t above = object_type();
        for (int i = 0; i < count; i++) {
            char name[16];
            snprintf(name, sizeof name, "C%d", i);
            above = plain_class(name, above, 0);
        }
        if (count < CLASS_DEPTH_MAX)
            load();
        else
            expect_refused("this superclass is not possible");
        harness_stop();
    }
}

TEST("a class is there once, under its own name, and takes none of core's") {
    harness_start();
    assembler_begin(A, "m");
    plain_class("One", object_type(), 0);
    plain_class("One", object_type(), 0);
    expect_refused("there twice");
    assembler_begin(A, "m");
    plain_class("One", object_type(), 0);
    bytes_put16(A->classes.bytes + 4, assembler_class_type(A, "m.Two"));
    expect_refused("another name");
    assembler_begin(A, "m");
    plain_class("One", object_type(), MODULE_NATIVE_LAYOUT);
    expect_refused("only system modules have native layouts");
    assembler_begin(A, "core");
    plain_class("ValueError", object_type(), 0);
    expect_refused("the name is taken");
    harness_stop();
}

/* ---- Fields and variables ---- */

TEST("fields are known with their very types, the last of a name") {
    harness_start();
    for (int wrong = 0; wrong < 3; wrong++) {
        assembler_begin(A, "m");
        uint16_t object = object_type(), integer = integer_type();
        uint16_t other = plain_class("Other", object, 0);
        AssemblerField fields[] = {{"x", integer, 0}, {"y", object, 0}};
        uint16_t one = assembler_class(A, "One", object, 0, 0, NULL, 2, fields);
        assembler_field_ref(
            A, one, "x", wrong == 1 ? assembler_kind(A, MODULE_BYTE) : integer);
        assembler_field_ref(A, one, "y", wrong == 2 ? other : object);
        if (wrong)
            expect_refused("there is no such field");
        else
            load();
    }
    assembler_begin(A, "hiding");
    AssemblerField field = {"x", integer_type(), 0};
    uint16_t base =
        assembler_class(A, "Base", object_type(), 0, 0, NULL, 1, &field);
    field.type = object_type();
    uint16_t derived =
        assembler_class(A, "Derived", base, 0, 0, NULL, 1, &field);
    assembler_field_ref(A, derived, "x", object_type());
    assembler_field_ref(A, base, "x", integer_type());
    load();
    harness_stop();
}

TEST("a variable is known with its very type") {
    harness_start();
    for (int wrong = 0; wrong < 2; wrong++) {
        assembler_begin(A, "m");
        assembler_variable(A, "x", integer_type(), 0);
        assembler_var_ref(A, "m", "x",
                          wrong ? assembler_kind(A, MODULE_BOOL)
                                : integer_type());
        if (wrong)
            expect_refused("there is no such variable");
        else
            load();
    }
    harness_stop();
}

TEST("references are known in a class and below it") {
    harness_start();
    assembler_begin(A, "m");
    uint16_t object = object_type(), integer = integer_type();
    AssemblerField mixed[] = {{"a", integer, 0},
                              {"b", object, 0},
                              {"c", object, MODULE_TRANSIENT},
                              {"d", integer, MODULE_TRANSIENT}};
    AssemblerField more[] = {{"e", integer, 0}, {"f", object, 0}};
    uint16_t base = assembler_class(A, "Base", object, 0, 0, NULL, 4, mixed);
    assembler_class(A, "Derived", base, 0, 0, NULL, 2, more);
    const Module *module = load();
    EXPECT_EQUAL(class_in(module, 0)->instance_words, 7);
    EXPECT_EQUAL(class_in(module, 1)->instance_words, 9);
    EXPECT_EQUAL(class_in(module, 0)->reference_map->at.words[0],
                 1u << 2 | 1u << 4);
    EXPECT_EQUAL(class_in(module, 1)->reference_map->at.words[0],
                 1u << 2 | 1u << 4 | 1u << 8);
    harness_check();
    harness_stop();
}

/* ---- The file ---- */

TEST("the first registers are the parameters") {
    harness_start();
    for (int wrong = 0; wrong < 3; wrong++) {
        assembler_begin(A, "m");
        uint16_t object = object_type();
        uint16_t one = plain_class("One", object, 0);
        uint16_t two = plain_class("Two", object, 0);
        assembler_method(A, "f", one, 0, 0);
        assembler_parameter(A, one);
        assembler_word(A, OP_return, 0, 0, 0);
        if (wrong)
            bytes_put16(A->r_types.bytes + (wrong - 1) * 2, two);
        assembler_end(A);
        if (wrong)
            expect_refused("damaged");
        else
            load();
    }
    harness_stop();
}

TEST("a method takes 31 values and no more, and a file ends with its last") {
    harness_start();
    for (int count = 31; count <= 32; count++) {
        assembler_begin(A, "m");
        assembler_method(A, "f", 0, 0, 0);
        for (int i = 0; i < count; i++)
            assembler_parameter(A, integer_type());
        assembler_word(A, OP_return, 0, 0, 0);
        assembler_end(A);
        if (count == 31)
            load();
        else
            expect_refused("damaged");
    }
    assembler_begin(A, "longer");
    A->methods.count += 4;
    expect_refused("damaged");
    harness_stop();
}

TEST("values have a type, and strings are UTF-8") {
    harness_start();
    assembler_begin(A, "m");
    assembler_variable(A, "x", 0, 0);
    expect_refused("damaged");
    assembler_begin(A, "m");
    assembler_string(A, "\xC3");
    expect_refused("damaged");
    harness_stop();
}

/* A module with a variable, a function and references, whose numbers of
 * strings and types can be changed; `beside` of the tables' ends. */
typedef struct Numbers {
    uint32_t name, source, method; /* strings */
    uint16_t variable, result;     /* types */
} Numbers;

static void make_numbered(const Numbers *beside) {
    assembler_begin(A, "m");
    assembler_variable(A, "x", integer_type(), 0);
    assembler_method(A, "f", 0, 0, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    uint32_t strings = A->counts[0];
    uint16_t types = A->counts[1];
    if (beside->name)
        A->name = strings - 1 + beside->name;
    if (beside->source)
        A->source = strings - 1 + beside->source;
    if (beside->method)
        A->method_name = strings - 1 + beside->method;
    if (beside->result)
        A->result = (uint16_t)(types - 1 + beside->result);
    assembler_end(A);
    if (beside->variable)
        assembler_variable(A, "x", (uint16_t)(types - 1 + beside->variable), 0);
}

TEST("a number leads into its table, not to the place behind it") {
    static const Numbers last = {0},
                         behind[] = {{.name = 1},     {.source = 1},
                                     {.method = 1},   {.variable = 1},
                                     {.result = 1},   {.source = 1u << 31},
                                     {.name = 70000}, {.variable = 900},
                                     {.result = 900}};
    harness_start();
    make_numbered(&last);
    load();
    for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++) {
        make_numbered(&behind[i]);
        expect_refused("damaged");
    }
    harness_stop();
}

TEST("code and registers have their limits") {
    harness_start();
    assembler_begin(A, "m");
    assembler_method(A, "f", 0, 0, 0);
    for (unsigned i = 0; i <= MODULE_REGISTERS_MAX; i++)
        assembler_register(A, integer_type());
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
    expect_refused("damaged");
    harness_stop();
}
