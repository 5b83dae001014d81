/* Tests of exceptions, threads, waiting and apps, with a small module "core"
 * made by hand from the table of natives. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/vm_core.h"
#include "tests/unit/vm_harness.h"
#include "vm/run/domain.h"
#include "vm/run/thread.h"

#define A (&harness_assembler)

static uint64_t variable(const Domain *domain, size_t number) {
    const Array *all = domain->environments;
    for (uint64_t i = all->length; i-- > 0;)
        if (all->at.references[i])
            return *object_word(all->at.references[i], number + 1);
    return 0;
}

static void load_core(void) {
    core_begin(A);
    if (!harness_load(A, true))
        printf("  %s\n", harness_why);
}

static void load(void) {
    if (!harness_load(A, false))
        printf("  %s\n", harness_why);
}

/* Types and references that most of these tests use. */
static struct {
    uint16_t integer, object, exception, thread, function;
    uint16_t start, park, unpark, join, sleep, commit, current, invoke;
    uint16_t result;
} u;

/* Begins module m with a variable `result`; a class Body whose invoke0 is made
 * next. */
static void begin(void) {
    assembler_begin(A, "m");
    assembler_import(A, "core");
    u.integer = assembler_kind(A, MODULE_INT);
    u.object = assembler_class_type(A, "core.Object");
    u.exception = assembler_class_type(A, "core.Exception");
    u.thread = assembler_class_type(A, "core.Thread");
    u.function = assembler_class_type(A, "core.Function");
    u.start =
        assembler_method_ref(A, u.thread, "", "start", u.thread, 1, u.function);
    u.park = assembler_method_ref(A, u.thread, "", "park", 0, 0);
    u.unpark = assembler_method_ref(A, u.thread, "", "unpark", 0, 0);
    u.join = assembler_method_ref(A, u.thread, "", "join", 0, 0);
    u.current = assembler_method_ref(A, u.thread, "", "current", u.thread, 0);
    u.sleep =
        assembler_method_ref(A, 0, "core", "sleepNanoseconds", 0, 1, u.integer);
    u.commit = assembler_method_ref(A, 0, "core", "commit", 0, 0);
    assembler_variable(A, "result", u.integer, 0);
    u.result = assembler_var_ref(A, "m", "result", u.integer);
    assembler_class(A, "Body", u.function, 0, 0, NULL, 0, NULL);
}

static uint16_t body_type(void) {
    return assembler_class_type(A, "m.Body");
}

static void begin_invoke(void) {
    assembler_method(A, "invoke0", body_type(), MODULE_VIRTUAL, u.object);
    assembler_register(A, u.integer);
}

static void end_invoke(void) {
    assembler_word(A, OP_return_ref, 0, 0, 0);
    assembler_end(A);
}

/* main: R0 thread, R1 Body; S0. Starts a thread with the Body. */
static void begin_main(void) {
    assembler_method(A, "main", 0, 0, 0);
    assembler_register(A, u.thread);
    assembler_register(A, body_type());
    assembler_register(A, u.integer);
    assembler_word(A, OP_new, 1, body_type(), 0);
    assembler_call(A, OP_call, 0, u.start, 1, 1);
}

static void end_main(void) {
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
}

