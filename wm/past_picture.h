/* past_picture.h: the native that draws the desktop of an older generation,
 * small. */
#ifndef WM_PAST_PICTURE_H
#define WM_PAST_PICTURE_H

/* Makes it known; before vm_create and vm_restore. */
void past_picture_register(void);

#endif
