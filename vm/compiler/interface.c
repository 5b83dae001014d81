/* Printing declarations, and finding the text in a file. */
#include "vm/compiler/interface.h"

#include "kernel/base/bytes.h"
#include "vm/code/module.h"

/* Of a text: the first try, and the most; each try is eight times the last. */
#define FIRST_BYTES ((size_t)4096)
#define TEXT_BYTES ((size_t)2 << 20)

#define HASHED_A_UNIT 8 /* bytes, for a unit of work.h */

typedef struct Printer {
    World *world;
    Text text;
} Printer;

static void add(Printer *printer, const char *text) {
    text_add(&printer->text, text);
}

static void add_type(Printer *printer, Type *type) {
    add(printer, type_full_text(printer->world, type));
}

/* ---- Literals ---- */

static void add_string(Printer *printer, Name text) {
    text_add_char(&printer->text, '"');
    for (uint32_t i = 0; i < text->length; i++) {
        uint8_t c = (uint8_t)text->bytes[i];
        if (c == '"' || c == '\\' || c == '{' || c == '}')
            text_add_format(&printer->text, "\\%c", c);
        else if (c < 0x20)
            text_add_format(&printer->text, "\\u{%x}", c);
        else
            text_add_char(&printer->text, (char)c);
    }
    text_add_char(&printer->text, '"');
}

static void add_literal(Printer *printer, const Node *node) {
    uint64_t bits;
    Text *text = &printer->text;
    switch ((int)node->kind) {
    case NODE_INT:
        text_add_format(text, "%ld", (int64_t)node->number);
        break;
    case NODE_DOUBLE: /* exactly, by its bits */
        bytes_copy(&bits, &node->real, sizeof bits);
        text_add_format(text, "0r%lx", bits);
        break;
    case NODE_CHAR:
        text_add_format(text, "'\\u{%x}'", (unsigned)node->number);
        break;
    case NODE_BOOL:
        text_add(text, node->number ? "true" : "false");
        break;
    case NODE_STRING:
        add_string(printer, node->name);
        break;
    case NODE_NULL:
        text_add(text, "null");
        break;
    default:
        text_add(text, "_");
    }
}

/* ---- Declarations ---- */

static void add_type_parameters(Printer *printer, TypeParameter *list) {
    if (!list)
        return;
    add(printer, "<");
    for (TypeParameter *p = list; p; p = NEXT(p)) {
        add(printer, p->name->bytes);
        if (p->bound) {
            add(printer, ": ");
            add_type(printer, p->bound);
        }
        add(printer, p->next ? ", " : ">");
    }
}

static void add_parameters(Printer *printer, const Variable *list) {
    add(printer, "(");
    for (const Variable *p = list; p; p = NEXT(p)) {
        if (p->is_private)
            add(printer, "private ");
        if (p->field)
            add(printer, p->field->is_let ? "let " : "var ");
        add(printer, p->name->bytes);
        add(printer, ": ");
        add_type(printer, p->type);
        if (p->initial || p->has_default) {
            add(printer, " = ");
            if (p->initial)
                add_literal(printer, p->initial);
            else
                add(printer, "_");
        }
        add(printer, p->next ? ", " : "");
    }
    add(printer, ")");
}

static void add_function(Printer *printer, const Function *function) {
    static const char *const words[] = {
        [FUNCTION_PLAIN] = "fun ",
        [FUNCTION_GETTER] = "get ",
        [FUNCTION_SETTER] = "set ",
        [FUNCTION_CLOSURE] = NULL,
    };
    if (!words[function->kind])
        return;
    bool of_interface =
        function->owner && function->owner->kind == CLASS_INTERFACE;
    if (of_interface && (function->body || function->is_default))
        add(printer, "@default ");
    add(printer, function->is_private ? "private " : "");
    if (function->owner)
        add(printer, function->is_static ? "static " : "");
    add(printer, function->is_native ? "native " : "");
    add(printer, function->is_abstract && !of_interface ? "abstract " : "");
    add(printer, words[function->kind]);
    add(printer, function->name->bytes);
    add_type_parameters(printer, function->type_parameters);
    if (function->kind != FUNCTION_GETTER)
        add_parameters(printer, function->parameters);
    add(printer, ": ");
    add_type(printer, function->result);
    add(printer, "\n");
}

static void add_variable(Printer *printer, const Variable *variable) {
    bool is_let = variable->is_let || variable->is_readonly;
    add(printer, variable->is_private ? "private " : "");
    if (variable->owner_class)
        add(printer, variable->is_static ? "static " : "");
    add(printer, is_let ? "let " : "var ");
    add(printer, variable->name->bytes);
    add(printer, ": ");
    add_type(printer, variable->type);
    if (variable->is_constant) {
        add(printer, " = ");
        add_literal(printer, variable->initial);
    }
    add(printer, "\n");
}

