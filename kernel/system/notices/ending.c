/* The questions whether an app is to be ended. */
#include "kernel/system/notices/ending.h"

#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/base/utf8.h"
#include "kernel/platform.h"
#include "kernel/system/notices/answers.h"
#include "vm/heap/heap.h"
#include "vm/run/vm.h"
#include "wm/notice.h"
#include "wm/ring.h"

enum { TITLE_BYTES = 80, NAME_MOST = 40 };

static struct {
    uint64_t number; /* of the app that is asked about */
    char title[TITLE_BYTES];
} ending;

static void end_it(void) {
    Domain *domain = heap_domain(ending.number);
    if (domain)
        answers_end(domain);
}

static const char *end_or_keep(uint32_t place) {
    static const char *const words[] = {"End it", "Keep it"};
    return place < 2 ? words[place] : NULL;
}

static void chosen_end(uint32_t place) {
    if (place == 0)
        end_it();
}

static const char *wait_or_end(uint32_t place) {
    static const char *const words[] = {"Wait", "End it"};
    return place < 2 ? words[place] : NULL;
}

static void chosen_wait(uint32_t place) {
    if (place == 1)
        end_it();
}

static void set_title(const Domain *domain, const char *before,
                      const char *behind) {
    const String *name = vm_app_name(domain);
    Text title = text_on(ending.title, sizeof ending.title);
    int length = name ? (int)utf8_cut(name->bytes, name->length, NAME_MOST) : 1;
    text_add_format(&title, "%s%.*s%s", before, length,
                    name ? name->bytes : "?", behind);
    text_end(&title);
    ending.number = domain->number;
    log_line("apps: %s A person is asked.", ending.title);
}

void ending_ask(WmWindow *window) {
    static const WmNotice notice = {
        .title = ending.title,
        .text = "It stops at once. It stays in the trash until its room is "
                "needed: see trash and bring in the shell.",
        .answer = end_or_keep,
        .chosen = chosen_end,
        .harmless = 2,
        .asked = true};
    const Seat *seat = window->owner;
    set_title(seat->domain, "End ", "?");
    notice_show(&notice);
}

static void ask_for_silent(const Seat *seat) {
    static const WmNotice notice = {
        .title = ending.title,
        .text = "It was to close a window and does nothing. You can wait, or "
                "end it. Then it stays in the trash until its room is needed: "
                "see trash and bring in the shell.",
        .answer = wait_or_end,
        .chosen = chosen_wait,
        .harmless = 1};
    set_title(seat->domain, "", " does not answer.");
    notice_show(&notice);
}

uint64_t ending_step(void) {
    Seat *seat = ring_first_closing();
    if (!seat || notice_is_shown() || vm_held())
        return UINT64_MAX;
    uint64_t due_ns = seat->close_ns + RING_PATIENCE_NS;
    if (due_ns > platform_now_ns())
        return due_ns;
    ring_asked(seat); /* again at the next try to close it */
    ask_for_silent(seat);
    return UINT64_MAX;
}
