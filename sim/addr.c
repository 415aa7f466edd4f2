#include "sim/addr.h"

#include <string.h>

/* Reads a decimal number of at most `max` without leading zeros; moves *at behind it. */
static bool number_parse(const char **at, const char *end, uint32_t max, uint32_t *out)
{
	const char *p = *at;
	uint32_t n = 0;
	while (p < end && *p >= '0' && *p <= '9') {
		n = n * 10 + (uint32_t)(*p++ - '0');
		if (n > max)
			return false;
	}
	if (p == *at || (**at == '0' && p - *at > 1))
		return false;
	*at = p;
	*out = n;
	return true;
}

/* Four octets of one to three digits without leading zeros, none above 255; moves *at behind the last digit. */
static bool octets_parse(const char **at, const char *end, uint32_t *host)
{
	uint32_t value = 0, octet = 0, digits = 0, dots = 0;
	*host = 0;
	for (; *at < end; ++*at) {
		uint32_t digit = (unsigned char)(**at - '0');
		if (digit < 10) {
			if ((digits && octet == 0) || (octet = octet * 10 + digit) > 255)
				return false;
			digits++;
		} else if (**at == '.' && digits && dots < 3) {
			value = value << 8 | octet;
			octet = digits = 0;
			dots++;
		} else {
			break;
		}
	}
	if (!digits || dots < 3)
		return false;
	*host = value << 8 | octet;
	return true;
}

bool host_parse(const char *text, size_t len, uint32_t *host)
{
	const char *at = text, *end = text + len;
	return octets_parse(&at, end, host) && at == end;
}

bool endpoint_parse(const char *text, size_t len, uint32_t default_port, struct endpoint *out)
{
	const char *at = text, *end = text + len;
	if (!octets_parse(&at, end, &out->host))
		return false;
	out->port = default_port;
	if (at == end)
		return true;
	return *at++ == ':' && number_parse(&at, end, 65535, &out->port) && out->port > 0 && at == end;
}

bool prefix_parse(const char *text, size_t len, struct prefix *out)
{
	const char *at = text, *end = text + len;
	if (!octets_parse(&at, end, &out->host) || at == end || *at++ != '/')
		return false;
	if (!number_parse(&at, end, 32, &out->bits) || at != end)
		return false;
	uint32_t hosts = out->bits == 0 ? UINT32_MAX : (uint32_t)(((uint64_t)1 << (32 - out->bits)) - 1);
	return (out->host & hosts) == 0;
}

/* "00" to "99": two digits for one division. */
static const char pairs[] =
	"0001020304050607080910111213141516171819"
	"2021222324252627282930313233343536373839"
	"4041424344454647484950515253545556575859"
	"6061626364656667686970717273747576777879"
	"8081828384858687888990919293949596979899";

static void pair_print(uint32_t n, char *text)
{
	memcpy(text, &pairs[2 * n], 2);
}

/* Below 10,000, which most numbers are. */
static size_t small_print(uint32_t n, char *text)
{
	uint32_t hundreds = n / 100, rest = n % 100;
	if (n >= 1000) {
		pair_print(hundreds, text);
		pair_print(rest, text + 2);
		return 4;
	}
	if (n >= 100) {
		text[0] = (char)('0' + hundreds);
		pair_print(rest, text + 1);
		return 3;
	}
	if (n >= 10) {
		pair_print(rest, text);
		return 2;
	}
	text[0] = (char)('0' + n);
	return 1;
}

static APART size_t large_print(uint64_t number, char *text)
{
	size_t n = decimal_print(number / 10000, text);
	uint32_t rest = (uint32_t)(number % 10000);
	pair_print(rest / 100, text + n);
	pair_print(rest % 100, text + n + 2);
	return n + 4;
}

size_t decimal_print(uint64_t number, char *text)
{
	return number < 10000 ? small_print((uint32_t)number, text) : large_print(number, text);
}

size_t host_print(uint32_t host, char text[static HOST_TEXT_MAX])
{
	char *at = text;
	at += small_print(host >> 24, at);
	*at++ = '.';
	at += small_print(host >> 16 & 255, at);
	*at++ = '.';
	at += small_print(host >> 8 & 255, at);
	*at++ = '.';
	at += small_print(host & 255, at);
	*at = 0;
	return (size_t)(at - text);
}

size_t endpoint_print(struct endpoint e, char text[static ENDPOINT_TEXT_MAX])
{
	size_t n = host_print(e.host, text);
	if (e.port) {
		text[n++] = ':';
		n += decimal_print(e.port, text + n);
		text[n] = 0;
	}
	return n;
}

bool host_is_private(uint32_t host)
{
	static const struct prefix networks[] = {
		{ 0x0A000000u, 8 },  /* 10.0.0.0/8 */
		{ 0xAC100000u, 12 }, /* 172.16.0.0/12 */
		{ 0xC0A80000u, 16 }, /* 192.168.0.0/16 */
		{ 0x64400000u, 10 }, /* 100.64.0.0/10, carriers */
		{ 0xC0000000u, 29 }, /* 192.0.0.0/29, carriers with IPv6 inside */
	};
	for (size_t i = 0; i < COUNT(networks); i++)
		if (prefix_holds(networks[i], host))
			return true;
	return false;
}
