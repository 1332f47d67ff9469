/* diff: see diff.h. Myers' greedy algorithm on the lines between the common head and tail. Its work is
 * bounded: texts that share next to nothing are shown as "all removed, all added", which is what a person
 * would see in them anyway. */
#include "config.h"
#include "core/diff.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/mem.h"

enum { LINES_MAX = 20000, EDITS_MAX = 2000 };

struct line {
	const char *text;
	size_t length; /* with its line break: a missing last one is a difference */
};

struct lines {
	struct line *items;
	size_t count, capacity;
};

struct builder {
	struct lf_diff *out;
	size_t capacity;
	struct lines a, b;
};

static void split(struct lines *lines, const char *text)
{
	while (text && *text) {
		const char *end = strchr(text, '\n');
		size_t length = end ? (size_t)(end - text) + 1 : strlen(text);

		lf_grow((void **)&lines->items, &lines->capacity, lines->count, sizeof(*lines->items));
		lines->items[lines->count++] = (struct line){text, length};
		text += length;
	}
}

static bool same(const struct builder *bd, size_t i, size_t j)
{
	const struct line *x = bd->a.items + i, *y = bd->b.items + j;

	return x->length == y->length && memcmp(x->text, y->text, x->length) == 0;
}

static void emit(struct builder *bd, enum lf_diff_kind kind, size_t i, size_t j)
{
	struct line from = kind == LF_DIFF_REMOVED ? bd->a.items[i] : bd->b.items[j];
	struct lf_diff_line *line;

	lf_grow((void **)&bd->out->lines, &bd->capacity, bd->out->count, sizeof(*bd->out->lines));
	line = bd->out->lines + bd->out->count++;
	line->kind = kind;
	line->text = from.text;
	line->length = from.length - (from.text[from.length - 1] == '\n');
	line->old_line = kind == LF_DIFF_ADDED ? 0 : i + 1;
	line->new_line = kind == LF_DIFF_REMOVED ? 0 : j + 1;
	bd->out->added += kind == LF_DIFF_ADDED;
	bd->out->removed += kind == LF_DIFF_REMOVED;
}

static void replace(struct builder *bd, size_t a0, size_t a1, size_t b0, size_t b1)
{
	for (size_t i = a0; i < a1; i++)
		emit(bd, LF_DIFF_REMOVED, i, 0);
	for (size_t j = b0; j < b1; j++)
		emit(bd, LF_DIFF_ADDED, 0, j);
}

/* The furthest x on each diagonal that D edits can reach, which is every second one: row D has D+1 cells. */
static size_t cell(long d, long k)
{
	return (size_t)(d * (d + 1) / 2 + (d + k) / 2);
}

static long furthest(const int32_t *trace, long d, long k, bool *down)
{
	if (d == 0) {
		*down = false;
		return 0;
	}
	*down = k == -d || (k != d && trace[cell(d - 1, k - 1)] < trace[cell(d - 1, k + 1)]);
	return *down ? trace[cell(d - 1, k + 1)] : trace[cell(d - 1, k - 1)] + 1;
}

/* Fills TRACE until both texts are used up; the number of edits, or -1 beyond the bound. */
static long search(const struct builder *bd, int32_t **trace, size_t a0, long n, size_t b0, long m)
{
	size_t capacity = 0;

	for (long d = 0; d <= n + m && d <= EDITS_MAX; d++) {
		lf_grow((void **)trace, &capacity, cell(d, d), sizeof(**trace));
		for (long k = -d; k <= d; k += 2) {
			bool down;
			long x = furthest(*trace, d, k, &down), y = x - k;

			while (x < n && y < m && y >= 0 && same(bd, a0 + (size_t)x, b0 + (size_t)y)) {
				x++;
				y++;
			}
			(*trace)[cell(d, k)] = (int32_t)x;
			if (x == n && y == m)
				return d;
		}
	}
	return -1;
}

struct edit {
	enum lf_diff_kind kind;
	size_t i, j;
};

static void middle(struct builder *bd, size_t a0, size_t a1, size_t b0, size_t b1)
{
	long n = (long)(a1 - a0), m = (long)(b1 - b0), d, x, y;
	int32_t *trace = NULL;
	struct edit *script = NULL;
	size_t count = 0, capacity = 0;

	d = n + m > LINES_MAX || n == 0 || m == 0 ? -1 : search(bd, &trace, a0, n, b0, m);
	if (d < 0) {
		replace(bd, a0, a1, b0, b1);
		goto out;
	}
	for (x = n, y = m; d >= 0 && (x > 0 || y > 0); d--) { /* backwards along the path that was found */
		bool down;
		long k = x - y, start = furthest(trace, d, k, &down);

		while (x > start && x > 0 && y > 0) {
			x--;
			y--;
			lf_grow((void **)&script, &capacity, count, sizeof(*script));
			script[count++] = (struct edit){LF_DIFF_SAME, a0 + (size_t)x, b0 + (size_t)y};
		}
		if (d == 0)
			break;
		lf_grow((void **)&script, &capacity, count, sizeof(*script));
		if (down)
			script[count++] = (struct edit){LF_DIFF_ADDED, 0, b0 + (size_t)--y};
		else
			script[count++] = (struct edit){LF_DIFF_REMOVED, a0 + (size_t)--x, 0};
	}
	while (count-- > 0)
		emit(bd, script[count].kind, script[count].i, script[count].j);
out:
	lf_free(trace);
	lf_free(script);
}

void lf_diff_build(struct lf_diff *out, const char *old_text, const char *new_text)
{
	struct builder bd = {.out = out};
	size_t head = 0, tail = 0, least;

	*out = (struct lf_diff){0};
	split(&bd.a, old_text);
	split(&bd.b, new_text);
	least = bd.a.count < bd.b.count ? bd.a.count : bd.b.count;
	while (head < least && same(&bd, head, head))
		head++;
	while (tail < least - head && same(&bd, bd.a.count - 1 - tail, bd.b.count - 1 - tail))
		tail++;
	for (size_t i = 0; i < head; i++)
		emit(&bd, LF_DIFF_SAME, i, i);
	middle(&bd, head, bd.a.count - tail, head, bd.b.count - tail);
	for (size_t i = 0; i < tail; i++)
		emit(&bd, LF_DIFF_SAME, bd.a.count - tail + i, bd.b.count - tail + i);
	lf_free(bd.a.items);
	lf_free(bd.b.items);
}

void lf_diff_dispose(struct lf_diff *diff)
{
	lf_free(diff->lines);
	*diff = (struct lf_diff){0};
}
