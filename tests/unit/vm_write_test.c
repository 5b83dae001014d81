/* The interpreter announces each page that it writes to: fields and variables
 * over several pages are stored to for the first time after a barrier, upwards
 * and downwards, and the auditor looks on. */
#include <stdio.h>

#include "persist/memory/snapshot.h"
#include "tests/test.h"
#include "tests/unit/vm_harness.h"

#define A (&harness_assembler)

enum { PLACES = 1500 }; /* over some pages, with two words each twice as many */

static uint16_t places[PLACES];

static const char *name_of(int number) {
    static char name[16];
    snprintf(name, sizeof name, "v%d", number);
    return name;
}

static void declare_fields(uint16_t object, uint16_t type, uint16_t flags) {
    static AssemblerField fields[PLACES];
    static char names[PLACES][16];
    for (int i = 0; i < PLACES; i++) {
        snprintf(names[i], sizeof names[i], "v%d", i);
        fields[i] = (AssemblerField){names[i], type, flags};
    }
    uint16_t big =
        assembler_class(A, "Big", object, 0, 0, NULL, PLACES, fields);
    for (int i = 0; i < PLACES; i++)
        places[i] = assembler_field_ref(A, big, names[i], type);
}

static void declare_variables(uint16_t type, uint16_t flags) {
    for (int i = 0; i < PLACES; i++) {
        assembler_variable(A, name_of(i), type, flags);
        places[i] = assembler_var_ref(A, "m", name_of(i), type);
    }
}

/* One store in each turn of an endless loop: R0 is the object, R1 or S0 what is
 * stored. */
static void make(uint16_t op, uint16_t flags, bool down) {
    bool of_module = op == OP_store_var || op == OP_store_var_ref;
    bool references = op == OP_put_ref || op == OP_store_var_ref;
    assembler_begin(A, "m");
    uint16_t integer = assembler_kind(A, MODULE_INT);
    uint16_t object = assembler_class_type(A, "core.Object");
    uint16_t type = references ? object : integer;
    if (of_module)
        declare_variables(type, flags);
    else
        declare_fields(object, type, flags);
    uint16_t big = of_module ? object : assembler_class_type(A, "m.Big");
    assembler_method(A, "main", 0, 0, 0);
    assembler_register(A, big);
    assembler_register(A, object);
    assembler_register(A, integer);
    assembler_word(A, OP_new, 0, big, 0);
    assembler_word(A, OP_new, 1, object, 0);
    assembler_word(A, OP_add_imm, 0, 0, 1);
    for (int i = 0; i < PLACES; i++) {
        uint16_t place = places[down ? PLACES - 1 - i : i];
        uint16_t value = references && !of_module;
        if (of_module)
            assembler_word(A, op, references, place, 0);
        else
            assembler_word(A, op, 0, value, place);
    }
    assembler_word(A, OP_jump, 0, 0, 2);
    assembler_end(A);
}

static void store_after_barriers(uint16_t op, uint16_t flags, bool down) {
    Domain *domain;
    int code;
    harness_start();
    make(op, flags, down);
    EXPECT(harness_load(A, false) != NULL);
    EXPECT_EQUAL(vm_start_app("m", "m", 16u << 20, 0, NULL, &domain),
                 STATUS_OK);
    vm_run(2);
    for (int turn = 0; turn < 3; turn++) {
        EXPECT_EQUAL(snapshot_now(), STATUS_OK);
        vm_run(2);
    }
    harness_restart();
    harness_check();
    vm_run(2);
    EXPECT(!vm_app_ended(domain, &code));
    harness_stop();
}

static void store_both_ways(uint16_t op, uint16_t flags) {
    store_after_barriers(op, flags, false);
    store_after_barriers(op, flags, true);
}

TEST("every store to a field is announced") {
    store_both_ways(OP_put, 0);
    store_both_ways(OP_put_ref, 0);
}

TEST("every store to a transient field is announced, both of its words") {
    store_both_ways(OP_put, MODULE_TRANSIENT);
    store_both_ways(OP_put_ref, MODULE_TRANSIENT);
}

TEST("every store to a variable is announced") {
    store_both_ways(OP_store_var, 0);
    store_both_ways(OP_store_var_ref, 0);
}

TEST("every store to a transient variable is announced, both of its words") {
    store_both_ways(OP_store_var, MODULE_TRANSIENT);
    store_both_ways(OP_store_var_ref, MODULE_TRANSIENT);
}
