/* Walks over absent pages. */
#include "persist/memory/ahead.h"

#include "persist/memory/pages.h"

enum { WALKS = 4, FIRST_WINDOW = 4 };

/* A walk that began is a page that was missed once. */
typedef struct Walk {
    uint64_t next;   /* the page behind what came last */
    uint32_t window; /* read for it next time; 0: not a walk yet */
} Walk;

static struct {
    Walk walks[WALKS];
    unsigned oldest; /* place of the next new one */
    Walk *now;       /* of the last ahead_wanted */
} ahead;

void ahead_open(void) {
    for (int i = 0; i < WALKS; i++)
        ahead.walks[i] = (Walk){UINT64_MAX, 0};
    ahead.oldest = 0;
    ahead.now = ahead.walks;
}

/* True when all between what the walk had and this page are in RAM. */
static bool leads_to(const Walk *walk, uint64_t page) {
    if (page < walk->next || page - walk->next > AHEAD_MOST)
        return false;
    uint64_t at = walk->next;
    while (at < page && pages_all.state[at] != PAGE_ABSENT)
        at++;
    return at == page;
}

static Walk *walk_to(uint64_t page) {
    for (int i = 0; i < WALKS; i++)
        if (leads_to(&ahead.walks[i], page))
            return &ahead.walks[i];
    Walk *fresh = &ahead.walks[ahead.oldest];
    ahead.oldest = (ahead.oldest + 1) % WALKS;
    *fresh = (Walk){page, 0};
    return fresh;
}

/* How many of `most` pages from `page` on are absent and attached. */
static uint32_t absent_from(uint64_t page, uint64_t most) {
    uint64_t end = pages_all.regions * MEMORY_REGION_PAGES;
    uint32_t count = 0;
    while (count < most && page + count < end &&
           pages_all.state[page + count] == PAGE_ABSENT)
        count++;
    return count;
}

uint32_t ahead_wanted(uint64_t page) {
    ahead.now = walk_to(page);
    uint64_t room = pages_all.hard_limit_pages > pages_all.resident
                        ? pages_all.hard_limit_pages - pages_all.resident
                        : 0;
    uint32_t count = absent_from(page, bytes_min(ahead.now->window, room));
    return count ? count : 1;
}

void ahead_came(uint64_t page, uint32_t count) {
    uint32_t window = ahead.now->window * 2;
    if (window == 0)
        window = FIRST_WINDOW;
    *ahead.now =
        (Walk){page + count, window < AHEAD_MOST ? window : AHEAD_MOST};
}
