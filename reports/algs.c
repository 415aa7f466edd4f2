#include "reports/algs.h"

#include <assert.h>
#include <string.h>

#include "models/alg_edits.h"
#include "models/router.h"
#include "models/sdp.h"
#include "models/server_nat.h"
#include "models/sip_scan.h"
#include "reports/changes.h"
#include "reports/models.h"

/* --- a phone, a router and a server -------------------------------------------------------------- */

#define PHONE  "192.168.1.104"
#define SERVER "5.79.5.158"

static const struct endpoint inside = { 0xC0A80168, SIP_PORT }, outside = { 0x5605DF11, 23201 };

static const char register_text[] = "REGISTER sip:" SERVER " SIP/2.0\r\n"
				    "Via: SIP/2.0/UDP " PHONE ":5060;branch=z9hG4bK683a1a40;rport\r\n"
				    "From: <sip:2006@" SERVER ">;tag=5ce6939d\r\n"
				    "To: <sip:2006@" SERVER ">\r\n"
				    "Call-ID: 000c30a9@" PHONE "\r\n"
				    "CSeq: 145 REGISTER\r\n"
				    "Contact: <sip:2006@" PHONE ":5060>\r\n"
				    "Expires: 3600\r\n"
				    "Content-Length: 0\r\n\r\n";

#define SDP                                                               \
	"Content-Type: application/sdp\r\nContent-Length: 114\r\n\r\n"    \
	"v=0\r\no=2006 1 1 IN IP4 " PHONE "\r\ns=call\r\nc=IN IP4 " PHONE \
	"\r\nt=0 0\r\nm=audio 16384 RTP/AVP 0\r\n"                        \
	"a=sendrecv\r\n"

static const char invite_text[] = "INVITE sip:3001@" SERVER " SIP/2.0\r\n"
				  "Via: SIP/2.0/UDP " PHONE ":5060;branch=z9hG4bK1d32e151;rport\r\n"
				  "From: <sip:2006@" SERVER ">;tag=5ce6939e\r\n"
				  "To: <sip:3001@" SERVER ">\r\n"
				  "Call-ID: 000c30aa@" PHONE "\r\n"
				  "CSeq: 101 INVITE\r\n"
				  "Contact: <sip:2006@" PHONE ":5060>\r\n" SDP;

/** One message on its way. */
struct passing {
	const char *label, *about;
	struct payload *before, *after; /* the same one when nothing was changed */
	struct sip_view view;		/* of what comes out */
};

enum { REGISTER, ITS_ANSWER, INVITE, CALL, PASSINGS };

struct stage {
	struct arena *arena;
	struct payload_pools *pools;
	const struct alg_profile *profile;
	struct alg_pair flow;
	struct passing passings[PASSINGS];
};

static struct payload *payload_of(struct stage *stage, const char *text)
{
	struct payload *p = payload_new(stage->pools, strlen(text));
	memcpy(p->bytes, text, p->len);
	return p;
}

/** Pinholes get the ports that are wanted: nobody else is here. */
static void let_pass(struct stage *stage, int which, enum alg_way way, const char *label, const char *about,
		     const char *text)
{
	struct passing *x = &stage->passings[which];
	bool opens = stage->profile->signalling != ALG_SIGNALLING_NONE && which == REGISTER;
	struct sip_view view;
	*x = (struct passing){ .label = label, .about = about, .before = payload_of(stage, text) };
	bool read = sip_scan(x->before->bytes, x->before->len, &view);
	assert(read);
	struct alg_message m = {
		.profile = stage->profile,
		.way = way,
		.flow = stage->flow,
		.contact = opens ? stage->flow : (struct alg_pair){ { 0, 0 }, { 0, 0 } },
		.text = x->before->bytes,
		.len = x->before->len,
		.view = &view,
	};
	struct alg_places *places = alg_places_new(stage->arena);
	x->after = alg_find(places, &m) ? alg_payload(places, stage->pools, x->before) : x->before;
	read = sip_scan(x->after->bytes, x->after->len, &x->view);
	assert(read);
}

static struct span words(const struct passing *x, struct slice s)
{
	return slice_span(x->after, s);
}

