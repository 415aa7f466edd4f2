/*
 * Captures as pcapng files (draft-ietf-opsawg-pcapng), which Wireshark reads.
 *
 *	Section Header          the cell and what became of it
 *	Interface Description   one per point, in order
 *	Name Resolution         the nodes' addresses, as the point's network knows them
 *	Enhanced Packet ...     Ethernet, with remarks, direction and the datagram's number
 *
 * Big-endian, as readers take both. Time is that of the run, from its `start` on, never that of the machine.
 */
#ifndef REPORTS_PCAPNG_H
#define REPORTS_PCAPNG_H

#include "reports/capture.h"

#define PCAPNG_ALL UINT32_MAX

/** A whole file of what was seen at one point (its index), or at all of them (PCAPNG_ALL). */
void put_pcapng(struct sink *s, const struct capture *c, uint32_t point);

#endif
