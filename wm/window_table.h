/* window_table.h: which objects of an app are windows.
 *
 * Domain.seat of an app is null or an Array of references, a window each and
 * null between them. No program has a reference to it, so what one writes into
 * its objects neither cuts a window off, which the window manager knows by its
 * address, nor brings another object among them. What an image has there is
 * looked at once, when the app comes back. */
#ifndef WM_WINDOW_TABLE_H
#define WM_WINDOW_TABLE_H

#include "vm/run/native.h"
#include "wm/window_object.h"

/* At a start, before anything else here: whether it is a table of windows. */
bool window_table_is_good(const Domain *domain);

/* Places in the app's table, some of them empty. */
uint64_t window_table_length(const Domain *domain);

/* The window at a place, or NULL. */
WindowObject *window_table_at(const Domain *domain, uint64_t place);

/* An empty place for one more, announced; NULL: the call has failed. */
Object **window_table_room(NativeCall *call);

/* The place of a window, or NULL. Charges the call for the search. */
Object **window_table_find(NativeCall *call, const WindowObject *object);

#endif
