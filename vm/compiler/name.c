/* The table of names, and how alike two names are. */
#include "vm/compiler/name.h"

#include "kernel/base/bytes.h"
#include "kernel/base/text.h"

static uint32_t hash_of(const char *bytes, size_t length) {
    uint32_t hash = 2166136261u; /* FNV-1a, 32 bits */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)bytes[i]) * 16777619u;
    return hash;
}

static void grow(NameTable *table) {
    size_t old_count = table->bucket_count;
    NameText **old = table->buckets;
    table->bucket_count = old_count ? old_count * 2 : 1024;
    table->buckets =
        arena_take(table->arena, table->bucket_count * sizeof(NameText *));
    for (size_t i = 0; i < old_count; i++) {
        while (old[i]) {
            NameText *name = old[i];
            old[i] = name->next;
            NameText **bucket =
                &table->buckets[name->hash & (table->bucket_count - 1)];
            name->next = *bucket;
            *bucket = name;
        }
    }
}

Name name_of_bytes(NameTable *table, const char *bytes, size_t length) {
    if (table->count >= table->bucket_count)
        grow(table);
    uint32_t hash = hash_of(bytes, length);
    work_add(length / 4);
    NameText **bucket = &table->buckets[hash & (table->bucket_count - 1)];
    for (NameText *name = *bucket; name; name = NEXT(name))
        if (name->hash == hash && name->length == length &&
            bytes_equal(name->bytes, bytes, length))
            return name;
    NameText *name = arena_take(table->arena, sizeof(NameText) + length + 1);
    name->hash = hash;
    name->length = (uint32_t)length;
    bytes_copy(name->bytes, bytes, length);
    name->next = *bucket;
    *bucket = name;
    table->count++;
    return name;
}

Name name_of(NameTable *table, const char *zero_terminated) {
    return name_of_bytes(table, zero_terminated, text_length(zero_terminated));
}

Name name_join(NameTable *table, Name a, const char *separator, Name b) {
    size_t middle = text_length(separator);
    size_t length = a->length + middle + b->length;
    char *bytes = arena_take(table->arena, length + 1);
    bytes_copy(bytes, a->bytes, a->length);
    bytes_copy(bytes + a->length, separator, middle);
    bytes_copy(bytes + a->length + middle, b->bytes, b->length);
    return name_of_bytes(table, bytes, length);
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static unsigned smaller(unsigned a, unsigned b) {
    return a < b ? a : b;
}

#define DISTANCE_LENGTH 32

/* Levenshtein's distance, ignoring case, one row at a time. */
unsigned name_distance(Name a, Name b) {
    unsigned row[DISTANCE_LENGTH + 1];
    if (a->length > DISTANCE_LENGTH || b->length > DISTANCE_LENGTH)
        return 100;
    work_add((uint64_t)a->length * b->length);
    for (unsigned j = 0; j <= b->length; j++)
        row[j] = j;
    for (unsigned i = 1; i <= a->length; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= b->length; j++) {
            bool same = lower(a->bytes[i - 1]) == lower(b->bytes[j - 1]);
            unsigned change = diagonal + !same;
            diagonal = row[j];
            row[j] = smaller(change, smaller(row[j], row[j - 1]) + 1);
        }
    }
    return row[b->length];
}
