/* Apps that were ended. */
#include "vm/run/trash.h"

#include "kernel/base/bytes.h"
#include "vm/heap/heap.h"
#include "vm/run/slots.h"
#include "vm/run/vm.h"

enum { TAKEN_MOST = 8 }; /* whose windows did not come yet */

static uint64_t trash_taken[TAKEN_MOST];
static uint32_t trash_taken_count;

void trash_start(void) {
    trash_taken_count = 0;
}

bool trash_put(Domain *domain, const char *reason) {
    if (heap_write(ROOT, sizeof *ROOT) != STATUS_OK ||
        !vm_stop_app(domain, reason))
        return false;
    domain->state = DOMAIN_IN_TRASH;
    slots_add(SLOTS_TRASH, domain);
    domain->exit_code = (int32_t)++ROOT->ended;
    return true;
}

bool trash_holds(const Domain *domain) {
    return domain->state == DOMAIN_IN_TRASH;
}

/* Their exit codes count them. */
static Domain *outermost(bool newest) {
    Domain *found = NULL;
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        Domain *domain = ROOT->domains[i];
        if (domain && trash_holds(domain) &&
            (!found || newest == (domain->exit_code > found->exit_code)))
            found = domain;
    }
    return found;
}

Domain *trash_oldest(void) {
    return outermost(false);
}

Domain *trash_newest(void) {
    return outermost(true);
}

bool trash_drop(Domain *domain, const char *reason) {
    return vm_stop_app(domain, reason);
}

Status trash_take(Domain *domain) {
    for (uint32_t i = 0; i < trash_taken_count; i++)
        if (trash_taken[i] == domain->number)
            return STATUS_OK;
    if (trash_taken_count == TAKEN_MOST)
        return STATUS_BUSY;
    trash_taken[trash_taken_count++] = domain->number;
    return STATUS_OK;
}

static bool run_again(Domain *domain) {
    if (heap_write(domain, sizeof *domain) != STATUS_OK)
        return false;
    domain->state = DOMAIN_RUNNING;
    domain->exit_code = 0;
    slots_look(domain);
    return true;
}

bool trash_next_taken(Domain **domain_out) {
    while (trash_taken_count > 0) {
        Domain *domain = heap_domain(trash_taken[0]);
        bool there = domain && trash_holds(domain);
        if (there && !run_again(domain))
            return false;
        bytes_move(trash_taken, trash_taken + 1,
                   --trash_taken_count * sizeof trash_taken[0]);
        *domain_out = domain;
        if (there)
            return true;
    }
    return false;
}
