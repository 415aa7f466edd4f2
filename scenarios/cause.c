#include "scenarios/cause.h"

#include <string.h>
#include <strings.h>

#include "scenarios/cause_audio.h"
#include "scenarios/cause_call.h"
#include "scenarios/cause_signs.h"
#include "scenarios/cause_tell.h"
#include "scenarios/knob_place.h"

#define KNOBS(...) ((const char *const[]){ __VA_ARGS__, NULL })

const struct cause causes[] = {
	{ .word = "misdelivered",
	  .id = "G08",
	  .title = "A datagram has reached a phone that it was not meant for",
	  .clause = "RFC 4787 4.2.1",
	  .happens = "A response to the request of one phone, or a request for one user, arrives at another phone.",
	  .packets = "The other phone has no request that waits for the response, and drops it; a request it answers with 404.",
	  .why = "Outside, several phones look like one address, and are told apart by the port alone. When two phones have the "
		 "same outside port, one after the other or both at once, or when somebody writes down a port that belongs to "
		 "another phone, the datagrams of one go to the other.",
	  .cures = "A port for each phone: a listen-port of its own, or a router that never gives one port to two; and answers "
		   "to the source (rport).",
	  .not = "The phone that got it is not at fault, and the one that did not get it may still work, by luck.",
	  .knobs = KNOBS("phone listen-port", "phone rport", "router ports", "router collision",
			 "server force-rport"),
	  .recognise = is_misdelivered,
	  .tell = tell_misdelivered },
	{ .word = "digest-uri-altered",
	  .id = "F19",
	  .title = "The credentials are for another Request-URI than the one that arrives",
	  .clause = "RFC 3261 22.4",
	  .happens = "Something on the way rewrites the Request-URI. The phone has computed its digest response for the one that it "
		     "wrote, which still stands in the uri parameter beside the response. A server that compares the two says "
		     "no, and challenges again.",
	  .packets = "INVITE sip:200@203.0.113.10, 401, the same with uri=\"sip:200@203.0.113.10\"; on the other side of the router "
		     "it is INVITE sip:200@192.168.1.10 with that uri, and another 401 comes back.",
	  .why = "The digest covers the method and the URI, so that nobody can use the credentials for something else. RFC 2617 and "
		 "RFC 7616 let a server accept a uri that differs, because proxies rewrite Request-URIs; strict ones do not. With "
		 "qop=auth-int every change of the body would do the same.",
	  .cures = "Switch the SIP ALG off in front of the server; a server that does not compare (checks-uri: off); a name in place "
		   "of the address in the phone's settings, which no ALG recognises.",
	  .not = "The password fits: the response was computed rightly, for another URI.",
	  .knobs = KNOBS("server checks-uri", "router alg.out-request.request-uri", "router alg.host"),
	  .recognise = is_digest_uri,
	  .tell = tell_digest_uri },
	{ .word = "wrong-password",
	  .id = "G01",
	  .title = "The password does not fit",
	  .clause = "RFC 3261 22.3",
	  .happens = "The server challenges, the phone answers, and the server computes another digest "
		     "response than the "
		     "phone did. It challenges again or says 403, and the phone gives up.",
	  .packets = "REGISTER or INVITE, 401 or 407, the same with credentials, then another 401 or 407 without "
		     "stale=true, or a 403.",
	  .why = "A digest response is a hash of user, realm, password, nonce, method and URI. It differs "
		 "when any of them "
		 "differs; in practice it is the password.",
	  .cures = "The same password on both sides. A phone does not try the same credentials again by "
		   "itself.",
	  .not = "It says nothing about routers: every answer arrived.",
	  .knobs = KNOBS("phone password", "server password"),
	  .recognise = is_wrong_password,
	  .tell = tell_wrong_password },
	{ .word = "no-common-algorithm",
	  .id = "G07",
	  .title = "Phone and server have no digest algorithm in common",
	  .clause = "RFC 8760 2.4",
	  .happens = "The server challenges with an algorithm that the phone cannot compute. The phone has nothing to answer.",
	  .packets = "REGISTER, 401 or 407, and no second REGISTER.",
	  .why = "RFC 8760 added SHA-256 beside MD5. Old phones know MD5 only; a strict server offers it no more.",
	  .cures = "Let the server offer MD5 too (auth: md5), or use a phone that knows SHA-256 (auth: both).",
	  .not = "The password is not at fault: it was never tried.",
	  .knobs = KNOBS("phone auth", "server auth"),
	  .recognise = is_no_algorithm,
	  .tell = tell_no_algorithm },
	{ .word = "response-discarded",
	  .id = "F04",
	  .title = "The phone discards a response whose top Via is not the one it wrote",
	  .clause = "RFC 3261 18.1.2",
	  .happens = "The response reaches the phone, but its top Via carries another address or port than "
		     "the phone wrote. A "
		     "phone that follows the RFC to the letter discards it without a word.",
	  .packets = "The response arrives at the phone, which goes on repeating its request as if nothing "
		     "had come.",
	  .why = "RFC 3261 18.1.2 says MUST. Something on the way changed the Via of the request and did not "
		 "change it back, or "
		 "changed it back to what the phone never wrote.",
	  .cures = "Switch off what rewrites SIP on the way (the router's SIP ALG), or use a phone that "
		   "matches responses by "
		   "branch alone (via-check: branch).",
	  .devices = "Linux's SIP helper writes the private address into the Via of responses even when the "
		     "phone had written "
		     "the public one (measured, Linux 6.18).",
	  .not = "It is no loss in the network: the bytes were there.",
	  .knobs = KNOBS("phone via-check", "router alg.in-response.via", "router alg.out-request.via",
			 "router alg.host", "router alg.port"),
	  .recognise = is_discarded,
	  .tell = tell_discarded },
	{ .word = "asymmetric-phone-forced-rport",
	  .id = "F02",
	  .title = "The answer goes to a port from which the phone only sends",
	  .clause = "RFC 3581 3",
	  .happens = "The phone sends from one port and listens on another, the one in its Via. The server "
		     "answers to the source "
		     "port, where nothing listens.",
	  .packets = "REGISTER from port 50933 with 5060 in its Via; the answer goes to 50933 and dies at "
		     "the phone. No router "
		     "has to be involved.",
	  .why = "RFC 3261 18.2.2 sends the answer to the Via port. RFC 3581 allows the source port only "
		 "when the client asks with "
		 "rport, and such a client must listen there. A server that forces rport does it to clients "
		 "that never asked.",
	  .cures = "Do not force rport for this phone (force-rport: off, or force-rport-for the others, as remedy-e-opt-in does), "
		   "or make the phone send from the port it listens on.",
	  .devices =
		  "Cisco 7970 with SIP70.8-4-2S and Cisco 79xx with nat_enable 0 (drachtio-server issues 374 "
		  "and 444); the "
		  "default Kamailio configuration tells operators to remove force_rport() for such phones.",
	  .not = "It is not the NAT: it fails on one cable too.",
	  .knobs = KNOBS("phone send-port", "phone rport", "server force-rport", "server force-rport-for",
			 "server force-rport-for-agents", "server rport"),
	  .recognise = is_asymmetric_forced,
	  .tell = tell_asymmetric_forced },
	{ .word = "no-binding",
	  .id = "G09",
	  .title = "The server does not know where the phone is",
	  .clause = "RFC 3261 10.3",
	  .happens = "The server has a request for the phone, and no binding to send it to.",
	  .packets = "None: the server sends nothing.",
	  .why = "A binding ends when its time is over and the phone did not renew it, and a server that keeps bindings in memory "
		 "loses them when it restarts. The phone does not learn of it before its next registration.",
	  .cures = "A shorter registration (register: expires), so that the gap is short; a server that stores its bindings.",
	  .not = "It says nothing about routers: nothing was sent.",
	  .knobs = KNOBS("phone register.expires", "server expires.max"),
	  .recognise = is_no_binding,
	  .tell = tell_no_binding },
	{ .word = "router-restarted",
	  .id = "F14",
	  .title = "The router has lost its mappings, and the server still uses one of them",
	  .clause = "RFC 4787 4.3",
	  .happens = "The router restarts, dials in again or gets another address. The mapping through which the server reaches the "
		     "phone is gone, but the server's binding is not, nor is what it knows of the calls that run.",
	  .packets = "A request goes to an outside port that was the phone's a moment ago, and is dropped at the router; or to an "
		     "address that the router no longer has, and to whoever has it now. In a call the audio of the phone arrives from a new "
		     "port, and what goes to the phone dies at the old one.",
	  .why = "A mapping lives in the router's memory, and a binding at the server. Neither tells the other. Only the next "
		 "datagram from the phone opens a new mapping, and only its next registration corrects the binding.",
	  .cures = "A shorter registration, or an option that makes the phone register anew when it sees another address; a server "
		   "that stores the source of each REGISTER, so that the next one is enough. In a call, a relay that follows the "
		   "phone's audio (latch: always), or a re-INVITE.",
	  .devices = "Any NAT router that is switched off; lines whose address changes each night.",
	  .not = "The mapping had not expired, and no timeout was too short.",
	  .knobs = KNOBS("phone register.expires", "server expires.max", "server stored-contact", "server latch"),
	  .recognise = is_router_restarted,
	  .tell = tell_router_restarted },
	{ .word = "request-uri-not-mine",
	  .id = "F20",
	  .title = "The phone does not recognise itself in a Contact that the server has mended",
	  .clause = "RFC 3261 8.2.2.1",
	  .happens = "The server replaces the private address in the Contact by the one that the message came from, and puts that into "
		     "the Request-URI when it calls. The request arrives. The phone compares it with the Contact that it wrote, finds "
		     "another host and port, and answers 404.",
	  .packets = "INVITE sip:100@203.0.113.17:23201 reaches the phone, whose Contact is sip:100@192.168.1.104:5060; 404 comes "
		     "back.",
	  .why = "RFC 3261 8.2.2.1 lets a user agent reject what is not for it. It wrote its Contact to see it again, as it stands. "
		 "A server that keeps the source beside the Contact, as an alias parameter or a received attribute, sends to the "
		 "right place and writes the right URI.",
	  .cures = "stored-contact: alias or received in place of source; a phone that looks at the user only (uri-check: user); a "
		   "phone that learns its outside address and writes it into its Contact.",
	  .devices = "Microsoft Teams answers 500 to a Contact that was mended in the dialog (OpenSIPS issue 3769).",
	  .not = "The address is right, and no router dropped anything.",
	  .knobs = KNOBS("server stored-contact", "phone uri-check", "phone learn.from", "phone public-address"),
	  .recognise = is_not_its_contact,
	  .tell = tell_not_its_contact },
	{ .word = "content-length-stale",
	  .id = "F26",
	  .title = "The ALG makes the body shorter and leaves the Content-Length as it was",
	  .clause = "RFC 3261 18.3",
	  .happens = "The router's ALG writes the outside address into the SDP. It has fewer characters than the private one, so the "
		     "body ends before Content-Length says. The receiver takes the message for cut and refuses it. Where the "
		     "outside address is longer, the tail of the SDP is cut off instead.",
	  .packets = "INVITE with Content-Length 141 and 137 bytes behind the empty line; 400 comes back. A response that is cut "
		     "short is dropped without a word.",
	  .why = "RFC 3261 18.3 tells a receiver to answer 400 to a request that is too short, and to discard such a response. A "
		 "REGISTER has no body, so registrations work.",
	  .cures = "Switch the SIP ALG off; an ALG that counts (content-length: recompute); an inside network whose addresses are as "
		   "long as the outside one.",
	  .devices = "Said of cheap ALGs; Linux's helper corrects the length.",
	  .not = "Nothing was lost on the wire: the bytes that are missing were never sent.",
	  .knobs = KNOBS("router alg.content-length", "router alg.host", "router alg.out-request.sdp-c",
			 "router alg.out-request.sdp-o", "router alg.out-response.sdp-c",
			 "router alg.out-response.sdp-o"),
	  .recognise = is_length_stale,
	  .tell = tell_length_stale },
	{ .word = "dialog-identifiers-altered",
	  .id = "F18",
	  .title = "An ALG has rewritten the Call-ID one way only, and the call is not recognised",
	  .clause = "RFC 3261 12.2.2",
	  .happens = "Call-IDs often end with the phone's address, and an ALG that replaces the address wherever it stands replaces "
		     "it there too, in what the phone sends. What the other side begins later comes with the rewritten Call-ID, of "
		     "which the phone has never heard. From and To are rewritten likewise, which matters to those who compare them.",
	  .packets = "INVITE with Call-ID: 7a2f@192.168.1.104 leaves the phone, 7a2f@203.0.113.17 reaches the server; the BYE of the "
		     "server carries that one to the phone, and 481 comes back.",
	  .why = "A dialog is found by its Call-ID and two tags, and by nothing else (RFC 3261 12.2.2). Who changes one of them must "
		 "change it back on every way. From and To may differ, their tags may not.",
	  .cures = "Switch the SIP ALG off; one that leaves Call-ID alone; a phone that writes no address into its Call-ID.",
	  .devices = "A session router documents an ALG that rewrites From (128technology); blind text replacement is said of "
		     "cheap routers.",
	  .not = "The call was there on both sides. Registration works, and so does what the phone itself begins.",
	  .knobs = KNOBS("router alg.out-request.call-id", "router alg.in-request.call-id",
			 "router alg.out-response.call-id", "router alg.in-response.call-id",
			 "router alg.out-request.from-to", "router alg.in-request.from-to",
			 "phone checks-dialog-uris", "server checks-dialog-uris"),
	  .recognise = is_dialog_altered,
	  .tell = tell_dialog_altered },
	{ .word = "stale-binding-forked",
	  .id = "F15",
	  .title = "The phone has left an old binding behind, and the server calls that too",
	  .clause = "RFC 3261 10.3, 16.7",
	  .happens = "The phone registers with its private address, learns its public one from the answer, and registers again. "
		     "The server takes these for two places and calls both. Nobody is behind the old one, or somebody else: then the "
		     "stranger's phone rings too, and may answer first.",
	  .packets = "Two bindings in the 200 to the REGISTER; two INVITEs for each call. The one for the old binding is repeated "
		     "for 32 s, or another phone answers it and the right one gets a CANCEL.",
	  .why = "A binding is known by its Contact. A REGISTER with another Contact adds one, and the old one stays until its time is "
		 "over, unless the phone removes it.",
	  .cures = "A phone that removes the old binding (learned-contact: replace-and-unregister-old); one that takes its address "
		   "from its router or its settings before it registers (public-address); a server that keeps one binding.",
	  .devices = "Janus (janus-gateway issue 2321). pjsip removes the old binding in the same REGISTER, belle-sip refreshes it.",
	  .not = "The new binding is right. A call that only rings twice is the same, in its harmless form.",
	  .knobs = KNOBS("phone learned-contact", "phone learn.from", "phone public-address",
			 "server max-bindings", "server stored-contact"),
	  .recognise = is_stale_fork,
	  .tell = tell_stale_fork },
	{ .word = "other-server-port",
	  .id = "F13",
	  .title = "The server sends from an address or port that the phone has never sent to",
	  .clause = "RFC 4787 5",
	  .happens = "The phone has registered with one port of the server, and the INVITE comes from another one, or from another "
		     "address of a cluster. The router has the mapping, but lets in only what comes from where the phone has sent "
		     "to.",
	  .packets = "REGISTER to 198.51.100.10:7000 and its 200; then INVITE from 198.51.100.10:5060 to the right outside port, "
		     "dropped at the router.",
	  .why = "Filtering by address and port is what most home routers do (address-and-port-dependent, \"symmetric\" firewalls). "
		 "Nothing in SIP promises that requests come from where the registrar is.",
	  .cures = "A server that sends from where it listens; a router that filters less (filtering: endpoint-independent, or "
		   "address-dependent when only the port differs); a phone that also sends something to the other place.",
	  .devices = "Kazoo: registered at port 7000, called from 5060 (2600hz-archive/kazoo-configs issue 109).",
	  .not = "The mapping is there and the address is right; it has not expired.",
	  .knobs = KNOBS("router filtering", "server call-from", "server ping.from-port"),
	  .recognise = is_other_server_port,
	  .tell = tell_other_server_port },
	{ .word = "wrong-received",
	  .id = "F06",
	  .title = "The server tells the phone a wrong address in received=",
	  .clause = "RFC 3261 18.2.1",
	  .happens = "The server writes its own address into received= of the Via, in place of the one that the request came from. A "
		     "phone that learns its outside address from there registers with the server's address.",
	  .packets = "401 with received=198.51.100.10, which is the server; REGISTER with Contact: <sip:100@198.51.100.10:23201>; "
		     "later the server sends its request to itself.",
	  .why = "received= is for the way back of the answer, and where a server sends answers to the source anyway, a mistake in "
		 "it is not seen. It is seen as soon as somebody believes it.",
	  .cures = "A server that writes the source (received: source); a phone that does not learn from it (learn: nothing).",
	  .devices = "GlomarGadaffi/pocket-dial issue 146.",
	  .not = "The phone does what it should: it believes the server.",
	  .knobs = KNOBS("server received", "phone learn.from"),
	  .recognise = is_wrong_received,
	  .tell = tell_wrong_received },
	{ .word = "alg-not-on-this-port",
	  .id = "F28",
	  .title = "The router's ALG does not look at the port of this server",
	  .happens = "The ALG would have written the outside address into the message, and everything would have worked. But it looks "
		     "at port 5060 only, and this server listens elsewhere.",
	  .packets = "REGISTER to port 5080 leaves the router as it came; private Via and Contact reach the server.",
	  .why = "An ALG takes for SIP what goes to the port that is registered for it. Linux looks at the port on the server's side, "
		 "5060 unless its ports= says otherwise.",
	  .cures = "Port 5060; the other port in the settings of the ALG (server-ports); rport (remedy-d) and a server that stores the "
		   "source (remedy-stored-source), which need no ALG.",
	  .devices = "Linux nf_conntrack_sip, ports=5060.",
	  .not = "That is also how one gets rid of a harmful ALG: another port cures what it would have damaged.",
	  .knobs = KNOBS("router alg.trigger.server-ports", "router alg.trigger.phone-ports", "phone rport",
			 "server force-rport", "server stored-contact"),
	  .recognise = is_alg_elsewhere,
	  .tell = tell_alg_elsewhere },
	{ .word = "ack-lost",
	  .id = "F16",
	  .title = "The ACK does not arrive, and after 32 seconds the call is cut",
	  .clause = "RFC 3261 13.3.1.4",
	  .happens = "The call is answered, and the answer arrives. Its ACK goes to the Contact in the 200, and that is an address "
		     "which leads nowhere. Who has answered repeats the 200, and when no ACK has come for 32 seconds it hangs up. "
		     "Meanwhile people talk, for audio goes another way.",
	  .packets = "INVITE, 200 with Contact: <sip:100@192.168.1.104:5060>, ACK to that address; the 200 again after 0.5, 1.5, "
		     "3.5, 7.5 s and then every 4 s; BYE at 32 s.",
	  .why = "The 200 finds its way back along the Vias. The ACK of a 2xx is a request of its own and goes where the Contact and "
		 "the route say (RFC 3261 12.2.1.1). 64 times T1 without it means that nobody is there (13.3.1.4).",
	  .cures = "A server that sends what comes later in the call to the source (dialog-target: source or alias); a phone that "
		   "knows its outside address (learn, public-address); a SIP ALG that rewrites the Contact of responses too "
		   "(remedy-c); a VPN (remedy-g).",
	  .devices = "The most often reported of all: linphone-android issues 150 and 1476, flexisip 162 and 169, OpenSIPS 3387, "
		     "pyVoIP 297, freeswitch 1808.",
	  .not = "It is no timeout of a mapping, and no audio problem, although the audio ends with it.",
	  .knobs = KNOBS("server dialog-target", "phone learn.from", "phone public-address",
			 "router alg.out-response.contact", "router vpn-to"),
	  .recognise = is_ack_lost,
	  .tell = tell_ack_lost },
	{ .word = "bye-lost",
	  .id = "F17",
	  .title = "The BYE does not arrive, and one side stays in the call",
	  .clause = "RFC 3261 15.1.1",
	  .happens = "One side hangs up, and its BYE goes to an address that leads nowhere: to a private Contact, or to a mapping that "
		     "has ended while only audio went through the router. The other side hears silence and stays in the call.",
	  .packets = "BYE to the Contact of the other side, repeated for 32 s, dropped each time. RTP from the other side goes on.",
	  .why = "A BYE is routed as the ACK is, by Contact and route. And audio keeps only its own mapping open: that of SIP is idle "
		 "for as long as the call lasts.",
	  .cures = "dialog-target: source or alias on the server; keepalives of the phone, or a session timer (RFC 4028) that is "
		   "shorter than the router's udp-timeout; a longer udp-timeout.",
	  .devices = "RestComm/sbc issue 19.",
	  .not = "The call itself was right. A phone that also ends calls without audio would only hide it.",
	  .knobs = KNOBS("server dialog-target", "router udp-timeout.first", "router udp-timeout.stream",
			 "router refresh", "phone keepalive.type", "phone keepalive.every", "phone session-timer",
			 "server session-timer"),
	  .recognise = is_bye_lost,
	  .tell = tell_bye_lost },
	{ .word = "two-phones-one-port",
	  .id = "F12",
	  .title = "Another phone behind the same router has the outside port",
	  .clause = "RFC 4787 4.2.1",
	  .happens = "Two phones use the same port behind a router that keeps ports. Only one can have it "
		     "outside; answers to that "
		     "port reach the one that has it, whoever they were meant for.",
	  .packets = "The second phone's request leaves from another port, or does not leave; the answer to "
		     "its Via port is "
		     "delivered to the first phone, which has no request waiting for it.",
	  .why = "A port-preserving NAT (static-port) has one outside port 5060 for each server. A server "
		 "that answers to the Via "
		 "port cannot tell two phones apart that write the same port.",
	  .cures = "Give each phone a listen-port of its own, or let the server answer to the source (rport on the phone, remedy-d, "
		   "or force-rport on the server, remedy-e).",
	  .devices = "Linux 6.18 with masquerade: the second phone gets a random port (measured).",
	  .not = "The first phone is not at fault, and alone each phone works.",
	  .knobs = KNOBS("phone listen-port", "phone rport", "server force-rport", "router ports",
			 "router collision"),
	  .recognise = is_one_port,
	  .tell = tell_one_port },
	{ .word = "alg-drops",
	  .id = "F27",
	  .title = "The router's ALG drops what it cannot work on",
	  .happens = "The ALG wants to read or change the message and cannot: it does not parse, it comes in fragments, it would become "
		     "too long, or the port to be promised is promised to another. It drops the message instead of passing it on.",
	  .packets = "The request or the answer reaches the router and does not leave it, each time it is repeated.",
	  .why = "A message that is half changed would be worse than none, so the authors of ALGs prefer to drop; and their reading of "
		 "SIP is narrower than the RFC's.",
	  .cures = "Switch the SIP ALG off; or a transport or port on which it does not look.",
	  .devices = "Linux's SIP helper drops a message without a CSeq, with a Contact that it cannot read, or whose media port is "
		     "promised to another flow (nf_conntrack_sip.c); Cisco ASA drops what its inspection calls non-conforming.",
	  .not = "The NAT would have let it pass.",
	  .knobs = KNOBS("router alg.on-unparsable", "router alg.fragments", "router alg.compact-names",
			 "router alg.pinhole.port-busy", "router alg.pinhole.media-busy"),
	  .recognise = is_alg_drop,
	  .tell = tell_alg_drop },
	{ .word = "alg-blinds-nat-tests",
	  .id = "F11",
	  .title = "The ALG hides the NAT from the server, which therefore does nothing against it",
	  .clause = "RFC 4787 4.3",
	  .happens = "The server does something for phones behind NATs, such as pinging them to keep their mappings open, or answering "
		     "to the source although they did not ask for it. It finds such phones by private addresses in their messages. "
		     "The router's ALG writes public ones. The server sees no NAT and treats the phone like one without.",
	  .packets = "REGISTER with a public Via and Contact, 200, and then nothing; minutes later a request of the server is dropped "
		     "at the router. Or, where the ALG leaves the port as it was, already the answer to the REGISTER goes to that "
		     "port of the router and is dropped.",
	  .why = "Two cures of one illness meet. Each would do alone: the server's pings without the ALG, or an ALG that keeps its "
		 "mappings for as long as the registration lasts. A server that compares addresses only cannot see that the port is "
		 "another one.",
	  .cures = "Switch the SIP ALG off; let the server ping everybody (ping: to: all) and always answer to the source (remedy-e); "
		   "keepalives of the phone; a longer udp-timeout.",
	  .devices = "Described by operators for consumer routers with Kamailio and OpenSIPS (nat_uac_test 1, 2, 4, 16). Asterisk's "
		     "chan_sip with auto_force_rport compares addresses and no ports (check_for_nat).",
	  .not = "Neither the router's timeout nor the server's rules are wrong: without the ALG both would do.",
	  .knobs = KNOBS("router alg.out-request.via", "router alg.out-request.contact", "router alg.host",
			 "router alg.port", "server nat-test", "server ping.to", "server force-rport",
			 "phone keepalive.type", "router udp-timeout.first", "router udp-timeout.stream"),
	  .recognise = is_blinded,
	  .tell = tell_blinded },
	{ .word = "mapping-expired",
	  .id = "F10",
	  .title = "The router has forgotten the mapping",
	  .clause = "RFC 4787 4.3",
	  .happens = "The datagram is addressed rightly, to an outside port that was the phone's. But "
		     "nothing went through for "
		     "longer than the router's UDP timeout, so the port is closed again.",
	  .packets = "A request, an answer or audio reaches the router's outside address and is dropped there.",
	  .why = "RFC 4787 asks for two minutes at least and recommends five; many routers keep a UDP "
		 "mapping for 30 or 60 "
		 "seconds. Registrations last an hour, and a phone that suppresses silence may say nothing for a minute of a call.",
	  .cures = "A longer udp-timeout on the router, or one that what comes in refreshes, too (refresh: both); a shorter "
		   "registration, or a keepalive more often than the timeout; in calls, a phone that sends silence "
		   "(silence-suppression: off), and a relay that follows it to its next port (latch: always).",
	  .devices = "Linux: 30 s until the second answer, then 120 s (measured, 6.18); pf: 60 s.",
	  .not = "The port was not wrong; a moment earlier the datagram would have passed.",
	  .knobs = KNOBS("router udp-timeout.first", "router udp-timeout.stream", "router refresh",
			 "router alg.sip-flow", "router alg.keepalive-refreshes", "phone keepalive.type",
			 "phone keepalive.every", "phone register.expires", "phone rtp.silence-suppression",
			 "server ping.type", "server ping.every", "server ping.to", "server nat-test",
			 "server expires.max", "server expires.natted", "server latch"),
	  .recognise = is_expired,
	  .tell = tell_expired },
	{ .word = "both-wait-for-audio",
	  .id = "G15",
	  .title = "Each side waits for the audio of the other",
	  .clause = "RFC 7362",
	  .happens = "A phone sends nothing before it hears something, or is not allowed to send. The server wants to learn from the "
		     "phone's audio where to send its own, and until then sends to the address in SDP, which is the private one. "
		     "The call stands, and both sides hear nothing.",
	  .packets = "INVITE, 200, ACK, and RTP of the server only, to 192.168.1.104.",
	  .why = "Latching takes the source of the first RTP for the phone's address. It cannot do so with a phone that is "
		 "silent: because it listens only (recvonly), suppresses silence and nobody speaks, is muted or on hold from the "
		 "beginning, or waits by design.",
	  .cures = "A phone that sends at once, were it only silence (rtp: waits: off, silence-suppression: off); a SIP ALG that "
		   "writes the public address into SDP and opens the port (remedy-c); a VPN (remedy-g).",
	  .devices = "A scripted phone that waits, with rtpengine 10.5 behind Linux 6.18: dead without its SIP helper, and well "
		     "with it (measured).",
	  .not = "No mapping has expired, and the server's latching is right: there is nothing to latch on to.",
	  .knobs = KNOBS("phone rtp.waits", "phone rtp.silence-suppression", "server latch", "server media",
			 "router alg.out-request.sdp-c", "router alg.out-response.sdp-c",
			 "router alg.pinhole.media"),
	  .recognise = is_deadlock,
	  .tell = tell_deadlock },
	{ .word = "private-media-address",
	  .id = "F21",
	  .title = "SDP names a private address, and audio is sent there",
	  .clause = "RFC 3264 5.1",
	  .happens = "The phone writes the address that it has in its own network into c= of its SDP. The other side believes it "
		     "and sends its audio to an address that does not exist outside. The phone itself is heard: one-way audio.",
	  .packets = "c=IN IP4 192.168.1.104 in the INVITE or its 200; RTP from the phone arrives, RTP to the phone never leaves "
		     "the other side's network.",
	  .why = "RFC 3264 tells each side to send where the other one's SDP says. The phone does not know its outside address, "
		 "and rport mends only where SIP goes. Two phones behind two routers that exchange SDP directly (media: direct) "
		 "tell each other their private addresses.",
	  .cures = "A server that relays audio and sends it back to where the phone's comes from (media: relay with latch: once or "
		   "always); a SIP ALG that rewrites SDP (remedy-c); a phone that is told its outside address and has its ports "
		   "forwarded; a VPN (remedy-g).",
	  .devices = "LiveKit SIP before it had symmetric RTP (livekit/sip issue 611), rtpengine without symmetric media (issue "
		     "1299), and any server that does not latch.",
	  .not = "The registration and the call itself are well; no packet was dropped by the phone's router.",
	  .knobs = KNOBS("server media", "server latch", "router alg.out-request.sdp-c",
			 "router alg.out-response.sdp-c", "router alg.host", "phone public-address",
			 "router vpn-to", "router alg.pinhole.media"),
	  .recognise = is_private_media,
	  .tell = tell_private_media },
	{ .word = "media-not-hairpinned",
	  .id = "F24",
	  .title = "Two phones behind one router send their audio to its outside address, and it does not let it in again",
	  .clause = "RFC 4787 6",
	  .happens = "The audio of two phones in one network goes directly from one to the other, but each was told the other's "
		     "outside address. It reaches the router from inside and ends there: both hear nothing.",
	  .packets = "RTP from both phones to the router's own outside address, and ICMP port unreachable, or nothing, back.",
	  .why = "The server keeps out of the way of audio to save itself the load, and somebody has written public addresses into "
		 "SDP for the sake of everybody else: the phones, the ALG, or the server. A port forward is for what comes from "
		 "outside; hairpinning is another thing to have.",
	  .cures = "A router that hairpins (hairpin: inside-source or outside-source) what it also forwards; a server that relays "
		   "(media: relay); private addresses left in SDP, which reach each other directly.",
	  .devices = "Asterisk with direct_media=yes, the default of chan_pjsip and chan_sip, behind routers that do not hairpin; "
		     "rtpengine issue 1039; Linux 6.18 with masquerade and a port forward for its outer side only (measured).",
	  .not = "The phones reach everybody outside; only each other they do not.",
	  .knobs = KNOBS("router hairpin", "server media", "router alg.out-request.sdp-c",
			 "router alg.out-response.sdp-c", "phone public-address"),
	  .recognise = is_media_not_hairpinned,
	  .tell = tell_media_not_hairpinned },
	{ .word = "media-port-unmapped",
	  .id = "F22",
	  .title = "SDP names a port that the router has not opened for audio",
	  .clause = "RFC 3264 5.1",
	  .happens = "The address in SDP is the right one, the router's, but the port is that of the phone, 16384, while the router "
		     "gives the phone's audio another one. What is sent where SDP says is dropped at the router.",
	  .packets = "c=IN IP4 203.0.113.17 and m=audio 16384 in SDP; RTP of the phone arrives from 203.0.113.17:23201; RTP to "
		     "203.0.113.17:16384 is dropped.",
	  .why = "A phone that was told its public address, or an ALG that rewrites addresses only, does not know or not mend the "
		 "port. A server that latches on when it sees a private address in SDP sees none and does not. A port is also "
		 "not open before the phone has sent something through it, except where an ALG or a forward keeps it open.",
	  .cures = "A server that always latches; an ALG that keeps ports and promises with each other (remedy-c), or none; a "
		   "router that keeps source ports (remedy-a) and phones that send first; a port forward of the RTP ports.",
	  .devices = "Linux 6.18 with audio at another address than the SIP server's: its helper rewrites SDP but does not keep the "
		     "port on a router with random ports (measured).",
	  .not = "The mapping has not expired: that port was never open.",
	  .knobs = KNOBS("server latch", "server media", "router ports", "router alg.pinhole.media",
			 "router alg.out-request.sdp-m", "router alg.out-request.sdp-c",
			 "router alg.out-response.sdp-m", "router alg.out-response.sdp-c", "router forward"),
	  .recognise = is_media_unmapped,
	  .tell = tell_media_unmapped },
	{ .word = "latched-on-wrong-source",
	  .id = "F23",
	  .title = "The relay sends audio to where some came from, and that is not where the phone hears",
	  .clause = "RFC 7362",
	  .happens = "A relay or server sends audio back to where it hears some from, and stays with that. If the first to be heard "
		     "was somebody else, or the phone has another outside port since, or hears on another port than it sends "
		     "from, then the phone is deaf and the other side hears it well.",
	  .packets = "RTP of the phone arrives at the relay; RTP of the relay goes to another place, call after call or until the "
		     "next re-INVITE.",
	  .why = "Who latches on too early takes a stray stream: early media of another phone that rang too, or the rest of a call "
		 "before. Who latches on for good does not follow a phone whose mapping changes. Who follows everybody lets "
		 "anybody steal the call.",
	  .cures = "A relay that goes on learning for a while (latch-after: 3s), asks for several datagrams in a row from a new "
		   "source (latch-probation), or follows the phone (latch: always); a re-INVITE, which lets it learn anew.",
	  .devices = "rtpengine 10.5: learns until 3 s after the last offer or answer, then the first datagram decides; with "
		     "immediate learning the first one wins for ever (measured). Asterisk's strict RTP asks for 4 frames in a row "
		     "and learns for 5 s, FreeSWITCH for 10 packets of 20, pjmedia for 10 (their sources).",
	  .not = "SDP is not what decides here, and the router keeps its mappings.",
	  .knobs = KNOBS("server latch", "server latch-after", "server latch-probation", "server latch-strict"),
	  .recognise = is_wrong_source,
	  .tell = tell_wrong_source },
	{ .word = "asymmetric-phone-via-mapped",
	  .id = "G11",
	  .title = "The port in the Via leads to a port from which the phone only sends",
	  .clause = "RFC 3261 18.2.2",
	  .happens = "The phone sends from one port and listens on another. At the router, the port in the Via is that of the "
		     "mapping, so the answer gets through, to the port the phone sent from, where nothing listens.",
	  .packets = "REGISTER from 50933, and 203.0.113.17:23201 in the Via that the server sees; the answer goes there, "
		     "through the mapping to 50933, and dies at the phone.",
	  .why = "An ALG that writes the mapping into the Via, or a router that gives SIP the port 5060, takes for granted that a "
		 "phone listens where it sends from. Linux's SIP helper sends such answers to the port that was in the Via.",
	  .cures = "A phone that sends from the port it listens on, or an ALG that repairs this (asymmetric-repair).",
	  .devices = "Cisco 79xx with nat_enable 0 behind an ALG that replaces any private address.",
	  .not = "It is not rport: the server answered by the Via.",
	  .knobs = KNOBS("phone send-port", "router alg.asymmetric-repair", "router alg.out-request.via"),
	  .recognise = is_asymmetric_mapped,
	  .tell = tell_asymmetric_mapped },
	{ .word = "asymmetric-phone-preserved-port",
	  .id = "F03",
	  .title = "A port-preserving router keeps the wrong port of an asymmetric phone",
	  .clause = "RFC 3261 18.2.2",
	  .happens =
		  "The phone sends from one port and writes another into its Via. The router keeps the "
		  "source port, so its "
		  "mapping is for that one; the server answers to the Via port, where there is no mapping.",
	  .packets = "REGISTER from 50933 with 5060 in its Via leaves the router from 50933; the answer goes "
		     "to 5060 of the router "
		     "and is dropped.",
	  .why = "Static ports cure the symmetric phone, whose Via port and source port are the same. Here "
		 "they differ before any "
		 "router is passed.",
	  .cures = "A port forward of 5060 to the phone (remedy-b), or a phone that sends from the port it listens on. "
		   "Forcing rport on the "
		   "server does not help: nothing listens on the source port.",
	  .devices = "Cisco 79xx with nat_enable 0; measured with a scripted phone behind Linux 6.18.",
	  .not = "The router is not broken: it does what static-port promises.",
	  .knobs = KNOBS("phone send-port", "router forward", "router one-to-one"),
	  .recognise = is_asymmetric_preserved,
	  .tell = tell_asymmetric_preserved },
	{ .word = "alg-wrong-port",
	  .id = "F05",
	  .title = "The router's ALG writes the right address with a wrong port",
	  .clause = "RFC 3261 18.2.2",
	  .happens = "The router rewrites the message: the private address becomes the public one, but the port beside it stays what "
		     "it was, or becomes 5060. The server believes it and sends to a port that the router has not opened.",
	  .packets = "REGISTER reaches the server from port 23201 with the router's own address and 5060 in its Via or Contact; what "
		     "the server sends goes to 5060 of the router and is dropped.",
	  .why = "An ALG that changes addresses must change the ports with them, because the router changes both. Without the ALG the "
		 "server would see a foreign address in the Via, which some take as the sign to answer to the source; the half-changed "
		 "one looks like a phone without NAT.",
	  .cures = "Switch the SIP ALG off, or have one that is complete (remedy-c); a router that keeps ports (remedy-a); rport on "
		   "the phone, if the ALG leaves it in (remedy-d); a server that always answers to the source (remedy-e) and stores "
		   "it (remedy-stored-source).",
	  .devices = "Microsoft TMG (pjproject issue 864); weak consumer routers.",
	  .not = "The port did not come from the phone's settings alone: without the ALG the address would differ too.",
	  .knobs = KNOBS("router alg.port", "router alg.out-request.via", "router alg.out-request.contact",
			 "router alg.port-policy", "router alg.rport-out", "router ports", "phone rport",
			 "server force-rport", "server stored-contact"),
	  .recognise = is_alg_port,
	  .tell = tell_alg_port },
	{ .word = "double-nat",
	  .id = "F30",
	  .title = "What the inner router does right, an outer one undoes",
	  .clause = "RFC 6888 3",
	  .happens = "The router at home keeps the port of the phone, but another router translates behind it, most often the "
		     "carrier's, and chooses another port. The answer to the Via port dies there.",
	  .packets = "REGISTER leaves the inner router from 5060 and reaches the server from another port; the answer goes to 5060 of "
		     "the outer router's address, which has no mapping there.",
	  .why = "Static ports and port forwards are rules of one router. A carrier-grade NAT shares an address among many homes and "
		 "cannot give port 5060 to each; no rule at home reaches it.",
	  .cures = "What works through any number of routers: rport on the phone (remedy-d), or force-rport on the server "
		   "(remedy-e); a VPN (remedy-g); an address of one's own from the carrier.",
	  .devices = "Carrier-grade NAT with 100.64.0.0/10 between the routers; a second router behind the provider's.",
	  .not = "The router at home is set right, and nothing done there helps.",
	  .knobs = KNOBS("phone rport", "server force-rport", "server rport", "router ports", "router vpn-to"),
	  .recognise = is_double_nat,
	  .tell = tell_double_nat },
	{ .word = "reply-to-via-port",
	  .id = "F01",
	  .title = "The answer goes to the port in the Via, which the router never opened",
	  .clause = "RFC 3261 18.2.2",
	  .happens = "The router gives the request another source port. The server answers to the router's "
		     "address, but to the "
		     "port in the Via. The router has no mapping for that port and drops the answer.",
	  .packets = "REGISTER arrives from port 23201 with 5060 in its Via; the 401 or 407 carries "
		     "received= and goes to 5060; "
		     "the phone repeats its request after 0.5, 1.5, 3.5, 7.5 s and so on, and gives up after "
		     "32 s.",
	  .why = "RFC 3261 18.2.2 tells the server to use the address that the request came from, but the "
		 "port of the Via. RFC 3581 "
		 "mends that for clients that ask for it with rport; this one did not ask.",
	  .cures = "rport on the phone (remedy-d); force-rport on the server (remedy-e, remedy-e-opt-in); a router that keeps "
		   "source ports (remedy-a); a port forward (remedy-b); a SIP ALG that keeps the port of SIP or rewrites the Via "
		   "rightly (remedy-c-ports, remedy-c-via, remedy-c); a gateway inside the network (remedy-f); a VPN (remedy-g); "
		   "another phone (remedy-h).",
	  .devices = "Cisco 7940 behind a TP-Link ER6020 with 3CX 11 (blog post, 2013); Zoiper with "
		     "Clearwater (sprout issue 1567).",
	  .not = "The server does not break the RFC, and the phone may leave rport out: only together they "
		 "fail.",
	  .knobs = KNOBS("phone rport", "server force-rport", "server force-rport-for",
			 "server force-rport-for-agents", "server rport", "router ports", "router forward",
			 "router one-to-one", "router vpn-to", "router alg.port-policy",
			 "router alg.out-request.via", "router alg.host", "router alg.port",
			 "router alg.rport-out"),
	  .recognise = is_reply_to_via,
	  .tell = tell_via_port },
	{ .word = "private-contact",
	  .id = "F08",
	  .title = "The server has stored a private address",
	  .clause = "RFC 3261 10.3",
	  .happens = "The phone, or a gateway for it, registers with the address that it has in its own network, and the server "
		     "stores that as it stands. The registration works; what the server sends to the phone goes to an address that "
		     "does not exist outside.",
	  .packets = "200 to the REGISTER, with Contact: <sip:100@192.168.1.104:5060>; then a request of the server that never "
		     "leaves its network.",
	  .why = "A registrar stores what stands in the Contact (RFC 3261 10.3). The phone does not know the address that its router "
		 "has outside, and rport tells it only where answers to its requests go.",
	  .cures = "A server that stores the source (stored-contact: source, alias or received; remedy-stored-source); a phone that "
		   "learns its outside address (learn) or is told it (public-address); a SIP ALG that rewrites the Contact "
		   "(remedy-c); a VPN, in which the private address is the right one (remedy-g).",
	  .devices = "Asterisk chan_pjsip without rewrite_contact, chan_sip with nat=no, FreeSWITCH without a matching ACL.",
	  .not = "The registration itself is well: answers find their way, requests do not.",
	  .knobs = KNOBS("server stored-contact", "phone learn.from", "phone learned-contact",
			 "phone public-address", "router alg.out-request.contact", "router alg.host",
			 "router vpn-to"),
	  .recognise = is_private_contact,
	  .tell = tell_private_contact },
	{ .word = "asymmetric-phone-stored-source",
	  .id = "G10",
	  .title = "The server sends requests to a port from which the phone only sends",
	  .clause = "RFC 3581 3",
	  .happens = "The phone sends from one port and listens on another. The server stores where the REGISTER came from and sends "
		     "its requests there; they arrive at the phone, at a port where nothing listens.",
	  .packets = "REGISTER from port 50933 with 5060 in its Contact; the server's request goes to 50933.",
	  .why = "Storing the source presumes that a phone listens where it sends from. RFC 3581 asks that of phones which write "
		 "rport, and of no others.",
	  .cures = "A phone that sends from the port it listens on, or a server that stores this phone's Contact as it stands.",
	  .devices = "Cisco 79xx with nat_enable 0; any phone that has restarted and sends from a new port.",
	  .not = "It is not the NAT: the datagram came through.",
	  .knobs = KNOBS("phone send-port", "server stored-contact"),
	  .recognise = is_asymmetric_stored,
	  .tell = tell_asymmetric_stored },
	{ .word = "contact-port-unmapped",
	  .id = "F09",
	  .title = "The stored Contact has the router's address, but not a port that it has opened",
	  .clause = "RFC 4787 4.2.1",
	  .happens = "The address in the stored Contact is right, the port beside it is not. The registration works; what the server "
		     "sends to the phone dies at the router.",
	  .packets = "200 to the REGISTER, whose Contact has the public address and the inner port; then a request to that port, "
		     "which the router drops.",
	  .why = "Somebody knew the outside address and not the port: a phone that was told its public address, or took it from "
		 "received= alone; a server that mends the address and keeps the port.",
	  .cures = "The port too (rport and learn: received-and-rport); a server that stores the source (remedy-stored-source); a "
		   "port forward of that very port.",
	  .devices = "FreeSWITCH with NDLB-connectile-dysfunction and an explicit port in the Contact (freeswitch issue 1457).",
	  .not = "The mapping has not expired: it never was.",
	  .knobs = KNOBS("server stored-contact", "phone learn.from", "phone public-address", "router ports",
			 "router forward"),
	  .recognise = is_port_of_contact,
	  .tell = tell_port_of_contact },
	{ .word = "no-route",
	  .id = "G02",
	  .title = "The address does not exist where the datagram is",
	  .clause = "RFC 1918 3",
	  .happens = "A datagram is sent to an address that the sender's network does not know, most often "
		     "to a private one from "
		     "the Internet.",
	  .packets = "The datagram never leaves its sender's network.",
	  .why = "Private addresses exist only inside their own network. A phone that writes its private "
		 "address where a server "
		 "takes it literally gets answers sent there.",
	  .cures =
		  "Let the server use the source address, or put a router between the phone and the outside.",
	  .not = "No firewall dropped it: there was nobody to drop it.",
	  .knobs = KNOBS("phone public-address", "server stored-contact", "server dialog-target"),
	  .recognise = is_no_route,
	  .tell = tell_no_route },
	{ .word = "no-hairpin",
	  .id = "G12",
	  .title = "The router does not let back in what comes from inside",
	  .clause = "RFC 4787 6",
	  .happens = "Somebody behind the router sends to the router's own outside address, because that is how the other one is "
		     "known to the world. The other one is behind the same router, which would have to turn the datagram round.",
	  .packets = "The datagram reaches the inner side of the router, with the outside address as its destination, and ends there.",
	  .why = "A port forward and a mapping are for what comes from outside. RFC 4787 6 asks a NAT to serve what comes from inside "
		 "as well (hairpinning, or NAT loopback); many do not.",
	  .cures = "A router that does it (hairpin: outside-source); a name that means the inner address inside and the outside "
		   "address elsewhere (split DNS); no public-address of a phone that talks to a server in its own network.",
	  .devices = "Linux 6.18 with masquerade and a port forward (measured).",
	  .not = "The port forward is right: from outside it works.",
	  .knobs = KNOBS("router hairpin", "phone public-address"),
	  .recognise = is_no_hairpin,
	  .tell = tell_no_hairpin },
	{ .word = "no-outside-port",
	  .id = "G06",
	  .title = "The router has no outside port left",
	  .clause = "RFC 4787 4.2",
	  .happens =
		  "All outside ports of the router are taken by other flows, and a new one cannot be made.",
	  .packets = "The phone's request dies on the inner side of the router.",
	  .why = "One address has fewer than 65,536 ports, and carriers give each subscriber a few hundred.",
	  .cures = "A larger port-range, a shorter udp-timeout, or another outside address.",
	  .knobs = KNOBS("router port-range.from", "router port-range.to", "router port-block",
			 "router max-mappings", "router udp-timeout.first", "router udp-timeout.stream"),
	  .recognise = is_no_port,
	  .tell = tell_no_port },
	{ .word = "fragments-dropped",
	  .id = "F25",
	  .title = "The message is too long for one packet, and its fragments get lost",
	  .clause = "RFC 4787 11",
	  .happens = "A message of more than 1,472 bytes does not fit into one IP packet of an Ethernet. It travels in "
		     "fragments, and something on the way does not let fragments through. Shorter messages pass, so "
		     "that everything else seems to be in order.",
	  .packets = "Two packets leave where there was one, and one or none of them arrives. No error comes back; the "
		     "request is repeated and cut again each time.",
	  .why = "Only the first fragment carries the ports. A router that keeps no more than it must cannot tell whose "
		 "the others are, and a firewall that wants to see the ports of every packet drops them. Credentials "
		 "make the second try about 200 bytes longer: the first passes, the challenge comes back, and the "
		 "answer to it is the one that does not arrive.",
	  .cures = "Shorter messages: fewer codecs, headers and parameters. A router that puts fragments together "
		   "(fragments: reassemble). SIP over TCP, as RFC 3261 18.1.1 asks for above 1,300 bytes.",
	  .devices = "Linux 6.18 puts fragments together before NAT and passes 8,000 bytes both ways (measured). Calls that "
		     "failed since an INVITE had grown over 1,500 bytes: 64characters/Telephone issue 586.",
	  .not = "The server has not refused anything, and the address translation is right: a byte less may be enough.",
	  .knobs = KNOBS("router fragments", "router mtu"),
	  .recognise = is_fragments,
	  .tell = tell_fragments },
	{ .word = "too-long-to-pass",
	  .id = "G13",
	  .title = "The packet is too long for the way and must not be cut",
	  .clause = "RFC 1191 4",
	  .happens = "The sender forbids routers to fragment what it sends (DF), and the next wire takes less. The router "
		     "drops the packet. If it says so and the sender believes it, the repeat goes in fragments and "
		     "arrives; here that did not help.",
	  .packets = "The request dies at the router each time. An ICMP error, type 3 code 4 with the MTU of the next wire, "
		     "comes back each time, or nothing does.",
	  .why = "A router without ICMP is a black hole for packets between its MTU and the sender's; longer ones pass, "
		 "because the sender cuts those itself. The other black hole is an ALG that makes the message longer than "
		 "the MTU: the error names an MTU which the packet that the sender sent did not exceed, so there is nothing "
		 "to be learned from it.",
	  .cures = "df: off, or learns where routers say what they drop. A phone that does not forbid to fragment, a router "
		   "without the ALG, shorter messages.",
	  .devices = "Linux lets its UDP sockets set DF on what fits the known MTU (IP_PMTUDISC_WANT); Linux 6.18 asks before "
		     "its SIP helper and again after it (measured: at an MTU of 1500 an INVITE of 1450 bytes passes, 1460 to "
		     "1472 never do).",
	  .not = "No fragment was lost, and no address is wrong.",
	  .knobs = KNOBS("phone df", "router icmp", "router mtu"),
	  .recognise = is_too_long,
	  .tell = tell_too_long },
	{ .word = "port-closed",
	  .id = "G14",
	  .title = "Nothing listens on the port that was asked",
	  .clause = "RFC 1122 4.1.3.1",
	  .happens = "The datagram reached its host, and no program there listens on that port.",
	  .packets = "The request arrives and is dropped. The host may answer with an ICMP port unreachable, which most SIP "
		     "programs never see.",
	  .why = "The address was right and the port was not, or the program is not there.",
	  .cures = "The port at which the other side listens. Who heeds ICMP (heeds-icmp: on) at least fails at once and does "
		   "not wait 32 seconds.",
	  .devices = "sofia-sip (FreeSWITCH) asks Linux for ICMP errors; sockets that neither do so nor are connected never "
		     "hear of them.",
	  .not = "No router has stopped it.",
	  .knobs = KNOBS("phone listen-port", "phone send-port"),
	  .recognise = is_port_closed,
	  .tell = tell_port_closed },
	{ .word = "lost-on-the-wire",
	  .id = "G03",
	  .title = "The datagrams were lost between two nodes",
	  .happens = "Nobody refused anything: the wire lost the requests or their answers, each time.",
	  .packets = "Datagrams leave and do not arrive.",
	  .why = "The scenario says so, by loss or drop of a wire. SIP over UDP repeats a request for 32 "
		 "seconds and then gives up.",
	  .cures = "A better line, or more patience: at 10 % loss each way a registration still succeeds "
		   "nearly always.",
	  .not = "No device decided anything wrong.",
	  .knobs = KNOBS("wire loss", "wire drop"),
	  .recognise = is_wire,
	  .tell = tell_wire },
	{ .word = "refused",
	  .id = "G04",
	  .title = "The server said no",
	  .clause = "RFC 3261 10.3",
	  .happens = "A final response other than 2xx arrived, and the phone could do nothing about it.",
	  .packets = "REGISTER and a 4xx, 5xx or 6xx.",
	  .why = "The status says: 404 a user or domain that the server does not serve, 403 not allowed, 423 "
		 "shorter than the "
		 "server takes, 5xx a server in trouble.",
	  .cures = "What the status asks for.",
	  .not = "It says nothing about routers: the answer arrived.",
	  .knobs = KNOBS("phone domain", "server domain", "phone register.expires", "server expires.min",
			 "server max-bindings", "server when-full"),
	  .recognise = is_refused,
	  .tell = tell_refused },
	{ .word = "no-answer",
	  .id = "G05",
	  .title = "Nothing came back",
	  .clause = "RFC 3261 8.1.3.1",
	  .happens = "The phone gave up, and no datagram of this attempt was seen to be lost.",
	  .packets = "Requests, and silence.",
	  .why = "The other side was there and did not answer, or had not answered when the run ended.",
	  .cures = "Look at the ladder: it shows where the requests went.",
	  .recognise = is_anything,
	  .tell = tell_no_answer },
	{ 0 },
};

