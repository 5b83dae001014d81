/* Rights that come and go. */
#include "vm/run/grants.h"

#include "vm/heap/heap.h"
#include "vm/run/slots.h"
#include "vm/run/thread.h"
#include "vm/run/vm.h"

static const GrantsMarks *marks;

void grants_set_marks(const GrantsMarks *wanted) {
    marks = wanted;
}

static uint32_t denied(const Domain *domain) {
    return marks ? marks->denied(domain->number) : 0;
}

static Status mark(const Domain *domain, uint32_t right, bool gone) {
    uint32_t before = denied(domain);
    uint32_t after = gone ? before | right : before & ~right;
    return marks && after != before ? marks->deny(domain->number, after)
                                    : STATUS_OK;
}

static void take(Domain *domain, uint32_t rights) {
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
    if (grant == GRANT_NOT) /* whatever the disk says */
        take(domain, bit);
    status = mark(domain, bit, grant == GRANT_NOT);
    if (grant != GRANT_NOT && status == STATUS_OK)
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
    int code;
    if (!domain || !domain->asked || vm_app_ended(domain, &code) ||
        !asker(domain))
        return NULL;
    *right_out = (RightPlace)__builtin_ctz(domain->asked);
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

/* ---- Coming back ---- */

Status grants_restore(Domain *domain) {
    uint32_t gone = (domain->rights | domain->lasting) & denied(domain);
    Status status = gone ? heap_write(domain, sizeof *domain) : STATUS_OK;
    if (gone && status == STATUS_OK)
        take(domain, gone);
    return status;
}
