#include "scenarios/cause_audio.h"

#include "models/media.h"
#include "models/nat.h"
#include "models/phone.h"
#include "scenarios/cause_signs.h"
#include "sim/net.h"

/* --- signs ------------------------------------------------------------------------------------------------------- */

static bool is_audio(const struct evidence *e)
{
	return e->part == PART_AUDIO;
}

static bool by_sdp(const struct evidence *e)
{
	return e->answered.fact == &fact_media_to_sdp || e->answered.fact == &fact_media_to_sdp_first;
}

static bool has_closed_port(const struct evidence *e)
{
	return lost_to(e, &fact_nat_no_mapping) || lost_to(e, &fact_nat_filtered);
}

/* A relay that has lost its memory is no other phone. */
static bool reached_another(const struct evidence *e)
{
	const struct node *at = e->lost.id ? e->lost.iface->node : NULL;
	return lost_to(e, &fact_audio_of_another) || (lost_to(e, &fact_port_closed) && at != e->subject && is_phone(at));
}

/* Whoever hears nothing has said nothing, because he waits for audio; and who speaks would have learned from it where to. */
bool is_deadlock(const struct evidence *e)
{
	bool in_vain = e->lost.id && e->answered.fact == &fact_media_to_sdp_first;
	return is_audio(e) && e->unsaid && (!e->sent || in_vain);
}

bool is_private_media(const struct evidence *e)
{
	return is_audio(e) && lost_to(e, &fact_no_route) && host_is_private(e->lost.dst.host);
}

bool is_media_not_hairpinned(const struct evidence *e)
{
	return is_audio(e) && lost_to(e, &fact_nat_hairpin_off);
}

bool is_media_unmapped(const struct evidence *e)
{
	return is_audio(e) && has_closed_port(e) && by_sdp(e);
}

/* A port that was opened by one phone and is another's now is no wrong source. */
bool is_audio_of_one_port(const struct evidence *e)
{
	return is_audio(e) && reached_another(e) && (by_sdp(e) || e->worked);
}

/* Where it latched on, nobody hears; or it listens only there. Where somebody has heard before, it was right to. */
bool is_wrong_source(const struct evidence *e)
{
	bool closed = lost_to(e, &fact_port_closed) && !e->worked;
	bool nobody = has_closed_port(e) || lost_to(e, &fact_audio_of_another) || closed || lost_to(e, &fact_no_route);
	return is_audio(e) && ((e->answered.fact == &fact_media_to_source && nobody) || lost_to(e, &fact_media_other_source));
}

/* --- sentences --------------------------------------------------------------------------------------------------- */

static const char *name(const struct node *n, struct arena *a)
{
	char text[128];
	return arena_strdup(a, node_name(n, text, sizeof text));
}

static const char *place(struct endpoint e, struct arena *a)
{
	char text[ENDPOINT_TEXT_MAX];
	endpoint_print(e, text);
	return arena_strdup(a, text);
}

/* Who has chosen where the audio went. */
static const char *chooser(const struct evidence *e, struct arena *a)
{
	return name(e->answered.iface ? e->answered.iface->node : e->sender, a);
}

static const char *where_lost(const struct evidence *e, struct arena *a)
{
	return name(e->lost.iface->node, a);
}

const char *tell_deadlock(const struct evidence *e, struct arena *a)
{
	const char *hearer = name(e->subject, a);
	if (!e->lost.id)
		return arena_printf(a, "neither %s nor %s sends audio: each waits for the other", hearer, name(e->sender, a));
	return arena_printf(a,
			    "%s sends no audio, and %s sends to %s, as SDP says, until it hears some from %s",
			    hearer, chooser(e, a), place(e->lost.dst, a), hearer);
}

const char *tell_private_media(const struct evidence *e, struct arena *a)
{
	return arena_printf(a, "%s sends the audio for %s to %s, as SDP says: a private address, to which it has no way",
			    chooser(e, a), name(e->subject, a), place(e->lost.dst, a));
}

const char *tell_media_not_hairpinned(const struct evidence *e, struct arena *a)
{
	return arena_printf(a,
			    "the audio of %s for %s went to %s, an outside address of %s, came from inside "
			    "and was not let in again",
			    name(e->sender, a), name(e->subject, a), place(e->lost.dst, a), where_lost(e, a));
}

const char *tell_media_unmapped(const struct evidence *e, struct arena *a)
{
	return arena_printf(a, "%s sends the audio for %s to %s, as SDP says, a port that %s has not opened for it",
			    chooser(e, a), name(e->subject, a), place(e->lost.dst, a), where_lost(e, a));
}

const char *tell_wrong_source(const struct evidence *e, struct arena *a)
{
	const char *hearer = name(e->subject, a), *speaker = name(e->sender, a);
	if (lost_to(e, &fact_media_other_source))
		return arena_printf(a, "%s listens to one place only, and the audio of %s comes from another, %s",
				    where_lost(e, a), speaker, place(e->lost.src, a));
	if (e->lost.iface->node == e->subject)
		return arena_printf(a, "%s sends the audio for %s to %s, from where it heard it, and there %s only sends",
				    chooser(e, a), hearer, place(e->answered.dst, a), hearer);
	return arena_printf(a, "%s sends the audio for %s to %s, from where it heard some, and %s is not there",
			    chooser(e, a), hearer, place(e->answered.dst, a), hearer);
}
