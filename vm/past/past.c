/* Reading an older generation: pages, objects, classes, apps. */
#include "vm/past/past.h"

#include "kernel/base/alloc.h"
#include "kernel/base/bytes.h"
#include "kernel/base/text.h"
#include "kernel/base/utf8.h"
#include "vm/code/module.h"
#include "vm/heap/heap.h"
#include "vm/heap/identity.h"
#include "vm/heap/region.h"

enum {
    PAGES_KEPT = 64,
    CLASS_CHUNK = 1024, /* ids in a chunk of the table of classes */
    WORDS_MAX = 32767,  /* of an instance */
};

typedef struct PastPage {
    uint64_t number; /* of the page, from 1; 0: nothing */
    uint8_t *bytes;
} PastPage;

struct Past {
    StoreView *view;
    FormatRecord record;
    SystemRoot root;
    PastClass *classes;
    PastPage pages[PAGES_KEPT];
    uint8_t *bytes; /* of the pages */
    uint64_t pages_read;
    bool starved;
    uint64_t tables_of;           /* a domain: number, and */
    uint64_t hashes, own_classes; /* the addresses of its tables */
};

/* ---- Pages ---- */

static Status find_page(Past *past, uint64_t number, const uint8_t **bytes) {
    PastPage *page = &past->pages[number % PAGES_KEPT];
    if (page->number != number + 1) {
        page->number = 0;
        past->pages_read++;
        Status status = store_view_read_page(past->view, number, page->bytes);
        past->starved = past->starved || status == STATUS_NO_MEMORY;
        if (status != STATUS_OK)
            return status;
        page->number = number + 1;
    }
    *bytes = page->bytes;
    return STATUS_OK;
}

Status past_read(Past *past, uint64_t address, void *to, uint64_t count) {
    uint64_t all = past->record.regions * MEMORY_REGION_BYTES;
    uint64_t offset = address - MEMORY_ROOT;
    uint8_t *at = to;
    if (offset > all || count > all - offset)
        return STATUS_INVALID;
    while (count > 0) {
        uint64_t within = offset % PLATFORM_PAGE_BYTES;
        uint64_t part = bytes_min(count, PLATFORM_PAGE_BYTES - within);
        const uint8_t *bytes;
        Status status = find_page(past, offset / PLATFORM_PAGE_BYTES, &bytes);
        if (status != STATUS_OK)
            return status;
        bytes_copy(at, bytes + within, part);
        at += part;
        offset += part;
        count -= part;
    }
    return STATUS_OK;
}

static Status past_word(Past *past, uint64_t address, uint64_t *word_out) {
    return past_read(past, address, word_out, sizeof *word_out);
}

/* ---- Opening ---- */

static Status open_pages(Past *past) {
    past->bytes = alloc_take((size_t)PAGES_KEPT * PLATFORM_PAGE_BYTES);
    if (!past->bytes)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < PAGES_KEPT; i++)
        past->pages[i].bytes = past->bytes + i * PLATFORM_PAGE_BYTES;
    return STATUS_OK;
}

static Status open_root(Past *past) {
    past->record = store_view_record(past->view);
    Status status =
        past_read(past, MEMORY_ROOT, &past->root, sizeof past->root);
    if (status != STATUS_OK)
        return status;
    if (past->root.magic != ROOT_MAGIC || past->root.layout != ROOT_LAYOUT)
        return STATUS_OTHER_FORMAT;
    return STATUS_OK;
}

Status past_open(uint64_t generation, Past **past_out) {
    *past_out = NULL;
    if (!memory_store())
        return STATUS_NO_DISK;
    Past *past = alloc_take(sizeof *past);
    if (!past)
        return STATUS_NO_MEMORY;
    Status status = open_pages(past);
    if (status == STATUS_OK)
        status = store_view_open(memory_store(), generation, &past->view);
    if (status == STATUS_OK)
        status = open_root(past);
    if (status == STATUS_OK)
        *past_out = past;
    else
        past_close(past);
    return status;
}

