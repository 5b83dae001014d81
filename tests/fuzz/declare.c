/* Classes, fields, variables and the heads of methods. */
#include <stdio.h>
#include <string.h>

#include "kernel/base/bytes.h"
#include "tests/fuzz/fuzz.h"
#include "vm/code/natives.h"

#define A (&fuzz_assembler)

static Of scalar_of(uint8_t kind) {
    return (Of){kind, -1};
}

static Of ref_of(int ref) {
    uint8_t array = plan.refs[ref].array;
    return (Of){array ? array : MODULE_CLASS, ref};
}

static uint16_t type_of(Of of) {
    return of.ref >= 0 ? plan.refs[of.ref].type : plan.kinds[of.kind];
}

static Of any_of(void) {
    return fuzz_one_in(2) ? scalar_of((uint8_t)(MODULE_INT + fuzz_below(5)))
                          : ref_of((int)fuzz_below(plan.ref_count));
}

static int add_ref(Ref ref) {
    plan.refs[plan.ref_count] = ref;
    return (int)plan.ref_count++;
}

/* ---- What is always there ---- */

static void add_known(const char *name, int super, bool open, bool made,
                      bool exception) {
    add_ref((Ref){.type = assembler_class_type(A, name),
                  .super = super,
                  .open = open,
                  .made = made,
                  .exception = exception});
}

static void declare_known(void) {
    static const char *const boxes[] = {"core.Int", "core.Double", "core.Bool",
                                        "core.Byte", "core.Char"};
    for (int kind = 0; kind < MODULE_KINDS; kind++)
        if (kind != MODULE_CLASS && kind != MODULE_NONE)
            plan.kinds[kind] = assembler_kind(A, (ModuleKind)kind);
    add_known("core.Object", -1, true, true, false);
    add_known("core.String", REF_OBJECT, false, false, false);
    add_known("core.Exception", REF_OBJECT, false, true, true);
    add_known("core.ValueError", REF_EXCEPTION, false, true, true);
    add_known("core.Function", REF_OBJECT, false, true, false);
    for (int i = 0; i < 5; i++)
        add_known(boxes[i], REF_OBJECT, false, false, false);
    for (int kind = MODULE_INT_ARRAY; kind < MODULE_KINDS; kind++)
        add_ref((Ref){.type = plan.kinds[kind],
                      .super = REF_OBJECT,
                      .array = (uint8_t)kind});
    static const char *const texts[] = {"", "a", "caf\xc3\xa9", "-12.5e3"};
    static const uint64_t constants[] = {0,      1,        0x10FFFF,
                                         0xD800, 0x110000, UINT64_MAX};
    for (int i = 0; i < 4; i++)
        plan.texts[i] = (uint16_t)assembler_string(A, texts[i]);
    for (int i = 0; i < 6; i++)
        plan.constants[i] = assembler_constant(A, constants[i]);
}

/* ---- Methods ---- */

static Callee *add_callee(const char *module, const char *name, int owner,
                          Of result, const Of *parameters, unsigned count) {
    Callee *callee = &plan.callees[plan.callee_count++];
    uint16_t number =
        assembler_method_ref(A, owner >= 0 ? plan.refs[owner].type : 0, module,
                             name, type_of(result), 0);
    bytes_put16(A->method_refs.bytes + A->method_refs.count - 2,
                (uint16_t)count);
    for (unsigned i = 0; i < count; i++) {
        bytes_put16(A->method_refs.bytes + A->method_refs.count,
                    type_of(parameters[i]));
        A->method_refs.count += 2;
    }
    *callee = (Callee){.number = number,
                       .owner = owner,
                       .has_code = true,
                       .result = result,
                       .count = count};
    memcpy(callee->parameters, parameters, count * sizeof *parameters);
    return callee;
}

/* The head of a method of the module; NULL when there are too many. */
static Body *add_body(const char *name, int owner, uint16_t flags, Of result,
                      const Of *parameters, unsigned count) {
    if (plan.body_count == BODIES_MOST)
        return NULL;
    Body *body = &plan.bodies[plan.body_count++];
    memset(body, 0, offsetof(Body, list));
    body->count = body->handler_count = 0;
    snprintf(body->name, sizeof body->name, "%s", name);
    body->owner = owner;
    body->flags = flags;
    body->result = result;
    body->parameter_count = count;
    body->constructs = owner >= 0 && !strcmp(name, "init");
    body->is_first = owner < 0 && !strcmp(name, "$init");
    memcpy(body->parameters, parameters, count * sizeof *parameters);
    Callee *callee = add_callee("m", name, flags & MODULE_STATIC ? -1 : owner,
                                result, parameters, count);
    if (flags & MODULE_STATIC) /* named through its class */
        plan.callee_count--;
    callee->is_virtual = flags & MODULE_VIRTUAL;
    callee->constructor = body->constructs;
    callee->first = body->is_first;
    return body;
}

