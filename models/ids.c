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
	stream_hex(s, n, text, digits);
	return digits;
}