static void give_class(PastClass *of) {
    for (uint64_t i = 0; of->fields && i < of->field_count; i++)
        alloc_give(of->fields[i].name);
    alloc_give(of->fields);
    alloc_give(of);
}

void past_close(Past *past) {
    if (!past)
        return;
    for (PastClass *of = past->classes, *next; of; of = next) {
        next = of->next;
        give_class(of);
    }
    store_view_close(past->view);
    alloc_give(past->bytes);
    alloc_give(past);
}

const SystemRoot *past_root(const Past *past) {
    return &past->root;
}

StoreView *past_view(Past *past) {
    return past->view;
}

uint64_t past_pages_read(const Past *past) {
    return past->pages_read;
}

bool past_starved(const Past *past) {
    return past->starved;
}

/* ---- Objects ---- */

/* Looks the address up in its region: the number of the domain. */
static Status find_start(Past *past, uint64_t address, uint64_t *domain_out) {
    uint64_t offset = address - MEMORY_ROOT;
    uint64_t starts;
    RegionHeader header;
    if (address % 16 || offset >= past->record.regions * MEMORY_REGION_BYTES ||
        offset % MEMORY_REGION_BYTES < REGION_OBJECTS_AT)
        return STATUS_INVALID;
    uint32_t region = region_of(address);
    Status status = past_word(
        past, (uint64_t)(uintptr_t)region_start_word(address), &starts);
    if (status == STATUS_OK)
        status = past_read(past, (uint64_t)(uintptr_t)region_header(region),
                           &header, sizeof header);
    if (status != STATUS_OK)
        return status;
    if (!(starts & region_start_bit(address)) || header.magic != REGION_MAGIC ||
        header.index != region)
        return STATUS_INVALID;
    *domain_out = header.domain;
    return STATUS_OK;
}

/* Reads one of the structures of object.h whose id C knows, without its class:
 * the classes themselves are found with this. */
static Status read_known(Past *past, uint64_t address, uint32_t class_id,
                         void *to, uint64_t count) {
    uint64_t domain;
    Status status = find_start(past, address, &domain);
    if (status == STATUS_OK)
        status = past_read(past, address, to, count);
    if (status == STATUS_OK && ((const Object *)to)->class_id != class_id)
        status = STATUS_INVALID;
    return status;
}

static Status find_tables(Past *past, uint64_t number);

/* An element of an array that C lays out. */
static Status read_item(Past *past, uint64_t array, uint32_t class_id,
                        uint64_t index, uint64_t *value_out) {
    struct {
        Object head;
        uint64_t length;
    } start;
    Status status = read_known(past, array, class_id, &start, sizeof start);
    if (status == STATUS_OK &&
        (index >= start.length || start.length > HEAP_OBJECT_BYTES_MAX / 8))
        status = STATUS_INVALID;
    if (status == STATUS_OK)
        status = past_word(past, array + sizeof start + index * 8, value_out);
    return status;
}

Status past_object(Past *past, uint64_t address, PastObject *object_out) {
    Object head;
    *object_out = (PastObject){.address = address};
    Status status = find_start(past, address, &object_out->domain);
    if (status == STATUS_OK)
        status = past_read(past, address, &head, sizeof head);
    if (status == STATUS_OK)
        status = past_class(past, object_out->domain, head.class_id,
                            &object_out->of);
    if (status == STATUS_OK && heap_shape_has_length(object_out->of->shape))
        status = past_word(past, address + sizeof head, &object_out->length);
    if (status != STATUS_OK)
        return status;
    object_out->flags = head.flags;
    object_out->bytes =
        heap_shape_bytes(object_out->of->shape, object_out->of->id,
                         object_out->of->instance_words, object_out->length);
    uint64_t left =
        MEMORY_REGION_BYTES - (address - MEMORY_ROOT) % MEMORY_REGION_BYTES;
    bool fits = object_out->bytes > 0 && object_out->bytes <= left;
    return fits ? STATUS_OK : STATUS_INVALID;
}

