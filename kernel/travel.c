/* Going back to an older generation in the running system: the whole machine,
 * or one app (vm/past_app.h). The machine goes like this:
 *
 *   1. The present becomes durable, with the asking thread waiting in its call.
 *   2. A mark outside of the generations says where the next start goes
 *      (persist/marks.c); it counts only as long as that present is the newest.
 *   3. The machine starts anew and obeys the mark: the present is pinned as
 *      "left", and the next generation grows from the older one.
 *
 * A power cut before 2 is complete leaves the present, one after it leads to
 * the older generation. */
#include "kernel/travel.h"

#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/platform.h"
#include "kernel/starts.h"
#include "persist/snapshot.h"
#include "persist/store.h"
#include "vm/domain.h"
#include "vm/past_app.h"
#include "vm/past_native.h"
#include "wm/desktop_native.h"

enum { WHY_BYTES = 160 };

static struct {
    bool there; /* the asking thread is yet to be told */
    int64_t result;
    char why[WHY_BYTES]; /* empty: it went well */
} answer;

static void tell(void) {
    if (past_native_answer(answer.result, answer.why[0] ? answer.why : NULL) ==
        STATUS_OK)
        answer.there = false; /* else when something can be written */
}

static void fail(const char *what, const char *sentence) {
    Text why = text_on(answer.why, sizeof answer.why);
    text_add_format(&why, "%s: %s", what, sentence);
    text_end(&why);
    log_line("travel: %s", answer.why);
    answer.there = true;
}

/* Makes the present durable and the mark. The view keeps the generation from
 * being deleted meanwhile. */
static Status leave(uint64_t generation) {
    Store *store = memory_store();
    StoreView *view;
    Status status = store_view_open(store, generation, &view);
    if (status != STATUS_OK)
        return status;
    status = snapshot_now();
    if (status == STATUS_OK)
        status = store_return_at_start(store, generation);
    store_view_close(view);
    return status;
}

Status travel_to(uint64_t generation) {
    log_line("travel: going back to generation %lu", generation);
    Status status = leave(generation);
    if (status != STATUS_OK)
        return status;
    log_line("travel: generation %lu is left for generation %lu",
             snapshot_durable(), generation);
    starts_end();
    platform_restart();
}

/* ---- One app ---- */

static void bring_windows(Domain *domain) {
    Status status = domain ? desktop_bring(domain) : STATUS_OK;
    wm_settle(); /* their new order is kept before a barrier may come */
    if (status != STATUS_OK)
        log_line("travel: not all windows came back: %s", status_text(status));
}

/* The app's windows go before its memory does, and come with what is there
 * then. */
static Status exchange(PastTake *take, Text *why) {
    Domain *domain = past_app_present(take);
    if (domain)
        desktop_forget(domain);
    Status status = past_app_exchange(take, &domain, why);
    bring_windows(domain);
    return status;
}

static void say_back(const PastTake *take, const PastWish *wish) {
    answer.result = (int64_t)past_app_broken_gates(take);
    answer.why[0] = 0;
    answer.there = true;
    log_line("travel: app %lu is from generation %lu again; %ld gates into it "
             "are broken",
             wish->domain, wish->generation, answer.result);
}

static void take_back(const PastWish *wish) {
    char sentence[WHY_BYTES];
    Text why = text_on(sentence, sizeof sentence);
    PastTake *take;
    if (snapshot_under_way() || !domain_give_back())
        return; /* in a later turn */
    Status status = past_app_open(wish->generation, wish->domain, &take, &why);
    if (status == STATUS_OK) {
        status = past_app_announce(take);
        text_add(&why, status == STATUS_OK ? "" : status_text(status));
    }
    if (status == STATUS_OK)
        status = exchange(take, &why);
    if (status == STATUS_OK)
        say_back(take, wish);
    else
        fail("the app cannot go back", text_end(&why));
    past_app_close(take);
}

void travel_step(void) {
    PastWish wish = past_native_wish();
    answer.there = answer.there && wish.kind != PAST_WISH_NONE;
    if (!answer.there && wish.kind == PAST_WISH_RETURN)
        fail("the machine cannot go back",
             status_text(travel_to(wish.generation)));
    if (!answer.there && wish.kind == PAST_WISH_APP)
        take_back(&wish);
    if (answer.there)
        tell();
}
