#include "reports/frame.h"

#include <assert.h>
#include <string.h>

#include "sim/bytes.h"
#include "sim/icmp.h"

/* --- Ethernet ------------------------------------------------------------------------------------ */

#define LOCALLY_ADMINISTERED 0x02
#define ETHERTYPE_IPV4	     0x0800

struct mac mac_of(const struct iface *i)
{
	struct mac mac = { { LOCALLY_ADMINISTERED } };
	if (!i)
		return (struct mac){ { 0 } };
	uint32_t index = i->node->index;
	mac.bytes[2] = (unsigned char)(index >> 16);
	mac.bytes[3] = (unsigned char)(index >> 8);
	mac.bytes[4] = (unsigned char)index;
	mac.bytes[5] = i->side && strcmp(i->side, "wan") == 0;
	return mac;
}

static void put_ethernet(struct sink *s, struct mac src, struct mac dst)
{
	char type[2];
	put16(type, ETHERTYPE_IPV4);
	sink_put(s, (const char *)dst.bytes, sizeof dst.bytes);
	sink_put(s, (const char *)src.bytes, sizeof src.bytes);
	sink_put(s, type, sizeof type);
}

/* --- IPv4 (RFC 791 3.1) -------------------------------------------------------------------------- */

#define DONT_FRAGMENT  0x4000
#define MORE_FRAGMENTS 0x2000

static bool is_icmp(const struct record *r)
{
	return r->label == icmp_label;
}

/** Behind the IP header, all fragments taken together. */
static uint32_t datagram_len(const struct record *r)
{
	return (is_icmp(r) ? 0 : UDP_HEADER) + (uint32_t)r->payload->len;
}

/** Which bytes of the datagram the frame carries. */
static struct fragment part_of(const struct record *r)
{
	if (r->fragment)
		return *r->fragment;
	return (struct fragment){ .id = (uint16_t)r->id, .len = (uint16_t)datagram_len(r) };
}

static void put_ip(struct sink *s, const struct record *r, struct fragment part)
{
	char ip[IP_HEADER] = { 0x45 }; /* version 4, five words of header */
	bool more = part.offset + part.len < datagram_len(r);
	put16(ip + 2, IP_HEADER + (uint32_t)part.len);
	put16(ip + 4, part.id);
	put16(ip + 6, (r->df ? DONT_FRAGMENT : 0) + (more ? MORE_FRAGMENTS : 0) + part.offset / 8u);
	ip[8] = (char)r->ttl;
	ip[9] = is_icmp(r) ? PROTO_ICMP : PROTO_UDP;
	put32(ip + 12, r->src.host);
	put32(ip + 16, r->dst.host);
	put16(ip + 10, checksum_end(checksum_add(0, ip, sizeof ip)));
	sink_put(s, ip, sizeof ip);
}

/* --- UDP (RFC 768) ------------------------------------------------------------------------------- */

/** Over the hosts, the protocol, the header as it is so far, and the payload; 0 would say that there is none. */
static uint32_t udp_checksum(const struct record *r, const char udp[static UDP_HEADER])
{
	char pseudo[12] = { 0 };
	put32(pseudo, r->src.host);
	put32(pseudo + 4, r->dst.host);
	pseudo[9] = PROTO_UDP;
	put16(pseudo + 10, datagram_len(r));
	uint32_t sum = checksum_add(0, pseudo, sizeof pseudo);
	sum = checksum_add(sum, udp, UDP_HEADER);
	sum = checksum_end(checksum_add(sum, r->payload->bytes, r->payload->len));
	return sum ? sum : 0xFFFF;
}

static void put_udp(struct sink *s, const struct record *r)
{
	char udp[UDP_HEADER] = { 0 };
	put16(udp, r->src.port);
	put16(udp + 2, r->dst.port);
	put16(udp + 4, datagram_len(r));
	put16(udp + 6, udp_checksum(r, udp));
	sink_put(s, udp, sizeof udp);
}

/** The part's bytes of a datagram of which `header` stand in front of the payload. */
static void put_payload(struct sink *s, const struct record *r, struct fragment part, uint32_t header)
{
	uint32_t from = part.offset > header ? part.offset : header, end = (uint32_t)part.offset + part.len;
	assert(end >= from && end - header <= r->payload->len);
	sink_put(s, r->payload->bytes + (from - header), end - from);
}

void put_frame(struct sink *s, const struct record *r, struct mac src, struct mac dst)
{
	struct fragment part = part_of(r);
	put_ethernet(s, src, dst);
	put_ip(s, r, part);
	if (is_icmp(r)) {
		put_payload(s, r, part, 0);
		return;
	}
	if (part.offset == 0)
		put_udp(s, r);
	put_payload(s, r, part, UDP_HEADER);
}
