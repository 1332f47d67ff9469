/* archive: the module landfall-chart.so: opens a chart's .tgz in memory with libarchive and takes four files of the top chart out of it. Nothing is written
 * anywhere. Must not trust a name, a size or a ratio: links, ways out of the chart and bombs end it. */
#include "config.h"
#include "providers/chart.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "core/chart.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"
#include "providers/module.h"

enum { ENTRIES_MAX = 20000, RATIO_MAX = 200, RATIO_FROM = 16 << 20 };
#define UNPACKED_MAX (100LL << 20) /* Helm's own limit */

enum { FILE_CHART, FILE_VALUES, FILE_SCHEMA, FILE_README, FILES };
static const char *const names[FILES] = {"Chart.yaml", "values.yaml", "values.schema.json", "README.md"};

struct unpacking {
	struct archive *archive;
	size_t packed;
	int64_t unpacked;
	size_t entries;
	char *top; /* the chart's folder, with its slash */
	struct lf_str texts[FILES];
	bool found[FILES];
	const volatile int *stop;
};

LF_PRINTF(3, 4)
static int refuse(struct lf_error *err, enum lf_code code, const char *format, ...)
{
	struct lf_str what = {0};
	va_list args;

	va_start(args, format);
	lf_str_addv(&what, format, args);
	va_end(args);
	(void)lf_fail(err, code, "chart.archive", 0, "the chart's archive %s", lf_str_text(&what));
	lf_hint(err, "Nothing of it was used. Another version may be sound; the values can still be typed.");
	lf_str_dispose(&what);
	return code;
}

/* Relative, and no way up. */
static bool is_inside(const char *path)
{
	if (*path == '/' || strchr(path, '\\') || (path[0] && path[1] == ':'))
		return false;
	for (const char *part = path; *part; part += *part == '/') {
		size_t n = strcspn(part, "/");

		if (n == 2 && part[0] == '.' && part[1] == '.')
			return false;
		part += n;
	}
	return true;
}

static int wanted(struct unpacking *un, const char *path)
{
	size_t n = strcspn(path, "/");

	if (path[n] != '/')
		return -1;
	if (!un->top)
		un->top = lf_dup_n(path, n + 1);
	if (!lf_starts_with(path, un->top))
		return -1;
	for (int i = 0; i < FILES; i++) {
		if (lf_equal(path + n + 1, names[i]))
			return i;
	}
	return -1;
}

static int take_file(struct unpacking *un, int index, struct lf_error *err)
{
	char bytes[16384];
	la_ssize_t n;

	if (un->found[index])
		return refuse(err, LF_EREFUSED, "holds %s twice", names[index]);
	un->found[index] = true;
	while ((n = archive_read_data(un->archive, bytes, sizeof(bytes))) > 0) {
		if (un->texts[index].length + (size_t)n > LF_CHART_FILE_BYTES) {
			if (index != FILE_README)
				return refuse(err, LF_ELIMIT, "holds a %s of more than %d MiB", names[index], LF_CHART_FILE_BYTES >> 20);
			return LF_OK;
		}
		lf_str_add_n(&un->texts[index], bytes, (size_t)n);
	}
	if (n < 0)
		return refuse(err, LF_EPARSE, "is damaged within %s", names[index]);
	if (memchr(lf_str_text(&un->texts[index]), '\0', un->texts[index].length) || !lf_text_is_utf8(lf_str_text(&un->texts[index]), un->texts[index].length)) {
		if (index == FILE_README)
			lf_str_truncate(&un->texts[index], 0);
		else
			return refuse(err, LF_EPARSE, "holds a %s that is no UTF-8 text", names[index]);
	}
	return LF_OK;
}

