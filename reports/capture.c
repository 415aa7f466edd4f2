#include "reports/capture.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "models/media.h"
#include "reports/changes.h"
#include "reports/plain.h"
#include "sim/icmp.h"
#include "sim/world.h"

const char capture_all[] = "all.pcapng";

#define NONE	  UINT32_MAX
#define SIDES	  2  /* of a node at most */
#define LOOK_BACK 64 /* packets among which the same rule is looked for */

/** Where a datagram was seen, as indexes of packets. */
struct seen {
	uint32_t sent, arrived; /* the latest of its doubles, or NONE */
};

struct layout {
	struct arena *arena;
	struct capture *capture;
	const struct world *world;
	struct seen *seen; /* by the datagram's id */
	uint32_t *point;   /* SIDES for each node: indexes of points, or NONE */
};

/* --- points -------------------------------------------------------------------------------------- */

static bool file_is_taken(const struct capture *c, uint32_t before, const char *file)
{
	bool taken = strcmp(file, capture_all) == 0;
	for (uint32_t i = 0; i < before && !taken; i++)
		taken = strcmp(c->points[i].file, file) == 0;
	return taken;
}

/** "er6020-wan.pcapng", or "er6020-wan-2.pcapng" when that is another point's. */
static const char *file_of(struct layout *l, uint32_t point)
{
	char *stem = arena_strdup(l->arena, l->capture->points[point].name);
	for (char *c = stem; (c = strchr(c, '/'));)
		*c = '-';
	const char *file = arena_printf(l->arena, "%s.pcapng", stem);
	for (uint32_t n = 2; file_is_taken(l->capture, point, file); n++)
		file = arena_printf(l->arena, "%s-%u.pcapng", stem, n);
	return file;
}

static void point_fill(struct layout *l, uint32_t point, const struct iface *iface)
{
	struct capture_point *p = &l->capture->points[point];
	char name[128], host[HOST_TEXT_MAX];
	p->iface = iface;
	p->name = arena_strdup(l->arena, iface_name(iface, name, sizeof name));
	host_print(iface->host, host);
	p->about = arena_printf(l->arena, "%s %s%s%s", iface->node->ops->kind, p->name, iface->host ? " at " : "",
				iface->host ? host : "");
	p->file = file_of(l, point);
}

/** The index of a point, which is new when nothing was seen there so far. */
static uint32_t point_of(struct layout *l, const struct iface *iface)
{
	struct capture *c = l->capture;
	uint32_t *slot = &l->point[SIDES * (size_t)iface->node->index];
	for (uint32_t i = 0; i < SIDES; i++, slot++) {
		if (*slot == NONE) {
			*slot = c->n_points++;
			point_fill(l, *slot, iface);
		}
		if (c->points[*slot].iface == iface)
			return *slot;
	}
	assert(!"a node with more sides");
	return NONE;
}

/* --- remarks ------------------------------------------------------------------------------------- */

static void remark(struct layout *l, struct captured *p, const char *text)
{
	struct capture_remark *new = arena_alloc(l->arena, sizeof *new);
	struct capture_remark **end = &p->remarks;
	while (*end)
		end = &(*end)->next;
	new->text = text;
	*end = new;
}

static struct captured *packet_at(const struct layout *l, uint32_t index)
{
	return index == NONE ? NULL : &l->capture->packets[index];
}

static struct captured *sending_of(const struct layout *l, uint32_t id)
{
	return packet_at(l, l->seen[id].sent);
}

/** Where it was seen last, as far as the record that speaks of it knows. */
static struct captured *latest_of(const struct layout *l, const struct record *r)
{
	struct captured *arrived = packet_at(l, l->seen[r->id].arrived);
	return arrived && arrived->record->iface == r->iface ? arrived : sending_of(l, r->id);
}

