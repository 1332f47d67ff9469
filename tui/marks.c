/* marks: how states, times and sizes are written, the same on every screen. Pure. */
#include "config.h"
#include "tui/view.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/text.h"

static enum lf_glyph glyph_of(enum lf_mark mark)
{
	switch (mark) {
	case LF_MARK_DONE:
		return LF_GLYPH_DONE;
	case LF_MARK_BUSY:
		return LF_GLYPH_HERE;
	case LF_MARK_TODO:
		return LF_GLYPH_TODO;
	case LF_MARK_WARN:
		return LF_GLYPH_WARN;
	case LF_MARK_FAIL:
		return LF_GLYPH_FAIL;
	case LF_MARK_NONE:
	case LF_MARK_UNUSED:
		break;
	}
	return LF_GLYPH_UNUSED;
}

enum lf_role lf_mark_role(enum lf_mark mark)
{
	switch (mark) {
	case LF_MARK_DONE:
		return LF_ROLE_GOOD;
	case LF_MARK_BUSY:
		return LF_ROLE_BUSY;
	case LF_MARK_TODO:
		return LF_ROLE_WAIT;
	case LF_MARK_WARN:
		return LF_ROLE_WARN;
	case LF_MARK_FAIL:
		return LF_ROLE_BAD;
	case LF_MARK_NONE:
	case LF_MARK_UNUSED:
		break;
	}
	return LF_ROLE_UNUSED;
}

void lf_draw_mark(const struct lf_area *area, int y, int x, enum lf_mark mark)
{
	if (mark != LF_MARK_NONE)
		(void)lf_area_glyph(area, y, x, lf_mark_role(mark), glyph_of(mark));
}

void lf_draw_spinner(const struct lf_tui *tui, const struct lf_area *area, int y, int x)
{
	static const char *const unicode[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
	static const char *const ascii[] = {"|", "/", "-", "\\"};
	/* On the landing screen the clock is what moves; nothing else wakes up for the spinner. */
	uint64_t frame = (uint64_t)tui->now_ms / (tui->step == LF_STEP_LANDING ? 1000 : 120);

	if (tui->reduce_motion)
		lf_draw_mark(area, y, x, LF_MARK_BUSY);
	else
		(void)lf_area_put(area, y, x, LF_ROLE_BUSY, area->canvas->ascii ? ascii[frame % 4] : unicode[frame % 10]);
}

int lf_draw_remark(const struct lf_tui *tui, const struct lf_area *area, int y, int x, enum lf_mark mark, enum lf_role role, const char *text)
{
	if (mark == LF_MARK_BUSY)
		lf_draw_spinner(tui, area, y, x);
	else
		lf_draw_mark(area, y, x, mark);
	return lf_area_wrap(area, y, x + 2, 0, role, text);
}

enum lf_mark lf_mark_of_fact(enum lf_fact_state state)
{
	switch (state) {
	case LF_FACT_LOOKING:
		return LF_MARK_BUSY;
	case LF_FACT_KNOWN:
		return LF_MARK_DONE;
	case LF_FACT_FAILED:
		return LF_MARK_FAIL;
	case LF_FACT_NONE:
		return LF_MARK_WARN;
	case LF_FACT_UNKNOWN:
		break;
	}
	return LF_MARK_TODO;
}

enum lf_mark lf_mark_of_health(enum lf_health health)
{
	switch (health) {
	case LF_HEALTHY:
		return LF_MARK_DONE;
	case LF_SUSPENDED:
		return LF_MARK_WARN;
	case LF_PROGRESSING:
		return LF_MARK_BUSY;
	case LF_MISSING:
		return LF_MARK_TODO;
	case LF_DEGRADED:
		return LF_MARK_FAIL;
	case LF_HEALTH_UNKNOWN:
		break;
	}
	return LF_MARK_UNUSED;
}

void lf_clock_text(char out[32], int64_t ms)
{
	int64_t s = ms < 0 ? 0 : ms / 1000;

	if (s < 3600)
		(void)snprintf(out, 32, "%02d:%02d", (int)(s / 60), (int)(s % 60));
	else
		(void)snprintf(out, 32, "%d:%02d:%02d", (int)(s / 3600 % 100000), (int)(s / 60 % 60), (int)(s % 60));
}

void lf_span_text(char out[32], int64_t ms)
{
	if (ms < 0)
		ms = 0;
	if (ms < 10000)
		(void)snprintf(out, 32, "%d.%d s", (int)(ms / 1000), (int)(ms / 100 % 10));
	else if (ms < 120000)
		(void)snprintf(out, 32, "%d s", (int)(ms / 1000));
	else if (ms < 7200000)
		(void)snprintf(out, 32, "%d min", (int)(ms / 60000));
	else
		(void)snprintf(out, 32, "%d h", (int)(ms / 3600000 % 1000000));
}

void lf_bytes_text(char out[32], uint64_t bytes)
{
	if (bytes < 1000)
		(void)snprintf(out, 32, "%u B", (unsigned)bytes);
	else if (bytes < 1000000)
		(void)snprintf(out, 32, "%u.%u kB", (unsigned)(bytes / 1000), (unsigned)(bytes / 100 % 10));
	else
		(void)snprintf(out, 32, "%" PRIu64 ".%u MB", bytes / 1000000, (unsigned)(bytes / 100000 % 10));
}
