/* packscan: see packscan.h. A pack is "PACK", version, number of objects, and for each its type and size, what it is a
 * difference to, and zlib's stream; a checksum ends it. Everything is read byte by byte through one small state, so that
 * it does not matter how the bytes were cut. The checksum is only kept: who stores the pack compares it. */
#include "config.h"
#include "providers/git/packscan.h"

#include <stdbool.h>
#include <string.h>
#include <zlib.h>

#include "core/mem.h"

enum { HEADER = 12, CHECKSUM = 20, ID = 20, TYPE_OFFSET = LF_PACK_OFFSET, TYPE_REF = LF_PACK_REF, NUMBER_BYTES = 9 };
enum state { IN_HEADER, IN_SIZE, IN_OFFSET, IN_ID, IN_DATA, IN_CHECKSUM, AT_END };

static const char WHERE[] = "git.pack";

struct number { /* 7 bits in each byte, least first, as long as the top bit is set */
	uint64_t value;
	unsigned bytes;
	bool whole;
};

struct lf_packscan {
	struct lf_packscan_limits limits;
	enum state state;
	unsigned char header[HEADER], checksum[CHECKSUM];
	uint64_t at; /* bytes so far, without the checksum */
	struct lf_packscan_handler handler;
	struct lf_packscan_object object; /* the one at hand */
	bool ended;			  /* it just did */
	unsigned have;    /* bytes of the state so far */
	uint32_t left;    /* objects */
	unsigned type;    /* of the object at hand */
	struct number size, base, result; /* the last two begin a difference's data */
	uint64_t out, total;
	bool inflating;
	z_stream z;
};

struct lf_packscan *lf_packscan_new(const struct lf_packscan_limits *limits)
{
	struct lf_packscan *scan = lf_alloc(1, sizeof(*scan));

	scan->limits = *limits;
	return scan;
}

void lf_packscan_listen(struct lf_packscan *scan, const struct lf_packscan_handler *handler)
{
	scan->handler = *handler;
}

uint64_t lf_packscan_length(const struct lf_packscan *scan)
{
	return scan->at;
}

const unsigned char *lf_packscan_checksum(const struct lf_packscan *scan)
{
	return scan->checksum;
}

void lf_packscan_free(struct lf_packscan *scan)
{
	if (!scan)
		return;
	if (scan->inflating)
		(void)inflateEnd(&scan->z);
	lf_free(scan);
}

static int broken(struct lf_error *err, const char *what)
{
	int rc = lf_fail(err, LF_EPARSE, WHERE, 0, "the objects that the server sent cannot be used: %s", what);

	lf_hint(err, "Try again. If it happens again, something between here and the server damages data.");
	return rc;
}

static int too_much(struct lf_error *err, const char *what)
{
	int rc = lf_fail(err, LF_ELIMIT, WHERE, 0, "the server sends %s than Landfall takes", what);

	lf_hint(err, "This is no usual repository: ask who runs the server.");
	return rc;
}

/* One more byte. False: it is longer than any number may be. */
static bool grow(struct number *number, unsigned char byte, unsigned bits)
{
	if (number->bytes >= NUMBER_BYTES)
		return false;
	number->value |= (uint64_t)(byte & 0x7f) << (number->bytes ? bits + 7 * (number->bytes - 1) : 0);
	number->bytes++;
	number->whole = !(byte & 0x80);
	return true;
}

static int begin_object(struct lf_packscan *scan)
{
	scan->state = scan->left ? IN_SIZE : IN_CHECKSUM;
	scan->have = 0;
	memset(&scan->size, 0, sizeof(scan->size));
	memset(&scan->base, 0, sizeof(scan->base));
	memset(&scan->result, 0, sizeof(scan->result));
	scan->out = 0;
	return LF_OK;
}

static int take_header(struct lf_packscan *scan, struct lf_error *err)
{
	const unsigned char *h = scan->header;

	if (memcmp(h, "PACK", 4) != 0 || h[4] || h[5] || h[6] || (h[7] != 2 && h[7] != 3))
		return broken(err, "not a pack");
	scan->left = (uint32_t)h[8] << 24 | (uint32_t)h[9] << 16 | (uint32_t)h[10] << 8 | h[11];
	if (scan->left > scan->limits.objects)
		return too_much(err, "more objects");
	if (scan->handler.count) {
		int rc = scan->handler.count(scan->left, scan->handler.payload, err);

		if (rc)
			return rc;
	}
	return begin_object(scan);
}

static int count(struct lf_packscan *scan, uint64_t bytes, struct lf_error *err)
{
	if (bytes > scan->limits.total - scan->total)
		return too_much(err, "objects that become larger");
	scan->total += bytes;
	return LF_OK;
}

static int begin_data(struct lf_packscan *scan, struct lf_error *err)
{
	int rc = scan->inflating ? inflateReset(&scan->z) : inflateInit(&scan->z);

	if (rc != Z_OK)
		return broken(err, "no memory to unpack them");
	scan->inflating = true;
	scan->state = IN_DATA;
	scan->object.type = scan->type;
	scan->object.size = scan->size.value;
	return scan->handler.begin ? scan->handler.begin(&scan->object, scan->handler.payload, err) : LF_OK;
}

