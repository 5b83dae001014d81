/* Rights that come and go. */
#include "vm/run/grants.h"

#include "vm/heap/heap.h"
#include "vm/run/slots.h"
#include "vm/run/thread.h"

static const GrantsMarks *marks;

void grants_set_marks(const GrantsMarks *wanted) {
    marks = wanted;
}

static uint32_t denied(const Domain *domain) {
    return marks ? marks->denied(domain->line) : 0;
}

static uint32_t ever_had(const Domain *domain) {
    return domain->rights | domain->lasting | domain->had;
}

/* What is taken is written each time: the last time may have failed. */
static Status mark(const Domain *domain, uint32_t right, bool gone) {
    uint32_t before = denied(domain);
    uint32_t after = gone ? before | right : before & ~right;
    return marks && (gone || after != before) ? marks->deny(domain->line, after)
                                              : STATUS_OK;
}

static void take(Domain *domain, uint32_t rights) {
    domain->had = ever_had(domain);
    domain->rights &= ~rights;
    domain->lasting &= ~rights;
    domain->refused |= rights;
}

static void give(Domain *domain, uint32_t right, bool always) {
    domain->rights |= right;
    domain->lasting &= ~right;
    domain->lasting |= always ? right : 0;
    domain->refused &= ~right;
}

Status grants_set(Domain *domain, RightPlace right, Grant grant) {
    uint32_t bit = 1u << right;
    Status status = heap_write(domain, sizeof *domain);
    if (status != STATUS_OK)
        return status;
    if (grant == GRANT_NOT) { /* whatever the disk says */
        take(domain, bit);
        status = domain->had & bit ? mark(domain, bit, true) : STATUS_OK;
        return status == STATUS_OK ? STATUS_OK : STATUS_IO_ERROR;
    }
    status = mark(domain, bit, false);
    if (status == STATUS_OK)
        give(domain, bit, grant == GRANT_ALWAYS);
    return status;
}

/* ---- Asking ---- */

void grants_ask(Domain *domain, RightPlace right) {
    domain->asked = 1u << right;
    slots_add(SLOTS_ASKING, domain);
}

static Thread *asker(const Domain *domain) {
    return thread_waiter(domain, &domain->head);
}

Domain *grants_asking(size_t slot, RightPlace *right_out) {
    Domain *domain = ROOT->domains[slot];
    uint32_t asked = domain ? domain->asked & (uint32_t)RIGHTS_ALL : 0;
    if (!asked || domain->state != DOMAIN_RUNNING || !asker(domain))
        return NULL;
    *right_out = (RightPlace)__builtin_ctz(asked);
    return domain;
}

Status grants_answer(Domain *domain, Grant grant) {
    uint32_t bit = domain->asked;
    Thread *thread = asker(domain);
    Status status = grants_set(domain, (RightPlace)__builtin_ctz(bit), grant);
    bool is_set =
        grant == GRANT_NOT ? domain->refused & bit : status == STATUS_OK;
    if (is_set && thread)
        status = thread_complete(thread, grant != GRANT_NOT, false);
    return status;
}

void grants_lapse(Domain *domain, RightPlace right) {
    if (heap_write(domain, sizeof *domain) == STATUS_OK)
        domain->refused |= 1u << right;
}

/* ---- Coming back ---- */

void grants_start(void) {
    uint64_t newest = marks ? marks->newest() : 0;
    if (ROOT->next_domain <= newest)
        ROOT->next_domain = newest + 1;
}

void grants_inherit(Domain *fresh, const Domain *old) {
    fresh->rights = fresh->lasting = old->lasting;
    fresh->had = ever_had(old);
    fresh->line = old->line;
}

Status grants_restore(Domain *domain) {
    uint32_t gone = (domain->rights | domain->lasting) & denied(domain);
    Status status = gone ? heap_write(domain, sizeof *domain) : STATUS_OK;
    if (gone && status == STATUS_OK)
        take(domain, gone);
    return status;
}
