/* Compiling inside the system: one line of a shell becomes a module, which is
 * loaded at once; and running it. apps/lib/system/compiler.rev is the other
 * half. */
#include "vm/native/compiler_native.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "vm/code/loader.h"
#include "vm/code/module.h"
#include "vm/code/symbols.h"
#include "vm/heap/collect.h"
#include "vm/heap/heap.h"
#include "vm/native/line.h"
#include "vm/run/domain.h"
#include "vm/run/limits.h"
#include "vm/run/native.h"
#include "vm/run/worker.h"

enum {
    LINE_BYTES_MAX = 65536,
    KNOWN_BYTES_MAX = 262144, /* of all variables, or of the imports */
    ERRORS_BYTES = 8192,
    /* Loading is one step: what a line may make, and what that costs. */
    MODULE_BYTES_MAX = 98304,
    CLASSES_MAX = 128,
    BYTES_A_UNIT = 4,
    CLASS_UNITS = 200,
    IMPORTS_MAX = 128,
    LOOKS_A_UNIT = 4,
};

/* What a thread's steps hold: how often it asked, and how old its compilation
 * is (compilation.h). */
enum { STEP_COUNT, STEP_AGE };

/* The places of the array that compileLine gives; compiler.rev reads it. Where
 * nothing is declared BYTES, NAMES and INTERFACE are null. */
enum {
    RESULT_ERRORS,    /* String, or null: it is compiled */
    RESULT_TYPE,      /* String, or null: the line has no value */
    RESULT_VARIABLES, /* String, as the argument: the new ones */
    RESULT_BYTES,  /* Array<Byte>, for later lines that use what it declares */
    RESULT_MODULE, /* String: the module's name */
    RESULT_RUN,    /* Method: `run` */
    RESULT_STARTS, /* Array: `$init` of modules that are new to the app */
    RESULT_KEPT,   /* Module: whoever uses it in later lines must keep it */
    RESULT_NAMES,  /* String: what it declares, one a line */
    RESULT_INTERFACE, /* String: how, with the modules of what it speaks of */
    RESULT_COUNT,
};

static CompilerFind find_library;

/* ---- What the program is given ---- */

/* Cut at the end of a line, never within a character. */
static void write_errors(const CompilerResult *result, Text *text) {
    size_t whole = 0;
    for (size_t i = 0; i < result->diagnostic_count && !text->cut; i++) {
        whole = text->length;
        compiler_show(&result->diagnostics[i], text);
    }
    if (text->cut)
        text->length = whole;
}

static size_t variables_size(const CompilerResult *result) {
    size_t size = 1;
    for (size_t i = 0; i < result->new_variable_count; i++)
        size += text_length(result->new_variables[i].name) +
                text_length(result->new_variables[i].type) + 6;
    return size;
}

static bool write_variables(Line *line, const CompilerResult *result,
                            Text *text) {
    size_t room = variables_size(result);
    alloc_give(line->variables_out);
    line->variables_out = alloc_take(room);
    if (!line->variables_out)
        return false;
    *text = text_on(line->variables_out, room);
    for (size_t i = 0; i < result->new_variable_count; i++)
        text_add_format(text, "%s\t%s\t%s\n",
                        result->new_variables[i].is_let ? "let" : "var",
                        result->new_variables[i].name,
                        result->new_variables[i].type);
    return true;
}

/* Puts a new object into the result, which is new itself. */
static bool put(Array *result, size_t place, const void *object) {
    if (object)
        HEAP_SET(result->at.references[place], object);
    return object != NULL;
}

static bool put_text(NativeCall *call, Array *result, size_t place,
                     const char *text) {
    return put(result, place, native_text(call, text, text_length(text)));
}

/* What later lines can use. */
static bool put_declared(NativeCall *call, const CompilerResult *from,
                         Array *result) {
    if (!from->line_names)
        return true;
    Array *bytes = native_new_array(call, CLASS_ByteArray, from->size_bytes);
    if (bytes)
        bytes_copy(bytes->at.bytes, from->bytes, from->size_bytes);
    return put(result, RESULT_BYTES, bytes) &&
           put_text(call, result, RESULT_NAMES, from->line_names) &&
           put_text(call, result, RESULT_INTERFACE, from->interface);
}

