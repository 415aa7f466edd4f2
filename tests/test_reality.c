/*
 * REGISTER against what was measured with Linux 6.18 and Kamailio 5.6.3: tests/data/reality/register.json,
 * one cell per line.
 *
 * Devices are put together here from the mechanisms that the legend of the measurement names. Compared are
 * the outcome, where the server saw the request come from, the Via it saw, the Via it answered with, and
 * where the answer went.
 */
#include <string.h>

#include "tests/lab.h"

/* --- the cells of the measurement ------------------------------------------------------ */

static const struct part {
	const char *name, *knobs;
} phones[] = {
	{ "p1", "rport=off" },
	{ "p2", "rport=on listen-port=50822" },
	{ "p3", "rport=on" },
	{ "p4", "rport=off send-port=ephemeral-each" },
	{ "p5", "rport=off listen-port=41004" },
	{ "p6", "rport=off public-address=203.0.113.17:5060" },
	{ "p7", "rport=off write-port=off" },
};

#define LINUX_TIMEOUT " udp-timeout.first=5s udp-timeout.stream=5s"
#define LINUX_KEEPS   "mapping=endpoint-independent ports=preserve collision=share" LINUX_TIMEOUT

static const struct part routers[] = {
	{ "r1", "mapping=address-and-port-dependent ports=random" LINUX_TIMEOUT },
	{ "r2", LINUX_KEEPS },
	{ "r7", LINUX_KEEPS }, /* with a first phone on the same port */
};

static const struct part servers[] = {
	{ "s1", "rport=on force-rport=off" },
	{ "s2", "rport=on force-rport=on" },
	{ "s3", "rport=on force-rport=on stored-contact=received" },
	{ "s4", "rport=off force-rport=off auth=none" },
	{ "s5", "rport=on force-rport=on stored-contact=received" },
};

/* The part of a cell's name between dashes, up to a variant: the n-th of "p1-r7-s3+twocalls". */
static const char *part_of(const char *cell, int n, const struct part *parts, size_t count)
{
	const char *at = cell + 3 * n;
	for (size_t i = 0; i < count; i++)
		if (!strncmp(at, parts[i].name, 2))
			return parts[i].knobs;
	fail_msg("%s: unknown part %.2s", cell, at);
	return NULL;
}

/* The value of a key in a line of the file: a text without escapes, or true or false. */
static const char *value_of(struct arena *a, const char *line, const char *key)
{
	const char *at = strstr(line, arena_printf(a, "\"%s\": ", key));
	if (!at)
		fail_msg("no %s in %s", key, line);
	at += strlen(key) + 4;
	if (*at == '"')
		return arena_copy(a, at + 1, strcspn(at + 1, "\""));
	return arena_copy(a, at, strcspn(at, ",}"));
}

/* --- one cell -------------------------------------------------------------------------- */

/* What can be compared; texts with what only chance decides put out of sight. */
struct facts {
	const char *registered, *at_server, *via_at_server, *answer, *answer_start, *answer_via;
};

static const char *replaced(struct arena *a, const char *text, const char *old, const char *new)
{
	const char *at = *old ? strstr(text, old) : NULL;
	return at ? arena_printf(a, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old)) : text;
}

static const char *without_branch(struct arena *a, const char *via)
{
	const char *branch = strstr(via, ";branch=");
	assert_non_null(branch);
	return replaced(a, via, arena_copy(a, branch, 1 + strcspn(branch + 1, ";")), "");
}

/* A port that the router or the phone drew is called PORT wherever it shows; one that was kept stays as it
 * is. */
static struct facts compared(struct arena *a, struct facts f, const char *kept)
{
	const char *colon = strchr(f.at_server, ':');
	const char *port = arena_copy(a, colon + 1, strcspn(colon + 1, " "));
	struct endpoint source = endpoint_of(arena_copy(a, f.at_server, strcspn(f.at_server, " ")));
	f.via_at_server = without_branch(a, f.via_at_server);
	f.answer_via = without_branch(a, f.answer_via);
	if (!strcmp(port, kept))
		return f;
	assert_in_range(source.port, 1024, 65535);
	const char *drawn = arena_printf(a, ":%s", port);
	f.at_server = replaced(a, f.at_server, drawn, ":PORT");
	f.answer = replaced(a, f.answer, drawn, ":PORT");
	f.answer_via = replaced(a, f.answer_via, arena_printf(a, "rport=%s", port), "rport=PORT");
	return f;
}

