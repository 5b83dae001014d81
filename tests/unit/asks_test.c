/* Tests of the card of an app that asks for a right (notices/asks.h), and of
 * what a person takes back (vm/run/grants.h). */
#include "kernel/system/notices/asks.h"

#include <string.h>

#include "kernel/system/apps.h"
#include "kernel/system/travel.h"
#include "persist/memory/memory.h"
#include "persist/store/store.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "vm/heap/heap.h"
#include "vm/run/grants.h"
#include "vm/run/thread.h"
#include "vm/run/vm.h"
#include "wm/desktop.h"
#include "wm/notice.h"
#include "wm/script.h"
#include "wm/windows.h"

static const char asker[] =
    "import ui\n"
    "import system\n"
    "class Asker: App {\n"
    "    let said = Label(\"nothing\")\n"
    "    var times = 0\n"
    "    fun open() {\n"
    "        window(\"The system\", Column([said, "
    "Button(\"Ask\") { spawn { ask() } },\n"
    "            Button(\"Later\") { spawn { sleep(2.seconds); ask() } },\n"
    "            Button(\"Count\") { count() }]), 300, 200)\n"
    "    }\n"
    "    fun ask() {\n"
    "        times += 1\n"
    "        said.text = \"asked {times}\"\n"
    "        try { said.text = \"{times}: {Right.named(\"apps\").ask()}\" }\n"
    "        catch e: Exception { said.text = \"{times}: {e}\" }\n"
    "    }\n"
    "    fun count() {\n"
    "        try { said.text = \"{RunningApp.all().size} apps\" }\n"
    "        catch e: RightError { said.text = \"no right\" }\n"
    "    }\n"
    "}\n";

enum { BEFORE, AFTER };

static void begin(void) {
    sim_setting("app", asker);
    sim_setting("app_name", "Asker");
    life_start();
    life_turns(20);
}

static Domain *app(void) {
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        Domain *domain = ROOT->domains[i];
        int code;
        if (domain && !vm_app_ended(domain, &code) &&
            domain->name->length == 5 &&
            memcmp(domain->name->bytes, "Asker", 5) == 0)
            return domain;
    }
    return NULL;
}

static bool says(const char *text) {
    life_turns(20);
    return script_shows(text);
}

static void press(const char *button) {
    EXPECT(life_click("button", button));
    life_turns(20);
}

static bool is_asked(void) {
    return notice_is_shown() && script_shows("Asker asks for a right");
}

static void answer(const char *words) {
    EXPECT(is_asked());
    EXPECT(life_click("item", words));
    life_turns(20);
    EXPECT(!notice_is_shown());
}

/* ---- The card ---- */

static void is_refused(void) {
    begin();
    press("Count");
    EXPECT(says("no right"));
    press("Ask");
    EXPECT(says("asked 1"));
    answer("No");
    EXPECT(says("1: false"));
    press("Count");
    EXPECT(says("no right"));
    press("Ask"); /* it is not asked again */
    EXPECT(!notice_is_shown());
    EXPECT(says("2: false"));
    EXPECT_EQUAL(grants_set(app(), RIGHT_PLACE_APPS, GRANT_ONCE), STATUS_OK);
    press("Ask"); /* a person may change their mind */
    EXPECT(!notice_is_shown());
    EXPECT(says("3: true"));
    press("Count");
    EXPECT(says("2 apps"));
}

TEST("an app that is refused a right does not have it, and asks once") {
    life_disk_new();
    life_run_whole(is_refused);
}

static void start_anew(void) {
    EXPECT_EQUAL(vm_restart_app(app()), STATUS_OK);
    life_turns(30);
    EXPECT(says("nothing"));
}

static void is_given_once(void) {
    begin();
    press("Ask");
    answer("Yes, until it is started anew");
    EXPECT(says("1: true"));
    EXPECT_EQUAL(app()->rights, RIGHT_APPS);
    press("Count");
    EXPECT(says("2 apps"));
    start_anew();
    EXPECT_EQUAL(app()->rights, RIGHTS_NONE);
    press("Count");
    EXPECT(says("no right"));
    press("Ask");
    answer("Yes, always");
    start_anew();
    press("Count");
    EXPECT(says("2 apps"));
    life_snapshot();
}

static void has_it_still(void) {
    begin();
    EXPECT_EQUAL(app()->rights, RIGHT_APPS);
    start_anew();
    press("Count");
    EXPECT(says("2 apps"));
}

TEST("a right ends with the new start of the app, or is for always") {
    life_disk_new();
    life_run_whole(is_given_once);
    life_run_whole(has_it_still);
}

static void is_cut_while_asked(void) {
    begin();
    press("Ask");
    EXPECT(is_asked());
    life_snapshot();
}

