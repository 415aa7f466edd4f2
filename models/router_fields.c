#include "models/router.h"

static const char *const dependence_words[] = { "endpoint-independent", "address-dependent", "address-and-port-dependent", NULL };
static const char *const ports_words[] = { "preserve", "random", "sequential", NULL };
static const char *const collision_words[] = { "random", "next", "share", "steal", "drop", "share-or-drop", NULL };
static const char *const pooling_words[] = { "paired", "arbitrary", NULL };
static const char *const hairpin_words[] = { "off", "inside-source", "outside-source", NULL };
static const char *const refresh_words[] = { "outbound", "inbound", "both", NULL };
static const char *const fragments_words[] = { "pass", "drop", "reassemble", NULL };

#define OF(member) .at = AT(struct router_profile, member)

static const struct field timeout_fields[] = {
	{ "first", FIELD_DURATION, OF(nat.first), MSEC, 7 * 86400 * SEC, .fallback = "60s",
	  .doc = "lifetime of a flow that has not been answered", .source = "RFC 4787 4.3; Linux nf_conntrack_udp_timeout" },
	{ "stream", FIELD_DURATION, OF(nat.stream), MSEC, 7 * 86400 * SEC, .fallback = "60s",
	  .doc = "lifetime of a flow that is older than stream-after and was answered before",
	  .source = "Linux nf_conntrack_udp_timeout_stream, measured on 6.18" },
	{ "stream-after", FIELD_DURATION, OF(nat.stream_after), 0, 86400 * SEC, .fallback = "2s",
	  .doc = "age from which `stream` applies", .source = "Linux, measured on 6.18" },
	{ 0 },
};

static const struct field low_port_range_fields[] = {
	{ "from", FIELD_UINT, OF(nat.lowest), 0, 1023, .fixed = true, .fallback = "0", .doc = "lowest port handed out; 0: there is no such range" },
	{ "to", FIELD_UINT, OF(nat.highest), 1, 65535, .fixed = true, .fallback = "1023", .doc = "highest port handed out" },
	{ 0 },
};

static const struct field port_range_fields[] = {
	{ "from", FIELD_UINT, OF(nat.port_low), 1, 65535, .fixed = true, .fallback = "1024", .doc = "lowest port handed out" },
	{ "to", FIELD_UINT, OF(nat.port_high), 1, 65535, .fixed = true, .fallback = "65535", .doc = "highest port handed out" },
	{ 0 },
};

static const char *const forward_words[] = { "first-phone", NULL };
static const char *const one_to_one_words[] = { "none", "first-phone", NULL };
static const char *const vpn_words[] = { "all", "none", NULL };

static const struct field forward_fields[] = {
	{ "port", FIELD_UINT, AT(struct port_forward, port), 1, 65535, .fallback = "5060", .doc = "the outside port" },
	{ "to", FIELD_NODE, AT(struct port_forward, to), .device = -1, .address = true, .words = forward_words, .fallback = "first-phone",
	  .doc = "a node behind the router, the first phone there, or an address; at the same port unless the address has another" },
	{ 0 },
};

