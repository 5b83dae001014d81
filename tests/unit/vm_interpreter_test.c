/* Tests of the interpreter, with hand-made code. */
#include <stdio.h>
#include <string.h>

#include "tests/test.h"
#include "tests/unit/vm_harness.h"

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

TEST("fib runs and gives the right number") {
    harness_start();
    make_fib(15);
    if (!harness_load(A, false))
        printf("  %s\n", harness_why);
    Domain *domain = harness_run("m", 10000000);
    EXPECT_EQUAL(variable(domain, 0), 610);
    harness_check();
    harness_stop();
}