/** "LOST: no mapping for 86.5.223.17:5060 (RFC 4787 5)" */
static void remark_fact(struct layout *l, struct captured *p, const char *kind, const struct record *r)
{
	char sentence[512];
	const char *clause = r->fact->clause;
	record_sentence(r, sentence, sizeof sentence);
	remark(l, p,
	       arena_printf(l->arena, "%s: %s%s%s%s", kind, sentence, clause ? " (" : "", clause ? clause : "",
			    clause ? ")" : ""));
}

/** "NAT: source 192.168.1.104:5060 became 86.5.223.17:23201" */
static void remark_end(struct layout *l, struct captured *p, const char *which, struct endpoint was, struct endpoint is)
{
	char before[ENDPOINT_TEXT_MAX], after[ENDPOINT_TEXT_MAX];
	if (endpoint_equal(was, is))
		return;
	endpoint_print(was, before);
	endpoint_print(is, after);
	remark(l, p, arena_printf(l->arena, "NAT: %s %s became %s", which, before, after));
}

/** A router's copy of what came to its other side; what it sends of its own has another label. */
static bool is_translated(const struct record *r, const struct record *before)
{
	return r->iface->side && r->label == before->label;
}

/** What was done to it on its way through a node. */
static void remark_rewriting(struct layout *l, struct captured *p)
{
	const struct record *r = p->record;
	const struct captured *parent = r->parent ? sending_of(l, r->parent) : NULL;
	if (!parent)
		return;
	const struct record *before = parent->record;
	if (is_translated(r, before)) {
		remark_end(l, p, "source", before->src, r->src);
		remark_end(l, p, "destination", before->dst, r->dst);
	}
	if (r->payload->changes && r->payload != before->payload)
		remark(l, p, arena_printf(l->arena, "ALG: %s", changes_text(l->arena, before->payload, r->payload)));
}

/* --- packets ------------------------------------------------------------------------------------- */

/** Who would have had it: whom the network knows at that address, else its way out. */
static const struct iface *next_hop(const struct record *r)
{
	const struct network *net = r->iface->network;
	const struct iface *to = network_find(net, r->dst);
	return to ? to : net->gateway;
}

/** Audio goes on and on: its rule is said again when much else has happened since. */
static bool rule_is_news(const struct layout *l, const struct record *r, uint32_t index)
{
	uint32_t back = label_is_media(r->label) ? LOOK_BACK : 0;
	for (uint32_t i = 1; i <= back && i <= index; i++) {
		const struct record *other = l->capture->packets[index - i].record;
		if (other->event == EVENT_SENT && other->iface == r->iface && other->label == r->label &&
		    other->fact == r->fact && endpoint_equal(other->dst, r->dst))
			return false;
	}
	return r->fact;
}

static void lay_sent(struct layout *l, struct captured *p, uint32_t index)
{
	const struct record *r = p->record;
	l->seen[r->id] = (struct seen){ index, NONE };
	p->from = r->iface;
	p->to = next_hop(r);
	remark_rewriting(l, p);
	if (rule_is_news(l, r, index))
		remark_fact(l, p, r->label == icmp_label ? "NOTE" : "RULE", r);
}

static void lay_arrived(struct layout *l, struct captured *p, uint32_t index)
{
	struct captured *sent = sending_of(l, p->record->id);
	assert(sent);
	l->seen[p->record->id].arrived = index;
	sent->to = p->to = p->record->iface;
	p->from = sent->from;
}

static void lay_packet(struct layout *l, const struct record *r)
{
	uint32_t index = l->capture->n_packets++;
	struct captured *p = &l->capture->packets[index];
	assert(r->payload);
	p->record = r;
	p->point = point_of(l, r->iface);
	l->capture->points[p->point].packets++;
	if (r->event == EVENT_SENT)
		lay_sent(l, p, index);
	else
		lay_arrived(l, p, index);
}

