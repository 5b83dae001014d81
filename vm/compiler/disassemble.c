/* Reads the tables just far enough to name what instructions refer to. */
#include "vm/compiler/disassemble.h"

#include <stdbool.h>

#include "kernel/base/bytes.h"
#include "kernel/base/text.h"
#include "vm/code/module.h"

static const char *const names[] = {
#define OPCODE(name, a, b, c, rule, meaning) #name,
#include "vm/code/opcodes.def"
#undef OPCODE
};

/* What the third (or second) operand is a number of. */
typedef enum Table {
    TABLE_OTHER,
    TABLE_FIELD,
    TABLE_METHOD,
    TABLE_TYPE,
    TABLE_TEXT,
    TABLE_VARIABLE,
    TABLE_CONSTANT,
} Table;

#define IS_field TABLE_FIELD
#define IS_method TABLE_METHOD
#define IS_type TABLE_TYPE
#define IS_text TABLE_TEXT
#define IS_var TABLE_VARIABLE
#define IS_k TABLE_CONSTANT
#define IS_none TABLE_OTHER
#define IS_rd TABLE_OTHER
#define IS_rs TABLE_OTHER
#define IS_xd TABLE_OTHER
#define IS_xs TABLE_OTHER
#define IS_id TABLE_OTHER
#define IS_is TABLE_OTHER
#define IS_dd TABLE_OTHER
#define IS_ds TABLE_OTHER
#define IS_bd TABLE_OTHER
#define IS_bs TABLE_OTHER
#define IS_yd TABLE_OTHER
#define IS_ys TABLE_OTHER
#define IS_cd TABLE_OTHER
#define IS_cs TABLE_OTHER
#define IS_ns TABLE_OTHER
#define IS_imm TABLE_OTHER
#define IS_uimm TABLE_OTHER
#define IS_to TABLE_OTHER

static const struct {
    Table b, c;
} tables[] = {
#define OPCODE(name, a, b, c, rule, meaning) {IS_##b, IS_##c},
#include "vm/code/opcodes.def"
#undef OPCODE
};

typedef struct Reader {
    const uint8_t *bytes;
    size_t size, at;
    bool bad;
    size_t strings, types, constants, fields, methods, variables; /* offsets */
    uint32_t counts[10]; /* as in the header from 24 on */
    void (*line)(const char *text);
} Reader;

static uint64_t take(Reader *reader, unsigned count) {
    uint64_t value = 0;
    if (reader->size - reader->at < count) {
        reader->bad = true;
        return 0;
    }
    for (unsigned i = 0; i < count; i++)
        value |= (uint64_t)reader->bytes[reader->at + i] << (8 * i);
    reader->at += count;
    return value;
}

static void skip(Reader *reader, uint64_t count) {
    if (reader->size - reader->at < count)
        reader->bad = true;
    else
        reader->at += count;
}

static uint64_t peek(Reader *reader, size_t at, unsigned count) {
    size_t back = reader->at;
    reader->at = bytes_min(at, reader->size);
    uint64_t value = take(reader, count);
    reader->at = back;
    return value;
}

/* ---- Names ---- */

static void add_string(Reader *reader, Text *text, uint32_t number) {
    size_t at = reader->strings;
    for (uint32_t i = 0; i < number && !reader->bad; i++)
        at += 4 + peek(reader, at, 4);
    uint64_t length = peek(reader, at, 4);
    if (reader->bad || length > reader->size - at - 4)
        return;
    text_add_bytes(text, (const char *)reader->bytes + at + 4,
                   bytes_min(length, 60));
}

static void add_type(Reader *reader, Text *text, uint32_t number) {
    static const char *const kinds[] = {
        "none",  "Int",      "Double", "Bool",   "Byte",   "Char",    "",
        "Int[]", "Double[]", "Bool[]", "Byte[]", "Char[]", "Object[]"};
    size_t at = reader->types + 8 * (size_t)number;
    uint64_t kind = peek(reader, at, 1);
    if (kind == MODULE_CLASS)
        add_string(reader, text, (uint32_t)peek(reader, at + 4, 4));
    else if (kind < sizeof kinds / sizeof *kinds)
        text_add(text, kinds[kind]);
}

