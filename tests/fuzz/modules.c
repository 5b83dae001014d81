/* Modules made at random: two of three are right, are loaded and run for some
 * thousand units; the third breaks one rule, each in turn, and must be refused.
 *
 * usage: module-fuzz COUNT|SECONDSs [--table]
 * $SEED is the first module's seed; each has the next. A finding says which.
 * --table shows how often each instruction was accepted, and refused for each
 * part of it. With many modules none of that may be 0. Ends in "N passed, N
 * failed". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/fuzz/fuzz.h"
#include "tests/language/machine.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/vm_core.h"
#include "vm/run/domain.h"
#include "vm/run/vm.h"

enum {
    PER_MACHINE = 200, /* modules in one life of a machine */
    LOOKS = 8,
    UNITS = 600, /* between two looks */
    MANY = 8000, /* modules that meet everything */
    CELLS_MOST = 1024,
};

Plan plan;
Assembler fuzz_assembler;

/* What a broken module breaks: a part of an instruction, a handler, or a
 * declaration. */
typedef struct Cell {
    Opcode op;
    unsigned part; /* 0: not an instruction */
    int handler, declaration;
    uint64_t refused;
} Cell;

static Cell cells[CELLS_MOST];
static unsigned cell_count;
static uint64_t accepted[OP_COUNT];
static uint64_t ran, refused, state;
static unsigned failures;

static const char *const op_names[] = {
#define OPCODE(name, a, b, c, rule, meaning) #name,
#include "vm/code/opcodes.def"
#undef OPCODE
};

void fuzz_seed(uint64_t seed) {
    state = seed * 0x9E3779B97F4A7C15u;
}

uint32_t fuzz_below(uint32_t limit) {
    return limit ? (uint32_t)(test_random(&state) % limit) : 0;
}

bool fuzz_one_in(uint32_t count) {
    return fuzz_below(count) == 0;
}

static void make_cells(void) {
    for (int op = 0; op < OP_COUNT; op++)
        for (unsigned part = 1; part < 1u << PARTS; part *= 2)
            if (judge_can_break((Opcode)op, part))
                cells[cell_count++] = (Cell){(Opcode)op, part, -1, -1, 0};
    for (int way = 0; way < (int)BODY_HANDLER_WAYS; way++)
        cells[cell_count++] = (Cell){.handler = way, .declaration = -1};
    for (unsigned way = 0; way < broken_count(); way++)
        cells[cell_count++] = (Cell){.handler = -1, .declaration = (int)way};
}

static void name_cell(const Cell *cell, char *to, size_t size) {
    static const char *const parts[] = {"a",      "b",      "c",     "rule 1",
                                        "rule 2", "rule 3", "rule 4"};
    if (cell->declaration >= 0)
        snprintf(to, size, "declaration %s",
                 broken_name((unsigned)cell->declaration));
    else if (cell->handler >= 0)
        snprintf(to, size, "handler %d", cell->handler);
    else
        snprintf(to, size, "%s %s", op_names[cell->op],
                 parts[__builtin_ctz(cell->part)]);
}

static void found(uint64_t seed, const char *what, const char *why) {
    printf("module-fuzz: SEED=%lu: %s: %s\n", (unsigned long)seed, what, why);
    fflush(stdout);
    failures++;
}

/* ---- Machines ---- */

static void load_or_die(size_t size, bool system) {
    char buffer[300];
    Text why = text_on(buffer, sizeof buffer);
    if (machine_load(fuzz_assembler.file, size, system, &why))
        return;
    printf("module-fuzz: a library is refused: %s\n", text_end(&why));
    exit(2);
}

static void begin_machine(void) {
    if (!machine_start()) {
        printf("module-fuzz: no machine\n");
        exit(2);
    }
    core_begin(&fuzz_assembler);
    load_or_die(assembler_finish(&fuzz_assembler), true);
    load_or_die(declare_lib(), false);
}

/* ---- One module ---- */

static void count_instructions(void) {
    for (unsigned i = 0; i < plan.body_count; i++)
        for (unsigned k = 0; k < plan.bodies[i].count; k++)
            accepted[plan.bodies[i].list[k].word.op]++;
}

