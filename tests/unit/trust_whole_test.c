/* Tests of what a whole heap is looked at for (vm/code/whole.h): nothing is
 * found in one that was made by running, and each thing that was changed is. */
#include "vm/code/whole.h"

#include <stdio.h>
#include <string.h>

#include "kernel/base/panic.h"
#include "kernel/system/install.h"
#include "tests/test.h"
#include "tests/unit/vm_harness.h"
#include "tests/unit/window_world.h"
#include "vm/code/loader.h"
#include "vm/code/module.h"
#include "vm/heap/class.h"
#include "vm/heap/frame.h"
#include "vm/heap/heap.h"
#include "vm/run/vm.h"

static const char app[] =
    "import ui\n"
    "class Point(let x: Int, let name: String) {}\n"
    "class Pointed: Window(\"P\", Label(\"p\"), 200, 100) {\n"
    "    let points = [Point(1, \"one\"), Point(2, \"two\")]\n"
    "    fun waits(point: Point, many: Int): Int {\n"
    "        try { Thread.park() } catch e: ValueError { return many }\n"
    "        return point.x + many\n"
    "    }\n"
    "}\n"
    "class Points: App {\n"
    "    fun open() {\n"
    "        let window = Pointed()\n"
    "        spawn { print(\"{window.waits(window.points[0], 7)}\") }\n"
    "        window.run()\n"
    "    }\n"
    "}\n";

static char said[400];
static WholeReport report;

static void keep(const char *sentence) {
    if (!said[0])
        snprintf(said, sizeof said, "%s", sentence);
}

/* What is said first; "": nothing is wrong. */
static const char *look(void) {
    said[0] = 0;
    report = (WholeReport){.say = keep};
    EXPECT_EQUAL(class_start(), STATUS_OK);
    EXPECT_EQUAL(whole_check(&report), STATUS_OK);
    EXPECT_EQUAL(report.wrong > 0, said[0] != 0);
    return said;
}

static void write_word(void *word, uint64_t value) {
    EXPECT_EQUAL(heap_write(word, 8), STATUS_OK);
    *(uint64_t *)word = value;
}

/* With this value there instead, these words are said; then it is back. */
static void expect_found(void *word, uint64_t value, const char *words) {
    uint64_t before = *(uint64_t *)word;
    write_word(word, value);
    bool found = strstr(look(), words) != NULL;
    if (!found)
        printf("  not \"%s\" but \"%s\"\n", words, said);
    EXPECT(found);
    write_word(word, before);
}

/* By the end of the name: ".Point". */
static const Class *class_named(const char *end) {
    for (uint32_t id = CLASS_FIRST_FREE; id < ROOT->next_class; id++) {
        const Class *of = class_find(id);
        uint64_t length = of ? of->name->length : 0, count = strlen(end);
        if (length >= count &&
            memcmp(of->name->bytes + length - count, end, count) == 0)
            return of;
    }
    return NULL;
}

static Method *method_named(const Class *of, const char *name) {
    for (uint64_t i = 0; of && i < of->methods->length; i++) {
        Method *method = (Method *)of->methods->at.references[i];
        if (method->name->length == strlen(name) &&
            memcmp(method->name->bytes, name, strlen(name)) == 0)
            return method;
    }
    return NULL;
}

/* The frame of the method, of a thread in this tree. */
static uint64_t *frame_below(const Method *method, const Thread *at) {
    uint64_t *frame = at ? at->stack->words + at->frame : NULL;
    for (; frame; frame = frame_caller(frame))
        if (frame_method(frame) == method)
            return frame;
    if (at)
        frame = frame_below(method, at->less);
    return frame || !at ? frame : frame_below(method, at->greater);
}

static uint64_t *frame_of(const Method *method) {
    uint64_t *frame = frame_below(method, window_world_seat()->domain->waiters);
    if (!frame)
        panic("no thread waits there");
    return frame;
}

static const Class *pointed;
static Method *waits;

static void start(void) {
    window_world_start(app);
    window_world_rest();
    pointed = class_named(".Pointed");
    waits = method_named(pointed, "waits");
    EXPECT(waits != NULL);
}

TEST("a world that ran is what its files say, and tells how much it is") {
    start();
    EXPECT_TEXT(look(), "");
    EXPECT(report.modules >= 4);
    EXPECT_EQUAL(report.unknown, 0);
    EXPECT(report.domains >= 2);
    EXPECT(report.frames >= 6);
    window_world_stop();
}

TEST("code, handlers and constants that the file does not have are found") {
    start();
    uint64_t *code = waits->code->at.words;
    for (uint64_t i = 0; i < waits->code->length; i++)
        expect_found(code + i, code[i] ^ 1ull << 48, "W2 ");
    expect_found(waits->handlers->at.words, 0, "W2 ");
    expect_found(&waits->signature_hash, 5, "W2 ");
    expect_found(&waits->pool, (uintptr_t)pointed->vtable, "W2 ");
    expect_found(&waits->module->image->at.words[9],
                 waits->module->image->at.words[9] + 1, "W2 ");
    EXPECT_TEXT(look(), "");
    window_world_stop();
}