static void add_field(Reader *reader, Text *text, uint32_t number) {
    size_t at = reader->fields + 8 * (size_t)number;
    add_type(reader, text, (uint32_t)peek(reader, at, 2));
    text_add_char(text, '.');
    add_string(reader, text, (uint32_t)peek(reader, at + 4, 4));
}

static void add_method(Reader *reader, Text *text, uint32_t number) {
    size_t at = reader->methods;
    for (uint32_t i = 0; i < number && !reader->bad; i++)
        at += 14 + 2 * peek(reader, at + 12, 2);
    uint32_t class = (uint32_t)peek(reader, at, 2);
    if (class)
        add_type(reader, text, class);
    else
        add_string(reader, text, (uint32_t)peek(reader, at + 8, 4));
    text_add_char(text, '.');
    add_string(reader, text, (uint32_t)peek(reader, at + 4, 4));
}

static void add_operand(Reader *reader, Text *text, Table table,
                        uint16_t number) {
    switch (table) {
    case TABLE_FIELD:
        add_field(reader, text, number);
        break;
    case TABLE_METHOD:
        add_method(reader, text, number);
        break;
    case TABLE_TYPE:
        add_type(reader, text, number);
        break;
    case TABLE_TEXT:
        text_add_char(text, '"');
        add_string(reader, text, number);
        text_add_char(text, '"');
        break;
    case TABLE_VARIABLE:
        add_string(reader, text,
                   (uint32_t)peek(
                       reader, reader->variables + 12 * (size_t)number + 4, 4));
        break;
    case TABLE_CONSTANT:
        text_add_format(
            text, "0x%lx",
            peek(reader, reader->constants + 8 * (size_t)number, 8));
        break;
    case TABLE_OTHER:
    default:
        text_add_format(text, "%d", (int16_t)number);
    }
}

/* ---- Methods ---- */

static void end_line(Reader *reader, Text *text) {
    reader->line(text_end(text));
    text->length = 0;
}

static uint32_t extra_words(uint16_t op, uint16_t b) {
    bool has = op == OP_call || op == OP_call_virtual ||
               op == OP_call_interface || op == OP_switch;
    return has ? (b + 3u) / 4 : 0;
}

static void instruction(Reader *reader, Text *text, uint32_t number,
                        uint32_t *extra) {
    uint16_t op = (uint16_t)take(reader, 2), a = (uint16_t)take(reader, 2);
    uint16_t b = (uint16_t)take(reader, 2), c = (uint16_t)take(reader, 2);
    if (op >= OP_COUNT) {
        text_add_format(text, "%6u  ? %u", number, op);
    } else {
        text_add_format(text, "%6u  %-18s %d, ", number, names[op], (int16_t)a);
        add_operand(reader, text, tables[op].b, b);
        text_add(text, ", ");
        add_operand(reader, text, tables[op].c, c);
        *extra = extra_words(op, b);
    }
    end_line(reader, text);
}

static void code(Reader *reader, Text *text, uint32_t words) {
    uint32_t extra = 0;
    for (uint32_t i = 0; i < words && !reader->bad; i++) {
        if (extra == 0) {
            instruction(reader, text, i, &extra);
            continue;
        }
        extra--;
        text_add_format(text, "%6u    ", i);
        for (int j = 0; j < 4; j++)
            text_add_format(text, " %u", (unsigned)take(reader, 2));
        end_line(reader, text);
    }
}

static void registers(Reader *reader, Text *text, const char *bank,
                      uint32_t count) {
    for (uint32_t i = 0; i < count && !reader->bad; i++) {
        text_add_format(text, "        %s%u: ", bank, i);
        add_type(reader, text, (uint32_t)take(reader, 2));
        end_line(reader, text);
    }
}

