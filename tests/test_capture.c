/* Captures: the bytes of frames, who has seen what, what is remarked about it, and the blocks of the files. */
#include <string.h>

#include "models/sip.h"
#include "reports/frame.h"
#include "reports/pcapng.h"
#include "sim/icmp.h"
#include "sim/world.h"
#include "tests/lab.h"

static const unsigned char *bytes_of(const struct sink *s)
{
	return (const unsigned char *)s->bytes;
}

static uint32_t number16(const unsigned char *at)
{
	return (uint32_t)(at[0] << 8 | at[1]);
}

static uint32_t number32(const unsigned char *at)
{
	return number16(at) << 16 | number16(at + 2);
}

/* --- frames ------------------------------------------------------------------------------------ */

#define IP  ETHERNET_HEADER
#define UDP (IP + IP_HEADER)

/* Words are added up as they come; a sum that holds its own checksum is all ones. */
static uint32_t sum_of(uint32_t sum, const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += (uint32_t)bytes[i] << (i % 2 ? 0 : 8);
	return (sum & 0xFFFF) + (sum >> 16);
}

static uint32_t udp_sum(const unsigned char *frame, size_t len)
{
	uint32_t pseudo = PROTO_UDP + (uint32_t)(len - UDP);
	return sum_of(sum_of(pseudo, frame + IP + 12, 8), frame + UDP, len - UDP);
}

static struct payload *payload_of(struct arena *a, const char *bytes, size_t len)
{
	struct payload *p = payload_new(payload_pools_new(a), len);
	memcpy(p->bytes, bytes, len);
	return p;
}

static struct record sent(struct payload *payload)
{
	return (struct record){
		.id = 0x10203,
		.ttl = 63,
		.src = endpoint_of("192.168.1.104:5060"),
		.dst = endpoint_of("198.51.100.158:23201"),
		.label = "test",
		.payload = payload,
	};
}

static struct sink frame_of(const struct record *r)
{
	struct sink s = { 0 };
	put_frame(&s, r, (struct mac){ { 2, 0, 0, 0, 0, 1 } }, (struct mac){ { 2, 0, 0, 0, 0, 2 } });
	return s;
}

TEST(a_datagram_has_the_headers_of_ethernet_ipv4_and_udp)
{
	static const unsigned char wanted[] = {
		2,    0, 0, 0,	0, 2, 2,    0, 0,  0,  0, 1, 8, 0, /* to, from, IPv4 */
		0x45, 0, 0, 31, 2, 3, 0x40, 0, 63, 17,		   /* 31 bytes, id 0x0203, DF, TTL 63, UDP */
	};
	struct arena *a = arena_new();
	struct record r = sent(payload_of(a, "abc", 3));
	r.df = true;
	struct sink s = frame_of(&r);
	const unsigned char *f = bytes_of(&s);
	assert_int_equal(s.len, UDP + UDP_HEADER + 3);
	assert_memory_equal(f, wanted, sizeof wanted);
	assert_int_equal(number32(f + IP + 12), 0xC0A80168);
	assert_int_equal(number32(f + IP + 16), 0xC633649E);
	assert_int_equal(number16(f + UDP), 5060);
	assert_int_equal(number16(f + UDP + 2), 23201);
	assert_int_equal(number16(f + UDP + 4), 11);
	assert_memory_equal(f + UDP + UDP_HEADER, "abc", 3);
	sink_free(&s);
	arena_free(a);
}

TEST(checksums_are_right_for_even_and_odd_and_no_bytes)
{
	static const char bytes[] = "\xFF\xFE\x01zyxw\x80\xFF";
	for (size_t len = 0; len < sizeof bytes; len++) {
		struct arena *a = arena_new();
		struct record r = sent(payload_of(a, bytes, len));
		struct sink s = frame_of(&r);
		assert_int_equal(sum_of(0, bytes_of(&s) + IP, IP_HEADER), 0xFFFF);
		assert_int_equal(udp_sum(bytes_of(&s), s.len), 0xFFFF);
		sink_free(&s);
		arena_free(a);
	}
}

