"""Mutants of the interpreter, verifier, loader and natives (system.py)."""

INTERPRETER = "vm/run/interpreter.c"
VERIFIER = "vm/code/verifier.c"
METHOD = "vm/code/loader_method.c"
CLASS = "vm/code/loader_class.c"
FILE = "vm/code/module_file.c"
DECIMAL = "kernel/base/decimal.c"
NUMBER = "kernel/base/number_text.c"
TEXTS = "vm/native/text_native.c"


def unit(*words):
    return ("unit", *words)


def language(name):
    return ("language", f"tests/language/{name}.rev")


WRITTEN = language("collections/written-after-commit")
DOUBLES = language("basics/double-to-int")
COUNTING = unit("counting past")
SLICES = unit("every way back", "a loop of one")
FITS = unit("references and numbers must fit")
CALLS = unit("a call must be right")
RETURNS = unit("what a method returns")
HANDLERS = unit("handlers begin, end")

MUTANTS = [
    # The interpreter.
    ("loop-wraps", INTERPRETER,
     "    if (UNLIKELY(INT(A) == INT64_MAX))\n"
     "        THROW(OverflowError);\n"
     "    frame[A]++;",
     "    frame[A]++;",
     "counting past the largest Int goes on with the smallest", COUNTING),
    ("loop-past-end", INTERPRETER,
     "    if (INT(A) < INT(B)) {\n        frame[A]++;",
     "    if (INT(A) <= INT(B)) {\n        frame[A]++;",
     "a loop to the end of a range goes one further",
     unit("counting loops end")),
    ("double-high", INTERPRETER,
     "DOUBLE(B) < 0x1p63)", "DOUBLE(B) <= 0x1p63)",
     "2^63 becomes an Int", DOUBLES),
    ("double-low", INTERPRETER,
     "DOUBLE(B) >= -0x1p63", "DOUBLE(B) > -0x1p63",
     "-2^63 does not become an Int", DOUBLES),
    ("double-nan", INTERPRETER,
     "!(DOUBLE(B) >= -0x1p63 && DOUBLE(B) < 0x1p63)",
     "DOUBLE(B) < -0x1p63 || DOUBLE(B) >= 0x1p63",
     "NaN becomes an Int", DOUBLES),
    ("divide-smallest", INTERPRETER,
     "    if (UNLIKELY(INT(C) == -1 && INT(B) == INT64_MIN))\n"
     "        THROW(OverflowError);\n",
     "",
     "the smallest Int is divided by -1", language("basics/int-edges")),
    ("switch-free", INTERPRETER,
     "        if (targets[value] < 0 && --fuel < 0)\n"
     "            goto safepoint;\n",
     "",
     "going back through a switch costs nothing", SLICES),
    ("branch-free", INTERPRETER,
     "UNLIKELY(IMM_C < 0) && UNLIKELY(--fuel < 0)",
     "UNLIKELY(IMM_C < -1) && UNLIKELY(--fuel < 0)",
     "a branch to itself costs nothing", SLICES),
    ("switch-last", INTERPRETER,
     "    if (value < B) {\n        pc += targets",
     "    if (value + 1 < B) {\n        pc += targets",
     "a switch never goes to its last target", unit("a switch goes")),
    # Announcements.
    ("transient-field", INTERPRETER,
     "    ANNOUNCE(object_word(object, C + 1u));\n"
     "    *object_word(object, C) = ROOT->boot;\n"
     "    heap_set(object_word(object, C + 1u), frame[B]);",
     "    *object_word(object, C) = ROOT->boot;\n"
     "    heap_set(object_word(object, C + 1u), frame[B]);",
     "the second word of a transient field is not announced",
     unit("every store to a transient field")),
    ("transient-variable", INTERPRETER,
     "    ANNOUNCE(object_word(object, C));\n"
     "    ANNOUNCE(object_word(object, C + 1u));\n"
     "    *object_word(object, C) = ROOT->boot;\n"
     "    heap_set(object_word(object, C + 1u), frame[A]);",
     "    ANNOUNCE(object_word(object, C + 1u));\n"
     "    *object_word(object, C) = ROOT->boot;\n"
     "    heap_set(object_word(object, C + 1u), frame[A]);",
     "the first word of a transient variable is not announced",
     unit("every store to a transient variable")),
    ("plain-variable", INTERPRETER,
     "    ANNOUNCE(object_word(object, C));\n"
     "    heap_set(object_word(object, C), frame[A]);",
     "    heap_set(object_word(object, C), frame[A]);",
     "a store to a variable is not announced",
     unit("every store to a variable")),
    ("char-place", INTERPRETER,
     "ANNOUNCE(&array->at.words[frame[B] / 2]);",
     "ANNOUNCE(&array->at.words[frame[B] / 4]);",
     "an item of an array of Char is announced elsewhere", WRITTEN),
    ("text-into-bytes", "vm/native/text_native.c",
     "    if (!native_write(call, into->at.bytes + offset, text->length))\n"
     "        return NATIVE_FAILED;\n",
     "",
     "a text is put into bytes that are not announced", WRITTEN),
    ("copied-items", "vm/native/object_native.c",
     "native_write(call, target, count << shift)",
     "native_write(call, target, count)",
     "of copied items an eighth is announced", WRITTEN),
    # The verifier.
    ("fit-assigned", VERIFIER,
     "         fits(reference_class(check, check->word.b),\n"
     "              reference_class(check, check->word.a)),",
     "         fits(reference_class(check, check->word.a),\n"
     "              reference_class(check, check->word.b)),",
     "an object is moved to a register of a class below its own", FITS),
    ("fit-field", VERIFIER,
     "field->of && fits(reference_class(check, check->word.b), field->of),",
     "field->of,",
     "a field takes an object of any class", FITS),
    ("fit-variable", VERIFIER,
     "var->of && fits(reference_class(check, check->word.a), var->of),",
     "var->of != NULL,",
     "a variable takes an object of any class", FITS),
    ("fit-interface", VERIFIER,
     "(!is_open(value) && class_is_a(value, of));",
     "class_is_a(value, of) || value->flags & MODULE_INTERFACE;",
     "a value of an interface passes for one of a class", FITS),
    ("fit-kinds", VERIFIER,
     "static void rule_same_ab(Check *check) {\n    rule_same(check);",
     "static void rule_same_ab(Check *check) {\n    (void)check;",
     "values of different kinds are compared", FITS),
    ("fit-bytes", VERIFIER,
     "    check_element(check, check->word.a, check->word.c, MODULE_BYTE,\n"
     "                  MODULE_BOOL);",
     "    check_element(check, check->word.a, check->word.c, MODULE_BYTE,\n"
     "                  MODULE_INT);",
     "an Int is put into its array as a byte", FITS),
    ("call-receiver", VERIFIER,
     "    need(check, given && fits(given, method->owner),",
     "    need(check, given != NULL,",
     "a method is called with an object of another class", CALLS),
    ("call-abstract", VERIFIER,
     "    need(check, !(method->flags & MODULE_NO_CODE), "
     "\"the method has no code\");\n",
     "",
     "a method without code is called", CALLS),
    ("call-fixed", VERIFIER,
     "         method->flags & MODULE_VIRTUAL && has_receiver(method) &&\n",
     "         has_receiver(method) &&\n",
     "a method that is not virtual is looked for in the table", CALLS),
    ("return-class", VERIFIER,
     "need(check, of && fits(reference_class(check, check->word.a), of),\n"
     "         \"the result does not fit\");",
     "need(check, of != NULL,\n"
     "         \"the result does not fit\");",
     "a method returns an object of another class", RETURNS),
    ("return-nothing", VERIFIER,
     "check->link->file.types[check->file->result].kind == MODULE_NONE,",
     "true,",
     "a method with a result returns none", RETURNS),
    ("switch-anywhere", VERIFIER,
     "uint64_t linked = link_target(check, target, after);",
     "uint64_t linked = (uint16_t)(target - after);",
     "a switch leads anywhere", unit("targets of a switch")),
    ("handler-place", VERIFIER,
     "check->starts[from] &&\n             check->starts[handler]",
     "check->starts[from]",
     "a handler leads into the middle of an instruction", HANDLERS),
    ("handler-end", VERIFIER,
     "(end == count || check->starts[end])", "true",
     "a handler covers a part of an instruction", HANDLERS),
    # The loader.
    ("selector-twice", METHOD,
     "        for (uint64_t k = 0; k < i; k++)",
     "        for (uint64_t k = 0; k + 1 < i; k++)",
     "a method is there twice", unit("no two methods of a class")),
    ("override-result", METHOD,
     "        uint64_t place = find_place(scratch, count, "
     "method->selector);",
     "        uint64_t place = 0;\n"
     "        while (place < count && ((const Method *)scratch->at."
     "references[place])->name != method->name)\n"
     "            place++;",
     "a method overrides one with another result or other parameters",
     unit("a method overrides one of the same")),
    ("final-super", CLASS,
     "super->flags & (MODULE_FINAL | MODULE_INTERFACE)",
     "super->flags & MODULE_INTERFACE",
     "a final class is extended", unit("superclasses stand before")),
    ("own-super", CLASS,
     "    for (size_t i = before; i < link",
     "    for (size_t i = before + 1; i < link",
     "a class is its own superclass", unit("superclasses stand before")),
    ("depth", CLASS,
     "super->depth + 1u >= CLASS_DEPTH_MAX",
     "super->depth + 1u > CLASS_DEPTH_MAX",
     "a class has one ancestor more than fits",
     unit("there are not more ancestors")),
    ("interfaces-extended", CLASS,
     "        add_id(ids, &count, of->id);\n"
     "        add_ids(ids, &count, of);",
     "        add_id(ids, &count, of->id);",
     "a class lacks what its interfaces extend",
     unit("a class has the interfaces")),
    # Seen by loader_check only.
    ("interfaces-order", CLASS,
     "while (at < *count && ids[at] < id)",
     "while (at < *count && ids[at] != id)",
     "a class's interfaces stand in the order of the file (L4)",
     unit("a class has the interfaces")),
    ("map-inherited", CLASS,
     "        out->map->at.words[i] = super->reference_map->at.words[i];",
     "        out->map->at.words[i] = 0;",
     "a class forgets which fields of its superclass are references",
     unit("references are known in a class")),
    ("field-type", "vm/code/loader.c",
     "           FIELD_CLASS(packed) == (of ? of->id : 0);",
     "           (of || FIELD_CLASS(packed) == 0);",
     "a field is known under another class",
     unit("fields are known with their very types")),
    ("parameter-register", FILE,
     "    need(in, in->bad || module_file_number(method->registers, at) == "
     "type);",
     "    (void)at;",
     "a parameter lies in a register of another class",
     unit("the first registers are the parameters")),
    ("parameters", FILE,
     "read.parameter_count < MODULE_PARAMETERS_MAX &&",
     "read.parameter_count <= MODULE_PARAMETERS_MAX &&",
     "a method has one parameter too many",
     unit("a method takes 31 values")),
    # Numbers and texts.
    ("half-up", DECIMAL,
     "if (half > 0 || (half == 0 && (mantissa & 1)))", "if (half >= 0)",
     "a number half-way between two doubles is the larger one",
     unit("a number half-way")),
    ("half-down", DECIMAL,
     "if (half > 0 || (half == 0 && (mantissa & 1)))", "if (half > 0)",
     "a number half-way between two doubles is the smaller one",
     unit("a number half-way")),
    ("power-inexact", DECIMAL,
     "decimal.exponent >= 0 && decimal.exponent <= 22",
     "decimal.exponent >= 0 && decimal.exponent <= 30",
     "a number is multiplied by a power of ten that is no double",
     unit("a product of roundings")),
    ("digits-inexact", DECIMAL,
     "if (decimal.count <= 15 && decimal.exponent < 0",
     "if (decimal.count <= 19 && decimal.exponent < 0",
     "digits that are no double are divided", unit("a product of roundings")),
    ("not-infinite", DECIMAL,
     "result >= 0x7FFull << 52 ? 0x7FFull << 52 : result", "result",
     "2e308 is no number", unit("what is too large")),
    ("digits-lost", DECIMAL,
     "        decimal->exponent += !after_point;\n        return;",
     "        return;",
     "digits that do not matter make a number smaller",
     unit("digits count wherever")),
    ("shown-even", NUMBER,
     ".even = parts->mantissa % 2 == 0}", ".even = true}",
     "a double is shown as a number that reads back as its neighbour",
     unit("a short number half-way")),
    ("shown-narrow", NUMBER,
     "bool narrow = parts->mantissa == 1ull << 52 && "
     "parts->exponent > -1074;",
     "bool narrow = false;",
     "a power of two is shown as its neighbour below",
     unit("powers of two")),
    ("smallest-shown", NUMBER,
     "    char digits[66];", "    char digits[64];",
     "the smallest Int has no room in base 2",
     unit("the largest and the smallest Int")),
    ("format-rest", NUMBER,
     "return at == end && out->width <= 10000;",
     "return out->width <= 10000;",
     "what stands behind a format is passed over",
     unit("a format is taken whole")),
    ("format-middle", "vm/native/number_native.c",
     "align == '^' ? missing / 2", "align == '^' ? (missing + 1) / 2",
     "the odd blank stands in front", language("text/format-edges")),
    ("format-width", "vm/native/number_native.c",
     "    uint64_t have = count_characters(bytes, count);",
     "    uint64_t have = count;",
     "a text's width is counted in bytes", language("text/format-edges")),
    ("number-rest", "vm/native/number_native.c",
     "    return at == end;\n}\n\nstatic NativeResult text_is_double",
     "    return true;\n}\n\nstatic NativeResult text_is_double",
     "what stands behind a number is passed over", language("text/edges")),
    ("slice-backward", TEXTS,
     "if (!is_boundary(text, end) || end < from)",
     "if (!is_boundary(text, end))",
     "a slice ends before it begins", language("text/edges")),
    ("char-inside", TEXTS,
     "offset >= text->length || !is_boundary(text, offset)",
     "offset >= text->length",
     "a character is read from its middle", language("text/edges")),
    ("find-before", TEXTS,
     "    if (from < 0)\n        from = 0;\n", "",
     "a search from before a text finds nothing", language("text/edges")),
    ("case-times", TEXTS,
     "byte < low + 0x1F && byte != low + 0x17", "byte < low + 0x1F",
     "the sign of division is a letter", language("text/edges")),
    ("copied-past-end", "vm/native/object_native.c",
     "return from <= array->length && count <= array->length - from;",
     "return count <= array->length - from;",
     "nothing is copied from behind an array's end",
     language("collections/copied-items")),
    ("switch-behind", "vm/run/interpreter.c",
     "    if (value < B) {\n"
     "        pc += targets[value];",
     "    if (value <= B) {\n"
     "        pc += targets[value];",
     "switch: the value just behind the last target jumps by what lies there",
     ("unit", "whose table is full")),
    ("handler-behind", "vm/run/exception.c",
     "        if (place < (uint16_t)entry[0] || place >= (uint16_t)(entry[0] >> 16))",
     "        if (place < (uint16_t)entry[0] || place > (uint16_t)(entry[0] >> 16))",
     "a handler also covers the first instruction behind its range",
     ("unit", "instruction behind its range")),
    ("given-uncounted", "vm/heap/identity.c",
     "    domain->hash_count += !place[0];\n", "",
     "hashes that were given are not counted, and their table gets full",
     ("unit", "given hashes, each once")),
]
