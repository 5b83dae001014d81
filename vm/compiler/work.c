/* Giving way to others. */
#include "vm/compiler/work.h"

#include "vm/compiler/compiler.h"

int64_t work_left = INT64_MAX;

static void (*work_give_way)(void);

void compiler_allow(int64_t units, void (*give_way)(void)) {
    work_left = units;
    work_give_way = give_way;
}

int64_t compiler_allowed(void) {
    return work_left;
}

void work_over(void) {
    while (work_left < 0)
        work_give_way();
}
