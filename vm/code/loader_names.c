/* Texts of types and signatures. */
#include "vm/code/loader_names.h"

#include "kernel/base/bytes.h"

static const char *const letters[MODULE_KINDS] = {
    "V", "I", "D", "B", "Y", "C", "", "[I", "[D", "[B", "[Y", "[C", "[O",
};

/* Adds the signature's letter or class of a type. */
static void loader_names_type(const Link *link, uint16_t type, NamesHow how,
                              Text *text) {
    const FileType *of = &link->file.types[type];
    if (of->kind != MODULE_CLASS) {
        text_add(text, letters[of->kind]);
        return;
    }
    const FileString *name = &link->file.strings[of->name];
    if (how == NAMES_BY_ID)
        text_add_format(text, "#%u;", link->types[type]->id);
    else
        text_add_format(text, "L%.*s;", (int)name->length, name->bytes);
}

void loader_names_method(const Link *link, const FileMethod *method,
                         NamesHow how, Text *text) {
    bool native = method->flags & MODULE_NATIVE && how == NAMES_BY_NAME;
    text_add_char(text, '(');
    for (size_t i = 0; i < method->parameter_count; i++) {
        const FileParameter *parameter = &method->parameters[i];
        if (native && parameter->flags & MODULE_NULLABLE)
            text_add_char(text, '?');
        loader_names_type(link, parameter->type, how, text);
    }
    text_add_char(text, ')');
    loader_names_type(link, method->result, how, text);
}

void loader_names_ref(const Link *link, const FileMethodRef *ref, NamesHow how,
                      Text *text) {
    text_add_char(text, '(');
    for (size_t i = 0; i < ref->parameter_count; i++)
        loader_names_type(link, module_file_number(ref->parameters, i), how,
                          text);
    text_add_char(text, ')');
    loader_names_type(link, ref->result, how, text);
}

bool loader_names_equal(const Link *link, uint32_t string, const char *text) {
    const FileString *have = &link->file.strings[string];
    return have->length == text_length(text) &&
           bytes_equal(have->bytes, text, have->length);
}
