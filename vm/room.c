/* Accounts of what domains announce. */
#include "vm/room.h"

#include "kernel/base/bytes.h"
#include "persist/memory.h"

enum {
    LIGHT_PAGES = 128, /* who wrote less is heavy only as the first of all */
    HEAVY_SHARE = 4,   /* who wrote this part of what the first did is, too */
    NONE = ROOT_DOMAINS_MAX,
};

typedef struct Account {
    uint64_t domain; /* its number: places are used again */
    uint64_t pages;  /* announced, halved at barriers */
    bool waits;      /* in this vm_run */
    bool waited;     /* since the last barrier */
} Account;

static struct {
    Account accounts[ROOT_DOMAINS_MAX];
    size_t running;         /* a place, or NONE */
    uint64_t most;          /* pages of the first account */
    uint64_t announced;     /* in all, when it began to run */
    uint64_t waiters_wrote; /* pages, since waiters_wrote was asked */
    bool any_waits;
} room;

void room_start(void) {
    bytes_fill(&room, 0, sizeof room);
    room.running = NONE;
}

void room_turn(void) {
    for (size_t i = 0; room.any_waits && i < ROOT_DOMAINS_MAX; i++)
        room.accounts[i].waits = false;
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

void room_enter(size_t slot) {
    MemoryLevel level = slot == 0                    ? MEMORY_SYSTEM
                        : is_heavy(account_of(slot)) ? MEMORY_HEAVY
                                                     : MEMORY_APP;
    room.running = slot;
    room.announced = memory_announced_pages();
    memory_set_level(level);
}

void room_leave(void) {
    memory_set_level(MEMORY_SYSTEM);
    if (room.running == NONE)
        return;
    Account *account = &room.accounts[room.running];
    uint64_t pages = memory_announced_pages() - room.announced;
    account->pages += pages;
    if (room.running > 0 && account->pages > room.most)
        room.most = account->pages;
    room.waiters_wrote += account->waited ? pages : 0;
    room.running = NONE;
}

void room_refuse(size_t slot) {
    Account *account = account_of(slot);
    account->waits = account->waited = room.any_waits = true;
}

bool room_waits(size_t slot) {
    return room.any_waits && room.accounts[slot].waits;
}

bool room_any_waits(void) {
    return room.any_waits;
}

void room_barrier(void) {
    room.most = 0;
    for (size_t i = 0; i < ROOT_DOMAINS_MAX; i++) {
        Account *account = &room.accounts[i];
        if (!account->waited)
            account->pages /= 2;
        account->waited = account->waits;
        if (i > 0 && ROOT->domains[i] && account->pages > room.most)
            room.most = account->pages;
    }
}

uint64_t room_waiters_wrote(void) {
    uint64_t pages = room.waiters_wrote;
    room.waiters_wrote = 0;
    return pages;
}