static void handlers(Reader *reader, Text *text, uint32_t count) {
    for (uint32_t i = 0; i < count && !reader->bad; i++) {
        uint32_t from = (uint32_t)take(reader, 2);
        uint32_t to = (uint32_t)take(reader, 2);
        uint32_t at = (uint32_t)take(reader, 2);
        uint32_t reg = (uint32_t)take(reader, 2);
        text_add_format(text, "        %u..%u to %u in R%u: ", from, to, at,
                        reg);
        add_type(reader, text, (uint32_t)take(reader, 2));
        skip(reader, 2);
        end_line(reader, text);
    }
}

static void method(Reader *reader, Text *text) {
    uint32_t name = (uint32_t)take(reader, 4);
    uint32_t class = (uint32_t)take(reader, 2);
    uint32_t flags = (uint32_t)take(reader, 2);
    uint32_t result = (uint32_t)take(reader, 2);
    uint32_t parameters = (uint32_t)take(reader, 2);
    uint32_t references = (uint32_t)take(reader, 2);
    uint32_t scalars = (uint32_t)take(reader, 2);
    uint32_t words = (uint32_t)take(reader, 4);
    uint32_t handler_count = (uint32_t)take(reader, 2);
    uint32_t lines = (uint32_t)take(reader, 2);
    if (class) {
        add_type(reader, text, class);
        text_add_char(text, '.');
    }
    add_string(reader, text, name);
    text_add(text, "(");
    for (uint32_t i = 0; i < parameters && !reader->bad; i++) {
        text_add(text, i ? ", " : "");
        add_type(reader, text, (uint32_t)take(reader, 2));
        if (take(reader, 2) & MODULE_RANGE)
            skip(reader, 16);
    }
    text_add(text, "): ");
    add_type(reader, text, result);
    text_add_format(text, "  flags %u", flags);
    end_line(reader, text);
    registers(reader, text, "R", references);
    registers(reader, text, "S", scalars);
    code(reader, text, words);
    handlers(reader, text, handler_count);
    skip(reader, (uint64_t)lines * 8);
}

/* Offsets of the tables; ends at the first class. */
static void read_tables(Reader *reader) {
    for (unsigned i = 0; i < 10; i++)
        reader->counts[i] = (uint32_t)peek(reader, 24 + 2 * i, 2);
    reader->at = reader->strings = MODULE_HEADER_BYTES;
    for (uint32_t i = 0; i < reader->counts[0] && !reader->bad; i++)
        skip(reader, take(reader, 4));
    reader->types = reader->at;
    skip(reader, 8ull * reader->counts[1]);
    reader->constants = reader->at;
    skip(reader, 8ull * reader->counts[2]);
    skip(reader, 4ull * reader->counts[9]);
    reader->fields = reader->at;
    skip(reader, 8ull * reader->counts[3]);
    reader->methods = reader->at;
    for (uint32_t i = 0; i < reader->counts[4] && !reader->bad; i++) {
        skip(reader, 12);
        skip(reader, 2 * take(reader, 2));
    }
    reader->variables = reader->at;
    skip(reader, 12ull * reader->counts[5]);
}

static void skip_classes(Reader *reader) {
    for (uint32_t i = 0; i < reader->counts[6] && !reader->bad; i++) {
        skip(reader, 10);
        uint64_t interfaces = take(reader, 2), fields = take(reader, 2);
        skip(reader, 2 + 2 * interfaces + 8 * fields);
    }
    skip(reader, 8ull * reader->counts[7]);
}

void disassemble(const uint8_t *bytes, size_t size_bytes,
                 void (*line)(const char *text)) {
    char buffer[1000];
    Text text = text_on(buffer, sizeof buffer);
    Reader reader = {.bytes = bytes, .size = size_bytes, .line = line};
    if (size_bytes < MODULE_HEADER_BYTES || bytes_get32(bytes) != MODULE_MAGIC)
        return;
    read_tables(&reader);
    skip_classes(&reader);
    for (uint32_t i = 0; i < reader.counts[8] && !reader.bad; i++)
        method(&reader, &text);
}
