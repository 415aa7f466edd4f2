#include "models/keepalive.h"

#include <string.h>

const char *const keepalive_words[] = { "none", "crlf", "options", "stun", NULL };
const char *const ping_words[] = { "none", "crlf", "options", NULL };

static const char empty_lines[] = { '\r', '\n', '\r', '\n' };

void keepalive_send(struct iface *from, struct endpoint src, struct endpoint dst)
{
	struct payload_pools *pools = from->node->world->payloads;
	struct packet p = {
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = src,
		.dst = dst,
		.label = "CRLF",
		.payload = payload_new(pools, sizeof empty_lines),
	};
	memcpy(p.payload->bytes, empty_lines, sizeof empty_lines);
	net_send(from, &p);
	payload_unref(pools, p.payload);
}

bool is_keepalive(const struct payload *p)
{
	uint32_t i = 0;
	while (i < p->len && (p->bytes[i] == '\r' || p->bytes[i] == '\n'))
		i++;
	return i == p->len;
}
