#include "models/ids.h"

#include <assert.h>
#include <string.h>

size_t id_write(const struct list *pinned, struct stream s, uint32_t n, size_t digits, char text[static ID_TEXT_MAX])
{
	if (pinned && n < pinned->n) {
		const char *pin = ((const char *const *)pinned->items)[n];
		size_t len = strlen(pin);
		assert(len < ID_TEXT_MAX); /* the loader takes no longer pins */
		memcpy(text, pin, len);
		return len;
	}
	assert(digits <= STREAM_HEX);
	stream_hex(s, n, text);
	return digits;
}

uint32_t id_number(const struct list *pinned, uint32_t n, uint32_t otherwise)
{
	return pinned && n < pinned->n ? ((const uint32_t *)pinned->items)[n] : otherwise;
}

#define BRANCH_DIGITS 12

size_t branch_write(const struct list *pinned, struct stream s, uint32_t n, char text[static ID_TEXT_MAX])
{
	if (pinned && n < pinned->n)
		return id_write(pinned, s, n, BRANCH_DIGITS, text);
	memcpy(text, BRANCH_COOKIE, BRANCH_COOKIE_LEN);
	stream_hex(s, n, text + BRANCH_COOKIE_LEN);
	return BRANCH_COOKIE_LEN + BRANCH_DIGITS;
}
