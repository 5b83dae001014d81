/* The offer for an app that lost a page. */
#include "kernel/lost.h"

#include "kernel/apps.h"
#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/travel.h"
#include "persist/snapshot.h"
#include "vm/domain.h"
#include "vm/vm.h"
#include "wm/notice.h"

enum { TITLE_BYTES = 80, ANSWERS = 3 };

static struct {
    VmLost app;
    bool going;    /* it goes back as soon as no snapshot is under way */
    bool has_gone; /* that was tried: nothing has all of it */
    char title[TITLE_BYTES];
} lost;

static const char *answer(uint32_t place) {
    static const char *const words[ANSWERS] = {
        "Take it back to its last whole state", "Start it anew",
        "Leave it closed"};
    place += lost.has_gone;
    return place < ANSWERS ? words[place] : NULL;
}

static void chosen(uint32_t place) {
    place += lost.has_gone;
    lost.going = place == 0;
    if (place == 1 && !apps_open(lost.app.name))
        log_line("apps: %s is none that comes with the system", lost.app.name);
}

static void offer(const char *what, const WmNotice *notice) {
    Text title = text_on(lost.title, sizeof lost.title);
    text_add_format(&title, "%s %s", lost.app.name, what);
    text_end(&title);
    wm_notice(notice);
}

static void offer_return(void) {
    static const WmNotice notice = {
        .title = lost.title,
        .text = "A page of it cannot be read from the disk any more. The other "
                "apps go on. An older generation may still have all of it.",
        .answer = answer,
        .chosen = chosen};
    lost.has_gone = false;
    offer("was stopped", &notice);
}

static void go_back(void) {
    static const WmNotice notice = {
        .title = lost.title,
        .text =
            "No kept generation has all of it. What can still be read there "
            "can be copied: see look and copy in the shell.",
        .answer = answer,
        .chosen = chosen};
    lost.going = false;
    lost.has_gone = true;
    if (!travel_app_to_newest(lost.app.number))
        offer("cannot come back", &notice);
}

bool lost_waits(void) {
    return lost.going;
}

void lost_step(void) {
    if (lost.going && !snapshot_under_way() && domain_give_back())
        go_back();
    if (!lost.going && !wm_has_notice() && vm_take_lost(&lost.app))
        offer_return();
}
