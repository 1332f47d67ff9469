/* archive: a chart as a gzipped tar, without a library: ustar headers, and deflate blocks that store instead of
 * compressing. Writes only. */
#include "config.h"
#include "providers/sandbox/charts.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"

enum { BLOCK = 512, STORED_MAX = 65535 };

static void add_entry(struct lf_str *tar, const char *path, const char *text)
{
	unsigned char header[BLOCK] = {0};
	size_t length = strlen(text);
	unsigned sum = 0;

	(void)snprintf((char *)header, 100, "%s", path);
	(void)snprintf((char *)header + 100, 8, "%07o", 0644u);
	(void)snprintf((char *)header + 108, 8, "%07o", 0u);
	(void)snprintf((char *)header + 116, 8, "%07o", 0u);
	(void)snprintf((char *)header + 124, 12, "%011o", (unsigned)length);
	(void)snprintf((char *)header + 136, 12, "%011o", 0u);
	memset(header + 148, ' ', 8);
	header[156] = '0';
	memcpy(header + 257, "ustar\00000", 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += header[i];
	(void)snprintf((char *)header + 148, 8, "%06o", sum);
	lf_str_add_n(tar, header, BLOCK);
	lf_str_add_n(tar, text, length);
	while (tar->length % BLOCK)
		lf_str_add_char(tar, '\0');
}

static uint32_t crc32_of(const char *bytes, size_t length)
{
	uint32_t crc = 0xffffffffu;

	for (size_t i = 0; i < length; i++) {
		crc ^= (unsigned char)bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static void add_little(struct lf_str *out, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++, value >>= 8)
		lf_str_add_char(out, (char)(value & 0xff));
}

static void add_gzip(struct lf_str *out, const struct lf_str *tar)
{
	static const unsigned char header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
	size_t at = 0;

	lf_str_add_n(out, header, sizeof(header));
	do {
		size_t length = tar->length - at < STORED_MAX ? tar->length - at : STORED_MAX;

		lf_str_add_char(out, at + length == tar->length);
		add_little(out, (uint32_t)length, 2);
		add_little(out, ~(uint32_t)length, 2);
		lf_str_add_n(out, tar->data + at, length);
		at += length;
	} while (at < tar->length);
	add_little(out, crc32_of(tar->data, tar->length), 4);
	add_little(out, (uint32_t)tar->length, 4);
}

void lf_archive_pack(struct lf_str *out, const struct lf_helm_chart *chart)
{
	struct lf_str tar = {0};
	char *empty = lf_alloc(2, BLOCK);

	for (size_t i = 0; i < chart->count; i++) {
		char *path = lf_format("%s/%s", lf_helm_chart_name(chart), chart->files[i].path);

		add_entry(&tar, path, chart->files[i].text);
		lf_free(path);
	}
	lf_str_add_n(&tar, empty, (size_t)2 * BLOCK);
	add_gzip(out, &tar);
	lf_free(empty);
	lf_str_dispose(&tar);
}
