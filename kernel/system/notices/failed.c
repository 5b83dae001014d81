/* The notice about an app that ended by an exception. */
#include "kernel/system/notices/failed.h"

#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/system/notices/answers.h"
#include "vm/heap/heap.h"
#include "vm/run/trash.h"
#include "vm/run/vm.h"
#include "wm/desktop.h"
#include "wm/notice.h"

enum { TITLE_BYTES = 80, TEXT_BYTES = 400, ANSWERS = 3 };

static struct {
    VmFailed app;
    char title[TITLE_BYTES], text[TEXT_BYTES];
    struct {
        const char *words;
        void (*deed)(void);
    } answers[ANSWERS];
    uint32_t count;
} failed;

static void add(const char *words, void (*deed)(void)) {
    failed.answers[failed.count].words = words;
    failed.answers[failed.count++].deed = deed;
}

static void leave(void) {
}

/* What there is of it yet, or NULL. */
static Domain *what_is_left(void) {
    Domain *domain = heap_domain(failed.app.number);
    bool is_left = domain && (trash_holds(domain) || vm_app_rests(domain));
    return is_left ? domain : NULL;
}

static void bring(void) {
    Domain *domain = what_is_left();
    if (domain)
        desktop_expect(domain);
    Status status = !domain               ? STATUS_NOT_FOUND
                    : trash_holds(domain) ? trash_take(domain)
                                          : vm_reopen_app(domain);
    if (status != STATUS_OK)
        log_line("apps: %s cannot be brought back now: %s", failed.app.name,
                 status_text(status));
}

static void open_anew(void) {
    answers_deeds()->open_app(failed.app.name);
}

static const char *answer(uint32_t place) {
    return place < failed.count ? failed.answers[place].words : NULL;
}

static void chosen(uint32_t place) {
    failed.answers[place].deed();
}

static void set_texts(void) {
    const Domain *domain = what_is_left();
    Text title = text_on(failed.title, sizeof failed.title);
    Text text = text_on(failed.text, sizeof failed.text);
    text_add_format(&title, "%s has ended", failed.app.name);
    text_end(&title);
    text_add_format(&text, "It said: %s", failed.app.words);
    if (domain && trash_holds(domain))
        text_add(&text, "\nWhat it had is in the trash until its room is "
                        "needed: see trash and bring in the shell.");
    else if (domain)
        text_add(&text, "\nWhat it had is there when it is opened again.");
    text_end(&text);
}

static void set_answers(void) {
    const Domain *domain = what_is_left();
    failed.count = 0;
    add("All right", leave);
    if (domain)
        add("Bring it back with what it had", bring);
    if (!(domain && vm_app_rests(domain)) &&
        answers_deeds()->has_app(failed.app.name))
        add("Open it anew", open_anew);
}

void failed_step(void) {
    static const WmNotice notice = {.title = failed.title,
                                    .text = failed.text,
                                    .answer = answer,
                                    .chosen = chosen,
                                    .harmless = 1};
    if (notice_is_shown() || !vm_take_failed(&failed.app))
        return;
    set_texts();
    set_answers();
    notice_show(&notice);
}
