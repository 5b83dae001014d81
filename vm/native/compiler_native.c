/* Compiling inside the system: one line of a shell becomes a module, which is
 * loaded at once; and running it. apps/lib/system/compiler.rev is the other
 * half. */
#include "vm/native/compiler_native.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "vm/code/loader.h"
#include "vm/code/module.h"
#include "vm/code/symbols.h"
#include "vm/compiler/compiler.h"
#include "vm/heap/heap.h"
#include "vm/run/domain.h"
#include "vm/run/native.h"

enum {
    LINE_BYTES_MAX = 65536,
    ERRORS_BYTES = 8192,
    LIBRARIES_MAX = 256,
    VARIABLES_MAX = 1024,
    STARTS_MAX = 64,    /* modules that one line brings with it */
    COST_BASE = 20000,  /* reading the interface of core */
    COST_OF_BYTE = 100, /* per byte of the line */
    NAME_BYTES = 64,
};

/* The places of the array that compileLine gives; compiler.rev reads it. */
enum {
    RESULT_ERRORS,    /* String, or null: it is compiled */
    RESULT_TYPE,      /* String, or null: the line has no value */
    RESULT_VARIABLES, /* String, as the argument: the new ones */
    RESULT_BYTES,  /* Array<Byte> when later lines can use what it declares */
    RESULT_MODULE, /* String: the module's name */
    RESULT_RUN,    /* Method: `run` */
    RESULT_STARTS, /* Array: `$init` of modules that are new to the app */
    RESULT_COUNT,
};

/* One call of compileLine. */
typedef struct Line {
    NativeCall *call;
    char *texts; /* copies of `variables` and `imports`, cut into pieces */
    char *import_source, *variables_out, *errors;
    CompilerVariable variables[VARIABLES_MAX];
    CompilerLibrary libraries[LIBRARIES_MAX];
    size_t variable_count, library_count;
    char name[NAME_BYTES];
    CompilerResult result;
    Module *starts[STARTS_MAX];
    size_t start_count;
} Line;

static CompilerFind find_library;

/* ---- What the compiler is given ---- */

/* A piece up to `end`, which becomes a zero; NULL: there is none. */
static char *take_piece(char **at, char end) {
    char *piece = *at;
    for (char *to = piece; *to; to++) {
        if (*to != end)
            continue;
        *to = 0;
        *at = to + 1;
        return piece;
    }
    return NULL;
}

/* Lines of "let" or "var", tab, name, tab, type. */
static void read_variables(Line *line, char *at) {
    char *kind, *name, *type;
    while (line->variable_count < VARIABLES_MAX &&
           (kind = take_piece(&at, '\t')) && (name = take_piece(&at, '\t')) &&
           (type = take_piece(&at, '\n')))
        line->variables[line->variable_count++] =
            (CompilerVariable){name, type, text_equal(kind, "let")};
}

static void add_library(Line *line, const uint8_t *bytes, size_t size) {
    if (line->library_count < LIBRARIES_MAX)
        line->libraries[line->library_count++] = (CompilerLibrary){bytes, size};
}

static void add_asset(Line *line, const char *name) {
    char asset[NAME_BYTES];
    const uint8_t *bytes;
    size_t size;
    Text text = text_on(asset, sizeof asset);
    text_add_format(&text, "module/%s", name);
    if (find_library(text_end(&text), &bytes, &size))
        add_library(line, bytes, size);
}

/* A name a line: each becomes an import, and a library if it is one of the
 * system's. */
static void read_imports(Line *line, char *at, size_t room) {
    Text source = text_on(line->import_source, room);
    char *name;
    while ((name = take_piece(&at, '\n'))) {
        text_add_format(&source, "import %s\n", name);
        add_asset(line, name);
    }
    text_end(&source);
}

/* Modules of earlier lines, one behind the other; each says its size. */
static void read_earlier(Line *line, const Array *earlier, uint64_t size) {
    const uint8_t *at = earlier->at.bytes;
    while (size >= MODULE_HEADER_BYTES) {
        uint64_t mine = bytes_get32(at + 16);
        if (mine < MODULE_HEADER_BYTES || mine > size)
            return;
        add_library(line, at, mine);
        at += mine;
        size -= mine;
    }
}

static char *copy_text(char *to, const String *text) {
    bytes_copy(to, text->bytes, text->length);
    to[text->length] = 0;
    return to + text->length + 1;
}

/* False: no memory. */
static bool read_arguments(Line *line) {
    NativeCall *call = line->call;
    const String *variables = native_reference(call, 1);
    const String *imports = native_reference(call, 2);
    size_t import_room = imports->length * 8 + 1; /* "import " a name */
    line->texts = alloc_take(variables->length + imports->length + 2);
    line->import_source = alloc_take(import_room);
    line->errors = alloc_take(ERRORS_BYTES);
    if (!line->texts || !line->import_source || !line->errors)
        return false;
    char *second = copy_text(line->texts, variables);
    copy_text(second, imports);
    read_variables(line, line->texts);
    add_asset(line, "core");
    read_imports(line, second, import_room);
    read_earlier(line, native_reference(call, 3), call->arguments[4]);
    Text name = text_on(line->name, sizeof line->name);
    text_add_format(&name, "line%lu", ROOT->next_module);
    text_end(&name);
    return true;
}

static Status compile(Line *line) {
    const String *text = native_reference(line->call, 0);
    CompilerSource sources[] = {
        {"line", line->import_source, text_length(line->import_source)},
        {"line", text->bytes, text->length},
    };
    CompilerRequest request = {.module = line->name,
                               .sources = sources,
                               .source_count = 2,
                               .libraries = line->libraries,
                               .library_count = line->library_count,
                               .line = true,
                               .variables = line->variables,
                               .variable_count = line->variable_count};
    native_charge(line->call, COST_BASE + COST_OF_BYTE * text->length);
    return compiler_compile(&request, &line->result);
}

