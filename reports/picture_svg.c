#include <string.h>

#include "reports/picture.h"
#include "reports/xml.h"

/* All different, because dark ones are found by the light ones. */
const struct picture_colours picture_inks[PICTURE_INKS] = {
	[PICTURE_INK] = { "#1b2430", "#e8edf3" },	 [PICTURE_MUTE] = { "#55606e", "#aab4c0" },
	[PICTURE_LINE] = { "#8a94a6", "#7d8897" },	 [PICTURE_LANE] = { "#eef2f7", "#263140" },
	[PICTURE_PAPER] = { "#fffffe", "#151b23" },	 [PICTURE_GO] = { "#1b4f91", "#8ab8f5" },
	[PICTURE_BAD] = { "#b3261e", "#ff8a80" },	 [PICTURE_NEW] = { "#fff0a6", "#574a10" },
	[PICTURE_NEW_EDGE] = { "#5c4a00", "#ffe27a" },	 [PICTURE_STALE] = { "#ffd9d4", "#5a2722" },
	[PICTURE_STALE_EDGE] = { "#8c1d18", "#ffb4ab" }, [PICTURE_SHEET] = { "#fefefe", "#1c2430" },
	[PICTURE_BADGE] = { "#fdfdfd", "#161c24" },
};

static void put_element(struct sink *s, const char *name, const char *text)
{
	struct xml x = { s };
	sink_printf(s, "<%s>", name);
	xml_text(&x, text, strlen(text));
	sink_printf(s, "</%s>\n", name);
}

static void put_dark(struct sink *s)
{
	sink_text(s, "<style>@media (prefers-color-scheme: dark) {\n");
	for (int i = 0; i < PICTURE_INKS; i++)
		sink_printf(s, "[fill=\"%s\"]{fill:%s} [stroke=\"%s\"]{stroke:%s}\n", picture_inks[i].light,
			    picture_inks[i].dark, picture_inks[i].light, picture_inks[i].dark);
	sink_text(s, "}</style>\n");
}

/** A title is the name that Graphviz has for a part, and browsers show it beside the pointer; a comment says it again. */
static bool names_a_part(const char *line, size_t n)
{
	return (n > 7 && memcmp(line, "<title>", 7) == 0) || (n > 4 && memcmp(line, "<!--", 4) == 0);
}

static void put_parts(struct sink *s, const char *line, const char *end)
{
	while (line < end) {
		const char *next = memchr(line, '\n', (size_t)(end - line));
		next = next ? next + 1 : end;
		if (!names_a_part(line, (size_t)(next - line)))
			sink_put(s, line, (size_t)(next - line));
		line = next;
	}
}

void put_accessible_svg(struct sink *s, const struct sink *svg, const char *title, const char *desc)
{
	const char *tag = memmem(svg->bytes, svg->len, "<svg", 4), *end = svg->bytes + svg->len;
	const char *inside = tag ? memchr(tag, '>', (size_t)(end - tag)) : NULL;
	if (!inside) {
		sink_put(s, svg->bytes, svg->len);
		return;
	}
	sink_put(s, svg->bytes, (size_t)(tag + 4 - svg->bytes));
	sink_text(s, " role=\"img\"");
	sink_put(s, tag + 4, (size_t)(inside + 1 - tag - 4));
	sink_char(s, '\n');
	put_element(s, "title", title);
	put_element(s, "desc", desc);
	put_dark(s);
	put_parts(s, inside + 1, end);
}
