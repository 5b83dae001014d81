/* text_search.h: finding bytes in bytes, in linear time whatever they are.
 *
 * Two-way string matching (Crochemore and Perrin, "Two-way string-matching",
 * Journal of the ACM 38, 1991): constant space, so no program can make a
 * search slow by the text it chooses. */
#ifndef VM_NATIVE_TEXT_SEARCH_H
#define VM_NATIVE_TEXT_SEARCH_H

#include <stdint.h>

/* The offset of the first `part` that begins at or after `from`, UINT64_MAX
 * when there is none. An empty part is found at `from` if that is not beyond
 * the end. */
uint64_t text_search_first(const char *text, uint64_t length, const char *part,
                           uint64_t part_length, uint64_t from);

/* The offset of the last `part` that begins before `before`, or UINT64_MAX. */
uint64_t text_search_last(const char *text, uint64_t length, const char *part,
                          uint64_t part_length, uint64_t before);

#endif
