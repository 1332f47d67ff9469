/* sha1: see sha1.h. */
#include "config.h"
#include "providers/git/sha1.h"

#include <string.h>

static uint32_t turn(uint32_t value, unsigned bits)
{
	return value << bits | value >> (32 - bits);
}

static void mix(struct lf_sha1 *sha1, const unsigned char *block)
{
	uint32_t w[80], a = sha1->state[0], b = sha1->state[1], c = sha1->state[2], d = sha1->state[3], e = sha1->state[4];

	for (size_t i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (size_t i = 16; i < 80; i++)
		w[i] = turn(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	for (size_t i = 0; i < 80; i++) {
		uint32_t f, k, next;

		if (i < 20) {
			f = (b & c) | (~b & d);
			k = 0x5a827999;
		} else if (i < 40) {
			f = b ^ c ^ d;
			k = 0x6ed9eba1;
		} else if (i < 60) {
			f = (b & c) | (b & d) | (c & d);
			k = 0x8f1bbcdc;
		} else {
			f = b ^ c ^ d;
			k = 0xca62c1d6;
		}
		next = turn(a, 5) + f + e + k + w[i];
		e = d;
		d = c;
		c = turn(b, 30);
		b = a;
		a = next;
	}
	sha1->state[0] += a;
	sha1->state[1] += b;
	sha1->state[2] += c;
	sha1->state[3] += d;
	sha1->state[4] += e;
}

void lf_sha1_init(struct lf_sha1 *sha1)
{
	static const uint32_t start[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};

	memset(sha1, 0, sizeof(*sha1));
	memcpy(sha1->state, start, sizeof(start));
}

void lf_sha1_add(struct lf_sha1 *sha1, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;
	size_t have = (size_t)(sha1->length & 63);

	sha1->length += length;
	while (length) {
		size_t n = sizeof(sha1->block) - have < length ? sizeof(sha1->block) - have : length;

		if (n == sizeof(sha1->block)) {
			mix(sha1, at);
		} else {
			memcpy(sha1->block + have, at, n);
			if (have + n == sizeof(sha1->block))
				mix(sha1, sha1->block);
		}
		have = (have + n) & 63;
		at += n;
		length -= n;
	}
}

void lf_sha1_end(struct lf_sha1 *sha1, unsigned char out[20])
{
	static const unsigned char padding[64] = {0x80};
	uint64_t bits = sha1->length * 8;
	unsigned char size[8];

	for (size_t i = 0; i < sizeof(size); i++)
		size[i] = (unsigned char)(bits >> (56 - 8 * i));
	lf_sha1_add(sha1, padding, 1 + ((119 - (size_t)(sha1->length & 63)) & 63));
	lf_sha1_add(sha1, size, sizeof(size));
	for (size_t i = 0; i < 20; i++)
		out[i] = (unsigned char)(sha1->state[i / 4] >> (24 - 8 * (i % 4)));
}