typedef struct Head {
    Of parameters[ARGUMENTS_MOST], result;
    unsigned count;
} Head;

static Head any_head(void) {
    Head head = {.count = fuzz_below(5)};
    for (unsigned i = 0; i < head.count; i++)
        head.parameters[i] = any_of();
    head.result = fuzz_one_in(4) ? scalar_of(MODULE_NONE) : any_of();
    return head;
}

static void add_method(const char *name, int owner, uint16_t flags,
                       const Head *head) {
    add_body(name, owner, flags, head->result, head->parameters, head->count);
}

/* Without code; written at once. */
static void add_abstract(const char *name, int owner, const Head *head,
                         bool is_interface) {
    assembler_method(A, name, plan.refs[owner].type,
                     MODULE_VIRTUAL | MODULE_NO_CODE, type_of(head->result));
    for (unsigned i = 0; i < head->count; i++)
        assembler_parameter(A, type_of(head->parameters[i]));
    assembler_end(A);
    Callee *callee = add_callee("m", name, owner, head->result,
                                head->parameters, head->count);
    callee->has_code = false;
    callee->is_interface = is_interface;
    callee->is_virtual = !is_interface;
}

/* ---- Natives ---- */

static bool take_type(const char **at, Of *out) {
    static const char letters[] = "VIDBYC", arrays[] = "IDBYCO";
    *at += **at == '?';
    char c = *(*at)++;
    if (c == '[') {
        const char *found = strchr(arrays, *(*at)++);
        *out = ref_of(REF_ARRAYS + (int)(found - arrays));
        return true;
    }
    if (c != 'L') {
        *out = scalar_of((uint8_t)(strchr(letters, c) - letters));
        return true;
    }
    static const struct {
        const char *name;
        int ref;
    } known[] = {{"core.String;", REF_STRING},
                 {"core.Object;", REF_OBJECT},
                 {"core.Exception;", REF_EXCEPTION}};
    for (size_t i = 0; i < 3; i++)
        if (!strncmp(*at, known[i].name, strlen(known[i].name))) {
            *at += strlen(known[i].name);
            *out = ref_of(known[i].ref);
            return true;
        }
    return false;
}

/* What waits, ends the app or runs something else tells nothing here. */
static bool is_usable(const char *name) {
    static const char *const not_these[] = {
        "Thread.", "Lock.",      "sleep",       "commit",      "System.",
        "keepApp", "runHandler", "nextHandler", "onRestarted", "Line"};
    for (size_t i = 0; i < sizeof not_these / sizeof *not_these; i++)
        if (strstr(name, not_these[i]))
            return false;
    return strncmp(name, "core.", 5) == 0;
}

static void add_native(const NativeEntry *entry) {
    const char *at = entry->signature + 1, *name = strrchr(entry->name, '.');
    Of parameters[ARGUMENTS_MOST], result;
    unsigned count = 0;
    int owner = -1;
    if (strncmp(entry->name, "core.String.", 12) == 0)
        owner = REF_STRING;
    else if (strncmp(entry->name, "core.Object.", 12) == 0)
        owner = REF_OBJECT;
    else if (strncmp(entry->name, "core.Exception.", 15) == 0)
        owner = REF_EXCEPTION;
    else if (strchr(entry->name + 5, '.'))
        return;
    while (*at != ')')
        if (!take_type(&at, &parameters[count++]))
            return;
    at++;
    if (take_type(&at, &result))
        add_callee("core", name + 1, owner, result, parameters, count)
            ->is_virtual = owner >= 0;
}

static void declare_natives(void) {
    unsigned count = 0;
    while (natives_at(count))
        count++;
    for (int i = 0; i < 12; i++) {
        const NativeEntry *entry = natives_at(fuzz_below(count));
        if (is_usable(entry->name))
            add_native(entry);
    }
}

/* ---- Classes ---- */

