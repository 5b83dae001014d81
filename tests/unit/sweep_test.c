/* The sweep of what a unit of work costs (tests/bench/sweep.c) leaves nothing
 * out: whoever adds an instruction, a native or a command adds a case. */
#include <stdio.h>
#include <string.h>

#include "gui/paint.h"
#include "kernel/system/apps.h"
#include "tests/test.h"
#include "vm/run/native.h"

static const char *const ops[] = {
#define SWEEP_OP(name, before, lines) #name,
#define SWEEP_NATIVE(name, before, lines)
#define SWEEP_PAINT(name, fields, text)
#define SWEEP_NO_OP(name, why) #name,
#define SWEEP_NO_NATIVE(name, why)
#include "tests/bench/sweep.def"
#undef SWEEP_OP
#undef SWEEP_NATIVE
#undef SWEEP_PAINT
#undef SWEEP_NO_OP
#undef SWEEP_NO_NATIVE
};

static const char *const swept_natives[] = {
#define SWEEP_OP(name, before, lines)
#define SWEEP_NATIVE(name, before, lines) name,
#define SWEEP_PAINT(name, fields, text)
#define SWEEP_NO_OP(name, why)
#define SWEEP_NO_NATIVE(name, why) name,
#include "tests/bench/sweep.def"
#undef SWEEP_OP
#undef SWEEP_NATIVE
#undef SWEEP_PAINT
#undef SWEEP_NO_OP
#undef SWEEP_NO_NATIVE
};

static const char *const commands[] = {
#define SWEEP_OP(name, before, lines)
#define SWEEP_NATIVE(name, before, lines)
#define SWEEP_PAINT(name, fields, text) #name,
#define SWEEP_NO_OP(name, why)
#define SWEEP_NO_NATIVE(name, why)
#include "tests/bench/sweep.def"
#undef SWEEP_OP
#undef SWEEP_NATIVE
#undef SWEEP_PAINT
#undef SWEEP_NO_OP
#undef SWEEP_NO_NATIVE
};

static void expect_case(const char *name, const char *const *names,
                        size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return;
    printf("  %s has no case in tests/bench/sweep.def\n", name);
    EXPECT(!"everything has a case");
}

#define EXPECT_CASE(name, names)                                               \
    expect_case(name, names, sizeof names / sizeof names[0])

TEST("the sweep has a case of each instruction, native and command") {
    static const char *const all_ops[] = {
#define OPCODE(name, a, b, c, rule, meaning) #name,
#include "vm/code/opcodes.def"
#undef OPCODE
#define QUICK(name, meaning) #name,
#include "vm/code/quick.def"
#undef QUICK
    };
    static const char *const all_commands[] = {
#define PAINT(name, fields) #name,
#include "gui/paint.def"
#undef PAINT
    };
    for (size_t i = 0; i < sizeof all_ops / sizeof all_ops[0]; i++)
        EXPECT_CASE(all_ops[i], ops);
    for (size_t i = 0; i < sizeof all_commands / sizeof all_commands[0]; i++)
        EXPECT_CASE(all_commands[i], commands);
    apps_register();
    for (size_t i = 0; natives_at(i); i++)
        EXPECT_CASE(natives_at(i)->name, swept_natives);
}
