/* Limits of apps: the table, and what is asked of it. */
#include "vm/run/limits.h"

#include "kernel/platform.h"
#include "vm/run/slots.h"

static const LimitRow rows[] = {
#define LIMIT(name, called, unit, smallest, usual, largest, sentence)          \
    {called, unit, smallest, usual, largest},
#include "vm/run/limits.def"
#undef LIMIT
};

const LimitRow *limits_row(Limit limit) {
    return &rows[limit];
}

static uint64_t larger(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

void limits_begin(Domain *domain, uint64_t memory_bytes) {
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        domain->limits[i] = rows[i].usual;
    domain->limit_bytes = domain->limits[LIMIT_MEMORY] =
        larger(memory_bytes, rows[LIMIT_MEMORY].smallest);
}

bool limits_set(Domain *domain, Limit limit, uint64_t value) {
    if (value < rows[limit].smallest || value > rows[limit].largest)
        return false;
    domain->limits[limit] = value;
    if (limit == LIMIT_MEMORY) /* collect.c brings it down */
        domain->limit_bytes = larger(value, domain->used_bytes);
    return true;
}

void limits_say(const Domain *domain, Limit limit, Text *text) {
    switch (limit) {
#define LIMIT(name, called, unit, smallest, usual, largest, sentence)          \
    case LIMIT_##name:                                                         \
        text_add_format(text, sentence, limits_get(domain, limit));            \
        break;
#include "vm/run/limits.def"
#undef LIMIT
    case LIMIT_COUNT:
        break;
    }
    text_end(text);
}

NativeResult limits_refuse(NativeCall *call, Limit limit) {
    Text text = text_on(call->message, sizeof call->message);
    limits_say(call->domain, limit, &text);
    call->error = CLASS_MemoryError;
    return NATIVE_FAILED;
}

/* ---- The log ---- */

/* Lines of one second, by the domain's slot. */
static struct { uint64_t domain, second, lines; } logged[ROOT_DOMAINS_MAX];

static uint64_t *lines_now(const Domain *domain) {
    uint64_t second = platform_now_ns() / 1000000000;
    size_t place = slots_of(domain) % ROOT_DOMAINS_MAX;
    if (logged[place].second != second ||
        logged[place].domain != domain->number) {
        logged[place].domain = domain->number;
        logged[place].second = second;
        logged[place].lines = 0;
    }
    return &logged[place].lines;
}

static bool count_line(const Domain *domain, uint64_t most) {
    uint64_t *lines = lines_now(domain);
    if (*lines >= most)
        return false;
    ++*lines;
    return true;
}

bool limits_log_line(const Domain *domain) {
    return count_line(domain, limits_get(domain, LIMIT_LOG));
}

bool limits_log_end(const Domain *domain) {
    return count_line(domain, (limits_get(domain, LIMIT_LOG) + 1) / 2);
}

uint64_t limits_logged(const Domain *domain) {
    return *lines_now(domain);
}

/* ---- Invariants ---- */

const char *limits_check(const Domain *domain) {
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        if (limits_get(domain, (Limit)i) < rows[i].smallest ||
            limits_get(domain, (Limit)i) > rows[i].largest)
            return "L1: an app has a limit that there is not";
    return domain->limit_bytes >
                   larger(domain->limits[LIMIT_MEMORY], domain->used_bytes)
               ? "L2: an app may have more memory than its limit says"
               : NULL;
}
