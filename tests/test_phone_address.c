/* What a phone says of where it is, where it sends from, what it learns of that, and whose answers it
 * believes. */
#include <string.h>

#include "tests/lab.h"

#define SERVER	"198.51.100.158:5060"
#define MAPPING "203.0.113.17:23201"

/* The router of most of these tests, which gives the first mapping 23201. */
#define RANDOM "ports=random next-ports=23201 udp-timeout.first=2h udp-timeout.stream=2h"

static const char *header_of(const struct lab *lab, const char *where, const char *label, int n,
			     const char *name)
{
	return lab_header(lab, lab_nth(lab, where, EVENT_SENT, label, n), name);
}

/* --- learning its public address ------------------------------------------------------- */

/* The Contacts of all REGISTERs sent, with their Expires where it is 0. */
static const char *contacts(const struct lab *lab)
{
	const char *all = "";
	int n = lab_count(lab, "phone", EVENT_SENT, "REGISTER");
	for (int i = 1; i <= n; i++) {
		const char *contact = header_of(lab, "phone", "REGISTER", i, "Contact");
		bool removes = !strcmp(header_of(lab, "phone", "REGISTER", i, "Expires"), "0");
		bool authorized = header_of(lab, "phone", "REGISTER", i, "Authorization") != NULL;
		all = arena_printf(lab->arena, "%s%s%s%s\n", all, contact, removes ? " 0" : "",
				   authorized ? " auth" : "");
	}
	return all;
}

#define PRIVATE "<sip:100@192.168.1.104:5060>"
#define PUBLIC	"<sip:100@203.0.113.17:23201>"
#define HALF	"<sip:100@203.0.113.17:5060>"

