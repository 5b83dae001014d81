/* Tests of the interpreter, with hand-made code. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/vm_harness.h"
#include "vm/heap/collect.h"
#include "vm/run/exception.h"

#define A (&harness_assembler)

/* fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2); main stores fib(n) in the
 * variable `result`. */
static void make_fib(uint16_t n) {
    assembler_begin(A, "m");
    uint16_t none = 0, integer = assembler_kind(A, MODULE_INT);
    uint16_t fib = assembler_method_ref(A, 0, "m", "fib", integer, 1, integer);
    uint16_t result = assembler_var_ref(A, "m", "result", integer);
    assembler_variable(A, "result", integer, 0);
    assembler_method(A, "fib", 0, 0, integer);
    assembler_parameter(A, integer);
    assembler_register(A, integer);
    assembler_register(A, integer);
    assembler_word(A, OP_if_ge_imm, 0, 2, 2);
    assembler_word(A, OP_return_value, 0, 0, 0);
    assembler_word(A, OP_add_imm, 1, 0, (uint16_t)-1);
    assembler_call(A, OP_call, 1, fib, 1, 1);
    assembler_word(A, OP_add_imm, 2, 0, (uint16_t)-2);
    assembler_call(A, OP_call, 2, fib, 1, 2);
    assembler_word(A, OP_add, 1, 1, 2);
    assembler_word(A, OP_return_value, 1, 0, 0);
    assembler_end(A);
    assembler_method(A, "main", 0, 0, none);
    assembler_register(A, integer);
    assembler_word(A, OP_small, 0, n, 0);
    assembler_call(A, OP_call, 0, fib, 1, 0);
    assembler_word(A, OP_store_var, 0, result, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
}

/* The variable of the only module, by number. */
static uint64_t variable(const Domain *domain, size_t number) {
    const Array *all = domain->environments;
    return *object_word(all->at.references[0], number + 1);
}

static void load(void) {
    if (!harness_load(A, false))
        printf("  %s\n", harness_why);
}

TEST("fib runs and gives the right number") {
    harness_start();
    make_fib(15);
    load();
    Domain *domain = harness_run("m", 10000000);
    EXPECT_EQUAL(variable(domain, 0), 610);
    harness_check();
    harness_stop();
}

TEST("fib goes on after power cuts in the middle of it") {
    harness_start();
    make_fib(16);
    load();
    Domain *domain;
    int code, cuts = 0;
    EXPECT_EQUAL(vm_start_app("m", "m", 16u << 20, 0, NULL, &domain),
                 STATUS_OK);
    while (!vm_app_ended(domain, &code) && cuts < 200) {
        harness_step(211);
        if (cuts++ % 5 == 0)
            harness_restart();
    }
    EXPECT(cuts > 10);
    EXPECT_EQUAL(variable(domain, 0), 987);
    harness_check();
    harness_stop();
}

/* depth(n) = n == 0 ? 0 : 1 + depth(n - 1) */
static void make_depth(int32_t n) {
    assembler_begin(A, "m");
    uint16_t integer = assembler_kind(A, MODULE_INT);
    uint16_t depth =
        assembler_method_ref(A, 0, "m", "depth", integer, 1, integer);
    uint16_t result = assembler_var_ref(A, "m", "result", integer);
    uint16_t constant = assembler_constant(A, (uint64_t)n);
    assembler_variable(A, "result", integer, 0);
    assembler_method(A, "depth", 0, 0, integer);
    assembler_parameter(A, integer);
    assembler_register(A, integer);
    assembler_word(A, OP_if_ne_imm, 0, 0, 2);
    assembler_word(A, OP_return_value, 0, 0, 0);
    assembler_word(A, OP_add_imm, 1, 0, (uint16_t)-1);
    assembler_call(A, OP_call, 1, depth, 1, 1);
    assembler_word(A, OP_add_imm, 1, 1, 1);
    assembler_word(A, OP_return_value, 1, 0, 0);
    assembler_end(A);
    assembler_method(A, "main", 0, 0, 0);
    assembler_register(A, integer);
    assembler_word(A, OP_constant, 0, constant, 0);
    assembler_call(A, OP_call, 0, depth, 1, 0);
    assembler_word(A, OP_store_var, 0, result, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
}

TEST("deep recursion makes the stack grow") {
    harness_start();
    make_depth(20000);
    load();
    Domain *domain = harness_run("m", 10000000);
    EXPECT_EQUAL(variable(domain, 0), 20000);
    harness_check();
    harness_stop();
}

TEST("endless recursion ends in StackError and stops only its app") {
    harness_start();
    make_depth(-1);
    load();
    sim_log_clear();
    int code;
    Domain *domain = harness_run("m", 100000000);
    EXPECT(vm_app_ended(domain, &code));
    EXPECT_EQUAL(code, 1);
    EXPECT(sim_log_find("app: m stopped: core.StackError"));
    harness_check();
    harness_stop();
}

/* ---- Edges of single instructions ---- */

/* Begins main of a module m with an Int variable `result` and registers S0, S1
 * of these values, S2 0. */
static uint16_t begin_numbers(int64_t first, int64_t second) {
    assembler_begin(A, "m");
    uint16_t integer = assembler_kind(A, MODULE_INT);
    uint16_t result = assembler_var_ref(A, "m", "result", integer);
    assembler_variable(A, "result", integer, 0);
    assembler_method(A, "main", 0, 0, 0);
    for (int i = 0; i < 3; i++)
        assembler_register(A, integer);
    assembler_word(A, OP_constant, 0, assembler_constant(A, (uint64_t)first),
                   0);
    assembler_word(A, OP_constant, 1, assembler_constant(A, (uint64_t)second),
                   0);
    return result;
}

static void end_numbers(uint16_t from, uint16_t result) {
    assembler_word(A, OP_store_var, from, result, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
}

/* What S0 is after `op` with S0, S1 as a loop of no words. */
static int64_t counted(uint16_t op, int64_t from, int64_t end) {
    harness_start();
    uint16_t result = begin_numbers(from, end);
    assembler_word(A, op, 0, 1, 2);
    end_numbers(0, result);
    load();
    sim_log_clear();
    Domain *domain = harness_run("m", 10000);
    int64_t number = (int64_t)variable(domain, 0);
    harness_stop();
    return number;
}

TEST("counting loops end at their edge") {
    EXPECT_EQUAL(counted(OP_loop_lt, 3, 7), 7);
    EXPECT_EQUAL(counted(OP_loop_lt, 7, 3), 8);
    EXPECT_EQUAL(counted(OP_loop_lt, INT64_MAX - 2, INT64_MAX), INT64_MAX);
    EXPECT_EQUAL(counted(OP_loop_up, 3, 7), 7);
    EXPECT_EQUAL(counted(OP_loop_up, 7, 3), 7);
    EXPECT_EQUAL(counted(OP_loop_up, INT64_MAX - 2, INT64_MAX), INT64_MAX);
    EXPECT_EQUAL(counted(OP_loop_up, INT64_MAX, INT64_MAX), INT64_MAX);
}

TEST("counting past the largest Int throws and changes nothing") {
    for (int64_t end = INT64_MAX - 1; end < INT64_MAX; end++) {
        harness_start();
        uint16_t result = begin_numbers(INT64_MAX, end);
        uint16_t exception = assembler_class_type(A, "core.OverflowError");
        assembler_register(A, exception);
        assembler_word(A, OP_loop_lt, 0, 1, 2);
        assembler_word(A, OP_return, 0, 0, 0);
        assembler_handler(A, 2, 3, 4, 0, exception);
        end_numbers(0, result);
        load();
        Domain *domain = harness_run("m", 10000);
        EXPECT_EQUAL(variable(domain, 0), INT64_MAX);
        harness_check();
        harness_stop();
    }
}

/* S2 counts turns of a loop whose way back is `word`s. */
static void expect_slices(uint16_t op) {
    Domain *domain;
    int code;
    harness_start();
    uint16_t result = begin_numbers(0, 100000);
    assembler_word(A, OP_add_imm, 2, 2, 1);
    assembler_word(A, OP_if_le, 1, 2, op == OP_switch ? 6 : 5);
    assembler_word(A, op, 0, op == OP_switch ? 1 : 0, op == OP_switch ? 0 : 2);
    if (op == OP_switch)
        assembler_word(A, 2, 0, 0, 0);
    end_numbers(2, result);
    load();
    EXPECT_EQUAL(vm_start_app("m", "m", 16u << 20, 0, NULL, &domain),
                 STATUS_OK);
    vm_run(1000);
    EXPECT(!vm_app_ended(domain, &code));
    for (int i = 0; i < 500; i++)
        vm_run(1000);
    EXPECT(vm_app_ended(domain, &code));
    EXPECT_EQUAL(variable(domain, 0), 100000);
    harness_stop();
}

TEST("a loop of one instruction ends a slice in time") {
    Domain *domain;
    int code;
    harness_start();
    uint16_t result = begin_numbers(0, 100000);
    assembler_word(A, OP_loop_lt, 0, 1, 2);
    end_numbers(0, result);
    load();
    EXPECT_EQUAL(vm_start_app("m", "m", 16u << 20, 0, NULL, &domain),
                 STATUS_OK);
    vm_run(1000);
    EXPECT(!vm_app_ended(domain, &code));
    harness_stop();
}

TEST("every way back ends a slice in time") {
    expect_slices(OP_jump);
    expect_slices(OP_switch);
}

TEST("a switch goes to its targets and past them") {
    static const struct {
        int64_t value, wanted;
    } cases[] = {
        {0, 10}, {1, 11},        {4, 14},        {5, 1},
        {-1, 1}, {INT64_MAX, 1}, {INT64_MIN, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        harness_start();
        uint16_t result = begin_numbers(cases[i].value, 1);
        assembler_word(A, OP_switch, 0, 5, 0);
        assembler_word(A, 6, 8, 10, 12);
        assembler_word(A, 14, 0, 0, 0);
        uint16_t out = assembler_word(A, OP_jump, 0, 0, 16);
        for (uint16_t k = 0; k < 5; k++) {
            assembler_word(A, OP_small, 1, (uint16_t)(10 + k), 0);
            assembler_word(A, OP_jump, 0, 0, 16);
        }
        EXPECT_EQUAL(out, 5);
        end_numbers(1, result);
        load();
        Domain *domain = harness_run("m", 10000);
        EXPECT_EQUAL(variable(domain, 0), cases[i].wanted);
        harness_stop();
    }
}

TEST("a switch whose table is full does not go by what lies behind it") {
    for (int64_t value = 3; value < 6; value++) {
        harness_start();
        uint16_t result = begin_numbers(value, 1);
        assembler_word(A, OP_switch, 0, 4, 0);
        assembler_word(A, 5, 5, 5, 5);
        assembler_word(A, OP_jump, 0, 0, 6);
        assembler_word(A, OP_small, 1, 9, 0);
        end_numbers(1, result);
        load();
        Domain *domain = harness_run("m", 10000);
        EXPECT_EQUAL(variable(domain, 0), value < 4 ? 9 : 1);
        harness_stop();
    }
}

TEST("a handler does not cover the instruction behind its range") {
    harness_start();
    uint16_t result = begin_numbers(INT64_MAX, INT64_MAX - 1);
    uint16_t exception = assembler_class_type(A, "core.OverflowError");
    assembler_register(A, exception);
    assembler_word(A, OP_loop_lt, 0, 1, 2);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_handler(A, 0, 2, 4, 0, exception);
    end_numbers(0, result);
    load();
    Domain *domain = harness_run("m", 10000);
    EXPECT_EQUAL(variable(domain, 0), 0); /* nobody caught it */
    EXPECT_EQUAL(domain->exit_code, 1);
    harness_stop();
}

/* A linked list of `n` nodes is made and forgotten `rounds` times; the sum of
 * its numbers goes into `result`. */
static void make_lists(uint16_t n, uint16_t rounds) {
    assembler_begin(A, "m");
    uint16_t integer = assembler_kind(A, MODULE_INT);
    uint16_t object = assembler_class_type(A, "core.Object");
    uint16_t node = assembler_class_type(A, "m.Node");
    AssemblerField fields[] = {{"next", node, 0}, {"value", integer, 0}};
    assembler_class(A, "Node", object, 0, 0, NULL, 2, fields);
    uint16_t next = assembler_field_ref(A, node, "next", node);
    uint16_t value = assembler_field_ref(A, node, "value", integer);
    uint16_t result = assembler_var_ref(A, "m", "result", integer);
    assembler_variable(A, "result", integer, 0);
    assembler_method(A, "main", 0, 0, 0);
    uint16_t list = assembler_register(A, node);
    uint16_t fresh = assembler_register(A, node);
    uint16_t i = assembler_register(A, integer);
    uint16_t count = assembler_register(A, integer);
    uint16_t sum = assembler_register(A, integer);
    uint16_t round = assembler_register(A, integer);
    uint16_t last = assembler_register(A, integer);
    uint16_t part = assembler_register(A, integer);
    assembler_word(A, OP_small, count, n, 0);
    assembler_word(A, OP_small, last, rounds, 0);
    uint16_t outer = assembler_word(A, OP_small, i, 0, 0);
    assembler_word(A, OP_null, list, 0, 0);
    uint16_t inner = assembler_word(A, OP_new, fresh, node, 0);
    assembler_word(A, OP_put_ref, fresh, list, next);
    assembler_word(A, OP_put, fresh, i, value);
    assembler_word(A, OP_move_ref, list, fresh, 0);
    assembler_word(A, OP_loop_lt, i, count, inner);
    uint16_t walk = assembler_word(A, OP_if_null, list, 0, 0);
    assembler_word(A, OP_get, part, list, value);
    assembler_word(A, OP_add, sum, sum, part);
    assembler_word(A, OP_get_ref, list, list, next);
    uint16_t back = assembler_word(A, OP_jump, 0, 0, walk);
    assembler_patch(A, walk, (uint16_t)(back + 1));
    assembler_word(A, OP_loop_lt, round, last, outer);
    assembler_word(A, OP_store_var, sum, result, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
}

TEST("garbage is collected when the domain reaches its limit") {
    harness_start();
    make_lists(2000, 600);
    load();
    Domain *domain = harness_run("m", 100000000);
    EXPECT_EQUAL(variable(domain, 0), 600ull * 1999 * 2000 / 2);
    EXPECT(collect_figures().collections > 0);
    EXPECT(domain->used_bytes < 16u << 20);
    harness_check();
    harness_stop();
}

TEST("nothing is lost with a poisoning collection at every safepoint") {
    harness_start();
    make_lists(20, 10);
    load();
    vm_set_stress(1);
    Domain *domain = harness_run("m", 1000000);
    EXPECT_EQUAL(variable(domain, 0), 10ull * 19 * 20 / 2);
    harness_check();
    harness_stop();
}

TEST("what is really too much ends in MemoryError") {
    harness_start();
    make_lists(32767, 1);
    load();
    Domain *domain = NULL;
    int code;
    sim_log_clear();
    EXPECT_EQUAL(vm_start_app("m", "m", 1u << 20, 0, NULL, &domain), STATUS_OK);
    for (int i = 0; i < 100 && !vm_app_ended(domain, &code); i++)
        harness_step(100000);
    EXPECT(sim_log_find("app: m stopped: core.MemoryError"));
    harness_check();
    harness_stop();
}

TEST("an app at its limit ends while another one runs") {
    Domain *small = NULL, *other = NULL;
    int code;
    harness_start();
    make_lists(32767, 30000);
    load();
    EXPECT_EQUAL(vm_start_app("m", "small", 1u << 20, 0, NULL, &small),
                 STATUS_OK);
    EXPECT_EQUAL(vm_start_app("m", "other", 64u << 20, 0, NULL, &other),
                 STATUS_OK);
    for (int i = 0; i < 20; i++)
        harness_step(100000);
    EXPECT(vm_app_ended(small, &code));
    EXPECT(!vm_app_ended(other, &code));
    harness_check();
    harness_stop();
}

/* main asks for 2 MB again and again and goes on when there is none. */
static void make_stubborn(void) {
    assembler_begin(A, "m");
    uint16_t integer = assembler_kind(A, MODULE_INT);
    uint16_t ints = assembler_kind(A, MODULE_INT_ARRAY);
    uint16_t error = assembler_class_type(A, "core.MemoryError");
    assembler_method(A, "main", 0, 0, 0);
    uint16_t array = assembler_register(A, ints);
    uint16_t caught = assembler_register(A, error);
    uint16_t n = assembler_register(A, integer);
    assembler_word(A, OP_small, n, 32767, 0);
    assembler_word(A, OP_mul_imm, n, n, 8);
    uint16_t ask = assembler_word(A, OP_new_array, array, n, ints);
    assembler_word(A, OP_jump, 0, 0, ask);
    uint16_t handler = assembler_word(A, OP_jump, 0, 0, ask);
    assembler_handler(A, ask, handler, handler, caught, error);
    assembler_end(A);
}

TEST("a program at its limit that goes on collects a few times a turn") {
    Domain *domain = NULL;
    int code;
    harness_start();
    make_stubborn();
    load();
    EXPECT_EQUAL(vm_start_app("m", "m", 1u << 20, 0, NULL, &domain), STATUS_OK);
    uint64_t before = collect_figures().collections;
    harness_step(100000);
    uint64_t collections = collect_figures().collections - before;
    EXPECT(collections > 1 && collections <= 6);
    EXPECT(!vm_app_ended(domain, &code));
    harness_stop();
}
