SYSTEM_SOURCES += kernel/system.c kernel/apps.c kernel/console.c \
    kernel/install.c kernel/refuse.c kernel/assets.c
