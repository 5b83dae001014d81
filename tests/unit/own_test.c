/* Tests of what an app brings: modules, classes and selectors of its own
 * (vm/heap/own.h, vm/code/loader.h). */
#include "vm/heap/own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/system/install.h"
#include "persist/memory/snapshot.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "vm/code/loader.h"
#include "vm/code/module.h"
#include "vm/code/symbols.h"
#include "vm/heap/class.h"
#include "vm/heap/collect.h"
#include "vm/heap/heap.h"
#include "vm/heap/heap_check.h"
#include "vm/heap/region.h"
#include "vm/past/past_match.h"
#include "vm/run/domain.h"

/* ---- Bringing ---- */

static char refused[300];

/* Compiles and loads module `name`; NULL: `refused` says why not. */
static Module *bring(Domain *domain, const char *name, const char *source) {
    CompilerSource sources = {name, source, strlen(source)};
    CompilerResult result;
    Module *module = NULL;
    Text text = text_on(refused, sizeof refused);
    EXPECT_EQUAL(install_compile(name, &sources, false, &result), STATUS_OK);
    EXPECT_EQUAL(result.error_count, 0);
    for (size_t i = 0; i < result.diagnostic_count; i++)
        printf("  %s: %s\n", name, result.diagnostics[i].sentence);
    if (loader_load(domain, result.bytes, result.size_bytes, false, &module,
                    &text) != STATUS_OK)
        module = NULL;
    text_end(&text);
    compiler_free(&result);
    return module;
}

static void sound(void) {
    char why[300];
    Text text = text_on(why, sizeof why);
    if (!heap_check(&text))
        printf("  %s\n", text_end(&text));
    EXPECT(text.length == 0);
}

static void collect(Domain *domain) {
    EXPECT_EQUAL(collect_domain(domain), STATUS_OK);
    sound();
}

static uint64_t in_use(const Array *table) {
    uint64_t count = 0;
    for (uint64_t i = 0; table && i < table->length; i++)
        count += table->at.words[i] != 0;
    return count;
}

static Class *class_named(const Module *module, const char *name) {
    for (uint64_t i = 0; i < module->classes->length; i++) {
        Class *each = (Class *)module->classes->at.references[i];
        if (symbols_equal(each->name, name, strlen(name)))
            return each;
    }
    EXPECT(!"there is such a class");
    return NULL;
}

static const Method *virtual_method(const Class *of) {
    for (uint64_t i = 0; i < of->methods->length; i++) {
        const Method *each = (const Method *)of->methods->at.references[i];
        if (each->flags & MODULE_VIRTUAL)
            return each;
    }
    EXPECT(!"there is such a method");
    return NULL;
}

static Object *make(Domain *domain, const Class *of) {
    Status status;
    Object *made =
        heap_allocate(domain, of->id, of->instance_words * 8ull, &status);
    EXPECT_EQUAL(status, STATUS_OK);
    return made;
}

/* What only this keeps. */
static void hold(Domain *domain, Object *object) {
    EXPECT_EQUAL(heap_write(domain, sizeof *domain), STATUS_OK);
    HEAP_SET(domain->app, object);
}

static Domain *begin(void) {
    window_world_start("import ui\nclass A: App { fun open() { "
                       "Window(\"W\", Label(\"w\"), 90, 60).run() } }\n");
    return window_world_seat()->domain;
}

/* Names of its own for each number, and a literal. */
#define PARTS                                                                  \
    "interface Says%d { fun says%d(other: Says%d): String }\n"                 \
    "enum Kind%d { one%d(n: Int), two%d }\n"                                   \
    "class P%d(let a%d: Int): Says%d {\n"                                      \
    "    fun says%d(other: Says%d): String => \"literal %d\"\n"                \
    "    fun extra%d(): Kind%d => Kind%d.one%d(a%d)\n"                         \
    "}\n"                                                                      \
    "var held%d: P%d? = null\n"

static Module *bring_parts(Domain *domain, int n) {
    char source[900], name[20];
    snprintf(source, sizeof source, PARTS, n, n, n, n, n, n, n, n, n, n, n, n,
             n, n, n, n, n, n, n);
    snprintf(name, sizeof name, "m%d", n);
    Module *module = bring(domain, name, source);
    EXPECT(module);
    return module;
}

typedef struct SystemSize {
    uint64_t classes, modules, selectors, strings, bytes;
} SystemSize;

static SystemSize system_size(void) {
    return (SystemSize){ROOT->next_class, ROOT->next_module,
                        ROOT->next_selector, ROOT->string_count,
                        ROOT->domains[0]->used_bytes};
}

