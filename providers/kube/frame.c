/* frame: a stream of bytes as lines, each bounded. Knows nothing of what a line holds. */
#include "config.h"
#include "providers/kube/internal.h"

#include <string.h>

/* The part of a line that has come; true if it may still grow. */
static bool keep(struct kube_frame *frame, const char *bytes, size_t length)
{
	size_t room = frame->limit - frame->rest.length;

	if (length <= room) {
		lf_str_add_n(&frame->rest, bytes, length);
		return true;
	}
	if (frame->cut)
		lf_str_add_n(&frame->rest, bytes, room);
	return false;
}

/* The callback may end everything: what it reads is ours meanwhile. */
static int emit(struct kube_frame *frame, int (*line)(const char *text, size_t length, void *payload), void *payload)
{
	struct lf_str whole = frame->rest;
	int rc;

	memset(&frame->rest, 0, sizeof(frame->rest));
	rc = line(lf_str_text(&whole), whole.length, payload);
	lf_str_dispose(&whole);
	return rc;
}

int kube_frame_add(struct kube_frame *frame, const char *bytes, size_t length, int (*line)(const char *text, size_t length, void *payload),
		   void *payload)
{
	const char *end = bytes + length, *stop;
	int rc;

	while (bytes < end) {
		stop = memchr(bytes, '\n', (size_t)(end - bytes));
		if (frame->skipping) {
			if (!stop)
				return LF_OK;
			frame->skipping = false;
			bytes = stop + 1;
			continue;
		}
		length = (size_t)((stop ? stop : end) - bytes);
		/* A line that is whole in what just came needs no copy. */
		if (stop && !frame->rest.length && length <= frame->limit) {
			rc = line(bytes, length, payload);
			if (rc)
				return rc; /* FRAME may be gone */
			bytes = stop + 1;
			continue;
		}
		if (!keep(frame, bytes, length)) {
			if (!frame->cut)
				return LF_ELIMIT;
			frame->skipping = !stop;
			stop = stop ? stop : end - 1;
		} else if (!stop) {
			return LF_OK;
		}
		rc = emit(frame, line, payload);
		if (rc)
			return rc;
		bytes = stop + 1;
	}
	return LF_OK;
}

void kube_frame_dispose(struct kube_frame *frame)
{
	lf_str_dispose(&frame->rest);
	frame->skipping = false;
}
