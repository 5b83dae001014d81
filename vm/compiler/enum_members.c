/* Enum members, written in Rev and parsed: nothing else needs to know them. */
#include "vm/compiler/enum_members.h"

#include "vm/compiler/parser.h"

#define TEXT_BYTES ((size_t)256 * 1024)

static size_t payload(const Class *class) {
    size_t count = 0;
    for (Variable *v = class->parameters; v; v = NEXT(v))
        count++;
    return count;
}

/* "name(a0, a1)", or "name" for a case without values. */
static void add_pattern(Text *text, const Class *class, char letter) {
    size_t count = payload(class);
    text_add(text, class->name->bytes);
    for (size_t i = 0; i < count; i++)
        text_add_format(text, "%s%c%u", i ? ", " : "(", letter, (unsigned)i);
    text_add(text, count ? ") => " : " => ");
}

static void add_to_string(Text *text, const Class *class) {
    text_add(text, "fun toString(): String {\nmatch this {\n");
    for (Class *c = class->cases; c; c = NEXT(c)) {
        size_t count = payload(c);
        add_pattern(text, c, 'a');
        text_add_format(text, "return \"%s", c->name->bytes);
        for (size_t i = 0; i < count; i++)
            text_add_format(text, "%s{a%u}", i ? ", " : "(", (unsigned)i);
        text_add(text, count ? ")\"\n" : "\"\n");
    }
    text_add(text, "}\n}\n");
}

static void add_name(Text *text, const Class *class) {
    text_add(text, "get name: String {\nmatch this {\n");
    for (Class *c = class->cases; c; c = NEXT(c)) {
        add_pattern(text, c, 'a');
        text_add_format(text, "return \"%s\"\n", c->name->bytes);
    }
    text_add(text, "}\n}\n");
}

static void add_equal_case(Text *text, const Class *c) {
    size_t count = payload(c);
    add_pattern(text, c, 'a');
    text_add(text, "{\nmatch other {\n");
    add_pattern(text, c, 'b');
    text_add(text, "return ");
    for (size_t i = 0; i < count; i++)
        text_add_format(text, "%sequal(a%u, b%u)", i ? " and " : "",
                        (unsigned)i, (unsigned)i);
    text_add(text, "\nelse => return false\n}\n}\n");
}

static void add_equals(Text *text, const Class *class) {
    text_add_format(text,
                    "fun equals(other: Object?): Bool {\n"
                    "if not (other is %s) { return false }\nmatch this {\n",
                    class->name->bytes);
    for (Class *c = class->cases; c; c = NEXT(c))
        if (payload(c))
            add_equal_case(text, c);
    text_add(text, "else => return tag == other.tag\n}\n}\n");
}

static void add_hash(Text *text, const Class *class) {
    text_add(text, "fun hash(): Int {\nmatch this {\n");
    for (Class *c = class->cases; c; c = NEXT(c)) {
        size_t count = payload(c);
        if (count == 0)
            continue;
        add_pattern(text, c, 'a');
        text_add(text, "return tag");
        for (size_t i = 0; i < count; i++)
            text_add_format(text, " *%% 31 +%% hashOf(a%u)", (unsigned)i);
        text_add(text, "\n");
    }
    text_add(text, "else => return tag\n}\n}\n");
}

static void add_values(Text *text, const Class *class) {
    for (Class *c = class->cases; c; c = NEXT(c))
        if (payload(c))
            return;
    if (class->type_parameters)
        return;
    text_add_format(text, "static get values: List<%s> => [",
                    class->name->bytes);
    for (Class *c = class->cases; c; c = NEXT(c))
        text_add_format(text, "%s.%s, ", class->name->bytes, c->name->bytes);
    text_add(text, "]\n");
}

static bool has_function(const Class *class, Name name) {
    for (Function *f = class->functions; f; f = NEXT(f))
        if (f->name == name)
            return true;
    return false;
}

static void add_tag(Compile *compile, Class *class) {
    Variable *tag = ARENA_NEW(&compile->arena, Variable);
    TypeNode *type = ARENA_NEW(&compile->arena, TypeNode);
    type->kind = TYPE_NODE_NAME;
    type->place = class->place;
    type->name = name_of(&compile->names, "Int");
    tag->kind = VARIABLE_FIELD;
    tag->name = name_of(&compile->names, "tag");
    tag->place = class->place;
    tag->is_let = true;
    tag->type_node = type;
    tag->next = class->fields;
    class->fields = tag;
}

/* Parses the text as the members of a class and moves them over. */
static void take_members(Compile *compile, Class *class, const Text *text) {
    Module *module = ARENA_NEW(&compile->arena, Module);
    uint32_t file =
        source_add(compile, compile->files.items[class->place.file].name,
                   text->bytes, text->length, false);
    parser_file(compile, module, file, false);
    Function **end = &class->functions;
    while (*end)
        end = NEXT_PLACE(end);
    for (Function *f = module->classes->functions, *next; f; f = next) {
        next = f->next;
        f->next = NULL;
        f->place = class->place;
        f->is_synthetic = true;
        if (has_function(class, f->name))
            continue;
        *end = f;
        end = &f->next;
    }
}

void enum_members_add(Compile *compile, Class *class) {
    add_tag(compile, class);
    if (compile->files.items[class->place.file].is_interface)
        return;
    char *buffer = arena_take(&compile->arena, TEXT_BYTES);
    Text text = text_on(buffer, TEXT_BYTES);
    text_add(&text, "class Members {\n");
    add_to_string(&text, class);
    add_name(&text, class);
    add_equals(&text, class);
    add_hash(&text, class);
    add_values(&text, class);
    text_add(&text, "}\n");
    text_end(&text);
    if (text.cut)
        source_error(compile, class->place, "this enum is too large");
    else
        take_members(compile, class, &text);
}