static struct facts measured(struct arena *a, const char *line)
{
	return (struct facts){
		.registered = value_of(a, line, "registered"),
		.at_server = value_of(a, line, "at_server"),
		.via_at_server = value_of(a, line, "via_at_server"),
		.answer = value_of(a, line, "answer"),
		.answer_start = value_of(a, line, "answer_start"),
		.answer_via = value_of(a, line, "answer_via"),
	};
}

/* The record of the phone's first datagram, further on its way: what `parent` provoked at `where`. */
static const struct record *next_of(const struct lab *lab, const struct record *parent, const char *where,
				    enum event event)
{
	for (int n = 1;; n++) {
		const struct record *r = lab_nth(lab, where, event, NULL, n);
		if (event == EVENT_ARRIVED ? r->id == parent->id : r->parent == parent->id)
			return r;
	}
}

static struct facts simulated(struct lab *lab, const char *phone)
{
	const struct record *left = lab_nth(lab, phone, EVENT_SENT, "REGISTER", 1);
	const struct record *outside = next_of(lab, left, "router/wan", EVENT_SENT);
	const struct record *arrived = next_of(lab, outside, "server", EVENT_ARRIVED);
	const struct record *answer = next_of(lab, arrived, "server", EVENT_SENT);
	bool registered = lab_count(lab, phone, EVENT_NOTE, NULL) > 0;
	return (struct facts){
		.registered = registered ? "true" : "false",
		.at_server = lab_flow(lab, arrived),
		.via_at_server = lab_header(lab, arrived, "Via"),
		.answer = lab_flow(lab, answer),
		.answer_start = arena_copy(lab->arena, lab_text(answer), strcspn(lab_text(answer), "\r")),
		.answer_via = lab_header(lab, answer, "Via"),
	};
}

/* r7 and r8 are about the second phone; the first one has registered before and keeps its mapping alive. */
static const char *play(struct lab *lab, bool second)
{
	lab_register(lab);
	if (!second) {
		lab_run_ms(lab, 8000); /* as long as was waited for in the measurement */
		return "phone";
	}
	struct phone *p = lab_add_phone(lab, "second", "192.168.1.105", "rport=off user=101");
	lab_run_ms(lab, 1000);
	phone_register(p, world_story(lab->world));
	lab_run_ms(lab, 4900);
	return "second";
}

static int agree(const char *cell, const char *what, const char *predicted, const char *seen)
{
	if (!strcmp(predicted, seen))
		return 1;
	print_error("%s: %s is \"%s\", measured \"%s\"\n", cell, what, predicted, seen);
	return 0;
}

static int cell_agrees(struct arena *a, const char *line)
{
	const char *cell = value_of(a, line, "cell");
	struct lab *lab = lab_new(&(struct lab_setup){
		.phone = part_of(cell, 0, phones, COUNT(phones)),
		.router = part_of(cell, 1, routers, COUNT(routers)),
		.server = part_of(cell, 2, servers, COUNT(servers)),
	});
	const char *phone = play(lab, !strncmp(cell + 3, "r7", 2));
	const char *listens = strchr(value_of(a, line, "left_phone"), ':') + 1;
	const char *own = arena_copy(a, listens, strcspn(listens, " "));
	struct facts m = compared(a, measured(a, line), strstr(cell, "p4") ? "none" : own);
	struct facts s = compared(lab->arena, simulated(lab, phone), strstr(cell, "p4") ? "none" : own);
	int n = agree(cell, "registered", s.registered, m.registered) +
		agree(cell, "source", s.at_server, m.at_server) +
		agree(cell, "Via at the server", s.via_at_server, m.via_at_server) +
		agree(cell, "answer's way", s.answer, m.answer) +
		agree(cell, "answer", s.answer_start, m.answer_start) +
		agree(cell, "answer's Via", s.answer_via, m.answer_via);
	lab_close(lab);
	return n;
}

TEST(registrations_come_out_as_they_were_measured)
{
	struct arena *a = arena_new();
	int cells = 0, agreed = 0;
	for (const char *at = file_read(a, "data/reality/register.json", NULL); *at;
	     at += strcspn(at, "\n") + 1) {
		const char *line = arena_copy(a, at, strcspn(at, "\n"));
		if (!strstr(line, "\"cell\""))
			continue;
		cells++;
		agreed += cell_agrees(a, line);
	}
	print_message("           %d cells, %d of %d facts agree\n", cells, agreed, 6 * cells);
	assert_int_equal(cells, 33);
	assert_int_equal(agreed, 6 * cells);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registrations_come_out_as_they_were_measured),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