#undef KNOBS

const struct cause *cause_find(const char *word, size_t len)
{
	for (const struct cause *c = causes; c->word; c++)
		if ((strlen(c->word) == len && !strncasecmp(c->word, word, len)) ||
		    (strlen(c->id) == len && !strncasecmp(c->id, word, len)))
			return c;
	return NULL;
}

/** "remedy servers.force-rport": the same knob of all servers. */
static bool is_of_remedy(const char *named, const char *knob)
{
	size_t word = strcspn(named, " ");
	return strncmp(knob, "remedy ", 7) == 0 && strncmp(knob + 7, named, word) == 0 &&
	       strncmp(knob + 7 + word, "s.", 2) == 0 && strcmp(knob + 9 + word, named + word + 1) == 0;
}

/** Is it the same knob, of all devices of the kind, of one of them, which then has a name in its place, or of a remedy? */
static bool is_named(const char *named, const char *knob)
{
	const char *of = strchr(named, ' '), *blank = strrchr(knob, ' ');
	if (strcmp(named, knob) == 0 || is_of_remedy(named, knob))
		return true;
	return blank && strcmp(blank, of) == 0 && !knob_owner(knob, strcspn(knob, " "));
}

bool cause_hangs_on(const struct cause *c, const char *knob)
{
	for (const char *const *named = c->knobs; named && *named; named++)
		if (is_named(*named, knob))
			return true;
	return false;
}

uint64_t causes_of_knob(const char *knob)
{
	uint64_t found = 0;
	for (const struct cause *c = causes; c->word; c++)
		if (cause_hangs_on(c, knob))
			found |= UINT64_C(1) << (c - causes);
	return found;
}

const struct cause *cause_of(const struct evidence *e)
{
	const struct cause *c = causes;
	while (!c->recognise(e))
		c++;
	return c;
}
