/* Digest authentication against the examples of its RFCs, and how its headers are read. */
#include <string.h>

#include "models/digest.h"
#include "tests/lab.h"

static struct digest_memo *memo_new(struct arena *a)
{
	struct digest_memo *memo = arena_alloc_raw(a, sizeof *memo);
	digest_memo_init(memo);
	return memo;
}

/* Computed by somebody who remembers nothing. */
static size_t response_of(const struct digest_input *in, char hex[static DIGEST_HEX_MAX])
{
	struct arena *a = arena_new();
	size_t len = digest_response(memo_new(a), in, hex);
	arena_free(a);
	return len;
}

/* Mufasa asks for /dir/index.html. */
static struct digest_input mufasa(enum digest_algorithm algorithm, const char *password, const char *nonce,
				  const char *cnonce)
{
	return (struct digest_input){
		.algorithm = algorithm,
		.username = SPAN("Mufasa"),
		.password = SPAN(password),
		.method = SPAN("GET"),
		.uri = SPAN("/dir/index.html"),
		.nonce = SPAN(nonce),
		.qop_auth = cnonce != NULL,
		.nc = SPAN("00000001"),
		.cnonce = SPAN(cnonce ? cnonce : ""),
	};
}

TEST(responses_are_those_of_the_rfcs)
{
	static const struct {
		const char *source;
		enum digest_algorithm algorithm;
		const char *realm, *password, *nonce, *cnonce, *response;
	} rows[] = {
		{ "RFC 2617 3.5", DIGEST_MD5, "testrealm@host.com", "Circle Of Life",
		  "dcd98b7102dd2f0e8b11d0f600bfb0c093", "0a4f113b", "6629fae49393a05397450978507c4ef1" },
		{ "RFC 7616 3.9.1, MD5", DIGEST_MD5, "http-auth@example.org", "Circle of Life",
		  "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
		  "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "8ca523f5e9506fed4657c9700eebdbec" },
		{ "RFC 7616 3.9.1, SHA-256", DIGEST_SHA_256, "http-auth@example.org", "Circle of Life",
		  "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
		  "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
		  "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" },
		/* without qop, as in RFC 2069: H(HA1:nonce:HA2); computed with another program */
		{ "no qop", DIGEST_MD5, "testrealm@host.com", "Circle Of Life",
		  "dcd98b7102dd2f0e8b11d0f600bfb0c093", NULL, "670fd8c2df070c60b045671b8b24ff02" },
		{ "no qop", DIGEST_SHA_256, "testrealm@host.com", "Circle Of Life",
		  "dcd98b7102dd2f0e8b11d0f600bfb0c093", NULL,
		  "e71f89d8267982ee1cd4dfb3637698eaf2f55848fe056aee7be175262aab5d2a" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char hex[DIGEST_HEX_MAX];
		struct digest_input in =
			mufasa(rows[i].algorithm, rows[i].password, rows[i].nonce, rows[i].cnonce);
		in.realm = SPAN(rows[i].realm);
		size_t len = response_of(&in, hex);
		assert_string_equal(hex, rows[i].response);
		assert_int_equal(len, strlen(hex));
	}
}

TEST(every_part_of_the_input_changes_the_response)
{
	struct digest_input base = mufasa(DIGEST_MD5, "Circle Of Life", "nonce", "cnonce");
	struct digest_input other[8];
	char hex[DIGEST_HEX_MAX], changed[DIGEST_HEX_MAX];
	base.realm = SPAN("realm");
	response_of(&base, hex);
	for (size_t i = 0; i < COUNT(other); i++)
		other[i] = base;
	other[0].username = SPAN("Mufasb");
	other[1].realm = SPAN("realn");
	other[2].password = SPAN("Circle of Life");
	other[3].method = SPAN("POST");
	other[4].uri = SPAN("/dir/index.htm");
	other[5].nonce = SPAN("noncf");
	other[6].nc = SPAN("00000002");
	other[7].cnonce = SPAN("cnoncf");
	for (size_t i = 0; i < COUNT(other); i++) {
		response_of(&other[i], changed);
		assert_string_not_equal(changed, hex);
	}
}

TEST(what_is_remembered_is_what_would_be_computed)
{
	struct arena *a = arena_new();
	struct digest_memo *memo = memo_new(a);
	static const char *const nonces[] = { "n1", "n2", "n3" };
	for (int i = 0; i < 2000;
	     i++) { /* more texts than the memo has places, each of them again and again */
		char nonce[16], warm[DIGEST_HEX_MAX], cold[DIGEST_HEX_MAX];
		nonce[decimal_print((uint64_t)(i * i % 300), nonce)] = 0;
		struct digest_input in =
			mufasa(i % 2 ? DIGEST_SHA_256 : DIGEST_MD5, nonces[i % 3], nonce, i % 5 ? "c" : NULL);
		in.realm = SPAN("realm");
		assert_int_equal(digest_response(memo, &in, warm), response_of(&in, cold));
		assert_string_equal(warm, cold);
	}
	arena_free(a);
}

/* The same letters and colons, split in other places, and all with one nonce. */
TEST(texts_that_look_alike_are_not_taken_for_each_other)
{
	static const struct {
		enum digest_algorithm algorithm;
		const char *password, *method, *uri, *cnonce;
	} rows[] = {
		{ DIGEST_MD5, "p", "GET", "PUT:/", NULL },
		{ DIGEST_MD5, "p:GET", "PUT", "/", NULL },
		{ DIGEST_MD5, "p:GET:PUT", "", "/", NULL },
		{ DIGEST_SHA_256, "p", "GET", "PUT:/", NULL },
		{ DIGEST_MD5, "p", "GET", "PUT:/", "c" },
	};
	struct arena *a = arena_new();
	struct digest_memo *memo = memo_new(a);
	for (size_t i = 0; i < 2 * COUNT(rows) * COUNT(rows); i++) {
		size_t row = i % 2 ? i / 2 % COUNT(rows) : i / 2 / COUNT(rows);
		char warm[DIGEST_HEX_MAX], cold[DIGEST_HEX_MAX];
		struct digest_input in = mufasa(rows[row].algorithm, rows[row].password,
						rows[row].cnonce ? "n" : "n:00000001:c", rows[row].cnonce);
		in.realm = SPAN("r");
		in.method = SPAN(rows[row].method);
		in.uri = SPAN(rows[row].uri);
		digest_response(memo, &in, warm);
		response_of(&in, cold);
		assert_string_equal(warm, cold);
	}
	arena_free(a);
}

TEST(texts_of_any_length_are_hashed)
{
	/* H(A1) of a realm of 100 and of 60,000 letters; computed with another program */
	static const struct {
		size_t len;
		const char *response;
	} rows[] = { { 100, "97eeb5d6ee9748e7341e56b7d8cbafbe" },
		     { 300, "4bd4380a07a7f319ddfa5f7bc344ba9d" },
		     { 3000, "edd5e49c81cd1206ee8651c2fa52768a" },
		     { 60000, "6888446aea3e10774ed789293383d0aa" } };
	struct arena *a = arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		char hex[DIGEST_HEX_MAX];
		struct digest_input in = mufasa(DIGEST_MD5, "Circle Of Life", "nonce", NULL);
		char *realm = arena_alloc(a, rows[i].len);
		memset(realm, 'r', rows[i].len);
		in.realm = (struct span){ realm, rows[i].len };
		response_of(&in, hex);
		assert_string_equal(hex, rows[i].response);
	}
	arena_free(a);
}

/* --- reading --------------------------------------------------------------------------- */

static struct sip_auth read_value(const char *text)
{
	return digest_read(text, (struct slice){ 0, (uint16_t)strlen(text) });
}

static void assert_part(const char *text, struct slice s, const char *expected)
{
	if (s.len != strlen(expected) || memcmp(text + s.at, expected, s.len) != 0)
		fail_msg("in %s: \"%.*s\" and not \"%s\"", text, s.len, text + s.at, expected);
}

TEST(challenges_are_read_however_they_are_written)
{
	static const struct {
		const char *text, *realm, *nonce, *opaque;
		enum digest_algorithm algorithm;
		bool qop, stale;
	} rows[] = {
		/* the seed's server */
		{ "Digest "
		  "nonce=\"414d535c079daad234:38465ad0db9a18427774f51f1dcb7ab3\",algorithm=MD5,realm="
		  "\"3CXPhoneSystem\"",
		  "3CXPhoneSystem", "414d535c079daad234:38465ad0db9a18427774f51f1dcb7ab3", "", DIGEST_MD5,
		  false, false },
		/* blanks and folds wherever they may be */
		{ "Digest   realm = \"r\" ,\r\n\tnonce\t= \"n\"  , stale = TRUE , opaque=\"o\" ", "r", "n",
		  "o", DIGEST_MD5, false, true },
		{ "Digest realm=\"r\",nonce=\"n\",,opaque=\"o\",", "r", "n", "o", DIGEST_MD5, false, false },
		/* any case */
		{ "dIGEST REALM=\"r\",NONCE=\"n\",Algorithm=sha-256,QOP=\"AUTH\"", "r", "n", "",
		  DIGEST_SHA_256, true, false },
		/* commas, equals signs and quotes inside quotes */
		{ "Digest realm=\"a, nonce=\\\"no\\\" b=c\",nonce=\"n,=n\"", "a, nonce=\\\"no\\\" b=c",
		  "n,=n", "", DIGEST_MD5, false, false },
		/* qop is a list; only auth is known */
		{ "Digest realm=\"r\",nonce=\"n\",qop=\"auth-int,auth\"", "r", "n", "", DIGEST_MD5, true,
		  false },
		{ "Digest realm=\"r\",nonce=\"n\",qop=\"auth-int , auth \"", "r", "n", "", DIGEST_MD5, true,
		  false },
		{ "Digest realm=\"r\",nonce=\"n\",qop=\"auth-int\"", "r", "n", "", DIGEST_MD5, false, false },
		{ "Digest realm=\"r\",nonce=\"n\",qop=auth", "r", "n", "", DIGEST_MD5, true, false },
		/* algorithms: quoted by some, unknown to us */
		{ "Digest realm=\"r\",nonce=\"n\",algorithm=\"MD5\"", "r", "n", "", DIGEST_MD5, false,
		  false },
		{ "Digest realm=\"r\",nonce=\"n\",algorithm=SHA-512-256", "r", "n", "", DIGEST_UNKNOWN, false,
		  false },
		{ "Digest realm=\"r\",nonce=\"n\",algorithm=MD5-sess", "r", "n", "", DIGEST_UNKNOWN, false,
		  false },
		{ "Digest realm=\"r\",nonce=\"n\",algorithm=", "r", "n", "", DIGEST_UNKNOWN, false, false },
		/* stale is true or it is not */
		{ "Digest realm=\"r\",nonce=\"n\",stale=false", "r", "n", "", DIGEST_MD5, false, false },
		{ "Digest realm=\"r\",nonce=\"n\",stale=\"true\"", "r", "n", "", DIGEST_MD5, false, true },
		/* others' parameters; a realm that is empty or missing */
		{ "Digest nonce=\"n\",domain=\"sip:x\",charset=UTF-8,xrealm=\"no\"", "", "n", "", DIGEST_MD5,
		  false, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sip_auth a = read_value(rows[i].text);
		assert_true(a.digest);
		assert_part(rows[i].text, a.realm, rows[i].realm);
		assert_part(rows[i].text, a.nonce, rows[i].nonce);
		assert_part(rows[i].text, a.opaque, rows[i].opaque);
		assert_int_equal(a.algorithm, rows[i].algorithm);
		assert_int_equal(a.qop_auth, rows[i].qop);
		assert_int_equal(a.stale, rows[i].stale);
	}
}

TEST(what_is_no_digest_or_has_no_nonce_is_none)
{
	static const char *const rows[] = {
		"",
		"Digest",
		"Digest ",
		"Digest realm=\"r\"",
		"Digest realm=\"r\",nonce=\"\"",
		"Digest nonce",
		"Digest nonce=",
		"Basic cmVhbG06bm9uY2U=",
		"Digestnonce=\"n\"",
		"Digest xnonce=\"n\"",
		"Digest realm=\"r,nonce=n",
		"NTLM nonce=\"n\"",
		"Digest realm=\"\\",
		"Digest \"",
		"Digest =\"n\"",
		"Digest realm=\"r\" \"nonce=\"",
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sip_auth a = read_value(rows[i]);
		if (a.digest)
			fail_msg("%s was taken for a challenge", rows[i]);
	}
}

TEST(credentials_are_read_too)
{
	static const char text[] =
		"Digest "
		"username=\"2006\",realm=\"3CXPhoneSystem\",nonce=\"n\",uri=\"sip:3cx.voiceflare.co.uk\","
		"response=\"6629fae49393a05397450978507c4ef1\",algorithm=MD5,opaque=\"o\",qop=auth,nc="
		"00000001,"
		"cnonce=\"0a4f113b\"";
	struct sip_auth a = read_value(text);
	assert_true(a.digest && a.qop_auth);
	assert_part(text, a.username, "2006");
	assert_part(text, a.uri, "sip:3cx.voiceflare.co.uk");
	assert_part(text, a.response, "6629fae49393a05397450978507c4ef1");
	assert_part(text, a.nc, "00000001");
	assert_part(text, a.cnonce, "0a4f113b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(responses_are_those_of_the_rfcs),
		cmocka_unit_test(every_part_of_the_input_changes_the_response),
		cmocka_unit_test(what_is_remembered_is_what_would_be_computed),
		cmocka_unit_test(texts_that_look_alike_are_not_taken_for_each_other),
		cmocka_unit_test(texts_of_any_length_are_hashed),
		cmocka_unit_test(challenges_are_read_however_they_are_written),
		cmocka_unit_test(what_is_no_digest_or_has_no_nonce_is_none),
		cmocka_unit_test(credentials_are_read_too),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
