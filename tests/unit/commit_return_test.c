/* Tests of an app that is taken back to a moment at which it waited in
 * commit(). */
#include <string.h>

#include "kernel/system/travel.h"
#include "tests/sim/sim.h"
#include "tests/test.h"
#include "tests/unit/life.h"
#include "vm/heap/heap.h"
#include "wm/script.h"

static const char commits[] =
    "import ui\n"
    "class Commits: App {\n"
    "    let said = Label(\"nothing\")\n"
    "    fun open() {\n"
    "        window(\"C\", Column([said, Button(\"Commit\") { spawn { wait() } "
    "},\n"
    "            Button(\"Other\") { said.text = \"other\" }]), 300, 160)\n"
    "    }\n"
    "    fun wait() {\n"
    "        said.text = \"waits\"\n"
    "        commit()\n"
    "        said.text = \"durable\"\n"
    "    }\n"
    "}\n";

static Domain *app(void) {
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        Domain *domain = ROOT->domains[i];
        if (domain && domain->name->length == 7 &&
            memcmp(domain->name->bytes, "Commits", 7) == 0)
            return domain;
    }
    return NULL;
}

static void goes_on(void) {
    sim_setting("app", commits);
    sim_setting("app_name", "Commits");
    sim_setting("interval_ms", "3600000");
    life_start();
    life_turns(20);
    EXPECT(life_click("button", "Commit"));
    life_turns(60);
    EXPECT(script_shows("durable"));
    EXPECT(life_click("button", "Other"));
    life_turns(20);
    EXPECT(script_shows("other") && !script_shows("durable"));
    EXPECT(travel_app_to_newest(app()->number)); /* which is that of commit() */
    life_turns(60);
    EXPECT(script_shows("durable")); /* though nobody else commits */
}

TEST("an app that is taken back into commit() goes on by itself") {
    life_disk_new();
    life_run_whole(goes_on);
}