Status past_object_of(Past *past, uint64_t address, uint32_t class_id,
                      PastObject *object_out) {
    Status status = past_object(past, address, object_out);
    if (status == STATUS_OK && object_out->of->id != class_id)
        status = STATUS_INVALID;
    return status;
}

Status past_object_word(Past *past, const PastObject *object, uint64_t word,
                        uint64_t *value_out) {
    if (word >= object->bytes / 8)
        return STATUS_INVALID;
    return past_word(past, object->address + word * 8, value_out);
}

Status past_element(Past *past, const PastObject *array, uint64_t index,
                    uint64_t *value_out) {
    unsigned shift = heap_element_shift(array->of->id);
    *value_out = 0;
    if (!heap_shape_has_length(array->of->shape) || index >= array->length)
        return STATUS_INVALID;
    return past_read(past, array->address + 16 + (index << shift), value_out,
                     1u << shift);
}

Status past_name(Past *past, uint64_t address, char *name_out,
                 size_t capacity) {
    struct {
        Object head;
        uint64_t length;
    } start;
    Status status =
        read_known(past, address, CLASS_String, &start, sizeof start);
    if (status == STATUS_OK && start.length >= capacity)
        status = STATUS_INVALID;
    if (status == STATUS_OK)
        status =
            past_read(past, address + sizeof start, name_out, start.length);
    if (status != STATUS_OK)
        return status;
    name_out[start.length] = 0;
    return utf8_valid(name_out, start.length) ? STATUS_OK : STATUS_INVALID;
}

/* ---- Classes ---- */

static uint64_t address_of(const void *reference) {
    return (uint64_t)(uintptr_t)reference;
}

static Status read_field(Past *past, const Class *from, PastClass *of,
                         uint64_t index) {
    char name[PAST_NAME_BYTES];
    PastField *field = &of->fields[index];
    uint64_t at;
    Status status = read_item(past, address_of(from->field_names),
                              CLASS_ObjectArray, index, &at);
    if (status == STATUS_OK)
        status = past_name(past, at, name, sizeof name);
    if (status == STATUS_OK)
        status = read_item(past, address_of(from->field_types), CLASS_IntArray,
                           index, &field->packed);
    if (status != STATUS_OK)
        return status;
    uint64_t last = FIELD_WORD(field->packed) +
                    (FIELD_FLAGS(field->packed) & MODULE_TRANSIENT ? 1u : 0u);
    if (FIELD_WORD(field->packed) == 0 || last >= of->instance_words ||
        FIELD_KIND(field->packed) == MODULE_NONE ||
        FIELD_KIND(field->packed) >= MODULE_KINDS)
        return STATUS_INVALID;
    size_t count = text_length(name) + 1;
    field->name = alloc_take(count);
    if (!field->name)
        return STATUS_NO_MEMORY;
    bytes_copy(field->name, name, count);
    return STATUS_OK;
}

static Status read_fields(Past *past, const Class *from, PastClass *of) {
    struct {
        Object head;
        uint64_t length;
    } names;
    if (of->shape != SHAPE_OBJECT || !from->field_names || !from->field_types)
        return STATUS_OK;
    Status status = read_known(past, address_of(from->field_names),
                               CLASS_ObjectArray, &names, sizeof names);
    if (status == STATUS_OK && names.length > of->instance_words)
        status = STATUS_INVALID;
    if (status != STATUS_OK || names.length == 0)
        return status;
    of->fields = alloc_take(names.length * sizeof *of->fields);
    if (!of->fields)
        return STATUS_NO_MEMORY;
    of->field_count = names.length;
    for (uint64_t i = 0; i < names.length && status == STATUS_OK; i++)
        status = read_field(past, from, of, i);
    return status;
}