/** The Via of the answer, by RFC 3261 18.2.1 and RFC 3581 4. */
static const char *stamped_via(struct stage *stage)
{
	const struct passing *x = &stage->passings[REGISTER];
	struct span via = words(x, x->view.via), rport = words(x, x->view.via_rport_at);
	const char *host = "", *port = "";
	char text[ENDPOINT_TEXT_MAX];
	if (x->view.via_rport)
		port = arena_printf(stage->arena, "=%u", stage->flow.outside.port);
	if (x->view.via_rport || x->view.via_address != stage->flow.outside.host) {
		host_print(stage->flow.outside.host, text);
		host = arena_printf(stage->arena, ";received=%s", text);
	}
	size_t split = x->view.via_rport ? (size_t)(rport.at + rport.len - via.at) : via.len;
	return arena_printf(stage->arena, "%.*s%s%.*s%s", (int)split, via.at, port, (int)(via.len - split),
			    via.at + split, host);
}

static const char *answer_text(struct stage *stage)
{
	const struct passing *x = &stage->passings[REGISTER];
	struct span id = words(x, x->view.call_id), uri = words(x, x->view.contact_uri);
	return arena_printf(stage->arena,
			    "SIP/2.0 200 OK\r\nVia: %s\r\nFrom: <sip:2006@" SERVER ">;tag=5ce6939d\r\n"
			    "To: <sip:2006@" SERVER
			    ">;tag=1c7d7042\r\nCall-ID: %.*s\r\nCSeq: 145 REGISTER\r\n"
			    "Contact: <%.*s>;expires=3600\r\nContent-Length: 0\r\n\r\n",
			    stamped_via(stage), (int)id.len, id.at, (int)uri.len, uri.at);
}

/** The server calls the Contact as it was registered. */
static const char *call_text(struct stage *stage)
{
	const struct passing *x = &stage->passings[REGISTER];
	struct span uri = words(x, x->view.contact_uri);
	return arena_printf(stage->arena,
			    "INVITE %.*s SIP/2.0\r\nVia: SIP/2.0/UDP " SERVER ";branch=z9hG4bK9c6c\r\n"
			    "From: <sip:3001@" SERVER
			    ">;tag=a6c85cf\r\nTo: <%.*s>\r\nCall-ID: 3848276298@" SERVER "\r\n"
			    "CSeq: 1 INVITE\r\nContact: <sip:3001@" SERVER ">\r\nContent-Length: 0\r\n\r\n",
			    (int)uri.len, uri.at, (int)uri.len, uri.at);
}

static struct stage *stage_of(struct arena *a, const struct alg_profile *profile)
{
	static const uint32_t ports[] = {
		[ALG_PORTS_INHERIT] = 23201,
		[ALG_PORTS_PRESERVE_SIP] = SIP_PORT,
		[ALG_PORTS_PIN_5060] = SIP_PORT,
	};
	struct stage *stage = arena_alloc(a, sizeof *stage);
	*stage = (struct stage){ .arena = a, .pools = payload_pools_new(a), .profile = profile };
	stage->flow = (struct alg_pair){ inside, { outside.host, ports[profile->port_policy] } };
	let_pass(stage, REGISTER, ALG_OUT_REQUEST, "REGISTER", "a REGISTER to the server", register_text);
	let_pass(stage, ITS_ANSWER, ALG_IN_RESPONSE, "its 200", "the 200 that answers it",
		 answer_text(stage));
	let_pass(stage, INVITE, ALG_OUT_REQUEST, "INVITE", "an INVITE to the server", invite_text);
	let_pass(stage, CALL, ALG_IN_REQUEST, "server's INVITE",
		 "an INVITE from the server, to the Contact that it stored", call_text(stage));
	return stage;
}

/* --- what follows -------------------------------------------------------------------------------- */

static const char *joined(struct arena *a, const char *list, const char *word)
{
	return *list ? arena_printf(a, "%s, %s", list, word) : word;
}

/** The NAT tests of servers that find the phone behind its router, or those that would but for the ALG. */
static const char *signs_text(const struct stage *stage, bool seen)
{
	const struct passing *x = &stage->passings[REGISTER];
	struct sip_view view;
	bool read = sip_scan(x->before->bytes, x->before->len, &view);
	assert(read);
	struct nat_look without = nat_look_of(x->before, &view, stage->flow.outside);
	struct nat_look with = nat_look_of(x->after, &x->view, stage->flow.outside);
	const char *list = "";
	for (int i = 0; i < NAT_TESTS; i++)
		if (nat_test_fires(i, seen ? &with : &without) && nat_test_fires(i, &with) == seen)
			list = joined(stage->arena, list, nat_test_words[i]);
	return *list ? list : "none";
}

