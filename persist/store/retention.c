/* Which generations are kept.
 *
 * Of each line: the newest ones, then the first of each minute, of each hour,
 * of each day. A line is what a generation grew from, one after the other: that
 * of the present, and that of each pinned one, so a branch that was left keeps
 * its history as long as its end is pinned. A generation of several lines stays
 * as long as one of them wants it. Besides, one from which two lines start
 * stays while both exist, and what somebody looks at stays while he does. When
 * space runs short the oldest go first, but never the last two durable ones of
 * the present's line. Minutes are counted as they were lived through, so a
 * wrong clock or a month switched off costs no history. */
#include "persist/store/store_parts.h"

#include "kernel/base/alloc.h"

enum {
    FEWEST = 3,            /* the one under way, and the last two durable */
    KEEP_FREE_SHARE = 8,   /* more are deleted when less of the disk is free, */
    USUAL_PAGES = 64,      /* or less than generations of so many pages need: */
    USUAL_GENERATIONS = 2, /* the next, and that for which this room is free */
    DELETIONS_AT_ONCE = 8, /* in one commit, */
    BLOCKS_AT_ONCE = 24,   /* and blocks of deadlists written for them */
    PERIODS = 3,
};

static const int64_t period_us[PERIODS] = {60000000ll, 3600000000ll,
                                           86400000000ll};

/* What one call may still do. */
typedef struct Allowance {
    uint32_t deletions;
} Allowance;

static bool is_wanted(const Store *store, const FormatRecord *record) {
    return (record->flags & (FORMAT_PINNED | FORMAT_DYING)) ||
           view_protects(store, record->generation);
}

/* The place of the one child that takes over what a deletion leaves. A child
 * that is being given back cannot: it goes first. */
static bool has_heir(const Store *store, const FormatRecord *record,
                     uint32_t *child_out) {
    return directory_children(store, record->generation, child_out) == 1 &&
           !(store->records[*child_out].flags & FORMAT_DYING);
}

/* Deletes the generation at `place` if it has an heir and may go. */
static bool delete_one(Store *store, uint32_t place, Allowance *allowance) {
    uint32_t child;
    FormatRecord *record = &store->records[place];
    if (allowance->deletions == 0 ||
        deadlist_open_blocks(store) >= BLOCKS_AT_ONCE ||
        is_wanted(store, record) || !has_heir(store, record, &child) ||
        deadlist_delete(store, place, child) != STATUS_OK)
        return false;
    store->records[child].parent = record->parent;
    directory_touch(store, child);
    *record = (FormatRecord){0};
    directory_touch(store, place);
    allowance->deletions--;
    return true;
}

/* By place, for one call; a parent's place once for all, since each step of a
 * line would look through all records. */
typedef struct Plan {
    uint32_t *parent; /* UINT32_MAX: none is kept */
    bool *line;       /* what the generation under way grew from, and itself */
    bool *wanted;     /* what a line wants */
} Plan;

static void close_plan(Plan *plan) {
    alloc_give(plan->parent);
    alloc_give(plan->line);
    alloc_give(plan->wanted);
}

static bool open_plan(const Store *store, Plan *plan) {
    uint32_t places = store->record_places;
    *plan = (Plan){.parent = alloc_take(places * sizeof *plan->parent),
                   .line = alloc_take(places * sizeof *plan->line),
                   .wanted = alloc_take(places * sizeof *plan->wanted)};
    if (!plan->parent || !plan->line || !plan->wanted) {
        close_plan(plan);
        return false;
    }
    for (uint32_t i = 0; i < places; i++)
        plan->parent[i] = store->records[i].parent
                              ? directory_find(store, store->records[i].parent)
                              : UINT32_MAX;
    return true;
}

/* True when the generation is the first of its minute, hour or day. */
static bool begins_period(const Store *store, const Plan *plan, uint32_t place,
                          int period) {
    uint32_t parent = plan->parent[place];
    return parent == UINT32_MAX ||
           store->records[place].wall_us / period_us[period] !=
               store->records[parent].wall_us / period_us[period];
}

/* Along the line to the generation at `place`, from the newest to the oldest.
 */
