/*
 * The two tests of the blog post of 2013, datagram by datagram, from devices put together here.
 *
 *	Cisco 7940     192.168.1.104:5060  ---+
 *	                                      +--- ER6020 86.5.223.17 --- 3CX 5.79.5.158:5060
 *	3CX softphone  192.168.1.101:50822 ---+
 */
#include <string.h>

#include "models/via.h"
#include "tests/lab.h"

#define CISCO_HEADERS \
	"via+from+to+call-id+max-forwards+date+cseq+user-agent+contact+authorization+content-length+expires"
#define SOFTPHONE_HEADERS                                                                                 \
	"via+max-forwards+contact+to+from+call-id+cseq+expires+allow+supported+authorization+user-agent+" \
	"content-length"
#define PBX_HEADERS \
	"via+authenticate+to+from+call-id+cseq+contact+expires+min-expires+user-agent+content-length"

/* One pinned text. */
#define PIN(name, text) .name = { (const char *const[]){ text }, 1 }

static const struct pins cisco_pins = {
	PIN(call_id, "000c30a9-70250003-381e261d-34d10c8e@192.168.1.104"),
	PIN(tag, "000c30a97025005c3fa02d4d-5ce6939d"),
	PIN(branch, "z9hG4bK683a1a40"),
	.cseq = { (const uint32_t[]){ 145 }, 1 },
};

static const struct pins cisco_answer_pins = {
	PIN(tag, "1c7d7042"),
	PIN(nonce, "414d535c079daad234:38465ad0db9a18427774f51f1dcb7ab3"),
};

static const struct pins softphone_pins = {
	PIN(call_id, "ODBiMThkMTBlMTNkNzViZjhmNjFlMGVkOWI5ZDYxOTI."),
	PIN(tag, "196d716f"),
	PIN(branch, "z9hG4bK-d8754z-ae09014c5a6a9d05-1---d8754z-"),
	.cseq = { (const uint32_t[]){ 1 }, 1 },
};

static const struct pins softphone_answer_pins = {
	PIN(tag, "84420f52"),
	PIN(nonce, "414d535c079dae1434:0e5072f08759b92e57a4b45600d18248"),
};

static struct lab *seed_lab(struct lab_setup setup)
{
	setup.server = "challenge=407 qop=off realm=3CXPhoneSystem header-order=" PBX_HEADERS;
	setup.server_at = "5.79.5.158:5060";
	setup.server_domain = "3cx.voiceflare.co.uk";
	struct lab *lab = lab_new(&setup);
	lab->server_profile->user_agent = "3CXPhoneSystem 11.0.28976.849 (28862)";
	return lab;
}

/* The Cisco of the post; `more` knobs may make it another phone. */
static struct lab *cisco_lab(const char *phone)
{
	struct lab *lab = seed_lab((struct lab_setup){
		.phone = phone,
		.router = "outside=86.5.223.17 ports=random next-ports=23201",
		.phone_pins = &cisco_pins,
		.server_pins = &cisco_answer_pins,
	});
	lab->phone_profile->user_agent = "Cisco-CP7940G/8.0";
	lab->phone_profile->contact_uri_params = ";transport=udp";
	lab->phone_profile->contact_params = ";+sip.instance=\"<urn:uuid:00000000-0000-0000-0000-"
					     "000c30a97025>\";+u.sip!model.ccm.cisco.com=\"8\"";
	return lab;
}

#define CISCO_7940                                                                              \
	"user=2006 rport=off via-check=strict register.expires=120s timers.max-retransmits=10 " \
	"header-order=" CISCO_HEADERS

