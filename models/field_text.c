#include "models/field_text.h"

#include <string.h>

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static const struct text_kind {
	const char *wants;
	const char *only;  /* the characters that it may have; NULL: printable ones */
	const char *never; /* and not these */
	bool params;	   /* begins with a semicolon */
	bool utf8;	   /* bytes above ASCII are fine */
} text_kinds[TEXT_RULES] = {
	[TEXT_ANY] = { "a text without control characters", NULL, "", false, true },
	[TEXT_USER] = { "letters, digits and -_.!~*'()&=+$", ALNUM "-_.!~*'()&=+$", "", false, false },
	[TEXT_DOMAIN] = { "a host name or an address, perhaps with a port, such as example.com:5060", ALNUM ".-:", "", false, false },
	[TEXT_TOKEN] = { "letters, digits and -.!%*_+`'~", ALNUM "-.!%*_+`'~", "", false, false },
	[TEXT_WORD] = { "a word without blanks, quotes, commas, semicolons and angle brackets", NULL, " \",;<>", false, false },
	[TEXT_QUOTED] = { "a text without quotes and backslashes", NULL, "\"\\", false, true },
	[TEXT_URI_PARAMS] = { "parameters such as ;transport=udp", NULL, " \",<>", true, false },
	[TEXT_PARAMS] = { "parameters such as ;q=0.5", NULL, "", true, false },
};

static bool character_fits(const struct text_kind *kind, char c)
{
	unsigned char byte = (unsigned char)c;
	if (byte < ' ' || byte == 0x7f || (byte > 0x7f && !kind->utf8))
		return false;
	return (!kind->only || strchr(kind->only, c)) && !strchr(kind->never, c);
}

/* host, or host:port */
static bool domain_fits(const char *text, size_t len)
{
	const struct field port = { .kind = FIELD_UINT, .min = 1, .max = 65535 };
	const char *colon = memchr(text, ':', len);
	uint32_t number;
	return !colon || (colon > text && field_read(&port, NULL, colon + 1, len - (size_t)(colon + 1 - text), &number));
}

/* Quotes are closed; outside of them there are no commas, blanks and angle brackets. */
static bool params_fit(const char *text, size_t len)
{
	bool quoted = false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			quoted = !quoted;
		else if (text[i] == '\\' || (!quoted && strchr(" ,<>", text[i])))
			return false;
	}
	return !quoted;
}

bool text_fits(enum text_rule rule, const char *text, size_t len)
{
	const struct text_kind *kind = &text_kinds[rule];
	if (len > TEXT_MAX || (len == 0 && rule != TEXT_ANY) || (kind->params && text[0] != ';'))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!character_fits(kind, text[i]))
			return false;
	return (rule != TEXT_DOMAIN || domain_fits(text, len)) && (rule != TEXT_PARAMS || params_fit(text, len));
}

const char *text_wants(enum text_rule rule)
{
	return text_kinds[rule].wants;
}
