/* fuzz_packin: packs whose form is right and whose differences are not. The input is a list of objects, of which a pack with
 * right sizes, streams and checksum is made: so every byte of it reaches what resolves differences. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "core/fs.h"
#include "core/mem.h"
#include "providers/git/packin.h"

enum { OBJECTS_MOST = 40 };

static void hash(unsigned char id[20], unsigned type, const void *bytes, size_t length)
{
	struct lf_str whole = {0};

	lf_str_add_n(&whole, (const char *)&type, sizeof(type));
	lf_str_add_n(&whole, bytes, length);
	(void)EVP_Digest(whole.data, whole.length, id, NULL, EVP_sha1(), NULL);
	lf_str_dispose(&whole);
}

/* Of what is not in the pack, the store has what begins with an even byte. */
static bool base(struct lf_str *out, unsigned *type, const unsigned char id[20], void *payload)
{
	(void)payload;
	*type = LF_PACK_BLOB;
	lf_str_add_n(out, (const char *)id, 20);
	return !(id[0] & 1);
}

struct made {
	struct lf_str pack;
	size_t offsets[OBJECTS_MOST], sizes[OBJECTS_MOST], count;
	unsigned char ids[OBJECTS_MOST][20];
};

static void add_number(struct lf_str *out, size_t number)
{
	for (; number > 127; number >>= 7)
		lf_str_add_char(out, (char)(0x80 | (number & 127)));
	lf_str_add_char(out, (char)number);
}

/* By hand, as one stored block: zlib would allocate 256 KiB for it, which took most of the time. At most 65,535 bytes. */
static void add_stream(struct lf_str *out, const struct lf_str *data)
{
	size_t length = data->length;
	unsigned long sum = adler32(1, (const unsigned char *)lf_str_text(data), (unsigned)length);
	const unsigned char head[] = {0x78, 0x01, 1, (unsigned char)length, (unsigned char)(length >> 8), (unsigned char)~length, (unsigned char)(~length >> 8)};
	const unsigned char tail[] = {(unsigned char)(sum >> 24), (unsigned char)(sum >> 16), (unsigned char)(sum >> 8), (unsigned char)sum};

	lf_str_add_n(out, (const char *)head, sizeof(head));
	lf_str_add_n(out, lf_str_text(data), length);
	lf_str_add_n(out, (const char *)tail, sizeof(tail));
}

static void add_object(struct made *made, unsigned char kind, unsigned char which, const char *bytes, size_t length)
{
	static const unsigned types[] = {LF_PACK_BLOB, LF_PACK_TREE, LF_PACK_OFFSET, LF_PACK_OFFSET, LF_PACK_REF, LF_PACK_REF};
	unsigned type = types[kind % LF_COUNT(types)];
	size_t to = made->count ? which % made->count : 0, size, back = made->pack.length;
	struct lf_str data = {0};

	if (type == LF_PACK_OFFSET && !made->count)
		type = LF_PACK_BLOB;
	if (type >= LF_PACK_OFFSET && kind & 64) { /* with the right size in front, so that what follows counts */
		add_number(&data, type == LF_PACK_REF && kind & 128 ? 20 : made->count ? made->sizes[to] : 0);
		add_number(&data, length ? (unsigned char)bytes[0] : 0);
		made->sizes[made->count] = length ? (unsigned char)bytes[0] : 0;
		bytes += length > 0;
		length -= length > 0;
	} else {
		made->sizes[made->count] = length;
	}
	lf_str_add_n(&data, bytes, length);
	lf_str_add(&data, "");
	made->offsets[made->count] = made->pack.length;
	size = data.length;
	lf_str_add_char(&made->pack, (char)(type << 4 | (size & 15) | (size > 15 ? 0x80 : 0)));
	if (size > 15)
		add_number(&made->pack, size >> 4);
	if (type == LF_PACK_OFFSET) {
		unsigned char number[10];
		size_t n = sizeof(number);

		back -= made->offsets[to];
		number[--n] = back & 127;
		while (back >>= 7)
			number[--n] = (unsigned char)(0x80 | (--back & 127));
		lf_str_add_n(&made->pack, (const char *)number + n, sizeof(number) - n);
	} else if (type == LF_PACK_REF) {
		unsigned char id[20] = {which, kind};

		lf_str_add_n(&made->pack, (const char *)(kind & 128 || !made->count ? id : made->ids[to]), 20);
	} else {
		hash(made->ids[made->count], type, lf_str_text(&data), data.length);
	}
	add_stream(&made->pack, &data);
	lf_str_dispose(&data);
	made->count++;
}

static void make(struct made *made, const uint8_t *data, size_t size)
{
	unsigned char sum[20];

	memset(made, 0, sizeof(*made));
	lf_str_add_n(&made->pack, "PACK\0\0\0\2\0\0\0\0", 12);
	while (size > 3 && made->count < OBJECTS_MOST) {
		size_t length = data[2] < size - 3 ? data[2] : size - 3;

		add_object(made, data[0], data[1], (const char *)data + 3, length);
		data += 3 + length;
		size -= 3 + length;
	}
	made->pack.data[11] = (char)made->count;
	(void)EVP_Digest(made->pack.data, made->pack.length, sum, NULL, EVP_sha1(), NULL);
	lf_str_add_n(&made->pack, (const char *)sum, sizeof(sum));
}

static int files_in(const char *folder)
{
	DIR *dir = opendir(folder);
	int files = 0;

	for (struct dirent *entry; dir && (entry = readdir(dir));)
		files += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return files;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *base_folder = getenv("TMPDIR"); /* where that is in memory no disk is worn */
	char *folder = lf_format("%s/landfall-fuzz-XXXXXX", base_folder && *base_folder ? base_folder : "/tmp");
	struct lf_packin_options options = {.folder = folder, .limits = {.objects = 1000, .delta = 1 << 16, .total = 1 << 20}, .base = base, .hash = hash};
	struct lf_packin *in = NULL;
	struct lf_error err = {0};
	size_t objects = 0;
	struct made made;
	int rc;

	fuzz_require(mkdtemp(folder) != NULL, "no folder can be made", folder);
	make(&made, data, size);
	rc = lf_packin_new(&in, &options, &err);
	if (!rc)
		rc = lf_packin_add(in, made.pack.data, made.pack.length, &err);
	if (!rc)
		rc = lf_packin_finish(in, &objects, &err);
	fuzz_require(!rc || (err.message[0] && err.code == (enum lf_code)rc), "an error has a message", err.message);
	fuzz_require(rc || objects == made.count, "an object is lost", "");
	lf_packin_free(in);
	lf_str_dispose(&made.pack);
	fuzz_require(files_in(folder) == (rc || !objects ? 0 : 2), "what is not finished leaves something behind, or what is finished does not", err.message);
	(void)lf_fs_remove_tree(folder);
	lf_free(folder);
	return 0;
}
