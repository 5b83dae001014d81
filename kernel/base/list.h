/* Doubly linked intrusive lists, for transient kernel structures only.
 *
 * A List is a ring with the head inside; an element embeds a ListLink. An
 * element is in at most one list per link. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct ListLink {
    struct ListLink *next, *previous;
} ListLink;

typedef struct List {
    ListLink head;
} List;

static inline void list_init(List *list) {
    list->head.next = list->head.previous = &list->head;
}

static inline bool list_empty(const List *list) {
    return list->head.next == &list->head;
}

static inline void list_insert_before(ListLink *place, ListLink *link) {
    link->next = place;
    link->previous = place->previous;
    place->previous->next = link;
    place->previous = link;
}

static inline void list_append(List *list, ListLink *link) {
    list_insert_before(&list->head, link);
}

static inline void list_remove(ListLink *link) {
    link->previous->next = link->next;
    link->next->previous = link->previous;
    link->next = link->previous = NULL;
}

/* All of the other list, which is empty then, behind those of this one. */
static inline void list_append_all(List *list, List *other) {
    if (list_empty(other))
        return;
    ListLink *first = other->head.next, *last = other->head.previous;
    first->previous = list->head.previous;
    first->previous->next = first;
    last->next = &list->head;
    list->head.previous = last;
    list_init(other);
}

/* The first link, or NULL. */
static inline ListLink *list_first(const List *list) {
    return list_empty(list) ? NULL : list->head.next;
}

/* The element of `type` that embeds `link` as `member`. */
#define LIST_ELEMENT(link, type, member)                                       \
    ((type *)(void *)((char *)(link)-offsetof(type, member)))

#define LIST_EACH(list, link)                                                  \
    for (ListLink *link = (list)->head.next; link != &(list)->head;            \
         link = link->next)

#endif