TEST(a_checksum_that_comes_out_as_none_is_written_as_all_ones)
{
	struct arena *a = arena_new();
	struct payload *p = payload_of(a, "\0\0", 2);
	struct record r = sent(p);
	struct sink s = frame_of(&r);
	memcpy(p->bytes, s.bytes + UDP + 6, 2); /* what was missing to all ones */
	sink_clear(&s);
	put_frame(&s, &r, (struct mac){ { 0 } }, (struct mac){ { 0 } });
	assert_int_equal(number16(bytes_of(&s) + UDP + 6), 0xFFFF);
	assert_int_equal(udp_sum(bytes_of(&s), s.len), 0xFFFF);
	sink_free(&s);
	arena_free(a);
}

TEST(fragments_carry_their_bytes_and_only_the_first_has_a_udp_header)
{
	static const struct {
		struct fragment part;
		uint32_t flags, size;
		const char *payload; /* how it begins, in a datagram of 8 + 20 */
	} rows[] = {
		{ { 77, 0, 16, 1, 2 }, 0x2000, 36, NULL },
		{ { 77, 16, 12, 2, 2 }, 0x0002, 32, "ijklmnopqrst" },
		{ { 77, 8, 8, 1, 2 }, 0x2001, 28, "abcdefgh" }, /* of a part that was cut once more */
	};
	struct arena *a = arena_new();
	struct record r = sent(payload_of(a, "abcdefghijklmnopqrst", 20));
	for (size_t i = 0; i < COUNT(rows); i++) {
		r.fragment = &rows[i].part;
		struct sink s = frame_of(&r);
		const unsigned char *f = bytes_of(&s);
		assert_int_equal(s.len, IP + rows[i].size);
		assert_int_equal(number16(f + IP + 2), rows[i].size);
		assert_int_equal(number16(f + IP + 4), 77);
		assert_int_equal(number16(f + IP + 6), rows[i].flags);
		if (rows[i].payload)
			assert_memory_equal(f + UDP, rows[i].payload, strlen(rows[i].payload));
		else
			assert_int_equal(number16(f + UDP + 4), 28); /* the whole datagram's length */
		sink_free(&s);
	}
	arena_free(a);
}

TEST(fragments_put_together_have_the_checksum_of_the_whole)
{
	static const struct fragment parts[] = { { 77, 0, 16, 1, 2 }, { 77, 16, 13, 2, 2 } };
	struct arena *a = arena_new();
	struct record r = sent(payload_of(a, "abcdefghijklmnopqrstu", 21));
	struct sink whole = { 0 };
	for (size_t i = 0; i < COUNT(parts); i++) {
		r.fragment = &parts[i];
		struct sink s = frame_of(&r);
		size_t from = i ? UDP : 0;
		sink_put(&whole, s.bytes + from, s.len - from);
		sink_free(&s);
	}
	assert_int_equal(udp_sum(bytes_of(&whole), whole.len), 0xFFFF);
	sink_free(&whole);
	arena_free(a);
}

TEST(an_icmp_error_has_no_udp_header)
{
	struct lab *lab = lab_with("", NULL, "");
	lab_send(lab, "192.0.2.104:5060", "198.51.100.158:5999", "abc");
	lab_run_ms(lab, 100);
	struct sink s = frame_of(lab_nth(lab, "phone", EVENT_ARRIVED, "ICMP", 1));
	const unsigned char *f = bytes_of(&s);
	assert_int_equal(f[IP + 9], PROTO_ICMP);
	assert_int_equal(f[UDP], 3); /* type and code */
	assert_int_equal(f[UDP + 1], 3);
	assert_int_equal(sum_of(0, f + UDP, s.len - UDP), 0xFFFF);
	sink_free(&s);
	lab_close(lab);
}

/* --- who has seen what ------------------------------------------------------------------------- */

