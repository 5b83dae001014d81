/* The few functions of a C library that FreeType and stb_image call. Plain and
 * short: they run on font tables and headers, never on pixels. */
#include <stdlib.h>
#include <string.h>

size_t libc_strlen(const char *text) {
    size_t length = 0;
    while (text[length])
        length++;
    return length;
}

int libc_strncmp(const char *a, const char *b, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (a[i] != b[i])
            return (unsigned char)a[i] - (unsigned char)b[i];
        if (!a[i])
            break;
    }
    return 0;
}

int libc_strcmp(const char *a, const char *b) {
    return libc_strncmp(a, b, (size_t)-1);
}

char *libc_strcpy(char *to, const char *from) {
    return memcpy(to, from, strlen(from) + 1);
}

char *libc_strncpy(char *to, const char *from, size_t count) {
    size_t i = 0;
    for (; i < count && from[i]; i++)
        to[i] = from[i];
    for (; i < count; i++)
        to[i] = 0;
    return to;
}

char *libc_strcat(char *to, const char *from) {
    strcpy(to + strlen(to), from);
    return to;
}

char *libc_strrchr(const char *text, int wanted) {
    const char *found = NULL;
    for (;; text++) {
        if (*text == (char)wanted)
            found = text;
        if (!*text)
            return (char *)(size_t)found;
    }
}

char *libc_strstr(const char *text, const char *wanted) {
    size_t length = strlen(wanted);
    for (; strncmp(text, wanted, length) != 0; text++)
        if (!*text)
            return NULL;
    return (char *)(size_t)text;
}

static void swap(char *a, char *b, size_t size_bytes) {
    for (size_t i = 0; i < size_bytes; i++) {
        char kept = a[i];
        a[i] = b[i];
        b[i] = kept;
    }
}

/* Lets the element at `root` sink to its place in a heap of `count`. */
static void sift(char *elements, size_t root, size_t count, size_t size_bytes,
                 int (*compare)(const void *, const void *)) {
    for (;;) {
        size_t child = root * 2 + 1;
        if (child >= count)
            return;
        char *at = elements + child * size_bytes;
        if (child + 1 < count && compare(at, at + size_bytes) < 0)
            at += size_bytes;
        char *above = elements + root * size_bytes;
        if (compare(above, at) >= 0)
            return;
        swap(above, at, size_bytes);
        root = (size_t)(at - elements) / size_bytes;
    }
}

void libc_qsort(void *elements, size_t count, size_t size_bytes,
                int (*compare)(const void *, const void *)) {
    char *first = elements;
    for (size_t i = count / 2; i-- > 0;)
        sift(first, i, count, size_bytes, compare);
    for (size_t left = count; left-- > 1;) {
        swap(first, first + left * size_bytes, size_bytes);
        sift(first, 0, left, size_bytes, compare);
    }
}
