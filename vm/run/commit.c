/* Calls of commit(): which barrier covers them, and when they return. */
#include "vm/run/commit.h"

#include "persist/memory/snapshot.h"
#include "vm/run/room.h"
#include "vm/run/thread.h"
#include "vm/run/thread_tree.h"
#include "vm/run/vm.h"

enum { ENDS_A_STEP = 200 }; /* calls that return */

static struct {
    uint64_t barrier;       /* calls before the last barrier, */
    uint64_t durable_calls; /* and before the last that is durable */
    uint64_t covered; /* as `barrier`, at any time: no barrier is wanted */
    uint64_t ended;   /* calls that wait no more */
    bool wanted;      /* a program asked for a snapshot */
    uint64_t durable;
} commit;

void commit_start(void) {
    commit.barrier = commit.covered = commit.durable_calls = ROOT->commits;
    commit.ended = 0;
    commit.durable = snapshot_durable();
}

void commit_again(void) {
    commit.ended = 0;
}

bool vm_snapshot_wanted(void) {
    return commit.wanted || ROOT->commits > commit.covered;
}

void vm_want_snapshot(void) {
    commit.wanted = true;
}

void vm_barrier_taken(void) {
    room_barrier();
    commit.wanted = false;
    commit.barrier = commit.covered = ROOT->commits;
}

/* What is left of `most`; 0: some may go on waiting. */
static uint32_t end_commits(Domain *domain, uint32_t most) {
    Thread *first;
    while (most > 0 &&
           (first = thread_tree_first(domain, domain->waiters, WAITS_COMMIT)) &&
           first->wait == WAIT_COMMIT && first->order <= commit.durable_calls) {
        if (thread_complete(first, 0, false) != STATUS_OK)
            return 0;
        most--;
    }
    return most;
}

bool commit_step(void) {
    uint32_t left = ENDS_A_STEP;
    if (commit.ended == commit.durable_calls)
        return false;
    for (size_t i = 0; i < ROOT_DOMAINS_MAX && left > 0; i++)
        if (ROOT->domains[i])
            left = end_commits(ROOT->domains[i], left);
    if (left > 0)
        commit.ended = commit.durable_calls;
    return left == 0;
}

void vm_generation_durable(uint64_t generation) {
    commit.durable = generation;
    commit.durable_calls = commit.barrier;
    commit_step();
}

uint64_t vm_durable_generation(void) {
    return commit.durable;
}
