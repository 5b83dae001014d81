/* The entry: one Compile from sources to bytes. */
#include "vm/compiler/compiler.h"

#include "kernel/base/alloc.h"
#include "vm/compiler/parser.h"

/* What one compilation may use: a source of 1 MB needs about 60 MB. */
#define MEMORY_LIMIT ((size_t)512 << 20)

typedef struct Run {
    Compile compile;
    void *escape[5];
} Run;

static void parse(Compile *compile, const CompilerRequest *request) {
    Module *module = ARENA_NEW(&compile->arena, Module);
    module->name = name_of(&compile->names, request->module);
    module->is_core = request->is_core;
    for (size_t i = 0; i < request->source_count; i++) {
        const CompilerSource *source = &request->sources[i];
        uint32_t file = source_add(compile, source->name, source->text,
                                   source->length, false);
        parser_file(compile, module, file, request->line);
    }
}

/* Everything after the escape is set; apart from the function with the setjmp,
 * whose own variables it must not share. */
static __attribute__((noinline)) void
run(Run *run, const CompilerRequest *request, CompilerResult *result_out) {
    Compile *compile = &run->compile;
    parse(compile, request);
    result_out->diagnostics = compile->diagnostics.items;
    result_out->diagnostic_count = compile->diagnostics.count;
    result_out->error_count = compile->diagnostics.errors;
}

Status compiler_compile(const CompilerRequest *request,
                        CompilerResult *result_out) {
    *result_out = (CompilerResult){0};
    Run *state = alloc_take(sizeof *state);
    if (!state)
        return STATUS_NO_MEMORY;
    result_out->memory = state;
    state->compile.arena.escape = state->escape;
    state->compile.arena.limit_bytes = MEMORY_LIMIT;
    state->compile.names.arena = &state->compile.arena;
    if (__builtin_setjmp(state->escape)) {
        compiler_free(result_out);
        return STATUS_NO_MEMORY;
    }
    run(state, request, result_out);
    return STATUS_OK;
}

void compiler_free(CompilerResult *result) {
    Run *state = result->memory;
    if (state) {
        arena_free(&state->compile.arena);
        alloc_give(state);
    }
    *result = (CompilerResult){0};
}