/* All that can be made before the module is loaded. */
static bool put_texts(NativeCall *call, Line *line, const CompilerResult *from,
                      Array *result) {
    Text variables;
    const char *type = from->line_type;
    if (!write_variables(line, from, &variables)) {
        call->failed = STATUS_NO_MEMORY;
        return false;
    }
    if (type && !put_text(call, result, RESULT_TYPE, type))
        return false;
    return put(result, RESULT_VARIABLES,
               native_text(call, variables.bytes, variables.length)) &&
           put_text(call, result, RESULT_MODULE, line->name) &&
           put(result, RESULT_STARTS,
               native_new_array(call, CLASS_ObjectArray, LINE_STARTS_MAX)) &&
           put_declared(call, from, result);
}

/* ---- Loading ---- */

/* The modules that the app has no variables of, imports first. */
static void collect_starts(Line *line, const Domain *domain, Module *module) {
    if (domain_variables(domain, module))
        return;
    for (size_t i = 0; i < line->start_count; i++)
        if (line->starts[i] == module)
            return;
    for (uint64_t i = 0; i < module->imports->length; i++)
        collect_starts(line, domain,
                       (Module *)module->imports->at.references[i]);
    if (line->start_count < LINE_STARTS_MAX)
        line->starts[line->start_count++] = module;
}

/* Nothing stays attached whose `$init` will not run. */
static Status attach(Line *line, Domain *domain, Module *module) {
    collect_starts(line, domain, module);
    Status status = domain_attach(domain, module);
    for (size_t i = 0; status != STATUS_OK && i < line->start_count; i++)
        if (domain_variables(domain, line->starts[i]))
            domain_detach(domain, line->starts[i]);
    return status;
}

static void put_starts(const Line *line, Array *result) {
    Array *starts = (Array *)(void *)result->at.references[RESULT_STARTS];
    size_t count = 0;
    for (size_t i = 0; i < line->start_count; i++)
        if (line->starts[i]->initialise)
            HEAP_SET(starts->at.references[count++],
                     line->starts[i]->initialise);
}

/* Before the limit is said to be reached, what is not used any more goes. */
static bool code_fits(NativeCall *call, Line *line, size_t bytes) {
    if (call->domain->code_bytes + bytes <=
        limits_get(call->domain, LIMIT_CODE))
        return true;
    if (line->waited && collect_figures().done != line->collections) {
        limits_refuse(call, LIMIT_CODE);
        return false;
    }
    line->waited = true;
    line->collections = collect_figures().done;
    call->failed = STATUS_LIMIT;
    return false;
}

/* False: an exception says why not, or it is tried again. */
static bool may_load(NativeCall *call, Line *line, const CompilerResult *from) {
    uint16_t classes = bytes_get16(from->bytes + MODULE_CLASS_COUNT_AT);
    uint16_t imports = bytes_get16(from->bytes + MODULE_IMPORT_COUNT_AT);
    if (imports > IMPORTS_MAX) {
        native_throw(call, CLASS_ValueError,
                     "this is too much for one line: it uses %u modules of %d",
                     imports, IMPORTS_MAX);
        return false;
    }
    if (from->size_bytes > MODULE_BYTES_MAX || classes > CLASSES_MAX) {
        native_throw(call, CLASS_ValueError,
                     "this is too much for one line: it makes %u classes and "
                     "%zu bytes of code, of %d and %d",
                     classes, from->size_bytes, CLASSES_MAX, MODULE_BYTES_MAX);
        return false;
    }
    if (!code_fits(call, line, from->size_bytes))
        return false;
    /* Each import is looked for among the modules that the app has. */
    const Array *own = call->domain->own_modules;
    uint64_t looks = (imports + 3ull) * (own ? own->length : 0);
    native_charge(call, from->size_bytes / BYTES_A_UNIT +
                            (uint64_t)classes * CLASS_UNITS +
                            looks / LOOKS_A_UNIT);
    return true;
}

