"""Mutants of the compiler (system.py)."""

NARROW = "vm/compiler/check_narrow.c"
CLOSURE = "vm/compiler/check_closure.c"
STATEMENT = "vm/compiler/check_statement.c"
MATCH = "vm/compiler/check_match.c"
PARSER = "vm/compiler/parser_expression.c"
LITERAL = "vm/compiler/lexer_literal.c"
OPERATOR = "vm/compiler/generate_operator.c"
BRANCH = "vm/compiler/generate_branch.c"


def language(name):
    return ("language", f"tests/language/{name}.rev")


OVER = language("null/narrowing-over")
INSIDE = language("null/narrowing-inside")
TRY = language("null/narrowing-try")
ALTERNATIVES = language("diagnostics/match-narrowing")
NESTED = language("diagnostics/match-nested")
PRECEDENCE = language("basics/precedence-all")
NUMBERS = language("syntax/number-edges")
INTS = language("basics/int-edges")
ORDER = language("functions/evaluation-order")
FINALLY = language("errors/finally-edges")

MUTANTS = [
    # What is known of a variable, and for how long.
    ("narrow-assigned", NARROW,
     "    checker->narrowings = check_new_narrowing(checker, root, field, "
     "narrowed,\n",
     "    if (narrowed)\n"
     "        checker->narrowings = check_new_narrowing(checker, root, field, "
     "narrowed,\n",
     "a variable that was not null is so after null was assigned", OVER),
    ("narrow-object", NARROW,
     "if (n->root == root && n->field && n->type)", "if (false)",
     "what is known of a field is so after its object was replaced", OVER),
    ("narrow-closure", CLOSURE,
     "    check_forget_variables(checker);\n", "",
     "a closure that runs later knows what holds now", OVER),
    ("narrow-closure-field", NARROW,
     "(!n->root || n->root->is_let) && (!n->field || n->field->is_let)",
     "!n->root || n->root->is_let",
     "a closure that runs later knows a field that may change", OVER),
    ("narrow-closure-root", NARROW,
     "(!n->root || n->root->is_let) && (!n->field || n->field->is_let)",
     "!n->field || n->field->is_let",
     "a closure that runs later knows a variable that may change", OVER),
    ("narrow-by-closure", CLOSURE,
     "    check_forget(checker, node->assigned);\n    return closure_type",
     "    return closure_type",
     "a field that a closure assigns to is known after it", OVER),
    ("narrow-changed", STATEMENT,
     "    variable->is_changed_inside |= variable->function != "
     "checker->function;\n",
     "",
     "a variable that a closure assigns to is known while it may run", OVER),
    ("narrow-condition", NARROW,
     "    checker->narrowings = check_still(checker, before);\n",
     "    checker->narrowings = before;\n",
     "what a condition assigned to is known behind it", INSIDE),
    ("narrow-default", "vm/compiler/check_expression.c",
     "        before = check_still(checker, before);\n", "        ;\n",
     "what a default assigned to is known behind it", INSIDE),
    ("narrow-loop", STATEMENT,
     "    check_forget(checker, node->assigned);\n"
     "    Narrowing *before = checker->narrowings;\n"
     "    node->aimed",
     "    Narrowing *before = checker->narrowings;\n"
     "    node->aimed",
     "the second turn of a for knows what held before the first", OVER),
    ("narrow-break", STATEMENT,
     "    else\n        check_apply(checker, facts.when_false);",
     "    check_apply(checker, facts.when_false);",
     "after a while that was left its condition is false", OVER),
    ("narrow-or", NARROW,
     "return (Facts){NULL, append(left.when_false, right.when_false)};",
     "return (Facts){append(left.when_true, right.when_true), NULL};",
     "either side of an or holds when it holds", OVER),
    ("narrow-handler", STATEMENT,
     "    checker->narrowings = before;\n"
     "    check_forget(checker, node->assigned);\n"
     "    before",
     "    check_forget(checker, node->assigned);\n"
     "    before",
     "a handler knows what the body would have tested later", TRY),
    ("narrow-handler-assigned", STATEMENT,
     "    checker->narrowings = before;\n"
     "    check_forget(checker, node->assigned);\n"
     "    before",
     "    checker->narrowings = before;\n"
     "    before",
     "a handler knows what held before the body assigned", TRY),
    ("narrow-caught", STATEMENT,
     "        if (!arm_ends)\n            after",
     "        if (!arm_ends && ends)\n            after",
     "behind a try holds what holds when nothing was thrown", TRY),
    ("narrow-other", NARROW,
     "        if (type_equal(n->type, other->type))\n", "",
     "where two ways meet a variable has the type of the first",
     ALTERNATIVES),
    ("narrow-alternatives", MATCH,
     "if (patterns->kind == PATTERN_IS && !patterns->next)",
     "if (patterns->kind == PATTERN_IS)",
     "one of several patterns narrows for all of them", ALTERNATIVES),
    # Whether a match covers everything.
    ("cover-nested", MATCH,
     " &&\n                 item->kind != PATTERN_CASE;", ";",
     "a case within a case counts for all of the outer one", NESTED),
    ("cover-value", MATCH,
     "        check_value_pattern(checker, pattern, subject);\n"
     "        return false;",
     "        check_value_pattern(checker, pattern, subject);\n"
     "        return true;",
     "a value within a case counts for all of the case", NESTED),
    # The parser and the lexer.
    ("precedence-bits", PARSER,
     "        return PRECEDENCE_AND_BITS;",
     "        return PRECEDENCE_OR_BITS;",
     "and of bits binds no tighter than or", PRECEDENCE),
    ("precedence-shift", PARSER,
     "        return PRECEDENCE_SHIFT;", "        return PRECEDENCE_PLUS;",
     "shifts bind as tight as +", PRECEDENCE),
    ("precedence-as", PARSER,
     "        return PRECEDENCE_AS;", "        return PRECEDENCE_TIMES;",
     "`as` binds no tighter than *", PRECEDENCE),
    ("precedence-not", PARSER,
     "binary(parser, PRECEDENCE_COMPARE));", "unary(parser));",
     "not binds tighter than a comparison", PRECEDENCE),
    ("number-wraps", LITERAL,
     "value > (UINT64_MAX - digit) / base", "value > UINT64_MAX / base",
     "2^64 is read as 0", NUMBERS),
    ("half-pair", LITERAL,
     "(point < 0xD800 || point > 0xDFFF)", "(point < 0xD800 || point > 0xDBFF)",
     "half of a pair of UTF-16 is a code point", NUMBERS),
    ("receiver-as-argument", "vm/compiler/generate_closure.c",
     "    size_t skip = target.count - count;",
     "    size_t skip = 0;",
     "a method of a number, as a value, takes its arguments for its receiver",
     ("language", "tests/language/functions/methods-as-values.rev")),
    ("guard-unseen", "vm/compiler/check_match.c",
     "        open->is_past |= check_is_assigned(arm->assigned, root) ||",
     "        open->is_past |=",
     "an arm knows a variable as it was before the guard of another",
     ("language", "tests/language/null/narrowing-changed.rev")),
    ("known-again", "vm/compiler/check_narrow.c",
     "        if (!is_over(checker, n) && find(before, n->root, n->field) == n)",
     "        if (!is_over(checker, n))",
     "what was known before a value that was forgotten is known again",
     ("language", "tests/language/null/narrowing-changed.rev")),
    ("other-kind", "vm/compiler/check_narrow.c",
     " ||\n"
     "                       !type_fits(checker->world, n->type, now->type));",
     ");",
     "a variable of another kind is thought to be of the kind before",
     ("language", "tests/language/null/narrowing-changed.rev")),
    ("field-of-parameter", "vm/compiler/check_conform.c",
     "            if (v->makes_field && v->name == field->name && !v->is_private)",
     "            if (v->makes_field && v->name == field->name && v->is_private)",
     "a parameter hides the field that one of the superclass made",
     ("language", "tests/language/diagnostics/promises-kept.rev")),
    ("match-in-brackets", "vm/compiler/parser_primary.c",
     "    node->left = parser_condition(parser);\n    parser->brackets = 0;\n",
     "    node->left = parser_condition(parser);\n",
     "the lines of a match within brackets are one",
     ("language", "tests/language/syntax/lines-in-brackets.rev")),
    ("finally-known", "vm/compiler/check_statement.c",
     "    if (node->third)\n        check_forget(checker, node->assigned);\n", "",
     "what a finally assigns is known behind it as it was before",
     ("language", "tests/language/diagnostics/forgotten-in-try.rev")),
    ("promise-with-more", "vm/compiler/check_conform.c",
     "    return !a && !b;\n"
     "}\n"
     "\n"
     "/* What is private stays so",
     "    return !b;\n"
     "}\n"
     "\n"
     "/* What is private stays so",
     "what is promised is kept by a function that wants more",
     ("language", "tests/language/diagnostics/promises-kept.rev")),
    ("escape-return", LITERAL,
     '"\\n\\r\\t\\0\\\\\\"\'{}"', '"\\n\\n\\t\\0\\\\\\"\'{}"',
     "\\r is a line feed", language("basics/literals")),
    # Constants, and the order of evaluation.
    ("small-constant", OPERATOR,
     "return value >= INT16_MIN && value <= INT16_MAX;",
     "return value >= INT16_MIN && value <= INT16_MAX + 1;",
     "32768 is put into an instruction that takes it for -32768", INTS),
    ("fold-smallest", OPERATOR,
     "if (b == 0 || (b == -1 && a == INT64_MIN))", "if (b == 0)",
     "the compiler divides the smallest Int by -1", INTS),
    ("fold-wraps", OPERATOR,
     "return !__builtin_mul_overflow(a, b, out);",
     "return *out = (int64_t)((uint64_t)a * (uint64_t)b), true;",
     "a product of constants wraps", INTS),
    ("shift-constant", OPERATOR,
     "        *value &= 63;\n        return OP_ushr_imm;",
     "        return OP_ushr_imm;",
     "a constant shift over 63 is not cut", INTS),
    ("order-operands", OPERATOR,
     "    out[0] = value_keep(g, out[0], node->right);\n", "",
     "the left operand is read after the right one assigned to it", ORDER),
    ("order-arguments", "vm/compiler/call.c",
     "later_may_assign(arguments, i + 1, count)",
     "later_may_assign(arguments, i + 2, count)",
     "an argument is read after the next one assigned to it", ORDER),
    ("order-texts", "vm/compiler/generate_text.c",
     "        keep_all(g, parts, count, n);\n", "",
     "a text's part is read after a later one assigned to it", ORDER),
    ("default-constructor", "vm/compiler/call.c",
     "    bool has_this = function->owner && !function->is_static &&\n"
     "                    function->kind != FUNCTION_INIT;",
     "    bool has_this = function->owner && !function->is_static;",
     "a default of a constructor is given an object that is not there",
     language("functions/defaults-order")),
    ("static-value", "vm/compiler/check_name.c",
     "    return called ? checker->world->void_type\n"
     "                  : function_as_value(checker, node, function);",
     "    return called ? checker->world->void_type\n"
     "                  : check_result(checker, function);",
     "a function as a value has the type of its result",
     language("functions/static-as-values")),
    # finally.
    ("finally-value", "vm/compiler/generate_expression.c",
     "    if (g->tries)\n        value = value_own(g, value);\n", "",
     "finally changes a value that is being returned", FINALLY),
    ("finally-all", "vm/compiler/generate_expression.c",
     "generate_leave(g, loop->tries);", "generate_leave(g, NULL);",
     "break runs the finally of tries around its loop", FINALLY),
    ("finally-none", "vm/compiler/generate_expression.c",
     "generate_leave(g, loop->tries);", "generate_leave(g, g->tries);",
     "break runs no finally", FINALLY),
    # Seen by check_proof and code_check only.
    ("untyped", NARROW,
     "    node->type = checker->world->scalars[TYPE_BOOL];\n    if (is_and)",
     "    if (is_and)",
     "`and` in a condition has no type (C1)", language("null/narrowing")),
    ("kept-register", BRANCH,
     "        code_jump(g, label);\n    value_release(g, tested);",
     "        code_jump(g, label);",
     "what is compared with null keeps its register (G6)",
     language("null/narrowing-fields")),
    ("function-parameters", "vm/compiler/type_fit.c",
     "        if (!type_fits(world, from->arguments[i], to->arguments[i]))",
     "        if (!type_fits(world, to->arguments[i], from->arguments[i]))",
     "parameters of function types are checked covariantly",
     ("language", "tests/language/diagnostics/function-parameters.rev")),
    # ---- Giving way ----
    ("never-gives-way", "vm/compiler/work.c",
     "    while (work_left < 0)\n        work_give_way();\n",
     "    work_left = INT64_MAX;\n",
     "the compiler never gives way",
     ("unit", "no line keeps the compiler")),
    ("stack-without-end", "vm/compiler/arena.c",
     "(uintptr_t)__builtin_frame_address(0) < arena->stack_end", "false",
     "what is nested deep runs over the end of its stack",
     ("unit", "goes too deep for its stack")),
    ("asking-counts", "vm/native/compilation.c",
     "    compilation->waited = 0;\n", "",
     "a compilation that goes on is given to another thread",
     ("unit", "J1: a domain has one")),
    ("oldest-gives-way", "vm/native/compilation.c",
     "c->age > youngest->age", "c->age < youngest->age",
     "when memory is short nobody's compilation ends",
     ("unit", "J2: when memory is short")),
    ("ages-anew", "vm/native/compilation.c",
     ".age = age ? age : ++compilation_ages", ".age = ++compilation_ages",
     "who had to begin anew is the youngest for ever",
     ("unit", "J2: who begins anew")),
    ("null-by-a-value", "vm/compiler/check_match.c",
     "            type_is_nullable(pattern->value->type));",
     "            pattern->value->kind == NODE_NULL);",
     "a subject that equals a variable which may be null counts as not null",
     ("language", "tests/language/diagnostics/match-narrowing.rev")),
    ("case-of-another-class", "vm/compiler/check_match.c",
     "member->left->kind != NODE_NAME || member->left->name != class->name)",
     "member->left->kind != NODE_NAME || !class)",
     "a constant of another class is taken for the case of its name",
     ("language", "tests/language/enums/qualified-patterns.rev")),
    ("index-in-a-condition", "vm/compiler/parser_expression.c",
     "    parser_take(parser);\n"
     "    parser->no_braces = false;\n"
     "    node->left = object;",
     "    parser_take(parser);\n"
     "    node->left = object;",
     "in an index of a condition a brace is no closure's",
     ("language", "tests/language/syntax/braces-in-conditions.rev")),
    ("break-out-of-closure", "vm/compiler/check_closure.c",
     "    checker->loops = 0;\n",
     "",
     "a closure may leave the loop around it",
     ("language", "tests/language/diagnostics/loops-around-closures.rev")),
    ("early-uncounted", "vm/compiler/check_closure.c",
     "    if (closure->inferred_result)\n"
     "        type = type_join(world, type, closure->inferred_result);\n",
     "",
     "what a closure returns early does not count for its type",
     ("language", "tests/language/closures/early-return.rev")),
    ("bridge-twice", "vm/compiler/bridge.c",
     "    *made = new;\n", "",
     "a class has the same bridge for each interface that wants it",
     ("language", "tests/language/interfaces/same-promise.rev")),
    ("range-of-null", "vm/compiler/generate_match.c",
     "    code_branch(g, OP_if_null, value.number, 0, fails);\n    Value number =",
     "    Value number =",
     "a null that is matched against a range ends the program",
     ("language", "tests/language/null/patterns.rev")),
    ("brace-plain", "vm/compiler/interface.c",
     "c == '\\\\' || c == '{' ||", "c == '\\\\' ||",
     "no later line can use a function whose default text has a brace",
     ("language", "tests/language/system/lines.rev")),
    ("core-anew", "vm/compiler/check_declare.c",
     "    if (module->line)\n", "    if (false)\n",
     "a line that declares Object spoils all later ones",
     ("unit", "no type that has a name of core")),
]