static uint16_t any_flags(bool of_constructed) {
    static const uint16_t flags[] = {0,
                                     0,
                                     MODULE_TRANSIENT,
                                     MODULE_PRIVATE,
                                     MODULE_READONLY | MODULE_PRIVATE,
                                     MODULE_LET};
    return flags[fuzz_below(of_constructed ? 6 : 5)];
}

/* A class of the module with some fields. */
static int declare_class(const char *simple, int super, uint16_t flags,
                         unsigned interface_count, const uint16_t *interfaces) {
    static char names[6][4] = {"p", "q", "r", "s", "t", "u"};
    AssemblerField fields[6];
    char qualified[24];
    snprintf(qualified, sizeof qualified, "m.%s", simple);
    int own = add_ref((Ref){.type = assembler_class_type(A, qualified),
                            .super = super,
                            .made = !(flags & MODULE_ABSTRACT),
                            .exception = plan.refs[super].exception});
    unsigned count =
        super == REF_FUNCTION || plan.refs[super].foreign ? 1 : fuzz_below(6);
    for (unsigned i = 0; i < count; i++) {
        Of of = any_of();
        /* The last of a name hides those above: each class has its own. */
        char *name = names[i];
        name[1] = simple[0];
        name[2] = simple[1];
        fields[i] = (AssemblerField){name, type_of(of), any_flags(true)};
        plan.fields[plan.field_count] =
            (Field){.owner = own, .of = of, .flags = fields[i].flags};
        plan.fields[plan.field_count++].number =
            assembler_field_ref(A, plan.refs[own].type, name, fields[i].type);
    }
    assembler_class(A, simple, plan.refs[super].type, flags, interface_count,
                    interfaces, count, fields);
    return own;
}

static int declare_interface(const char *simple, unsigned count,
                             const uint16_t *above) {
    char qualified[24];
    snprintf(qualified, sizeof qualified, "m.%s", simple);
    int own = add_ref((Ref){
        .type = assembler_class_type(A, qualified), .super = -1, .open = true});
    assembler_class(A, simple, 0, MODULE_INTERFACE, count, above, 0, NULL);
    return own;
}

static void add_constructor(int owner) {
    Head head = any_head();
    head.result = scalar_of(MODULE_NONE);
    add_method("init", owner, 0, &head);
}

static void declare_foreign(void) {
    int box = add_ref((Ref){.type = assembler_class_type(A, "lib.Box"),
                            .super = REF_OBJECT,
                            .made = true,
                            .foreign = true});
    add_ref((Ref){.type = assembler_class_type(A, "lib.Closed"),
                  .super = REF_OBJECT,
                  .foreign = true});
    static const struct {
        const char *name;
        uint16_t flags;
    } fields[] = {{"open", 0}, {"size", MODULE_READONLY}, {"kept", MODULE_LET}},
      variables[] = {{"level", MODULE_READONLY}, {"first", MODULE_LET}};
    Of integer = scalar_of(MODULE_INT);
    for (int i = 0; i < 3; i++)
        plan.fields[plan.field_count++] =
            (Field){assembler_field_ref(A, plan.refs[box].type, fields[i].name,
                                        plan.kinds[MODULE_INT]),
                    box, integer, fields[i].flags, true};
    for (int i = 0; i < 2; i++)
        plan.variables[plan.variable_count++] =
            (Field){assembler_var_ref(A, "lib", variables[i].name,
                                      plan.kinds[MODULE_INT]),
                    -1, integer, variables[i].flags, true};
    add_callee("", "init", box, scalar_of(MODULE_NONE), &integer, 1)
        ->constructor = true;
    add_callee("", "shown", box, scalar_of(MODULE_NONE), &integer, 0)
        ->is_virtual = true;
}

static void declare_variables(void) {
    static const char *const names[] = {"x0", "x1", "x2", "x3", "x4", "x5"};
    for (int i = 0; i < 6; i++) {
        Of of = any_of();
        uint16_t flags = any_flags(true);
        assembler_variable(A, names[i], type_of(of), flags);
        plan.variables[plan.variable_count++] =
            (Field){assembler_var_ref(A, "m", names[i], type_of(of)), -1, of,
                    flags, false};
    }
}

