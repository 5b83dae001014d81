/* Tests of the answers of the system's notices: who is stopped, what is let go
 * of, and that one notice is done with before the next. */
#include <stdio.h>
#include <string.h>

#include "kernel/system/apps.h"
#include "kernel/system/notices/answers.h"
#include "kernel/system/notices/full.h"
#include "kernel/system/notices/lost.h"
#include "persist/memory/memory.h"
#include "persist/store/store.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "vm/heap/heap.h"
#include "vm/run/domain.h"
#include "wm/desktop.h"
#include "wm/notice.h"
#include "wm/script.h"
#include "wm/wm.h"

#define MINUTE_NS 60000000000ull

static bool asks(void) {
    full_step(true);
    return notice_is_shown();
}

/* ---- One notice after the other ---- */

static const char *only_answer(uint32_t place) {
    return place == 0 ? "I see" : NULL;
}

static uint32_t seen;

static void is_seen(uint32_t place) {
    EXPECT_EQUAL(place, 0);
    seen++;
}

static const WmNotice others = {.title = "Something else",
                                .text = "Somebody else's.",
                                .answer = only_answer,
                                .chosen = is_seen};

/* Another's notice, while there is room and while there is none. */
static void others_stays(void) {
    seen = 0;
    notice_show(&others);
    full_step(false);
    EXPECT(script_shows("Something else"));
    full_step(true);
    EXPECT(script_shows("Something else"));
    full_step(false);
    EXPECT(life_click("item", "I see"));
    EXPECT_EQUAL(seen, 1);
    EXPECT(!notice_is_shown());
}

/* In the middle of a turn. */
static void press(const char *words) {
    InputEvent event = {.kind = INPUT_BUTTON, .usage = 1, .down = true};
    EXPECT(script_find("item", words, &event.x, &event.y));
    sim_time_set_ns(platform_now_ns() + NOTICE_DEAF_NS);
    wm_input(&event);
    event.down = false;
    wm_input(&event);
}

static void comes_after_each_answer(void) {
    static const char *const answers[] = {NULL, "Wait", "Stop Editor for good",
                                          "Stop Counter for good"};
    life_start();
    sim_console("open \"Counter\"");
    life_turns(20);
    others_stays();
    for (int i = 0; i < 4; i++) {
        EXPECT(asks());
        if (answers[i])
            press(answers[i]);
        else /* it goes by itself */
            full_step(false);
        EXPECT(!notice_is_shown());
        others_stays();
        life_turns(2);
        sim_time_set_ns(platform_now_ns() + 3 * MINUTE_NS);
    }
    EXPECT_EQUAL(life_apps(), 0);
}

TEST("an answered notice takes none of another away that comes later") {
    life_disk_new();
    life_run_whole(comes_after_each_answer);
}

/* ---- Who may go ---- */

static int32_t place_of(const char *words) {
    int32_t x, y = -1;
    EXPECT(script_find("item", words, &x, &y));
    return y;
}

static Domain *app_called(const char *name) {
    Domain *domain = NULL;
    for (uint32_t i = 0; (domain = answers_app(i)); i++)
        if (domain->name->length == strlen(name) &&
            memcmp(domain->name->bytes, name, strlen(name)) == 0)
            return domain;
    return NULL;
}

static void take(const char *name, uint64_t bytes) {
    Status status;
    EXPECT(heap_new_array(app_called(name), CLASS_ByteArray, bytes, &status) !=
           NULL);
}

static void start_three(void) {
    life_start();
    sim_console("open \"Counter\"");
    life_turns(20);
    sim_console("open \"Shell\"");
    life_turns(20);
}

/* In whichever order they came. */
static void are_sorted(void) {
    static const char *const names[] = {"Editor", "Counter", "Shell"};
    start_three();
    EXPECT_EQUAL(life_apps(), 3);
    for (unsigned round = 0; round < 6; round++) {
        int32_t places[3];
        take(names[round * 2 % 3], 2u << 20);
        EXPECT(asks());
        for (unsigned i = 0; i < 3; i++) {
            char words[40];
            snprintf(words, sizeof words, "Stop %s for good", names[i]);
            places[i] = place_of(words);
            EXPECT(place_of("Wait") < places[i]);
        }
        for (unsigned i = 0; i < 3; i++)
            for (unsigned k = 0; k < 3; k++)
                if (app_called(names[i])->used_bytes >
                    app_called(names[k])->used_bytes)
                    EXPECT(places[i] < places[k]);
        full_step(false);
    }
}