static void add_supers(Printer *printer, const Class *class) {
    const char *before = ": ";
    if (class->super) {
        add(printer, before);
        add_type(printer, class->super);
        before = ", ";
    }
    for (size_t i = 0; i < class->interface_count; i++, work_add(1)) {
        add(printer, before);
        add_type(printer, class->interfaces[i]);
        before = ", ";
    }
}

static void add_cases(Printer *printer, const Class *class) {
    for (const Class *c = class->cases; c; c = NEXT(c)) {
        add(printer, c->name->bytes);
        if (c->parameters)
            add_parameters(printer, c->parameters);
        add(printer, c->next ? ", " : "\n");
    }
}

static void add_class(Printer *printer, const Class *class) {
    static const char *const words[] = {
        [CLASS_CLASS] = "class ",
        [CLASS_INTERFACE] = "interface ",
        [CLASS_ENUM] = "enum ",
    };
    bool is_enum = class->kind == CLASS_ENUM;
    add(printer, class->is_private ? "private " : "");
    add(printer, class->is_native ? "native " : "");
    add(printer, class->is_abstract ? "abstract " : "");
    add(printer, words[class->kind]);
    add(printer, class->name->bytes);
    add_type_parameters(printer, class->type_parameters);
    if (class->parameters)
        add_parameters(printer, class->parameters);
    if (!is_enum)
        add_supers(printer, class);
    add(printer, " {\n");
    add_cases(printer, class);
    for (const Variable *v = class->fields; v; v = NEXT(v))
        if (!is_enum || v != class->fields) /* an enum's tag comes by itself */
            add_variable(printer, v);
    for (const Function *f = class->functions; f; f = NEXT(f))
        add_function(printer, f);
    add(printer, "}\n");
}

/* False: there is not enough room in the text. */
static bool print_module(World *world, const Module *module, Text *text) {
    Printer printer = {world, *text};
    for (Import *i = module->imports; i; i = NEXT(i))
        text_add_format(&printer.text, "import %s\n", i->name->bytes);
    for (Class *c = module->classes; c; c = NEXT(c))
        add_class(&printer, c);
    for (Function *f = module->functions; f; f = NEXT(f))
        add_function(&printer, f);
    for (Variable *v = module->variables; v; v = NEXT(v))
        add_variable(&printer, v);
    *text = printer.text;
    return !text->cut;
}

Name interface_text(World *world, Module *module) {
    Compile *compile = world->compile;
    for (size_t room = FIRST_BYTES; room <= TEXT_BYTES; room *= 8) {
        Text text = text_on(arena_take(&compile->arena, room), room);
        if (print_module(world, module, &text))
            return name_of_bytes(&compile->names, text.bytes, text.length);
    }
    return NULL;
}

/* ---- Reading ---- */

typedef struct Found {
    const char *text;
    size_t length;
} Found;

/* String number `wanted`; false when the file ends before it. */
static bool find_string(const uint8_t *bytes, size_t size_bytes,
                        uint32_t wanted, Found *out) {
    size_t at = MODULE_HEADER_BYTES;
    for (uint32_t number = 0;; number++, work_add(1)) {
        if (size_bytes - at < 4)
            return false;
        size_t length = bytes_get32(bytes + at);
        at += 4;
        if (length > size_bytes - at)
            return false;
        *out = (Found){(const char *)bytes + at, length};
        if (number == wanted)
            return true;
        at += length;
    }
}

bool interface_read(const uint8_t *bytes, size_t size_bytes,
                    const char **name_out, size_t *name_length_out,
                    const char **text_out, size_t *text_length_out) {
    Found name, text;
    work_add(size_bytes / HASHED_A_UNIT);
    if (size_bytes < MODULE_HEADER_BYTES ||
        bytes_get32(bytes) != MODULE_MAGIC ||
        bytes_get16(bytes + 4) != MODULE_FORMAT ||
        bytes_get32(bytes + 16) != size_bytes ||
        bytes_get64(bytes + 8) != module_hash(bytes + 16, size_bytes - 16))
        return false;
    uint32_t count = bytes_get16(bytes + 24);
    uint32_t name_number = bytes_get32(bytes + 20);
    uint32_t text_number = bytes_get32(bytes + 48);
    if (name_number >= count || text_number >= count ||
        !find_string(bytes, size_bytes, name_number, &name) ||
        !find_string(bytes, size_bytes, text_number, &text))
        return false;
    *name_out = name.text;
    *name_length_out = name.length;
    *text_out = text.text;
    *text_length_out = text.length;
    return true;
}
