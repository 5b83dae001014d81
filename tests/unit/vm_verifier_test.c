/* Tests of the verifier and the file reader: what is bad is refused with a
 * sentence, and nothing crashes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"
#include "tests/test.h"
#include "kernel/base/bytes.h"
#include "tests/unit/vm_harness.h"
#include "vm/run/domain.h"

#define A (&harness_assembler)

/* A module with one of everything: a class with fields, an interface, virtual
 * and static methods, handlers, arrays, variables. main is made by the test:
 * registers R0 Object, R1 Node, R2 IntArray, R3 ObjectArray, R4 Exception, R5
 * String, R6 Other, R7 CharArray, R8 ByteArray, R9 Shape, R10 ValueError; S0,
 * S1 Int, S2 Double, S3 Bool, S4 Byte, S5 Char. */
typedef struct Sample {
    uint16_t integer, dbl, boolean, byte, character, object, node, ints,
        objects, exception, string, shape, plain, other;
    uint16_t next, value, fun, area, len, fixed, made, var, var_ref;
} Sample;

static Sample sample(void) {
    Sample s;
    assembler_begin(A, "m");
    s.integer = assembler_kind(A, MODULE_INT);
    s.dbl = assembler_kind(A, MODULE_DOUBLE);
    s.boolean = assembler_kind(A, MODULE_BOOL);
    s.byte = assembler_kind(A, MODULE_BYTE);
    s.character = assembler_kind(A, MODULE_CHAR);
    s.ints = assembler_kind(A, MODULE_INT_ARRAY);
    s.objects = assembler_kind(A, MODULE_OBJECT_ARRAY);
    s.object = assembler_class_type(A, "core.Object");
    s.exception = assembler_class_type(A, "core.Exception");
    s.string = assembler_class_type(A, "core.String");
    s.node = assembler_class_type(A, "m.Node");
    s.shape =
        assembler_class(A, "Shape", 0, MODULE_INTERFACE, 0, NULL, 0, NULL);
    AssemblerField fields[] = {{"next", s.node, 0},
                               {"value", s.integer, MODULE_TRANSIENT}};
    assembler_class(A, "Node", s.object, 0, 1, &s.shape, 2, fields);
    s.plain = assembler_class(A, "Plain", s.object, MODULE_ABSTRACT, 0, NULL, 0,
                              NULL);
    s.other = assembler_class(A, "Other", s.object, 0, 0, NULL, 0, NULL);
    s.next = assembler_field_ref(A, s.node, "next", s.node);
    s.value = assembler_field_ref(A, s.node, "value", s.integer);
    assembler_variable(A, "count", s.integer, 0);
    assembler_variable(A, "first", s.node, 0);
    s.var = assembler_var_ref(A, "m", "count", s.integer);
    s.var_ref = assembler_var_ref(A, "m", "first", s.node);
    s.fun =
        assembler_method_ref(A, 0, "m", "fun", s.integer, 2, s.node, s.integer);
    s.area = assembler_method_ref(A, s.shape, "", "area", s.dbl, 0);
    s.len = assembler_method_ref(A, s.node, "", "area", s.dbl, 0);
    s.fixed = assembler_method_ref(A, s.node, "", "fixed", 0, 0);
    s.made = assembler_method_ref(A, 0, "m", "made", s.node, 0);
    assembler_method(A, "area", s.shape, MODULE_VIRTUAL | MODULE_NO_CODE,
                     s.dbl);
    assembler_end(A);
    assembler_method(A, "area", s.node, MODULE_VIRTUAL, s.dbl);
    assembler_register(A, s.dbl);
    assembler_word(A, OP_return_value, 0, 0, 0);
    assembler_end(A);
    assembler_method(A, "fun", 0, 0, s.integer);
    assembler_parameter(A, s.node);
    assembler_parameter(A, s.integer);
    assembler_word(A, OP_return_value, 0, 0, 0);
    assembler_end(A);
    assembler_method(A, "fixed", s.node, 0, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
    assembler_method(A, "made", 0, 0, s.node);
    assembler_register(A, s.node);
    assembler_word(A, OP_return_ref, 0, 0, 0);
    assembler_end(A);
    assembler_constant(A, 0x110000);
    assembler_method(A, "main", 0, 0, 0);
    assembler_register(A, s.object);
    assembler_register(A, s.node);
    assembler_register(A, s.ints);
    assembler_register(A, s.objects);
    assembler_register(A, s.exception);
    assembler_register(A, s.string);
    assembler_register(A, s.other);
    assembler_register(A, assembler_kind(A, MODULE_CHAR_ARRAY));
    assembler_register(A, assembler_kind(A, MODULE_BYTE_ARRAY));
    assembler_register(A, s.shape);
    assembler_register(A, assembler_class_type(A, "core.ValueError"));
    assembler_register(A, s.integer);
    assembler_register(A, s.integer);
    assembler_register(A, s.dbl);
    assembler_register(A, s.boolean);
    assembler_register(A, s.byte);
    assembler_register(A, s.character);
    return s;
}

static bool accepted(void) {
    assembler_end(A);
    return harness_load(A, false) != NULL;
}

/* The code is `word`, then return. */
static bool word_is_accepted(uint16_t op, uint16_t x, uint16_t y, uint16_t z) {
    sample();
    assembler_word(A, op, x, y, z);
    assembler_word(A, OP_return, 0, 0, 0);
    return accepted();
}

TEST("good code is accepted, one instruction after the other") {
    harness_start();
    Sample s = sample();
    assembler_word(A, OP_new, 1, s.node, 0);
    assembler_word(A, OP_move_ref, 0, 1, 0);
    assembler_word(A, OP_cast, 1, 0, s.node);
    assembler_word(A, OP_is_a, 3, 0, s.shape);
    assembler_word(A, OP_put, 1, 0, s.value);
    assembler_word(A, OP_get, 1, 1, s.value);
    assembler_word(A, OP_put_ref, 1, 1, s.next);
    assembler_word(A, OP_get_ref, 1, 1, s.next);
    assembler_word(A, OP_box, 0, 2, 0);
    assembler_word(A, OP_unbox, 2, 0, 0);
    assembler_word(A, OP_small, 0, 4, 0);
    assembler_word(A, OP_new_array, 2, 0, s.ints);
    assembler_word(A, OP_array_length, 0, 2, 0);
    assembler_word(A, OP_new_array, 3, 0, s.objects);
    assembler_word(A, OP_array_get_word, 1, 2, 0);
    assembler_word(A, OP_array_get_ref, 0, 3, 0);
    assembler_word(A, OP_text, 5, 3, 0);
    assembler_call(A, OP_call, 1, s.fun, 2, 1, 0);
    assembler_call(A, OP_call_virtual, 2, s.len, 1, 1);
    assembler_call(A, OP_call_interface, CALL_NO_RESULT, s.area, 1, 0);
    assembler_word(A, OP_store_var, 0, s.var, 0);
    assembler_word(A, OP_store_var_ref, 1, s.var_ref, 0);
    assembler_word(A, OP_load_var_ref, 0, s.var_ref, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    bool good = accepted();
    if (!good)
        printf("  %s\n", harness_why);
    EXPECT(good);
    harness_check();
    harness_stop();
}

typedef struct BadWord {
    uint16_t op, a, b, c;
    const char *says;
} BadWord;

TEST("each kind of bad instruction is refused with its reason") {
    static const BadWord bad[] = {
        {OP_invalid, 0, 0, 0, "no such instruction"},
        {OP_COUNT, 0, 0, 0, "no such instruction"},
        {0xFFFF, 0, 0, 0, "no such instruction"},
        {OP_move_ref, 20, 0, 0, "no such R register"},
        {OP_move_ref, 1, 0, 0, "does not fit"},
        {OP_move_ref, 0, 1, 7, "unused operand"},
        {OP_move, 0, 2, 0, "different kinds"},
        {OP_small, 2, 0, 0, "does not fit"},
        {OP_small, 3, 2, 0, "does not fit"},
        {OP_small, 4, 256, 0, "does not fit"},
        {OP_constant, 5, 0, 0, "does not fit"},
        {OP_constant, 0, 1, 0, "outside its table"},
        {OP_text, 1, 0, 0, "does not fit"},
        {OP_add, 0, 1, 2, "another kind"},
        {OP_div_imm, 0, 0, 0, "divisor"},
        {OP_shl_imm, 0, 0, 64, "shift"},
        {OP_double_add, 2, 2, 0, "another kind"},
        {OP_eq, 3, 0, 4, "different kinds"},
        {OP_lt, 3, 2, 2, "whole-number"},
        {OP_jump, 0, 0, 2, "leads to no instruction"},
        {OP_jump, 0, 0, 60000, "leads to no instruction"},
        {OP_if_true, 0, 0, 0, "another kind"},
        {OP_new, 0, 0, 0, "the type is no class"},
        {OP_get, 1, 0, 0, "no such field"},
        {OP_cast, 1, 0, 0, "the type is no class"},
        {OP_box, 1, 0, 0, "does not fit"},
        {OP_array_length, 0, 0, 0, "no array"},
        {OP_array_get_word, 2, 2, 0, "other elements"},
        {OP_array_get_ref, 1, 3, 0, "class Object"},
        {OP_array_put_byte, 2, 0, 4, "other elements"},
        {OP_return_value, 0, 0, 0, "another kind"},
        {OP_return_ref, 0, 0, 0, "does not fit"},
        {OP_throw, 0, 0, 0, "only exceptions"},
        {OP_call, 0, 0, 0, "number of arguments"},
        {OP_call_virtual, CALL_NO_RESULT, 0, 0, "number of arguments"},
        {OP_load_var, 2, 0, 0, "another kind"},
        {OP_load_var_ref, 2, 1, 0, "does not fit"},
    };
    harness_start();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        bool good = word_is_accepted(bad[i].op, bad[i].a, bad[i].b, bad[i].c);
        bool right = !good && strstr(harness_why, bad[i].says);
        if (!right)
            printf("  word %zu: %s\n", i, good ? "accepted" : harness_why);
        EXPECT(right);
    }
    harness_check();
    harness_stop();
}

static void expect_refused(const char *says) {
    bool good = accepted();
    bool right = !good && strstr(harness_why, says);
    if (!right)
        printf("  %s: %s\n", says, good ? "accepted" : harness_why);
    EXPECT(right);
}

TEST("references and numbers must fit where they go") {
    harness_start();
    Sample s = sample();
    const BadWord bad[] = {
        {OP_move_ref, 6, 1, 0, "does not fit the register"},
        {OP_move_ref, 1, 9, 0, "does not fit the register"},
        {OP_move, 0, 3, 0, "different kinds"},
        {OP_get_ref, 6, 1, s.next, "does not fit the register"},
        {OP_get_ref, 1, 6, s.next, "no such field"},
        {OP_get_ref, 1, 9, s.next, "no such field"},
        {OP_get_ref, 1, 1, s.value, "does not fit the register"},
        {OP_get, 2, 1, s.value, "another kind"},
        {OP_get, 0, 1, s.next, "another kind"},
        {OP_put_ref, 1, 6, s.next, "does not fit the field"},
        {OP_put_ref, 1, 0, s.next, "does not fit the field"},
        {OP_put_ref, 0, 1, s.next, "no such field"},
        {OP_put, 1, 2, s.value, "another kind"},
        {OP_put, 6, 0, s.value, "no such field"},
        {OP_load_var_ref, 6, s.var_ref, 0, "does not fit the register"},
        {OP_load_var, 3, s.var, 0, "another kind"},
        {OP_store_var_ref, 6, s.var_ref, 0, "does not fit the variable"},
        {OP_store_var_ref, 0, s.var_ref, 0, "does not fit the variable"},
        {OP_store_var, 2, s.var, 0, "another kind"},
        {OP_new, 6, s.node, 0, "does not fit the register"},
        {OP_new, 9, s.shape, 0, "not made by new"},
        {OP_cast, 6, 0, s.node, "does not fit the register"},
        {OP_new_array, 5, 0, s.string, "no array"},
        {OP_new_array, 3, 0, s.ints, "does not fit the register"},
        {OP_array_put_ref, 2, 0, 1, "other elements"},
        {OP_array_put_char, 2, 0, 5, "other elements"},
        {OP_array_put_byte, 2, 0, 0, "other elements"},
        {OP_array_put_byte, 8, 0, 3, "other elements"},
        {OP_array_put_word, 8, 0, 0, "other elements"},
        {OP_array_get_byte, 0, 2, 0, "other elements"},
        {OP_array_get_char, 5, 8, 0, "other elements"},
        {OP_constant, 4, 0, 0, "does not fit"},
        {OP_constant, 3, 0, 0, "does not fit"},
        {OP_small, 5, 0x8000, 0, "does not fit"},
        {OP_div_imm, 0, 0, 0xFFFF, "divisor"},
        {OP_rem_imm, 0, 0, 0xFFFF, "divisor"},
        {OP_if_eq, 0, 4, 1, "different kinds"},
        {OP_if_le, 3, 5, 1, "different kinds"},
        {OP_call_virtual, CALL_NO_RESULT, 0, s.made, "not virtual"},
        {OP_call_interface, CALL_NO_RESULT, 0, s.made, "no interface"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        sample();
        assembler_word(A, bad[i].op, bad[i].a, bad[i].b, bad[i].c);
        assembler_word(A, OP_return, 0, 0, 0);
        expect_refused(bad[i].says);
    }
    harness_check();
    harness_stop();
}

static void expect_call_refused(uint16_t op, uint16_t result, uint16_t method,
                                uint16_t receiver, const char *says) {
    assembler_call(A, op, result, method, 1, receiver);
    assembler_word(A, OP_return, 0, 0, 0);
    expect_refused(says);
}

TEST("a call must be right for its method") {
    const uint16_t none = CALL_NO_RESULT;
    harness_start();
    Sample s = sample();
    expect_call_refused(OP_call, none, s.area, 1, "no code");
    sample();
    expect_call_refused(OP_call_virtual, none, s.fixed, 1, "not virtual");
    sample();
    expect_call_refused(OP_call_virtual, none, s.area, 1, "not virtual");
    sample();
    expect_call_refused(OP_call_interface, none, s.len, 1, "no interface");
    sample();
    expect_call_refused(OP_call, none, s.fixed, 6, "receiver");
    sample();
    expect_call_refused(OP_call, none, s.fixed, 0, "receiver");
    sample();
    expect_call_refused(OP_call_virtual, 0, s.len, 1, "another kind");
    sample();
    expect_call_refused(OP_call, 2, s.fixed, 1, "another kind");
    sample();
    assembler_call(A, OP_call, 6, s.made, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    expect_refused("does not fit");
    harness_check();
    harness_stop();
}

TEST("a result goes to a register that is there, of its kind") {
    harness_start();
    Sample s = sample();
    const uint16_t methods[] = {s.fixed, s.len, s.made};
    const uint16_t references = A->references; /* more than the others */
    for (size_t i = 0; i < 3; i++) {
        for (uint16_t to = 0; to < references + 2; to++) {
            sample();
            assembler_call(A, OP_call, to, methods[i], i < 2, 1);
            assembler_word(A, OP_return, 0, 0, 0);
            bool open = to == 0 || to == 9; /* R0 and R9 take any object */
            bool right = i == 1 ? to == 2 : i == 2 && (open || to == 1);
            EXPECT_EQUAL(accepted(), right);
        }
        sample();
        assembler_call(A, OP_call, UINT16_MAX - 1, methods[i], i < 2, 1);
        assembler_word(A, OP_return, 0, 0, 0);
        EXPECT(!accepted());
    }
    harness_stop();
}

TEST("what a method returns must be its result") {
    static const struct {
        uint16_t op;
        const char *says;
    } bad[] = {
        {OP_return, "a result is missing"},
        {OP_return_ref, "does not fit"},
        {OP_return_value, "another kind"},
    };
    harness_start();
    for (size_t i = 0; i < 3; i++) {
        Sample s = sample();
        assembler_word(A, OP_return, 0, 0, 0);
        assembler_end(A);
        assembler_method(A, "bad", 0, 0, s.node);
        assembler_register(A, s.other);
        assembler_register(A, s.integer);
        assembler_word(A, bad[i].op, 0, 0, 0);
        expect_refused(bad[i].says);
    }
    harness_stop();
}

TEST("targets of a switch are instructions, and it may fall through") {
    static const uint16_t bad[] = {1, 3, 5, 6, 0xFFFF};
    harness_start();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        Sample s = sample();
        assembler_word(A, OP_switch, 0, 2, 0);
        assembler_word(A, 4, bad[i], 0, 0);
        assembler_call(A, OP_call, 1, s.fun, 2, 1, 0);
        assembler_word(A, OP_return, 0, 0, 0);
        expect_refused("leads to no instruction");
    }
    sample();
    assembler_word(A, OP_switch, 0, 1, 0);
    assembler_word(A, 0, 0, 0, 0);
    expect_refused("falls through");
    harness_stop();
}

TEST("handlers begin, end and lead to where instructions begin") {
    static const struct {
        uint16_t from, end, at;
        bool good;
    } cases[] = {
        {0, 3, 2, true},  {0, 2, 0, true},  {2, 3, 2, true},  {1, 3, 2, false},
        {0, 1, 2, false}, {0, 3, 1, false}, {0, 4, 2, false}, {0, 3, 3, false},
        {2, 2, 0, false}, {3, 3, 0, false}, {3, 4, 0, false},
    };
    harness_start();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Sample s = sample();
        assembler_call(A, OP_call, 1, s.fun, 2, 1, 0);
        assembler_word(A, OP_return, 0, 0, 0);
        assembler_handler(A, cases[i].from, cases[i].end, cases[i].at, 4, 0);
        if (cases[i].good)
            EXPECT(accepted());
        else
            expect_refused("a handler leads to no instruction");
    }
    harness_stop();
}

TEST("code that falls through its end or is cut is refused") {
    harness_start();
    sample();
    assembler_word(A, OP_small, 0, 1, 0);
    EXPECT(!accepted());
    EXPECT(strstr(harness_why, "falls through"));
    Sample s = sample();
    assembler_word(A, OP_call, 0, 2, s.fun);
    EXPECT(!accepted());
    EXPECT(strstr(harness_why, "cut"));
    sample();
    EXPECT(!accepted());
    harness_stop();
}

TEST("branches into the arguments of a call are refused") {
    harness_start();
    Sample s = sample();
    assembler_call(A, OP_call, 1, s.fun, 2, 1, 0);
    assembler_word(A, OP_jump, 0, 0, 1);
    EXPECT(!accepted());
    EXPECT(strstr(harness_why, "leads to no instruction"));
    harness_stop();
}

TEST("arguments and results of calls must fit") {
    harness_start();
    Sample s = sample();
    assembler_call(A, OP_call, 1, s.fun, 2, 0, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    EXPECT(!accepted());
    s = sample();
    assembler_call(A, OP_call, 1, s.fun, 2, 1, 2);
    assembler_word(A, OP_return, 0, 0, 0);
    EXPECT(!accepted());
    s = sample();
    assembler_call(A, OP_call, 2, s.fun, 2, 1, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    EXPECT(!accepted());
    s = sample();
    assembler_call(A, OP_call, 1, s.fun, 2, 60, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    EXPECT(!accepted());
    harness_stop();
}

TEST("bad handlers are refused") {
    static const uint16_t bad[][5] = {
        {0, 0, 1, 4, 0}, {0, 9, 1, 4, 0},  {1, 0, 1, 4, 0},
        {0, 1, 9, 4, 0}, {0, 1, 1, 20, 0}, {0, 1, 1, 1, 0},
    };
    harness_start();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        sample();
        assembler_word(A, OP_small, 0, 1, 0);
        assembler_word(A, OP_return, 0, 0, 0);
        assembler_handler(A, bad[i][0], bad[i][1], bad[i][2], bad[i][3],
                          bad[i][4]);
        EXPECT(!accepted());
    }
    Sample s = sample();
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_handler(A, 0, 1, 0, 0, s.string);
    EXPECT(!accepted());
    harness_stop();
}

TEST("what a handler catches fits the register that gets it") {
    static const struct {
        const char *caught; /* NULL: any exception */
        uint16_t reg;
        bool good;
    } cases[] = {
        {NULL, 4, true},
        {NULL, 0, true},
        {NULL, 10, false},
        {NULL, 5, false},
        {"core.Exception", 4, true},
        {"core.Exception", 0, true},
        {"core.Exception", 10, false},
        {"core.ValueError", 10, true},
        {"core.ValueError", 4, true},
        {"core.ValueError", 0, true},
        {"core.ValueError", 1, false},
        {"core.BoundsError", 10, false},
    };
    harness_start();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *caught = cases[i].caught;
        sample();
        uint16_t type = caught ? assembler_class_type(A, caught) : 0;
        assembler_word(A, OP_return, 0, 0, 0);
        assembler_handler(A, 0, 1, 0, cases[i].reg, type);
        if (cases[i].good)
            EXPECT(accepted());
        else
            expect_refused("the exception does not fit the register");
    }
    harness_stop();
}

TEST("classes that contradict the rules are refused") {
    harness_start();
    Sample s = sample();
    assembler_word(A, OP_new, 0, s.plain, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    EXPECT(!accepted());
    EXPECT(strstr(harness_why, "not made by new"));
    assembler_begin(A, "m");
    uint16_t string = assembler_class_type(A, "core.String");
    assembler_class(A, "Mine", string, 0, 0, NULL, 0, NULL);
    EXPECT(!harness_load(A, false));
    EXPECT(strstr(harness_why, "superclass"));
    assembler_begin(A, "m");
    assembler_class(A, "Mine", 0, 0, 0, NULL, 0, NULL);
    EXPECT(!harness_load(A, false));
    assembler_begin(A, "m");
    uint16_t object = assembler_class_type(A, "core.Object");
    uint16_t mine = assembler_class(A, "Mine", object, 0, 0, NULL, 0, NULL);
    assembler_method(A, "gone", mine, MODULE_VIRTUAL | MODULE_NO_CODE, 0);
    assembler_end(A);
    EXPECT(!harness_load(A, false));
    assembler_begin(A, "m");
    assembler_method(A, "print", 0, MODULE_NATIVE, 0);
    assembler_end(A);
    EXPECT(!harness_load(A, false));
    EXPECT(strstr(harness_why, "only system modules"));
    harness_check();
    harness_stop();
}

TEST("no program takes the name of a system module") {
    harness_start();
    assembler_begin(A, "ui");
    EXPECT(harness_load(A, true) != NULL);
    assembler_begin(A, "ui");
    assembler_constant(A, 1);
    EXPECT(!harness_load(A, false));
    EXPECT(strstr(harness_why, "of the system"));
    EXPECT(harness_load(A, true) != NULL);
    harness_stop();
}

static Module *load_user(void) {
    assembler_begin(A, "user");
    assembler_import(A, "library");
    return harness_load(A, false);
}

static Module *load_library(uint64_t version) {
    assembler_begin(A, "library");
    assembler_constant(A, version);
    return harness_load(A, true);
}

TEST("an unchanged module is linked again when what it imports is newer") {
    harness_start();
    const Module *old = load_library(1);
    const Module *user = load_user();
    EXPECT(load_library(1) == old);
    EXPECT(load_user() == user);
    const Module *newer = load_library(2);
    EXPECT(newer != old);
    const Module *linked = load_user();
    EXPECT(linked != user);
    EXPECT(linked->imports->at.references[0] == &newer->head);
    EXPECT(user->imports->at.references[0] == &old->head);
    EXPECT(load_user() == linked);
    harness_check();
    harness_stop();
}

/* ---- Damaged files ---- */

static uint8_t good_file[1 << 14];
static size_t good_count;

static void make_good_file(void) {
    Sample s = sample();
    assembler_word(A, OP_new, 1, s.node, 0);
    assembler_word(A, OP_put, 1, 0, s.value);
    assembler_call(A, OP_call, 1, s.fun, 2, 1, 0);
    assembler_call(A, OP_call_interface, 2, s.area, 1, 1);
    assembler_word(A, OP_small, 0, 9, 0);
    assembler_word(A, OP_new_array, 2, 0, s.ints);
    assembler_word(A, OP_array_put_word, 2, 1, 0);
    assembler_word(A, OP_array_get_word, 0, 2, 1);
    assembler_word(A, OP_is_a, 3, 1, s.shape);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_handler(A, 0, 6, 6, 4, 0);
    assembler_line(A, 0, 10);
    assembler_end(A);
    good_count = assembler_finish(A);
    memcpy(good_file, A->file, good_count);
}

/* Loads a copy in memory of exactly its size, so that the sanitizer sees any
 * step beyond. */
static Status load_copy(const uint8_t *bytes, size_t count) {
    char buffer[300];
    Text why = text_on(buffer, sizeof buffer);
    Module *module;
    uint8_t *copy = malloc(count ? count : 1);
    memcpy(copy, bytes, count);
    Status status = vm_load_module(copy, count, false, &module, &why);
    free(copy);
    return status;
}

TEST("a module cut anywhere is refused") {
    harness_start();
    make_good_file();
    for (size_t count = 0; count < good_count; count++) {
        EXPECT_EQUAL(load_copy(good_file, count), STATUS_INVALID);
        if (count < MODULE_HEADER_BYTES)
            continue;
        uint8_t cut[sizeof good_file];
        memcpy(cut, good_file, count);
        bytes_put32(cut + 16, (uint32_t)count);
        assembler_seal(cut, count);
        EXPECT_EQUAL(load_copy(cut, count), STATUS_INVALID);
    }
    harness_stop();
}

TEST("a module with any bit flipped is refused by its hash") {
    harness_start();
    make_good_file();
    for (size_t i = 0; i < good_count; i++) {
        uint8_t flipped[sizeof good_file];
        memcpy(flipped, good_file, good_count);
        flipped[i] ^= (uint8_t)(1u << (i % 8));
        EXPECT_EQUAL(load_copy(flipped, good_count), STATUS_INVALID);
    }
    harness_stop();
}

/* What is accepted is run, in a VM of its own. */
static void run_mutant(void) {
    Domain *domain;
    int code;
    if (vm_start_app("m", "m", 2u << 20, 0, NULL, &domain) != STATUS_OK)
        return;
    for (int i = 0; i < 5 && !vm_app_ended(domain, &code); i++)
        vm_run(2000);
    EXPECT_EQUAL(domain_kill(domain), STATUS_OK);
}

CAMPAIGN("mutants are refused or run without harm") {
    uint64_t seed = 1, accepted_count = 0;
    const char *given = getenv("SEEDS");
    if (given)
        seed = strtoull(given, NULL, 10);
    uint64_t state = seed;
    harness_start();
    make_good_file();
    EXPECT_EQUAL(load_copy(good_file, good_count), STATUS_OK);
    for (int i = 0; i < 3000; i++) {
        uint8_t mutant[sizeof good_file];
        make_good_file();
        memcpy(mutant, good_file, good_count);
        unsigned changes = 1 + test_random(&state) % 3;
        while (changes-- > 0)
            mutant[20 + test_random(&state) % (good_count - 20)] =
                (uint8_t)(test_random(&state) % 4 ? test_random(&state) % 16
                                                  : test_random(&state));
        assembler_seal(mutant, good_count);
        if (load_copy(mutant, good_count) != STATUS_OK)
            continue;
        accepted_count++;
        run_mutant();
        if (accepted_count % 64)
            continue;
        harness_check();
        harness_stop();
        harness_start();
    }
    if (!accepted_count)
        printf("  seed %lu: no mutant was accepted\n", seed);
    EXPECT(accepted_count > 0);
    harness_check();
    harness_stop();
}

/* A function of `count` parameters, all numbers or all objects, that has one
 * register less; its code begins with what would be their type's number. */
static void make_cut_registers(unsigned count, bool scalar) {
    assembler_begin(A, "m");
    uint16_t type = scalar ? assembler_kind(A, MODULE_INT)
                           : assembler_class_type(A, "core.Object");
    assembler_method(A, "f", 0, 0, 0);
    for (unsigned i = 0; i < count; i++)
        assembler_parameter(A, type);
    if (scalar)
        A->scalars--, A->s_types.count -= 2;
    else
        A->references--, A->r_types.count -= 2;
    assembler_word(A, type, type, type, type);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
}

TEST("each parameter has a register of its own") {
    harness_start();
    for (unsigned count = 1; count < 5; count++)
        for (int scalar = 0; scalar < 2; scalar++) {
            make_cut_registers(count, scalar);
            EXPECT(!harness_load(A, false) && strstr(harness_why, "damaged"));
        }
    harness_stop();
}

/* The type of one register is that of the other kind. */
static void make_wrong_register(unsigned place, bool scalar) {
    assembler_begin(A, "m");
    uint16_t number = assembler_kind(A, MODULE_INT);
    uint16_t object = assembler_class_type(A, "core.Object");
    assembler_method(A, "f", 0, 0, 0);
    for (unsigned i = 0; i < 4; i++) {
        assembler_register(A, number);
        assembler_register(A, object);
    }
    AssemblerSection *types = scalar ? &A->s_types : &A->r_types;
    bytes_put16(types->bytes + (size_t)place * 2, scalar ? object : number);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
}

TEST("each register is of its kind") {
    harness_start();
    for (unsigned place = 0; place < 4; place++)
        for (int scalar = 0; scalar < 2; scalar++) {
            make_wrong_register(place, scalar);
            EXPECT(!harness_load(A, false) && strstr(harness_why, "damaged"));
        }
    harness_stop();
}

/* Of an open table of the system root, which is searched until a free place. */
static void expect_half_free(const Array *table) {
    uint64_t taken = 0;
    for (uint64_t i = 0; i < table->length; i++)
        taken += table->at.references[i] != NULL;
    EXPECT(taken * 2 <= table->length);
}

/* Names of methods that an interface has, each its own selector; so many that
 * the tables of them grow three times. */
TEST("there is a place for each of very many selectors") {
    enum { MODULES = 8, METHODS = 230 };
    for (int system = 0; system < 2; system++) {
        harness_start();
        for (unsigned m = 0; m < MODULES; m++) {
            char name[24];
            snprintf(name, sizeof name, "m%u", m);
            assembler_begin(A, name);
            uint16_t shape = assembler_class(A, "Shape", 0, MODULE_INTERFACE, 0,
                                             NULL, 0, NULL);
            for (unsigned i = 0; i < METHODS; i++) {
                snprintf(name, sizeof name, "s%u_%u", m, i);
                assembler_method(A, name, shape,
                                 MODULE_VIRTUAL | MODULE_NO_CODE, 0);
                assembler_end(A);
            }
            if (!harness_load(A, system))
                EXPECT(!"it is loaded");
            expect_half_free(ROOT->selectors);
            expect_half_free(ROOT->strings);
        }
        harness_check();
        harness_stop();
    }
}
