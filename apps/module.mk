# The libraries and apps in Rev, compiled and made part of every program.
ASSETS += module/core=build/lib/core.rvc module/ui=build/lib/ui.rvc

UI_REV := $(sort $(wildcard apps/lib/ui/*.rev))
build/lib/ui.rvc: build/revc build/lib/core.rvc $(UI_REV)
	$(QUIET)build/revc --system --module ui $(UI_REV) -o $@

APPS := counter editor
APP_FILES := $(APPS:%=build/apps/%.rvc)
ASSETS += $(foreach app,$(APPS),app/$(app)=build/apps/$(app).rvc)
PROGRAMS += $(APP_FILES)
build/apps/%.rvc: apps/%.rev build/revc build/lib/core.rvc build/lib/ui.rvc
	@mkdir -p $(@D)
	$(QUIET)build/revc $< -o $@
