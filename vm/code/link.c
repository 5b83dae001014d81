/* Kinds of values and the classes that C knows for them. */
#include "vm/code/link.h"

#include "vm/code/symbols.h"

bool link_is_constructor(const Method *method) {
    return method->owner &&
           !(method->flags & (MODULE_STATIC | MODULE_VIRTUAL)) &&
           symbols_equal(method->name, "init", 4);
}

uint32_t link_kind_class(uint8_t kind) {
    switch (kind) {
    case MODULE_INT:
        return CLASS_Int;
    case MODULE_DOUBLE:
        return CLASS_Double;
    case MODULE_BOOL:
        return CLASS_Bool;
    case MODULE_BYTE:
        return CLASS_Byte;
    case MODULE_CHAR:
        return CLASS_Char;
    case MODULE_INT_ARRAY:
        return CLASS_IntArray;
    case MODULE_DOUBLE_ARRAY:
        return CLASS_DoubleArray;
    case MODULE_BOOL_ARRAY:
        return CLASS_BoolArray;
    case MODULE_BYTE_ARRAY:
        return CLASS_ByteArray;
    case MODULE_CHAR_ARRAY:
        return CLASS_CharArray;
    case MODULE_OBJECT_ARRAY:
        return CLASS_ObjectArray;
    default:
        return CLASS_NONE;
    }
}
