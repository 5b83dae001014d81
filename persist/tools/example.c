/* build/revstore-example DISK [WORD...]: a plain C program with persistent
 * memory, linked with build/librevstore.a.
 *
 * It counts its runs and keeps all words it was ever given in a tree, without a
 * line that saves or loads: the objects lie in the persistent range and are
 * there again at the next run. `--forget` ends without a snapshot, as a power
 * cut would. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/base/log.h"
#include "kernel/host/host.h"
#include "persist/memory/snapshot.h"

enum { WRONG_USE = 2, DISK_MB = 16, MEMORY_MB = 16, WORD_BYTES = 40 };

typedef struct Node {
    char word[WORD_BYTES];
    uint64_t count;
    struct Node *left, *right; /* addresses are the same in every run */
} Node;

/* The first object of the range. */
typedef struct Root {
    uint64_t runs;
    uint64_t used_bytes; /* of the first region; objects are only ever added */
    Node *tree;
} Root;

#define ROOT ((Root *)MEMORY_ROOT)

static _Noreturn void fail(const char *what, const char *why) {
    fprintf(stderr, "revstore-example: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

/* Announces that these bytes will change. */
static void will_change(void *object, size_t size_bytes) {
    Status status = memory_write((uint64_t)object, size_bytes);
    if (status != STATUS_OK)
        fail("memory", status_text(status));
}

static Node *new_node(const char *word) {
    uint64_t at = ROOT->used_bytes;
    if (at + sizeof(Node) > MEMORY_REGION_BYTES)
        fail("memory", "the region is full");
    Node *node = (Node *)(MEMORY_ROOT + at);
    will_change(ROOT, sizeof *ROOT);
    will_change(node, sizeof *node);
    ROOT->used_bytes += sizeof *node;
    *node = (Node){.count = 0};
    snprintf(node->word, sizeof node->word, "%s", word);
    return node;
}

static void count_word(const char *word) {
    Node **link = &ROOT->tree;
    while (*link) {
        int order = strncmp(word, (*link)->word, WORD_BYTES - 1);
        if (order == 0)
            break;
        link = order < 0 ? &(*link)->left : &(*link)->right;
    }
    if (!*link) {
        Node *node = new_node(word);
        will_change(link, sizeof *link);
        *link = node;
    }
    will_change(*link, sizeof **link);
    (*link)->count++;
}

static void print_tree(const Node *node) {
    if (!node)
        return;
    print_tree(node->left);
    printf("%s %lu\n", node->word, node->count);
    print_tree(node->right);
}

static void open_memory(const char *path) {
    StoreOpening opening;
    MemoryOptions options = {.limit_bytes = (uint64_t)MEMORY_MB << 20};
    host_start();
    log_set_sink(NULL);
    host_range_open();
    if (!host_disk_open(path, (uint64_t)DISK_MB << 20))
        exit(EXIT_FAILURE);
    if (store_open(0, &options.store, &opening) != STATUS_OK)
        fail(path, opening.message);
    options.regions = opening.regions;
    Status status = memory_open(&options);
    if (status != STATUS_OK)
        fail("memory", status_text(status));
}

int main(int count, char **words) {
    bool forget = count > 1 && strcmp(words[count - 1], "--forget") == 0;
    if (count < 2 || words[1][0] == '-') {
        fputs("usage: revstore-example DISK [WORD...] [--forget]\n", stderr);
        return WRONG_USE;
    }
    open_memory(words[1]);
    will_change(ROOT, sizeof *ROOT);
    if (ROOT->used_bytes == 0)
        ROOT->used_bytes = sizeof *ROOT;
    ROOT->runs++;
    for (int i = 2; i < count - forget; i++)
        count_word(words[i]);
    printf("run %lu\n", ROOT->runs);
    print_tree(ROOT->tree);
    if (!forget && snapshot_now() != STATUS_OK)
        fail(words[1], "the snapshot did not become durable");
    memory_close();
    host_disk_close();
    return EXIT_SUCCESS;
}