static void is_asked_again(void) {
    begin();
    life_turns(20);
    EXPECT(!script_find("button", "Ask", &(int32_t){0}, &(int32_t){0}));
    answer("Yes, always");
    EXPECT(says("1: true"));
    press("Count");
    EXPECT(says("2 apps"));
}

TEST("after a power cut the question is put again, and its answer counts") {
    life_disk_new();
    life_run_whole(is_cut_while_asked);
    life_run_whole(is_asked_again);
}

static void comes_with_the_focus(void) {
    begin();
    WmWindow *own = windows_focused();
    EXPECT(life_click("button", "Later"));
    life_turns(20);
    EXPECT(apps_open("Counter"));
    life_last(3000000000);
    EXPECT(!desktop_leads(app()));
    EXPECT(!notice_is_shown());
    EXPECT(own->calls);
    windows_raise(own);
    life_turns(20);
    EXPECT(is_asked());
    EXPECT(vm_stop_app(app(), "it is done"));
    life_turns(20);
    EXPECT(!notice_is_shown()); /* nobody asks any more */
}

TEST("an app behind another asks when it comes to the front, until it ends") {
    life_disk_new();
    life_run_whole(comes_with_the_focus);
}

/* It has closed its window, or never had one. */
static const char windowless[] = "import system\n"
                                 "class Asker: App {\n"
                                 "    fun open() { sleep(2.seconds); "
                                 "log(\"{Right.named(\"apps\").ask()}\") }\n"
                                 "}\n";

static void asks_without_window(void) {
    sim_setting("app", windowless);
    sim_setting("app_name", "Asker");
    life_start();
    life_turns(20);
    life_type("x");
    life_last(3000000000);
    EXPECT(!notice_is_shown());
    life_type("y");
    EXPECT(!notice_is_shown());
    EXPECT(script_shows("xy"));
    desktop_expect(app()); /* a person opens it */
    life_turns(20);
    answer("No");
}

TEST("an app without a window is asked when a person has just opened it") {
    life_disk_new();
    life_run_whole(asks_without_window);
}

static void takes_its_question_back(void) {
    begin();
    press("Ask");
    EXPECT(is_asked());
    Thread *asks = thread_waiter(app(), &app()->head);
    EXPECT(asks != NULL);
    EXPECT_EQUAL(thread_wake(asks, false), STATUS_OK);
    life_turns(20);
    EXPECT(!notice_is_shown());
    EXPECT_EQUAL(app()->refused, RIGHT_APPS);
    press("Ask");
    EXPECT(!notice_is_shown());
    EXPECT(says("2: false"));
}

TEST("an app that takes its question back does not put it again") {
    life_disk_new();
    life_run_whole(takes_its_question_back);
}

/* One question ends while its card is there, and another one begins. */
static const char asks_two[] =
    "import ui\n"
    "import system\n"
    "class Asker: App {\n"
    "    let said = Label(\"nothing\")\n"
    "    fun open() { window(\"A\", Column([said,\n"
    "        Button(\"Ask\") { spawn { ask() } }]), 300, 200) }\n"
    "    fun ask() {\n"
    "        let first = spawn { Right.named(\"apps\").ask() }\n"
    "        sleep(2.seconds)\n"
    "        first.stop()\n"
    "        first.join()\n"
    "        said.text = \"{Right.named(\"clipboard\").ask()}\"\n"
    "    }\n"
    "}\n";

static void answers_the_second(void) {
    sim_setting("app", asks_two);
    sim_setting("app_name", "Asker");
    life_start();
    life_turns(20);
    press("Ask");
    EXPECT(is_asked() &&
           sim_log_find("rights: a person is asked for apps by Asker"));
    life_last(3000000000);
    EXPECT(is_asked() &&
           sim_log_find("rights: a person is asked for clipboard by Asker"));
    answer("No");
    EXPECT(says("false"));
    EXPECT_EQUAL(app()->rights, 0);
    EXPECT_EQUAL(app()->refused, RIGHT_APPS | RIGHT_CLIPBOARD);
}

TEST("an answer is for the right that the card names") {
    life_disk_new();
    life_run_whole(answers_the_second);
}

static void is_given_meanwhile(void) {
    begin();
    EXPECT(life_click("button", "Later"));
    life_turns(20);
    EXPECT(apps_open("Counter"));
    life_last(3000000000);
    EXPECT(!notice_is_shown());
    EXPECT_EQUAL(grants_set(app(), RIGHT_PLACE_APPS, GRANT_ALWAYS), STATUS_OK);
    life_turns(20);
    EXPECT(!notice_is_shown());
    EXPECT(says("1: true"));
    EXPECT_EQUAL(app()->lasting, RIGHT_APPS);
}

