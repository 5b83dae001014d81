/* Going back to an older generation in the running system: the whole machine,
 * or one app (vm/past/past_app.h). The machine goes like this:
 *
 *   1. The present becomes durable, with the asking thread waiting in its call,
 *      unless it is damaged.
 *   2. A mark outside of the generations says where the next start goes
 *      (persist/store/marks.c); it counts only as long as that present is the
 *      newest.
 *   3. The machine starts anew and obeys the mark: the present is pinned as
 *      "left", and the next generation grows from the older one.
 *
 * A power cut before 2 is complete leaves the present, one after it leads to
 * the older generation. */
#include "kernel/system/travel.h"

#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/platform.h"
#include "kernel/system/notices/starts.h"
#include "kernel/system/saver.h"
#include "persist/memory/snapshot.h"
#include "persist/store/store.h"
#include "vm/native/compilation.h"
#include "vm/past/past_app.h"
#include "vm/past/past_native.h"
#include "vm/run/domain.h"
#include "wm/desktop.h"

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
    if (!saver_is_damaged()) /* else the present cannot be saved */
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
 * then. So does a line that it had under way: it is another one then. */
static Status exchange(PastTake *take, Text *why) {
    Domain *domain = past_app_present(take);
    if (domain) {
        desktop_forget(domain);
        compilation_forget(domain->number);
    }
    Status status = past_app_exchange(take, &domain, why);
    bring_windows(domain);
    return status;
}

/* What is not OK has changed nothing, and `why` is a sentence. */
static Status take_app(uint64_t generation, uint64_t number,
                       uint64_t *broken_out, Text *why) {
    PastTake *take;
    Status status = past_app_open(generation, number, &take, why);
    if (status == STATUS_OK) {
        status = past_app_announce(take);
        text_add(why, status == STATUS_OK ? "" : status_text(status));
    }
    if (status == STATUS_OK)
        status = exchange(take, why);
    if (status == STATUS_OK) {
        *broken_out = past_app_broken_gates(take);
        log_line("travel: app %lu is from generation %lu again; %lu gates into "
                 "it are broken",
                 number, generation, *broken_out);
    }
    past_app_close(take);
    return status;
}

static void take_back(const PastWish *wish) {
    char sentence[WHY_BYTES];
    Text why = text_on(sentence, sizeof sentence);
    uint64_t broken;
    if (snapshot_under_way() || !domain_give_back())
        return; /* in a later turn */
    if (take_app(wish->generation, wish->domain, &broken, &why) != STATUS_OK) {
        fail("the app cannot go back", text_end(&why));
        return;
    }
    answer.result = (int64_t)broken;
    answer.why[0] = 0;
    answer.there = true;
}

bool travel_app_to_newest(uint64_t number) {
    const Store *store = memory_store();
    for (uint32_t i = store ? store_record_count(store) : 0; i-- > 0;) {
        char sentence[WHY_BYTES];
        Text why = text_on(sentence, sizeof sentence);
        uint64_t generation = store_record(store, i).generation, broken;
        if (take_app(generation, number, &broken, &why) == STATUS_OK)
            return true;
        log_line("travel: app %lu, generation %lu: %s", number, generation,
                 text_end(&why));
    }
    return false;
}

bool travel_waits(void) {
    return past_native_wish().kind != PAST_WISH_NONE;
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
