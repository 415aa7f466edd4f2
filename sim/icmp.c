#include "sim/icmp.h"

#include <assert.h>
#include <string.h>

#include "sim/bytes.h"
#include "sim/world.h"

const char icmp_label[] = "ICMP";

const struct fact fact_icmp_port_unreachable = { "icmp-port-unreachable",
						 "nothing listens where a datagram from here went",
						 "RFC 792 (3/3)" };
const struct fact fact_icmp_too_long = { "icmp-too-long",
					 "a packet from here was too long, and must not be fragmented",
					 "RFC 1191 4 (3/4)" };
const struct fact fact_port_closed = { "port-closed", "nothing listens on port {port}", NULL };

/* --- bytes --------------------------------------------------------------------------------------- */

/* The message: ICMP's header, then the quoted packet's. */
#define QUOTE	   8
#define QUOTED_UDP (QUOTE + IP_HEADER)
#define MESSAGE	   (QUOTED_UDP + UDP_HEADER)

static void put_checksum(const char *from, size_t len, char *sum)
{
	put16(sum, 0);
	put16(sum, checksum_end(checksum_add(0, from, len)));
}

static void put_quoted_ends(char *m, struct endpoint src, struct endpoint dst)
{
	char *ip = m + QUOTE, *udp = m + QUOTED_UDP;
	put32(ip + 12, src.host);
	put32(ip + 16, dst.host);
	put16(udp, src.port);
	put16(udp + 2, dst.port);
	put_checksum(ip, IP_HEADER, ip + 10);
	put_checksum(m, MESSAGE, m + 2);
}

/* Of the fields that nobody here reads the id is that of the trace, and UDP's checksum is none. */
static void put_quote(char *m, const struct packet *about)
{
	char *ip = m + QUOTE, *udp = m + QUOTED_UDP;
	ip[0] = 0x45; /* version 4, five words of header */
	ip[1] = 0;
	put16(ip + 2, packet_size(about));
	put16(ip + 4, about->id);
	put16(ip + 6, about->df ? 0x4000 : 0);
	ip[8] = (char)about->ttl;
	ip[9] = (char)about->proto;
	put16(udp + 4, UDP_HEADER + (uint32_t)about->payload->len);
	put16(udp + 6, 0);
	put_quoted_ends(m, about->src, about->dst);
}

#define UNREACHABLE 3 /* the type */

static struct payload *message_about(struct payload_pools *pools, const struct packet *about,
				     enum icmp_code code, uint32_t mtu)
{
	struct payload *message = payload_new(pools, MESSAGE);
	char *m = message->bytes;
	m[0] = UNREACHABLE;
	m[1] = (char)code;
	put32(m + 4, mtu);
	put_quote(m, about);
	return message;
}

struct icmp_error icmp_read(const struct packet *p)
{
	const char *m = p->payload->bytes, *ip = m + QUOTE, *udp = m + QUOTED_UDP;
	assert(p->proto == PROTO_ICMP && p->payload->len == MESSAGE);
	return (struct icmp_error){
		.code = (uint32_t)m[1],
		.mtu = get16(m + 6),
		.src = { get32(ip + 12), get16(udp) },
		.dst = { get32(ip + 16), get16(udp + 2) },
	};
}

struct payload *icmp_requoted(struct payload_pools *pools, const struct payload *message, struct endpoint src,
			      struct endpoint dst)
{
	struct payload *other = payload_new(pools, message->len);
	memcpy(other->bytes, message->bytes, message->len);
	put_quoted_ends(other->bytes, src, dst);
	return other;
}

/* --- packets ------------------------------------------------------------------------------------- */

void icmp_send(struct iface *at, uint32_t from, const struct packet *about, enum icmp_code code, uint32_t mtu)
{
	struct payload_pools *pools = at->node->world->payloads;
	struct packet error = {
		.parent = about->id,
		.story = about->story,
		.proto = PROTO_ICMP,
		.ttl = TTL_START,
		.src = { from, 0 },
		.dst = about->src,
		.label = icmp_label,
		.rule = code == ICMP_TOO_LONG ? &fact_icmp_too_long : &fact_icmp_port_unreachable,
	};
	assert(about->proto == PROTO_UDP && !is_fragment(about)); /* never about an error (RFC 1122 3.2.2) */
	error.payload = message_about(pools, about, code, mtu);
	net_send(at, &error);
	payload_unref(pools, error.payload);
}

void port_closed(struct iface *at, const struct packet *p, bool tells)
{
	trace_drop(at->node->world, at, p, &fact_port_closed);
	if (tells)
		icmp_send(at, p->dst.host, p, ICMP_PORT_UNREACHABLE, 0);
}
