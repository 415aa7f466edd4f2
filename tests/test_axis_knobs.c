/* The knobs behind the values of an axis. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loading.h"
#include "scenarios/axis_knobs.h"

#define TEST(sentence) static void sentence(void **state __attribute__((unused)))

/** "phone rport: off on; phone auth: md5 both": the knobs of an axis. */
static const char *knobs_text(struct arena *a, const struct scenario *s, const struct axis_knobs *knobs, uint32_t axis)
{
	const char *text = "";
	for (uint32_t i = 0; i < knobs[axis].n; i++) {
		text = arena_printf(a, "%s%s%s:", text, *text ? "; " : "", knobs[axis].items[i].name);
		for (uint32_t v = 0; v < s->axes[axis].n; v++)
			text = arena_printf(a, "%s %s", text, knobs[axis].items[i].values[v]);
	}
	return text;
}

/** A scenario with one axis called `x` whose values are given, and the rest of the file. */
struct row {
	const char *values, *rest, *knobs;
	const char *steps; /* NULL: the phone registers */
};

static const struct row rows[] = {
	/* models: what they inherit and what is default is told too; titles, sources and texts are not */
	{ "plain, shy", "phones: {a: {model: $x}}\nservers: {pbx: {model: pbx-1}}\n", "phone rport: on off" },
	{ "plain, other",
	  "models: {other: {like: shy, user-agent: mine, listen-port: 5062, rtp: {port: 4000}, register: {expires: "
	  "30s}}}\n"
	  "phones: {a: {model: $x}}\nservers: {pbx: {model: pbx-1}}\n",
	  "phone rport: on off; phone register.expires: 1h 30s" },
	/* what the file gives beside the model holds for all of its values */
	{ "plain, shy", "phones: {a: {model: $x, rport: on}}\nservers: {pbx: {model: pbx-1}}\n", "" },
	{ "off, on, auto", "phones: {a: {model: plain}}\nservers: {pbx: {model: pbx-1, force-rport: $x}}\n",
	  "server force-rport: off on auto" },
	{ "preserve, random",
	  "phones: {a: {model: plain, behind: home}}\nrouters: {home: {model: box, ports: $x}}\n"
	  "servers: {pbx: {model: pbx-1}}\n",
	  "router ports: preserve random" },
	/* one value may turn several knobs, and a knob may be the same at several values */
	{ "10s, 20s, 10000ms",
	  "phones: {a: {model: plain, register: {expires: $x}, keepalive: {type: crlf, every: $x}}}\n"
	  "servers: {pbx: {model: pbx-1}}\n",
	  "phone register.expires: 10s 20s 10s; phone keepalive.every: 10s 20s 10s" },
	/* several nodes of a kind have one name as long as they are alike */
	{ "plain, shy", "phones: {a: {model: $x}, b: {model: $x}}\nservers: {pbx: {model: pbx-1}}\n",
	  "phone rport: on off" },
	{ "plain, shy", "phones: {a: {model: $x}, b: {model: plain}}\nservers: {pbx: {model: pbx-1}}\n",
	  "a rport: on off" },
	{ "plain, shy",
	  "phones: {a: {model: $x}, b: {model: $x, register: {expires: 60s}}}\nservers: {pbx: {model: pbx-1}}\n",
	  "phone rport: on off" },
	/* an ALG is a knob of its router, and what it does as well; no ALG does nothing */
	{ "none, meddler, low",
	  "models: {low: {kind: alg, host: none, out-request: {via: on}}}\nphones: {a: {model: plain, behind: home}}\n"
	  "routers: {home: {model: box, alg: $x}}\nservers: {pbx: {model: pbx-1}}\n",
	  "router alg: none meddler low; router alg.trigger.server-ports: none [5060] [5060]; "
	  "router alg.trigger.phone-ports: none [] []; router alg.trigger.needs-sip-text: off on on; "
	  "router alg.port-policy: none inherit inherit; router alg.match: none text tuple; router alg.host: none "
	  "mapped none; "
	  "router alg.port: none mapped mapped; router alg.out-request.via: off off on; router alg.rport-out: none "
	  "keep keep; "
	  "router alg.rport-in: none keep keep; router alg.content-length: none recompute recompute; "
	  "router alg.pinhole.signalling-from: none registrar registrar; router alg.pinhole.max-signalling: none 1 1; "
	  "router alg.pinhole.media-from: none signalling-peer signalling-peer; router alg.pinhole.media-timeout: none "
	  "3m 3m; "
	  "router alg.pinhole.media-busy: none increment increment; router alg.pinhole.close-on-bye: off on on; "
	  "router alg.pinhole.port-busy: none increment increment; router alg.sip-flow: none 0s 0s; "
	  "router alg.keepalive-refreshes: off on on; router alg.compact-names: off on on; "
	  "router alg.on-unparsable: none pass pass; router alg.fragments: none skip skip" },
	/* where a node is, and how far */
	{ "home, away",
	  "phones: {a: {model: plain, behind: $x}}\nrouters: {home: {model: box}, away: {model: box}}\n"
	  "servers: {pbx: {model: pbx-1}}\n",
	  "a behind: home away" },
	{ "10ms, 200ms",
	  "phones: {a: {model: plain}}\nservers: {pbx: {model: pbx-1}}\nwires: {a: {delay: $x}, default: {jitter: "
	  "$x}}\n",
	  "a wire delay: 10ms 200ms; default wire jitter: 10ms 200ms" },
	/* remedies: what they change of all devices, and what they bring */
	{ "none, force, swap",
	  "models:\n  force: {kind: remedy, servers: {force-rport: on}, routers: {udp-timeout: {first: 7s}}}\n"
	  "  swap: {kind: remedy, phone: shy, servers: {force-rport: auto}, force-rport-opt-in: on}\n"
	  "remedy: $x\nphones: {a: {model: plain, behind: home}}\nrouters: {home: {model: box}}\nservers: {pbx: "
	  "{model: pbx-1}}\n",
	  "remedy routers.udp-timeout.first: as it was 7s as it was; remedy servers.force-rport: as it was on auto; "
	  "remedy force-rport-opt-in: off off on; remedy phone: none none shy" },
	/* steps are done and have no knobs: the values of the axis say it all */
	{ "1s, 2s", "phones: {a: {model: plain}}\nservers: {pbx: {model: pbx-1}}\n", "",
	  "do: [{wait: $x}, {register: a}]\njudge: [{register: a}]\n" },
};