static Status read_class(Past *past, const Class *from, PastClass *of) {
    Module module = {0};
    of->shape = from->shape;
    of->depth = from->depth;
    of->instance_words = from->instance_words;
    bytes_copy(of->display, from->display, sizeof of->display);
    if (from->id != of->id || of->depth >= CLASS_DEPTH_MAX ||
        of->display[of->depth] != of->id || of->shape > SHAPE_GATE ||
        of->instance_words > WORDS_MAX ||
        (of->shape == SHAPE_OBJECT && of->instance_words == 0))
        return STATUS_INVALID;
    Status status =
        past_name(past, address_of(from->name), of->name, sizeof of->name);
    if (status == STATUS_OK && from->module) {
        status = read_known(past, address_of(from->module), CLASS_Module,
                            &module, sizeof module);
        of->module_hash = module.hash;
        of->of_system = module.system != 0;
    }
    return status == STATUS_OK ? read_fields(past, from, of) : status;
}

/* Where the class with this id lies. */
static Status find_class(Past *past, uint64_t domain, uint32_t id,
                         uint64_t *address_out) {
    uint64_t chunk;
    Status status;
    if (id >= OWN_FIRST) {
        status = find_tables(past, domain);
        return status == STATUS_OK
                   ? read_item(past, past->own_classes, CLASS_IntArray,
                               id - OWN_FIRST, address_out)
                   : status;
    }
    status = read_item(past, address_of(past->root.classes), CLASS_ObjectArray,
                       id / CLASS_CHUNK, &chunk);
    return status == STATUS_OK ? read_item(past, chunk, CLASS_ObjectArray,
                                           id % CLASS_CHUNK, address_out)
                               : status;
}

Status past_class(Past *past, uint64_t domain, uint32_t id,
                  const PastClass **class_out) {
    uint64_t at, owner = id < OWN_FIRST ? 0 : domain;
    Class from;
    for (PastClass *of = past->classes; of; of = of->next) {
        *class_out = of;
        if (of->id == id && of->domain == owner)
            return STATUS_OK;
    }
    Status status = find_class(past, domain, id, &at);
    if (status == STATUS_OK)
        status = read_known(past, at, CLASS_Class, &from, sizeof from);
    if (status != STATUS_OK)
        return status;
    PastClass *of = alloc_take(sizeof *of);
    if (of) {
        of->id = id;
        of->domain = owner;
    }
    status = of ? read_class(past, &from, of) : STATUS_NO_MEMORY;
    if (status != STATUS_OK) {
        past->starved = past->starved || status == STATUS_NO_MEMORY;
        if (of)
            give_class(of);
        return status;
    }
    of->next = past->classes;
    past->classes = of;
    *class_out = of;
    return STATUS_OK;
}

bool past_is_a(const PastClass *of, uint32_t ancestor) {
    for (uint32_t i = 0; i <= of->depth; i++)
        if (of->display[i] == ancestor)
            return true;
    return false;
}

uint64_t past_field(const PastClass *of, const char *name, size_t length) {
    for (uint64_t i = of->field_count; i-- > 0;)
        if (text_length(of->fields[i].name) == length &&
            bytes_equal(of->fields[i].name, name, length))
            return i;
    return UINT64_MAX;
}

Status past_field_value(Past *past, const PastObject *object, uint64_t index,
                        uint64_t *value_out) {
    uint64_t packed = object->of->fields[index].packed, boot;
    *value_out = 0;
    if (!(FIELD_FLAGS(packed) & MODULE_TRANSIENT))
        return past_object_word(past, object, FIELD_WORD(packed), value_out);
    Status status = past_object_word(past, object, FIELD_WORD(packed), &boot);
    if (status != STATUS_OK || boot != past->root.boot)
        return status;
    return past_object_word(past, object, FIELD_WORD(packed) + 1ull, value_out);
}

