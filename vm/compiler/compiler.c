/* The entry: one Compile from sources to bytes. */
#include "vm/compiler/compiler.h"

#include "kernel/base/alloc.h"
#include "vm/compiler/check.h"
#include "vm/compiler/enum_members.h"
#include "vm/compiler/generate.h"
#include "vm/compiler/interface.h"
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
        end = NEXT_PLACE(end);
    *end = module;
    return module;
}

static void parse_sources(World *world, const CompilerRequest *request) {
    Compile *compile = world->compile;
    Module *module =
        new_module(world, name_of(&compile->names, request->module));
    module->is_core = request->is_core;
    module->runs_tests = request->run_tests || request->only_tests;
    module->tests_only = request->only_tests;
    world->module = module;
    for (size_t i = 0; i < request->source_count; i++) {
        const CompilerSource *source = &request->sources[i];
        uint32_t file = source_add(compile, source->name, source->text,
                                   source->length, false);
        parser_file(compile, module, file, request->line);
    }
}

/* The interfaces of the libraries. STATUS_CORRUPT: one is not a module. */
static Status parse_libraries(World *world, const CompilerRequest *request) {
    Compile *compile = world->compile;
    for (size_t i = 0; i < request->library_count; i++) {
        const CompilerLibrary *library = &request->libraries[i];
        const char *name, *text;
        size_t name_length, text_length;
        if (!interface_read(library->bytes, library->size_bytes, &name,
                            &name_length, &text, &text_length))
            return STATUS_CORRUPT;
        Module *module = new_module(
            world, name_of_bytes(&compile->names, name, name_length));
        module->is_interface = true;
        module->is_core = text_equal(module->name->bytes, "core");
        uint32_t file =
            source_add(compile, module->name->bytes, text, text_length, true);
        parser_file(compile, module, file, false);
    }
    return STATUS_OK;
}

static void declare(World *world) {
    for (Module *m = world->modules; m; m = NEXT(m))
        for (Class *c = m->classes; c; c = NEXT(c))
            if (c->kind == CLASS_ENUM)
                enum_members_add(world->compile, c);
    for (Module *m = world->modules; m; m = NEXT(m))
        check_declare(world, m);
}

/* ---- A shell's variables ---- */

static Variable *slot_variables(World *world, const CompilerRequest *request) {
    Compile *compile = world->compile;
    Variable *first = NULL;
    Variable **end = &first;
    for (size_t i = 0; i < request->variable_count; i++) {
        const CompilerVariable *given = &request->variables[i];
        Variable *variable = ARENA_NEW(&compile->arena, Variable);
        uint32_t file = source_add(compile, given->name, given->type,
                                   text_length(given->type), true);
        variable->kind = VARIABLE_SLOT;
        variable->name = name_of(&compile->names, given->name);
        variable->is_let = given->is_let;
        variable->place = (Place){.line = 1, .length = 1, .file = file};
        variable->type_node = parser_type(compile, file);
        variable->type = check_type_of(world, variable->type_node);
        variable->index = world->module->slot_count++;
        *end = variable;
        end = &variable->next;
    }
    return first;
}

/* What later lines can name, one a line; NULL: nothing. */
static const char *declared_names(World *world) {
    NameTable *table = &world->compile->names;
    Name names = NULL;
    for (const Class *c = world->module->classes; c; c = NEXT(c))
        names = names ? name_join(table, names, "\n", c->name) : c->name;
    for (const Function *f = world->module->functions; f; f = NEXT(f))
        names = names ? name_join(table, names, "\n", f->name) : f->name;
    return names ? names->bytes : NULL;
}

static void give_new_slots(World *world, const Variable *slots,
                           CompilerResult *result) {
    size_t count = 0;
    for (const Variable *v = slots; v; v = v->next_slot)
        count++;
    CompilerVariable *list =
        arena_take(&world->compile->arena, count * sizeof *list);
    count = 0;
    for (const Variable *v = slots; v; v = v->next_slot)
        list[count++] = (CompilerVariable){
            v->name->bytes, type_full_text(world, v->type), v->is_let};
    result->new_variables = list;
    result->new_variable_count = count;
    Type *type = world->module->line_function
                     ? world->module->line_function->inferred_result
                     : NULL;
    result->line_has_value =
        type && type_kind(type) != TYPE_VOID && type_kind(type) != TYPE_NEVER;
    if (result->line_has_value)
        result->line_type = type_text(world, type);
    result->line_names = declared_names(world);
}

