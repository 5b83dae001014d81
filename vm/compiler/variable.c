/* Locals, captured variables, fields and module variables. */
#include "vm/compiler/variable.h"

#include "vm/compiler/code.h"
#include "vm/compiler/value.h"

bool variable_is_cell(const Variable *variable) {
    return variable->is_captured && variable->is_reassigned &&
           (variable->kind == VARIABLE_LOCAL ||
            variable->kind == VARIABLE_PARAMETER);
}

Erased variable_type(Generator *g, Variable *variable) {
    return erase_type(g->world, variable->type);
}

static Erased object_type(Generator *g) {
    return (Erased){MODULE_CLASS, g->world->classes.object};
}

Variable *variable_core_field(Generator *g, Class *class, const char *name) {
    Name wanted = name_of(&g->compile->names, name);
    for (Variable *v = class->fields; v; v = NEXT(v))
        if (v->name == wanted)
            return v;
    for (Variable *v = class->parameters; v; v = NEXT(v))
        if (v->name == wanted && v->field)
            return v->field;
    return NULL;
}

/* The class of cells, and its one field. */
static Class *cell_class(Generator *g) {
    return g->world->classes.cell;
}

static uint16_t cell_field(Generator *g) {
    return writer_field(g->writer, erase_class(g->writer, cell_class(g)),
                        erase_number(g->world, g->writer, object_type(g)),
                        name_of(&g->compile->names, "value"));
}

static Erased cell_type(Generator *g) {
    return (Erased){MODULE_CLASS, cell_class(g)};
}

/* The register that holds the variable, or its cell. */
static Value home(Generator *g, Variable *variable) {
    Erased type =
        variable_is_cell(variable) ? cell_type(g) : variable_type(g, variable);
    return (Value){.is_reference = erase_is_reference(type),
                   .number = (uint16_t)variable->index,
                   .type = type};
}

static void store_cell(Generator *g, Value cell, Value value) {
    Value boxed =
        value_convert(g, value_borrowed(value), object_type(g), value_none);
    code_emit(g, OP_put_ref, cell.number, boxed.number, cell_field(g));
    value_release(g, boxed);
}

static Value load_cell(Generator *g, Value cell, Erased type, Value hint) {
    Value boxed = value_new(g, object_type(g));
    code_emit(g, OP_get_ref, boxed.number, cell.number, cell_field(g));
    return value_convert(g, boxed, type, hint);
}

/* Takes over the first value's register when it is a temporary of the very
 * type of the variable. */
void variable_declare(Generator *g, Variable *variable, Value first) {
    Value place = first;
    if (variable_is_cell(variable)) {
        place = value_new(g, cell_type(g));
        code_emit(g, OP_new, place.number,
                  erase_class(g->writer, cell_class(g)), 0);
        store_cell(g, place, first);
        value_release(g, first);
    } else if (!first.is_temporary ||
               !erase_equal(first.type, variable_type(g, variable))) {
        place = value_new(g, variable_type(g, variable));
        value_move(g, place, first);
        value_release(g, first);
    }
    variable->index = place.number;
}

void variable_forget(Generator *g, Variable *variable) {
    Value place = home(g, variable);
    place.is_temporary = true;
    value_release(g, place);
}

Value variable_register(Generator *g, Variable *variable) {
    bool local = variable->kind == VARIABLE_LOCAL ||
                 variable->kind == VARIABLE_PARAMETER;
    if (!local || variable->function != g->function ||
        variable_is_cell(variable))
        return value_none;
    return home(g, variable);
}

/* ---- Captured ---- */

static Capture *find_capture(Generator *g, const Variable *variable) {
    for (Capture *c = g->function->captures; c; c = NEXT(c))
        if (c->variable == variable)
            return c;
    return NULL;
}

static Value load_captured(Generator *g, Variable *variable, Value hint) {
    bool is_cell = variable_is_cell(variable);
    Erased type = variable_type(g, variable);
    Capture *capture = find_capture(g, variable);
    Value to = value_target(g, is_cell ? value_none : hint,
                            is_cell ? cell_type(g) : type);
    if (capture)
        code_emit(g, to.is_reference ? OP_get_ref : OP_get, to.number, 0,
                  capture->index);
    if (!is_cell)
        return to;
    Value value = load_cell(g, to, type, hint);
    value_release(g, to);
    return value;
}

