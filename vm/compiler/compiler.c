/* The entry: one Compile from sources to bytes. */
#include "vm/compiler/compiler.h"

#include "kernel/base/alloc.h"
#include "vm/compiler/check.h"
#include "vm/compiler/enum_members.h"
#include "vm/compiler/parser.h"

/* What one compilation may use: a source of 1 MB needs about 60 MB. */
#define MEMORY_LIMIT ((size_t)512 << 20)

typedef struct Run {
    Compile compile;
    void *escape[5];
} Run;

static Module *new_module(World *world, Name name) {
    Module *module = ARENA_NEW(&world->compile->arena, Module);
    Module **end = &world->modules;
    module->name = name;
    while (*end)
        end = &(*end)->next;
    *end = module;
    return module;
}

static void parse_sources(World *world, const CompilerRequest *request) {
    Compile *compile = world->compile;
    Module *module =
        new_module(world, name_of(&compile->names, request->module));
    module->is_core = request->is_core;
    world->module = module;
    for (size_t i = 0; i < request->source_count; i++) {
        const CompilerSource *source = &request->sources[i];
        uint32_t file = source_add(compile, source->name, source->text,
                                   source->length, false);
        parser_file(compile, module, file, request->line);
    }
}

static void declare(World *world) {
    for (Module *m = world->modules; m; m = m->next)
        for (Class *c = m->classes; c; c = c->next)
            if (c->kind == CLASS_ENUM)
                enum_members_add(world->compile, c);
    for (Module *m = world->modules; m; m = m->next)
        check_declare(world, m);
}

/* Everything after the escape is set; apart from the function with the setjmp,
 * whose own variables it must not share. */
static __attribute__((noinline)) void
run(Run *run, const CompilerRequest *request, CompilerResult *result_out) {
    Compile *compile = &run->compile;
    World world = {0};
    type_world_init(&world, compile);
    parse_sources(&world, request);
    declare(&world);
    if (world.core && world.object)
        check_module(&world, world.module, NULL, NULL);
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
