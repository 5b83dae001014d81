/* A fresh heap: root, system domain, classes that C knows. */
#include "vm/run/boot.h"

#include "kernel/base/bytes.h"
#include "kernel/base/text.h"
#include "vm/code/module.h"
#include "vm/code/symbols.h"
#include "vm/heap/boxes.h"
#include "vm/heap/class.h"
#include "vm/heap/frame.h"
#include "vm/heap/heap.h"
#include "vm/run/domain.h"
#include "vm/run/exception.h"
#include "vm/run/worker.h"

static Domain *system_domain(void) {
    return ROOT->domains[0];
}

static void set_ancestors(Class *made) {
    uint32_t id = made->id;
    made->depth = id == CLASS_Object ? 0 : symbols_known_error(id) ? 2 : 1;
    made->display[0] = CLASS_Object;
    if (symbols_known_error(id))
        made->display[1] = CLASS_Exception;
    made->display[made->depth] = id;
}

/* What core.Exception declares later, so that errors can be thrown before. */
static Status set_exception(Class *made, Array *map) {
    made->instance_words = 1;
    if (made->id != CLASS_Exception && !symbols_known_error(made->id))
        return STATUS_OK;
    made->instance_words = EXCEPTION_WORDS;
    map->at.words[0] = 1u << EXCEPTION_MESSAGE | 1u << EXCEPTION_METHODS |
                       1u << EXCEPTION_PLACES;
    HEAP_SET(made->reference_map, map);
    return STATUS_OK;
}

static Status make_class(uint32_t id, Array *none, Array *map) {
    const char *name = symbols_known_name(id);
    Status status = symbols_write_class(id);
    if (status != STATUS_OK)
        return status;
    Class *made = (Class *)heap_allocate(system_domain(), CLASS_Class,
                                         sizeof(Class), &status);
    if (!made)
        return status;
    made->id = id;
    made->shape = symbols_known_shape(id);
    made->flags = made->shape == SHAPE_OBJECT ? 0 : MODULE_NATIVE_LAYOUT;
    set_ancestors(made);
    HEAP_SET(made->name,
             symbols_intern(system_domain(), name, text_length(name), &status));
    HEAP_SET(made->vtable, none);
    HEAP_SET(made->super, id == CLASS_Object ? NULL : class_find(CLASS_Object));
    if (status == STATUS_OK)
        status = set_exception(made, map);
    if (status == STATUS_OK)
        symbols_put_class(made);
    return status;
}

static Status make_classes(void) {
    Status status;
    Array *none =
        heap_new_array(system_domain(), CLASS_ObjectArray, 0, &status);
    if (!none)
        return status;
    Array *map = heap_new_array(system_domain(), CLASS_IntArray, 1, &status);
    if (!map)
        return status;
    for (uint32_t id = 1; symbols_known_name(id) && status == STATUS_OK; id++)
        status = make_class(id, none, map);
    return status;
}

/* The method of every thread's first frame: one instruction. */
static Status make_start(void) {
    Status status;
    Method *start = (Method *)heap_allocate(system_domain(), CLASS_Method,
                                            sizeof(Method), &status);
    if (!start)
        return status;
    Array *code = heap_new_array(system_domain(), CLASS_IntArray, 1, &status);
    if (!code)
        return status;
    Array *pool =
        heap_new_array(system_domain(), CLASS_ObjectArray, 0, &status);
    if (!pool)
        return status;
    code->at.words[0] = OP_thread_end;
    HEAP_SET(start->code, code);
    HEAP_SET(start->pool, pool);
    start->frame_words = FRAME_HEADER_WORDS;
    start->references_at = start->arguments_at = FRAME_HEADER_WORDS;
    HEAP_SET(ROOT->start, start);
    return STATUS_OK;
}

Status boot_create(void) {
    Status status = heap_write(ROOT, PLATFORM_PAGE_BYTES);
    if (status != STATUS_OK)
        return status;
    bytes_fill(ROOT, 0, PLATFORM_PAGE_BYTES);
    ROOT->layout = ROOT_LAYOUT;
    ROOT->opcodes = OP_COUNT;
    ROOT->boot = 1;
    ROOT->next_class = CLASS_FIRST_FREE;
    ROOT->next_domain = 1;
    ROOT->next_gate = 1;
    ROOT->next_selector = 1;
    ROOT->birth = 1;
    Domain *system;
    status = domain_create("system", UINT64_MAX, &system);
    if (status == STATUS_OK)
        status = make_classes();
    if (status == STATUS_OK)
        status = boxes_share();
    if (status == STATUS_OK)
        status = make_start();
    if (status == STATUS_OK)
        ROOT->magic = ROOT_MAGIC;
    return status;
}
