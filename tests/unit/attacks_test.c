/* An app without rights that wants everything: each of its tries is refused, at
 * first, after a power cut, when the machine went back, and when the app did.
 */
#include <stdio.h>
#include <string.h>

#include "kernel/system/travel.h"
#include "persist/store/store.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "vm/heap/heap.h"
#include "vm/run/vm.h"
#include "wm/notice.h"
#include "wm/script.h"

/* What is refused by a RightError counts, anything else is told. Others are
 * named by objects that the app makes up. */
static const char attacker[] =
    "import ui\n"
    "import system\n"
    "class Attacker: App {\n"
    "    let said = Label(\"nothing\")\n"
    "    var refused = 0\n"
    "    var wrong = \"\"\n"
    "    fun open() {\n"
    "        window(\"A\", Column([said, Button(\"Go\") { go() }]), 300, 160)\n"
    "    }\n"
    "    fun try1(number: Int, action: () => Void) {\n"
    "        try { action(); wrong = \"{wrong} got {number}\" }\n"
    "        catch e: RightError { refused += 1 }\n"
    "        catch e: Exception { wrong = \"{wrong} {number} {e}\" }\n"
    "    }\n"
    "    fun go() {\n"
    "        refused = 0\n"
    "        wrong = \"\"\n"
    "        let other = RunningApp(2, \"Editor\", 0, 0, 0)\n"
    "        let ended = EndedApp(2, \"Editor\", 0)\n"
    "        let past = Generation(1, Time(0), 0, 0, 0, false)\n"
    "        let limit = Limit(2, 0, \"memory\", \"bytes\", 0, 0, 0, 0)\n"
    "        let right = Right(1, \"apps\", \"all\")\n"
    "        let beyond = Right(77, \"all\", \"all\")\n"
    "        try1(1) { RunningApp.all() }\n"
    "        try1(2) { RunningApp.named(\"Editor\") }\n"
    "        try1(3) { other.end() }\n"
    "        try1(4) { other.restart() }\n"
    "        try1(5) { Limit.of(other) }\n"
    "        try1(6) { limit.set(1000000) }\n"
    "        try1(7) { EndedApp.all() }\n"
    "        try1(8) { ended.bringBack() }\n"
    "        try1(9) { ended.drop() }\n"
    "        try1(10) { MemoryFigures() }\n"
    "        try1(11) { Generation.all() }\n"
    "        try1(12) { past.look() }\n"
    "        try1(13) { past.look(\"Editor.documents\", 9) }\n"
    "        try1(14) { past.picture(64) }\n"
    "        try1(15) { past.copy(\"Editor.documents.0\") }\n"
    "        try1(16) { past.keepAs(\"mine\") }\n"
    "        try1(17) { past.unpin() }\n"
    "        try1(18) { past.goBack() }\n"
    "        try1(19) { past.takeBack(\"Editor\") }\n"
    "        try1(20) { System.snapshot() }\n"
    "        try1(21) { Compiler().evaluate(\"1 + 1\") }\n"
    "        try1(22) { Compiler().evaluate(\"class Object \\{\\}\") }\n"
    "        try1(23) { clipboard() }\n"
    "        try1(24) { right.give(other) }\n"
    "        try1(25) { right.give(RunningApp(3, \"A\", 0, 0, 0), true) }\n"
    "        try1(26) { right.deny(other) }\n"
    "        try1(27) { beyond.give(other, true) }\n"
    "        try1(28) { right.isGiven(other) }\n"
    "        try1(29) { right.isLasting(RunningApp(1, \"\", 0, 0, 0)) }\n"
    "        try1(30) { gatesInto(other) }\n"
    "        said.text = \"{refused} refused{wrong}\"\n"
    "    }\n"
    "}\n";

enum { BEFORE };

static void begin(void) {
    sim_setting("app", attacker);
    sim_setting("app_name", "Attacker");
    life_start();
    life_turns(20);
}

static void attack(void) {
    uint32_t pins = 0;
    EXPECT(life_click("button", "Go"));
    life_turns(60);
    EXPECT(script_shows("30 refused"));
    EXPECT(!script_shows("got") && !notice_is_shown());
    EXPECT_EQUAL(life_apps(), 2);
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++)
        EXPECT(!ROOT->domains[i] || ROOT->domains[i]->rights == 0);
    for (uint32_t i = 0; i < store_record_count(memory_store()); i++)
        pins += store_record(memory_store(), i).flags & FORMAT_PINNED;
    EXPECT(pins <= 1); /* what was left */
}

static void attacks_first(void) {
    begin();
    attack();
    life_note[BEFORE] = life_snapshot();
    life_snapshot();
}

static void attacks_again(void) {
    begin();
    attack();
    life_snapshot();
}

static void goes_back(void) {
    begin();
    EXPECT(travel_to(life_note[BEFORE]) != STATUS_OK);
}

static void is_taken_back(void) {
    begin();
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        Domain *domain = ROOT->domains[i];
        if (domain && domain->name->length == 8)
            EXPECT(travel_app_to_newest(domain->number));
    }
    life_turns(20);
    attack();
}

TEST("an app without rights reaches nothing, whenever it tries") {
    life_disk_new();
    life_run_whole(attacks_first);
    life_run_whole(attacks_again);
    EXPECT(life_run(goes_back));
    life_run_whole(attacks_again);
    life_run_whole(is_taken_back);
}