/* ---- One run ---- */

/* The names of the sources, one a line. */
static Name file_names(World *world, size_t count) {
    Compile *compile = world->compile;
    Name names = name_of(&compile->names, "");
    for (size_t i = 0; i < count; i++) {
        const char *name = compile->files.items[world->source_file + i].name;
        names = name_join(&compile->names, names, i ? "\n" : "",
                          name_of(&compile->names, name));
    }
    return names;
}

static void emit(World *world, const CompilerRequest *request,
                 CompilerResult *result) {
    Compile *compile = world->compile;
    Writer writer;
    Name interface = interface_text(world, world->module);
    Name file = file_names(world, request->source_count);
    writer_init(&writer, compile, world->module->name);
    generate_module(world, &writer, world->module);
    if (!interface)
        source_error(compile, (Place){.line = 1, .length = 1},
                     "this module is too large");
    if (compile->diagnostics.errors)
        return;
    result->interface = interface->bytes;
    result->bytes =
        writer_finish(&writer, file, interface, &result->size_bytes);
}

static bool precedes(const Diagnostic *a, const Diagnostic *b) {
    if (a->file != b->file)
        return false;
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

/* In the order of the text; the order of files stays. */
static void sort_diagnostics(Diagnostics *list) {
    for (size_t i = 1; i < list->count; i++)
        for (size_t j = i;
             j > 0 && precedes(&list->items[j], &list->items[j - 1]); j--) {
            Diagnostic swapped = list->items[j];
            list->items[j] = list->items[j - 1];
            list->items[j - 1] = swapped;
        }
}

static void check_and_emit(World *world, const CompilerRequest *request,
                           CompilerResult *result_out) {
    Compile *compile = world->compile;
    Variable *new_slots = NULL;
    if (compile->diagnostics.errors)
        return; /* what cannot be parsed cannot be judged */
    declare(world);
    if (!world->core || !world->object) {
        if (!world->core)
            source_error(compile, (Place){.line = 1, .length = 1},
                         "the core library is missing");
        return;
    }
    Variable *slots = slot_variables(world, request);
    generate_check_natives(world, world->module, request->is_system);
    check_module(world, world->module, slots, &new_slots);
    if (!compile->diagnostics.errors)
        check_proof(world, world->module);
    if (compile->diagnostics.errors)
        return;
    give_new_slots(world, new_slots, result_out);
    if (!request->check_only)
        emit(world, request, result_out);
}

/* Everything after the escape is set; apart from the function with the setjmp,
 * whose own variables it must not share. */
static __attribute__((noinline)) Status
run(Run *run, const CompilerRequest *request, CompilerResult *result_out) {
    Compile *compile = &run->compile;
    World *world = ARENA_NEW(&compile->arena, World);
    type_world_init(world, compile);
    Status status = parse_libraries(world, request);
    if (status != STATUS_OK)
        return status;
    world->source_file = (uint32_t)compile->files.count;
    parse_sources(world, request);
    check_and_emit(world, request, result_out);
    sort_diagnostics(&compile->diagnostics);
    result_out->diagnostics = compile->diagnostics.items;
    result_out->diagnostic_count = compile->diagnostics.count;
    result_out->error_count = compile->diagnostics.errors;
    return STATUS_OK;
}

Status compiler_compile(const CompilerRequest *request,
                        CompilerResult *result_out) {
    *result_out = (CompilerResult){0};
    Run *state = alloc_take(sizeof *state);
    if (!state)
        return STATUS_NO_MEMORY;
    result_out->memory = state;
    state->compile.arena.escape = state->escape;
    state->compile.arena.limit_bytes =
        request->memory_bytes ? request->memory_bytes : MEMORY_LIMIT;
    if (request->stack_bytes)
        state->compile.arena.stack_end =
            (uintptr_t)__builtin_frame_address(0) - request->stack_bytes;
    state->compile.names.arena = &state->compile.arena;
    if (__builtin_setjmp(state->escape)) {
        compiler_free(result_out);
        return STATUS_NO_MEMORY;
    }
    return run(state, request, result_out);
}

size_t compiler_memory(const CompilerResult *result) {
    const Run *state = result->memory;
    return state ? sizeof *state + state->compile.arena.taken_bytes : 0;
}

void compiler_free(CompilerResult *result) {
    Run *state = result->memory;
    if (state) {
        arena_free(&state->compile.arena);
        alloc_give(state);
    }
    *result = (CompilerResult){0};
}