static void want_line(const Store *store, const Plan *plan, uint32_t place) {
    const uint32_t limits[PERIODS] = {store->retention.minutes,
                                      store->retention.hours,
                                      store->retention.days};
    uint32_t newest = 0, count = 0;
    int period = 0;
    for (; place != UINT32_MAX; place = plan->parent[place]) {
        if (newest < store->retention.last) {
            newest++;
            plan->wanted[place] = true;
            continue;
        }
        while (period < PERIODS && count == limits[period]) {
            period++;
            count = 0;
        }
        if (period == PERIODS || !begins_period(store, plan, place, period))
            continue;
        count++;
        plan->wanted[place] = true;
    }
}

static void want_lines(const Store *store, const Plan *plan) {
    uint32_t present = directory_find(store, store->pending.generation);
    for (uint32_t at = present; at != UINT32_MAX; at = plan->parent[at])
        plan->line[at] = true;
    want_line(store, plan, present);
    for (uint32_t i = 0; i < store->record_places; i++)
        if ((store->records[i].flags & FORMAT_PINNED) && !plan->line[i])
            want_line(store, plan, i);
}

/* Deletes along the line that goes on, from the newest to the oldest. */
static void thin_line(Store *store, const Plan *plan, Allowance *allowance) {
    for (uint32_t at = directory_find(store, store->pending.generation);
         at != UINT32_MAX; at = plan->parent[at])
        if (!plan->wanted[at])
            delete_one(store, at, allowance);
}

static void prune(Store *store, uint32_t place, Allowance *allowance) {
    FormatRecord *record = &store->records[place];
    uint32_t child;
    if (directory_children(store, record->generation, &child) > 0) {
        delete_one(store, place, allowance);
        return;
    }
    if (deadlist_delete_last(store, place) != STATUS_OK)
        return;
    record->deadlist = (FormatEntry){0};
    record->flags &= ~(uint32_t)FORMAT_DEAD_IN_ROOT;
    record->flags |= FORMAT_DYING;
    record->cursor = 0;
    directory_touch(store, place);
}

/* Of lines that were left, deletes what nobody wants; the end of one, which has
 * no child, begins to be given back (abandon.c). */
static void prune_others(Store *store, const Plan *plan, Allowance *allowance) {
    for (uint32_t i = 0; i < store->record_places; i++) {
        const FormatRecord *record = &store->records[i];
        if (record->generation != 0 && !plan->line[i] && !plan->wanted[i] &&
            !is_wanted(store, record))
            prune(store, i, allowance);
    }
}

/* The oldest generation of the line that may go; the FEWEST newest may not. */
static bool delete_oldest(Store *store, Allowance *allowance) {
    uint64_t line[FEWEST] = {0};
    uint64_t at = store->pending.generation;
    for (int i = 0; i < FEWEST && at != 0; i++) {
        uint32_t place = directory_find(store, at);
        line[i] = at;
        at = place == UINT32_MAX ? 0 : store->records[place].parent;
    }
    for (uint32_t place = directory_next(store, 0); place != UINT32_MAX;
         place = directory_next(store, store->records[place].generation)) {
        uint64_t number = store->records[place].generation;
        bool fewest =
            number == line[0] || number == line[1] || number == line[2];
        if (!fewest && delete_one(store, place, allowance))
            return true;
    }
    return false;
}

static bool space_is_short(const Store *store) {
    CommitRoom usual =
        room_for_commit(store, USUAL_PAGES, store->pending.regions);
    uint64_t low = bytes_max(store->super.layout.blocks / KEEP_FREE_SHARE,
                             USUAL_GENERATIONS * usual.blocks);
    low = bytes_max(low, store->wanted_free);
    return space_free_blocks(store->space) < low ||
           space_free_pairs(store->space) < USUAL_GENERATIONS * usual.pairs;
}

void retention_apply(Store *store) {
    if (store->retention.last == STORE_KEEP_ALL)
        return;
    Allowance allowance = {.deletions = DELETIONS_AT_ONCE};
    Plan plan;
    if (open_plan(store, &plan)) { /* else with the next generation */
        want_lines(store, &plan);
        prune_others(store, &plan, &allowance);
        thin_line(store, &plan, &allowance);
        close_plan(&plan);
    }
    while (space_is_short(store) && delete_oldest(store, &allowance))
        continue;
}
