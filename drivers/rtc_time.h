/* rtc_time.h: what the registers of a PC's battery clock say. Pure: no hardware
 * here. Source: Motorola MC146818 data sheet; the century is where ACPI's FADT
 * has it on PCs, and in QEMU. */
#ifndef DRIVERS_RTC_TIME_H
#define DRIVERS_RTC_TIME_H

#include <stdint.h>

/* As read, in the form that `status_b` names. */
typedef struct RtcTime {
    uint8_t second, minute, hour, day, month, year, century;
} RtcTime;

#define RTC_TIME_24_HOURS 0x02 /* bits of register B */
#define RTC_TIME_BINARY 0x04

/* Seconds from 1970, UTC. A century that is none from 19 to 21 is 20: old
 * clocks have other things there. */
int64_t rtc_time_seconds(const RtcTime *time, uint8_t status_b);

#endif