static struct lab *softphone_lab(void)
{
	struct lab *lab = seed_lab((struct lab_setup){
		.phone = "user=2101 domain=3cx.voiceflare.co.uk:5060 listen-port=50822 register.expires=120s "
			 "header-order=" SOFTPHONE_HEADERS,
		.phone_at = "192.168.1.101",
		.router = "outside=86.5.223.17 ports=random next-ports=36321",
		.phone_pins = &softphone_pins,
		.server_pins = &softphone_answer_pins,
	});
	lab->phone_profile->user_agent = "3CXPhone 6.0.26523.0";
	lab->phone_profile->allow =
		"INVITE, ACK, CANCEL, OPTIONS, BYE, REGISTER, SUBSCRIBE, NOTIFY, REFER, INFO, MESSAGE";
	lab->phone_profile->supported = "replaces";
	lab->phone_profile->contact_uri_params = ";rinstance=b9a426fa141ad0b8";
	return lab;
}

static void assert_message(const struct lab *lab, const struct record *r, const char *golden)
{
	size_t len;
	const char *text =
		file_read(lab->arena, arena_printf(lab->arena, "golden/seed/%s.sip", golden), &len);
	assert_string_equal(lab_text(r), text);
	assert_int_equal(r->payload->len, len);
}

TEST(test_1_the_cisco_sends_the_567_bytes_of_the_post)
{
	struct lab *lab = cisco_lab(CISCO_7940);
	lab_register(lab);
	lab_run_ms(lab, 100);
	const struct record *left = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1);
	assert_message(lab, left, "test-1-register");
	assert_int_equal(left->payload->len, 567);
	assert_string_equal(lab_flow(lab, left), "192.168.1.104:5060 > 5.79.5.158:5060");

	/* the router changes the port and not a byte; the server sees 23201 */
	const struct record *arrived = lab_nth(lab, "server", EVENT_ARRIVED, "REGISTER", 1);
	assert_message(lab, arrived, "test-1-register");
	assert_string_equal(lab_flow(lab, arrived), "86.5.223.17:23201 > 5.79.5.158:5060");
	lab_close(lab);
}

TEST(test_1_the_407_goes_to_the_via_port_where_the_router_drops_it)
{
	struct lab *lab = cisco_lab(CISCO_7940);
	lab_register(lab);
	lab_run_ms(lab, 499);
	assert_log(lab, NULL,
		   "0.000 phone sent REGISTER\n"
		   "0.001 router/lan arrived REGISTER\n"
		   "0.001 router/wan sent REGISTER\n"
		   "0.021 server arrived REGISTER\n"
		   "0.021 server note: Via says 192.168.1.104:5060\n"
		   "0.021 server sent 407\n"
		   "0.041 router/wan arrived 407\n"
		   "0.041 router/wan dropped 407: no mapping for 86.5.223.17:5060\n");
	const struct record *answer = lab_nth(lab, "server", EVENT_SENT, "407", 1);
	assert_message(lab, answer, "test-1-407");
	assert_string_equal(lab_header(lab, answer, "Via"),
			    "SIP/2.0/UDP 192.168.1.104:5060;branch=z9hG4bK683a1a40;received=86.5.223.17");
	assert_string_equal(lab_flow(lab, answer), "5.79.5.158:5060 > 86.5.223.17:5060");
	assert_ptr_equal(answer->fact, &fact_rule_via_port_other);
	lab_close(lab);
}

TEST(test_1_the_phone_repeats_itself_for_32_s_and_hears_nothing)
{
	/* the 7940's ten retransmissions come to the same as RFC 3261's 64 times T1 */
	static const char *const phones[] = {
		CISCO_7940,
		"user=2006 rport=off via-check=strict register.expires=120s header-order=" CISCO_HEADERS,
	};
	for (size_t i = 0; i < COUNT(phones); i++) {
		struct lab *lab = cisco_lab(phones[i]);
		lab_register(lab);
		lab_run_ms(lab, 33000);
		assert_sent(lab, "phone", "REGISTER",
			    "0.000 0.500 1.500 3.500 7.500 11.500 15.500 19.500 23.500 27.500 31.500");
		assert_int_equal(lab_count(lab, "phone", EVENT_ARRIVED, NULL), 0);
		assert_int_equal(lab_count(lab, "router/wan", EVENT_DROPPED, "407"), 11);
		assert_noted(lab, "phone", "gives up: no final response", 32000);
		/* one mapping for all of them, and one answer, sent again and again */
		for (int n = 1; n <= 11; n++) {
			assert_int_equal(lab_nth(lab, "router/wan", EVENT_SENT, "REGISTER", n)->src.port,
					 23201);
			assert_message(lab, lab_nth(lab, "server", EVENT_SENT, "407", n), "test-1-407");
		}
		lab_close(lab);
	}
}

