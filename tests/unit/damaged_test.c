/* Tests of damage that a generation has inside, though all its hashes are
 * right: it is found when a page of it is to be saved again. */
#include <stdio.h>
#include <string.h>

#include "kernel/system/notices/answers.h"
#include "kernel/system/saver.h"
#include "persist/memory/snapshot.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "vm/heap/heap.h"
#include "vm/run/vm.h"
#include "wm/desktop.h"
#include "wm/notice.h"
#include "wm/script.h"

#define LASTS_NS 6000000000ull

enum { SOUND, DAMAGED, PLACE };

/* Once, a page is not looked at before it becomes durable. */
static void save_damaged(Object *object) {
    snapshot_set_check(NULL);
    EXPECT_EQUAL(memory_write((uintptr_t)object, 8), STATUS_OK);
    object->zero[1] |= 4;
    life_note[PLACE] = (uintptr_t)object;
    life_note[DAMAGED] = life_snapshot();
}

static void makes_two(void) {
    life_start();
    life_turns(20);
    life_type("sound");
    life_note[SOUND] = life_snapshot();
    life_type(" and more");
}

static void damages_editor(void) {
    makes_two();
    save_damaged(&answers_app(0)->head);
}

static void damages_system(void) {
    makes_two();
    save_damaged(&ROOT->domains[0]->head);
}

/* Something beside the damage is to be saved. */
static void save_page(void) {
    EXPECT_EQUAL(memory_write(life_note[PLACE], 8), STATUS_OK);
    sim_console("snapshot");
}

static void is_found(void) {
    life_start();
    EXPECT_EQUAL(snapshot_durable(), life_note[DAMAGED]);
    save_page();
    life_last(LASTS_NS);
    EXPECT(!"it starts anew");
}

static void is_stopped(void) {
    life_start();
    save_page();
    EXPECT(life_until("app: Editor stopped: its memory is damaged"));
    life_last(LASTS_NS);
    sim_console("snapshot");
    life_last(LASTS_NS);
    EXPECT(script_shows("Editor was stopped"));
    EXPECT(!saver_is_damaged() && saver_is_durable());
    EXPECT(snapshot_durable() > life_note[DAMAGED]);
    EXPECT(life_click("item", "Take it back to its last whole state"));
    life_turns(50);
    EXPECT(script_shows("1 word"));
    life_snapshot();
}

static void is_whole(void) {
    life_start();
    life_type("!");
    EXPECT(script_shows("1 word") && !notice_is_shown());
    life_snapshot();
}

TEST("an app that is damaged again after a start is stopped and comes back") {
    life_disk_new();
    life_run_whole(damages_editor);
    EXPECT(life_run(is_found));
    life_run_whole(is_stopped);
    life_run_whole(is_whole);
}

static void is_stopped_held(void) {
    sim_setting("held", "1");
    life_start();
    save_page();
    EXPECT(life_until("app: Editor stopped: its memory is damaged"));
    life_last(LASTS_NS);
    sim_console("snapshot");
    life_last(LASTS_NS);
    EXPECT(snapshot_durable() > life_note[DAMAGED]);
}

TEST("so is an app that is held") {
    life_disk_new();
    life_run_whole(damages_editor);
    EXPECT(life_run(is_found));
    life_run_whole(is_stopped_held);
}

/* ---- The system's ---- */

static void expect_list(void) {
    EXPECT(saver_is_damaged() && !saver_is_durable() && vm_held());
    EXPECT(script_shows("The system's memory is damaged"));
    EXPECT_EQUAL(saver_finish(), STATUS_CORRUPT);
    EXPECT_EQUAL(snapshot_durable(), life_note[DAMAGED]);
}

static void goes_back(void) {
    char words[80];
    life_start();
    save_page();
    EXPECT(life_until("recovery: the system's memory is damaged"));
    life_last(LASTS_NS);
    expect_list();
    snprintf(words, sizeof words,
             "Go back to generation %lu, less than a minute ago",
             life_note[SOUND]);
    EXPECT(life_click("item", words));
    EXPECT(!"it goes back");
}

static void went_back(void) {
    life_start();
    EXPECT_EQUAL(snapshot_durable(), life_note[SOUND]);
    life_type("!");
    EXPECT(script_shows("1 word"));
    EXPECT(life_snapshot() > life_note[DAMAGED]);
    EXPECT(!saver_is_damaged());
}

TEST("where the system's memory is damaged older generations are offered") {
    life_disk_new();
    life_run_whole(damages_system);
    EXPECT(life_run(is_found));
    EXPECT(life_run(goes_back));
    life_run_whole(went_back);
}
