/*
 * The SIP headers that devices here write, for `header-order`: a message looks like that device's.
 */
#ifndef MODELS_HEADER_H
#define MODELS_HEADER_H

enum sip_header {
	HEADER_VIA,
	HEADER_MAX_FORWARDS,
	HEADER_FROM,
	HEADER_TO,
	HEADER_CALL_ID,
	HEADER_CSEQ,
	HEADER_CONTACT,
	HEADER_EXPIRES,
	HEADER_MIN_EXPIRES,
	HEADER_AUTHORIZATION, /* or Proxy-Authorization */
	HEADER_AUTHENTICATE,  /* WWW-Authenticate or Proxy-Authenticate */
	HEADER_USER_AGENT,
	HEADER_SERVER,
	HEADER_ALLOW,
	HEADER_SUPPORTED,
	HEADER_DATE,
	HEADER_ROUTE,
	HEADER_RECORD_ROUTE,
	HEADER_REQUIRE,
	HEADER_SESSION_EXPIRES,
	HEADER_CONTENT_TYPE,
	HEADER_CONTENT_LENGTH,
	HEADERS
};

/** "via", "max-forwards", ... NULL; by enum sip_header. */
extern const char *const sip_header_words[];

#endif
