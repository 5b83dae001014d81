/* Tests of the border between apps and the machine: each native asks for the
 * right that its row says (vm/code/natives.def). */
#include <stdio.h>
#include <string.h>

#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "vm/code/module.h"
#include "vm/code/natives.h"
#include "vm/heap/rights.h"
#include "vm/heap/heap.h"
#include "vm/run/native_call.h"
#include "vm/run/worker.h"

static const char nothing[] =
    "import ui\n"
    "class Nothing: App { fun open() { Window(\"N\", Label(\"n\"), 200, "
    "100).run() } }\n";

static uint32_t needing;

/* The call is refused for its right, or goes on to its arguments. */
static bool is_refused(Method *method, uint32_t rights) {
    static const uint16_t list[NATIVE_ARGUMENTS_MAX];
    static uint64_t frame[NATIVE_ARGUMENTS_MAX];
    Domain *domain = window_world_seat()->domain;
    domain->rights = rights;
    worker.domain = domain;
    worker.frame = frame;
    EXPECT_EQUAL(native_call(method, list), NATIVE_FAILED);
    return worker.call.error == CLASS_RightError;
}

static void look_at(Method *method) {
    const NativeEntry *entry = method->flags & MODULE_NATIVE
                                   ? native_call_entry(ROOT->domains[0], method)
                                   : NULL;
    uint32_t needs = entry ? natives_need(entry->name) : RIGHTS_NONE;
    if (needs == RIGHTS_NONE)
        return;
    EXPECT(needs != UINT32_MAX);
    needing++;
    EXPECT(is_refused(method, RIGHTS_NONE));
    EXPECT(is_refused(method, RIGHTS_ALL & ~needs));
    if (!strstr(worker.call.message, "was not given the right"))
        EXPECT_TEXT(worker.call.message, entry->name);
}

static void look_at_all(const Array *methods) {
    for (uint64_t i = 0; methods && i < methods->length; i++)
        look_at((Method *)methods->at.references[i]);
}

TEST("a domain without its right gets a RightError of each native") {
    const char *why;
    uint32_t rows = 0;
    window_world_start(nothing);
    Thread *before = worker.thread;
    worker.thread = window_world_seat()->domain->waiters;
    EXPECT(worker.thread != NULL);
    needing = 0;
    for (uint64_t i = 0; i < ROOT->modules->length; i++) {
        const Module *module = (Module *)ROOT->modules->at.references[i];
        if (!module)
            continue;
        look_at_all(module->functions);
        for (uint64_t k = 0; k < module->classes->length; k++) {
            const Class *of = (Class *)module->classes->at.references[k];
            look_at_all(of->methods);
        }
    }
    worker.thread = before;
    for (size_t i = 0; natives_row_at(i, &why); i++)
        rows += why == NULL;
    EXPECT_EQUAL(needing, rows);
    EXPECT(rows > 20);
    window_world_stop();
}

TEST("each native has a row, and each row its native and its reason") {
    const char *name, *why;
    size_t count = 0;
    window_world_start(nothing);
    for (; natives_at(count); count++)
        EXPECT(natives_need(natives_at(count)->name) != UINT32_MAX);
    for (size_t i = 0; (name = natives_row_at(i, &why)); i++) {
        size_t found = 0;
        for (size_t k = 0; natives_at(k); k++)
            found += strcmp(natives_at(k)->name, name) == 0;
        if (found != 1)
            EXPECT_TEXT(name, "a native, once");
        EXPECT(why ? strlen(why) >= 6 && natives_need(name) == RIGHTS_NONE
                   : natives_need(name) != RIGHTS_NONE);
        count--;
    }
    EXPECT_EQUAL(count, 0);
    EXPECT_EQUAL(natives_need("core.nothing"), UINT32_MAX);
    window_world_stop();
}

TEST("rights are found by their whole names") {
    for (RightPlace i = 0; i < RIGHT_COUNT; i++) {
        const char *name = rights_row(i)->name;
        EXPECT_EQUAL(rights_find(name, strlen(name)), i);
        EXPECT_EQUAL(rights_find(name, strlen(name) - 1), RIGHT_COUNT);
        EXPECT(strlen(rights_row(i)->what) > 8);
    }
    EXPECT_EQUAL(rights_find("", 0), RIGHT_COUNT);
}
