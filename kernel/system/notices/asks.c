/* The card of an app that asks for a right. */
#include "kernel/system/notices/asks.h"

#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/base/utf8.h"
#include "vm/heap/heap.h"
#include "vm/run/grants.h"
#include "vm/run/slots.h"
#include "vm/run/vm.h"
#include "wm/desktop.h"
#include "wm/notice.h"

enum { TITLE_BYTES = 120, TEXT_BYTES = 400, NAME_MOST = 60 };

static struct {
    bool shown, answered;
    Grant answer;
    uint64_t number; /* of the app */
    RightPlace right;
    char name[NAME_MOST + 1], title[TITLE_BYTES], text[TEXT_BYTES];
} asks;

/* By their places; the first does no harm. */
static const struct {
    const char *words;
    Grant grant;
} answers[] = {{"No", GRANT_NOT},
               {"Yes, until it is started anew", GRANT_ONCE},
               {"Yes, always", GRANT_ALWAYS}};

static const char *answer(uint32_t place) {
    return place < sizeof answers / sizeof answers[0] ? answers[place].words
                                                      : NULL;
}

static void chosen(uint32_t place) {
    asks.shown = false;
    asks.answered = true;
    asks.answer = answers[place].grant;
}

/* The app, while it waits for what was asked. */
static Domain *asker(void) {
    Domain *domain = heap_domain(asks.number);
    size_t slot = domain ? slots_of(domain) : ROOT_DOMAINS_MAX;
    RightPlace right;
    if (slot == ROOT_DOMAINS_MAX || !grants_asking(slot, &right) ||
        right != asks.right)
        return NULL;
    return domain;
}

/* Where nothing can be written now it is told later. */
static void tell(void) {
    Domain *domain = asker();
    Status status = domain ? grants_answer(domain, asks.answer) : STATUS_OK;
    if (status != STATUS_OK)
        return;
    asks.answered = false;
    if (domain)
        log_line("rights: a person answers %s, which asks for %s: %s",
                 asks.name, rights_row(asks.right)->name,
                 asks.answer == GRANT_NOT    ? "no"
                 : asks.answer == GRANT_ONCE ? "until it is started anew"
                                             : "always");
}

static void set_name(const Domain *domain) {
    Text name = text_on(asks.name, sizeof asks.name);
    const String *known = vm_app_name(domain);
    if (known)
        text_add_bytes(&name, known->bytes,
                       utf8_cut(known->bytes, known->length, NAME_MOST));
    text_end(&name);
}

static void set_texts(const Domain *domain) {
    const RightRow *row = rights_row(asks.right);
    Text title = text_on(asks.title, sizeof asks.title);
    Text text = text_on(asks.text, sizeof asks.text);
    set_name(domain);
    text_add_format(&title, "%s asks for a right", asks.name);
    text_end(&title);
    text_add_format(&text,
                    "It wants to %s. In the shell, rights shows what each app "
                    "may do, and deny takes it back.",
                    row->what);
    text_end(&text);
}

static const WmNotice card = {.title = asks.title,
                              .text = asks.text,
                              .answer = answer,
                              .chosen = chosen,
                              .app = asks.name,
                              .harmless = 1};

static void show(const Domain *domain, RightPlace right) {
    asks.number = domain->number;
    asks.right = right;
    asks.shown = true;
    set_texts(domain);
    notice_show(&card);
    log_line("rights: a person is asked for %s by %s", rights_row(right)->name,
             asks.name);
}

/* False; where nothing can be written now it is told later. */
static bool tell_given(Domain *domain, RightPlace right) {
    bool always = domain->lasting & 1u << right;
    Status status = grants_answer(domain, always ? GRANT_ALWAYS : GRANT_ONCE);
    set_name(domain);
    if (status == STATUS_OK)
        log_line("rights: %s has what it asks for", asks.name);
    return false;
}

/* True when its card is shown. */
static bool offer(size_t slot) {
    RightPlace right;
    Domain *domain = grants_asking(slot, &right);
    if (!domain) {
        slots_drop(SLOTS_ASKING, slot);
        return false;
    }
    if (domain->rights & 1u << right) /* it was given meanwhile: */
        return tell_given(domain, right);
    if (desktop_has(domain) ? !desktop_leads(domain)
                            : !desktop_may_lead(domain)) {
        desktop_call(domain);
        return false;
    }
    show(domain, right);
    return true;
}

/* Nobody asks any more. An app that goes on has had its question: else it would
 * hold the person's input by asking again and again. */
static void take_away(void) {
    Domain *domain = heap_domain(asks.number);
    asks.shown = false;
    notice_show(NULL);
    if (domain)
        grants_lapse(domain, asks.right);
}

void asks_step(void) {
    if (asks.answered)
        tell();
    if (asks.shown && !notice_is(&card)) /* another came in its place */
        asks.shown = false;
    if (asks.shown && !asker())
        take_away();
    if (asks.answered || notice_is_shown() || vm_held())
        return;
    size_t slot = slots_next(SLOTS_ASKING, 1);
    while (slot < ROOT_DOMAINS_MAX && !offer(slot))
        slot = slots_next(SLOTS_ASKING, slot + 1);
}
