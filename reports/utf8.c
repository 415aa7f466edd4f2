#include "reports/utf8.h"

/** A kind of well-formed sequence: RFC 3629 4. Only the second byte's range differs; the others are 80 to BF.
 */
struct form {
	unsigned char first_low, first_high, second_low, second_high;
	size_t length;
};

static const struct form forms[] = {
	{ 0x00, 0x7F, 0x00, 0x00, 1 }, { 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 },
	{ 0xE1, 0xEC, 0x80, 0xBF, 3 }, { 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 },
	{ 0xF0, 0xF0, 0x90, 0xBF, 4 }, { 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
};

static const struct form *form_of(unsigned char first)
{
	for (size_t i = 0; i < COUNT(forms); i++)
		if (first >= forms[i].first_low && first <= forms[i].first_high)
			return &forms[i];
	return NULL;
}

size_t utf8_char(const char *text, size_t n)
{
	const unsigned char *byte = (const unsigned char *)text;
	const struct form *form = n ? form_of(byte[0]) : NULL;
	if (!form || form->length > n)
		return 0;
	if (form->length > 1 && (byte[1] < form->second_low || byte[1] > form->second_high))
		return 0;
	for (size_t i = 2; i < form->length; i++)
		if (byte[i] < 0x80 || byte[i] > 0xBF)
			return 0;
	return form->length;
}

bool utf8_valid(const char *text, size_t n)
{
	for (size_t i = 0, step; i < n; i += step) {
		step = utf8_char(text + i, n - i);
		if (!step)
			return false;
	}
	return true;
}

size_t utf8_width(const char *text, size_t n)
{
	size_t width = 0;
	for (size_t i = 0; i < n; width++) {
		size_t step = utf8_char(text + i, n - i);
		i += step ? step : 1;
	}
	return width;
}
