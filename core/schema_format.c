/* schema_format: formats of texts that have one meaning everywhere. The others are for the validator that Helm has. */
#include "config.h"
#include "core/schema_walk.h"

#include <arpa/inet.h>
#include <string.h>

static bool is_ipv4(const char *text)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, text, bytes) == 1;
}

static bool is_ipv6(const char *text)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET6, text, bytes) == 1;
}

enum lf_verdict lf_schema_format(const char *format, const char *text)
{
	static const struct {
		const char *format;
		bool (*holds)(const char *text);
	} known[] = {{"ipv4", is_ipv4}, {"ipv6", is_ipv6}};

	for (size_t i = 0; i < LF_COUNT(known); i++) {
		if (lf_equal(known[i].format, format))
			return lf_verdict_of(known[i].holds(text));
	}
	return LF_UNSURE;
}
