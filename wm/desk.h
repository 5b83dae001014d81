/* desk.h: what persists of the desktop besides its windows: pointer, launcher,
 * theme, clipboard.
 *
 * It is the seat of the system domain: an array of the desk's words, the
 * clipboard's text, and the text that comes there in steps. */
#ifndef WM_DESK_H
#define WM_DESK_H

#include "vm/heap/object.h"
#include "wm/wm.h"

enum { /* the words */
       DESK_WORDS = 9,
       DESK_X = 0,
       DESK_Y = 1,
       DESK_POINTED = 2,  /* the pointer was somewhere */
       DESK_WINDOWS = 3,  /* numbers given out */
       DESK_LAUNCHER = 4, /* it is open */
       DESK_DARK = 5,     /* the theme */
       DESK_PRESSED = 6,  /* number of the app that had the last press */
       DESK_COPIES = 7,   /* texts that were put into the clipboard */
       DESK_COMING = 8, /* whose text began to come last: the number of the app
                           << 32, and how many did */
};

/* Whether there is one; a fresh heap has none, and one that was forged counts
 * as none. Before anything else here. */
bool desk_exists(void);
/* Makes it. NO_MEMORY, or why it cannot be written. */
Status desk_make(void);

/* The desk when the machine went off; false: there was none yet. */
bool desk_read(WmDesk *desk_out);

/* Between slices: writes down what the window manager's desk is now. Without
 * room it stays as it was, until the next time. */
void desk_keep(void);

/* Announces a change of the words; then a word's place, and the next window's
 * number. */
Status desk_announce(void);
uint64_t *desk_word(uint32_t place);
int64_t desk_next_window(void);

/* The array that holds the clipboard's text, its place there, and that of the
 * text that comes, which no app has seen. */
Array *desk_references(void);
String **desk_clipboard(void);
String **desk_coming(void);

#endif