static void lay_packets(struct layout *l)
{
	static const char *const kinds[EVENTS] = { [EVENT_DROPPED] = "LOST", [EVENT_NOTE] = "NOTE" };
	struct capture *c = l->capture;
	const struct trace *trace = &l->world->trace;
	struct trace_cursor cursor = trace_first(trace);
	c->packets = arena_alloc(l->arena,
				 (trace->counts[EVENT_SENT] + trace->counts[EVENT_ARRIVED] + 1) * sizeof *c->packets);
	c->points = arena_alloc(l->arena, (SIDES * (size_t)l->world->n_nodes + 1) * sizeof *c->points);
	for (const struct record *r; (r = trace_next(&cursor));)
		if (r->event == EVENT_SENT || r->event == EVENT_ARRIVED)
			lay_packet(l, r);
		else if (r->id)
			remark_fact(l, latest_of(l, r), kinds[r->event], r);
}

/* --- names --------------------------------------------------------------------------------------- */

static int compare_names(const void *one, const void *other)
{
	const struct capture_name *a = one, *b = other;
	return a->host < b->host ? -1 : a->host > b->host;
}

static bool has_name(const struct capture *c, uint32_t host, const struct network *network)
{
	bool found = host == 0;
	for (uint32_t i = 0; i < c->n_names && !found; i++)
		found = c->names[i].host == host && c->names[i].network == network;
	return found;
}

static void name_host(struct capture *c, uint32_t host, const struct capture_point *p)
{
	if (!has_name(c, host, p->iface->network))
		c->names[c->n_names++] = (struct capture_name){ host, p->iface->network, p->name };
}

/** Of several that share an address on one network the first has the name; what a router lets through has not its name. */
static void lay_names(struct layout *l)
{
	struct capture *c = l->capture;
	c->names = arena_alloc(l->arena, (c->n_points + c->n_packets + 1) * sizeof *c->names);
	for (uint32_t i = 0; i < c->n_points; i++)
		name_host(c, c->points[i].iface->host, &c->points[i]);
	for (uint32_t i = 0; i < c->n_packets; i++) {
		const struct record *r = c->packets[i].record;
		if (r->event == EVENT_SENT && !r->iface->side && r->src.host != r->iface->host)
			name_host(c, r->src.host, &c->points[c->packets[i].point]);
	}
	qsort(c->names, c->n_names, sizeof *c->names, compare_names);
}

const struct capture_name *capture_name_at(const struct capture *c, uint32_t first, const struct network *network,
					   uint32_t *end)
{
	const struct capture_name *here = NULL;
	uint32_t i = first;
	for (; i < c->n_names && c->names[i].host == c->names[first].host; i++)
		if (c->names[i].network == network)
			here = &c->names[i];
	*end = i;
	return here || i - first > 1 ? here : &c->names[first];
}

/* --- the whole ----------------------------------------------------------------------------------- */

static const char *about_cell(struct arena *a, const struct show *show, const struct shown *shown,
			      const struct cell_result *r)
{
	struct sink s = { 0 };
	put_cell_id(&s, shown->scenario, r->cell);
	sink_char(&s, '\n');
	put_plain_cell(&s, show, shown, r);
	s.len--; /* without the last line end */
	return sink_keep(&s, a);
}

/** Numbers that are all NONE. */
static void *all_none(struct arena *a, size_t size)
{
	return memset(arena_alloc_raw(a, size), 0xFF, size);
}

void capture_lay(struct arena *a, const struct show *show, const struct shown *shown, const struct cell_result *r,
		 struct capture *out)
{
	const struct world *w = r->world;
	struct layout l = {
		.arena = a,
		.capture = out,
		.world = w,
		.seen = all_none(a, (w->last_id + 1) * sizeof *l.seen),
		.point = all_none(a, SIDES * (w->n_nodes + 1) * sizeof *l.point),
	};
	*out = (struct capture){
		.about = about_cell(a, show, shown, r),
		.tool = arena_printf(a, "viaport %s", show->version),
		.wall_clock = w->setup.wall_clock,
	};
	lay_packets(&l);
	lay_names(&l);
}
