SYSTEM_SOURCES += kernel/system.c
