/* Tests of how the compiler gives way, and of compilations on stacks of their
 * own (vm/compiler/work.h, vm/native/compilation.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/platform.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/compiler_core.h"
#include "vm/native/compilation.h"

enum { STEP = COMPILATION_UNITS, LINE_BYTES = 65536, LUMP_MOST = 100000 };

/* ---- Long lines ---- */

static char long_line[LINE_BYTES + 1];

/* `head`, then as many pieces as there is room for, with their number where one
 * has %d, then `tail`. */
static CompilerSource fill(const char *head, const char *piece,
                           const char *tail) {
    size_t at = (size_t)sprintf(long_line, "%s", head);
    for (int i = 0; at < LINE_BYTES - 100; i++)
        at += (size_t)snprintf(long_line + at, 100, piece, i, i);
    at += (size_t)sprintf(long_line + at, "%s", tail);
    return (CompilerSource){"line", long_line, at};
}

static CompilerRequest request_of(const CompilerSource *source) {
    static CompilerLibrary core;
    core = compiler_core();
    return (CompilerRequest){.module = "line",
                             .sources = source,
                             .source_count = 1,
                             .libraries = &core,
                             .library_count = 1,
                             .line = true};
}

/* ---- Giving way ---- */

static int64_t most_beyond;
static uint64_t times;

static void look_and_go_on(void) {
    if (-compiler_allowed() > most_beyond)
        most_beyond = -compiler_allowed();
    times++;
    compiler_allow(STEP, look_and_go_on);
}

static const struct {
    const char *head, *piece, *tail;
    uint64_t least; /* steps */
} shapes[] = {
    {"", "let x%d = %d\n", "", 200},
    {"", "unknown%d\n", "", 500},
    {"", "1+", "1", 50},
    {"[", "1,", "1]", 50},
    {"", "class C%d {}\n", "", 200},
    {"", "fun f%d(): Int => f%d()\n", "", 200},
    {"class A {\n", "fun m%d() {}\n", "}\n", 200},
    {"enum E { ", "c%d,", "z }\n", 200},
    {"match 3 {", "%d => %d\n", "else => 1 }\n", 50},
    {"\"", "a", "\"", 10},
    {"/*", "a", "*/1", 10},
    {"", "/// doc\n", "fun f() {}", 10},
    {"", "(", "", 50},
    {"", "1.5e300 ", "", 500},
    {"fun f(", "a%d: Int, ", "z: Int) {}\n", 200},
    {"", "var a%d: Int? = 1\nif a%d != null { }\n", "", 100},
    {"let a: ", "List<", "Int", 50},
};

TEST("no line keeps the compiler from giving way") {
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        CompilerSource source =
            fill(shapes[i].head, shapes[i].piece, shapes[i].tail);
        CompilerRequest request = request_of(&source);
        CompilerResult result;
        most_beyond = 0;
        times = 0;
        compiler_allow(STEP, look_and_go_on);
        EXPECT_EQUAL(compiler_compile(&request, &result), STATUS_OK);
        compiler_allow(INT64_MAX, NULL);
        EXPECT(times > shapes[i].least);
        EXPECT(most_beyond < LUMP_MOST);
        compiler_free(&result);
    }
}

TEST("what goes too deep for its stack ends, and nothing else does") {
    CompilerSource source = {"line", "1 + (2 * (3 + 4))", 17};
    CompilerRequest request = request_of(&source);
    CompilerResult result;
    request.stack_bytes = 400;
    EXPECT_EQUAL(compiler_compile(&request, &result), STATUS_NO_MEMORY);
    compiler_free(&result);
    request.stack_bytes = 128 * 1024;
    EXPECT_EQUAL(compiler_compile(&request, &result), STATUS_OK);
    EXPECT_EQUAL(result.error_count, 0);
    compiler_free(&result);
}

/* ---- Stacks ---- */

static int stack_count;

static void count_on_stack(void *context) {
    for (int i = 0; i < *(int *)context; i++) {
        stack_count++;
        platform_stack_pause();
    }
}

TEST("stacks go on where each gave way, and can be given back any time") {
    int three = 3, many = 1000;
    PlatformStack *a = platform_stack_take(65536, count_on_stack, &three);
    PlatformStack *b = platform_stack_take(65536, count_on_stack, &many);
    stack_count = 0;
    for (int i = 1; i <= 3; i++) {
        EXPECT(platform_stack_go(a));
        EXPECT(platform_stack_go(b));
        EXPECT_EQUAL(stack_count, 2 * i);
    }
    EXPECT(!platform_stack_go(a));
    EXPECT_EQUAL(stack_count, 6);
    platform_stack_give(a);
    EXPECT(platform_stack_go(b));
    EXPECT_EQUAL(stack_count, 7);
    platform_stack_give(b);
    platform_stack_give(NULL);
}

/* ---- Compilations ---- */

static int given_back;

static void give(void *owner) {
    (void)owner;
    given_back++;
}

