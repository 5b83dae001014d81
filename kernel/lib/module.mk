# Third-party libraries: fetched as Debian source packages into build/src,
# compiled without our warnings into build/VARIANT/lib. The host and the pc
# link the very same objects (build/plain); the sanitized build has its own,
# with address sanitizer only. The maths is one archive for all.

LIBRARIES += build/VARIANT/lib/libadapters.a build/VARIANT/lib/libfreetype.a \
    build/VARIANT/lib/libmath.a

LIB_SOURCES := build/src/freetype.ok build/src/musl.ok
$(LIB_SOURCES) &: kernel/lib/sources.sh build/packages.ok
	@kernel/lib/sources.sh freetype musl
	@touch $(LIB_SOURCES)

# Position-independent within one program and without a red zone, so that one
# object serves a Linux process and a kernel. (Not `:=`: on a fresh machine the
# compiler comes with the packages.)
LIB_CFLAGS = -std=gnu11 -ffreestanding -nostdinc \
    -isystem $(shell $(CC) -print-file-name=include) -Ikernel/lib/include -I. \
    -ffp-contract=off -fno-strict-aliasing -fvisibility=hidden -g -MMD -MP \
    -fpie -mno-red-zone -fno-stack-protector -fno-asynchronous-unwind-tables \
    -fcf-protection=none
LIB_CFLAGS_plain = $(LIB_CFLAGS) -O2
LIB_CFLAGS_asan = $(LIB_CFLAGS) -O1 -fno-omit-frame-pointer -fsanitize=address

# ---- FreeType ----

FREETYPE := build/src/freetype
FREETYPE_CFLAGS := -isystem $(FREETYPE)/include \
    '-DFT_CONFIG_OPTIONS_H=<kernel/lib/ftoptions.h>' \
    '-DFT_CONFIG_MODULES_H=<kernel/lib/ftmodules.h>'
FREETYPE_FILES := base/ftbase base/ftinit base/ftdebug base/ftglyph \
    base/ftbitmap base/ftbbox base/ftmm base/ftsynth base/ftstroke \
    truetype/truetype cff/cff psaux/psaux pshinter/pshinter psnames/psnames \
    sfnt/sfnt smooth/smooth autofit/autofit

# ---- Adapters: our own code against the libraries' headers ----

ADAPTER_FILES := face picture
SUPPORT_FILES := libc ftsystem # what the libraries themselves call
ADAPTER_CFLAGS_picture := -Wno-unused-function # of the formats left out

# ---- musl's maths ----

MUSL := build/src/musl
MUSL_CFLAGS = $(filter-out -I%,$(LIB_CFLAGS_plain)) -std=c99 -frounding-math \
    -fexcess-precision=standard -I$(MUSL)/arch/x86_64 -I$(MUSL)/arch/generic \
    -Ibuild/plain/musl/include -I$(MUSL)/src/include -I$(MUSL)/src/internal \
    -I$(MUSL)/include
MUSL_FILES := sin cos tan asin acos atan atan2 sinh cosh tanh exp exp2 log \
    log2 log10 pow cbrt hypot floor ceil round trunc fmod expm1 scalbn \
    __sin __cos __tan __rem_pio2 __rem_pio2_large __expo2 exp_data log_data \
    log2_data pow_data __math_divzero __math_invalid __math_oflow \
    __math_uflow __math_xflow x86_64/sqrt x86_64/fabs

build/plain/musl/include/bits/alltypes.h: $(LIB_SOURCES)
	@mkdir -p $(@D)
	@sed -f $(MUSL)/tools/mkalltypes.sed $(MUSL)/arch/x86_64/bits/alltypes.h.in \
	    $(MUSL)/include/alltypes.h.in > $@
build/plain/musl/%.o: build/plain/musl/include/bits/alltypes.h
	@mkdir -p $(@D)
	$(QUIET)$(CC) $(MUSL_CFLAGS) -w -c $(MUSL)/src/math/$*.c -o $@
build/plain/lib/libmath.a: $(MUSL_FILES:%=build/plain/musl/%.o)
	@mkdir -p $(@D)
	@rm -f $@
	@ld -r $^ -o build/plain/lib/math.o
	@objcopy --prefix-symbols=math_ build/plain/lib/math.o
	@ar rcsD $@ build/plain/lib/math.o

# $(1) plain or asan
define LIB_RULES
build/$(1)/freetype/%.o: $(LIB_SOURCES) kernel/lib/ftoptions.h \
    kernel/lib/ftmodules.h
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$(LIB_CFLAGS_$(1)) $$(FREETYPE_CFLAGS) \
	    -DFT2_BUILD_LIBRARY -w -c $(FREETYPE)/src/$$*.c -o $$@
build/$(1)/lib/libfreetype.a: $(FREETYPE_FILES:%=build/$(1)/freetype/%.o) \
    $(SUPPORT_FILES:%=build/$(1)/adapters/%.o)
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar rcsD $$@ $$^
build/$(1)/adapters/%.o: kernel/lib/%.c $(LIB_SOURCES)
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$(LIB_CFLAGS_$(1)) $$(FREETYPE_CFLAGS) \
	    -idirafter /usr/include/stb $$(WARNINGS) $$(ADAPTER_CFLAGS_$$*) \
	    -c $$< -o $$@
build/$(1)/lib/libadapters.a: $(ADAPTER_FILES:%=build/$(1)/adapters/%.o)
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar rcsD $$@ $$^
endef
$(foreach flavour,plain asan,$(eval $(call LIB_RULES,$(flavour))))

build/host/lib/%.a build/pc/lib/%.a: build/plain/lib/%.a
	@mkdir -p build/host/lib build/pc/lib
	@cp $< build/host/lib/
	@cp $< build/pc/lib/
build/asan/lib/libmath.a: build/plain/lib/libmath.a
	@mkdir -p $(@D)
	@cp $< $@
