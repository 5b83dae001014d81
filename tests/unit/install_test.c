/* Tests of programs from their source (kernel/system/install.h): opened once,
 * with the name that was given, and no harm where that cannot be. */
#include <stdio.h>
#include <string.h>

#include "kernel/system/notices/answers.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "vm/heap/heap.h"
#include "wm/desktop.h"
#include "wm/script.h"

static const char *source, *name;

static void start(void) {
    sim_setting("app", source);
    sim_setting("app_name", name);
    life_start();
    life_turns(30);
}

/* So many apps of this name run. */
static unsigned count_of(const char *wanted) {
    unsigned count = 0;
    const Domain *domain;
    for (uint32_t i = 0; (domain = answers_app(i)); i++)
        count += domain->name->length == strlen(wanted) &&
                 memcmp(domain->name->bytes, wanted, strlen(wanted)) == 0;
    return count;
}

static void is_there_once(void) {
    start();
    EXPECT_EQUAL(count_of(name ? name : "app"), 1);
    EXPECT_EQUAL(count_of("Editor"), 1);
    EXPECT_EQUAL(desktop_window_count(), 2);
    EXPECT(script_shows("first"));
    EXPECT(!sim_log_find("apps: "));
    life_snapshot();
}

static void is_gone(void) {
    start();
    EXPECT_EQUAL(count_of("app"), 1);
    const Domain *domain;
    for (uint32_t i = 0; (domain = answers_app(i)); i++)
        if (domain->name->bytes[0] == 'a')
            answers_stop(heap_domain(domain->number));
    life_turns(5);
    EXPECT_EQUAL(count_of("app"), 0);
    life_snapshot();
}

TEST("a program from its source is opened once, over restarts, by its name") {
    source = "import ui\n"
             "fun main() { window(\"W\", Label(\"first\"), 200, 100) }\n";
    static const char *const names[] = {NULL, "app2", "Editors"};
    for (int i = 0; i < 3; i++) {
        name = names[i];
        life_disk_new();
        for (int lives = 0; lives < 3; lives++)
            life_run_whole(is_there_once);
    }
    name = NULL; /* who was stopped is opened again */
    life_disk_new();
    life_run_whole(is_there_once);
    life_run_whole(is_gone);
    life_run_whole(is_there_once);
}

/* The one that runs stays what it is; the next one is new. */
static void is_still_the_first(void) {
    start();
    EXPECT(script_shows("first") && !script_shows("second"));
    EXPECT_EQUAL(count_of("app"), 1);
    answers_stop(answers_app(life_apps() - 1));
    life_turns(5);
    EXPECT_EQUAL(count_of("app"), 0);
    life_snapshot();
}

static void is_the_second(void) {
    start();
    EXPECT(script_shows("second") && !script_shows("first"));
    EXPECT_EQUAL(count_of("app"), 1);
}

TEST("another source is for the next start of the program") {
    name = NULL;
    source = "import ui\n"
             "fun main() { window(\"W\", Label(\"first\"), 200, 100) }\n";
    life_disk_new();
    life_run_whole(is_there_once);
    source = "import ui\n"
             "fun main() { window(\"W\", Label(\"second\"), 200, 100) }\n";
    life_run_whole(is_still_the_first);
    life_run_whole(is_the_second);
}

static const char *complaint;

static void is_refused(void) {
    start();
    EXPECT(sim_log_find(complaint) != NULL);
    EXPECT_EQUAL(life_apps(), 1);
    EXPECT_EQUAL(desktop_window_count(), 1);
    life_type("goes on");
    EXPECT(script_shows(" words"));
    life_snapshot();
}

TEST("a program that cannot be opened is told of, and nothing else changes") {
    static const struct {
        const char *source, *complaint;
    } programs[] = {{"fun main() { nobody() }", "apps: app:1:14: error"},
                    {"fun other() {}", "apps: app does not start"},
                    {"", "apps: app does not start"},
                    {"class {", "apps: app:1:7: error"}};
    name = NULL;
    for (int i = 0; i < 4; i++) {
        source = programs[i].source;
        complaint = programs[i].complaint;
        life_disk_new();
        life_run_whole(is_refused);
        life_run_whole(is_refused);
    }
}

static void does_not_run(void) {
    start();
    EXPECT_EQUAL(life_apps(), 1); /* the Editor of the first start */
    EXPECT(!script_shows("first"));
    sim_console("open \"Shell\"");
    life_turns(30);
    EXPECT_EQUAL(count_of("Shell"), 1);
    EXPECT(!script_shows("first"));
}

TEST("a program does not take the place of an app of the system, nor its "
     "rights") {
    static const char *const names[] = {"shell", "editor", "counter", "Shell",
                                        "EDITOR"};
    source = "import ui\n"
             "fun main() { window(\"W\", Label(\"first\"), 200, 100) }\n";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        name = names[i];
        life_disk_new();
        life_run_whole(does_not_run);
    }
    name = NULL;
}