TEST(test_2_the_softphone_is_answered_where_it_came_from_and_registers)
{
	struct lab *lab = softphone_lab();
	lab_register(lab);
	lab_run_ms(lab, 1000);
	assert_log(lab, NULL,
		   "0.000 phone sent REGISTER\n"
		   "0.001 router/lan arrived REGISTER\n"
		   "0.001 router/wan sent REGISTER\n"
		   "0.021 server arrived REGISTER\n"
		   "0.021 server note: Via says 192.168.1.101:50822\n"
		   "0.021 server sent 407\n"
		   "0.041 router/wan arrived 407\n"
		   "0.041 router/lan sent 407\n"
		   "0.042 phone arrived 407\n"
		   "0.042 phone sent REGISTER\n"
		   "0.043 router/lan arrived REGISTER\n"
		   "0.043 router/wan sent REGISTER\n"
		   "0.063 server arrived REGISTER\n"
		   "0.063 server note: Via says 192.168.1.101:50822\n"
		   "0.063 server note: bound until 120 s\n"
		   "0.063 server sent 200\n"
		   "0.083 router/wan arrived 200\n"
		   "0.083 router/lan sent 200\n"
		   "0.084 phone arrived 200\n"
		   "0.084 phone note: registered\n");
	const struct record *left = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1);
	assert_message(lab, left, "test-2-register");
	assert_string_equal(lab_flow(lab, left), "192.168.1.101:50822 > 5.79.5.158:5060");
	assert_string_equal(lab_flow(lab, lab_nth(lab, "server", EVENT_ARRIVED, "REGISTER", 1)),
			    "86.5.223.17:36321 > 5.79.5.158:5060");

	const struct record *answer = lab_nth(lab, "server", EVENT_SENT, "407", 1);
	assert_message(lab, answer, "test-2-407");
	assert_non_null(strstr(lab_header(lab, answer, "Via"), ";rport=36321;received=86.5.223.17"));
	assert_string_equal(lab_flow(lab, answer), "5.79.5.158:5060 > 86.5.223.17:36321");
	assert_ptr_equal(answer->fact, &fact_rule_rport);

	const struct record *home = lab_nth(lab, "phone", EVENT_ARRIVED, "407", 1);
	assert_message(lab, home, "test-2-407");
	assert_string_equal(lab_flow(lab, home), "5.79.5.158:5060 > 192.168.1.101:50822");
	lab_close(lab);
}

/* The seed's remedies that need nothing but a knob, on the very same lab. */
TEST(test_1_is_cured_by_a_kept_port_by_rport_and_by_forced_rport)
{
	static const struct {
		const char *remedy, *phone, *router, *server;
	} rows[] = {
		{ "A static port", "rport=off", "ports=preserve", "rport=on" },
		{ "D rport", "rport=on", "ports=random", "rport=on" },
		{ "E forced rport", "rport=off", "ports=random", "force-rport=on" },
		{ "E for this user only", "rport=off user=2006", "ports=random", "force-rport-for=2006" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with(rows[i].phone, rows[i].router, rows[i].server);
		lab_register(lab);
		lab_run_ms(lab, 1000);
		print_message("           %s\n", rows[i].remedy);
		assert_noted(lab, "phone", "registered", 84);
		lab_close(lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_1_the_cisco_sends_the_567_bytes_of_the_post),
		cmocka_unit_test(test_1_the_407_goes_to_the_via_port_where_the_router_drops_it),
		cmocka_unit_test(test_1_the_phone_repeats_itself_for_32_s_and_hears_nothing),
		cmocka_unit_test(test_2_the_softphone_is_answered_where_it_came_from_and_registers),
		cmocka_unit_test(test_1_is_cured_by_a_kept_port_by_rport_and_by_forced_rport),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
