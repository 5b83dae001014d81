/* Accounts of what domains announce. */
#include "vm/run/room.h"

#include "kernel/base/bytes.h"
#include "persist/memory/memory.h"

enum {
    LIGHT_PAGES = 128, /* who wrote less is heavy only as the first of all */
    HEAVY_SHARE = 4,   /* who wrote this part of what the first did is, too */
    WAITING_MOST = 8,  /* threads of a domain; with more all of it waits */
    NONE = ROOT_DOMAINS_MAX,
};

typedef struct Account {
    uint64_t domain; /* its number: places are used again */
    uint64_t pages;  /* announced, halved at barriers */
    uint64_t writer; /* the thread that announced most of them, and */
    uint64_t ahead;  /* how many more than the others */
    bool waited;     /* something of it, since the last barrier */
    uint64_t turn;   /* the vm_run in which something of it waited last, and */
    bool all_wait;   /* in that: all of it, */
    uint32_t waiting_count; /* else these threads */
    uint64_t waiting[WAITING_MOST];
} Account;

static struct {
    Account accounts[ROOT_DOMAINS_MAX];
    size_t running;         /* a place, or NONE */
    uint64_t thread;        /* that runs */
    uint64_t most;          /* pages of the first account */
    uint64_t announced;     /* in all, when it began to run */
    uint64_t waiters_wrote; /* pages, since waiters_wrote was asked */
    uint64_t turn;          /* vm_runs so far */
    bool any_waits;
} room;

void room_start(void) {
    bytes_fill(&room, 0, sizeof room);
    room.running = NONE;
}

void room_turn(void) {
    room.turn++;
    room.any_waits = false;
}

static Account *account_of(size_t slot) {
    Account *account = &room.accounts[slot];
    uint64_t number = ROOT->domains[slot]->number;
    if (account->domain != number)
        *account = (Account){.domain = number};
    return account;
}

static bool is_heavy(const Account *account) {
    return account->pages >= room.most ||
           (account->pages >= LIGHT_PAGES &&
            account->pages >= room.most / HEAVY_SHARE);
}

static MemoryLevel level_of(const Account *account, uint64_t thread) {
    if (!is_heavy(account))
        return MEMORY_APP;
    return thread == account->writer ? MEMORY_HEAVY : MEMORY_BESIDE;
}

void room_enter(size_t slot, uint64_t thread) {
    room.running = slot;
    room.thread = thread;
    room.announced = memory_announced_pages();
    memory_set_level(slot == 0 ? MEMORY_SYSTEM
                               : level_of(account_of(slot), thread));
}

/* Whoever is ahead of all others together stays the writer. */
static void count_for_writer(Account *account, uint64_t thread,
                             uint64_t pages) {
    if (thread == account->writer) {
        account->ahead += pages;
    } else if (pages <= account->ahead) {
        account->ahead -= pages;
    } else {
        account->ahead = pages - account->ahead;
        account->writer = thread;
    }
}

void room_leave(void) {
    memory_set_level(MEMORY_SYSTEM);
    if (room.running == NONE)
        return;
    Account *account = &room.accounts[room.running];
    uint64_t pages = memory_announced_pages() - room.announced;
    account->pages += pages;
    count_for_writer(account, room.thread, pages);
    if (room.running > 0 && account->pages > room.most)
        room.most = account->pages;
    room.waiters_wrote += account->waited ? pages : 0;
    room.running = NONE;
}

void room_refuse(size_t slot, uint64_t thread) {
    Account *account = account_of(slot);
    if (account->turn != room.turn) {
        account->turn = room.turn;
        account->all_wait = false;
        account->waiting_count = 0;
    }
    account->waited = room.any_waits = true;
    if (thread == 0 || account->waiting_count == WAITING_MOST)
        account->all_wait = true;
    else
        account->waiting[account->waiting_count++] = thread;
}

/* Something of it waits in this vm_run. */
static bool is_waiting(const Account *account) {
    return room.any_waits && account->turn == room.turn;
}

bool room_waits(size_t slot, uint64_t thread) {
    const Account *account = &room.accounts[slot];
    bool any = is_waiting(account), waits = any && account->all_wait;
    for (uint32_t i = 0; any && i < account->waiting_count; i++)
        waits |= account->waiting[i] == thread;
    return waits;
}

bool room_any_waits(void) {
    return room.any_waits;
}

void room_barrier(void) {
    room.most = 0;
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++) {
        Account *account = &room.accounts[i];
        if (!account->waited) {
            account->pages /= 2;
            account->ahead /= 2;
        }
        account->waited = is_waiting(account);
        if (i > 0 && ROOT->domains[i] && account->pages > room.most)
            room.most = account->pages;
    }
}

uint64_t room_waiters_wrote(void) {
    uint64_t pages = room.waiters_wrote;
    room.waiters_wrote = 0;
    return pages;
}