/* ---- Apps ---- */

Status past_domain(Past *past, uint32_t place, Domain *domain_out,
                   uint64_t *address_out) {
    uint64_t owner;
    if (place >= ROOT_DOMAINS_MAX || !past->root.domains[place])
        return STATUS_NOT_FOUND;
    *address_out = address_of(past->root.domains[place]);
    Status status = read_known(past, *address_out, CLASS_Domain, domain_out,
                               sizeof *domain_out);
    if (status == STATUS_OK)
        status = find_start(past, *address_out, &owner);
    if (status == STATUS_OK && owner != domain_out->number)
        status = STATUS_INVALID;
    return status;
}

static Status find_number(Past *past, uint64_t number, Domain *domain_out) {
    for (uint32_t i = 0; i < ROOT_DOMAINS_MAX; i++) {
        uint64_t address;
        Status status = past_domain(past, i, domain_out, &address);
        if (status == STATUS_OK && domain_out->number == number)
            return STATUS_OK;
        if (status != STATUS_OK && status != STATUS_NOT_FOUND &&
            status != STATUS_INVALID)
            return status;
    }
    return STATUS_NOT_FOUND;
}

/* Looks up the tables of a domain, unless it was the last one. */
static Status find_tables(Past *past, uint64_t number) {
    Domain domain;
    if (past->tables_of == number)
        return STATUS_OK;
    Status status = find_number(past, number, &domain);
    if (status != STATUS_OK)
        return status;
    past->hashes = address_of(domain.hashes);
    past->own_classes = address_of(domain.own_classes);
    past->tables_of = number;
    return STATUS_OK;
}

Status past_identity(Past *past, const PastObject *object, uint64_t *hash_out) {
    PastObject table;
    Status status = find_tables(past, object->domain);
    if (status != STATUS_OK)
        return status;
    if (!past->hashes)
        return STATUS_NOT_FOUND;
    status = past_object_of(past, past->hashes, CLASS_IntArray, &table);
    uint64_t slots = table.length / 2;
    if (status != STATUS_OK || slots == 0 || slots & (slots - 1))
        return status == STATUS_OK ? STATUS_INVALID : status;
    uint64_t at = identity_slot(object->address, slots);
    for (uint64_t looked = 0; looked < slots; looked++) {
        uint64_t pair[2];
        status =
            past_read(past, table.address + 16 + at * 16, pair, sizeof pair);
        *hash_out = pair[1];
        if (status != STATUS_OK || pair[0] == object->address)
            return status;
        if (!pair[0])
            return STATUS_NOT_FOUND;
        at = (at + 1) & (slots - 1);
    }
    return STATUS_NOT_FOUND;
}

static bool is_called(Past *past, const Domain *domain, const char *name,
                      size_t length) {
    char own[PAST_NAME_BYTES], digits[24];
    uint64_t number;
    Text text = text_on(digits, sizeof digits);
    text_add_bytes(&text, name, length);
    if (!text.cut && text_to_u64(text_end(&text), &number))
        return domain->number == number;
    return past_name(past, address_of(domain->name), own, sizeof own) ==
               STATUS_OK &&
           text_length(own) == length && bytes_equal(own, name, length);
}

Status past_app(Past *past, const char *name, size_t length, Domain *domain_out,
                uint64_t *address_out) {
    Status found = STATUS_NOT_FOUND;
    domain_out->number = 0;
    for (uint32_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        Domain domain;
        uint64_t address;
        Status status = past_domain(past, i, &domain, &address);
        if (status == STATUS_NOT_FOUND || status == STATUS_INVALID)
            continue; /* one that is damaged hides no other */
        if (status != STATUS_OK)
            return status;
        if (!is_called(past, &domain, name, length) ||
            (found == STATUS_OK && domain.number < domain_out->number))
            continue;
        *domain_out = domain;
        *address_out = address;
        found = STATUS_OK;
    }
    return found;
}
