# The library's modules ui and system and the programs, compiled by build/revc
# and built into every machine as assets.
UI_REV := $(sort $(wildcard apps/lib/ui/*.rev))
SHELL_REV := $(sort $(wildcard apps/shell/*.rev))
SYSTEM_REV := $(sort $(wildcard apps/lib/system/*.rev))
APP_NAMES := $(basename $(notdir $(sort $(wildcard apps/*.rev)))) shell

build/lib/ui.rvc: build/revc build/lib/core.rvc $(UI_REV)
	@mkdir -p $(@D)
	$(QUIET)build/revc --system $(UI_REV) -o $@

build/lib/system.rvc: build/revc build/lib/core.rvc $(SYSTEM_REV)
	@mkdir -p $(@D)
	$(QUIET)build/revc --system $(SYSTEM_REV) -o $@

APP_NEEDS := build/revc build/lib/core.rvc build/lib/ui.rvc build/lib/system.rvc

build/apps/%.rvc: apps/%.rev $(APP_NEEDS)
	@mkdir -p $(@D)
	$(QUIET)build/revc $< -o $@

build/apps/shell.rvc: $(SHELL_REV) $(APP_NEEDS)
	@mkdir -p $(@D)
	$(QUIET)build/revc $(SHELL_REV) -o $@

ASSETS += module/core=build/lib/core.rvc module/ui=build/lib/ui.rvc \
    module/system=build/lib/system.rvc \
    $(foreach app,$(APP_NAMES),app/$(app)=build/apps/$(app).rvc)