TEST("what an app brings leaves the system as it was, and goes unused") {
    Domain *domain = begin();
    bring_parts(domain, 0);
    collect(domain);
    SystemSize before = system_size(), after;
    uint64_t bytes = domain->used_bytes;
    for (int i = 0; i < 60; i++) {
        bring_parts(domain, i);
        if (i % 5 == 4)
            collect(domain);
    }
    after = system_size();
    EXPECT(memcmp(&before, &after, sizeof before) == 0);
    EXPECT_EQUAL(in_use(domain->own_classes), 0);
    EXPECT_EQUAL(in_use(domain->own_modules), 0);
    EXPECT_EQUAL(domain->own_selector_count, 0);
    EXPECT_EQUAL(domain->own_modules_made, 61);
    /* Numbers are given again: the tables are as for five modules. */
    EXPECT(domain->own_classes->length <= 128);
    EXPECT(domain->own_modules->length <= 16);
    EXPECT(domain->used_bytes <= bytes + 32768);
    window_world_stop();
}

TEST("an object keeps its class, that its module, and that its variables") {
    Domain *domain = begin();
    Module *module = bring_parts(domain, 1);
    const Class *of = class_named(module, "m1.P1");
    EXPECT_EQUAL(domain_attach(domain, module), STATUS_OK);
    Object *variables = domain_variables(domain, module);
    uint64_t selectors = domain->own_selector_count;
    EXPECT(selectors >= 2); /* says1, extra1 */
    hold(domain, make(domain, of));
    collect(domain);
    EXPECT_EQUAL(domain->own_selector_count, selectors);
    EXPECT(class_of(domain->app) == of);
    EXPECT(class_find_in(domain, of->id) == of);
    EXPECT(own_module_named(domain, "m1", 2) == module);
    EXPECT(domain_variables(domain, module) == variables);
    EXPECT(class_of(variables) == module->environment);
    /* The same bytes again are the same module. */
    EXPECT(bring_parts(domain, 1) == module);
    hold(domain, NULL);
    collect(domain);
    EXPECT(!own_module_named(domain, "m1", 2));
    EXPECT_EQUAL(in_use(domain->own_classes), 0);
    window_world_stop();
}

TEST("a module keeps what it imports, and a later one finds the newest") {
    Domain *domain = begin();
    static const char *const first[] = {"class P { fun f(): Int => 1 }\n",
                                        "class P { fun f(): Int => 2 }\n"};
    Module *old = bring(domain, "base", first[0]);
    Module *new = bring(domain, "base", first[1]);
    EXPECT(old && new &&old != new);
    EXPECT(symbols_module(domain, "base", 4) == new);
    EXPECT(!symbols_module(ROOT->domains[0], "base", 4));
    hold(domain, make(domain, class_named(old, "base.P")));
    collect(domain);
    EXPECT(symbols_module(domain, "base", 4) == old);
    Module *third = bring(domain, "base", first[1]);
    EXPECT(symbols_module(domain, "base", 4) == third);
    EXPECT(third->number != old->number && third->order > old->order);
    window_world_stop();
}

/* A class with so many fields, and forty below it. */
static char *wide_source(int fields) {
    char *text = NULL;
    size_t bytes = 0;
    FILE *to = open_memstream(&text, &bytes);
    fprintf(to, "class B {\n");
    for (int i = 0; i < fields; i++)
        fprintf(to, "    var f%d: Int? = %d\n", i, i);
    fprintf(to, "}\n");
    for (int i = 0; i < 40; i++)
        fprintf(to, "class C%d: B { var g%d = \"\" }\n", i, i);
    fclose(to);
    return text;
}

TEST("classes below one with many fields take no room but their own") {
    static const int fields[] = {28, 62, 63, 64, 100, 200, 1500};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        Domain *domain = begin();
        char *source = wide_source(fields[i]), name[20];
        for (int times = 0; times < 3; times++) {
            snprintf(name, sizeof name, "wide%d", times);
            Module *module = bring(domain, name, source);
            EXPECT(module != NULL);
            sound();
            snprintf(name, sizeof name, "wide%d.C7", times);
            hold(domain, make(domain, class_named(module, name)));
            collect(domain);
        }
        free(source);
        window_world_stop();
    }
}

TEST("what an app brings is not another's, whatever its number") {
    Domain *first = begin(), *second;
    EXPECT_EQUAL(domain_create("b", 16u << 20, &second), STATUS_OK);
    Module *one = bring(first, "m", "class P { fun f(): Int => 1 }\n");
    EXPECT(!symbols_module(second, "m", 1));
    Module *two = bring(second, "m", "class Q { fun g(): Int => 1 }\n");
    const Class *p = class_named(one, "m.P"), *q = class_named(two, "m.Q");
    EXPECT_EQUAL(p->id, q->id);
    EXPECT(class_of(make(first, p)) == p && class_of(make(second, q)) == q);
    const Method *f = virtual_method(p), *g = virtual_method(q);
    EXPECT_EQUAL(f->selector, g->selector);
    EXPECT(class_method(class_named(one, "m.P"), f->selector) == f);
    EXPECT(class_method(class_named(two, "m.Q"), f->selector) == g);
    sound();
    window_world_stop();
}

TEST("a region that says it is another domain's is damaged") {
    Domain *domain = begin();
    char why[300];
    Text text = text_on(why, sizeof why);
    RegionHeader *header = region_header(domain->first_region);
    EXPECT_EQUAL(heap_write(header, sizeof *header), STATUS_OK);
    header->owner = ROOT->domains[0];
    EXPECT(!heap_check_domain(domain, &text));
    header->owner = domain;
    sound();
    window_world_stop();
}

