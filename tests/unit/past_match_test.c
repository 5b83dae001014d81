/* Tests of which class of the present stands in for one of an older generation,
 * when an app uses several versions of it (vm/past/past_match.h). */
#include "vm/past/past_match.h"

#include <stdio.h>
#include <string.h>

#include "kernel/system/install.h"
#include "persist/memory/snapshot.h"
#include "tests/test.h"
#include "tests/unit/window_world.h"
#include "vm/code/module.h"
#include "vm/code/symbols.h"
#include "vm/heap/heap.h"
#include "vm/run/domain.h"

typedef enum Version {
    FITS,
    OTHER_TYPE,
    OTHER_NAME,
    ONE_MORE,
    ABSTRACT,
    VERSIONS
} Version;

/* Another version of module "m"; no two have the same bytes. */
static Module *load(Version version) {
    static const char *const classes[VERSIONS] = {
        "class P(let a: Int, let next: P? = null) {}",
        "class P(let a: Bool, let next: P? = null) {}",
        "class P(let b: Int, let next: P? = null) {}",
        "class P(let a: Int, let next: P? = null, let c: Int = 0) {}",
        "abstract class P(let a: Int, let next: P? = null) {}"};
    static int count;
    char source[160], why[200];
    snprintf(source, sizeof source, "%s\nfun version(): Int { return %d }\n",
             classes[version], ++count);
    CompilerSource sources = {"m", source, strlen(source)};
    CompilerResult result;
    Module *module = NULL;
    Text text = text_on(why, sizeof why);
    EXPECT_EQUAL(install_compile("m", &sources, false, &result), STATUS_OK);
    EXPECT_EQUAL(result.error_count, 0);
    EXPECT_EQUAL(
        vm_load_module(result.bytes, result.size_bytes, false, &module, &text),
        STATUS_OK);
    compiler_free(&result);
    return module;
}

static const Class *class_in(const Module *module) {
    for (uint64_t i = 0; i < module->classes->length; i++) {
        Class *each = (Class *)module->classes->at.references[i];
        if (symbols_equal(each->name, "m.P", 3))
            return each;
    }
    EXPECT(!"there is such a class");
    return NULL;
}

static Domain *app_that_uses(Module *const *modules, unsigned count) {
    Domain *domain;
    EXPECT_EQUAL(domain_create("uses", 16u << 20, &domain), STATUS_OK);
    for (unsigned i = 0; i < count; i++)
        EXPECT_EQUAL(domain_attach(domain, modules[i]), STATUS_OK);
    return domain;
}

static Module *first; /* its class is in the older generation */
static Past *past;
static char sentence[200];

static void begin(void) {
    window_world_start(window_world_told);
    load(OTHER_NAME);
    first = load(FITS);
    EXPECT_EQUAL(snapshot_now(), STATUS_OK);
    EXPECT_EQUAL(past_open(snapshot_durable(), &past), STATUS_OK);
}

static void end(void) {
    past_close(past);
    window_world_stop();
}

/* The module whose class stands in; NULL: none does, and `sentence` says why.
 */
static const Module *match(const Domain *domain) {
    const PastClass *of;
    Class *found = NULL;
    Text why = text_on(sentence, sizeof sentence);
    EXPECT_EQUAL(past_class(past, 0, class_in(first)->id, &of), STATUS_OK);
    Status status = past_match_class(past, of, domain, &found, &why);
    text_end(&why);
    EXPECT_EQUAL(status, why.length > 0 ? STATUS_INVALID : STATUS_OK);
    return status == STATUS_OK ? found->module : NULL;
}

static void expect_newest(const Domain *domain, const Module *newest,
                          Version version) {
    EXPECT(match(domain) == (version == FITS ? newest : NULL));
    EXPECT_TEXT(sentence,
                version == FITS ? ""
                : version == ABSTRACT
                    ? "a value of class m.P is in it, of which there are no "
                      "objects"
                    : "a value of class m.P is in it, whose fields are others "
                      "now");
}

TEST("of two versions of a class that an app uses a copy is of the newest") {
    begin();
    for (Version older = 0; older < VERSIONS; older++)
        for (Version newer = 0; newer < VERSIONS; newer++) {
            Module *both[] = {load(older), load(newer)};
            expect_newest(app_that_uses(both, 2), both[1], newer);
            expect_newest(app_that_uses(both, 1), both[0], older);
            Module *reversed[] = {both[1], both[0]};
            expect_newest(app_that_uses(reversed, 2), both[1], newer);
        }
    end();
}

TEST("the very class of an older object comes before any other version") {
    begin();
    for (Version newer = 0; newer < VERSIONS; newer++) {
        Module *both[] = {first, load(newer)};
        EXPECT(match(app_that_uses(both, 2)) == first);
        EXPECT_TEXT(sentence, "");
    }
    end();
}

TEST("an app that uses no version of a class gets no copy of its objects") {
    begin();
    EXPECT(match(app_that_uses(NULL, 0)) == NULL);
    EXPECT_TEXT(sentence,
                "a value of class m.P is in it, which this app does not have");
    end();
}