static struct capture captured(const struct lab *lab)
{
	struct scenario *scenario = arena_alloc(lab->arena, sizeof *scenario);
	const struct cell_result result = { .world = lab->world, .expected = true };
	struct capture c;
	scenario->path = "lab.yaml";
	struct shown shown = { .scenario = scenario, .file = "lab.yaml" };
	capture_lay(lab->arena, &(struct show){ .scenarios = &shown, .n = 1, .version = "1.2.3" }, &shown, &result, &c);
	return c;
}

/* "0.001 router/wan 63 NAT: ...": a line for each packet with this label. */
static const char *told(const struct lab *lab, const struct capture *c, const char *label)
{
	const char *text = "";
	for (uint32_t i = 0; i < c->n_packets; i++) {
		const struct captured *p = &c->packets[i];
		if (strcmp(p->record->label, label) != 0)
			continue;
		text = arena_printf(lab->arena, "%s%lld.%03lld %s %d", text, (long long)(p->record->at / SEC),
				    (long long)(p->record->at % SEC / MSEC), c->points[p->point].name, p->record->ttl);
		for (const struct capture_remark *r = p->remarks; r; r = r->next)
			text = arena_printf(lab->arena, "%s | %s", text, r->text);
		text = arena_printf(lab->arena, "%s\n", text);
	}
	return text;
}

TEST(an_answer_that_is_lost_says_so_where_it_was_seen_last)
{
	struct lab *lab = lab_with("rport=off", "ports=random next-ports=23201", "");
	lab_register(lab);
	lab_run_ms(lab, 100);
	struct capture c = captured(lab);
	assert_string_equal(told(lab, &c, "REGISTER"),
			    "0.000 phone 64\n"
			    "0.001 router/lan 64\n"
			    "0.001 router/wan 63 | NAT: source 192.168.1.104:5060 became 203.0.113.17:23201\n"
			    "0.021 server 63 | NOTE: Via says 192.168.1.104:5060 (RFC 3261 18.2.1)\n");
	assert_string_equal(told(lab, &c, "401"),
			    "0.021 server 64 | RULE: the Via port, not the source port (RFC 3261 18.2.2)\n"
			    "0.041 router/wan 64 | LOST: no mapping for 203.0.113.17:5060 (RFC 4787 5)\n");
	lab_close(lab);
}

TEST(an_answer_that_comes_home_has_its_destination_changed)
{
	struct lab *lab = lab_with("rport=on", "ports=random next-ports=23201", "");
	lab_register(lab);
	lab_run_ms(lab, 45);
	struct capture c = captured(lab);
	assert_non_null(strstr(told(lab, &c, "401"),
			       "0.041 router/lan 63 | NAT: destination 203.0.113.17:23201 became 192.168.1.104:5060\n"
			       "0.042 phone 63\n"));
	lab_close(lab);
}

TEST(what_an_alg_has_changed_is_told_at_the_point_behind_it)
{
	struct lab *lab = lab_new(
		&(struct lab_setup){ .phone = "rport=off", .router = "ports=random next-ports=23201", .alg = "linux" });
	lab_register(lab);
	lab_run_ms(lab, 30);
	struct capture c = captured(lab);
	const char *text = told(lab, &c, "REGISTER"), *wan = strstr(text, "router/wan");
	assert_non_null(strstr(wan, "| ALG: "));
	assert_non_null(strstr(wan, "192.168.1.104:5060 -> 203.0.113.17:23201"));
	assert_null(strstr(strstr(wan, "server"), "ALG:"));
	lab_close(lab);
}

TEST(what_a_wire_has_lost_is_seen_where_it_left)
{
	static const uint32_t first = 1;
	static const struct wire wan = { .delay = 20 * MSEC, .drop = &first, .drops = 1 };
	struct lab *lab = lab_new(&(struct lab_setup){ .router = "", .wan = &wan });
	lab_register(lab);
	lab_run_ms(lab, 100);
	struct capture c = captured(lab);
	const char *text = told(lab, &c, "REGISTER"), *wan_side = strstr(text, "router/wan");
	assert_non_null(strstr(wan_side, "LOST: dropped on the wire, as the scenario says\n"));
	assert_null(strstr(text, "server"));
	lab_close(lab);
}

