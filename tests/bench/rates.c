/* How fast code becomes runnable, on the hosted machine.
 *
 * usage: rates-bench SOURCE... (of module core); prints one JSON object a line.
 *   vm/verify-rate   bytes of code that the verifier proves and links in a
 * second, over all modules that come with the system. The loader's calls lead
 * through here (-Wl,--wrap); each is repeated.
 *   vm/compile-rate  lines of Rev that become a module in a second, the
 * best of some rounds */
#include <stdio.h>
#include <stdlib.h>

#include "kernel/base/log.h"
#include "kernel/host/host.h"
#include "kernel/system/apps.h"
#include "kernel/system/host/run.h"
#include "persist/memory/memory.h"
#include "vm/code/verifier.h"
#include "vm/run/vm.h"

enum { ROUNDS = 20, SOURCES_MAX = 64, WRONG_USE = 2 };

static uint64_t verified_bytes, verified_ns;

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "rates-bench: %s\n", what);
    exit(EXIT_FAILURE);
}

/* kernel/system/host/main.c has this for the machine; here nothing asks for it.
 */
_Noreturn void platform_restart(void) {
    fail("nothing here starts anew");
}

/* ---- The verifier ---- */

Status __real_verifier_check(Link *link, const FileMethod *file_method,
                             Method *method, uint64_t *words_out,
                             uint64_t *handlers_out);
Status __wrap_verifier_check(Link *link, const FileMethod *file_method,
                             Method *method, uint64_t *words_out,
                             uint64_t *handlers_out);

Status __wrap_verifier_check(Link *link, const FileMethod *file_method,
                             Method *method, uint64_t *words_out,
                             uint64_t *handlers_out) {
    Status status = STATUS_OK;
    uint64_t begun_ns = platform_now_ns();
    for (int round = 0; round < ROUNDS && status == STATUS_OK; round++)
        status = __real_verifier_check(link, file_method, method, words_out,
                                       handlers_out);
    verified_ns += platform_now_ns() - begun_ns;
    verified_bytes += file_method->words * 8ull * ROUNDS;
    return status;
}

static void verify_all(void) {
    char buffer[400];
    Text why = text_on(buffer, sizeof buffer);
    MemoryOptions options = {.limit_bytes = platform_memory_bytes()};
    host_range_open();
    if (memory_open(&options) != STATUS_OK)
        fail("there is not enough memory");
    apps_register();
    if (vm_create() != STATUS_OK)
        fail("the heap cannot be made");
    if (apps_load(&why) != STATUS_OK)
        fail(text_end(&why));
    memory_close();
}

/* ---- The compiler ---- */

static uint64_t lines_of(const CompilerSource *source) {
    uint64_t lines = 0;
    for (size_t i = 0; i < source->length; i++)
        lines += source->text[i] == '\n';
    return lines;
}

static uint64_t compile_ns(const CompilerRequest *request) {
    CompilerResult result;
    uint64_t begun_ns = platform_now_ns();
    Status status = compiler_compile(request, &result);
    uint64_t ns = platform_now_ns() - begun_ns;
    if (status != STATUS_OK || result.error_count > 0)
        fail("core does not compile");
    compiler_free(&result);
    return ns;
}

static double lines_a_second(int count, char **paths) {
    static CompilerSource sources[SOURCES_MAX];
    CompilerRequest request = {.module = "core",
                               .sources = sources,
                               .is_core = true,
                               .is_system = true};
    uint64_t lines = 0, best_ns = UINT64_MAX;
    for (int i = 0; i < count && i < SOURCES_MAX; i++) {
        CompilerSource *source = &sources[request.source_count++];
        source->name = paths[i];
        source->text = host_read_file(paths[i], &source->length);
        if (!source->text)
            exit(EXIT_FAILURE);
        lines += lines_of(source);
    }
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t ns = compile_ns(&request);
        if (ns < best_ns)
            best_ns = ns;
    }
    return (double)lines * 1e9 / (double)best_ns;
}

int main(int count, char **words) {
    if (count < 2)
        return WRONG_USE;
    host_start();
    log_set_sink(NULL);
    verify_all();
    printf("{\"name\": \"vm/verify-rate\", \"machine\": \"host\", "
           "\"value\": %.1f, \"unit\": \"MB/s\"}\n",
           (double)verified_bytes * 1000 / (double)verified_ns);
    printf("{\"name\": \"vm/compile-rate\", \"machine\": \"host\", "
           "\"value\": %.0f, \"unit\": \"lines/s\"}\n",
           lines_a_second(count - 1, words + 1));
    return EXIT_SUCCESS;
}
