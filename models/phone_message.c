/*
 * What a phone writes: every header of its requests, in the order and with the texts of its profile.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "models/phone_shared.h"
#include "models/via.h"

uint64_t phone_user_number(const char *user)
{
	size_t len = strspn(user, "0123456789");
	return len && len < 16 && !user[len] && user[0] != '0' ? strtoull(user, NULL, 10) : 0;
}

/* The user of a group's member: a number counted up, or the name with the member's number behind it. */
size_t phone_user(const struct phone *p, char text[static PHONE_USER_MAX])
{
	uint32_t member = p->node.member;
	if (member && p->group->user_number)
		return decimal_print(p->group->user_number + member - 1, text);
	size_t len = strlen(p->group->user);
	assert(len + 24 < PHONE_USER_MAX);
	memcpy(text, p->group->user, len);
	return member > 1 ? len + decimal_print(member, text + len) : len;
}

/* What its Via says: the address it was told, or its own. */
struct endpoint phone_sent_by(const struct phone *p)
{
	struct endpoint e = p->group->profile->public_address;
	if (!e.host)
		return p->local;
	return (struct endpoint){ e.host, e.port ? e.port : p->local.port };
}

static size_t branch_of(const struct phone *p, uint32_t n, char branch[static ID_TEXT_MAX])
{
	return branch_write(p->group->pins ? &p->group->pins->branch : NULL, phone_ids(p, IDS_BRANCH), n, branch);
}

void phone_put_via(struct sip_builder *b, struct phone *p)
{
	char branch[ID_TEXT_MAX];
	size_t len = branch_of(p, p->requests++, branch);
	struct endpoint by = phone_sent_by(p);
	via_put_own(b, by.host, p->group->profile->write_port ? by.port : 0, branch, len, p->group->profile->rport);
}

static void put_address_of_record(struct sip_builder *b, const struct address_of_record *a)
{
	sip_puts(b, "<sip:");
	sip_put(b, a->user.at, a->user.len);
	sip_put(b, "@", 1);
	sip_put(b, a->domain.at, a->domain.len);
	sip_put(b, ">", 1);
}

size_t phone_tag(const struct phone *p, uint32_t n, char tag[static ID_TEXT_MAX])
{
	return id_write(p->group->pins ? &p->group->pins->tag : NULL, phone_ids(p, IDS_TAG), n, 10, tag);
}

void phone_put_from(struct sip_builder *b, const struct phone *p, const struct address_of_record *a, uint32_t n)
{
	sip_begin_header(b, "From");
	uint32_t from = b->len;
	put_address_of_record(b, a);
	sip_puts(b, ";tag=");
	uint32_t at = b->len;
	sip_printed(b, phone_tag(p, n, sip_room(b, ID_TEXT_MAX)));
	b->view.from_tag = sip_since(b, at);
	b->view.from = sip_since(b, from);
	sip_end_header(b);
}

/* The domain may be written with a port, which is no part of its name. */
static size_t host_len(struct span domain)
{
	const char *colon = memchr(domain.at, ':', domain.len);
	return colon ? (size_t)(colon - domain.at) : domain.len;
}

static void put_to(struct sip_builder *b, const struct address_of_record *a)
{
	sip_begin_header(b, "To");
	uint32_t from = b->len;
	put_address_of_record(b, a);
	b->view.to = sip_since(b, from);
	b->view.to_user = (struct slice){ (uint16_t)(from + strlen("<sip:")), (uint16_t)a->user.len };
	b->view.to_host = (struct slice){ (uint16_t)(b->view.to_user.at + a->user.len + 1), (uint16_t)host_len(a->domain) };
	sip_end_header(b);
}

/* Registrations of one phone share a Call-ID (RFC 3261 10.2.4); `n` tells others apart. */
void phone_put_call_id(struct sip_builder *b, const struct phone *p, uint32_t n)
{
	const struct list *pins = p->group->pins ? &p->group->pins->call_id : NULL;
	sip_begin_header(b, "Call-ID");
	uint32_t from = b->len;
	sip_printed(b, id_write(pins, phone_ids(p, IDS_CALL_ID), n, 16, sip_room(b, ID_TEXT_MAX)));
	if (!pins || n >= pins->n) {
		sip_put(b, "@", 1);
		sip_put_endpoint(b, p->local, false);
	}
	b->view.call_id = sip_since(b, from);
	sip_end_header(b);
}

static void put_contact_uri(struct sip_builder *b, const struct phone *p, struct span user, struct endpoint at)
{
	sip_puts(b, "sip:");
	sip_put(b, user.at, user.len);
	sip_put(b, "@", 1);
	sip_put_endpoint(b, at, p->group->profile->write_port);
	if (p->group->profile->contact_uri_params)
		sip_puts(b, p->group->profile->contact_uri_params);
}

