/* Calls of commit(): which barrier covers them, and when they return. */
#include "vm/run/commit.h"

#include "persist/memory/snapshot.h"
#include "vm/run/room.h"
#include "vm/run/thread.h"
#include "vm/run/thread_tree.h"
#include "vm/run/vm.h"

static struct {
    uint64_t barrier; /* calls before the last barrier */
    uint64_t covered; /* the same, at any time: no barrier is wanted */
    uint64_t ended;   /* calls that wait no more */
    bool wanted;      /* a program asked for a snapshot */
    uint64_t durable;
} commit;

void commit_start(void) {
    commit.barrier = commit.covered = ROOT->commits;
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

/* False: some go on waiting. */
static bool end_commits(Domain *domain) {
    Thread *first;
    while ((first = thread_tree_first(domain->waiters, WAITS_COMMIT)) &&
           first->wait == WAIT_COMMIT && first->order <= commit.barrier)
        if (thread_complete(first, 0, false) != STATUS_OK)
            return false;
    return true;
}

void vm_generation_durable(uint64_t generation) {
    bool all = true;
    commit.durable = generation;
    if (commit.ended == commit.barrier)
        return; /* there may be many threads to look at */
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++)
        if (ROOT->domains[i])
            all = end_commits(ROOT->domains[i]) && all;
    commit.ended = all ? commit.barrier : 0;
}

uint64_t vm_durable_generation(void) {
    return commit.durable;
}
