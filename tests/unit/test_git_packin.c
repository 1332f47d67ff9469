/* The index that is made of a pack while it comes: byte for byte the one that git makes. */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/gitworld.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/str.h"
#include "providers/git/packin_internal.h"

static const char *const types[] = {"", "commit", "tree", "blob", "tag"};

static int setup(void **state)
{
	*state = git_world_new(false);
	return 0;
}

static int teardown(void **state)
{
	git_world_free(*state);
	return 0;
}

static void hash(unsigned char id[20], unsigned type, const void *bytes, size_t length)
{
	struct lf_str whole = {0};

	lf_str_addf(&whole, "%s %zu", types[type], length);
	lf_str_add_char(&whole, '\0');
	lf_str_add_n(&whole, bytes, length);
	assert_true(EVP_Digest(whole.data, whole.length, id, NULL, EVP_sha1(), NULL));
	lf_str_dispose(&whole);
}

/* What a thin pack is a difference to, from the repository it was made of. */
static bool base(struct lf_str *out, unsigned *type, const unsigned char id[20], void *payload)
{
	const struct git_world *world = payload;
	struct lf_str hex = {0}, text = {0};
	char *word, *path = lf_format("%s/object", world->dir);
	int rc;

	for (size_t i = 0; i < 20; i++)
		lf_str_addf(&hex, "%02x", id[i]);
	word = git_world_run(world, "git -C r cat-file -t %s; git -C r cat-file $(git -C r cat-file -t %s) %s > object", hex.data, hex.data, hex.data);
	word[strcspn(word, "\n")] = '\0';
	for (*type = 4; *type && strcmp(types[*type], word) != 0; --*type)
		;
	rc = lf_fs_read(&text, path, 64 << 20, NULL);
	assert_int_equal(rc, 0);
	lf_str_add_n(out, text.data, text.length);
	lf_str_dispose(&text);
	lf_str_dispose(&hex);
	lf_free(word);
	lf_free(path);
	return *type != 0;
}

static bool no_base(struct lf_str *out, unsigned *type, const unsigned char id[20], void *payload)
{
	(void)out;
	(void)type;
	(void)id;
	(void)payload;
	return false;
}

/* Takes the pack FILE in, cut into pieces of CUT bytes. */
static int take(const struct git_world *world, const char *file, size_t cut, bool with_bases, size_t *objects, struct lf_error *err)
{
	char *path = lf_format("%s/%s", world->dir, file), *folder = lf_format("%s/in", world->dir);
	const struct lf_packin_options options = {.folder = folder, .limits = {.objects = 100000, .delta = 64 << 20, .total = (uint64_t)4 << 30},
	                                          .base = with_bases ? base : no_base, .hash = hash, .payload = (void *)(uintptr_t)world};
	struct lf_packin *in = NULL;
	struct lf_str bytes = {0};
	int rc;

	lf_free(git_world_run(world, "rm -rf in; mkdir in"));
	rc = lf_fs_read(&bytes, path, 64 << 20, NULL);
	assert_int_equal(rc, 0);
	rc = lf_packin_new(&in, &options, err);
	for (size_t at = 0; at < bytes.length && !rc; at += cut)
		rc = lf_packin_add(in, bytes.data + at, bytes.length - at < cut ? bytes.length - at : cut, err);
	if (!rc)
		rc = lf_packin_finish(in, objects, err);
	lf_packin_free(in);
	lf_str_dispose(&bytes);
	lf_free(path);
	lf_free(folder);
	return rc;
}

/* A repository with what packs are made of: versions that differ little, a file over 1 MiB, a tag, equal contents. */
static void make(const struct git_world *world)
{
	lf_free(git_world_run(world, "git init -q -b main r && cd r && for i in $(seq 60); do seq $((i * 7)) 60000 > long; echo $i > a; mkdir -p d/$i; echo $i > d/$i/f; "
	                             "[ $i = 3 ] && seq 1 400000 > huge; [ $i = 4 ] && seq 2 400000 > huge; git add -A; git commit -q -m $i; done; git tag -a -m t t"));
}

static void expect_same(const struct git_world *world, const char *file, size_t cut)
{
	struct lf_error err = {0};
	size_t objects = 0;
	char *same;

	if (take(world, file, cut, false, &objects, &err))
		fail_msg("%s: %s", file, err.message);
	same = git_world_run(world, "git index-pack -o want.idx %s >/dev/null; cmp want.idx in/*.idx && cmp %s in/*.pack && ls in | wc -l", file, file);
	assert_string_equal(same, "2\n");
	lf_free(same);
	assert_true(objects > 100);
}