/** Bits 8 and 256 of nat_uac_test of Kamailio, by the address in the SDP of the INVITE. */
static const char *sdp_signs_text(const struct stage *stage)
{
	const struct passing *x = &stage->passings[INVITE];
	uint32_t at = x->view.body_at, host;
	struct sdp_line line;
	struct slice place;
	while (sdp_line(x->after->bytes, x->after->len, &at, &line)) {
		if (line.type != 'c' || !sdp_address(x->after->bytes, &line, &place, &host))
			continue;
		if (host_is_private(host))
			return "sdp-private, sdp-address";
		return host == stage->flow.outside.host ? "none" : "sdp-address";
	}
	return "none";
}

static bool via_comes_home(const struct stage *stage)
{
	const struct sip_view *v = &stage->passings[ITS_ANSWER].view;
	return v->via_address == inside.host && v->via_port == inside.port;
}

/** What the phone reads of its own address in the answer. */
static const char *learns_text(const struct stage *stage)
{
	const struct passing *x = &stage->passings[ITS_ANSWER];
	struct span received = words(x, x->view.via_received), rport = words(x, x->view.via_rport_value);
	uint32_t host = 0, port = 0;
	host_parse(received.at, received.len, &host);
	siptext_number(x->after->bytes, x->view.via_rport_value, &port);
	const char *read = arena_printf(stage->arena, "received=%.*s;rport=%.*s", (int)received.len,
					received.at, (int)rport.len, rport.at);
	if (!rport.len)
		return received.len ? arena_printf(stage->arena, "no, received=%.*s without rport",
						   (int)received.len, received.at)
				    : "no, there is neither received nor rport";
	bool right = host == stage->flow.outside.host && port == stage->flow.outside.port;
	return arena_printf(stage->arena, "%s, %s", right ? "yes" : "no", read);
}

/** Of an INVITE whose body became shorter or longer on the way. */
static const char *length_text(const struct stage *stage)
{
	const struct passing *x = &stage->passings[INVITE];
	uint32_t body = x->after->len - x->view.body_at;
	if (x->view.content_length == body)
		return "yes";
	return arena_printf(stage->arena, "no, it says %u, and %u bytes follow", x->view.content_length, body);
}

struct consequence {
	const char *what, *text;
};

#define CONSEQUENCES 6

static void consequences_of(struct stage *stage, struct consequence out[static CONSEQUENCES])
{
	out[0] = (struct consequence){ "NAT tests of a server that still fire", signs_text(stage, true) };
	out[1] = (struct consequence){ "and those that it blinds", signs_text(stage, false) };
	out[2] = (struct consequence){ "tests of the SDP that still fire", sdp_signs_text(stage) };
	out[3] = (struct consequence){ "the phone can learn its address", learns_text(stage) };
	out[4] = (struct consequence){ "Content-Length of an INVITE still fits", length_text(stage) };
	out[5] = (struct consequence){ "Via comes home as the phone wrote it",
				       via_comes_home(stage) ? "yes"
							     : "no, a strict phone discards the answer" };
}

/* --- text ---------------------------------------------------------------------------------------- */

#define LABEL_WIDTH 17

static void put_line_of(struct sink *s, const struct paper *paper, const char *label, const char *text)
{
	sink_text(s, "    ");
	put_padded(s, label, LABEL_WIDTH);
	put_wrapped(s, text, 4 + LABEL_WIDTH, 4 + LABEL_WIDTH, paper->width);
	sink_char(s, '\n');
}

static void put_consequence(struct sink *s, const struct paper *paper, const struct consequence *c)
{
	struct sink text = { 0 };
	sink_printf(&text, "%s: %s", c->what, c->text);
	sink_char(&text, '\0');
	sink_text(s, "    ");
	put_wrapped(s, text.bytes, 4, 6, paper->width);
	sink_char(s, '\n');
	sink_free(&text);
}