TEST(a_record_tells_whether_its_packet_may_be_cut)
{
	static const char *const rows[] = { "df=always", "df=off" };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with(rows[i], "", "");
		lab_register(lab);
		lab_run_ms(lab, 30);
		struct sink s = frame_of(lab_nth(lab, "server", EVENT_ARRIVED, "REGISTER", 1));
		assert_int_equal(number16(bytes_of(&s) + IP + 6), i ? 0 : 0x4000);
		sink_free(&s);
		lab_close(lab);
	}
}

TEST(points_are_named_after_node_and_side_in_the_order_in_which_they_see_something)
{
	static const struct {
		const char *name, *about, *file;
	} rows[] = {
		{ "phone", "phone phone at 192.168.1.104", "phone.pcapng" },
		{ "router/lan", "router router/lan at 192.168.1.1", "router-lan.pcapng" },
		{ "router/wan", "router router/wan at 203.0.113.17", "router-wan.pcapng" },
		{ "server", "server server at 198.51.100.158", "server.pcapng" },
	};
	struct lab *lab = lab_with("", "", "");
	lab_register(lab);
	lab_run_ms(lab, 30);
	struct capture c = captured(lab);
	assert_int_equal(c.n_points, COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_string_equal(c.points[i].name, rows[i].name);
		assert_string_equal(c.points[i].about, rows[i].about);
		assert_string_equal(c.points[i].file, rows[i].file);
	}
	lab_close(lab);
}

TEST(no_two_points_share_a_file_and_none_takes_the_joint_one)
{
	struct lab *lab = lab_with("", "", "");
	lab_add_phone(lab, "all", "192.168.1.105", "");
	lab_add_phone(lab, "router-lan", "192.168.1.106", "");
	lab_run_ms(lab, 1);
	lab_send_inside(lab, "192.168.1.105:5060", "192.168.1.106:5060", "abc");
	lab_send_inside(lab, "192.168.1.106:5060", "198.51.100.158:5060", "abc");
	lab_run_ms(lab, 30);
	struct capture c = captured(lab);
	const char *files = "";
	for (uint32_t i = 0; i < c.n_points; i++)
		files = arena_printf(lab->arena, "%s%s ", files, c.points[i].file);
	assert_string_equal(files,
			    "all-2.pcapng router-lan.pcapng router-lan-2.pcapng router-wan.pcapng server.pcapng ");
	lab_close(lab);
}

TEST(both_ends_of_a_wire_stand_in_a_frame_and_what_leaves_for_elsewhere_goes_to_the_router)
{
	struct lab *lab = lab_with("", "", "");
	lab_register(lab);
	lab_run_ms(lab, 30);
	struct capture c = captured(lab);
	for (int i = 0; i < 2; i++) {
		assert_string_equal(c.points[0].name, "phone");
		assert_ptr_equal(c.packets[i].from, c.points[0].iface);
		assert_ptr_equal(c.packets[i].to, c.points[1].iface);
	}
	struct mac phone = mac_of(c.points[0].iface), lan = mac_of(c.points[1].iface), wan = mac_of(c.points[2].iface);
	assert_memory_not_equal(&phone, &lan, sizeof phone);
	assert_memory_not_equal(&lan, &wan, sizeof lan);
	assert_int_equal(phone.bytes[0], 2);
	lab_close(lab);
}

