/* The battery clock. Times are counted from it by the machine's own time, which
 * drifts, so it is looked at again every ten minutes. It is taken to hold UTC,
 * as QEMU's does.
 * Source: Motorola MC146818 data sheet. */
#include "kernel/pc/cpu.h"
#include "kernel/platform.h"

#define RTC_INDEX 0x70
#define RTC_DATA 0x71
#define RTC_SECONDS 0
#define RTC_MINUTES 2
#define RTC_HOURS 4
#define RTC_DAY 7
#define RTC_MONTH 8
#define RTC_YEAR 9
#define RTC_STATUS_A 10
#define RTC_STATUS_B 11
#define A_UPDATING 0x80
#define B_24_HOURS 0x02
#define B_BINARY 0x04
#define HOUR_AFTERNOON 0x80
#define UPDATE_TRIES 100000 /* reads; an update takes 2 ms */
#define US_PER_S 1000000ll
#define LOOK_AGAIN_US (600 * US_PER_S)

typedef struct RtcTime {
    uint8_t second, minute, hour, day, month, year;
} RtcTime;

static uint8_t read(uint8_t index) {
    cpu_out8(RTC_INDEX, index);
    return cpu_in8(RTC_DATA);
}

static RtcTime read_all(void) {
    for (int i = 0; i < UPDATE_TRIES; i++)
        if (!(read(RTC_STATUS_A) & A_UPDATING))
            break;
    return (RtcTime){read(RTC_SECONDS), read(RTC_MINUTES), read(RTC_HOURS),
                     read(RTC_DAY),     read(RTC_MONTH),   read(RTC_YEAR)};
}

static uint8_t from_decimal(uint8_t value) {
    return (uint8_t)((value >> 4) * 10 + (value & 15));
}

static void normalise(RtcTime *time) {
    uint8_t status = read(RTC_STATUS_B);
    bool afternoon = !(status & B_24_HOURS) && (time->hour & HOUR_AFTERNOON);
    time->hour &= 0x7f;
    if (!(status & B_BINARY)) {
        time->second = from_decimal(time->second);
        time->minute = from_decimal(time->minute);
        time->hour = from_decimal(time->hour);
        time->day = from_decimal(time->day);
        time->month = from_decimal(time->month);
        time->year = from_decimal(time->year);
    }
    if (!(status & B_24_HOURS))
        time->hour = (uint8_t)(time->hour % 12 + (afternoon ? 12 : 0));
}

/* Days from 1970-01-01 in the Gregorian calendar; the year starts in March,
 * so that the leap day is its last. */
static int64_t days(int64_t year, int64_t month, int64_t day) {
    year -= month <= 2;
    int64_t shifted = (month + 9) % 12;
    int64_t in_year = (153 * shifted + 2) / 5 + day - 1;
    return year * 365 + year / 4 - year / 100 + year / 400 + in_year - 719468;
}

static int64_t read_seconds(void) {
    RtcTime first = read_all(), time = read_all();
    while (time.second != first.second) {
        first = time;
        time = read_all();
    }
    normalise(&time);
    return days(2000 + time.year, time.month, time.day) * 86400 +
           time.hour * 3600 + time.minute * 60 + time.second;
}

int64_t platform_wall_us(void) {
    static int64_t start_us, read_us; /* of the machine's own time */
    int64_t now_us = (int64_t)(platform_now_ns() / 1000);
    if (start_us != 0 && now_us - read_us < LOOK_AGAIN_US)
        return start_us + now_us;
    int64_t clock_us = read_seconds() * US_PER_S;
    int64_t drift_us = clock_us - (start_us + now_us);
    if (drift_us >= US_PER_S || drift_us <= -2 * US_PER_S)
        start_us = clock_us - now_us;
    read_us = now_us;
    return start_us + now_us;
}
