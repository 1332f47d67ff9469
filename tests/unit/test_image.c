/* Image references: what they are taken apart into, and which may be delivered. */
#include "config.h"
#include "tests/unit/unit.h"

#include <string.h>

#include "core/compiler.h"
#include "core/image.h"
#include "core/mem.h"
#include "core/str.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define LONGEST "x1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"

static void test_images(void **state)
{
	static const struct {
		const char *text, *name, *tag; /* TAG NULL: none */
		bool has_digest, is_good;
	} rows[] = {
		{"nginx:1.27", "nginx", "1.27", false, true},
		{"localhost:5000/a/b:x", "localhost:5000/a/b", "x", false, true},
		{"Registry.Example.com/a:x", "Registry.Example.com/a", "x", false, true},
		{"a-b_c.d/e__f:x", "a-b_c.d/e__f", "x", false, true},
		{"nginx@" DIGEST, "nginx", NULL, true, true},
		{"nginx:1.27@" DIGEST, "nginx", "1.27", true, true},
		{"nginx:_A.b-c", "nginx", "_A.b-c", false, true},
		{"nginx:" LONGEST, "nginx", LONGEST, false, true},
		{"nginx:" LONGEST "x", "nginx", LONGEST "x", false, false},
		{"localhost:5000/a/b", "localhost:5000/a/b", NULL, false, false},
		{"nginx", "nginx", NULL, false, false},
		{"nginx:", "nginx", NULL, false, false},
		{"nginx:@" DIGEST, "nginx", NULL, true, false},
		{"nginx@", "nginx", NULL, false, false},
		{"nginx:1@", "nginx", "1", false, false},
		{"nginx@sha256:12", "nginx", NULL, true, false},
		{"nginx@sha512" DIGEST, "nginx", NULL, true, false},
		{"nginx@" DIGEST "0", "nginx", NULL, true, false},
		{"nginx@" DIGEST "g", "nginx", NULL, true, false},
		{"nginx@sha256:g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "nginx", NULL, true, false},
		{"", "", NULL, false, false},
		{":1", "", "1", false, false},
		{"Nginx:1", "Nginx", "1", false, false},
		{"example.com/App:1", "example.com/App", "1", false, false},
		{"a:b/c:d:1", "a:b/c", "d:1", false, false},
		{"a b:1", "a b", "1", false, false},
		{"a//b:1", "a//b", "1", false, false},
		{"-a:1", "-a", "1", false, false},
		{"a-:1", "a-", "1", false, false},
		{"a$b:1", "a$b", "1", false, false},
		{"nginx:-x", "nginx", "-x", false, false},
		{"nginx:.x", "nginx", ".x", false, false},
		{"nginx:a+b", "nginx", "a+b", false, false},
		{"nginx:1 2", "nginx", "1 2", false, false},
		{"$(x):1", "$(x)", "1", false, false},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_image image;
		struct lf_error err = {0};

		lf_image_parse(&image, rows[i].text);
		assert_string_equal(image.name, rows[i].name);
		if (!lf_equal(image.tag, rows[i].tag))
			fail_msg("%s: tag %s", rows[i].text, image.tag ? image.tag : "(none)");
		assert_int_equal(image.digest != NULL, rows[i].has_digest);
		if ((lf_check_image(rows[i].text, &err) == LF_OK) != rows[i].is_good)
			fail_msg("%s: %s", rows[i].text, rows[i].is_good ? err.message : "is taken");
		if (!rows[i].is_good)
			assert_true(*err.message && *err.hint);
		lf_image_dispose(&image);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_images),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
