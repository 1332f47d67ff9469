/* color: the xterm palette and the way down from 24 bits to it. Pure arithmetic. */
#include "config.h"
#include "themes/theme.h"

static const uint32_t ansi_rgb[16] = {
	0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
	0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
};
static const uint32_t cube_level[6] = {0, 95, 135, 175, 215, 255};

uint32_t lf_color_256_rgb(int index)
{
	uint32_t i = (uint32_t)index;

	if (i < 16)
		return ansi_rgb[i];
	if (i < 232) {
		i -= 16;
		return cube_level[i / 36] << 16 | cube_level[i / 6 % 6] << 8 | cube_level[i % 6];
	}
	i = 8 + (i - 232) * 10;
	return i << 16 | i << 8 | i;
}

/* Weighted by how red the colours are: close to what the eye sees, without a single root. */
static int64_t distance(uint32_t a, uint32_t b)
{
	int64_t red = (int64_t)(a >> 16 & 255) - (int64_t)(b >> 16 & 255);
	int64_t green = (int64_t)(a >> 8 & 255) - (int64_t)(b >> 8 & 255);
	int64_t blue = (int64_t)(a & 255) - (int64_t)(b & 255);
	int64_t mean = (int64_t)((a >> 16 & 255) + (b >> 16 & 255)) / 2;

	return (512 + mean) * red * red + 1024 * green * green + (767 - mean) * blue * blue;
}

static int16_t nearest(uint32_t rgb, int from, int to)
{
	int best = from;

	for (int i = from + 1; i <= to; i++)
		if (distance(rgb, lf_color_256_rgb(i)) < distance(rgb, lf_color_256_rgb(best)))
			best = i;
	return (int16_t)best;
}

int16_t lf_color_nearest_256(uint32_t rgb)
{
	return nearest(rgb, 16, 255);
}

int16_t lf_color_nearest_16(uint32_t rgb)
{
	return nearest(rgb, 0, 15);
}
