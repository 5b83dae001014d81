"""Mutants that modules made at random must find (system.py, tests/fuzz)."""

VERIFIER = "vm/code/verifier.c"
INTERPRETER = "vm/run/interpreter.c"


def modules(count):
    return ("modules", str(count))


MUTANTS = [
    ("fuzz-get", VERIFIER,
     "         field->of && fits(field->of, reference_class(check, check->word.a)),",
     "         field->of != NULL,",
     "a field is read into a register of any class", modules(6000)),
    ("fuzz-argument", VERIFIER,
     "need(check, given && fits(given, of), \"an argument does not fit\");",
     "need(check, given != NULL, \"an argument does not fit\");",
     "an argument of any class is passed", modules(6000)),
    ("fuzz-array", VERIFIER,
     "array_id(check, array) == link_kind_class(array_kind)",
     "array_kind && array_id(check, array)",
     "an array's elements are taken for another kind", modules(6000)),
    ("fuzz-field-class", "vm/code/loader_reference.c",
     "FIELD_CLASS(packed) == (of ? of->id : 0)", "(of || !FIELD_CLASS(packed))",
     "a field is known under another class", modules(6000)),
    ("fuzz-final", "vm/code/loader_class.c",
     "super->flags & (MODULE_FINAL | MODULE_INTERFACE)",
     "super->flags & MODULE_INTERFACE",
     "a final class has subclasses", modules(6000)),
    ("fuzz-utf8", "vm/native/text_native.c",
     "count <= NATIVE_STEP_BYTES && !utf8_valid(start, count)",
     "count > NATIVE_STEP_BYTES && !utf8_valid(start, count)",
     "short bytes that are no UTF-8 become a text", modules(8000)),
    ("fuzz-null", "vm/run/native_call.c", 
     "        if (packed >> 8 & MODULE_NULLABLE)", "        if (!object)",
     "a native is given null", modules(8000)),
    ("fuzz-unbox", INTERPRETER,
     "    if (UNLIKELY(object->class_id != C))\n        THROW(CastError);\n"
     "    frame[A] = ((Box *)object)->value;",
     "    frame[A] = ((Box *)object)->value;",
     "the value of any object is taken for one of a box", modules(8000)),
    ("fuzz-cast", INTERPRETER,
     "    if (object && UNLIKELY(!is_instance(object, pool[C])))\n"
     "        THROW(CastError);\n    frame[A] = frame[B];",
     "    frame[A] = frame[B];",
     "a cast fits always", modules(8000)),
    ("fuzz-locals", INTERPRETER,
     "        fuel -= callee->cost;\n"
     "        for (uint64_t *at = top + FRAME_HEADER_WORDS; at < new_top; at++)",
     "        fuel -= callee->cost;\n        for (uint64_t *at = to; at < new_top; at++)",
     "registers have what an earlier call left there", modules(8000)),
    ("fuzz-caught", "vm/run/exception.c",
     "entry[1] == EXCEPTION_ANY ||", "entry[1] <= EXCEPTION_ANY ||",
     "a handler takes exceptions of any class", modules(8000)),
    ("fuzz-byte", INTERPRETER,
     "    frame[A] = frame[B] & 255;", "    frame[A] = frame[B];",
     "a Byte is larger than 255", modules(6000)),
    ("fuzz-slice", "vm/native/text_native.c", 
     "if (!is_boundary(text, end) || end < from)", "if (end < from)",
     "a slice ends within a character", modules(8000)),
]
