/* packin_internal: what the files of packin share. */
#ifndef LF_PROVIDERS_GIT_PACKIN_INTERNAL_H
#define LF_PROVIDERS_GIT_PACKIN_INTERNAL_H

#include <zlib.h>
#include "providers/git/packin.h"

struct packin_object { /* 28 bytes: there may be millions */
	unsigned char id[20];
	uint32_t offset, crc;
};
struct packin_by_offset { /* OBJECT is a difference to the object BASE, both by their places in the list */
	uint32_t base, object;
};
struct packin_by_id {
	unsigned char base[20];
	uint32_t object;
};

struct packin_sum; /* a SHA-1 in the making */

struct lf_packin {
	struct lf_packin_options options;
	char *folder, *path; /* path: of the file that it is written to */
	int fd;
	struct lf_packscan *scan;
	struct packin_sum *sum; /* of the pack */

	struct packin_object *objects; /* in the order of the pack; room for COUNT from the start */
	size_t count, have, appended;
	unsigned char *types; /* of each, as the pack has it; when its id is known, what it is */
	struct packin_by_offset *by_offset;
	size_t by_offset_count, by_offset_capacity;
	struct packin_by_id *by_id;
	size_t by_id_count, by_id_capacity;
	size_t open; /* differences whose id is not known yet */

	struct lf_packscan_object coming;
	struct lf_str data; /* of that object; empty if it is too large to be kept */
	struct packin_sum *large; /* its id, then; NULL: none was so large yet */
	z_stream z; /* reads back */
	bool inflating;
	uint64_t length; /* of the pack as it is in the file, without its checksum */
};

int packin_broken(struct lf_error *err, const char *what);
int packin_unwritable(struct lf_error *err, int native);
bool packin_stopped(const struct lf_packin *in);
LF_NODISCARD int packin_write(struct lf_packin *in, uint64_t offset, const void *bytes, size_t length, struct lf_error *err);

/* packin_sum.c. Begun when new; begins again with packin_sum_begin(). */
LF_NODISCARD int packin_sum_new(struct packin_sum **out, struct lf_error *err);
void packin_sum_begin(struct packin_sum *sum);
void packin_sum_add(struct packin_sum *sum, const void *bytes, size_t length);
LF_NODISCARD int packin_sum_end(struct packin_sum *sum, unsigned char out[20], struct lf_error *err); /* also tells what failed before */
void packin_sum_free(struct packin_sum *sum);

/* packin_index.c: qsort() in the place where the items are: that of the C library takes as much memory again. SIZE: at most 32 bytes. */
void packin_sort(void *items, size_t count, size_t size, int (*compare)(const void *a, const void *b));

/* packin_resolve.c: the ids of all differences. */
LF_NODISCARD int packin_resolve(struct lf_packin *in, struct lf_error *err);
/* packin_index.c: the index beside the pack NAME (without its ending); CHECKSUM is the pack's. Sorts the objects. */
LF_NODISCARD int packin_index(struct lf_packin *in, const char *path, const unsigned char checksum[20], struct lf_error *err);

#endif
