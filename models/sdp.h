/*
 * Places in SDP text (RFC 4566): lines, addresses and ports. Reads only.
 */
#ifndef MODELS_SDP_H
#define MODELS_SDP_H

#include "models/siptext.h"

/** "c=IN IP4 192.168.1.104": its type and what stands behind the equals sign. */
struct sdp_line {
	char type;
	struct slice value;
};

/** The line at *at; moves *at behind it. Lines that have no type and no value are passed over; false at the end. */
bool sdp_line(const char *text, uint32_t len, uint32_t *at, struct sdp_line *line);

/** The n-th word (from 0) of a value, up to a slash; empty when there are fewer. */
struct slice sdp_word(const char *text, struct slice value, int n);

/** The IPv4 address of a c= or o= line, without a TTL. False for IPv6, a name, or any other line. */
bool sdp_address(const char *text, const struct sdp_line *line, struct slice *place, uint32_t *host);

/** The port of an m= line, which may be 0. False when there is none. */
bool sdp_port(const char *text, const struct sdp_line *line, struct slice *place, uint32_t *port);

#endif
