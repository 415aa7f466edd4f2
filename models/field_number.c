#include <assert.h>
#include <string.h>

#include "models/field_text.h"

static const struct unit {
	const char *name;
	usec us;
} units[] = {
	{ "d", 86400 * SEC }, { "h", 3600 * SEC }, { "m", 60 * SEC },
	{ "s", SEC },	      { "ms", MSEC },	   { "us", 1 },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

size_t digits_read(const char *text, size_t len, int64_t *out)
{
	size_t n = 0;
	*out = 0;
	for (; n < len && is_digit(text[n]); n++)
		if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, text[n] - '0', out))
			return 0;
	return n;
}

/** Reads the digits behind a decimal point as a part of `unit`. Returns how many; 0 when it cannot be told
 * exactly. */
static size_t decimals_read(const char *text, size_t len, int64_t unit, int64_t *out)
{
	size_t n = 0;
	*out = 0;
	for (; n < len && is_digit(text[n]); n++) {
		unit = unit % 10 == 0 ? unit / 10 : 0;
		if (unit == 0 && text[n] != '0')
			return 0;
		*out += (text[n] - '0') * unit;
	}
	return n;
}

/** Reads a number that may have decimals, as a multiple of `unit`. */
static bool decimal_read(const char *text, size_t len, int64_t unit, int64_t *out)
{
	int64_t whole, part = 0;
	size_t n = digits_read(text, len, &whole);
	if (n == 0 || __builtin_mul_overflow(whole, unit, out))
		return false;
	if (n < len && text[n] == '.') {
		size_t decimals = decimals_read(text + n + 1, len - n - 1, unit, &part);
		if (decimals == 0)
			return false;
		n += 1 + decimals;
	}
	return n == len && !__builtin_add_overflow(*out, part, out);
}

bool duration_read(const char *text, size_t len, usec *out)
{
	size_t number = 0;
	while (number < len && (is_digit(text[number]) || text[number] == '.'))
		number++;
	for (size_t i = 0; i < COUNT(units); i++)
		if (strlen(units[i].name) == len - number &&
		    memcmp(units[i].name, text + number, len - number) == 0)
			return decimal_read(text, number, units[i].us, out);
	return false;
}

const char *decimal_text(int64_t value, int64_t unit, struct arena *a)
{
	char decimals[8] = "";
	size_t n = 0;
	int64_t rest = value % unit;
	while (rest != 0) {
		if (n == 6)
			return NULL;
		rest *= 10;
		decimals[n++] = (char)('0' + rest / unit);
		rest %= unit;
	}
	return arena_printf(a, "%lld%s%s", (long long)(value / unit), n ? "." : "", decimals);
}

const char *duration_print(usec d, struct arena *a)
{
	const char *best = NULL;
	for (size_t i = 0; i < COUNT(units); i++) {
		/* "500ms" reads better than "0.5s", and zero reads best in seconds. */
		if (d < units[i].us && !(d == 0 && units[i].us == SEC))
			continue;
		const char *number = decimal_text(d, units[i].us, a);
		if (!number)
			continue;
		const char *text = arena_printf(a, "%s%s", number, units[i].name);
		bool shorter = !best || strlen(text) < strlen(best);
		bool rounder =
			best && strlen(text) == strlen(best) && strchr(best, '.') && !strchr(text, '.');
		if (shorter || rounder)
			best = text;
	}
	assert(best);
	return best;
}

#define WHOLE (100 * PER_PERCENT)

bool rate_read(const char *text, size_t len, uint32_t *out)
{
	int64_t per_million;
	if (len < 2 || text[len - 1] != '%' || !decimal_read(text, len - 1, PER_PERCENT, &per_million))
		return false;
	*out = (uint32_t)per_million;
	return per_million <= WHOLE;
}
