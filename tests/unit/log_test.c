/* What programs say in the log cannot be taken for what the system says. */
#include "kernel/base/log.h"
#include "tests/sim/sim.h"
#include "tests/test.h"

TEST("a line break in a line of the log begins no other line") {
    sim_log_clear();
    log_line("%s: %s", "Editor", "begins\nui: settled input=99\r\x1b[2J\x7f.");
    EXPECT(sim_log_find("Editor: begins ui: settled input=99  [2J ."));
    EXPECT(!sim_log_find("ui:"));
}

TEST("lines of a trace stay lines, and are set in") {
    sim_log_clear();
    log_line("app: A stopped: core.Error\n  at A.open (a.rev:1)");
    EXPECT(sim_log_find("app: A stopped: core.Error\n  at A.open"));
}