static int take_entry(struct unpacking *un, struct archive_entry *entry, struct lf_error *err)
{
	const char *path = archive_entry_pathname(entry);
	int64_t size = archive_entry_size_is_set(entry) ? archive_entry_size(entry) : 0;
	char *safe = lf_text_clean_dup(path ? path : "", 80);
	int code = LF_OK, index;

	while (path && path[0] == '.' && path[1] == '/')
		path += 2;
	if (++un->entries > ENTRIES_MAX)
		code = refuse(err, LF_ELIMIT, "has more than %d files", ENTRIES_MAX);
	else if (size < 0 || size > UNPACKED_MAX - un->unpacked)
		code = refuse(err, LF_ELIMIT, "would unpack to more than %lld MiB", UNPACKED_MAX >> 20);
	else if (un->unpacked + size > RATIO_FROM && (un->unpacked + size) / RATIO_MAX > (int64_t)un->packed)
		code = refuse(err, LF_ELIMIT, "unpacks to more than %d times its size", RATIO_MAX);
	else if (!path || !is_inside(path))
		code = refuse(err, LF_EREFUSED, "names a file outside of the chart: %s", safe);
	else if (archive_entry_hardlink(entry) || archive_entry_symlink(entry))
		code = refuse(err, LF_EREFUSED, "holds a link: %s", safe);
	else if (archive_entry_filetype(entry) != AE_IFREG && archive_entry_filetype(entry) != AE_IFDIR)
		code = refuse(err, LF_EREFUSED, "holds something that is no file: %s", safe);
	lf_free(safe);
	if (code)
		return code;
	un->unpacked += size;
	index = archive_entry_filetype(entry) == AE_IFREG ? wanted(un, path) : -1;
	return index < 0 ? LF_OK : take_file(un, index, err);
}

static int unpack(struct unpacking *un, struct lf_error *err)
{
	struct archive_entry *entry;

	for (;;) {
		int rc = archive_read_next_header(un->archive, &entry), code;

		if (*un->stop)
			return lf_fail(err, LF_ECANCELLED, "chart.archive", 0, "opening the chart was given up");
		if (rc == ARCHIVE_EOF)
			return un->entries ? LF_OK : refuse(err, LF_EPARSE, "is empty");
		if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN) {
			const char *why = archive_error_string(un->archive);
			char *safe = lf_text_clean_dup(why ? why : "it cannot be read", 120);

			code = refuse(err, LF_EPARSE, "is no whole .tgz: %s", safe);
			lf_free(safe);
			return code;
		}
		code = take_entry(un, entry, err);
		if (code)
			return code;
	}
}

static int open_archive(struct lf_chart_opened *out, const void *bytes, size_t length, const volatile int *stop, struct lf_error *err)
{
	static const int never = 0;
	struct unpacking un = {.archive = archive_read_new(), .packed = length, .stop = stop ? stop : &never};
	struct lf_chart_texts texts;
	int code;

	if (!un.archive)
		return refuse(err, LF_ERROR, "cannot be opened: no memory");
	archive_read_support_filter_gzip(un.archive);
	archive_read_support_format_tar(un.archive);
	if (archive_read_open_memory(un.archive, bytes, length) != ARCHIVE_OK)
		code = refuse(err, LF_EPARSE, "is no .tgz");
	else
		code = unpack(&un, err);
	texts = (struct lf_chart_texts){
	    .chart = un.found[FILE_CHART] ? lf_str_text(&un.texts[FILE_CHART]) : NULL,
	    .values = un.found[FILE_VALUES] ? lf_str_text(&un.texts[FILE_VALUES]) : NULL,
	    .schema = un.found[FILE_SCHEMA] ? lf_str_text(&un.texts[FILE_SCHEMA]) : NULL,
	    .readme = un.found[FILE_README] ? lf_str_text(&un.texts[FILE_README]) : NULL,
	};
	if (!code)
		code = lf_chart_opened_read(out, &texts, err);
	if (code)
		lf_chart_opened_dispose(out);
	for (int i = 0; i < FILES; i++)
		lf_str_dispose(&un.texts[i]);
	lf_free(un.top);
	archive_read_free(un.archive);
	return code;
}

__attribute__((visibility("default"))) extern const struct lf_chart_module lf_module_chart;
const struct lf_chart_module lf_module_chart = {.version = LF_MODULE_VERSION, .open = open_archive};
