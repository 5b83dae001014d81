/* link.h: a module while it is loaded: what its names have become.
 *
 * The loader fills this in, the verifier reads it. All objects in it were made
 * since the last safepoint or are reached by the system root; nothing is
 * visible to programs until the loader publishes the module. */
#ifndef VM_CODE_LINK_H
#define VM_CODE_LINK_H

#include "vm/code/module_file.h"
#include "vm/heap/object.h"

typedef struct LinkField {
    Class *owner;    /* as the reference says */
    Class *declared; /* the class above it, or itself, that declares it */
    uint64_t packed; /* FIELD_WORD ... of object.h */
    Class *of;       /* class of the value; NULL for scalars */
} LinkField;

typedef struct LinkVar {
    const Module *module;
    uint64_t place; /* module_place */
    uint64_t packed;
    Class *of;
} LinkVar;

typedef struct LinkMethod {
    Method *method;
    const FileMethodRef *ref;
} LinkMethod;

typedef struct Link {
    ModuleFile file;
    Domain *domain; /* where all of it lies: the system's, or it is own */
    Module *module;
    const void *image; /* the file's bytes, so many */
    uint64_t bytes;
    const Module *again; /* NULL, or the one that these bytes were linked to
                            before: its numbers and imports are taken */
    bool system;         /* may declare natives and native layouts */
    uint32_t next_class; /* own ids are looked for from here */
    void *tables;        /* all of these: */
    Class **types;       /* per type its class; NULL for scalars and none */
    LinkField *fields;   /* per field reference */
    LinkMethod *methods; /* per method reference */
    LinkVar *vars;       /* per variable reference */
    Class **classes;     /* per class of the file */
    Method **own;        /* per method of the file */
    Text *why;           /* a sentence, when something is refused */
} Link;

static inline bool link_is_own(const Link *link) {
    return link->domain != ROOT->domains[0];
}

/* What the module does not see: it is private to another one. */
static inline bool link_is_hidden(const Link *link, const Module *module,
                                  unsigned flags) {
    return flags & MODULE_PRIVATE && module != link->module;
}

/* Places in the pool: strings, then types, then method references. */
static inline uint32_t link_text_place(uint32_t string) {
    return string;
}
static inline uint32_t link_type_place(const Link *link, uint32_t type) {
    return link->file.string_count + type;
}
static inline uint32_t link_method_place(const Link *link, uint32_t method) {
    return link->file.string_count + link->file.type_count + method;
}

/* The word of the frame that is R register `n`: arguments come last. */
static inline uint16_t link_reference_word(const Method *method, uint16_t n) {
    uint16_t arguments = method->reference_arguments;
    uint16_t locals = (uint16_t)(method->reference_count - arguments);
    uint16_t place =
        n < arguments ? (uint16_t)(locals + n) : (uint16_t)(n - arguments);
    return (uint16_t)(method->references_at + place);
}

/* Box class of a scalar kind; array class of an array kind. */
uint32_t link_kind_class(uint8_t kind);

/* A constructor: not virtual, of an object, and named so. */
bool link_is_constructor(const Method *method);

#endif