static NativeResult load(NativeCall *call, Line *line,
                         const CompilerResult *from, Array *result) {
    char why[200];
    Text text = text_on(why, sizeof why);
    Module *module;
    line->start_count = 0;
    call->failed = loader_load(call->domain, from->bytes, from->size_bytes,
                               false, &module, &text);
    if (call->failed == STATUS_INVALID)
        return native_throw(call, CLASS_ValueError,
                            "the line cannot be loaded: %s", text_end(&text));
    if (call->failed == STATUS_OK)
        call->failed = attach(line, call->domain, module);
    if (call->failed != STATUS_OK)
        return NATIVE_FAILED;
    put_starts(line, result);
    HEAP_SET(result->at.references[RESULT_RUN], loader_function(module, "run"));
    HEAP_SET(result->at.references[RESULT_KEPT], module);
    return native_give(call, result);
}

static NativeResult give_errors(NativeCall *call, const CompilerResult *from,
                                Array *result) {
    char *errors = alloc_take(ERRORS_BYTES);
    if (!errors) {
        call->failed = STATUS_NO_MEMORY;
        return NATIVE_FAILED;
    }
    Text text = text_on(errors, ERRORS_BYTES);
    write_errors(from, &text);
    bool good =
        put(result, RESULT_ERRORS, native_text(call, text.bytes, text.length));
    alloc_give(errors);
    return good ? native_give(call, result) : NATIVE_FAILED;
}

static NativeResult give_result(NativeCall *call, Line *line,
                                const CompilerResult *from) {
    Array *result = native_new_array(call, CLASS_ObjectArray, RESULT_COUNT);
    if (!result)
        return NATIVE_FAILED;
    if (from->error_count)
        return give_errors(call, from, result);
    if (!may_load(call, line, from))
        return NATIVE_FAILED;
    return put_texts(call, line, from, result) ? load(call, line, from, result)
                                               : NATIVE_FAILED;
}

/* ---- The steps of compileLine ---- */

/* The next step; the age is that of the compilation, 0: there is none yet. */
static NativeResult go_on(NativeCall *call, uint64_t age) {
    call->steps[STEP_AGE] = age;
    return native_go_on(call, call->thread, call->steps[STEP_COUNT] + 1);
}

/* The texts' sizes are those of the first step: strings never change, and an
 * array keeps its length. */
static Status begin(NativeCall *call) {
    size_t sizes[LINE_TEXTS];
    Compilation *new;
    for (size_t i = 0; i < LINE_EARLIER; i++)
        sizes[i] = ((const String *)native_reference(call, i))->length;
    sizes[LINE_EARLIER] = call->arguments[LINE_EARLIER + 1];
    Status status =
        compilation_begin(call->domain->number, call->thread->number,
                          call->steps[STEP_AGE], &new);
    if (status != STATUS_OK)
        return status;
    Line *line = line_take(sizes);
    if (!line) {
        compilation_end(new);
        return STATUS_NO_MEMORY;
    }
    new->owner = line;
    new->give = line_give;
    new->owner_bytes = line->bytes;
    return STATUS_OK;
}

static void copy_on(NativeCall *call, Line *line) {
    const char *texts[LINE_TEXTS];
    for (size_t i = 0; i < LINE_EARLIER; i++)
        texts[i] = ((const String *)native_reference(call, i))->bytes;
    const Array *earlier = native_reference(call, LINE_EARLIER);
    texts[LINE_EARLIER] = (const char *)earlier->at.bytes;
    native_charge(call, line_copy(line, texts, NATIVE_STEP_COPY) / COST_BYTES);
}

static NativeResult no_memory(NativeCall *call, Compilation *compilation) {
    if (compilation)
        compilation_end(compilation);
    return native_throw(call, CLASS_MemoryError, "no memory to compile");
}

/* It is done: the result, or why there is none. A call that fails for lack of
 * room is made again and finds it still here. */