const struct field router_fields[] = {
	{ "outside", FIELD_HOSTS, OF(outside), .fixed = true, .doc = "its address on the outer side, or several, counted up in a group (default: the next free one)", .source = "RFC 4787 4.1" },
	{ "inside", FIELD_PREFIX, OF(inside), .fixed = true, .doc = "the network behind it; the router is its first host (default: 192.168.1.0/24, 10.0.0.0/8 for many)" },
	{ "mapping", FIELD_WORD, OF(nat.mapping), .words = dependence_words, .fallback = "endpoint-independent",
	  .doc = "of what of the remote end a mapping depends", .source = "RFC 4787 4.1" },
	{ "filtering", FIELD_WORD, OF(nat.filtering), .words = dependence_words, .fallback = "address-and-port-dependent",
	  .doc = "from where datagrams may come in through a mapping", .source = "RFC 4787 5" },
	{ "ports", FIELD_WORD, OF(nat.ports), .words = ports_words, .fallback = "preserve",
	  .doc = "which outside port a new mapping gets: the inside one, any, or the next one in turn", .source = "RFC 4787 4.2.1" },
	{ "port-range", FIELD_GROUP, .members = port_range_fields, .doc = "outside ports that are handed out; a port outside that would be kept is replaced by another, next-ports are taken as they are", .source = "RFC 4787 4.2.2" },
	{ "low-port-range", FIELD_GROUP, .members = low_port_range_fields, .doc = "outside ports for inside ports below 1024 (default: port-range)", .source = "RFC 4787 4.2.1 (REQ-3a); measured: Linux 6.18 turns 512 to 1023 into 600 to 1023" },
	{ "parity", FIELD_BOOL, OF(nat.parity), .fallback = "off", .doc = "an even inside port gets an even outside port, an odd one an odd one", .source = "RFC 4787 4.2.2 (REQ-4)" },
	{ "port-block", FIELD_UINT, OF(nat.port_block), 0, 65535, .fixed = true, .fallback = "0",
	  .doc = "so many ports of port-range are set aside for each inside host while it has flows; 0: none are", .source = "RFC 6888 3 (REQ-4, REQ-14)" },
	{ "pooling", FIELD_WORD, OF(nat.pooling), .words = pooling_words, .fallback = "paired",
	  .doc = "of several outside addresses an inside host uses always the same, or each mapping any", .source = "RFC 4787 4.1 (REQ-2)" },
	{ "collision", FIELD_WORD, OF(nat.collision), .words = collision_words, .fallback = "random",
	  .doc = "when the wanted outside port is taken: another at random, the next free one, share it while the remote endpoints differ (else random), take it away, drop the datagram, or share while the remote endpoints differ (else drop)",
	  .source = "RFC 4787 4.2.1; share: Linux, measured on 6.18; share-or-drop: pf, whose states are known by both ends" },
	{ "hairpin", FIELD_WORD, OF(nat.hairpin), .words = hairpin_words, .fallback = "off",
	  .doc = "what becomes of a datagram from inside to the outside address: it is dropped, or it goes back inside with its inside source or with its outside one",
	  .source = "RFC 4787 6 (REQ-9); measured: Linux 6.18 drops it" },
	{ "max-mappings", FIELD_UINT, OF(nat.max_mappings), 0, 100000000, .fallback = "0",
	  .doc = "so many flows at once; 0: any number", .source = "Linux nf_conntrack_max" },
	{ "next-ports", FIELD_UINTS, OF(nat.next_ports), 1, 65535, .fixed = true, .doc = "outside ports for the first new mappings, in order, for replay of a capture" },
	{ "udp-timeout", FIELD_GROUP, .members = timeout_fields, .shorthand = "first stream", .doc = "lifetime of a flow without traffic", .source = "RFC 4787 4.3" },
	{ "refresh", FIELD_WORD, OF(nat.refresh), .words = refresh_words, .fallback = "both",
	  .doc = "which direction renews a flow", .source = "RFC 4787 4.3 (REQ-6)" },
	{ "fragments", FIELD_WORD, OF(fragments), .words = fragments_words, .fallback = "reassemble",
	  .doc = "what it does with IP fragments: sends each where the first one of its datagram went (one that comes before it is dropped), drops all, or puts them together before anything else and sends on what fits the next wire",
	  .source = "RFC 4787 10, 11 (REQ-13, REQ-14); reassemble: Linux, measured on 6.18" },
	{ "mtu", FIELD_UINT, OF(mtu), MTU_LEAST, MTU_MAX, .fixed = true, .fallback = "1500",
	  .doc = "longest IP packet on its outer side in bytes, if that of its wire is no shorter; 1492 with PPPoE", .source = "RFC 791 3.2" },
	{ "icmp", FIELD_BOOL, OF(icmp), .fallback = "on",
	  .doc = "tells by ICMP who sends from inside to a port of its own that is not open, or a packet with DF that is too long for the next wire; what comes in unasked is dropped without a word in any case",
	  .source = "RFC 792, RFC 1191 4; measured on Linux 6.18" },
	{ "forward", FIELD_ITEMS, OF(forward), .fixed = true, .members = forward_fields, .item_size = sizeof(struct port_forward), .shorthand = "port",
	  .doc = "outside ports at which what nobody has asked for goes to one host behind it", .source = "RFC 4787 1; RFC 6887 2.2 for the words" },
	{ "one-to-one", FIELD_NODE, OF(one_to_one), .fixed = true, .device = -1, .words = one_to_one_words, .fallback = "none",
	  .doc = "whom everything goes to that nobody has asked for, at any port; what it sends keeps its port", .source = "RFC 2663 4.1.1 (Basic NAT)" },
	{ "vpn-to", FIELD_NODES, OF(vpn_to), .fixed = true, .device = DEVICE_SERVER, .words = vpn_words,
	  .doc = "servers to which there is a tunnel: what goes there is not translated, and what comes from there finds private addresses" },
	{ "alg", FIELD_MODEL, OF(alg), .device = DEVICE_ALG, .fallback = "none",
	  .doc = "what it does to SIP beside translating: none, an alg of the catalogue, or a map of switches that may begin with `like: NAME`" },
	{ 0 },
};
