/* packin: see packin.h. Owns the file while it is written, and the list of its objects. An object that is larger than
 * anything that is ever read from the store is not kept in memory while it comes. */
#include "config.h"
#include "providers/git/packin_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mem.h"

enum { KEPT_MOST = 1 << 20, CHECKSUM = 20, HEADER = 12 };
#define LENGTH_MOST ((uint64_t)1 << 30) /* the index has 31 bits for where an object is */

static const char WHERE[] = "git.pack";

int packin_broken(struct lf_error *err, const char *what)
{
	int rc = lf_fail(err, LF_EPARSE, WHERE, 0, "the objects that the server sent cannot be used: %s", what);

	lf_hint(err, "Try again. If it happens again, something between here and the server damages data.");
	return rc;
}

int packin_unwritable(struct lf_error *err, int native)
{
	int rc = lf_fail(err, LF_EIO, WHERE, native, "the objects that the server sent cannot be stored: %s", strerror(native));

	lf_hint(err, "Free some space, or set XDG_CACHE_HOME or TMPDIR to a folder that can be written.");
	return rc;
}

bool packin_stopped(const struct lf_packin *in)
{
	return in->options.stop && atomic_load(in->options.stop);
}

int packin_write(struct lf_packin *in, uint64_t offset, const void *bytes, size_t length, struct lf_error *err)
{
	const char *at = bytes;

	while (length) {
		ssize_t n = pwrite(in->fd, at, length, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return packin_unwritable(err, n ? errno : ENOSPC);
		at += n;
		offset += (uint64_t)n;
		length -= (size_t)n;
	}
	return LF_OK;
}

static int on_count(uint32_t objects, void *payload, struct lf_error *err)
{
	struct lf_packin *in = payload;

	(void)err;
	/* Pages that are never written to are no memory: a server that claims millions and sends none costs nothing. */
	in->count = objects;
	in->objects = lf_alloc(in->count + 1, sizeof(*in->objects));
	in->types = lf_alloc(in->count + 1, 1);
	return LF_OK;
}

/* Anything larger is no file that is ever read: what it is, is all that the index needs. */
static bool is_kept(const struct lf_packscan_object *object)
{
	return object->size <= KEPT_MOST;
}

static int on_begin(const struct lf_packscan_object *object, void *payload, struct lf_error *err)
{
	static const char *const words[LF_PACK_OFFSET] = {[LF_PACK_COMMIT] = "commit", [LF_PACK_TREE] = "tree", [LF_PACK_BLOB] = "blob", [LF_PACK_TAG] = "tag"};
	struct lf_packin *in = payload;
	int rc = LF_OK;

	in->coming = *object;
	lf_str_truncate(&in->data, 0);
	if (object->type < LF_PACK_OFFSET && !is_kept(object)) {
		char header[40];
		int length = snprintf(header, sizeof(header), "%s %llu", words[object->type], (unsigned long long)object->size);

		if (in->large)
			packin_sum_begin(in->large);
		else
			rc = packin_sum_new(&in->large, err);
		if (!rc)
			packin_sum_add(in->large, header, (size_t)length + 1);
	}
	return rc;
}

static int on_data(const unsigned char *bytes, size_t length, void *payload, struct lf_error *err)
{
	struct lf_packin *in = payload;

	(void)err;
	if (in->coming.type >= LF_PACK_OFFSET)
		return LF_OK; /* read back when what it is a difference to is known */
	if (is_kept(&in->coming))
		lf_str_add_n(&in->data, (const char *)bytes, length);
	else
		packin_sum_add(in->large, bytes, length);
	return LF_OK;
}

/* The place of the object that begins at OFFSET; the count: none does. */
static size_t find_offset(const struct lf_packin *in, uint64_t offset)
{
	size_t low = 0, high = in->have;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (in->objects[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low < in->have && in->objects[low].offset == offset ? low : in->have;
}

static int note_difference(struct lf_packin *in, const struct lf_packscan_object *object, struct lf_error *err)
{
	if (object->type == LF_PACK_REF) {
		lf_grow((void **)&in->by_id, &in->by_id_capacity, in->by_id_count, sizeof(*in->by_id));
		memcpy(in->by_id[in->by_id_count].base, object->base, sizeof(object->base));
		in->by_id[in->by_id_count++].object = (uint32_t)in->have;
	} else {
		size_t base = object->back && object->back <= object->offset ? find_offset(in, object->offset - object->back) : in->have;

		if (base >= in->have)
			return packin_broken(err, "a difference to nothing");
		lf_grow((void **)&in->by_offset, &in->by_offset_capacity, in->by_offset_count, sizeof(*in->by_offset));
		in->by_offset[in->by_offset_count].base = (uint32_t)base;
		in->by_offset[in->by_offset_count++].object = (uint32_t)in->have;
	}
	in->open++;
	return LF_OK;
}

static int on_end(const struct lf_packscan_object *object, void *payload, struct lf_error *err)
{
	struct lf_packin *in = payload;
	struct packin_object *out = &in->objects[in->have];
	int rc = LF_OK;

	if (object->offset > LENGTH_MOST)
		return lf_fail(err, LF_ELIMIT, WHERE, 0, "the server sends more objects than Landfall takes");
	out->offset = (uint32_t)object->offset;
	out->crc = object->crc;
	in->types[in->have] = (unsigned char)object->type;
	if (object->type >= LF_PACK_OFFSET) {
		rc = note_difference(in, object, err);
	} else if (is_kept(object)) {
		in->options.hash(out->id, object->type, in->data.data ? in->data.data : "", in->data.length);
	} else {
		rc = packin_sum_end(in->large, out->id, err);
	}
	in->have++;
	return rc;
}

int lf_packin_new(struct lf_packin **out, const struct lf_packin_options *options, struct lf_error *err)
{
	struct lf_packin *in = lf_alloc(1, sizeof(*in));
	const struct lf_packscan_handler handler = {on_count, on_begin, on_data, on_end, in};

	int rc;

	*out = NULL;
	in->options = *options;
	in->folder = lf_dup(options->folder);
	in->options.folder = in->folder;
	in->path = lf_format("%s/tmp_pack_XXXXXX", in->folder);
	in->fd = mkostemp(in->path, O_CLOEXEC);
	if (in->fd < 0) {
		rc = packin_unwritable(err, errno);
		lf_free(in->path);
		lf_free(in->folder);
		lf_free(in);
		return rc;
	}
	rc = packin_sum_new(&in->sum, err);
	in->scan = lf_packscan_new(&options->limits);
	lf_packscan_listen(in->scan, &handler);
	if (rc)
		lf_packin_free(in);
	else
		*out = in;
	return rc;
}

int lf_packin_add(struct lf_packin *in, const void *bytes, size_t length, struct lf_error *err)
{
	uint64_t before = lf_packscan_length(in->scan);
	size_t own;
	int rc;

	if (packin_stopped(in))
		return lf_fail(err, LF_ECANCELLED, WHERE, 0, "cancelled");
	rc = lf_packscan_add(in->scan, bytes, length, err);
	if (rc)
		return rc;
	own = (size_t)(lf_packscan_length(in->scan) - before);
	packin_sum_add(in->sum, bytes, own);
	rc = packin_write(in, before, bytes, own, err);
	in->length = before + own;
	return rc;
}

/* The checksum of the file as it is now: what was appended changed its beginning, too. */
static int sum_again(struct lf_packin *in, unsigned char checksum[CHECKSUM], struct lf_error *err)
{
	unsigned char buffer[16384];
	unsigned char number[4];
	size_t objects = in->have;
	int rc;

	for (size_t i = 0; i < sizeof(number); i++)
		number[i] = (unsigned char)(objects >> (24 - 8 * i));
	rc = packin_write(in, HEADER - sizeof(number), number, sizeof(number), err);
	packin_sum_begin(in->sum);
	for (uint64_t at = 0; at < in->length && !rc;) {
		uint64_t left = in->length - at;
		ssize_t n = pread(in->fd, buffer, left < sizeof(buffer) ? (size_t)left : sizeof(buffer), (off_t)at);

		if (n <= 0)
			return packin_unwritable(err, n ? errno : EIO);
		packin_sum_add(in->sum, buffer, (size_t)n);
		at += (uint64_t)n;
	}
	return rc ? rc : packin_sum_end(in->sum, checksum, err);
}

/* Under its own name; the index last, since a pack counts from then on. */
static int publish(struct lf_packin *in, const unsigned char checksum[CHECKSUM], struct lf_error *err)
{
	struct lf_str name = {0};
	char *pack, *index, *begun;
	int rc;

	for (size_t i = 0; i < CHECKSUM; i++)
		lf_str_addf(&name, "%02x", checksum[i]);
	pack = lf_format("%s/pack-%s.pack", in->folder, name.data);
	index = lf_format("%s/pack-%s.idx", in->folder, name.data);
	begun = lf_format("%s.index", in->path);
	rc = packin_index(in, begun, checksum, err);
	if (!rc && (fchmod(in->fd, 0444) || rename(in->path, pack) || rename(begun, index)))
		rc = packin_unwritable(err, errno);
	if (rc)
		(void)unlink(begun);
	lf_free(begun);
	lf_free(index);
	lf_free(pack);
	lf_str_dispose(&name);
	return rc;
}

int lf_packin_finish(struct lf_packin *in, size_t *objects, struct lf_error *err)
{
	unsigned char checksum[CHECKSUM] = {0};
	int rc = lf_packscan_finish(in->scan, err);

	if (!rc)
		rc = packin_sum_end(in->sum, checksum, err);
	if (rc)
		return rc;
	if (memcmp(checksum, lf_packscan_checksum(in->scan), CHECKSUM) != 0)
		return packin_broken(err, "their checksum is wrong");
	*objects = in->count;
	if (!in->count)
		return LF_OK;
	rc = packin_resolve(in, err);
	if (!rc && in->appended)
		rc = sum_again(in, checksum, err);
	if (!rc)
		rc = packin_write(in, in->length, checksum, CHECKSUM, err);
	return rc ? rc : publish(in, checksum, err);
}

void lf_packin_free(struct lf_packin *in)
{
	if (!in)
		return;
	if (in->inflating)
		(void)inflateEnd(&in->z);
	(void)close(in->fd);
	(void)unlink(in->path); /* where it was finished it has another name now */
	lf_packscan_free(in->scan);
	packin_sum_free(in->sum);
	packin_sum_free(in->large);
	lf_str_dispose(&in->data);
	lf_free(in->by_id);
	lf_free(in->by_offset);
	lf_free(in->types);
	lf_free(in->objects);
	lf_free(in->path);
	lf_free(in->folder);
	lf_free(in);
}