void declare_module(void) {
    memset(&plan, 0, offsetof(Plan, bodies));
    plan.ref_count = plan.field_count = plan.variable_count = 0;
    plan.callee_count = plan.body_count = 0;
    assembler_begin(A, "m");
    assembler_import(A, "core");
    assembler_import(A, "lib");
    declare_known();
    declare_foreign();
    int i0 = declare_interface("I0", 0, NULL);
    uint16_t both[2] = {plan.refs[i0].type, 0};
    int i1 = declare_interface("I1", fuzz_below(2), both);
    both[1] = plan.refs[i1].type;
    int a0 = declare_class("A0", REF_OBJECT, MODULE_ABSTRACT, 0, NULL);
    int c0 = declare_class("C0", REF_OBJECT, 0, fuzz_below(3), both);
    int c1 = declare_class("C1", c0, 0, fuzz_below(2), both);
    int c2 = declare_class("C2", fuzz_one_in(2) ? a0 : c1,
                           fuzz_one_in(2) ? MODULE_FINAL : 0, 0, NULL);
    int e0 = declare_class("E0", REF_VALUE_ERROR, 0, 0, NULL);
    int b0 = declare_class("B0", REF_KNOWN, 0, 0, NULL); /* below lib.Box */
    int f0 = declare_class("F0", REF_FUNCTION, MODULE_FINAL, 0, NULL);
    declare_variables();
    Head promise = any_head(), abstract = any_head(), shared = any_head();
    Head closure = {.result = ref_of(REF_OBJECT)},
         nothing = {.result = scalar_of(MODULE_NONE)};
    add_abstract("i0", i0, &promise, true);
    add_abstract("ab", a0, &abstract, false);
    if (!fuzz_one_in(3))
        add_method("i0", c0, MODULE_VIRTUAL, &promise);
    add_method("v", c0, MODULE_VIRTUAL, &shared);
    if (fuzz_one_in(2))
        add_method("v", c1, MODULE_VIRTUAL, &shared);
    add_method("ab", c2, MODULE_VIRTUAL, &abstract);
    Head other = any_head(); /* the same name, mostly other types */
    add_method("v", c2, MODULE_VIRTUAL, &other);
    add_method("invoke0", f0, MODULE_VIRTUAL, &closure);
    const int constructed[] = {a0, c0, c1, c2, e0, b0};
    for (int i = 0; i < 6; i++)
        if (!fuzz_one_in(3))
            add_constructor(constructed[i]);
    for (int i = 0; i < 3; i++) {
        char name[16];
        Head head = any_head();
        snprintf(name, sizeof name, "f%d", i);
        add_method(name, -1, 0, &head);
    }
    Head head = any_head();
    add_method("w", c1, fuzz_one_in(2) ? MODULE_PRIVATE : 0, &head);
    add_method("$init", -1, 0, &nothing);
    add_method("main", -1, 0, &nothing);
    plan.callee_count--; /* main is called by nobody */
    plan.first_native = plan.callee_count;
    declare_natives();
}

/* ---- What the modules import ---- */

size_t declare_lib(void) {
    assembler_begin(A, "lib");
    uint16_t integer = assembler_kind(A, MODULE_INT);
    uint16_t object = assembler_class_type(A, "core.Object");
    AssemblerField fields[] = {{"open", integer, 0},
                               {"hidden", integer, MODULE_PRIVATE},
                               {"size", integer, MODULE_READONLY},
                               {"kept", integer, MODULE_LET}};
    assembler_import(A, "core");
    uint16_t box = assembler_class(A, "Box", object, 0, 0, NULL, 4, fields);
    assembler_class(A, "Closed", object, MODULE_PRIVATE, 0, NULL, 0, NULL);
    assembler_variable(A, "level", integer, MODULE_READONLY);
    assembler_variable(A, "first", integer, MODULE_LET);
    assembler_variable(A, "count", integer, MODULE_PRIVATE);
    uint16_t kept = assembler_field_ref(A, box, "kept", integer);
    assembler_method(A, "init", box, 0, 0);
    assembler_parameter(A, integer);
    assembler_word(A, OP_put, 0, 0, kept);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
    static const char *const names[] = {"shown", "secret"};
    for (int i = 0; i < 2; i++) {
        assembler_method(A, names[i], box,
                         MODULE_VIRTUAL | (i ? MODULE_PRIVATE : 0), 0);
        assembler_word(A, OP_return, 0, 0, 0);
        assembler_end(A);
    }
    assembler_method(A, "inside", 0, MODULE_PRIVATE, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
    return assembler_finish(A);
}