TEST("names of the system's modules are not an app's to bring") {
    Domain *domain = begin();
    EXPECT(!bring(domain, "ui", "class Window2 {}\n"));
    EXPECT_TEXT(refused, "ui: a module of the system has this name");
    EXPECT(!bring(domain, "core", "class Object2 {}\n"));
    EXPECT_EQUAL(in_use(domain->own_modules), 0);
    window_world_stop();
}

TEST("a method that was found is forgotten with its class") {
    Domain *domain = begin();
    bool again = false;
    /* In the end a class comes to lie where another one was. */
    for (int i = 0; i < 40 && !again; i++) {
        Class *f = class_named(
            bring(domain, "m", "class P { fun f(): Int => 1 }\n"), "m.P");
        uint32_t selector = virtual_method(f)->selector;
        EXPECT(class_method(f, selector) == virtual_method(f));
        collect(domain);
        Class *g = class_named(
            bring(domain, "m", "class P { fun g(): Int => 2 }\n"), "m.P");
        const Method *method = virtual_method(g);
        EXPECT(class_method(g, method->selector) == method);
        EXPECT(selector == method->selector || !class_method(g, selector));
        again = f == g;
        collect(domain);
    }
    EXPECT(again);
    window_world_stop();
}

static uint64_t address_of(const Object *object) {
    return (uint64_t)(uintptr_t)object;
}

TEST("an older generation knows each app's classes by the app's numbers") {
    Domain *first = begin(), *second;
    EXPECT_EQUAL(domain_create("b", 16u << 20, &second), STATUS_OK);
    Module *one = bring(first, "m", "class P(let a: Int) {}\n");
    Module *two = bring(second, "m", "class Q(let b: Bool) {}\n");
    hold(first, make(first, class_named(one, "m.P")));
    hold(second, make(second, class_named(two, "m.Q")));
    uint64_t p = address_of(first->app), q = address_of(second->app);
    EXPECT_EQUAL(first->app->class_id, second->app->class_id);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    hold(first, NULL);
    collect(first);
    bring(first, "m", "class R(let c: Int) {}\n");
    Past *past;
    PastObject then;
    EXPECT_EQUAL(past_open(snapshot_durable(), &past), STATUS_OK);
    EXPECT_EQUAL(past_object(past, p, &then), STATUS_OK);
    EXPECT_TEXT(then.of->name, "m.P");
    EXPECT_EQUAL(past_object(past, q, &then), STATUS_OK);
    EXPECT_TEXT(then.of->name, "m.Q");
    char why[200];
    Text text = text_on(why, sizeof why);
    Class *now;
    EXPECT_EQUAL(past_match_class(past, then.of, second, &now, &text),
                 STATUS_OK);
    EXPECT(now == class_named(two, "m.Q"));
    EXPECT_EQUAL(past_match_class(past, then.of, first, &now, &text),
                 STATUS_INVALID);
    past_close(past);
    window_world_stop();
}

/* ---- Selectors, against a list ---- */

enum { TEXTS = 700 };

static String *texts[TEXTS]; /* NULL: it is not there */
static uint32_t numbers[TEXTS];

static bool is_listed(const void *context, uint64_t address) {
    (void)context;
    for (int i = 0; i < TEXTS; i++)
        if (texts[i] == (const String *)(uintptr_t)address)
            return true;
    return false;
}

static void look_at_texts(Domain *domain) {
    for (int i = 0; i < TEXTS; i++) {
        char text[30];
        uint32_t number;
        String *found;
        uint64_t length =
            (uint64_t)snprintf(text, sizeof text, "name%d(I)V", i);
        Status status =
            own_selector(domain, text, length, false, &number, &found);
        EXPECT_EQUAL(status, texts[i] ? STATUS_OK : STATUS_NOT_FOUND);
        EXPECT(!texts[i] || (found == texts[i] && number == numbers[i]));
    }
}

TEST("own selectors are found while they are used, and not afterwards") {
    Domain *domain = begin();
    uint64_t state = 11, random;
    memset(texts, 0, sizeof texts);
    for (int round = 0; round < 12; round++) {
        for (int i = 0; i < TEXTS; i++) {
            char text[30];
            uint64_t length =
                (uint64_t)snprintf(text, sizeof text, "name%d(I)V", i);
            random = test_random(&state);
            if (random % 4 == 0 && !texts[i])
                EXPECT_EQUAL(own_selector(domain, text, length, true,
                                          &numbers[i], &texts[i]),
                             STATUS_OK);
            EXPECT(!texts[i] || numbers[i] >= OWN_FIRST);
        }
        look_at_texts(domain);
        for (int i = 0; i < TEXTS; i++)
            if (test_random(&state) % 3 == 0)
                texts[i] = NULL;
        EXPECT_EQUAL(own_announce(domain), STATUS_OK);
        own_forget(domain, is_listed, NULL);
        look_at_texts(domain);
        sound();
    }
    window_world_stop();
}
