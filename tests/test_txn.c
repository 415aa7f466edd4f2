/* Non-INVITE transactions: the tables of RFC 3261 17.1.2 and 17.2.2 to the millisecond. */
#include "tests/lab.h"

/* A server that hears everything and cannot answer: what it sends to is not there. */
static struct lab *lab_deaf(const char *phone)
{
	return lab_with(phone, "ports=random next-ports=23201 udp-timeout.first=1h", "rport=off");
}

TEST(a_register_without_any_answer_is_sent_eleven_times_and_fails_at_32_s)
{
	struct lab *lab = lab_deaf("rport=off");
	lab_register(lab);
	lab_run_ms(lab, 31999);
	assert_sent(lab, "phone", "REGISTER",
		    "0.000 0.500 1.500 3.500 7.500 11.500 15.500 19.500 23.500 27.500 31.500");
	assert_int_equal(lab_count(lab, "phone", EVENT_NOTE, NULL), 0);

	lab_run_ms(lab, 32000);
	assert_noted(lab, "phone", "registration failed, status 0", 32000);
	lab_close(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_register_without_any_answer_is_sent_eleven_times_and_fails_at_32_s),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