TEST(learning_shows_in_the_contacts_of_the_following_registers)
{
	static const struct {
		const char *phone, *server, *contacts;
	} rows[] = {
		/* nobody learns anything */
		{ "learn.from=nothing", "", PRIVATE "\n" PRIVATE " auth\n" },
		{ "learn.from=received-and-rport learned-contact=keep", "", PRIVATE "\n" PRIVATE " auth\n" },
		/* from the challenge already, so that nothing has to be replaced (linphone, pjsua) */
		{ "learn.from=received-and-rport learn.when=any-response", "",
		  PRIVATE "\n" PUBLIC " auth\n" },
		{ "learn.from=received-and-rport learn.when=any-response "
		  "learned-contact=replace-and-unregister-old",
		  "", PRIVATE "\n" PUBLIC " auth\n" },
		/* received tells no port */
		{ "learn.from=received learn.when=any-response", "", PRIVATE "\n" HALF " auth\n" },
		/* from the 200 only: the wrong binding is there already, and a second one follows */
		{ "learn.from=received-and-rport learn.when=register-2xx", "",
		  PRIVATE "\n" PRIVATE " auth\n" PUBLIC "\n" PUBLIC " auth\n" },
		{ "learn.from=received-and-rport learn.when=register-2xx", "auth=none",
		  PRIVATE "\n" PUBLIC "\n" },
		/* without a challenge the first answer is a 200, whatever `when` says */
		{ "learn.from=received-and-rport learn.when=any-response", "auth=none",
		  PRIVATE "\n" PUBLIC "\n" },
		/* the old binding goes first */
		{ "learn.from=received-and-rport learn.when=register-2xx "
		  "learned-contact=replace-and-unregister-old",
		  "",
		  PRIVATE "\n" PRIVATE " auth\n" PRIVATE " 0\n" PRIVATE " 0 auth\n" PUBLIC "\n" PUBLIC
			  " auth\n" },
		{ "learn.from=received-and-rport learned-contact=replace-and-unregister-old", "auth=none",
		  PRIVATE "\n" PRIVATE " 0\n" PUBLIC "\n" },
		/* a server that tells nothing of ports */
		{ "rport=off learn.from=received-and-rport", "force-rport=off auth=none", PRIVATE "\n" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with(rows[i].phone, RANDOM, rows[i].server);
		lab_register(lab);
		lab_run_ms(lab, 400);
		print_message("           %s, %s\n", rows[i].phone, rows[i].server);
		if (!strstr(rows[i].phone, "rport=off"))
			assert_int_equal(lab_count(lab, "phone", EVENT_NOTE, NULL), 1); /* registered, once */
		assert_string_equal(contacts(lab), rows[i].contacts);
		lab_close(lab);
	}
}

TEST(a_phone_without_nat_learns_that_nothing_is_new)
{
	struct lab *lab = lab_with("learn.from=received-and-rport", NULL, "auth=none");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	assert_sent(lab, "phone", "REGISTER", "0.000");
	assert_noted(lab, "phone", "registered", 40);
	lab_close(lab);
}

TEST(after_replacing_the_old_binding_only_the_new_one_is_left)
{
	static const struct {
		const char *learned, *bindings;
	} rows[] = {
		{ "learned-contact=replace", "2 bindings" },
		{ "learned-contact=replace-and-unregister-old", "1 binding" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char phone[128] = "learn.from=received-and-rport ";
		strcat(phone, rows[i].learned);
		struct lab *lab = lab_with(phone, RANDOM, "auth=none");
		lab_register(lab);
		lab_run_ms(lab, 1000);
		const struct record *last = lab_nth(lab, "server", EVENT_SENT, "200",
						    lab_count(lab, "server", EVENT_SENT, "200"));
		const char *private = strstr(lab_text(last), "192.168.1.104:5060>;expires");
		assert_non_null(strstr(lab_text(last), "203.0.113.17:23201>;expires"));
		assert_int_equal(private != NULL, rows[i].bindings[0] == '2');
		lab_close(lab);
	}
}

TEST(a_refresh_with_a_learned_contact_needs_no_second_round)
{
	struct lab *lab = lab_with("learn.from=received-and-rport register.expires=60s", RANDOM, "auth=none");
	lab_register(lab);
	lab_run_ms(lab, 60000);
	assert_sent(lab, "phone", "REGISTER", "0.000 0.042 55.084");
	assert_string_equal(header_of(lab, "phone", "REGISTER", 3, "Contact"), PUBLIC);
	lab_close(lab);
}

/* The router forgets after 10 s, so each refresh leaves from another port. */
TEST(what_a_refresh_tells_is_in_the_next_one_of_a_phone_that_replaces_once)
{
	struct lab *lab =
		lab_with("learn.from=received-and-rport learned-contact=replace-once register.expires=60s",
			 "ports=random next-ports=23201+24000+25000 udp-timeout.first=10s", "auth=none");
	lab_register(lab);
	lab_run_ms(lab, 115000);
	assert_sent(lab, "phone", "REGISTER", "0.000 0.042 55.084 110.126");
	assert_string_equal(contacts(lab),
			    PRIVATE "\n" PUBLIC "\n" PUBLIC "\n<sip:100@203.0.113.17:24000>\n");
	lab_close(lab);
}

/* What the 200 lists is the Contact that was sent, not the one that it tells; another one of the user has less time left. */
TEST(who_replaces_once_is_granted_what_its_old_contact_is)
{
	struct lab *lab =
		lab_with("learn.from=received-and-rport learned-contact=replace-once register.expires=600s",
			 "ports=random next-ports=23201+24000+25000 udp-timeout.first=10s", "auth=none");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	lab_send(lab, "198.51.100.200:5060", "198.51.100.158:5060",
		 "REGISTER sip:lab.example SIP/2.0\nVia: SIP/2.0/UDP 198.51.100.200:5060;branch=z9hG4bKq\n"
		 "From: <sip:100@lab.example>;tag=9\nTo: <sip:100@lab.example>\nCall-ID: other\nCSeq: 1 REGISTER\n"
		 "Contact: <sip:100@198.51.100.200:5060>;expires=800\n\n");
	lab_run_ms(lab, 1300000);
	assert_sent(lab, "phone", "REGISTER", "0.000 0.042 595.084 1190.126");
	lab_close(lab);
}

TEST(nonsense_in_received_and_rport_is_not_learned)
{
	static const struct {
		const char *params, *contact;
	} rows[] = {
		{ ";received=203.0.113.17;rport=23201", PUBLIC },
		{ ";received=203.0.113.17;rport=0", HALF },
		{ ";received=203.0.113.17;rport=65536", HALF },
		{ ";received=203.0.113.17;rport=4294967297", HALF },
		{ ";received=203.0.113.17;rport", HALF },
		{ ";received=public.example;rport=23201", PRIVATE },
		{ ";rport=23201", PRIVATE },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		static const char *const branches[] = { "z9hG4bKone" };
		static const struct pins pins = { .branch = { branches, 1 } };
		struct lab *lab =
			lab_new(&(struct lab_setup){ .phone = "rport=off learn.from=received-and-rport",
						     .router = RANDOM,
						     .server = "rport=off",
						     .phone_pins = &pins });
		lab_register(lab);
		lab_run_ms(lab, 100);
		lab_send(lab, SERVER, MAPPING,
			 arena_printf(lab->arena,
				      "SIP/2.0 401 Unauthorized\nVia: SIP/2.0/UDP "
				      "192.168.1.104:5060;branch=z9hG4bKone%s\n"
				      "From: <sip:100@lab.example>;tag=x\nTo: "
				      "<sip:100@lab.example>;tag=y\nCall-ID: z\n"
				      "CSeq: 1 REGISTER\nWWW-Authenticate: Digest "
				      "realm=\"r\",nonce=\"n\"\nContent-Length: 0\n\n",
				      rows[i].params));
		lab_run_ms(lab, 200);
		assert_string_equal(header_of(lab, "phone", "REGISTER", 2, "Contact"), rows[i].contact);
		lab_close(lab);
	}
}

/* --- what it writes and where it sends from -------------------------------------------- */

TEST(via_and_contact_carry_what_the_knobs_say)
{
	static const struct {
		const char *phone, *via, *contact, *flow; /* via without its branch */
	} rows[] = {
		{ "rport=off", "SIP/2.0/UDP 192.168.1.104:5060", PRIVATE, "192.168.1.104:5060" },
		{ "rport=off listen-port=50822", "SIP/2.0/UDP 192.168.1.104:50822",
		  "<sip:100@192.168.1.104:50822>", "192.168.1.104:50822" },
		{ "rport=off write-port=off", "SIP/2.0/UDP 192.168.1.104", "<sip:100@192.168.1.104>",
		  "192.168.1.104:5060" },
		/* told its public address: writes it, but does not send from it */
		{ "rport=off public-address=203.0.113.17", "SIP/2.0/UDP 203.0.113.17:5060", HALF,
		  "192.168.1.104:5060" },
		{ "rport=off public-address=203.0.113.17:6000", "SIP/2.0/UDP 203.0.113.17:6000",
		  "<sip:100@203.0.113.17:6000>", "192.168.1.104:5060" },
		{ "rport=off public-address=203.0.113.17:6000 write-port=off", "SIP/2.0/UDP 203.0.113.17",
		  "<sip:100@203.0.113.17>", "192.168.1.104:5060" },
		{ "rport=off user=2006 contact-uri-params=;transport=udp contact-params=;q=0.5",
		  "SIP/2.0/UDP 192.168.1.104:5060", "<sip:2006@192.168.1.104:5060;transport=udp>;q=0.5",
		  "192.168.1.104:5060" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with(rows[i].phone, RANDOM, "");
		lab_register(lab);
		const struct record *r = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1);
		const char *via = lab_header(lab, r, "Via");
		assert_string_equal(arena_copy(lab->arena, via, strcspn(via, ";")), rows[i].via);
		assert_string_equal(lab_header(lab, r, "Contact"), rows[i].contact);
		assert_string_equal(lab_flow(lab, r), arena_printf(lab->arena, "%s > " SERVER, rows[i].flow));
		lab_close(lab);
	}
}

TEST(rport_is_written_without_a_value_or_not_at_all)
{
	struct lab *asks = lab_with("rport=on", RANDOM, ""), *silent = lab_with("rport=off", RANDOM, "");
	lab_register(asks);
	lab_register(silent);
	const char *via = header_of(asks, "phone", "REGISTER", 1, "Via");
	assert_string_equal(strrchr(via, ';'), ";rport");
	assert_null(strstr(header_of(silent, "phone", "REGISTER", 1, "Via"), "rport"));
	lab_close(asks);
	lab_close(silent);
}

static uint32_t port_of_send(const struct lab *lab, int n)
{
	return lab_nth(lab, "phone", EVENT_SENT, "REGISTER", n)->src.port;
}

TEST(a_phone_sends_from_one_port_from_another_or_from_a_new_one_each_time)
{
	static const struct {
		const char *phone;
		bool listens, same; /* sends from where it listens; both requests from the same port */
	} rows[] = {
		{ "rport=off send-port=same", true, true },
		{ "rport=off send-port=ephemeral", false, true },
		{ "rport=off send-port=ephemeral-each", false, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with(rows[i].phone, NULL, ""); /* no NAT: answers come to 5060 */
		lab_register(lab);
		lab_run_ms(lab, 1000);
		assert_noted(lab, "phone", "registered", 80);
		assert_int_equal(port_of_send(lab, 1) == 5060, rows[i].listens);
		assert_int_equal(port_of_send(lab, 1) == port_of_send(lab, 2), rows[i].same);
		if (!rows[i].listens)
			assert_in_range(port_of_send(lab, 1), 49152, 65535);
		/* the messages do not show it */
		assert_non_null(strstr(header_of(lab, "phone", "REGISTER", 2, "Via"), ":5060;"));
		lab_close(lab);
	}
}

TEST(a_repeat_leaves_from_the_port_of_its_first_try)
{
	struct lab *lab = lab_with("rport=off send-port=ephemeral-each", RANDOM, "rport=off");
	lab_register(lab);
	lab_run_ms(lab, 4000);
	for (int n = 2; n <= 4; n++)
		assert_int_equal(port_of_send(lab, n), port_of_send(lab, 1));
	lab_close(lab);
}

/* --- the asymmetric phone (Cisco 7970: sends from 50933 or so, listens on 5060) -------- */

TEST(an_asymmetric_phone_fails_against_forced_rport_even_without_nat)
{
	struct lab *lab = lab_with("rport=off send-port=ephemeral via-check=strict", NULL, "force-rport=on");
	lab_register(lab);
	lab_run_ms(lab, 32000);
	assert_noted(lab, "phone", "gives up: no final response", 32000);
	char sentence[64] = "nothing listens on port ";
	sentence[strlen(sentence) + decimal_print(port_of_send(lab, 1), sentence + strlen(sentence))] = 0;
	assert_dropped(lab, "phone", sentence);
	lab_close(lab);
}

TEST(an_asymmetric_phone_registers_with_a_server_that_answers_to_the_via_port)
{
	struct lab *lab = lab_with("rport=off send-port=ephemeral via-check=strict", NULL, "rport=off");
	lab_register(lab);
	lab_run_ms(lab, 1000);
	assert_noted(lab, "phone", "registered", 80);
	/* auto sees no NAT and leaves it alone */
	struct lab *autos =
		lab_with("rport=off send-port=ephemeral via-check=strict", NULL, "force-rport=auto");
	lab_register(autos);
	lab_run_ms(autos, 1000);
	assert_noted(autos, "phone", "registered", 80);
	lab_close(lab);
	lab_close(autos);
}

TEST(behind_a_port_preserving_router_the_asymmetric_phone_fails_either_way)
{
	struct lab *via = lab_with("rport=off send-port=ephemeral timers.max-retransmits=1", "ports=preserve",
				   "rport=off");
	lab_register(via);
	lab_run_ms(via, 2000);
	assert_dropped(via, "router/wan", "no mapping for 203.0.113.17:5060");
	lab_close(via);

	struct lab *forced = lab_with("rport=off send-port=ephemeral timers.max-retransmits=1",
				      "ports=preserve", "force-rport=on");
	lab_register(forced);
	lab_run_ms(forced, 2000);
	assert_int_equal(strncmp(lab_log(forced, "phone"),
				 "0.000 sent REGISTER\n0.042 arrived 401\n0.042 dropped 401: nothing listens",
				 68),
			 0);
	lab_close(forced);
}

/* --- what it believes ------------------------------------------------------------------ */

TEST(a_strict_phone_drops_a_response_whose_via_was_changed)
{
	static const struct {
		const char *check, *knobs, *sent_by; /* of the forged response */
		bool taken;
	} rows[] = {
		{ "strict", "", "192.168.1.104:5060", true },
		{ "strict", "", "203.0.113.17:23201", false },
		{ "strict", "", "192.168.1.104:23201", false },
		{ "strict", "", "192.168.1.105:5060", false },
		{ "strict", "", "192.168.1.104", false }, /* it wrote a port */
		{ "strict", "", "phone.example:5060", false },
		{ "strict", "write-port=off", "192.168.1.104", true },
		{ "strict", "write-port=off", "192.168.1.104:5060", false },
		/* it knows what it wrote, not what it is */
		{ "strict", "public-address=203.0.113.17", "203.0.113.17:5060", true },
		{ "strict", "public-address=203.0.113.17", "192.168.1.104:5060", false },
		{ "branch", "", "203.0.113.17:23201", true },
		{ "branch", "", "phone.example", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		static const char *const branches[] = { "z9hG4bKone" };
		static const struct pins pins = { .branch = { branches, 1 } };
		char phone[128] = "rport=off via-check=";
		strcat(strcat(strcat(phone, rows[i].check), " "), rows[i].knobs);
		struct lab *lab = lab_new(&(struct lab_setup){
			.phone = phone, .router = RANDOM, .server = "rport=off", .phone_pins = &pins });
		lab_register(lab);
		lab_run_ms(lab, 100);
		lab_send(lab, SERVER, MAPPING,
			 arena_printf(lab->arena,
				      "SIP/2.0 200 OK\nVia: SIP/2.0/UDP %s;branch=z9hG4bKone\nFrom: "
				      "<sip:100@lab.example>;tag=x\n"
				      "To: <sip:100@lab.example>;tag=y\nCall-ID: z\nCSeq: 1 "
				      "REGISTER\nContent-Length: 0\n\n",
				      rows[i].sent_by));
		lab_run_ms(lab, 121);
		print_message("           %s %s\n", phone, rows[i].sent_by);
		if (rows[i].taken)
			assert_noted(lab, "phone", "registered", 121);
		else
			assert_dropped(lab, "phone", "the top Via is not the one it wrote");
		lab_close(lab);
	}
}

TEST(garbage_and_strays_are_dropped_with_their_reason)
{
	static const struct {
		const char *to, *text, *reason;
	} rows[] = {
		{ MAPPING, "hello\n", "not a SIP message" },
		{ MAPPING, "SIP/2.0 200 OK\n\n", "not a SIP message" },
		{ MAPPING,
		  "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.168.1.104:5060;branch=z9hG4bKnever\nFrom: "
		  "<sip:100@b>;tag=x\nTo: <sip:100@b>;tag=y\n"
		  "Call-ID: z\nCSeq: 1 REGISTER\nContent-Length: 0\n\n",
		  "no request of its own waits for this" },
		{ MAPPING,
		  "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.168.1.104:5060;branch=z9hG4bKnever\nFrom: "
		  "<sip:101@b>;tag=x\nTo: <sip:101@b>;tag=y\n"
		  "Call-ID: z\nCSeq: 1 REGISTER\nContent-Length: 0\n\n",
		  "it answers a request of another phone" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("", RANDOM, "auth=none");
		lab_register(lab);
		lab_run_ms(lab, 10000);
		lab_send(lab, SERVER, rows[i].to, rows[i].text);
		lab_run_ms(lab, 10100);
		assert_dropped(lab, "phone", rows[i].reason);
		lab_close(lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(learning_shows_in_the_contacts_of_the_following_registers),
		cmocka_unit_test(a_phone_without_nat_learns_that_nothing_is_new),
		cmocka_unit_test(after_replacing_the_old_binding_only_the_new_one_is_left),
		cmocka_unit_test(a_refresh_with_a_learned_contact_needs_no_second_round),
		cmocka_unit_test(what_a_refresh_tells_is_in_the_next_one_of_a_phone_that_replaces_once),
		cmocka_unit_test(who_replaces_once_is_granted_what_its_old_contact_is),
		cmocka_unit_test(nonsense_in_received_and_rport_is_not_learned),
		cmocka_unit_test(via_and_contact_carry_what_the_knobs_say),
		cmocka_unit_test(rport_is_written_without_a_value_or_not_at_all),
		cmocka_unit_test(a_phone_sends_from_one_port_from_another_or_from_a_new_one_each_time),
		cmocka_unit_test(a_repeat_leaves_from_the_port_of_its_first_try),
		cmocka_unit_test(an_asymmetric_phone_fails_against_forced_rport_even_without_nat),
		cmocka_unit_test(an_asymmetric_phone_registers_with_a_server_that_answers_to_the_via_port),
		cmocka_unit_test(behind_a_port_preserving_router_the_asymmetric_phone_fails_either_way),
		cmocka_unit_test(a_strict_phone_drops_a_response_whose_via_was_changed),
		cmocka_unit_test(garbage_and_strays_are_dropped_with_their_reason),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
