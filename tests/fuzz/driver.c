/* driver: runs a fuzz target over files, so that "make check" replays every corpus with any compiler.
 * Arguments: files and folders. Without any: tests/fuzz/corpus/NAME of the source tree, where NAME is the
 * program's without "fuzz_". */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "core/fs.h"
#include "core/mem.h"

static size_t run(const char *path)
{
	struct lf_error err = {0};
	struct lf_str bytes = {0};
	char *exact;
	DIR *dir = opendir(path);
	size_t runs = 0;

	if (dir) {
		for (struct dirent *entry; (entry = readdir(dir));) {
			char *inner = lf_format("%s/%s", path, entry->d_name);

			if (entry->d_name[0] != '.')
				runs += run(inner);
			lf_free(inner);
		}
		closedir(dir);
		return runs;
	}
	if (lf_fs_read(&bytes, path, (size_t)64 * 1024 * 1024, &err) != LF_OK) {
		(void)fprintf(stderr, "%s\n", err.message);
		exit(1);
	}
	/* A block of its own, as large as the input: reading one byte more is then seen by sanitizers. */
	exact = lf_dup_n(bytes.data, bytes.length);
	exact = lf_realloc(exact, bytes.length, 1);
	(void)LLVMFuzzerTestOneInput((const uint8_t *)exact, bytes.length);
	lf_free(exact);
	lf_str_dispose(&bytes);
	return 1;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/'), *source = getenv("srcdir");
	size_t runs = 0;

	name = name ? name + 1 : argv[0];
	if (lf_starts_with(name, "fuzz_"))
		name += strlen("fuzz_");
	for (int i = 1; i < argc; i++)
		runs += run(argv[i]);
	if (argc == 1) {
		char *corpus = lf_format("%s/tests/fuzz/corpus/%s", source ? source : ".", name);

		runs = run(corpus);
		lf_free(corpus);
	}
	(void)printf("%s: %zu inputs\n", name, runs);
	return runs > 0 ? 0 : 1;
}