TEST("an app is not asked about what it was given meanwhile") {
    life_disk_new();
    life_run_whole(is_given_meanwhile);
}

/* ---- What was taken back ---- */

static Grant given;

static void is_denied_after_a_new_start(void) {
    begin();
    EXPECT_EQUAL(grants_set(app(), RIGHT_PLACE_APPS, given), STATUS_OK);
    life_note[BEFORE] = life_snapshot();
    start_anew();
    EXPECT_EQUAL(app()->rights, given == GRANT_ALWAYS ? RIGHT_APPS : 0);
    EXPECT_EQUAL(grants_set(app(), RIGHT_PLACE_APPS, GRANT_NOT), STATUS_OK);
    life_snapshot();
    EXPECT(travel_to(life_note[BEFORE]) != STATUS_OK);
}

static void has_none(void) {
    begin();
    EXPECT_EQUAL(app()->rights, RIGHTS_NONE);
    press("Count");
    EXPECT(says("no right"));
}

TEST("a right that was taken back comes back with no app before it") {
    for (given = GRANT_ONCE; given <= GRANT_ALWAYS; given++) {
        life_disk_new();
        EXPECT(life_run(is_denied_after_a_new_start));
        life_run_whole(has_none);
    }
}

/* The power is cut before any generation has the app. */
static void is_denied_and_cut(void) {
    life_start();
    life_turns(20);
    life_snapshot();
    sim_setting("interval_ms", "3600000");
    sim_console("open \"Shell\"");
    life_turns(5);
    Domain *shell = ROOT->domains[2];
    EXPECT(shell && shell->rights == RIGHTS_ALL);
    EXPECT_EQUAL(grants_set(shell, RIGHT_PLACE_APPS, GRANT_NOT), STATUS_OK);
    life_note[AFTER] = shell->number;
}

static void is_another(void) {
    life_start();
    EXPECT(!ROOT->domains[2]);
    sim_console("open \"Shell\"");
    life_turns(20);
    EXPECT(ROOT->domains[2]->number > life_note[AFTER]);
    life_snapshot();
}

static void has_all(void) {
    life_start();
    EXPECT_EQUAL(ROOT->domains[2]->rights, RIGHTS_ALL);
}

TEST("no other app has the number of one to which something was denied") {
    life_disk_new();
    life_run_whole(is_denied_and_cut);
    life_run_whole(is_another);
    life_run_whole(has_all);
}

static void has_and_loses(void) {
    begin();
    EXPECT_EQUAL(grants_set(app(), RIGHT_PLACE_APPS, GRANT_ALWAYS), STATUS_OK);
    EXPECT_EQUAL(grants_set(app(), RIGHT_PLACE_TRAVEL, GRANT_ONCE), STATUS_OK);
    life_note[BEFORE] = life_snapshot();
    EXPECT_EQUAL(grants_set(app(), RIGHT_PLACE_APPS, GRANT_NOT), STATUS_OK);
    EXPECT_EQUAL(app()->rights, RIGHT_TRAVEL);
    press("Count");
    EXPECT(says("no right"));
}

/* The power was cut before another generation was durable. */
static void has_lost_it(void) {
    begin();
    EXPECT_EQUAL(app()->rights, RIGHT_TRAVEL);
    EXPECT_EQUAL(app()->lasting, 0);
    EXPECT_EQUAL(app()->refused, RIGHT_APPS);
    press("Count");
    EXPECT(says("no right"));
    life_note[AFTER] = life_snapshot();
}

static void goes_back(void) {
    begin();
    EXPECT(travel_to(life_note[BEFORE]) != STATUS_OK);
}

static void takes_the_app_back(void) {
    Store *store;
    begin();
    store = memory_store();
    EXPECT_EQUAL(app()->rights, RIGHT_TRAVEL);
    uint64_t number = app()->number;
    EXPECT_EQUAL(store_denied(store, number), RIGHT_APPS);
    EXPECT_EQUAL(grants_set(app(), RIGHT_PLACE_APPS, GRANT_ONCE), STATUS_OK);
    EXPECT_EQUAL(store_denied(store, number), 0);
    EXPECT_EQUAL(app()->rights, RIGHT_TRAVEL | RIGHT_APPS);
    press("Count");
    EXPECT(says("2 apps"));
}

TEST("a right that was taken back comes back with no generation") {
    life_disk_new();
    life_run_whole(has_and_loses);
    life_run_whole(has_lost_it);
    EXPECT(life_run(goes_back));
    life_run_whole(has_lost_it);
    life_run_whole(takes_the_app_back);
}