void put_alg(struct sink *s, const struct paper *paper, const struct model *alg)
{
	struct arena *a = arena_new();
	struct stage *stage = stage_of(a, alg->profile);
	struct consequence consequences[CONSEQUENCES];
	char text[ENDPOINT_TEXT_MAX];
	endpoint_print(stage->flow.outside, text);
	sink_printf(s,
		    "\n  what becomes of the messages of a phone at " PHONE
		    ":5060,\n  which leaves the router from %s\n\n",
		    text);
	for (int i = 0; i < PASSINGS; i++) {
		const struct passing *x = &stage->passings[i];
		const char *changes = changes_text(a, x->before, x->after);
		put_line_of(s, paper, x->label, changes ? changes : "as it was");
	}
	sink_char(s, '\n');
	consequences_of(stage, consequences);
	for (size_t i = 0; i < CONSEQUENCES; i++)
		put_consequence(s, paper, &consequences[i]);
	arena_free(a);
}

/* --- Markdown ------------------------------------------------------------------------------------ */

static struct span line_around(const struct payload *p, uint32_t place)
{
	uint32_t from = place, to = place;
	while (from > 0 && p->bytes[from - 1] != '\n')
		from--;
	while (to < p->len && p->bytes[to] != '\r' && p->bytes[to] != '\n')
		to++;
	return (struct span){ p->bytes + from, to - from };
}

/** The lines that changed, each once, beside what they have become. */
static void markdown_passing(struct sink *s, const struct passing *x)
{
	const struct change *c = payload_changes(x->after);
	const char *last = NULL;
	if (!x->after->changes) {
		sink_printf(s, "\n%c%s: nothing is changed.\n", x->about[0] - 'a' + 'A', x->about + 1);
		return;
	}
	sink_printf(s, "\n| %s | becomes |\n|---|---|\n", x->about);
	for (uint32_t i = 0; i < x->after->changes; i++) {
		struct span before = line_around(x->before, c[i].old_at),
			    after = line_around(x->after, c[i].at);
		if (before.at != last)
			sink_printf(s, "| `%.*s` | `%.*s` |\n", (int)before.len, before.at, (int)after.len,
				    after.at);
		last = before.at;
	}
}

static bool descends_from(const struct model *m, const struct model *ancestor)
{
	for (; m; m = m->like)
		if (m == ancestor)
			return true;
	return false;
}

/** Routers of the catalogue with this ALG, or with one that differs from it in some switches. */
static void markdown_devices(struct sink *s, const struct catalogue *c, const struct model *alg)
{
	bool any = false;
	for (uint32_t i = 0; i < c->n; i++) {
		const struct model *m = c->models[i];
		const struct router_profile *router = m->kind == DEVICE_ROUTER ? m->profile : NULL;
		if (!router || !router->alg || !descends_from(router->alg, alg))
			continue;
		sink_text(s, any ? "" : "\nRouters of the catalogue with it:\n\n");
		sink_printf(s, "- `%s`: %s (%s confidence)", m->name, m->title,
			    confidence_words[m->confidence]);
		if (router->alg != alg)
			sink_text(s, ", by one like it");
		sink_char(s, '\n');
		any = true;
	}
}

static void markdown_alg(struct sink *s, const struct catalogue *c, const struct model *alg)
{
	struct arena *a = arena_new();
	struct stage *stage = stage_of(a, alg->profile);
	struct consequence consequences[CONSEQUENCES];
	char text[ENDPOINT_TEXT_MAX];
	endpoint_print(stage->flow.outside, text);
	put_model_markdown(s, alg, 2);
	sink_printf(s, "\nThe phone's messages leave the router from %s.\n", text);
	for (int i = 0; i < PASSINGS; i++)
		markdown_passing(s, &stage->passings[i]);
	sink_char(s, '\n');
	consequences_of(stage, consequences);
	for (size_t i = 0; i < CONSEQUENCES; i++)
		sink_printf(s, "- %s: %s\n", consequences[i].what, consequences[i].text);
	markdown_devices(s, c, alg);
	arena_free(a);
}

void put_algs_markdown(struct sink *s, const struct catalogue *c)
{
	sink_text(s, "# What ALGs do to SIP\n\n"
		     "Written by `viaport list algs --markdown` from the catalogue and from the code that "
		     "rewrites messages. A phone\n"
		     "at " PHONE ":5060 registers with " SERVER
		     " through a router with random ports whose address is 86.5.223.17, and\n"
		     "calls. Shown are the lines that change, and what follows from that. Switches that are "
		     "not named are off or have\n"
		     "their defaults, see [models.md](models.md#algs).\n\n"
		     "`scenarios/alg` has the same variants at work.\n");
	for (uint32_t i = 0; i < c->n; i++)
		if (c->models[i]->kind == DEVICE_ALG)
			markdown_alg(s, c, c->models[i]);
}