static Compilation *begin(uint64_t domain, uint64_t thread, uint64_t age,
                          const CompilerSource *source) {
    Compilation *new = NULL;
    EXPECT_EQUAL(compilation_begin(domain, thread, age, &new), STATUS_OK);
    new->give = give;
    new->request = request_of(source);
    return new;
}

TEST("compilations in turn give what they give alone") {
    CompilerSource sources[] = {{"line", "fun f(): Int => 7\nf() + 1", 25},
                                {"line", "let s = \"a\".repeat(9)", 21}};
    Compilation *both[2];
    CompilerResult alone;
    uint64_t units = 0;
    given_back = 0;
    for (int i = 0; i < 2; i++)
        both[i] = begin(1 + (uint64_t)i, 1, 0, &sources[i]);
    while (!both[0]->done || !both[1]->done)
        for (int i = 0; i < 2; i++) {
            uint64_t before = units;
            EXPECT(compilation_step(both[i], &units));
            EXPECT(units - before < STEP + LUMP_MOST);
        }
    EXPECT(units > 4 * STEP);
    for (int i = 0; i < 2; i++) {
        CompilerRequest request = request_of(&sources[i]);
        EXPECT(compilation_find(1 + (uint64_t)i, 1) == both[i]);
        EXPECT_EQUAL(both[i]->status, STATUS_OK);
        EXPECT_EQUAL(compiler_compile(&request, &alone), STATUS_OK);
        EXPECT_EQUAL(both[i]->result.size_bytes, alone.size_bytes);
        EXPECT(memcmp(both[i]->result.bytes, alone.bytes, alone.size_bytes) ==
               0);
        compiler_free(&alone);
        compilation_end(both[i]);
        EXPECT_EQUAL(given_back, i + 1);
    }
    EXPECT(!compilation_find(1, 1));
}

TEST("J1: a domain has one, and who does not ask for it has lost it") {
    CompilerSource source = {"line", "1", 1};
    Compilation *other;
    uint64_t units = 0;
    Compilation *first = begin(1, 1, 0, &source);
    EXPECT(compilation_step(first, &units));
    for (int i = 0; i < 100; i++) {
        EXPECT_EQUAL(compilation_begin(1, 2, 0, &other), STATUS_BUSY);
        if (i % 8 == 0)
            EXPECT(compilation_step(first, &units)); /* it asks itself */
    }
    EXPECT(compilation_find(1, 1) == first);
    EXPECT(!compilation_find(1, 2));
    given_back = 0;
    int asked = 0;
    while (compilation_begin(1, 2, 0, &other) == STATUS_BUSY)
        asked++;
    EXPECT(asked < 64);
    EXPECT_EQUAL(given_back, 1);
    EXPECT(!compilation_find(1, 1));
    EXPECT(compilation_find(1, 2) == other);
    compilation_end(other);
}

/* A line that needs much memory, and one of no such need beside it. */
TEST("J2: when memory is short the youngest gives way, the oldest ends") {
    enum { COUNT = 12 };
    CompilerSource source = fill("[", "1,", "1]");
    uint64_t ages[COUNT] = {0}, units = 0, ended = 0;
    int begun[COUNT] = {0};
    for (uint64_t round = 0; ended < COUNT && round < 100000; round++)
        for (uint64_t i = 0; i < COUNT; i++) {
            Compilation *mine = compilation_find(i + 1, 1);
            if (ages[i] == UINT64_MAX)
                continue;
            if (!mine) {
                mine = begin(i + 1, 1, ages[i], &source);
                begun[i]++;
            }
            ages[i] = mine->age;
            if (!compilation_step(mine, &units) || !mine->done)
                continue;
            EXPECT_EQUAL(mine->status, STATUS_OK);
            EXPECT_EQUAL(ended, i); /* in the order of their ages */
            ended++;
            ages[i] = UINT64_MAX;
            compilation_end(mine);
        }
    EXPECT_EQUAL(ended, COUNT);
    EXPECT_EQUAL(begun[0], 1);
    EXPECT(begun[COUNT - 1] > 1);
}

TEST("J2: who begins anew is as old as before") {
    CompilerSource source = {"line", "1", 1};
    Compilation *first = begin(1, 1, 0, &source);
    uint64_t age = first->age;
    compilation_end(first);
    Compilation *other = begin(2, 1, 0, &source);
    Compilation *again = begin(1, 1, age, &source);
    EXPECT_EQUAL(again->age, age);
    EXPECT(other->age > age);
    compilation_end(again);
    compilation_end(other);
}

TEST("a compilation that is too large by itself ends for lack of memory") {
    uint64_t units = 0;
    static char room[1 << 20];
    size_t at = (size_t)sprintf(room, "[");
    while (at < sizeof room - 100)
        at += (size_t)sprintf(room + at, "[1],");
    CompilerSource source = {"line", room, at};
    Compilation *large = begin(1, 1, 0, &source);
    while (!large->done)
        EXPECT(compilation_step(large, &units));
    EXPECT_EQUAL(large->status, STATUS_NO_MEMORY);
    compilation_end(large);
}
