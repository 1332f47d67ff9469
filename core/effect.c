/* effect: the queue of effects. */
#include "config.h"
#include "core/effect.h"

#include <string.h>

#include "core/mem.h"

struct lf_effect *lf_effects_add(struct lf_effects *effects, enum lf_effect_kind kind)
{
	struct lf_effect *effect;

	lf_grow((void **)&effects->items, &effects->capacity, effects->count, sizeof(*effects->items));
	effect = &effects->items[effects->count++];
	memset(effect, 0, sizeof(*effect));
	effect->kind = kind;
	return effect;
}

void lf_effect_dispose(struct lf_effect *effect)
{
	lf_free(effect->id);
	lf_free(effect->text);
	lf_free(effect->text2);
	lf_free(effect->tip);
	lf_free(effect->base);
	if (effect->pull) {
		lf_free(effect->pull->forge);
		lf_free(effect->pull->web);
		lf_free(effect->pull->title);
		lf_free(effect->pull->body);
		lf_names_dispose(&effect->pull->reviewers);
		lf_names_dispose(&effect->pull->labels);
		lf_free(effect->pull);
	}
	lf_ref_dispose(&effect->ref);
	lf_node_free(effect->object);
	lf_secret_free(effect->secret);
	for (size_t i = 0; i < effect->file_count; i++) {
		lf_free(effect->files[i].path);
		lf_free(effect->files[i].text);
		lf_free(effect->files[i].expected);
		lf_node_free(effect->files[i].tree);
	}
	lf_free(effect->files);
	lf_names_dispose(&effect->commits);
	lf_names_dispose(&effect->folders);
	memset(effect, 0, sizeof(*effect));
}

void lf_effects_dispose(struct lf_effects *effects)
{
	for (size_t i = 0; i < effects->count; i++)
		lf_effect_dispose(&effects->items[i]);
	lf_free(effects->items);
	memset(effects, 0, sizeof(*effects));
}
