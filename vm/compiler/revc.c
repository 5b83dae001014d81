/* revc: the compiler as a host program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm/compiler/compiler.h"

static char *read_file(const char *path, size_t *length_out) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    size_t capacity = 65536, length = 0;
    char *text = malloc(capacity);
    while (text) {
        length += fread(text + length, 1, capacity - length, file);
        if (length < capacity)
            break;
        capacity *= 2;
        char *larger = realloc(text, capacity);
        if (!larger)
            free(text);
        text = larger;
    }
    fclose(file);
    *length_out = length;
    return text;
}

static void show(const CompilerResult *result) {
    for (size_t i = 0; i < result->diagnostic_count; i++) {
        char buffer[4096];
        Text text = text_on(buffer, sizeof buffer);
        compiler_show(&result->diagnostics[i], &text);
        fputs(buffer, stderr);
    }
}

int main(int count, char **words) {
    int status = 0;
    for (int i = 1; i < count; i++) {
        CompilerSource source = {.name = words[i]};
        CompilerResult result;
        source.text = read_file(words[i], &source.length);
        if (!source.text) {
            fprintf(stderr, "revc: %s: cannot be read\n", words[i]);
            return 2;
        }
        CompilerRequest request = {
            .module = "m", .sources = &source, .source_count = 1};
        if (compiler_compile(&request, &result) != STATUS_OK)
            return 1;
        show(&result);
        status |= result.error_count > 0;
        compiler_free(&result);
        free((char *)source.text);
    }
    return status;
}
