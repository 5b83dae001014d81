SYSTEM_SOURCES += kernel/system.c kernel/assets.c
