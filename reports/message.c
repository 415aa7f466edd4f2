#include "reports/message.h"

#include "reports/utf8.h"
#include "sim/icmp.h"
#include "sim/payload.h"

/** What a packet carries of its payload. */
static struct span carried(const struct record *r)
{
	const struct fragment *f = r->fragment;
	if (!f)
		return (struct span){ r->payload->bytes, r->payload->len };
	if (f->offset < UDP_HEADER)
		return (struct span){ r->payload->bytes, f->len - UDP_HEADER };
	return (struct span){ r->payload->bytes + f->offset - UDP_HEADER, f->len };
}

struct span message_text(const struct record *r)
{
	static const char *const others[] = { "RTP", "RTCP", "STUN", "CRLF", icmp_label };
	if (!r->payload || !r->label)
		return (struct span){ NULL, 0 };
	for (size_t i = 0; i < COUNT(others); i++)
		if (strcmp(r->label, others[i]) == 0)
			return (struct span){ NULL, 0 };
	return carried(r);
}

bool message_is_utf8(struct span text)
{
	return !text.at || utf8_valid(text.at, text.len);
}

void message_json(struct json *j, struct span text)
{
	if (!text.at)
		json_null(j);
	else if (message_is_utf8(text))
		json_string(j, text.at, text.len);
	else
		json_latin1(j, text.at, text.len);
}

/** A character beyond the first 65,536, which is four bytes long, is two units. */
uint32_t message_units(struct span text, uint32_t n)
{
	uint32_t units = 0;
	if (!message_is_utf8(text))
		return n;
	for (uint32_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text.at[i];
		units += (c & 0xC0) != 0x80;
		units += c >= 0xF0;
	}
	return units;
}
