/* The table of rights. */
#include "vm/heap/rights.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/base/text.h"

static const RightRow rows[] = {
#define RIGHT(name, called, what) {called, what},
#include "vm/heap/rights.def"
#undef RIGHT
};

const RightRow *rights_row(RightPlace place) {
    CHECK(place < RIGHT_COUNT);
    return &rows[place];
}

RightPlace rights_find(const char *name, size_t name_bytes) {
    RightPlace place = (RightPlace)0;
    while (place < RIGHT_COUNT &&
           (text_length(rows[place].name) != name_bytes ||
            !bytes_equal(rows[place].name, name, name_bytes)))
        place++;
    return place;
}