/* A profile's own parameters may say anything, `expires` too. */
static void read_contact_expires(struct sip_builder *b)
{
	struct slice value;
	if (siptext_param(b->bytes, b->view.contact, "expires", &value, NULL))
		siptext_number(b->bytes, value, &b->view.contact_expires);
}

void phone_put_contact(struct sip_builder *b, const struct phone *p, struct span user, struct endpoint at)
{
	sip_begin_header(b, "Contact");
	uint32_t from = b->len;
	sip_put(b, "<", 1);
	put_contact_uri(b, p, user, at);
	b->view.contact_uri = sip_since(b, from + 1);
	sip_put(b, ">", 1);
	if (p->group->profile->contact_params)
		sip_puts(b, p->group->profile->contact_params);
	b->view.contact = sip_since(b, from);
	if (p->group->profile->contact_params)
		read_contact_expires(b);
	sip_end_header(b);
}

static void put_expires(struct sip_builder *b, uint32_t seconds)
{
	sip_number_header(b, "Expires", seconds);
	b->view.expires = seconds;
}

static void put_max_forwards(struct sip_builder *b)
{
	sip_puts(b, "Max-Forwards: 70\r\n");
}

/* --- credentials ------------------------------------------------------------------------------------------------- */

static const struct algorithms algorithms[] = {
	[PHONE_AUTH_MD5] = { { [DIGEST_MD5] = true } },
	[PHONE_AUTH_SHA_256] = { { [DIGEST_SHA_256] = true } },
	[PHONE_AUTH_BOTH] = { { [DIGEST_MD5] = true, [DIGEST_SHA_256] = true } },
	[PHONE_AUTH_NONE] = { { false } },
};

bool phone_challenge(const struct phone *p, const struct packet *response, const struct sip_view *v, struct challenge_read *c)
{
	return challenge_read(response, v, algorithms[p->group->profile->auth], c);
}

void phone_put_credentials(struct phone *p, struct sip_builder *b, struct span user, const struct challenge_read *c)
{
	const struct list *pins = p->group->pins ? &p->group->pins->nonce : NULL;
	char cnonce[ID_TEXT_MAX];
	struct account who = { .user = user, .password = SPAN(p->group->profile->password), .cnonce.at = cnonce };
	who.cnonce.len = id_write(pins, phone_ids(p, IDS_CNONCE), p->cnonces++, 8, cnonce);
	credentials_put(b, &who, c);
}

/* --- requests ---------------------------------------------------------------------------------------------------- */

static void put_header(struct sip_builder *b, struct phone *p, enum sip_header header, const struct request *r)
{
	switch (header) {
	case HEADER_VIA:
		phone_put_via(b, p);
		break;
	case HEADER_MAX_FORWARDS:
		put_max_forwards(b);
		break;
	case HEADER_FROM:
		phone_put_from(b, p, &r->of, r->tag);
		break;
	case HEADER_TO:
		put_to(b, &r->of);
		break;
	case HEADER_CALL_ID:
		phone_put_call_id(b, p, r->call_id);
		break;
	case HEADER_CSEQ:
		sip_cseq_header(b, r->cseq);
		break;
	case HEADER_CONTACT:
		if (r->expires != SIP_ABSENT)
			phone_put_contact(b, p, r->of.user, r->contact);
		break;
	case HEADER_EXPIRES:
		if (r->expires != SIP_ABSENT)
			put_expires(b, r->expires);
		break;
	case HEADER_AUTHORIZATION:
		if (r->answers)
			phone_put_credentials(p, b, r->of.user, r->answers);
		break;
	case HEADER_USER_AGENT:
		sip_text_header(b, "User-Agent", p->group->profile->user_agent);
		break;
	case HEADER_ALLOW:
		sip_text_header(b, "Allow", p->group->profile->allow);
		break;
	case HEADER_SUPPORTED:
		sip_text_header(b, "Supported", p->group->profile->supported);
		break;
	case HEADER_DATE:
		sip_date_header(b);
		break;
	case HEADER_CONTENT_LENGTH:
		sip_content_length_header(b);
		break;
	default:
		break; /* headers of responses */
	}
}

struct payload *phone_request(struct phone *p, struct request *r)
{
	char user[PHONE_USER_MAX];
	r->of = (struct address_of_record){ { user, phone_user(p, user) }, SPAN(p->group->domain) };
	struct sip_builder *b = sip_request(p->node.world, r->method);
	sip_puts(b, "sip:");
	sip_put(b, r->of.domain.at, r->of.domain.len);
	sip_end_request_line(b);
	const struct list order = p->group->profile->header_order;
	for (uint32_t i = 0; i < order.n; i++)
		put_header(b, p, (enum sip_header)((const uint8_t *)order.items)[i], r);
	struct payload *built = sip_finish(b);
	assert(built); /* the texts of a profile are short by their field tables */
	return built;
}