static NativeResult finish(NativeCall *call, Compilation *compilation) {
    NativeResult result = NATIVE_FAILED;
    if (compilation->status == STATUS_NO_MEMORY)
        return no_memory(call, compilation);
    if (compilation->status != STATUS_OK)
        result = native_throw(call, CLASS_ValueError, "%s",
                              status_text(compilation->status));
    else
        result = give_result(call, compilation->owner, &compilation->result);
    if (result != NATIVE_FAILED || call->error)
        compilation_end(compilation);
    return result;
}

static NativeResult step(NativeCall *call, Compilation *compilation) {
    Line *line = compilation->owner;
    uint64_t units = 0;
    if (line->copied < line->bytes) {
        copy_on(call, line);
        return go_on(call, compilation->age);
    }
    if (!compilation->request.module &&
        !line_request(line, call->domain->own_modules_made + 1, find_library,
                      &compilation->request))
        return no_memory(call, compilation);
    if (compilation->done)
        return finish(call, compilation);
    uint64_t age = compilation->age;
    if (compilation_step(compilation, &units))
        age = compilation->age;
    native_charge(call, units);
    return go_on(call, age);
}

static NativeResult check_sizes(NativeCall *call) {
    const String *text = native_reference(call, LINE_TEXT);
    const String *variables = native_reference(call, LINE_VARIABLES);
    const String *imports = native_reference(call, LINE_IMPORTS);
    const Array *earlier = native_reference(call, LINE_EARLIER);
    if (text->length > LINE_BYTES_MAX)
        return native_throw(call, CLASS_ValueError,
                            "a line has at most %d bytes", LINE_BYTES_MAX);
    if (variables->length > KNOWN_BYTES_MAX ||
        imports->length > KNOWN_BYTES_MAX)
        return native_throw(call, CLASS_ValueError,
                            "too much is known from earlier lines");
    if (call->arguments[LINE_EARLIER + 1] > earlier->length)
        return native_throw(call, CLASS_BoundsError,
                            "there are not so many bytes of earlier lines");
    return NATIVE_STEP;
}

static NativeResult compile_line(NativeCall *call) {
    NativeResult good = call->progress ? NATIVE_STEP : check_sizes(call);
    if (good != NATIVE_STEP)
        return good;
    Compilation *mine = call->progress ? compilation_find(call->domain->number,
                                                          call->thread->number)
                                       : NULL;
    if (mine)
        return step(call, mine);
    Status status = begin(call);
    if (status == STATUS_NO_MEMORY)
        return no_memory(call, NULL);
    if (status == STATUS_BUSY)
        native_charge(call, NATIVE_STEP_UNITS);
    return go_on(call, call->steps[STEP_AGE]);
}

/* The method behind a reference if it is a function with this signature. */
static Method *function_of(NativeCall *call, const char *signature) {
    Method *method = native_reference(call, 0);
    if (method->head.class_id == CLASS_Method && method->code &&
        !method->owner &&
        symbols_equal(method->signature, signature, text_length(signature)))
        return method;
    native_throw(call, CLASS_CastError, "this is no compiled line");
    return NULL;
}

static NativeResult run_line(NativeCall *call) {
    call->callee = function_of(call, "([O)Lcore.Object;");
    call->result = call->arguments[1];
    return call->callee ? NATIVE_CALL : NATIVE_FAILED;
}

static NativeResult start_module(NativeCall *call) {
    call->callee = function_of(call, "()V");
    return call->callee ? NATIVE_CALL : NATIVE_FAILED;
}

void compiler_native_register(CompilerFind find) {
    static const NativeEntry entries[] = {
        {"system.compileLine", "(Lcore.String;Lcore.String;Lcore.String;[YI)[O",
         compile_line, NULL},
        {"system.runLine", "(Lcore.Object;[O)Lcore.Object;", run_line, NULL},
        {"system.startModule", "(Lcore.Object;)V", start_module, NULL},
    };
    find_library = find;
    natives_register(entries, sizeof entries / sizeof entries[0]);
}