/* NULL: it is right. */
static Cell *make(uint64_t seed, bool broken, uint64_t number) {
    Cell *cell = NULL;
    fuzz_seed(seed);
    declare_module();
    body_fill_all();
    if (broken) {
        Cell *wanted = &cells[number % cell_count];
        bool done = wanted->declaration >= 0;
        if (wanted->part)
            done = body_break(wanted->op, wanted->part);
        else if (wanted->handler >= 0)
            done = body_break_handler((unsigned)wanted->handler);
        cell = done ? wanted : NULL;
    }
    body_write_all();
    if (cell && cell->declaration >= 0)
        broken_make((unsigned)cell->declaration);
    return cell;
}

static void run(uint64_t seed, Domain *domain) {
    const char *what = NULL;
    for (int i = 1; i <= LOOKS && !what; i++) {
        vm_run(UNITS);
        what = oracle_look(domain, domain->program, i == LOOKS);
    }
    if (what)
        found(seed, "after a run", what);
    ran++;
}

static void try_one(uint64_t seed, bool broken, uint64_t number) {
    char buffer[300], name[64];
    Text why = text_on(buffer, sizeof buffer);
    Domain *domain = NULL;
    Cell *cell = make(seed, broken, number);
    size_t size = assembler_finish(&fuzz_assembler);
    plan.strings = fuzz_assembler.counts[0];
    Status status = vm_start_program(fuzz_assembler.file, size, "m", 16u << 20,
                                     0, NULL, &domain, &why);
    text_end(&why);
    if (cell) {
        name_cell(cell, name, sizeof name);
        if (status != STATUS_INVALID || !buffer[0])
            found(seed, "it must be refused", name);
        cell->refused++;
        refused++;
    } else if (status != STATUS_OK) {
        found(seed, "it must be accepted", buffer);
    } else {
        count_instructions();
        run(seed, domain);
    }
    if (status == STATUS_OK && domain_kill(domain) != STATUS_OK)
        found(seed, "it cannot be ended", "");
}

/* ---- All ---- */

static void show_table(void) {
    char name[64];
    for (int op = 1; op < OP_COUNT; op++)
        printf("%-18s accepted %8lu\n", op_names[op],
               (unsigned long)accepted[op]);
    for (unsigned i = 0; i < cell_count; i++) {
        name_cell(&cells[i], name, sizeof name);
        printf("%-32s refused %8lu\n", name, (unsigned long)cells[i].refused);
    }
}

static void check_table(void) {
    char name[64];
    for (int op = 1; op < OP_COUNT; op++)
        if (!accepted[op])
            found(0, "never accepted", op_names[op]);
    for (unsigned i = 0; i < cell_count; i++) {
        name_cell(&cells[i], name, sizeof name);
        if (!cells[i].refused)
            found(0, "never refused", name);
    }
}

int main(int count, char **words) {
    const char *seed_text = getenv("SEED");
    uint64_t seed = seed_text ? strtoull(seed_text, NULL, 10) : 1;
    char *end = NULL;
    uint64_t most = count > 1 ? strtoull(words[1], &end, 10) : 0;
    if (!most || (*end && strcmp(end, "s"))) {
        fprintf(stderr, "usage: module-fuzz COUNT|SECONDSs [--table]\n");
        return 2;
    }
    time_t until = *end ? time(NULL) + (time_t)most : 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    sim_start();
    make_cells();
    printf("module-fuzz: SEED=%lu\n", (unsigned long)seed);
    uint64_t i = 0;
    for (; (until ? time(NULL) < until : i < most) && failures < 10; i++) {
        if (i % PER_MACHINE == 0)
            begin_machine();
        /* What a seed makes does not depend on where the run began. */
        try_one(seed + i, (seed + i) % 3 == 0, (seed + i) / 3);
        if (i % PER_MACHINE == PER_MACHINE - 1)
            machine_stop();
    }
    if (i >= MANY)
        check_table();
    if (count > 2)
        show_table();
    printf("module-fuzz: %lu modules, %lu ran, %lu refused\n", (unsigned long)i,
           (unsigned long)ran, (unsigned long)refused);
    printf("%lu passed, %u failed\n", (unsigned long)(i - failures), failures);
    return failures != 0;
}
