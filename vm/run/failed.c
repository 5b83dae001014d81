/* Apps that ended by an exception, until a person is told. */
#include "vm/run/failed.h"

#include "kernel/base/bytes.h"
#include "kernel/base/text.h"
#include "vm/heap/object.h"
#include "vm/run/trash.h"
#include "vm/run/vm.h"

enum { FAILED_MOST = 8 }; /* of more only the log tells */

static VmFailed failed[FAILED_MOST];
static uint32_t failed_count;

void failed_start(void) {
    failed_count = 0;
}

/* As much as there is room for, without half a character. */
static void copy_words(char *to, size_t capacity, const char *bytes,
                       size_t count) {
    Text text = text_on(to, capacity);
    text_add_bytes(&text, bytes, count);
    text_end(&text);
}

/* Only the first line: the others say where it was thrown. */
static size_t first_line(const char *words) {
    size_t count = 0;
    while (words[count] && words[count] != '\n')
        count++;
    return count;
}

void vm_tell_failed(const Domain *domain, const char *words) {
    const String *name = vm_app_name(domain);
    if (failed_count == FAILED_MOST)
        return;
    VmFailed *entry = &failed[failed_count++];
    entry->number = domain->number;
    copy_words(entry->name, sizeof entry->name, name ? name->bytes : "An app",
               name ? name->length : 6);
    copy_words(entry->words, sizeof entry->words, words, first_line(words));
}

bool vm_fail_app(Domain *domain, const char *words) {
    bool has_ended =
        domain->app ? trash_put(domain, words) : vm_stop_app(domain, words);
    if (has_ended)
        vm_tell_failed(domain, words);
    return has_ended;
}

bool vm_take_failed(VmFailed *failed_out) {
    if (failed_count == 0)
        return false;
    *failed_out = failed[0];
    bytes_move(failed, failed + 1, --failed_count * sizeof failed[0]);
    return true;
}
