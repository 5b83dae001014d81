/* past.h: objects of an older generation, read beside the present.
 *
 * A Past is one kept generation, open for reading; while it is open it stays
 * kept, and nothing that is done here changes it or the present. An address of
 * it is a number, good within this Past only: the same address may hold
 * something else now. Nothing that is read is believed. Each address is looked
 * up in the tables of its region, each object is measured by its class as that
 * generation has it, and each count is held against what surrounds it, so that
 * a damaged generation gives a Status and no harm.
 *
 * All functions: INVALID: what is there makes no sense. IO_ERROR, CORRUPT: a
 * page cannot be read. NO_MEMORY. */
#ifndef VM_PAST_PAST_H
#define VM_PAST_PAST_H

#include "persist/store/store.h"
#include "vm/heap/object.h"

/* Bytes of "module.Class" and of names of fields, with a zero; longer ones are
 * no names. */
#define PAST_NAME_BYTES 520u

typedef struct PastField {
    char *name;
    uint64_t packed; /* as Class.field_types */
} PastField;

/* A class as that generation has it. */
typedef struct PastClass {
    struct PastClass *next;
    uint64_t domain; /* number of the one that brought it; 0: the system */
    uint32_t id;
    uint32_t depth;
    uint32_t display[CLASS_DEPTH_MAX];
    uint32_t instance_words; /* shape OBJECT */
    uint16_t shape;          /* Shape */
    uint64_t module_hash;    /* 0: one that C made */
    bool of_system;          /* of a module of the system */
    uint64_t field_count;
    PastField *fields; /* words below instance_words, as declared */
    char name[PAST_NAME_BYTES];
} PastClass;

typedef struct Past Past;

/* An object that begins at `address` and lies wholly in its region. */
typedef struct PastObject {
    uint64_t address;
    const PastClass *of;
    uint64_t length; /* bytes of a String, elements of an array, else 0 */
    uint64_t bytes;
    uint64_t domain; /* number */
    uint8_t flags;
} PastObject;

/* NOT_FOUND: it is not kept. OTHER_FORMAT: its objects are laid out in another
 * way. NO_DISK. */
Status past_open(uint64_t generation, Past **past_out);
/* NULL is allowed. */
void past_close(Past *past);

const SystemRoot *past_root(const Past *past);
StoreView *past_view(Past *past);
/* So far, for what is charged. */
uint64_t past_pages_read(const Past *past);
/* Something was not seen for want of memory, whatever became of that Status. */
bool past_starved(const Past *past);

/* Bytes within the generation's regions, whatever they are. */
Status past_read(Past *past, uint64_t address, void *to, uint64_t count);

Status past_object(Past *past, uint64_t address, PastObject *object_out);

/* The same, and INVALID when its class is another. */
Status past_object_of(Past *past, uint64_t address, uint32_t class_id,
                      PastObject *object_out);

/* The class with this id as objects of the domain with this number have it. It
 * lives as long as the Past. */
Status past_class(Past *past, uint64_t domain, uint32_t id,
                  const PastClass **class_out);

/* True when the class is `ancestor` or below. */
bool past_is_a(const PastClass *of, uint32_t ancestor);

/* Word number `word` of an object, the header being 0. */
Status past_object_word(Past *past, const PastObject *object, uint64_t word,
                        uint64_t *value_out);

/* Element `index` of an array, as in a register. */
Status past_element(Past *past, const PastObject *array, uint64_t index,
                    uint64_t *value_out);

/* The identity hash that its domain has given it. NOT_FOUND: none. */
Status past_identity(Past *past, const PastObject *object, uint64_t *hash_out);

/* A field by its name; its number, or UINT64_MAX. */
uint64_t past_field(const PastClass *of, const char *name, size_t length);

/* The value of field number `index`, as in a register. A transient one is empty
 * unless it was set in that generation's start. */
Status past_field_value(Past *past, const PastObject *object, uint64_t index,
                        uint64_t *value_out);

/* A short String, with a zero behind; longer than `capacity` - 1: INVALID. */
Status past_name(Past *past, uint64_t address, char *name_out, size_t capacity);

/* The Domain in a place of the root's table; NOT_FOUND: it is free. */
Status past_domain(Past *past, uint32_t place, Domain *domain_out,
                   uint64_t *address_out);

/* The running app of this name, or with this number in digits; of several of a
 * name the one that was opened last. NOT_FOUND. */
Status past_app(Past *past, const char *name, size_t length, Domain *domain_out,
                uint64_t *address_out);

/* True for kinds of fields that hold references. */
static inline bool past_is_reference(uint64_t packed) {
    return FIELD_KIND(packed) >= 6; /* MODULE_CLASS and arrays */
}

#endif
