/* packin_resolve: the ids of objects that came as differences. Goes from each object that is there whole to what differs
 * from it, and on from that, so that each is made once; what is on the way is kept, up to a limit, and made again beyond
 * it. Never recurses: a chain may have as many links as the server likes. */
#include "config.h"
#include "providers/git/packin_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"

#define WAY_MOST ((size_t)4 << 20) /* bytes of objects on the way that are kept */
enum { RESULT_MOST = 1 << 27 };

struct step { /* an object whose differences are being made */
	size_t object, next_offset, next_id; /* the next of its differences in either list */
	struct lf_str data;		     /* dropped: empty, and held false */
	bool held;
};

struct way {
	struct lf_packin *in;
	struct step *steps;
	size_t count, capacity;
	size_t bytes, lowest; /* of what is held; below LOWEST nothing is */
};

static int by_base(const void *a, const void *b)
{
	uint32_t x = ((const struct packin_by_offset *)a)->base, y = ((const struct packin_by_offset *)b)->base;

	return x < y ? -1 : x > y;
}

static int by_base_id(const void *a, const void *b)
{
	return memcmp(((const struct packin_by_id *)a)->base, ((const struct packin_by_id *)b)->base, 20);
}

static size_t first_by_offset(const struct lf_packin *in, size_t base)
{
	size_t low = 0, high = in->by_offset_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (in->by_offset[middle].base < base)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t first_by_id(const struct lf_packin *in, const unsigned char *id)
{
	size_t low = 0, high = in->by_id_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(in->by_id[middle].base, id, 20) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The data of OBJECT as it lies in the file: its own, or that of the difference. The pack was looked through when it came,
 * so that what is read here has its form. */
static int read_back(struct lf_packin *in, size_t object, unsigned type, struct lf_str *out, struct lf_error *err)
{
	unsigned char raw[4096], made[8192];
	uint64_t at = in->objects[object].offset;
	ssize_t n = pread(in->fd, raw, sizeof(raw), (off_t)at);
	size_t skip = 0;
	int z = Z_OK;

	lf_str_truncate(out, 0);
	while (n > 0 && (size_t)n > skip && raw[skip++] & 0x80)
		;
	if (type == LF_PACK_REF)
		skip += 20;
	while (type == LF_PACK_OFFSET && n > 0 && (size_t)n > skip && raw[skip++] & 0x80)
		;
	if (n < 0 || (size_t)n <= skip)
		return packin_unwritable(err, n < 0 ? errno : EIO);
	if ((in->inflating ? inflateReset(&in->z) : inflateInit(&in->z)) != Z_OK)
		return packin_broken(err, "no memory to unpack them");
	in->inflating = true;
	in->z.next_in = raw + skip;
	in->z.avail_in = (unsigned)((size_t)n - skip);
	while (z != Z_STREAM_END) {
		if (!in->z.avail_in) {
			at += (uint64_t)n;
			n = pread(in->fd, raw, sizeof(raw), (off_t)at);
			if (n <= 0)
				return packin_unwritable(err, n ? errno : EIO);
			in->z.next_in = raw;
			in->z.avail_in = (unsigned)n;
		}
		in->z.next_out = made;
		in->z.avail_out = sizeof(made);
		z = inflate(&in->z, Z_NO_FLUSH);
		if (z != Z_OK && z != Z_STREAM_END && z != Z_BUF_ERROR)
			return packin_broken(err, "they cannot be unpacked");
		lf_str_add_n(out, (const char *)made, sizeof(made) - in->z.avail_out);
	}
	return LF_OK;
}

static bool take_number(size_t *out, const unsigned char **at, const unsigned char *end)
{
	unsigned bits = 0;

	*out = 0;
	while (*at < end && bits < 63) {
		unsigned char byte = *(*at)++;

		*out |= (size_t)(byte & 0x7f) << bits;
		bits += 7;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

/* OUT is BASE changed by DELTA: parts that are copied from it, and bytes that are new. False: it does not fit. */
static bool apply(struct lf_str *out, const struct lf_str *base, const struct lf_str *delta)
{
	const unsigned char *at = (const unsigned char *)delta->data, *end = at ? at + delta->length : at;
	size_t from, to;

	lf_str_truncate(out, 0);
	if (!take_number(&from, &at, end) || !take_number(&to, &at, end) || from != base->length || to > RESULT_MOST)
		return false;
	while (at < end) {
		unsigned char word = *at++;
		size_t offset = 0, length = 0;

		for (unsigned i = 0; i < 7 && word & 0x80; i++) {
			if (!(word & 1u << i))
				continue;
			if (at == end)
				return false;
			if (i < 4)
				offset |= (size_t)*at++ << 8 * i;
			else
				length |= (size_t)*at++ << 8 * (i - 4);
		}
		if (word & 0x80) {
			length = length ? length : 0x10000;
			if (offset > base->length || length > base->length - offset || length > to - out->length)
				return false;
			lf_str_add_n(out, base->data + offset, length);
		} else {
			if (!word || (size_t)(end - at) < word || word > to - out->length)
				return false;
			lf_str_add_n(out, (const char *)at, word);
			at += word;
		}
	}
	return out->length == to;
}

static void drop(struct way *way, struct step *step)
{
	if (step->held)
		way->bytes -= step->data.length;
	lf_str_dispose(&step->data);
	step->held = false;
}

/* Takes DATA. What lies deepest goes first when it becomes too much. */
static void keep(struct way *way, size_t index, struct lf_str *data)
{
	struct step *step = &way->steps[index];

	step->data = *data;
	step->held = true;
	way->bytes += data->length;
	memset(data, 0, sizeof(*data));
	if (index < way->lowest)
		way->lowest = index;
	for (; way->lowest < index && way->bytes > WAY_MOST; way->lowest++)
		drop(way, &way->steps[way->lowest]);
}

/* The type under which OBJECT lies in the pack. */
static unsigned form_of(const struct lf_packin *in, size_t object)
{
	unsigned char first;

	if (pread(in->fd, &first, 1, (off_t)in->objects[object].offset) != 1)
		return 0;
	return first >> 4 & 7;
}

/* Makes the data of the step at the top again, from the nearest one below that is held, or from the first. */
static int hold(struct way *way, struct lf_error *err)
{
	size_t at = way->count - 1;
	int rc = LF_OK;

	while (at && !way->steps[at].held)
		at--;
	for (; at < way->count && !rc; at++) {
		struct lf_str data = {0}, delta = {0};
		size_t object = way->steps[at].object;

		if (way->steps[at].held)
			continue;
		rc = read_back(way->in, object, form_of(way->in, object), at ? &delta : &data, err);
		if (!rc && at && !apply(&data, &way->steps[at - 1].data, &delta))
			rc = packin_broken(err, "a difference does not fit");
		if (!rc)
			keep(way, at, &data);
		lf_str_dispose(&data);
		lf_str_dispose(&delta);
	}
	return rc;
}

static bool has_differences(const struct lf_packin *in, size_t object, size_t by_offset, size_t by_id)
{
	return (by_offset < in->by_offset_count && in->by_offset[by_offset].base == object) ||
	       (by_id < in->by_id_count && !memcmp(in->by_id[by_id].base, in->objects[object].id, 20));
}

/* DATA is taken; NULL: it is read when it is needed. */
static void push(struct way *way, size_t object, struct lf_str *data)
{
	struct lf_packin *in = way->in;
	size_t by_offset = first_by_offset(in, object), by_id = first_by_id(in, in->objects[object].id);
	struct step *step;

	if (!has_differences(in, object, by_offset, by_id))
		return;
	lf_grow((void **)&way->steps, &way->capacity, way->count, sizeof(*way->steps));
	step = &way->steps[way->count++];
	memset(step, 0, sizeof(*step));
	step->object = object;
	step->next_offset = by_offset;
	step->next_id = by_id;
	if (data)
		keep(way, way->count - 1, data);
}

/* The next difference to what is on top whose id is not known yet; false: there is none, and it was taken off. */
static bool next(struct way *way, size_t *object)
{
	struct lf_packin *in = way->in;
	struct step *top = &way->steps[way->count - 1];

	while (top->next_offset < in->by_offset_count && in->by_offset[top->next_offset].base == top->object) {
		*object = in->by_offset[top->next_offset++].object;
		if (in->types[*object] >= LF_PACK_OFFSET)
			return true;
	}
	while (top->next_id < in->by_id_count && !memcmp(in->by_id[top->next_id].base, in->objects[top->object].id, 20)) {
		*object = in->by_id[top->next_id++].object;
		if (in->types[*object] >= LF_PACK_OFFSET)
			return true;
	}
	drop(way, top);
	way->count--;
	return false;
}

/* Everything that differs from OBJECT, however far. */
static int follow(struct way *way, size_t object, struct lf_error *err)
{
	struct lf_packin *in = way->in;
	struct lf_str delta = {0}, data = {0};
	int rc = LF_OK;

	push(way, object, NULL);
	while (way->count && !rc) {
		size_t top = way->steps[way->count - 1].object, child;

		if (!next(way, &child))
			continue;
		if (packin_stopped(in)) {
			rc = lf_fail(err, LF_ECANCELLED, "git.pack", 0, "cancelled");
			break;
		}
		rc = hold(way, err);
		if (!rc)
			rc = read_back(in, child, in->types[child], &delta, err);
		if (!rc && !apply(&data, &way->steps[way->count - 1].data, &delta))
			rc = packin_broken(err, "a difference does not fit");
		if (rc)
			break;
		in->types[child] = in->types[top];
		in->options.hash(in->objects[child].id, in->types[child], data.data ? data.data : "", data.length);
		in->open--;
		push(way, child, &data);
	}
	lf_str_dispose(&delta);
	lf_str_dispose(&data);
	return rc;
}

/* Puts an object that the store has at the end of the pack. */
static int append(struct lf_packin *in, const unsigned char id[20], unsigned type, const struct lf_str *data, struct lf_error *err)
{
	unsigned char header[12];
	size_t size = data->length, used = 0;
	uLong room = compressBound(size);
	unsigned char *packed = lf_alloc(room, 1);
	struct packin_object *object;
	int rc;

	header[used] = (unsigned char)(type << 4 | (size & 15));
	for (size >>= 4; size; size >>= 7) {
		header[used++] |= 0x80;
		header[used] = size & 0x7f;
	}
	used++;
	if (compress2(packed, &room, (const unsigned char *)(data->data ? data->data : ""), data->length, Z_BEST_SPEED) != Z_OK) {
		lf_free(packed);
		return packin_broken(err, "no memory to pack them");
	}
	rc = packin_write(in, in->length, header, used, err);
	if (!rc)
		rc = packin_write(in, in->length + used, packed, room, err);
	in->objects = lf_realloc(in->objects, in->have + 1, sizeof(*in->objects));
	in->types = lf_realloc(in->types, in->have + 1, 1);
	object = &in->objects[in->have];
	memcpy(object->id, id, 20);
	object->offset = (uint32_t)in->length;
	object->crc = (uint32_t)crc32(crc32(0, header, (unsigned)used), packed, (unsigned)room);
	in->types[in->have++] = (unsigned char)type;
	in->appended++;
	in->length += used + room;
	lf_free(packed);
	return rc;
}

/* What differences are to and what is not in the pack: the store has it, or the pack is of no use. */
static int complete(struct way *way, struct lf_error *err)
{
	struct lf_packin *in = way->in;
	int rc = LF_OK;

	for (size_t i = 0; i < in->by_id_count && in->open && !rc; i++) {
		struct lf_str data = {0};
		unsigned type;

		if (in->types[in->by_id[i].object] < LF_PACK_OFFSET)
			continue;
		if (in->options.base(&data, &type, in->by_id[i].base, in->options.payload)) {
			rc = append(in, in->by_id[i].base, type, &data, err);
			if (!rc)
				rc = follow(way, in->have - 1, err);
		}
		lf_str_dispose(&data);
	}
	return rc;
}

int packin_resolve(struct lf_packin *in, struct lf_error *err)
{
	struct way way = {.in = in};
	size_t whole = in->have;
	int rc = LF_OK;

	if (in->by_offset_count)
		packin_sort(in->by_offset, in->by_offset_count, sizeof(*in->by_offset), by_base);
	if (in->by_id_count)
		packin_sort(in->by_id, in->by_id_count, sizeof(*in->by_id), by_base_id);
	for (size_t i = 0; i < whole && in->open && !rc; i++)
		if (in->types[i] < LF_PACK_OFFSET)
			rc = follow(&way, i, err);
	if (!rc && in->open)
		rc = complete(&way, err);
	if (!rc && in->open)
		rc = packin_broken(err, "what some of them are a difference to is missing");
	while (way.count)
		drop(&way, &way.steps[--way.count]);
	lf_free(way.steps);
	lf_free(in->by_offset);
	lf_free(in->by_id);
	in->by_offset = NULL;
	in->by_id = NULL;
	return rc;
}
