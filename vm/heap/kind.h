/* kind.h: kinds of values, and the flags of classes, fields, methods and
 * parameters.
 *
 * The heap keeps them as the module file has them (vm/code/module.h), so the
 * numbers are append-only. */
#ifndef VM_HEAP_KIND_H
#define VM_HEAP_KIND_H

/* In place of the register that takes a call's result: nothing takes it. */
#define CALL_NO_RESULT 65535u

typedef enum ModuleKind {
    MODULE_NONE = 0,
    MODULE_INT = 1,
    MODULE_DOUBLE = 2,
    MODULE_BOOL = 3,
    MODULE_BYTE = 4,
    MODULE_CHAR = 5,
    MODULE_CLASS = 6, /* a class or interface by name; Object too */
    MODULE_INT_ARRAY = 7,
    MODULE_DOUBLE_ARRAY = 8,
    MODULE_BOOL_ARRAY = 9,
    MODULE_BYTE_ARRAY = 10,
    MODULE_CHAR_ARRAY = 11,
    MODULE_OBJECT_ARRAY = 12, /* of any references; get gives Object */
    MODULE_KINDS
} ModuleKind;

enum {                           /* flags of a class */
       MODULE_INTERFACE = 1,     /* only abstract methods, no fields */
       MODULE_ABSTRACT = 2,      /* `new` is refused */
       MODULE_FINAL = 4,         /* no subclasses */
       MODULE_NATIVE_LAYOUT = 8, /* the VM makes its objects (String, Thread,
                                    boxes ...): no fields here, no `new`, no
                                    subclasses; system modules only */
};

/* Of a class, field, variable or method: other modules do not make or extend
 * it, read or write it, call or override it. */
#define MODULE_PRIVATE 16u

enum {                         /* flags of a field or variable */
       MODULE_TRANSIENT = 1,   /* reads as null or 0 after a restart */
       MODULE_WAS_LET = 2,     /* what an older compiler said of it: never */
       MODULE_WAS_PRIVATE = 4, /* checked, since it did not keep to it itself */
       MODULE_LET = 8,         /* its constructor writes it, or its `$init` */
       MODULE_READONLY = 32,   /* other modules do not write it */
       MODULE_FIELD_FLAGS = 63,
};

enum {                     /* flags of a method */
       MODULE_VIRTUAL = 1, /* has a place in the vtable */
       MODULE_STATIC = 2,  /* in a class, but without `this` */
       MODULE_NATIVE = 4,  /* bound to C by name and signature */
       MODULE_NO_CODE = 8, /* abstract, or declared in an interface */
       MODULE_METHOD_FLAGS = 31,
};

enum { /* flags of a parameter */
       MODULE_NULLABLE = 1,
       MODULE_RANGE = 2, /* Int or Byte of a native: smallest, largest follow */
};

#endif
