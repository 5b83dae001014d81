/* The question which generation to go on from. */
#include "kernel/system/notices/older.h"

#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/platform.h"
#include "kernel/system/notices/answers.h"
#include "kernel/system/notices/safety.h"
#include "kernel/system/notices/starts.h"
#include "wm/notice.h"

enum { TEXT_BYTES = 480, WORDS_BYTES = 80 };

typedef enum Answer { OLDER_TAKEN, OLDER_LEFT, OLDER_ANSWERS } Answer;

static struct {
    Store *store;
    StoreOpening opening;
    Status failed; /* of the last try to take it */
    char text[TEXT_BYTES];
} older;

bool older_waits(void) {
    return older.store && store_undecided(older.store);
}

static bool setting_decides(void) {
    const char *take = platform_setting("take");
    if (take && !text_equal(take, "older"))
        log_line("settings: take=%s: older is all that can be taken", take);
    return (take && text_equal(take, "older")) ||
           platform_setting("generation");
}

static bool take(void) {
    older.failed = store_take_older(older.store);
    if (older.failed == STATUS_OK)
        log_line("recovery: generation %lu is taken; %lu stays pinned",
                 older.opening.generation, older.opening.damaged);
    else
        log_line("recovery: generation %lu is not taken: %s",
                 older.opening.generation, status_text(older.failed));
    return older.failed == STATUS_OK;
}

void older_begin(Store *store, const StoreOpening *opening) {
    older.store = store;
    older.opening = *opening;
    older.failed = STATUS_OK;
    if (!older_waits() || (setting_decides() && take()))
        return;
    log_line("recovery: generation %lu, the newest, is damaged; generation "
             "%lu is whole; nothing is written until somebody decides: the "
             "setting take=older, or \"take older\" on the console",
             opening->damaged, opening->generation);
}

bool older_take(void) {
    if (!older_waits())
        return false;
    notice_show(NULL);
    if (!take()) {
        older_offer();
        return false;
    }
    safety_begin(true, older.opening.passed_over, older.opening.generation,
                 older.opening.history);
    starts_go_on();
    return true;
}

/* ---- The notice ---- */

static const char *answer(uint32_t place) {
    static char words[WORDS_BYTES];
    Text text = text_on(words, sizeof words);
    if (place == OLDER_LEFT)
        return "Switch off, and leave the disk as it is";
    if (place >= OLDER_ANSWERS)
        return NULL;
    text_add_format(&text, "Go on from generation %lu, ",
                    older.opening.generation);
    answers_add_age(&text, older.opening.wall_us);
    return text_end(&text);
}

static void chosen(uint32_t place) {
    if (place == OLDER_TAKEN)
        older_take();
    else
        answers_deeds()->switch_off();
}

static void tell_both(void) {
    const StoreOpening *opening = &older.opening;
    Text text = text_on(older.text, sizeof older.text);
    text_add_format(&text, "Generation %lu, ", opening->damaged);
    answers_add_age(&text, opening->damaged_us);
    text_add_format(&text,
                    ", cannot come back: the root of its pages is damaged "
                    "(%s). Generation %lu, ",
                    status_text(opening->damaged_status), opening->generation);
    answers_add_age(&text, opening->wall_us);
    text_add(&text, ", is whole; you see it here. What came after it is "
                    "missing. Nothing is written to the disk before you "
                    "choose, and what is damaged stays pinned.");
    if (older.failed != STATUS_OK)
        text_add_format(&text, " The disk did not take your choice: %s.",
                        status_text(older.failed));
    text_end(&text);
}

void older_offer(void) {
    static const WmNotice notice = {.title = "The newest state is damaged",
                                    .text = older.text,
                                    .answer = answer,
                                    .chosen = chosen};
    if (!older_waits())
        return;
    tell_both();
    notice_show(&notice);
}