/* Type and size share the first byte: 4 bits of size there, 7 in each that follows. */
static int take_size(struct lf_packscan *scan, unsigned char byte, struct lf_error *err)
{
	int rc;

	if (!scan->size.bytes) {
		memset(&scan->object, 0, sizeof(scan->object));
		scan->object.offset = scan->at;
		scan->type = byte >> 4 & 7;
		scan->size.value = byte & 15;
		scan->size.bytes = 1;
		scan->size.whole = !(byte & 0x80);
	} else if (!grow(&scan->size, byte, 4)) {
		return broken(err, "a size that is none");
	}
	if (!scan->size.whole)
		return LF_OK;
	if (!scan->type || scan->type == 5)
		return broken(err, "an object of an unknown kind");
	rc = count(scan, scan->size.value, err);
	if (rc)
		return rc;
	scan->have = 0;
	if (scan->type == TYPE_OFFSET)
		scan->state = IN_OFFSET;
	else if (scan->type == TYPE_REF)
		scan->state = IN_ID;
	else
		return begin_data(scan, err);
	return scan->size.value > scan->limits.delta ? too_much(err, "a larger difference") : LF_OK;
}

/* A difference says first how large what it is a difference to is, and then what it makes. */
static int take_delta(struct lf_packscan *scan, const unsigned char *bytes, size_t length, struct lf_error *err)
{
	for (size_t i = 0; i < length && !scan->result.whole; i++) {
		if (!grow(scan->base.whole ? &scan->result : &scan->base, bytes[i], 7))
			return broken(err, "a difference that is none");
		if (!scan->result.whole)
			continue;
		if (scan->result.value > scan->limits.delta || scan->base.value > scan->limits.delta)
			return too_much(err, "a difference that makes more");
		return count(scan, scan->result.value, err);
	}
	return LF_OK;
}

static int end_object(struct lf_packscan *scan, struct lf_error *err)
{
	if (scan->out != scan->size.value)
		return broken(err, "an object has another size than was said");
	if (scan->type >= TYPE_OFFSET && !scan->result.whole)
		return broken(err, "a difference that is none");
	scan->left--;
	scan->ended = true;
	return begin_object(scan);
}

/* *USED of the bytes belong to the object at hand. */
static int take_data(struct lf_packscan *scan, const unsigned char *bytes, size_t length, size_t *used,
                     struct lf_error *err)
{
	unsigned char buffer[8192];
	size_t most = length < 1u << 20 ? length : 1u << 20, made;
	uint64_t room;
	int z, rc = LF_OK;

	scan->z.next_in = (unsigned char *)(uintptr_t)bytes;
	scan->z.avail_in = (unsigned)most;
	do {
		scan->z.next_out = buffer;
		scan->z.avail_out = sizeof(buffer);
		z = inflate(&scan->z, Z_NO_FLUSH);
		made = sizeof(buffer) - scan->z.avail_out;
		room = scan->size.value - scan->out;
		/* What came before a fault counts, however the bytes were cut. */
		if (scan->type >= TYPE_OFFSET)
			rc = take_delta(scan, buffer, made < room ? made : (size_t)room, err);
		if (rc)
			break;
		if (made > room)
			return broken(err, "an object has another size than was said");
		scan->out += made;
		if (made && scan->handler.data)
			rc = scan->handler.data(buffer, made, scan->handler.payload, err);
		if (rc)
			break;
		if (z != Z_OK && z != Z_STREAM_END && z != Z_BUF_ERROR)
			return broken(err, "they cannot be unpacked");
	} while (z == Z_OK && (scan->z.avail_in || !scan->z.avail_out));
	*used = most - scan->z.avail_in;
	if (!rc && !*used && z != Z_STREAM_END)
		return broken(err, "they cannot be unpacked");
	return rc ? rc : z == Z_STREAM_END ? end_object(scan, err) : LF_OK;
}

static int take_byte(struct lf_packscan *scan, unsigned char byte, struct lf_error *err)
{
	switch (scan->state) {
	case IN_HEADER:
		scan->header[scan->have++] = byte;
		return scan->have == HEADER ? take_header(scan, err) : LF_OK;
	case IN_SIZE:
		return take_size(scan, byte, err);
	case IN_OFFSET:
		if (++scan->have > NUMBER_BYTES)
			return broken(err, "an offset that is none");
		/* Each further byte adds one, so that no number can be written in two ways. */
		scan->object.back = scan->have == 1 ? byte & 0x7f : ((scan->object.back + 1) << 7 | (byte & 0x7f));
		return byte & 0x80 ? LF_OK : begin_data(scan, err);
	case IN_ID:
		scan->object.base[scan->have] = byte;
		return ++scan->have == ID ? begin_data(scan, err) : LF_OK;
	case IN_CHECKSUM:
		scan->checksum[scan->have] = byte;
		if (++scan->have == CHECKSUM)
			scan->state = AT_END;
		return LF_OK;
	case IN_DATA:
	case AT_END:
		break;
	}
	return broken(err, "there is something behind them");
}

int lf_packscan_add(struct lf_packscan *scan, const void *bytes, size_t length, struct lf_error *err)
{
	const unsigned char *at = bytes;
	int rc = LF_OK;

	while (length && !rc) {
		enum state before = scan->state;
		size_t used = 1;

		if (scan->state == IN_DATA)
			rc = take_data(scan, at, length, &used, err);
		else
			rc = take_byte(scan, *at, err);
		if (before != IN_CHECKSUM && before != AT_END)
			scan->at += used;
		if (!rc && before != IN_HEADER && before != IN_CHECKSUM && scan->handler.end)
			scan->object.crc = (uint32_t)crc32(scan->object.crc, at, (unsigned)used);
		if (!rc && scan->ended && scan->handler.end)
			rc = scan->handler.end(&scan->object, scan->handler.payload, err);
		scan->ended = false;
		at += used;
		length -= used;
	}
	return rc;
}

int lf_packscan_finish(const struct lf_packscan *scan, struct lf_error *err)
{
	return scan->state == AT_END ? LF_OK : broken(err, "they end too early");
}
