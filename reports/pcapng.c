#include "reports/pcapng.h"

#include <string.h>

#include "reports/frame.h"
#include "sim/bytes.h"

/* Types of blocks, and codes of their options: in every block 1 is a comment and 0 the end. */
enum block { SECTION_HEADER = 0x0A0D0D0A, INTERFACE_DESCRIPTION = 1, NAME_RESOLUTION = 4, ENHANCED_PACKET = 6 };
enum option {
	OPT_END = 0,
	OPT_COMMENT = 1,
	SHB_USERAPPL = 4,
	IF_NAME = 2,
	IF_DESCRIPTION = 3,
	IF_TSRESOL = 9,
	EPB_FLAGS = 2,
	EPB_PACKETID = 5
};
enum name_record { NAME_END = 0, NAME_IPV4 = 1 };

#define BYTE_ORDER_MAGIC  0x1A2B3C4D
#define LINKTYPE_ETHERNET 1
#define MICROSECONDS	  6 /* after the point */
#define INBOUND		  1
#define OUTBOUND	  2
#define OPTION_MAX	  0xFFFF

/* --- blocks -------------------------------------------------------------------------------------- */

static void put_u16(struct sink *s, uint32_t value)
{
	char bytes[2];
	put16(bytes, value);
	sink_put(s, bytes, sizeof bytes);
}

static void put_u32(struct sink *s, uint32_t value)
{
	char bytes[4];
	put32(bytes, value);
	sink_put(s, bytes, sizeof bytes);
}

static void put_u64(struct sink *s, uint64_t value)
{
	put_u32(s, (uint32_t)(value >> 32));
	put_u32(s, (uint32_t)value);
}

/** Up to a multiple of four bytes, as all that came before has. */
static void pad(struct sink *s, size_t len)
{
	sink_repeat(s, '\0', (4 - len % 4) % 4);
}

/** Returns where the block begins. */
static size_t block_begin(struct sink *s, enum block type)
{
	size_t at = s->len;
	put_u32(s, type);
	put_u32(s, 0);
	return at;
}

/** The length stands in front and behind. */
static void block_end(struct sink *s, size_t at)
{
	uint32_t len = (uint32_t)(s->len - at) + 4;
	put_u32(s, len);
	put32(s->bytes + at + 4, len);
}

static void put_option(struct sink *s, enum option code, const char *bytes, size_t len)
{
	put_u16(s, code);
	put_u16(s, (uint32_t)len);
	sink_put(s, bytes, len);
	pad(s, len);
}

/** What is longer than an option can be is cut. */
static void put_text(struct sink *s, enum option code, const char *text)
{
	size_t len = strlen(text);
	put_option(s, code, text, len < OPTION_MAX ? len : OPTION_MAX);
}

static void options_end(struct sink *s)
{
	put_option(s, OPT_END, "", 0);
}

/* --- what is in them ----------------------------------------------------------------------------- */

static void put_section(struct sink *s, const struct capture *c)
{
	size_t block = block_begin(s, SECTION_HEADER);
	put_u32(s, BYTE_ORDER_MAGIC);
	put_u16(s, 1);
	put_u16(s, 0);
	put_u64(s, UINT64_MAX); /* the section's length is not told */
	put_text(s, OPT_COMMENT, c->about);
	put_text(s, SHB_USERAPPL, c->tool);
	options_end(s);
	block_end(s, block);
}

static void put_interface(struct sink *s, const struct capture_point *p)
{
	const char resolution = MICROSECONDS;
	size_t block = block_begin(s, INTERFACE_DESCRIPTION);
	put_u16(s, LINKTYPE_ETHERNET);
	put_u16(s, 0);
	put_u32(s, 0); /* packets are whole, whatever their length */
	put_text(s, IF_NAME, p->name);
	put_text(s, IF_DESCRIPTION, p->about);
	put_option(s, IF_TSRESOL, &resolution, 1);
	options_end(s);
	block_end(s, block);
}

static void put_name(struct sink *s, const struct capture_name *n)
{
	size_t len = 4 + strlen(n->name) + 1;
	put_u16(s, NAME_IPV4);
	put_u16(s, (uint32_t)len);
	put_u32(s, n->host);
	sink_put(s, n->name, len - 4);
	pad(s, len);
}

/** As they are on the network of the file's only point. */
static void put_names(struct sink *s, const struct capture *c, const struct network *network)
{
	size_t block = block_begin(s, NAME_RESOLUTION);
	for (uint32_t i = 0, next; i < c->n_names; i = next) {
		const struct capture_name *name = capture_name_at(c, i, network, &next);
		if (name)
			put_name(s, name);
	}
	put_u16(s, NAME_END);
	put_u16(s, 0);
	block_end(s, block);
}

static void put_packet_options(struct sink *s, const struct captured *p)
{
	char flags[4], id[8] = { 0 };
	put32(flags, p->record->event == EVENT_SENT ? OUTBOUND : INBOUND);
	put32(id + 4, p->record->id);
	for (const struct capture_remark *r = p->remarks; r; r = r->next)
		put_text(s, OPT_COMMENT, r->text);
	put_option(s, EPB_FLAGS, flags, sizeof flags);
	put_option(s, EPB_PACKETID, id, sizeof id);
	options_end(s);
}

static void put_packet(struct sink *s, const struct capture *c, const struct captured *p, uint32_t interface)
{
	uint64_t time = (uint64_t)(c->wall_clock * SEC + p->record->at);
	size_t block = block_begin(s, ENHANCED_PACKET);
	put_u32(s, interface);
	put_u64(s, time);
	size_t lengths = s->len;
	put_u64(s, 0);
	put_frame(s, p->record, mac_of(p->from), mac_of(p->to));
	uint32_t len = (uint32_t)(s->len - lengths) - 8;
	put32(s->bytes + lengths, len);
	put32(s->bytes + lengths + 4, len);
	pad(s, len);
	put_packet_options(s, p);
	block_end(s, block);
}

void put_pcapng(struct sink *s, const struct capture *c, uint32_t point)
{
	bool all = point == PCAPNG_ALL;
	put_section(s, c);
	for (uint32_t i = 0; i < c->n_points; i++)
		if (all || i == point)
			put_interface(s, &c->points[i]);
	put_names(s, c, all ? NULL : c->points[point].iface->network);
	for (uint32_t i = 0; i < c->n_packets; i++)
		if (all || c->packets[i].point == point)
			put_packet(s, c, &c->packets[i], all ? c->packets[i].point : 0);
}