TEST("a module is not another one, and imports none that is not looked at") {
    start();
    Module *module = waits->module, *ui = NULL;
    for (uint64_t i = 0; i < module->imports->length; i++)
        ui = (Module *)module->imports->at.references[i];
    expect_found(&module->number, module->number + 1, "W2 ");
    expect_found(&module->hash, 1, "W2 ");
    expect_found(&module->own, 1, "it is no module");
    expect_found(&module->imports->at.references[0], (uintptr_t)module, "W2 ");
    expect_found(&module->environment, (uintptr_t)pointed, "");
    EXPECT(report.wrong > 0);
    expect_found(&ui->image, (uintptr_t)module->image, "W2 ");
    EXPECT(report.wrong > 1); /* and whoever imports it */
    window_world_stop();
}

TEST("a module without a file, and who imports it, is unknown until it is "
     "kept") {
    start();
    Module *ui = (Module *)waits->module->imports->at.references[0];
    for (uint64_t i = 1; i < waits->module->imports->length; i++)
        ui = (Module *)waits->module->imports->at.references[i];
    const Array *image = ui->image;
    char why[200];
    Text text = text_on(why, sizeof why);
    write_word(&ui->image, 0);
    EXPECT_TEXT(look(), "");
    EXPECT(report.unknown >= 2);
    EXPECT(report.frames > 0);
    Module *again;
    EXPECT_EQUAL(loader_load(ROOT->domains[0], image->at.bytes, image->length,
                             true, &again, &text),
                 STATUS_OK);
    EXPECT(again == ui && ui->image && ui->image != image);
    EXPECT_TEXT(look(), "");
    EXPECT_EQUAL(report.unknown, 0);
    window_world_stop();
}

static const char brought[] =
    "class Brought(let text: String) { fun show(): String => \"<{text}>\" }\n"
    "fun bring(): String => Brought(\"one\").show()\n";

TEST("what an app brought is linked anew, also where it is at its limit") {
    start();
    Domain *domain = window_world_seat()->domain;
    CompilerSource source = {"brought", brought, strlen(brought)};
    CompilerResult result;
    Module *module;
    char why[200];
    Text text = text_on(why, sizeof why);
    EXPECT_TEXT(look(), "");
    uint64_t before = report.modules;
    EXPECT_EQUAL(install_compile("brought", &source, false, &result),
                 STATUS_OK);
    EXPECT_EQUAL(loader_load(domain, result.bytes, result.size_bytes, false,
                             &module, &text),
                 STATUS_OK);
    compiler_free(&result);
    EXPECT_EQUAL(heap_write(domain, sizeof *domain), STATUS_OK);
    domain->limit_bytes = domain->used_bytes;
    EXPECT_TEXT(look(), "");
    EXPECT_EQUAL(report.modules, before + 1);
    const Method *bring = loader_function(module, "bring");
    expect_found(bring->code->at.words, bring->code->at.words[0] + 1, "W2 ");
    const Class *of = (const Class *)module->classes->at.references[0];
    expect_found(&of->field_types->at.words[0],
                 of->field_types->at.words[0] ^ 1ull << 32, "W2 ");
    expect_found(&of->methods->at.references[0], (uintptr_t)bring, "W2 ");
    expect_found(&module->system, 1, "it is no module");
    window_world_stop();
}

TEST("tables of a class that the file does not have are found") {
    start();
    Class *of = (Class *)pointed;
    expect_found(&of->reference_map->at.words[0],
                 of->reference_map->at.words[0] ^ 1ull << 1, "W2 ");
    uint64_t last = of->field_types->length - 1;
    expect_found(&of->field_types->at.words[last],
                 of->field_types->at.words[last] + 1, "");
    EXPECT(report.wrong > 0);
    expect_found(&of->vtable->at.references[0],
                 (uintptr_t)of->vtable->at.references[1], "W2 ");
    expect_found(&of->selectors->at.words[0], of->selectors->at.words[0] + 1,
                 "W2 ");
    expect_found(&of->id, *(uint64_t *)(void *)&of->id ^ 1ull << 35, "W2 ");
    Array *chunk = (Array *)ROOT->classes->at.references[of->id / 1024];
    const Class *point = class_named(".Point");
    expect_found(&chunk->at.references[of->id % 1024], (uintptr_t)point, "");
    EXPECT(report.wrong > 0);
    EXPECT_TEXT(look(), "");
    window_world_stop();
}

TEST("a register, a field or a box with something else is found") {
    start();
    uint64_t *frame = frame_of(waits);
    uint64_t *self = frame + waits->arguments_at;
    expect_found(self, (uintptr_t)waits->name, "W4 ");
    expect_found(self + 1, *self, "W4 "); /* a window for a point */
    const Array *boxes = class_find(CLASS_Byte)->boxes;
    expect_found((void *)&boxes->at.references[3], (uintptr_t)waits->name,
                 "W6 ");
    Object *window = (Object *)(uintptr_t)*self;
    uint64_t points =
        pointed->field_types->at.words[pointed->field_types->length - 1];
    expect_found(object_word(window, FIELD_WORD(points)), *self, "H7 ");
    EXPECT_TEXT(look(), "");
    window_world_stop();
}

TEST("a frame that nobody called, or whose result goes elsewhere, is found") {
    start();
    uint64_t *frame = frame_of(waits);
    EXPECT(frame_caller(frame) != NULL);
    expect_found(frame + FRAME_LINK, frame[FRAME_LINK] ^ 1, "W5 ");
    expect_found(frame + FRAME_METHOD, (uintptr_t)ROOT->start, "");
    EXPECT(report.wrong > 0);
    Domain *domain = window_world_seat()->domain;
    expect_found(&domain->memory_error, *(frame + waits->arguments_at), "W6 ");
    EXPECT_TEXT(look(), "");
    window_world_stop();
}