/* ---- Module variables and slots ---- */

static Name qualified_name(Generator *g, const Variable *variable) {
    if (!variable->owner_class)
        return variable->name;
    return name_join(&g->compile->names, variable->owner_class->name, ".",
                     variable->name);
}

static uint16_t module_number(Generator *g, Variable *variable) {
    return writer_variable(
        g->writer, variable->module->name, qualified_name(g, variable),
        erase_number(g->world, g->writer, variable_type(g, variable)));
}

static Value load_module(Generator *g, Variable *variable, Value hint) {
    Erased type = variable_type(g, variable);
    if (variable->is_constant)
        return value_convert(g, generate(g, variable->initial, hint), type,
                             hint);
    Value to = value_target(g, hint, type);
    code_emit(g, to.is_reference ? OP_load_var_ref : OP_load_var, to.number,
              module_number(g, variable), 0);
    return to;
}

/* The cell of a shell's variable: an item of the array that `run` is given. */
static Value slot_cell(Generator *g, const Variable *variable) {
    Value array = variable_load(g, g->module->slot_array, value_none);
    Value index = value_int(g, variable->index, value_none);
    Value item = value_new(g, object_type(g));
    code_emit(g, OP_array_get_ref, item.number, array.number, index.number);
    value_release(g, index);
    value_release(g, array);
    return value_convert(g, item, cell_type(g), value_none);
}

static Value load_slot(Generator *g, Variable *variable, Value hint) {
    Value cell = slot_cell(g, variable);
    Value value = load_cell(g, cell, variable_type(g, variable), hint);
    value_release(g, cell);
    return value;
}

static void store_slot(Generator *g, const Variable *variable, Value value) {
    Value cell = slot_cell(g, variable);
    store_cell(g, cell, value);
    value_release(g, cell);
}

/* ---- All ---- */

Value variable_load(Generator *g, Variable *variable, Value hint) {
    if (variable->kind == VARIABLE_MODULE)
        return load_module(g, variable, hint);
    if (variable->kind == VARIABLE_SLOT)
        return load_slot(g, variable, hint);
    if (variable->function != g->function)
        return load_captured(g, variable, hint);
    Value place = home(g, variable);
    if (variable_is_cell(variable))
        return load_cell(g, place, variable_type(g, variable), hint);
    return place;
}

static void store_captured(Generator *g, Variable *variable, Value value) {
    Capture *capture = find_capture(g, variable);
    Value cell = value_new(g, cell_type(g));
    if (capture)
        code_emit(g, OP_get_ref, cell.number, 0, capture->index);
    store_cell(g, cell, value);
    value_release(g, cell);
}

void variable_store(Generator *g, Variable *variable, Value value) {
    if (variable->kind == VARIABLE_MODULE)
        code_emit(g, value.is_reference ? OP_store_var_ref : OP_store_var,
                  value.number, module_number(g, variable), 0);
    else if (variable->kind == VARIABLE_SLOT)
        store_slot(g, variable, value);
    else if (variable->function != g->function)
        store_captured(g, variable, value);
    else if (variable_is_cell(variable))
        store_cell(g, home(g, variable), value);
    else
        value_move(g, home(g, variable), value);
}

/* ---- Fields ---- */

uint16_t variable_field_number(Generator *g, Variable *field) {
    return writer_field(
        g->writer, erase_class(g->writer, field->owner_class),
        erase_number(g->world, g->writer, variable_type(g, field)),
        field->name);
}

Value variable_load_field(Generator *g, Variable *field, Value object,
                          Value hint) {
    Value to = value_target(g, hint, variable_type(g, field));
    code_emit(g, to.is_reference ? OP_get_ref : OP_get, to.number,
              object.number, variable_field_number(g, field));
    return to;
}

void variable_store_field(Generator *g, Variable *field, Value object,
                          Value value) {
    code_emit(g, value.is_reference ? OP_put_ref : OP_put, object.number,
              value.number, variable_field_number(g, field));
}