TEST("of the apps that can be stopped for room the largest comes first") {
    life_disk_new();
    life_run_whole(are_sorted);
}

/* What is seen is what is done, though others came and went since. */
static void is_the_one_that_was_seen(void) {
    start_three();
    uint64_t number = app_called("Counter")->number;
    EXPECT(asks());
    answers_stop(app_called("Editor"));
    apps_reap();
    EXPECT(apps_open("Editor"));
    take("Shell", 5u << 20);
    EXPECT(life_click("item", "Stop Counter for good"));
    life_turns(2);
    EXPECT(!heap_domain(number));
    EXPECT(app_called("Editor") && app_called("Shell"));
    EXPECT_EQUAL(life_apps(), 2);
}

TEST("the app that was seen in a notice is stopped, whatever came since") {
    life_disk_new();
    life_run_whole(is_the_one_that_was_seen);
}

/* ---- Generations that may go ---- */

enum { GENERATIONS = 5, PIECE_BYTES = 1 << 20 };

/* An app writes until the disk takes no more. */
static void fill_the_disk(void) {
    for (int i = 0; i < 200 && memory_refused_why() != STATUS_NO_SPACE; i++) {
        Status status;
        memory_set_level(MEMORY_HEAVY);
        Array *piece = heap_new_array(app_called("Editor"), CLASS_ByteArray,
                                      PIECE_BYTES, &status);
        if (piece && heap_write(piece, PIECE_BYTES) == STATUS_OK)
            for (int at = 0; at < PIECE_BYTES; at += 8)
                piece->at.words[at / 8] = sim_random();
        memory_set_level(MEMORY_SYSTEM);
        if (!piece || i % 8 == 7)
            life_snapshot();
    }
    EXPECT_EQUAL(memory_refused_why(), STATUS_NO_SPACE);
}

static bool is_pinned(uint64_t generation) {
    const Store *store = memory_store();
    for (uint32_t i = 0; i < store_record_count(store); i++)
        if (store_record(store, i).generation == generation)
            return store_record(store, i).flags & FORMAT_PINNED;
    return false;
}

static bool is_offered(uint64_t generation, const char *name) {
    char words[80];
    int32_t x, y;
    snprintf(words, sizeof words, "Let go of generation %lu%s%s", generation,
             name[0] ? ", " : "", name);
    return script_find("item", words, &x, &y);
}

static void are_offered(void) {
    static const char *const pins[GENERATIONS] = {"first", "", NULL, "newer",
                                                  "newest"};
    uint64_t generations[GENERATIONS];
    life_start();
    life_turns(20);
    fill_the_disk();
    for (int i = 0; i < GENERATIONS; i++) {
        life_type("a");
        generations[i] = life_snapshot();
        if (pins[i])
            EXPECT_EQUAL(store_pin(memory_store(), generations[i],
                                   FORMAT_OWNER_PERSON, pins[i]),
                         STATUS_OK);
    }
    EXPECT(asks());
    EXPECT(script_shows("The disk is full"));
    EXPECT(is_offered(generations[0], "first"));
    EXPECT(is_offered(generations[1], ""));
    EXPECT(!is_offered(generations[2], ""));
    EXPECT(!is_offered(generations[3], "newer")); /* nobody lets go of those */
    EXPECT(!is_offered(generations[4], "newest"));
    char words[80];
    snprintf(words, sizeof words, "Let go of generation %lu, first",
             generations[0]);
    EXPECT(life_click("item", words));
    EXPECT(!is_pinned(generations[0]));
    for (int i = 1; i < GENERATIONS; i++)
        EXPECT_EQUAL(is_pinned(generations[i]), pins[i] != NULL);
    EXPECT(asks()); /* that was no waiting */
    EXPECT(!is_offered(generations[0], "first"));
    EXPECT(is_offered(generations[1], ""));
    EXPECT_EQUAL(life_apps(), 1);
}

TEST("of pinned generations all but the newest two are offered, by name") {
    life_disk_new();
    life_run_whole(are_offered);
}
