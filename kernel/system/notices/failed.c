/* The notice about an app that ended by an exception. */
#include "kernel/system/notices/failed.h"

#include "kernel/base/text.h"
#include "kernel/system/notices/answers.h"
#include "vm/run/vm.h"
#include "wm/notice.h"

enum { TITLE_BYTES = 80 };

static struct {
    VmFailed app;
    char title[TITLE_BYTES];
    bool can_open; /* it comes with the system */
} failed;

static const char *answer(uint32_t place) {
    if (place == 0)
        return "All right";
    return place == 1 && failed.can_open ? "Open it anew" : NULL;
}

static void chosen(uint32_t place) {
    if (place == 1)
        answers_deeds()->open_app(failed.app.name);
}

void failed_step(void) {
    static const WmNotice notice = {.title = failed.title,
                                    .text = failed.app.words,
                                    .answer = answer,
                                    .chosen = chosen};
    if (notice_is_shown() || !vm_take_failed(&failed.app))
        return;
    Text title = text_on(failed.title, sizeof failed.title);
    text_add_format(&title, "%s has ended", failed.app.name);
    text_end(&title);
    failed.can_open = answers_deeds()->has_app(failed.app.name);
    notice_show(&notice);
}
