/* Whole files. */
#include "kernel/host/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *host_read_file(const char *path, size_t *size_out) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "revenant: %s: %s\n", path, strerror(errno));
        return NULL;
    }
    size_t size = 0, capacity = 1 << 16;
    char *text = malloc(capacity);
    while (text) {
        size += fread(text + size, 1, capacity - size, file);
        if (size < capacity)
            break;
        capacity *= 2;
        text = realloc(text, capacity);
    }
    if (text && ferror(file)) {
        fprintf(stderr, "revenant: %s: it cannot be read\n", path);
        free(text);
        text = NULL;
    }
    fclose(file);
    if (text)
        text[size] = 0;
    *size_out = size;
    return text;
}
