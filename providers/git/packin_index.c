/* packin_index: writes the index of a pack, version 2: how many ids begin with each byte, the ids in their order, of each a
 * checksum and the offset. */
#include "config.h"
#include "providers/git/packin_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct out {
	int fd, native; /* native: why it went wrong; 0: it did not */
	struct packin_sum *sum; /* the pack's is done by then */
	unsigned char buffer[16384];
	size_t used;
};

static void write_out(struct out *out)
{
	size_t at = 0;

	while (at < out->used && !out->native) {
		ssize_t n = write(out->fd, out->buffer + at, out->used - at);

		if (n > 0)
			at += (size_t)n;
		else if (!n || errno != EINTR)
			out->native = n ? errno : ENOSPC;
	}
	out->used = 0;
}

static void flush(struct out *out)
{
	packin_sum_add(out->sum, out->buffer, out->used);
	write_out(out);
}

static void put(struct out *out, const void *bytes, size_t length)
{
	if (out->used + length > sizeof(out->buffer))
		flush(out);
	memcpy(out->buffer + out->used, bytes, length);
	out->used += length;
}

static void put_number(struct out *out, uint32_t number)
{
	const unsigned char bytes[] = {(unsigned char)(number >> 24), (unsigned char)(number >> 16), (unsigned char)(number >> 8), (unsigned char)number};

	put(out, bytes, sizeof(bytes));
}

static void swap(unsigned char *a, unsigned char *b, size_t size)
{
	unsigned char kept[32];

	memcpy(kept, a, size);
	memcpy(a, b, size);
	memcpy(b, kept, size);
}

static void sink(unsigned char *items, size_t at, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	for (size_t child; (child = 2 * at + 1) < count; at = child) {
		if (child + 1 < count && compare(items + child * size, items + (child + 1) * size) < 0)
			child++;
		if (compare(items + at * size, items + child * size) >= 0)
			return;
		swap(items + at * size, items + child * size, size);
	}
}

void packin_sort(void *items, size_t count, size_t size, int (*compare)(const void *a, const void *b))
{
	for (size_t i = count / 2; i-- > 0;)
		sink(items, i, count, size, compare);
	for (size_t end = count; end-- > 1;) {
		swap(items, (unsigned char *)items + end * size, size);
		sink(items, 0, end, size, compare);
	}
}

static int by_id(const void *a, const void *b)
{
	return memcmp(((const struct packin_object *)a)->id, ((const struct packin_object *)b)->id, 20);
}

static int put_all(struct out *out, const struct lf_packin *in, const unsigned char checksum[20], struct lf_error *err)
{
	static const unsigned char magic[] = {0xff, 't', 'O', 'c', 0, 0, 0, 2};
	size_t at = 0;
	int rc;

	packin_sum_begin(out->sum);
	put(out, magic, sizeof(magic));
	for (unsigned first = 0; first < 256; first++) {
		while (at < in->have && in->objects[at].id[0] <= first)
			at++;
		put_number(out, (uint32_t)at);
	}
	for (size_t i = 0; i < in->have; i++)
		put(out, in->objects[i].id, 20);
	for (size_t i = 0; i < in->have; i++)
		put_number(out, in->objects[i].crc);
	for (size_t i = 0; i < in->have; i++)
		put_number(out, in->objects[i].offset);
	put(out, checksum, 20);
	flush(out);
	rc = packin_sum_end(out->sum, out->buffer, err);
	out->used = rc ? 0 : 20;
	write_out(out);
	return rc;
}

int packin_index(struct lf_packin *in, const char *path, const unsigned char checksum[20], struct lf_error *err)
{
	struct out out = {.fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444), .sum = in->sum};
	int rc;

	if (out.fd < 0)
		return packin_unwritable(err, errno);
	packin_sort(in->objects, in->have, sizeof(*in->objects), by_id);
	rc = put_all(&out, in, checksum, err);
	if (close(out.fd) && !out.native)
		out.native = errno;
	if (rc)
		return rc;
	for (size_t i = 1; i < in->have; i++)
		if (!by_id(&in->objects[i - 1], &in->objects[i]))
			return packin_broken(err, "an object is there twice");
	return out.native ? packin_unwritable(err, out.native) : LF_OK;
}
