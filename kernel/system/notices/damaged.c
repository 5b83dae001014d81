/* The list of older generations for a world that cannot be saved. */
#include "kernel/system/notices/damaged.h"

#include "kernel/base/text.h"
#include "kernel/system/notices/answers.h"
#include "vm/run/vm.h"
#include "wm/notice.h"

static bool shown;

/* The answers: switch off, go back to one generation each. */
static const char *answer(uint32_t place) {
    static char words[80];
    Text text = text_on(words, sizeof words);
    if (place == 0)
        return "Switch off";
    return answers_add_return(&text, place - 1) ? text_end(&text) : NULL;
}

static void chosen(uint32_t place) {
    shown = false; /* asked again where it cannot go */
    if (place == 0)
        answers_deeds()->switch_off();
    else
        answers_return(place - 1);
}

void damaged_step(bool damaged) {
    static const WmNotice notice = {
        .title = "The system's memory is damaged",
        .text = "It was found before it was saved, and again after a start, so "
                "the newest generation has the damage, too. Nothing of now can "
                "be saved. An older generation may be whole.",
        .answer = answer,
        .chosen = chosen};
    if (!damaged || shown)
        return;
    shown = true;
    vm_hold(true, NULL);
    answers_list();
    notice_show(&notice);
}
