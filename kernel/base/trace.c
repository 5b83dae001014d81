/* Which parts of the system write traces. */
#include "kernel/base/trace.h"

#include <stddef.h>

#include "kernel/base/bytes.h"
#include "kernel/base/text.h"

uint32_t trace_parts;
const char trace_names[] = "input, pages, store, threads, collect";

static uint32_t part_of(const char *word, size_t length) {
    static const struct {
        const char *name;
        uint32_t part;
    } parts[] = {{"input", TRACE_input},
                 {"pages", TRACE_pages},
                 {"store", TRACE_store},
                 {"threads", TRACE_threads},
                 {"collect", TRACE_collect}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (text_length(parts[i].name) == length &&
            bytes_equal(parts[i].name, word, length))
            return parts[i].part;
    return 0;
}

bool trace_start(const char *words) {
    bool good = true;
    while (*words) {
        size_t length = 0;
        while (words[length] && words[length] != ',')
            length++;
        uint32_t part = part_of(words, length);
        trace_parts |= part;
        good = good && part;
        words += length + (words[length] == ',');
    }
    return good;
}
