/* base64: to bytes and back, as kubeconfigs and credential plugins hold certificates. */
#include "config.h"
#include "providers/kube/kubeconfig.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool kube_base64_decode(struct lf_str *out, const char *text)
{
	unsigned value = 0, bits = 0, padding = 0;
	const char *found;

	for (; *text; text++) {
		if (strchr(" \t\r\n", *text))
			continue;
		if (*text == '=') {
			padding++;
			continue;
		}
		found = strchr(alphabet, *text);
		if (!found || padding)
			return false;
		value = (value << 6 | (unsigned)(found - alphabet)) & 0xffffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			lf_str_add_char(out, (char)(value >> bits & 0xff));
		}
	}
	return bits < 6 && padding <= 2;
}

void kube_base64_encode(struct lf_str *out, const void *bytes, size_t length)
{
	const unsigned char *in = bytes;
	size_t i;

	for (i = 0; i < length; i += 3) {
		unsigned value = (unsigned)in[i] << 16;

		if (i + 1 < length)
			value |= (unsigned)in[i + 1] << 8;
		if (i + 2 < length)
			value |= in[i + 2];
		lf_str_add_char(out, alphabet[value >> 18 & 63]);
		lf_str_add_char(out, alphabet[value >> 12 & 63]);
		lf_str_add_char(out, i + 1 < length ? alphabet[value >> 6 & 63] : '=');
		lf_str_add_char(out, i + 2 < length ? alphabet[value & 63] : '=');
	}
}
