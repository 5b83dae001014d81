# Fonts become assets named font/ROLE.
FONT_ROLES := ui semibold title mono fallback
ASSETS += $(foreach role,$(FONT_ROLES),font/$(role)=build/fonts/$(role))

$(FONT_ROLES:%=build/fonts/%) &: fonts/fonts.list fonts/collect.sh \
    build/packages.ok
	@fonts/collect.sh fonts/fonts.list build/fonts
