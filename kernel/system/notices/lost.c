/* The offer for an app that lost a page. */
#include "kernel/system/notices/lost.h"

#include "kernel/base/text.h"
#include "kernel/system/notices/answers.h"
#include "persist/memory/snapshot.h"
#include "vm/run/domain.h"
#include "vm/run/vm.h"
#include "wm/notice.h"

enum { TITLE_BYTES = 80 };

typedef enum Deed { LOST_BACK, LOST_ANEW, LOST_CLOSED, LOST_DEEDS } Deed;

static struct {
    VmLost app;
    bool going; /* it goes back as soon as no snapshot is under way */
    Deed deeds[LOST_DEEDS]; /* that the notice offers */
    uint32_t deed_count;
    char title[TITLE_BYTES];
} lost;

static const char *answer(uint32_t place) {
    static const char *const words[LOST_DEEDS] = {
        [LOST_BACK] = "Take it back to its last whole state",
        [LOST_ANEW] = "Start it anew",
        [LOST_CLOSED] = "Leave it closed"};
    return place < lost.deed_count ? words[lost.deeds[place]] : NULL;
}

static void chosen(uint32_t place) {
    lost.going = lost.deeds[place] == LOST_BACK;
    if (lost.deeds[place] == LOST_ANEW)
        answers_deeds()->open_app(lost.app.name);
}

/* What comes with the system can start anew. */
static void offer(bool back, const char *what, const WmNotice *notice) {
    Text title = text_on(lost.title, sizeof lost.title);
    text_add_format(&title, "%s %s", lost.app.name, what);
    text_end(&title);
    lost.deed_count = 0;
    if (back)
        lost.deeds[lost.deed_count++] = LOST_BACK;
    if (answers_deeds()->has_app(lost.app.name))
        lost.deeds[lost.deed_count++] = LOST_ANEW;
    lost.deeds[lost.deed_count++] = LOST_CLOSED;
    notice_show(notice);
}

static void offer_return(void) {
    static const WmNotice notice = {
        .title = lost.title,
        .text = "A page of it cannot be read from the disk any more. The other "
                "apps go on. An older generation may still have all of it.",
        .answer = answer,
        .chosen = chosen};
    static const WmNotice damaged = {
        .title = lost.title,
        .text = "What it had is damaged in the machine's memory, and was so "
                "again after a start. The other apps go on. An older "
                "generation may have all of it as it should be.",
        .answer = answer,
        .chosen = chosen};
    offer(true, "was stopped", lost.app.damaged ? &damaged : &notice);
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
    if (!answers_deeds()->take_app_back(lost.app.number))
        offer(false, "cannot come back", &notice);
}

bool lost_waits(void) {
    return lost.going;
}

void lost_step(void) {
    if (lost.going && !snapshot_under_way() && domain_give_back())
        go_back();
    if (!lost.going && !notice_is_shown() && vm_take_lost(&lost.app))
        offer_return();
}
