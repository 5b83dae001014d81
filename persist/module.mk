PERSIST_SOURCES += $(addprefix persist/,device.c hash.c space.c radix.c \
    directory.c deadlist.c commit.c store.c store_open.c verify.c memory.c \
    snapshot.c)
