/* build/hostile/damage: damages one block of a disk image, of a known kind.
 *
 *     damage IMAGE KIND [NUMBER]
 *
 * KIND is super, root, node, data, meta, directory or space, with `second-` or
 * `both-` before it for the other copy, or both, of what is kept twice (root is
 * the root block of the heap, node one of its leaves); or app,
 * a data page beyond the system's region; or format, which makes it a disk of
 * format 9.0. The newest generation is followed from its superblock; NUMBER
 * chooses which data page (or lowest node), and the bit that is flipped. Fails
 * when there are not so many pages of apps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "persist/store/format.h"

enum { WRONG_USE = 2, FLIPS = 3, REGION_PAGES = 16384 };

static FILE *image;
static uint64_t number, distance;
static FormatSuper newest;
static uint64_t newest_block;
static FormatRoot root; /* of the newest heap */

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "damage: %s\n", what);
    exit(EXIT_FAILURE);
}

static void read_block(uint64_t block, void *bytes, size_t count) {
    if (fseek(image, (long)(block * PLATFORM_BLOCK_BYTES), SEEK_SET) != 0 ||
        fread(bytes, 1, count, image) != count)
        fail("the image cannot be read");
}

static void find_newest(void) {
    for (uint64_t block = 0; block < FORMAT_RING; block++) {
        FormatSuper super;
        read_block(block, &super, sizeof super);
        if (super.magic != FORMAT_MAGIC || super.generation == 0 ||
            super.generation < newest.generation)
            continue;
        newest = super;
        newest_block = block;
    }
    if (newest.generation == 0)
        fail("nothing is durable on it");
    distance = newest.layout.segments[0].blocks / 2;
    read_block(entry_block(&newest.heap), &root, sizeof root);
}

/* What the root block names itself is out of date in the tree. */
static bool is_recent(uint64_t page) {
    for (uint64_t i = 0; i < root.count; i++)
        if (root.recent[i].page == page)
            return true;
    return false;
}

/* The `wanted`-th present entry of a node, counting around. */
static FormatEntry choose(const FormatEntry *of, uint64_t wanted) {
    FormatNode node;
    uint32_t count = 0;
    read_block(entry_block(of), &node, sizeof node);
    for (int i = 0; i < FORMAT_FANOUT; i++)
        count += entry_present(&node.entries[i]);
    if (count == 0)
        fail("a node without entries");
    wanted %= count;
    for (int i = 0; i < FORMAT_FANOUT; i++)
        if (entry_present(&node.entries[i]) && wanted-- == 0)
            return node.entries[i];
    fail("a node without entries");
}

/* The entry after `levels` choices; the lowest one depends on the number. */
static FormatEntry descend(FormatEntry entry, int levels) {
    for (int level = 1; level <= levels; level++)
        entry = choose(&entry, level == levels ? number : 0);
    return entry;
}

/* Data page number `*left` of those with keys from `from` on that a subtree
 * has; it is counted down by how many these are. */
static bool find_page(const FormatEntry *of, int level, uint64_t first,
                      uint64_t from, uint64_t *left, FormatEntry *found) {
    FormatNode node;
    read_block(entry_block(of), &node, sizeof node);
    for (uint64_t i = 0; i < FORMAT_FANOUT; i++) {
        uint64_t key = first + (i << FORMAT_FANOUT_BITS * level);
        const FormatEntry *child = &node.entries[i];
        if (!entry_present(child))
            continue;
        if (level > 0 && find_page(child, level - 1, key, from, left, found))
            return true;
        if (level > 0 || key < from || is_recent(key) || (*left)-- > 0)
            continue;
        *found = *child;
        return true;
    }
    return false;
}

/* The same of all that the heap has. */
static bool find_in_heap(uint64_t from, uint64_t *left, FormatEntry *found) {
    for (uint64_t i = 0; i < root.count; i++) {
        const FormatRecent *recent = &root.recent[i];
        if (recent->page < from || !entry_present(&recent->entry) ||
            (*left)-- > 0)
            continue;
        *found = recent->entry;
        return true;
    }
    return find_page(&root.tree, FORMAT_HEAP_LEVELS - 1, 0, from, left, found);
}

static FormatEntry app_page(void) {
    FormatEntry found;
    uint64_t left = number;
    if (!find_in_heap(REGION_PAGES, &left, &found))
        fail("there are not so many pages of apps");
    return found;
}

/* Counting around. */
static FormatEntry any_page(void) {
    FormatEntry found;
    uint64_t left = number;
    while (!find_in_heap(0, &left, &found))
        continue;
    return found;
}