TEST(an_axis_has_every_knob_in_which_its_values_differ)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		const char *text =
			arena_printf(a, "viaport: 1\nname: knobs\naxes: {x: [%s]}\n%s%s", rows[i].values, rows[i].rest,
				     rows[i].steps ? rows[i].steps : "do: [{register: a}]\njudge: [{register: a}]\n");
		struct loading *l = load_text(text);
		if (l->loaded != LOADED_SCENARIO)
			fail_msg("%s%s", text, complaints_text(l));
		assert_string_equal(knobs_text(a, l->scenario, axis_knobs(a, l->scenario), 0), rows[i].knobs);
		loading_free(l);
		arena_free(a);
	}
}

/** The texts of one knob; NULL when the axis has none of that name. */
static const char *const *knob_called(const struct axis_knobs *knobs, const char *name)
{
	for (uint32_t i = 0; i < knobs->n; i++)
		if (strcmp(knobs->items[i].name, name) == 0)
			return knobs->items[i].values;
	return NULL;
}

TEST(models_of_the_catalogue_are_told_in_the_words_of_its_files)
{
	struct arena *a = arena_new();
	struct loading *l = load_file("scenarios/register/matrix.yaml");
	const struct axis_knobs *knobs = axis_knobs(a, l->scenario);
	static const struct {
		uint32_t axis;
		const char *name, *first, *second;
	} wanted[] = {
		{ 0, "phone rport", "off", "off" },
		{ 0, "phone send-port", "same", "ephemeral" },
		{ 1, "router ports", "random", "preserve" },
		{ 2, "server force-rport", "off", "off" },
	};
	for (size_t i = 0; i < COUNT(wanted); i++) {
		const char *const *values = knob_called(&knobs[wanted[i].axis], wanted[i].name);
		assert_non_null(values);
		assert_string_equal(values[0], wanted[i].first);
		assert_string_equal(values[1], wanted[i].second);
	}
	assert_null(knob_called(&knobs[0], "phone user-agent"));
	assert_null(knob_called(&knobs[0], "phone header-order"));
	assert_null(knob_called(&knobs[0], "phone listen-port"));
	loading_free(l);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_axis_has_every_knob_in_which_its_values_differ),
		cmocka_unit_test(models_of_the_catalogue_are_told_in_the_words_of_its_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
