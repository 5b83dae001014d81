/* asks.h: an app asks for a right, and a person answers (vm/run/grants.h).
 *
 * The app is named as it was installed, whatever its windows say. The card
 * comes while one of its windows has the focus; until then the app's item in
 * the bar calls. Without a window an app is asked when it was opened since the
 * person's last press: closing one is no way to the front. */
#ifndef KERNEL_SYSTEM_NOTICES_ASKS_H
#define KERNEL_SYSTEM_NOTICES_ASKS_H

/* Between slices: shows the card for an app that waits, and takes it away when
 * the app waits no more. */
void asks_step(void);

#endif
