/* pktline: see pktline.h. Owns the framing only: what a packet means is read elsewhere. Never holds more than
 * one packet. */
#include "config.h"
#include "providers/git/pktline.h"

#include <stdarg.h>
#include <string.h>

#include "core/mem.h"

enum { HEAD = 4 };

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The length a packet says it has, or -1. */
static int head_length(const char *bytes)
{
	int length = 0;

	for (int i = 0; i < HEAD; i++) {
		int digit = hex(bytes[i]);

		if (digit < 0)
			return -1;
		length = length * 16 + digit;
	}
	return length;
}

static int broken(struct lf_error *err)
{
	int rc = lf_fail(err, LF_EPARSE, "git.pktline", 0, "the answer is not in Git's protocol");

	lf_hint(err, "Check the repository URL: something else than a Git server may be answering there.");
	return rc;
}

/* One packet of LENGTH bytes at BYTES, complete. */
static int hand_over(const char *bytes, int length, lf_pkt_fn *each, void *payload, struct lf_error *err)
{
	struct lf_pkt pkt = {.kind = LF_PKT_DATA};

	switch (length) {
	case 0:
		pkt.kind = LF_PKT_FLUSH;
		break;
	case 1:
		pkt.kind = LF_PKT_DELIM;
		break;
	case 2:
		pkt.kind = LF_PKT_END;
		break;
	default:
		pkt.bytes = bytes + HEAD;
		pkt.length = (size_t)(length - HEAD);
		break;
	}
	return each(&pkt, payload, err);
}

/* Takes up to WANTED bytes in all into what is held; true when they are there. */
static bool hold(struct lf_pkt_reader *reader, const char **bytes, size_t *length, size_t wanted)
{
	size_t missing = wanted - reader->held.length, take = missing < *length ? missing : *length;

	lf_str_add_n(&reader->held, *bytes, take);
	*bytes += take;
	*length -= take;
	return reader->held.length == wanted;
}

int lf_pkt_feed(struct lf_pkt_reader *reader, const char *bytes, size_t length, lf_pkt_fn *each,
                void *payload, struct lf_error *err)
{
	int rc = LF_OK;

	while (length && !rc) {
		const char *whole = bytes;
		bool held = reader->held.length > 0;
		size_t size;
		int says;

		if ((held || length < HEAD) && reader->held.length < HEAD &&
		    !hold(reader, &bytes, &length, HEAD))
			break;
		held = reader->held.length > 0;
		says = head_length(held ? reader->held.data : bytes);
		if (says < 0 || says == 3 || says > LF_PKT_LIMIT)
			return broken(err);
		size = says < HEAD ? (size_t)HEAD : (size_t)says;
		if (held || length < size) {
			if (!hold(reader, &bytes, &length, size))
				break;
			whole = reader->held.data;
		} else {
			bytes += size;
			length -= size;
		}
		rc = hand_over(whole, says, each, payload, err);
		lf_str_truncate(&reader->held, 0);
	}
	return rc;
}

bool lf_pkt_at_border(const struct lf_pkt_reader *reader)
{
	return reader->held.length == 0;
}

void lf_pkt_reader_dispose(struct lf_pkt_reader *reader)
{
	lf_str_dispose(&reader->held);
}

size_t lf_pkt_text_length(const struct lf_pkt *pkt)
{
	return pkt->length && pkt->bytes[pkt->length - 1] == '\n' ? pkt->length - 1 : pkt->length;
}

bool lf_pkt_is(const struct lf_pkt *pkt, const char *text)
{
	size_t length = lf_pkt_text_length(pkt);

	return length == strlen(text) && (!length || !memcmp(pkt->bytes, text, length));
}

const char *lf_pkt_after(const struct lf_pkt *pkt, const char *prefix, size_t *length)
{
	size_t all = lf_pkt_text_length(pkt), n = strlen(prefix);

	if (all < n || (n && memcmp(pkt->bytes, prefix, n) != 0))
		return NULL;
	*length = all - n;
	return pkt->bytes + n;
}

void lf_pkt_add(struct lf_str *out, const void *bytes, size_t length)
{
	lf_str_addf(out, "%04x", (unsigned)(length + HEAD));
	lf_str_add_n(out, bytes, length);
}

void lf_pkt_addf(struct lf_str *out, const char *format, ...)
{
	struct lf_str text = {0};
	va_list args;

	va_start(args, format);
	lf_str_addv(&text, format, args);
	va_end(args);
	lf_pkt_add(out, lf_str_text(&text), text.length);
	lf_str_dispose(&text);
}

void lf_pkt_add_flush(struct lf_str *out)
{
	lf_str_add(out, "0000");
}

void lf_pkt_add_delim(struct lf_str *out)
{
	lf_str_add(out, "0001");
}
