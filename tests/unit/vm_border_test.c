/* The border of a module and of a constructor: code that was made by hand gets
 * no further than what the compiler accepts. */
#include <stdio.h>
#include <string.h>

#include "tests/test.h"
#include "tests/unit/vm_core.h"
#include "tests/unit/vm_harness.h"
#include "vm/heap/class.h"

#define A (&harness_assembler)

/* ---- The module that has something to keep ---- */

static void store_argument(uint16_t field) {
    assembler_word(A, OP_put, 0, 0, field);
}

/* lib.Box has an open, a private, a read-only and a `let` field, a private and
 * an open method; beside it stand a function, variables, a class and an
 * interface that are private. */
static void make_lib(void) {
    assembler_begin(A, "lib");
    uint16_t integer = assembler_kind(A, MODULE_INT);
    uint16_t object = assembler_class_type(A, "core.Object");
    AssemblerField fields[] = {{"open", integer, 0},
                               {"hidden", integer, MODULE_PRIVATE},
                               {"size", integer, MODULE_READONLY},
                               {"kept", integer, MODULE_LET}};
    uint16_t box = assembler_class(A, "Box", object, 0, 0, NULL, 4, fields);
    assembler_class(A, "Bare", object, 0, 0, NULL, 1, fields + 3);
    assembler_class(A, "Closed", object, MODULE_PRIVATE, 0, NULL, 0, NULL);
    assembler_class(A, "Side", 0, MODULE_INTERFACE | MODULE_PRIVATE, 0, NULL, 0,
                    NULL);
    assembler_variable(A, "count", integer, MODULE_PRIVATE);
    assembler_variable(A, "level", integer, MODULE_READONLY);
    assembler_variable(A, "first", integer, MODULE_LET);
    uint16_t refs[] = {assembler_field_ref(A, box, "open", integer),
                       assembler_field_ref(A, box, "hidden", integer),
                       assembler_field_ref(A, box, "size", integer),
                       assembler_field_ref(A, box, "kept", integer)};
    assembler_method(A, "init", box, 0, 0);
    assembler_parameter(A, integer);
    for (int i = 0; i < 4; i++)
        store_argument(refs[i]);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
    static const struct {
        const char *name;
        uint16_t flags;
    } methods[] = {{"secret", MODULE_VIRTUAL | MODULE_PRIVATE},
                   {"shown", MODULE_VIRTUAL}};
    for (int i = 0; i < 2; i++) {
        assembler_method(A, methods[i].name, box, methods[i].flags, 0);
        assembler_word(A, OP_return, 0, 0, 0);
        assembler_end(A);
    }
    assembler_method(A, "inside", 0, MODULE_PRIVATE, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
    uint16_t first = assembler_var_ref(A, "lib", "first", integer);
    assembler_method(A, "$init", 0, 0, 0);
    assembler_register(A, integer);
    assembler_word(A, OP_small, 0, 7, 0);
    assembler_word(A, OP_store_var, 0, first, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
    if (!harness_load(A, false))
        printf("  lib: %s\n", harness_why);
}

/* ---- What another module tries ---- */

typedef struct Names {
    uint16_t integer, object, box, below;
    uint16_t init, shown; /* methods of Box */
} Names;

/* Module m with lib.Box and a class Below under it. */
static Names begin(void) {
    Names n;
    assembler_begin(A, "m");
    assembler_import(A, "lib");
    n.integer = assembler_kind(A, MODULE_INT);
    n.object = assembler_class_type(A, "core.Object");
    n.box = assembler_class_type(A, "lib.Box");
    n.below = assembler_class(A, "Below", n.box, 0, 0, NULL, 0, NULL);
    n.init = assembler_method_ref(A, n.box, "", "init", 0, 1, n.integer);
    n.shown = assembler_method_ref(A, n.box, "", "shown", 0, 0);
    return n;
}

/* main with R0 of lib.Box, R1 the same, R2 m.Below, R3 an Exception, S0 an
 * Int. */
static Names begin_main(void) {
    Names n = begin();
    assembler_method(A, "main", 0, 0, 0);
    assembler_register(A, n.box);
    assembler_register(A, n.box);
    assembler_register(A, n.below);
    assembler_register(A, assembler_class_type(A, "core.Exception"));
    assembler_register(A, n.integer);
    return n;
}

static void end_main(void) {
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
}

static void expect(const char *says) {
    bool good = harness_load(A, false);
    bool right = says ? !good && strstr(harness_why, says) : good;
    if (!right)
        printf("  %s: %s\n", says ? says : "good",
               good ? "accepted" : harness_why);
    EXPECT(right);
}

TEST("a private field is not named by another module") {
    static const char *const names[] = {"open", "hidden"};
    harness_start();
    make_lib();
    for (int hidden = 0; hidden < 2; hidden++)
        for (int below = 0; below < 2; below++) {
            Names n = begin_main();
            uint16_t field = assembler_field_ref(A, below ? n.below : n.box,
                                                 names[hidden], n.integer);
            assembler_word(A, OP_get, 0, below ? 2 : 0, field);
            end_main();
            expect(hidden ? "hidden: it is private to another module" : NULL);
        }
    harness_check();
    harness_stop();
}

TEST("a field of one's own may have the name of a private one") {
    harness_start();
    make_lib();
    Names n = begin();
    AssemblerField field = {"hidden", n.integer, 0};
    uint16_t own = assembler_class(A, "Own", n.box, 0, 0, NULL, 1, &field);
    assembler_field_ref(A, own, "hidden", n.integer);
    expect(NULL);
    harness_stop();
}

TEST("private methods, functions and variables are not named elsewhere") {
    harness_start();
    make_lib();
    Names n = begin();
    assembler_method_ref(A, n.box, "", "secret", 0, 0);
    expect("secret: it is private to another module");
    n = begin();
    assembler_method_ref(A, n.below, "", "secret", 0, 0);
    expect("secret: it is private to another module");
    begin();
    assembler_method_ref(A, 0, "lib", "inside", 0, 0);
    expect("inside: it is private to another module");
    n = begin();
    assembler_var_ref(A, "lib", "count", n.integer);
    expect("count: it is private to another module");
    harness_stop();
}

TEST("what is private to another module is not made, extended, implemented") {
    harness_start();
    make_lib();
    Names n = begin_main();
    assembler_word(A, OP_new, 0, assembler_class_type(A, "lib.Closed"), 0);
    end_main();
    expect("the class is private to another module");
    begin();
    assembler_class(A, "Under", assembler_class_type(A, "lib.Closed"), 0, 0,
                    NULL, 0, NULL);
    expect("this superclass is not possible");
    n = begin();
    uint16_t side = assembler_class_type(A, "lib.Side");
    assembler_class(A, "Beside", n.object, 0, 1, &side, 0, NULL);
    expect("it implements what is private to another module");
    harness_stop();
}

TEST("a private method is overridden in its own module only") {
    static const char *const names[] = {"shown", "secret"};
    harness_start();
    make_lib();
    for (int hidden = 0; hidden < 2; hidden++) {
        Names n = begin();
        assembler_method(A, names[hidden], n.below, MODULE_VIRTUAL, 0);
        assembler_word(A, OP_return, 0, 0, 0);
        assembler_end(A);
        expect(hidden ? "a method overrides what is private" : NULL);
    }
    assembler_begin(A, "one");
    uint16_t above =
        assembler_class(A, "Above", assembler_class_type(A, "core.Object"), 0,
                        0, NULL, 0, NULL);
    uint16_t below = assembler_class(A, "Below", above, 0, 0, NULL, 0, NULL);
    for (int i = 0; i < 2; i++) {
        assembler_method(A, "f", i ? below : above,
                         MODULE_VIRTUAL | (i ? 0 : MODULE_PRIVATE), 0);
        assembler_word(A, OP_return, 0, 0, 0);
        assembler_end(A);
    }
    expect(NULL);
    harness_stop();
}

/* An interface with a method of that name calls it on a Box; main ends with 1
 * in `done` when it got through. */
static bool interface_reaches(const char *name) {
    assembler_begin(A, "through");
    assembler_import(A, "lib");
    uint16_t integer = assembler_kind(A, MODULE_INT);
    uint16_t object = assembler_class_type(A, "core.Object");
    uint16_t box = assembler_class_type(A, "lib.Box");
    uint16_t any =
        assembler_class(A, "Any", 0, MODULE_INTERFACE, 0, NULL, 0, NULL);
    assembler_variable(A, "done", integer, 0);
    uint16_t done = assembler_var_ref(A, "through", "done", integer);
    uint16_t call = assembler_method_ref(A, any, "", name, 0, 0);
    uint16_t init = assembler_method_ref(A, box, "", "init", 0, 1, integer);
    assembler_method(A, name, any, MODULE_VIRTUAL | MODULE_NO_CODE, 0);
    assembler_end(A);
    assembler_method(A, "main", 0, 0, 0);
    assembler_register(A, object);
    assembler_register(A, box);
    assembler_register(A, integer);
    assembler_word(A, OP_new, 1, box, 0);
    assembler_call(A, OP_call, CALL_NO_RESULT, init, 2, 1, 0);
    assembler_call(A, OP_call_interface, CALL_NO_RESULT, call, 1, 1);
    assembler_word(A, OP_small, 0, 1, 0);
    assembler_word(A, OP_store_var, 0, done, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
    const Module *module = harness_load(A, false);
    EXPECT(module != NULL);
    const Domain *domain = harness_run("through", 10000);
    const Object *variables =
        domain->environments->at.references[module->number];
    return variables && ((const uint64_t *)(const void *)variables)[1] == 1;
}

TEST("an interface of another module leads to no private method") {
    harness_start();
    make_lib();
    EXPECT(interface_reaches("shown"));
    EXPECT(!interface_reaches("secret"));
    harness_check();
    harness_stop();
}

/* ---- let ---- */

TEST("a field that others only read is written by its module") {
    harness_start();
    make_lib();
    for (int fresh = 0; fresh < 3; fresh++) {
        Names n = begin_main();
        uint16_t size = assembler_field_ref(A, n.box, "size", n.integer);
        if (fresh)
            assembler_word(A, OP_new, 0, n.box, 0);
        if (fresh == 2)
            assembler_word(A, OP_move_ref, 1, 0, 0);
        assembler_word(A, OP_put, 0, 0, size);
        end_main();
        expect(fresh == 1 ? NULL : "only its own module writes the field");
    }
    Names n = begin_main();
    uint16_t level = assembler_var_ref(A, "lib", "level", n.integer);
    assembler_word(A, OP_load_var, 0, level, 0);
    assembler_word(A, OP_store_var, 0, level, 0);
    end_main();
    expect("only its own module writes the variable");
    harness_stop();
}

TEST("a let is not written by other methods, modules and subclasses") {
    harness_start();
    make_lib();
    const char *says = "only its constructor writes a \"let\"";
    Names n = begin_main();
    uint16_t kept = assembler_field_ref(A, n.box, "kept", n.integer);
    assembler_word(A, OP_get, 0, 0, kept);
    assembler_word(A, OP_put, 0, 0, kept);
    end_main();
    expect(says);
    n = begin_main(); /* not even of an object that it makes */
    kept = assembler_field_ref(A, n.box, "kept", n.integer);
    assembler_word(A, OP_new, 0, n.box, 0);
    assembler_word(A, OP_put, 0, 0, kept);
    end_main();
    expect(says);
    n = begin(); /* the constructor of a subclass */
    kept = assembler_field_ref(A, n.below, "kept", n.integer);
    assembler_method(A, "init", n.below, 0, 0);
    assembler_parameter(A, n.integer);
    assembler_word(A, OP_put, 0, 0, kept);
    end_main();
    expect(says);
    n = begin(); /* nor where the class has no constructor */
    uint16_t bare = assembler_class_type(A, "lib.Bare");
    uint16_t under = assembler_class(A, "Under", bare, 0, 0, NULL, 0, NULL);
    kept = assembler_field_ref(A, under, "kept", n.integer);
    assembler_method(A, "init", under, 0, 0);
    assembler_parameter(A, n.integer);
    assembler_word(A, OP_put, 0, 0, kept);
    end_main();
    expect(says);
    harness_stop();
}

/* A class with a `let`, and a method of it with R1 of the class, S0 an Int,
 * that writes the field of R`of`. */
static void write_in(const char *name, uint16_t flags, uint16_t of,
                     const char *says) {
    assembler_begin(A, "m");
    uint16_t integer = assembler_kind(A, MODULE_INT);
    AssemblerField field = {"x", integer, MODULE_LET};
    uint16_t one =
        assembler_class(A, "One", assembler_class_type(A, "core.Object"), 0, 0,
                        NULL, 1, &field);
    uint16_t x = assembler_field_ref(A, one, "x", integer);
    assembler_method(A, name, one, flags, 0);
    assembler_register(A, one);
    assembler_register(A, one);
    assembler_register(A, integer);
    assembler_word(A, OP_put, of, 0, x);
    end_main();
    expect(says);
}

TEST("a let is written through the this of its constructor") {
    const char *says = "only its constructor writes a \"let\"";
    harness_start();
    write_in("init", 0, 0, NULL);
    write_in("init", 0, 1, says);
    write_in("other", 0, 0, says);
    write_in("init", MODULE_VIRTUAL, 0, says);
    write_in("init", MODULE_STATIC, 0, says);
    harness_stop();
}

/* An abstract class with a `let`, and the constructor of one below it. */
static void write_above(bool has_own, bool far, const char *says) {
    assembler_begin(A, "m");
    uint16_t integer = assembler_kind(A, MODULE_INT);
    AssemblerField field = {"tag", integer, MODULE_LET};
    uint16_t above =
        assembler_class(A, "Above", assembler_class_type(A, "core.Object"),
                        MODULE_ABSTRACT, 0, NULL, 1, &field);
    uint16_t between =
        assembler_class(A, "Between", above, 0, 0, NULL, 0, NULL);
    uint16_t below = assembler_class(A, "Below", between, 0, 0, NULL, 0, NULL);
    uint16_t tag = assembler_field_ref(A, above, "tag", integer);
    if (has_own) {
        assembler_method(A, "init", above, 0, 0);
        end_main();
    }
    assembler_method(A, "init", far ? below : between, 0, 0);
    assembler_register(A, integer);
    assembler_word(A, OP_put, 0, 0, tag);
    end_main();
    expect(says);
}

TEST("where a class has no constructor that below it writes its let") {
    harness_start();
    write_above(false, false, NULL);
    write_above(true, false, "only its constructor writes a \"let\"");
    write_above(false, true, "only its constructor writes a \"let\"");
    harness_stop();
}

TEST("a constructor keeps its this") {
    harness_start();
    core_begin(A);
    EXPECT(harness_load(A, true) != NULL);
    for (int way = 0; way < 5; way++) {
        assembler_begin(A, "m");
        assembler_import(A, "core");
        uint16_t object = assembler_class_type(A, "core.Object");
        uint16_t base = assembler_class_type(A, "core.Exception");
        uint16_t one = assembler_class(A, "One", base, 0, 0, NULL, 0, NULL);
        uint16_t give = assembler_method_ref(A, 0, "m", "give", one, 0);
        assembler_method(A, "give", 0, 0, one);
        assembler_register(A, one);
        assembler_word(A, OP_return_ref, 0, 0, 0);
        assembler_end(A);
        assembler_method(A, way == 4 ? "other" : "init", one, 0, 0);
        assembler_register(A, object);
        if (way == 1)
            assembler_word(A, OP_null, 0, 0, 0);
        else if (way == 2)
            assembler_call(A, OP_call, 0, give, 0);
        else
            assembler_word(A, OP_null, way == 4 ? 0 : 1, 0, 0);
        assembler_word(A, OP_return, 0, 0, 0);
        if (way == 3)
            assembler_handler(A, 0, 1, 1, 0, one);
        assembler_end(A);
        expect(way % 4 ? "a constructor changes its \"this\"" : NULL);
    }
    harness_stop();
}

/* ---- Constructors ---- */

TEST("a constructor is called once, on what new made right before") {
    static const char *const says = "the object of a constructor is not new";
    enum { GOOD, NO_NEW, OTHER, MOVED, SHOWN, TWICE, TARGET, HANDLER, WAYS };
    harness_start();
    make_lib();
    for (int way = GOOD; way < WAYS; way++) {
        Names n = begin_main();
        uint16_t open = assembler_field_ref(A, n.box, "open", n.integer);
        if (way != NO_NEW)
            assembler_word(A, OP_new, 0, n.box, 0);
        if (way == MOVED)
            assembler_word(A, OP_move_ref, 1, 0, 0);
        else if (way == SHOWN)
            assembler_call(A, OP_call_virtual, CALL_NO_RESULT, n.shown, 1, 0);
        else
            assembler_word(A, OP_put, 0, 0, open);
        uint16_t at = (uint16_t)(A->code.count / 8);
        assembler_call(A, OP_call, CALL_NO_RESULT, n.init, 2,
                       way == OTHER ? 1 : 0, 0);
        if (way == TWICE)
            assembler_call(A, OP_call, CALL_NO_RESULT, n.init, 2, 0, 0);
        if (way == TARGET)
            assembler_word(A, OP_if_eq_imm, 0, 5, at);
        if (way == HANDLER)
            assembler_handler(A, 0, 1, at, 3, 0);
        end_main();
        expect(way == GOOD ? NULL : says);
    }
    harness_stop();
}

TEST("a constructor calls those above it on its this, and no other") {
    enum { GOOD, ITSELF, ANOTHER, METHOD, WAYS };
    harness_start();
    make_lib();
    for (int way = GOOD; way < WAYS; way++) {
        Names n = begin();
        uint16_t own = assembler_method_ref(A, n.below, "", "init", 0, 0);
        assembler_method(A, way == METHOD ? "later" : "init", n.below, 0, 0);
        assembler_register(A, n.below);
        assembler_register(A, n.integer);
        if (way == ITSELF)
            assembler_call(A, OP_call, CALL_NO_RESULT, own, 1, 0);
        else
            assembler_call(A, OP_call, CALL_NO_RESULT, n.init, 2,
                           way == ANOTHER ? 1 : 0, 0);
        end_main();
        if (way == METHOD) {
            assembler_method(A, "init", n.below, 0, 0);
            end_main();
        }
        expect(way == GOOD ? NULL : "the object of a constructor is not new");
    }
    harness_stop();
}

/* ---- Variables ---- */

TEST("a let of a module is written by its $init, which nobody calls") {
    const char *says = "only the module's \"$init\" writes a \"let\"";
    harness_start();
    make_lib();
    for (int way = 0; way < 4; way++) {
        assembler_begin(A, "m");
        assembler_import(A, "lib");
        uint16_t integer = assembler_kind(A, MODULE_INT);
        assembler_variable(A, "x", integer, MODULE_LET);
        uint16_t x = assembler_var_ref(A, "m", "x", integer);
        uint16_t first = assembler_var_ref(A, "lib", "first", integer);
        uint16_t init = assembler_method_ref(A, 0, "lib", "$init", 0, 0);
        assembler_method(A, way == 1 ? "main" : "$init", 0, 0, 0);
        assembler_register(A, integer);
        if (way == 3)
            assembler_call(A, OP_call, CALL_NO_RESULT, init, 0);
        else
            assembler_word(A, OP_store_var, 0, way == 2 ? first : x, 0);
        end_main();
        expect(way == 0   ? NULL
               : way == 3 ? "only the VM calls \"$init\""
                          : says);
    }
    harness_stop();
}