TEST(an_address_has_the_name_that_it_has_on_a_network_and_none_where_that_is_not_known)
{
	static const struct network here, there, elsewhere;
	static struct capture_name names[] = {
		{ 1, &here, "alice" }, { 1, &there, "bob" },	  { 2, &elsewhere, "pbx" },
		{ 3, &here, "door" },  { 3, &elsewhere, "gate" },
	};
	static const struct {
		const struct network *network;
		const char *called[3]; /* the hosts 1, 2 and 3 */
	} rows[] = {
		{ &here, { "alice", "pbx", "door" } },
		{ &there, { "bob", "pbx", NULL } },
		{ &elsewhere, { NULL, "pbx", "gate" } },
		{ NULL, { NULL, "pbx", NULL } },
	};
	const struct capture c = { .names = names, .n_names = COUNT(names) };
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t at = 0;
		for (size_t k = 0; k < COUNT(rows[i].called); k++) {
			const struct capture_name *name = capture_name_at(&c, at, rows[i].network, &at);
			assert_int_equal(!name, !rows[i].called[k]);
			if (name)
				assert_string_equal(name->name, rows[i].called[k]);
		}
		assert_int_equal(at, COUNT(names));
	}
}

/* --- files ------------------------------------------------------------------------------------- */

/* Each block says how long it is, in front and behind. Returns "section 4 interfaces names 8 packets". */
static const char *blocks_of(struct arena *a, const struct sink *s)
{
	uint32_t interfaces = 0, names = 0, packets = 0;
	for (size_t at = 0; at < s->len;) {
		const unsigned char *block = bytes_of(s) + at;
		uint32_t type = number32(block), len = number32(block + 4);
		assert_int_equal(len % 4, 0);
		assert_true(len >= 12 && at + len <= s->len);
		assert_int_equal(number32(block + len - 4), len);
		assert_int_equal(type == 0x0A0D0D0A, at == 0);
		interfaces += type == 1;
		names += type == 4;
		packets += type == 6;
		at += len;
	}
	return arena_printf(a, "%u interfaces, %u names, %u packets", interfaces, names, packets);
}

TEST(a_file_has_a_section_its_interfaces_names_and_packets)
{
	static const struct {
		uint32_t point;
		const char *wanted;
	} rows[] = {
		{ PCAPNG_ALL, "4 interfaces, 1 names, 6 packets" },
		{ 0, "1 interfaces, 1 names, 1 packets" },
		{ 2, "1 interfaces, 1 names, 2 packets" },
	};
	struct lab *lab = lab_with("rport=off", "ports=random next-ports=23201", "");
	lab_register(lab);
	lab_run_ms(lab, 100);
	struct capture c = captured(lab);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sink s = { 0 };
		put_pcapng(&s, &c, rows[i].point);
		assert_string_equal(blocks_of(lab->arena, &s), rows[i].wanted);
		sink_free(&s);
	}
	lab_close(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_datagram_has_the_headers_of_ethernet_ipv4_and_udp),
		cmocka_unit_test(checksums_are_right_for_even_and_odd_and_no_bytes),
		cmocka_unit_test(a_checksum_that_comes_out_as_none_is_written_as_all_ones),
		cmocka_unit_test(fragments_carry_their_bytes_and_only_the_first_has_a_udp_header),
		cmocka_unit_test(fragments_put_together_have_the_checksum_of_the_whole),
		cmocka_unit_test(an_icmp_error_has_no_udp_header),
		cmocka_unit_test(an_answer_that_is_lost_says_so_where_it_was_seen_last),
		cmocka_unit_test(an_answer_that_comes_home_has_its_destination_changed),
		cmocka_unit_test(what_an_alg_has_changed_is_told_at_the_point_behind_it),
		cmocka_unit_test(what_a_wire_has_lost_is_seen_where_it_left),
		cmocka_unit_test(a_record_tells_whether_its_packet_may_be_cut),
		cmocka_unit_test(points_are_named_after_node_and_side_in_the_order_in_which_they_see_something),
		cmocka_unit_test(no_two_points_share_a_file_and_none_takes_the_joint_one),
		cmocka_unit_test(both_ends_of_a_wire_stand_in_a_frame_and_what_leaves_for_elsewhere_goes_to_the_router),
		cmocka_unit_test(an_address_has_the_name_that_it_has_on_a_network_and_none_where_that_is_not_known),
		cmocka_unit_test(a_file_has_a_section_its_interfaces_names_and_packets),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
