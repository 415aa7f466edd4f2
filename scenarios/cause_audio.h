/*
 * Causes of bad audio: by what each is recognised, and what is said of it. See cause_signs.h and
 * cause_tell.h.
 */
#ifndef SCENARIOS_CAUSE_AUDIO_H
#define SCENARIOS_CAUSE_AUDIO_H

#include "scenarios/evidence.h"
#include "sim/arena.h"

/* The rows of causes[], in their order. */
bool is_deadlock(const struct evidence *e);
bool is_private_media(const struct evidence *e);
bool is_media_not_hairpinned(const struct evidence *e);
bool is_media_unmapped(const struct evidence *e);
bool is_wrong_source(const struct evidence *e);

const char *tell_deadlock(const struct evidence *e, struct arena *a);
const char *tell_private_media(const struct evidence *e, struct arena *a);
const char *tell_media_not_hairpinned(const struct evidence *e, struct arena *a);
const char *tell_media_unmapped(const struct evidence *e, struct arena *a);
const char *tell_wrong_source(const struct evidence *e, struct arena *a);

/** Audio has reached another phone, which has the outside port that was the subject's or that SDP names. */
bool is_audio_of_one_port(const struct evidence *e);

#endif