/* In the meta tree directory pages are first and space pages are last. */
static FormatEntry last_of(FormatEntry entry) {
    for (int level = 0; level < FORMAT_META_LEVELS; level++) {
        FormatNode node;
        read_block(entry_block(&entry), &node, sizeof node);
        for (int i = 0; i < FORMAT_FANOUT; i++)
            if (entry_present(&node.entries[i]))
                entry = node.entries[i];
    }
    return entry;
}

static void flip(uint64_t block, size_t limit) {
    for (uint64_t i = 0; i < FLIPS; i++) {
        uint64_t at = (number * 2654435761u + i * 40503u) % limit;
        uint8_t byte;
        fseek(image, (long)(block * PLATFORM_BLOCK_BYTES + at), SEEK_SET);
        if (fread(&byte, 1, 1, image) != 1)
            fail("the image cannot be read");
        byte ^= (uint8_t)(1u << (number + i) % 8);
        fseek(image, (long)(block * PLATFORM_BLOCK_BYTES + at), SEEK_SET);
        if (fwrite(&byte, 1, 1, image) != 1)
            fail("the image cannot be written");
    }
}

/* Every superblock becomes one of format 9.0, with a right hash. */
static void change_format(void) {
    for (uint64_t i = 0; i < 2 * FORMAT_RING; i++) {
        uint64_t block =
            i < FORMAT_RING ? i : newest.layout.blocks - 2 * FORMAT_RING + i;
        FormatSuper super;
        read_block(block, &super, sizeof super);
        if (super.magic != FORMAT_MAGIC)
            continue;
        super.major = 9;
        super.minor = 0;
        super.hash = hash_of(&super, offsetof(FormatSuper, hash));
        fseek(image, (long)(block * PLATFORM_BLOCK_BYTES), SEEK_SET);
        if (fwrite(&super, sizeof super, 1, image) != 1)
            fail("the image cannot be written");
    }
}

/* Which copies, bits. */
enum { FIRST = 1, SECOND = 2, BOTH = FIRST | SECOND };

static void damage(const char *kind, unsigned copies) {
    FormatEntry entry = {0};
    if (strcmp(kind, "super") == 0) {
        if (copies & FIRST)
            flip(newest_block, sizeof(FormatSuper));
        if (copies & SECOND)
            flip(newest.layout.blocks - FORMAT_RING + newest_block,
                 sizeof(FormatSuper));
        return;
    }
    if (strcmp(kind, "format") == 0) {
        change_format();
        return;
    }
    if (strcmp(kind, "root") == 0)
        entry = newest.heap;
    else if (strcmp(kind, "node") == 0)
        entry = descend(root.tree, FORMAT_HEAP_LEVELS - 1);
    else if (strcmp(kind, "data") == 0)
        entry = any_page();
    else if (strcmp(kind, "app") == 0)
        entry = app_page();
    else if (strcmp(kind, "meta") == 0)
        entry = newest.meta;
    else if (strcmp(kind, "directory") == 0)
        entry = descend(newest.meta, FORMAT_META_LEVELS);
    else if (strcmp(kind, "space") == 0)
        entry = last_of(newest.meta);
    else
        fail("no such kind");
    if (copies & FIRST)
        flip(entry_block(&entry), PLATFORM_BLOCK_BYTES);
    if (copies & SECOND)
        flip(entry_block(&entry) + distance, PLATFORM_BLOCK_BYTES);
}

/* Reads a prefix; moves *kind behind it. */
static unsigned read_copies(const char **kind) {
    static const struct {
        const char *word;
        unsigned copies;
    } prefixes[] = {{"second-", SECOND}, {"both-", BOTH}};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t length = strlen(prefixes[i].word);
        if (strncmp(*kind, prefixes[i].word, length) != 0)
            continue;
        *kind += length;
        return prefixes[i].copies;
    }
    return FIRST;
}

int main(int count, char **words) {
    if (count < 3) {
        fputs("usage: damage IMAGE [second-|both-]KIND [NUMBER]\n", stderr);
        return WRONG_USE;
    }
    image = fopen(words[1], "r+");
    if (!image)
        fail("the image cannot be opened");
    number = count > 3 ? strtoull(words[3], NULL, 10) : 0;
    find_newest();
    const char *kind = words[2];
    unsigned copies = read_copies(&kind);
    damage(kind, copies);
    fclose(image);
    return EXIT_SUCCESS;
}
