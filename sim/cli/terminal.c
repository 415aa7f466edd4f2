#include "sim/cli/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_USUAL 80
#define WIDTH_LEAST 60
#define WIDTH_MOST  140 /* longer lines are hard to read */

static bool is_set(const char *name)
{
	const char *value = getenv(name);
	return value && *value;
}

static bool wants_colour(int fd, enum color color)
{
	if (color != COLOR_AUTO)
		return color == COLOR_ALWAYS;
	if (is_set("NO_COLOR"))
		return false;
	if (is_set("CLICOLOR_FORCE") && getenv("CLICOLOR_FORCE")[0] != '0')
		return true;
	return isatty(fd);
}

static uint32_t width_of(int fd)
{
	struct winsize size;
	if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return WIDTH_USUAL;
	if (size.ws_col < WIDTH_LEAST)
		return WIDTH_LEAST;
	return size.ws_col > WIDTH_MOST ? WIDTH_MOST : size.ws_col;
}

/** The codeset that the user's environment asks for. terminal_setup() may have chosen another one for widths.
 */
static bool speaks_utf8(void)
{
	locale_t users = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	if (!users)
		return false;
	bool yes = strcmp(nl_langinfo_l(CODESET, users), "UTF-8") == 0;
	freelocale(users);
	return yes;
}

void terminal_setup(void)
{
	if (!setlocale(LC_CTYPE, "") || !speaks_utf8())
		setlocale(LC_CTYPE, "C.UTF-8");
}

struct paper terminal_paper(int fd, enum color color)
{
	return (struct paper){ width_of(fd), speaks_utf8(), wants_colour(fd, color) };
}
