/* Declarations and references of which each breaks one rule of the loader. */
#include "kernel/base/bytes.h"
#include "tests/fuzz/fuzz.h"

#define A (&fuzz_assembler)

static uint16_t object(void) {
    return assembler_class_type(A, "core.Object");
}

static uint16_t box(void) {
    return assembler_class_type(A, "lib.Box");
}

static uint16_t own(const char *name) {
    return assembler_class_type(A, name);
}

static void add_class(const char *name, uint16_t super, uint16_t flags) {
    assembler_class(A, name, super, flags, 0, NULL, 0, NULL);
}

static void add_method(const char *name, uint16_t of, uint16_t flags) {
    assembler_method(A, name, of, flags, 0);
    if (!(flags & (MODULE_NATIVE | MODULE_NO_CODE)))
        assembler_word(A, OP_return, 0, 0, 0);
    assembler_end(A);
}

static void field_other(void) {
    assembler_field_ref(A, box(), "open", plan.kinds[MODULE_DOUBLE]);
}
static void field_class_other(void) {
    assembler_field_ref(A, plan.refs[REF_EXCEPTION].type, "message", object());
}
static void field_none(void) {
    assembler_field_ref(A, box(), "none", plan.kinds[MODULE_INT]);
}
static void field_private(void) {
    assembler_field_ref(A, box(), "hidden", plan.kinds[MODULE_INT]);
}
static void field_private_below(void) {
    assembler_field_ref(A, own("m.B0"), "hidden", plan.kinds[MODULE_INT]);
}
static void method_private(void) {
    assembler_method_ref(A, box(), "", "secret", 0, 0);
}
static void method_other(void) {
    assembler_method_ref(A, box(), "", "shown", plan.kinds[MODULE_INT], 0);
}
static void function_private(void) {
    assembler_method_ref(A, 0, "lib", "inside", 0, 0);
}
static void function_none(void) {
    assembler_method_ref(A, 0, "m", "none", 0, 0);
}
static void variable_private(void) {
    assembler_var_ref(A, "lib", "count", plan.kinds[MODULE_INT]);
}
static void variable_other(void) {
    assembler_var_ref(A, "lib", "level", plan.kinds[MODULE_CHAR]);
}
static void class_none(void) {
    own("m.None");
}
static void import_none(void) {
    assembler_import(A, "none");
}
static void selector_twice(void) {
    add_method("$init", 0, 0);
}
static void class_twice(void) {
    add_class("C0", object(), 0);
}
static void super_private(void) {
    add_class("Z", assembler_class_type(A, "lib.Closed"), 0);
}
static void super_final(void) {
    add_class("Z", own("m.F0"), 0);
}
static void super_interface(void) {
    add_class("Z", own("m.I0"), 0);
}
static void super_array(void) {
    add_class("Z", assembler_class_type(A, "core.IntArray"), 0);
}
static void super_behind(void) {
    add_class("Z", own("m.Y"), 0);
    add_class("Y", object(), 0);
}
static void super_none(void) {
    add_class("Z", 0, 0);
}
static void interface_class(void) {
    uint16_t of = own("m.C0");
    assembler_class(A, "Z", object(), 0, 1, &of, 0, NULL);
}
static void interface_fields(void) {
    AssemblerField field = {"x", plan.kinds[MODULE_INT], 0};
    assembler_class(A, "Z", 0, MODULE_INTERFACE, 0, NULL, 1, &field);
}
static void abstract_left(void) {
    add_class("Z", own("m.A0"), 0);
}
static void layout_native(void) {
    add_class("Z", object(), MODULE_NATIVE_LAYOUT);
}
static void function_virtual(void) {
    add_method("z", 0, MODULE_VIRTUAL);
}
static void function_native(void) {
    add_method("z", 0, MODULE_NATIVE);
}
static void method_static_virtual(void) {
    add_method("z", own("m.C0"), MODULE_STATIC | MODULE_VIRTUAL);
}
static void method_abstract(void) {
    add_method("z", own("m.C0"), MODULE_VIRTUAL | MODULE_NO_CODE);
}
static void method_of_another(void) {
    add_method("z", box(), 0);
}
static void method_body_of_interface(void) {
    add_method("z", own("m.I0"), MODULE_VIRTUAL);
}
static void override_private(void) {
    add_method("secret", own("m.B0"), MODULE_VIRTUAL);
}
static void flags_method(void) {
    add_method("z", 0, 32);
}
static void flags_variable(void) {
    assembler_variable(A, "z", plan.kinds[MODULE_INT], 64);
}
static void flags_class(void) {
    add_class("Z", object(), 32);
}
static void code_falls(void) {
    assembler_method(A, "z", 0, 0, 0);
    assembler_register(A, object());
    assembler_word(A, OP_null, 0, 0, 0);
    assembler_end(A);
}
static void code_none(void) {
    assembler_method(A, "z", 0, 0, 0);
    assembler_end(A);
}
static void code_cut(void) {
    assembler_method(A, "z", 0, 0, 0);
    assembler_register(A, plan.kinds[MODULE_INT]);
    assembler_word(A, OP_switch, 0, 9, 0);
    assembler_end(A);
}
static void parameter_other(void) {
    assembler_method(A, "z", 0, 0, 0);
    assembler_parameter(A, object());
    assembler_word(A, OP_return, 0, 0, 0);
    bytes_put16(A->r_types.bytes, box());
    assembler_end(A);
}
static void this_other(void) {
    assembler_method(A, "z", own("m.C0"), 0, 0);
    assembler_word(A, OP_return, 0, 0, 0);
    bytes_put16(A->r_types.bytes, box());
    assembler_end(A);
}
static void bank_other(void) {
    assembler_method(A, "z", 0, 0, 0);
    assembler_register(A, object());
    assembler_word(A, OP_return, 0, 0, 0);
    bytes_put16(A->r_types.bytes, plan.kinds[MODULE_INT]);
    assembler_end(A);
}

static const struct {
    const char *name;
    void (*make)(void);
} ways[] = {
#define WAY(name)                                                              \
    { #name, name }
    WAY(field_other),
    WAY(field_class_other),
    WAY(field_none),
    WAY(field_private),
    WAY(field_private_below),
    WAY(method_private),
    WAY(method_other),
    WAY(function_private),
    WAY(function_none),
    WAY(variable_private),
    WAY(variable_other),
    WAY(class_none),
    WAY(import_none),
    WAY(selector_twice),
    WAY(class_twice),
    WAY(super_private),
    WAY(super_final),
    WAY(super_interface),
    WAY(super_array),
    WAY(super_behind),
    WAY(super_none),
    WAY(interface_class),
    WAY(interface_fields),
    WAY(abstract_left),
    WAY(layout_native),
    WAY(function_virtual),
    WAY(function_native),
    WAY(method_static_virtual),
    WAY(method_abstract),
    WAY(method_of_another),
    WAY(method_body_of_interface),
    WAY(override_private),
    WAY(flags_method),
    WAY(flags_variable),
    WAY(flags_class),
    WAY(code_falls),
    WAY(code_none),
    WAY(code_cut),
    WAY(parameter_other),
    WAY(this_other),
    WAY(bank_other),
#undef WAY
};

unsigned broken_count(void) {
    return sizeof ways / sizeof *ways;
}

const char *broken_name(unsigned way) {
    return ways[way].name;
}

void broken_make(unsigned way) {
    ways[way].make();
}
