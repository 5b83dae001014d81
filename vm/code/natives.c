/* The natives that are known. */
#include "vm/code/natives.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/text.h"
#include "vm/heap/rights.h"

#define TABLES_MAX 64u

static const struct {
    const char *name;
    uint32_t needs;
    const char *free_because;
} border[] = {
#define NEEDS(name, right) {name, RIGHT_##right, NULL},
#define FREE(name, why) {name, RIGHTS_NONE, why},
#include "vm/code/natives.def"
#undef FREE
#undef NEEDS
};

static struct {
    const NativeEntry *entries;
    size_t count;
} tables[TABLES_MAX];
static size_t table_count;

void natives_register(const NativeEntry *entries, size_t count) {
    for (size_t i = 0; i < table_count; i++)
        if (tables[i].entries == entries)
            return;
    for (size_t i = 0; i < count; i++)
        CHECK(natives_need(entries[i].name) != UINT32_MAX);
    CHECK(table_count < TABLES_MAX);
    tables[table_count].entries = entries;
    tables[table_count++].count = count;
}

static bool same(const char *a, const char *b, size_t b_bytes) {
    return text_length(a) == b_bytes && bytes_equal(a, b, b_bytes);
}

const NativeEntry *natives_find(const char *name, size_t name_bytes,
                                const char *signature, size_t signature_bytes) {
    const NativeEntry *entry;
    for (size_t i = 0; (entry = natives_at(i)); i++)
        if (same(entry->name, name, name_bytes) &&
            same(entry->signature, signature, signature_bytes))
            return entry;
    return NULL;
}

const NativeEntry *natives_at(size_t index) {
    for (size_t i = 0; i < table_count; i++) {
        if (index < tables[i].count)
            return &tables[i].entries[index];
        index -= tables[i].count;
    }
    return NULL;
}

/* ---- The border ---- */

uint32_t natives_need(const char *name) {
    for (size_t i = 0; i < sizeof border / sizeof border[0]; i++)
        if (text_equal(border[i].name, name))
            return border[i].needs;
    return UINT32_MAX;
}

const char *natives_row_at(size_t place, const char **free_because_out) {
    if (place >= sizeof border / sizeof border[0])
        return NULL;
    *free_because_out = border[place].free_because;
    return border[place].name;
}
