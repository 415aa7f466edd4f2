#include "models/stun.h"

#include <string.h>

#include "sim/bytes.h"

#define BINDING_REQUEST	 0x0001u
#define BINDING_RESPONSE 0x0101u
#define MAPPED_ADDRESS	 0x0020u /* XOR-MAPPED-ADDRESS */
#define MAPPED_LEN	 8u
#define RESPONSE	 (STUN_HEADER + 4 + MAPPED_LEN)
#define FAMILY_IPV4	 1u

bool is_stun(const struct payload *p)
{
	const char *m = p->bytes;
	return p->len >= STUN_HEADER && (m[0] & 0xC0) == 0 && get32(m + 4) == STUN_COOKIE &&
	       get16(m + 2) + STUN_HEADER == p->len;
}

/* --- writing ----------------------------------------------------------------------------------------------------- */

/* The first 32 bits of the id are none. */
static void put_header(char *m, uint32_t type, uint32_t len, uint64_t id)
{
	put16(m, type);
	put16(m + 2, len);
	put32(m + 4, STUN_COOKIE);
	put32(m + 8, 0);
	put32(m + 12, (uint32_t)(id >> 32));
	put32(m + 16, (uint32_t)id);
}

/* RFC 8489 14.2. */
static void put_mapped(char *m, struct endpoint e)
{
	put16(m, MAPPED_ADDRESS);
	put16(m + 2, MAPPED_LEN);
	put16(m + 4, FAMILY_IPV4);
	put16(m + 6, e.port ^ STUN_COOKIE >> 16);
	put32(m + 8, e.host ^ STUN_COOKIE);
}

static void send(struct iface *from, struct packet *p)
{
	p->proto = PROTO_UDP;
	p->ttl = TTL_START;
	p->label = "STUN";
	net_send(from, p);
	payload_unref(from->node->world->payloads, p->payload);
}

void stun_ask(struct iface *from, struct endpoint src, struct endpoint dst, uint64_t id)
{
	struct packet p = { .src = src, .dst = dst };
	p.payload = payload_new(from->node->world->payloads, STUN_HEADER);
	put_header(p.payload->bytes, BINDING_REQUEST, 0, id);
	send(from, &p);
}

bool stun_answer(struct iface *at, const struct packet *request)
{
	struct stun_message m;
	if (!stun_read(request->payload, &m) || m.response)
		return false;
	struct packet p = { .parent = request->id, .story = request->story, .src = request->dst, .dst = request->src };
	p.payload = payload_new(at->node->world->payloads, RESPONSE);
	put_header(p.payload->bytes, BINDING_RESPONSE, RESPONSE - STUN_HEADER, m.id);
	memcpy(p.payload->bytes + 8, request->payload->bytes + 8, 12); /* the whole id */
	put_mapped(p.payload->bytes + STUN_HEADER, request->src);
	send(at, &p);
	return true;
}

/* --- reading ----------------------------------------------------------------------------------------------------- */

/* Attributes stand on multiples of four bytes. */
static bool mapped_read(const struct payload *p, struct endpoint *e)
{
	for (uint32_t at = STUN_HEADER; at + 4 <= p->len; at += 4 + (get16(p->bytes + at + 2) + 3) / 4 * 4) {
		const char *a = p->bytes + at;
		if (get16(a) != MAPPED_ADDRESS || get16(a + 2) != MAPPED_LEN || at + 4 + MAPPED_LEN > p->len)
			continue;
		*e = (struct endpoint){ get32(a + 8) ^ STUN_COOKIE, get16(a + 6) ^ STUN_COOKIE >> 16 };
		return get16(a + 4) == FAMILY_IPV4;
	}
	return false;
}

bool stun_read(const struct payload *p, struct stun_message *m)
{
	if (!is_stun(p))
		return false;
	uint32_t type = get16(p->bytes);
	*m = (struct stun_message){
		.response = type == BINDING_RESPONSE,
		.id = (uint64_t)get32(p->bytes + 12) << 32 | get32(p->bytes + 16),
	};
	return m->response ? mapped_read(p, &m->mapped) : type == BINDING_REQUEST;
}
