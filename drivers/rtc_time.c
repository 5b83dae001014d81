/* Registers of the battery clock to seconds. */
#include "drivers/rtc_time.h"

#include <stdbool.h>

#define HOUR_AFTERNOON 0x80
#define CENTURY_FIRST 19
#define CENTURY_USUAL 20
#define CENTURY_LAST 21

static uint8_t from_decimal(uint8_t value) {
    return (uint8_t)((value >> 4) * 10 + (value & 15));
}

static void normalise(RtcTime *time, uint8_t status_b) {
    bool half_days = !(status_b & RTC_TIME_24_HOURS);
    bool afternoon = half_days && (time->hour & HOUR_AFTERNOON);
    time->hour &= 0x7f;
    if (!(status_b & RTC_TIME_BINARY)) {
        uint8_t *const all[] = {&time->second, &time->minute, &time->hour,
                                &time->day,    &time->month,  &time->year,
                                &time->century};
        for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++)
            *all[i] = from_decimal(*all[i]);
    }
    if (half_days)
        time->hour = (uint8_t)(time->hour % 12 + (afternoon ? 12 : 0));
    if (time->century < CENTURY_FIRST || time->century > CENTURY_LAST)
        time->century = CENTURY_USUAL;
}

/* Days from 1970-01-01 in the Gregorian calendar; the year starts in March,
 * so that the leap day is its last. */
static int64_t days(int64_t year, int64_t month, int64_t day) {
    year -= month <= 2;
    int64_t shifted = (month + 9) % 12;
    int64_t in_year = (153 * shifted + 2) / 5 + day - 1;
    return year * 365 + year / 4 - year / 100 + year / 400 + in_year - 719468;
}

int64_t rtc_time_seconds(const RtcTime *time, uint8_t status_b) {
    RtcTime now = *time;
    normalise(&now, status_b);
    return days(now.century * 100 + now.year, now.month, now.day) * 86400 +
           now.hour * 3600 + now.minute * 60 + now.second;
}