/* ---- What the program is given ---- */

/* Cut at the end of a line, never within a character. */
static void write_errors(Line *line, Text *text) {
    size_t whole = 0;
    for (size_t i = 0; i < line->result.diagnostic_count && !text->cut; i++) {
        whole = text->length;
        compiler_show(&line->result.diagnostics[i], text);
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

static bool write_variables(Line *line, Text *text) {
    const CompilerResult *result = &line->result;
    size_t room = variables_size(result);
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

static bool put_bytes(Line *line, Array *result) {
    if (!line->result.line_declares)
        return true;
    Array *bytes =
        native_new_array(line->call, CLASS_ByteArray, line->result.size_bytes);
    if (bytes)
        bytes_copy(bytes->at.bytes, line->result.bytes,
                   line->result.size_bytes);
    return put(result, RESULT_BYTES, bytes);
}

/* All that can be made before the module is loaded. */
static bool put_texts(Line *line, Array *result) {
    NativeCall *call = line->call;
    Text variables;
    const char *type = line->result.line_type;
    if (!write_variables(line, &variables)) {
        call->failed = STATUS_NO_MEMORY;
        return false;
    }
    if (type &&
        !put(result, RESULT_TYPE, native_text(call, type, text_length(type))))
        return false;
    return put(result, RESULT_VARIABLES,
               native_text(call, variables.bytes, variables.length)) &&
           put(result, RESULT_MODULE,
               native_text(call, line->name, text_length(line->name))) &&
           put(result, RESULT_STARTS,
               native_new_array(call, CLASS_ObjectArray, STARTS_MAX)) &&
           put_bytes(line, result);
}

/* ---- Loading ---- */

static bool has_variables(const Domain *domain, const Module *module) {
    const Array *all = domain->environments;
    return all && module->number < all->length &&
           all->at.references[module->number];
}

/* The modules that the app has no variables of, imports first. */
static void collect_starts(Line *line, Module *module) {
    if (has_variables(line->call->domain, module))
        return;
    for (size_t i = 0; i < line->start_count; i++)
        if (line->starts[i] == module)
            return;
    for (uint64_t i = 0; i < module->imports->length; i++)
        collect_starts(line, (Module *)module->imports->at.references[i]);
    if (line->start_count < STARTS_MAX)
        line->starts[line->start_count++] = module;
}

/* Nothing stays attached whose `$init` will not run. */
static Status attach(Line *line, Module *module) {
    Domain *domain = line->call->domain;
    collect_starts(line, module);
    Status status = domain_attach(domain, module);
    for (size_t i = 0; status != STATUS_OK && i < line->start_count; i++)
        if (has_variables(domain, line->starts[i]))
            HEAP_SET(
                domain->environments->at.references[line->starts[i]->number],
                NULL);
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

static NativeResult load(Line *line, Array *result) {
    NativeCall *call = line->call;
    char why[200];
    Text text = text_on(why, sizeof why);
    Module *module;
    call->failed = loader_load(line->result.bytes, line->result.size_bytes,
                               false, &module, &text);
    if (call->failed == STATUS_INVALID)
        return native_throw(call, CLASS_ValueError,
                            "the line cannot be loaded: %s", text_end(&text));
    if (call->failed == STATUS_OK)
        call->failed = attach(line, module);
    if (call->failed != STATUS_OK)
        return NATIVE_FAILED;
    put_starts(line, result);
    HEAP_SET(result->at.references[RESULT_RUN], loader_function(module, "run"));
    return native_give(call, result);
}

static NativeResult give_errors(Line *line, Array *result) {
    Text text = text_on(line->errors, ERRORS_BYTES);
    write_errors(line, &text);
    if (!put(result, RESULT_ERRORS,
             native_text(line->call, text.bytes, text.length)))
        return NATIVE_FAILED;
    return native_give(line->call, result);
}

static NativeResult compile_and_load(Line *line) {
    NativeCall *call = line->call;
    if (!read_arguments(line))
        return native_throw(call, CLASS_MemoryError, "no memory to compile");
    Status status = compile(line);
    if (status != STATUS_OK)
        return native_throw(call, CLASS_MemoryError, "%s", status_text(status));
    Array *result = native_new_array(call, CLASS_ObjectArray, RESULT_COUNT);
    if (!result)
        return NATIVE_FAILED;
    if (line->result.error_count)
        return give_errors(line, result);
    return put_texts(line, result) ? load(line, result) : NATIVE_FAILED;
}

/* ---- Natives ---- */

static NativeResult compile_line(NativeCall *call) {
    const String *text = native_reference(call, 0);
    const Array *earlier = native_reference(call, 3);
    if (text->length > LINE_BYTES_MAX)
        return native_throw(call, CLASS_ValueError,
                            "a line has at most %d bytes", LINE_BYTES_MAX);
    if (call->arguments[4] > earlier->length)
        return native_throw(call, CLASS_BoundsError,
                            "there are not so many bytes of earlier lines");
    Line *line = alloc_take(sizeof *line);
    if (!line)
        return native_throw(call, CLASS_MemoryError, "no memory to compile");
    *line = (Line){.call = call};
    NativeResult result = compile_and_load(line);
    compiler_free(&line->result);
    alloc_give(line->errors);
    alloc_give(line->variables_out);
    alloc_give(line->import_source);
    alloc_give(line->texts);
    alloc_give(line);
    return result;
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
