/* Tests of how rights are given and taken where more than one thing happens to
 * them (vm/run/grants.h); asks_test.c has the card. */
#include "vm/run/grants.h"

#include <stdio.h>
#include <string.h>

#include "kernel/system/travel.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "vm/heap/heap.h"
#include "vm/run/vm.h"
#include "wm/notice.h"
#include "wm/script.h"

enum { BEFORE, MIDDLE };

static const char asker[] =
    "import ui\n"
    "import system\n"
    "class Asker: App {\n"
    "    let said = Label(\"nothing\")\n"
    "    fun open() { window(\"A\", Column([said, Button(\"Ask\") { spawn {\n"
    "        said.text = \"{Right.named(\"apps\").ask()}\" } }]), 300, 200) }\n"
    "}\n";

static void begin(void) {
    sim_setting("app", asker);
    sim_setting("app_name", "Asker");
    life_start();
    life_turns(20);
}

static Domain *app(void) {
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        Domain *domain = ROOT->domains[i];
        if (domain && domain->name->length == 5 &&
            memcmp(domain->name->bytes, "Asker", 5) == 0)
            return domain;
    }
    return NULL;
}

static Status set(Grant grant) {
    return grants_set(app(), RIGHT_PLACE_APPS, grant);
}

static bool says(const char *text) {
    life_turns(20);
    return script_shows(text);
}

/* ---- Marks ---- */

/* What lies beside the generations, on a disk that takes it or not. What is
 * denied holds until the power is cut in any case, as it does in the store. */
static struct {
    uint32_t denied, written;
    Status status;
} disk;

static uint32_t denied(uint64_t line) {
    (void)line;
    return disk.denied;
}

static Status deny(uint64_t line, uint32_t rights) {
    (void)line;
    disk.denied |= rights;
    if (disk.status == STATUS_OK)
        disk.denied = disk.written = rights;
    return disk.status;
}

static uint64_t newest(void) {
    return 0;
}

static const GrantsMarks marks = {denied, deny, newest};

static void is_denied_again(void) {
    begin();
    EXPECT_EQUAL(set(GRANT_ALWAYS), STATUS_OK);
    grants_set_marks(&marks);
    disk.status = STATUS_IO_ERROR;
    for (int i = 0; i < 2; i++) {
        EXPECT_EQUAL(set(GRANT_NOT), STATUS_IO_ERROR);
        EXPECT_EQUAL(app()->rights, RIGHTS_NONE);
    }
    EXPECT_EQUAL(disk.written, 0);
    disk.status = STATUS_OK;
    EXPECT_EQUAL(set(GRANT_NOT), STATUS_OK);
    EXPECT_EQUAL(disk.written, RIGHT_APPS);
}

TEST("what was taken while the disk failed is written when it is taken again") {
    life_disk_new();
    life_run_whole(is_denied_again);
}

static void is_answered_late(void) {
    begin();
    grants_set_marks(&marks);
    disk.denied = RIGHT_APPS;
    disk.status = STATUS_NO_SPACE;
    EXPECT(life_click("button", "Ask"));
    life_turns(20);
    EXPECT(life_click("item", "Yes, always"));
    EXPECT(!says("true") && !says("false"));
    EXPECT(!notice_is_shown());
    EXPECT_EQUAL(app()->rights, RIGHTS_NONE);
    disk.status = STATUS_OK;
    EXPECT(says("true"));
    EXPECT_EQUAL(app()->lasting, RIGHT_APPS);
    EXPECT(!notice_is_shown());
}

TEST("an answer that the disk does not take is told when it does") {
    life_disk_new();
    life_run_whole(is_answered_late);
}

/* ---- One after the other ---- */

static void is_given_for_less(void) {
    begin();
    EXPECT_EQUAL(set(GRANT_ALWAYS), STATUS_OK);
    EXPECT_EQUAL(set(GRANT_ONCE), STATUS_OK);
    EXPECT_EQUAL(app()->rights, RIGHT_APPS);
    EXPECT_EQUAL(vm_restart_app(app()), STATUS_OK);
    life_turns(30);
    EXPECT_EQUAL(app()->rights, RIGHTS_NONE);
}

TEST("a right for always that is given once then ends with a new start") {
    life_disk_new();
    life_run_whole(is_given_for_less);
}

/* It has the right in the middle only, and is before that when it loses it. */
static void loses_what_it_had_since(void) {
    char line[40];
    begin();
    life_note[BEFORE] = life_snapshot();
    EXPECT_EQUAL(set(GRANT_ALWAYS), STATUS_OK);
    life_note[MIDDLE] = life_snapshot();
    sim_console("open \"Shell\"");
    life_turns(20);
    snprintf(line, sizeof line, "back %lu Asker\n", life_note[BEFORE]);
    life_type(line);
    EXPECT(says("Asker is as it was in generation"));
    EXPECT_EQUAL(app()->rights, RIGHTS_NONE);
    EXPECT_EQUAL(set(GRANT_NOT), STATUS_OK);
    life_snapshot();
    EXPECT(travel_to(life_note[MIDDLE]) != STATUS_OK);
}

static void has_none(void) {
    begin();
    EXPECT_EQUAL(app()->rights, RIGHTS_NONE);
    EXPECT_EQUAL(app()->lasting, RIGHTS_NONE);
}

TEST("what an app had after the past that it is in can be taken from it") {
    life_disk_new();
    EXPECT(life_run(loses_what_it_had_since));
    life_run_whole(has_none);
}