static void makes_the_index_that_git_makes(void **state)
{
	struct git_world *world = *state;

	make(world);
	lf_free(git_world_run(world, "cd r && git rev-list --objects --all t | git pack-objects -q --stdout --window=20 --depth=200 > ../by_id.pack && "
	                             "git rev-list --objects --all t | git pack-objects -q --stdout --delta-base-offset --window=20 --depth=200 > ../by_offset.pack && "
	                             "git rev-list --objects --all t | git pack-objects -q --stdout --window=0 > ../whole.pack"));
	expect_same(world, "whole.pack", 100000);
	expect_same(world, "by_offset.pack", 100000);
	expect_same(world, "by_offset.pack", 7);
	expect_same(world, "by_id.pack", 1000);
}

static void completes_a_thin_pack(void **state)
{
	struct git_world *world = *state;
	struct lf_error err = {0};
	size_t objects = 0;

	make(world);
	lf_free(git_world_run(world, "cd r && printf 'main\\n^main~3\\n' | git pack-objects -q --stdout --thin --revs > ../thin.pack"));
	assert_int_equal(take(world, "thin.pack", 512, true, &objects, &err), LF_OK);
	git_world_expect(world, "complete", "git verify-pack in/*.idx && git init -q --bare all && cp in/* all/objects/pack && git -C all cat-file -p $(git -C r rev-parse main:long) | cmp - r/long && echo complete");
	assert_int_equal(take(world, "thin.pack", 512, false, &objects, &err), LF_EPARSE);
	assert_non_null(strstr(err.message, "is missing"));
	git_world_expect(world, "0", "ls in | wc -l"); /* nothing is left behind */
}

static void refuses_what_is_broken(void **state)
{
	static const struct {
		const char *change, *says;
	} broken[] = {
	    {"printf x | dd of=bad.pack bs=1 seek=$(($(stat -c %s bad.pack) - 5)) conv=notrunc", "checksum"},
	    {"printf x | dd of=bad.pack bs=1 seek=3000 conv=notrunc", "cannot be used"},
	    {"truncate -s -1 bad.pack", "end too early"},
	    {"echo x >> bad.pack", "behind"},
	};
	struct git_world *world = *state;

	make(world);
	lf_free(git_world_run(world, "cd r && git rev-list --objects --all | git pack-objects -q --stdout --delta-base-offset > ../good.pack"));
	for (size_t i = 0; i < LF_COUNT(broken); i++) {
		struct lf_error err = {0};
		size_t objects = 0;

		lf_free(git_world_run(world, "cp good.pack bad.pack; %s 2>/dev/null", broken[i].change));
		assert_int_equal(take(world, "bad.pack", 777, false, &objects, &err), LF_EPARSE);
		if (!strstr(err.message, broken[i].says))
			fail_msg("%s: %s", broken[i].change, err.message);
		git_world_expect(world, "0", "ls in | wc -l");
	}
}

static void sums(struct packin_sum *sha1, const char *text, size_t times, const char *expected)
{
	unsigned char sum[20];
	struct lf_str hex = {0};

	packin_sum_begin(sha1);
	for (size_t i = 0; i < times; i++)
		packin_sum_add(sha1, text, strlen(text));
	assert_int_equal(packin_sum_end(sha1, sum, NULL), LF_OK);
	for (size_t i = 0; i < sizeof(sum); i++)
		lf_str_addf(&hex, "%02x", sum[i]);
	assert_string_equal(hex.data, expected);
	lf_str_dispose(&hex);
}

/* The examples of FIPS 180-4. */
static void sums_as_the_standard_says(void **state)
{
	struct packin_sum *sha1 = NULL;

	(void)state;
	assert_int_equal(packin_sum_new(&sha1, NULL), LF_OK);
	sums(sha1, "", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	sums(sha1, "abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d");
	sums(sha1, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	sums(sha1, "aaaaaaaaaa", 100000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
	packin_sum_free(sha1);
}

/* A machine may forbid SHA-1: that is said, and nothing is left half done. */
static void says_that_sha_1_is_missing(void **state)
{
	static const char none[] = "openssl_conf = all\n[all]\nproviders = list\n[list]\nnull = on\n[on]\nactivate = 1\n";
	struct git_world *world = *state;
	char *repository = git_world_repository(world, "config"), program[4096] = "";
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

	assert_true(length > 0);
	*strrchr(program, '/') = '\0';
	git_world_expect(world, "error error: OpenSSL offers no SHA-1 here, by which Git names its objects",
	                 "printf '%s' > none.cnf; OPENSSL_CONF=none.cnf %s/git_drive -c cache read '%s' main README.md > said; head -n 1 said", none, program, repository);
	git_world_expect(world, "0", "find cache -name 'tmp_pack*' | wc -l");
	lf_free(repository);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sums_as_the_standard_says),
	    cmocka_unit_test_setup_teardown(makes_the_index_that_git_makes, setup, teardown),
	    cmocka_unit_test_setup_teardown(completes_a_thin_pack, setup, teardown),
	    cmocka_unit_test_setup_teardown(refuses_what_is_broken, setup, teardown),
	    cmocka_unit_test_setup_teardown(says_that_sha_1_is_missing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