TEST("an exception is caught by the first handler that fits") {
    harness_start();
    load_core();
    assembler_begin(A, "m");
    uint16_t integer = assembler_kind(A, MODULE_INT);
    uint16_t bounds = assembler_class_type(A, "core.BoundsError");
    uint16_t division = assembler_class_type(A, "core.DivisionError");
    uint16_t fail = assembler_method_ref(A, 0, "m", "fail", integer, 0);
    assembler_import(A, "core");
    assembler_variable(A, "result", integer, 0);
    uint16_t result = assembler_var_ref(A, "m", "result", integer);
    assembler_method(A, "fail", 0, 0, integer);
    assembler_register(A, integer);
    assembler_register(A, integer);
    assembler_word(A, OP_div, 0, 0, 1);
    assembler_word(A, OP_return_value, 0, 0, 0);
    assembler_line(A, 0, 77);
    assembler_end(A);
    assembler_method(A, "main", 0, 0, 0);
    assembler_register(A, bounds);
    assembler_register(A, division);
    assembler_register(A, integer);
    assembler_call(A, OP_call, 0, fail, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_word(A, OP_small, 0, 1, 0);
    assembler_word(A, OP_store_var, 0, result, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_word(A, OP_small, 0, 2, 0);
    assembler_word(A, OP_store_var, 0, result, 0);
    assembler_word(A, OP_throw, 1, 0, 0);
    assembler_handler(A, 0, 1, 2, 0, bounds);
    assembler_handler(A, 0, 1, 5, 1, division);
    assembler_end(A);
    load();
    sim_log_clear();
    Domain *domain = harness_run("m", 100000);
    EXPECT_EQUAL(variable(domain, 0), 2);
    EXPECT(sim_log_find("app: m stopped: core.DivisionError"));
    const char *line = sim_log_find("app: m stopped");
    EXPECT(line && strstr(line, "test.rev:77"));
    harness_check();
    harness_stop();
}

TEST("a thread that is joined has ended, also after power cuts") {
    for (int cut = 0; cut < 12; cut++) {
        harness_start();
        load_core();
        begin();
        begin_invoke();
        assembler_word(A, OP_small, 0, 42, 0);
        assembler_word(A, OP_store_var, 0, u.result, 0);
        end_invoke();
        begin_main();
        assembler_call(A, OP_call, CALL_NO_RESULT, u.join, 1, 0);
        assembler_word(A, OP_load_var, 0, u.result, 0);
        assembler_word(A, OP_add_imm, 0, 0, 1);
        assembler_word(A, OP_store_var, 0, u.result, 0);
        end_main();
        load();
        Domain *domain;
        int code = 7;
        EXPECT_EQUAL(vm_start_app("m", "m", 4u << 20, 0, NULL, &domain),
                     STATUS_OK);
        for (int i = 0; i < 20; i++) {
            if (i == cut)
                harness_restart();
            harness_step(1);
        }
        EXPECT(vm_app_ended(domain, &code));
        EXPECT_EQUAL(code, 0);
        EXPECT_EQUAL(variable(domain, 0), 43);
        harness_check();
        harness_stop();
    }
}

TEST("a sleeper wakes when its time has come and not before") {
    harness_start();
    load_core();
    begin();
    begin_invoke();
    assembler_word(A, OP_small, 0, 20000, 0);
    assembler_call(A, OP_call, CALL_NO_RESULT, u.sleep, 1, 0);
    assembler_word(A, OP_store_var, 0, u.result, 0);
    end_invoke();
    begin_main();
    assembler_word(A, OP_small, 0, 10000, 0);
    assembler_call(A, OP_call, CALL_NO_RESULT, u.sleep, 1, 0);
    assembler_word(A, OP_store_var, 0, u.result, 0);
    end_main();
    sim_time_set_ns(1000000);
    load();
    Domain *domain;
    EXPECT_EQUAL(vm_start_app("m", "m", 4u << 20, 0, NULL, &domain), STATUS_OK);
    uint64_t wake = harness_step(1000);
    EXPECT(wake >= 1010000 && wake < 1012000);
    sim_time_set_ns(wake - 500);
    harness_step(1000);
    EXPECT_EQUAL(variable(domain, 0), 0);
    harness_check();
    harness_restart(); /* no time passes for sleepers while all is off */
    sim_time_set_ns(harness_step(1000));
    wake = harness_step(1000);
    EXPECT_EQUAL(variable(domain, 0), 10000);
    sim_time_set_ns(wake);
    EXPECT_EQUAL(harness_step(1000), UINT64_MAX);
    EXPECT_EQUAL(variable(domain, 0), 20000);
    harness_check();
    harness_stop();
}

/* Module NAME, whose main sleeps for so long and then sets `result` to 1. */
static void load_sleeper(const char *name, uint16_t ns) {
    assembler_begin(A, name);
    assembler_import(A, "core");
    uint16_t integer = assembler_kind(A, MODULE_INT);
    uint16_t sleep =
        assembler_method_ref(A, 0, "core", "sleepNanoseconds", 0, 1, integer);
    assembler_variable(A, "result", integer, 0);
    uint16_t result = assembler_var_ref(A, name, "result", integer);
    assembler_method(A, "main", 0, 0, 0);
    assembler_register(A, integer);
    assembler_word(A, OP_small, 0, ns, 0);
    assembler_call(A, OP_call, CALL_NO_RESULT, sleep, 1, 0);
    assembler_word(A, OP_small, 0, 1, 0);
    assembler_word(A, OP_store_var, 0, result, 0);
    end_main();
    load();
}

TEST("of several apps that sleep the first to wake says how long all may") {
    static const uint16_t sleeps[][3] = {
        {9000, 18000, 27000}, {27000, 18000, 9000}, {18000, 9000, 27000}};
    for (int i = 0; i < 3; i++) {
        Domain *apps[3];
        harness_start();
        load_core();
        sim_time_set_ns(1000000);
        for (int k = 0; k < 3; k++) {
            char name[2] = {(char)('a' + k), 0};
            load_sleeper(name, sleeps[i][k]);
            EXPECT_EQUAL(vm_start_app(name, name, 4u << 20, 0, NULL, &apps[k]),
                         STATUS_OK);
        }
        uint64_t wake = harness_step(3000);
        for (uint64_t at = 9000; at <= 27000; at += 9000) {
            EXPECT(wake >= 1000000 + at && wake < 1002000 + at);
            sim_time_set_ns(wake);
            wake = harness_step(3000);
            for (int k = 0; k < 3; k++)
                EXPECT_EQUAL(variable(apps[k], 0), sleeps[i][k] <= at);
        }
        EXPECT_EQUAL(wake, UINT64_MAX);
        harness_check();
        harness_stop();
    }
}

TEST("an unpark before the park is not lost") {
    harness_start();
    load_core();
    begin();
    begin_invoke();
    assembler_call(A, OP_call, CALL_NO_RESULT, u.park, 0);
    assembler_call(A, OP_call, CALL_NO_RESULT, u.park, 0);
    assembler_word(A, OP_small, 0, 5, 0);
    assembler_word(A, OP_store_var, 0, u.result, 0);
    end_invoke();
    begin_main();
    assembler_call(A, OP_call, CALL_NO_RESULT, u.unpark, 1, 0);
    assembler_word(A, OP_small, 0, 20000, 0);
    assembler_call(A, OP_call, CALL_NO_RESULT, u.sleep, 1, 0);
    assembler_call(A, OP_call, CALL_NO_RESULT, u.unpark, 1, 0);
    end_main();
    load();
    Domain *domain;
    sim_time_set_ns(1000000);
    EXPECT_EQUAL(vm_start_app("m", "m", 4u << 20, 0, NULL, &domain), STATUS_OK);
    harness_step(10000);
    EXPECT_EQUAL(variable(domain, 0), 0);
    harness_check();
    sim_time_set_ns(1030000);
    harness_step(10000);
    EXPECT_EQUAL(variable(domain, 0), 5);
    harness_check();
    harness_stop();
}

static Domain *start_commit(void) {
    harness_start();
    load_core();
    begin();
    begin_main();
    assembler_call(A, OP_call, CALL_NO_RESULT, u.commit, 0);
    assembler_word(A, OP_small, 0, 6, 0);
    assembler_word(A, OP_store_var, 0, u.result, 0);
    end_main();
    begin_invoke();
    end_invoke();
    load();
    Domain *domain = NULL;
    EXPECT_EQUAL(vm_start_app("m", "m", 4u << 20, 0, NULL, &domain), STATUS_OK);
    harness_step(10000);
    EXPECT(vm_snapshot_wanted());
    EXPECT_EQUAL(variable(domain, 0), 0);
    return domain;
}

TEST("commit returns when its generation is durable") {
    Domain *domain = start_commit();
    vm_generation_durable(1); /* of an earlier barrier */
    harness_step(10000);
    EXPECT_EQUAL(variable(domain, 0), 0);
    vm_barrier_taken();
    EXPECT(!vm_snapshot_wanted());
    vm_generation_durable(2);
    harness_step(10000);
    EXPECT_EQUAL(variable(domain, 0), 6);
    harness_check();
    harness_stop();
}

TEST("unpark() ends no commit, and the next park returns at once") {
    harness_start();
    load_core();
    begin();
    begin_invoke();
    assembler_call(A, OP_call, CALL_NO_RESULT, u.commit, 0);
    assembler_call(A, OP_call, CALL_NO_RESULT, u.park, 0);
    assembler_word(A, OP_small, 0, 6, 0);
    assembler_word(A, OP_store_var, 0, u.result, 0);
    end_invoke();
    begin_main();
    assembler_word(A, OP_small, 0, 20000, 0);
    assembler_call(A, OP_call, CALL_NO_RESULT, u.sleep, 1, 0);
    assembler_call(A, OP_call, CALL_NO_RESULT, u.unpark, 1, 0);
    end_main();
    load();
    Domain *domain;
    sim_time_set_ns(1000000);
    EXPECT_EQUAL(vm_start_app("m", "m", 4u << 20, 0, NULL, &domain), STATUS_OK);
    harness_step(10000);
    EXPECT(vm_snapshot_wanted());
    sim_time_set_ns(1030000);
    harness_step(10000);
    vm_barrier_taken();
    vm_generation_durable(1);
    EXPECT_EQUAL(variable(domain, 0), 0);
    harness_step(10000);
    EXPECT_EQUAL(variable(domain, 0), 6);
    harness_check();
    harness_stop();
}

TEST("a commit that was cut off returns after the restart") {
    Domain *domain = start_commit();
    harness_restart();
    harness_step(10000);
    EXPECT_EQUAL(variable(domain, 0), 6);
    harness_check();
    harness_stop();
}

TEST("apps share the machine and one that is killed leaves nothing") {
    harness_start();
    load_core();
    begin();
    begin_invoke();
    uint16_t again = assembler_word(A, OP_wrap_add_imm, 0, 0, 1);
    assembler_word(A, OP_store_var, 0, u.result, 0);
    assembler_word(A, OP_jump, 0, 0, again);
    assembler_end(A);
    begin_main();
    end_main();
    load();
    Domain *one, *two;
    int code;
    EXPECT_EQUAL(vm_start_app("m", "one", 4u << 20, 0, NULL, &one), STATUS_OK);
    EXPECT_EQUAL(vm_start_app("m", "two", 4u << 20, 0, NULL, &two), STATUS_OK);
    harness_step(1000000);
    uint64_t a = variable(one, 0), b = variable(two, 0);
    EXPECT(a > 100000 && b > 100000 && a < b + 50000 && b < a + 50000);
    harness_check();
    EXPECT_EQUAL(domain_kill(one), STATUS_OK);
    harness_check();
    harness_step(1000000);
    EXPECT(variable(two, 0) > b + 250000);
    vm_stop_app(two, "enough");
    EXPECT(vm_app_ended(two, &code));
    EXPECT_EQUAL(harness_step(1000), UINT64_MAX);
    harness_check();
    harness_stop();
}

TEST("threads and waits survive a collection at every safepoint") {
    harness_start();
    load_core();
    begin();
    begin_invoke();
    assembler_word(A, OP_small, 0, 21, 0);
    assembler_call(A, OP_call, CALL_NO_RESULT, u.sleep, 1, 0);
    assembler_word(A, OP_store_var, 0, u.result, 0);
    end_invoke();
    begin_main();
    assembler_call(A, OP_call, CALL_NO_RESULT, u.join, 1, 0);
    assembler_word(A, OP_load_var, 0, u.result, 0);
    assembler_word(A, OP_mul_imm, 0, 0, 2);
    assembler_word(A, OP_store_var, 0, u.result, 0);
    end_main();
    load();
    Domain *domain;
    vm_set_stress(1);
    EXPECT_EQUAL(vm_start_app("m", "m", 4u << 20, 0, NULL, &domain), STATUS_OK);
    for (uint64_t i = 0; i < 20; i++) {
        sim_time_set_ns(2000000 + i * 10);
        harness_step(10);
    }
    EXPECT_EQUAL(variable(domain, 0), 42);
    harness_check();
    harness_stop();
}

/* ---- Natives with hostile arguments ---- */

TEST("no native can be harmed by hostile arguments") {
    uint64_t state = 11;
    harness_start();
    load_core();
    for (size_t i = 0; natives_at(i); i++) {
        core_make_hostile(A, natives_at(i), &state);
        if (!harness_load(A, false)) {
            printf("  %s: %s\n", natives_at(i)->name, harness_why);
            EXPECT(!"the hostile module loads");
            continue;
        }
        Domain *domain;
        int code;
        EXPECT_EQUAL(vm_start_app("h", "h", 8u << 20, 0, NULL, &domain),
                     STATUS_OK);
        for (int k = 0; k < 4 && !vm_app_ended(domain, &code); k++)
            harness_step(20000);
        harness_check();
        EXPECT_EQUAL(domain_kill(domain), STATUS_OK);
    }
    harness_stop();
}

TEST("a domain has the variables of any number of modules") {
    char name[16];
    Domain *domain = NULL;
    harness_start();
    EXPECT_EQUAL(domain_create("test", 16u << 20, &domain), STATUS_OK);
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "m%d", i);
        assembler_begin(&harness_assembler, name);
        assembler_variable(&harness_assembler, "x",
                           assembler_kind(&harness_assembler, MODULE_INT), 0);
        Module *module = harness_load(&harness_assembler, false);
        EXPECT_EQUAL(domain_attach(domain, module), STATUS_OK);
        EXPECT(module->number < domain->environments->length);
    }
    harness_check();
    harness_stop();
}
