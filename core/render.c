/* render: see render.h. Only the order of the parts is decided here. */
#include "config.h"
#include "core/render.h"

#include "core/extra.h"
#include "core/key_order.h"
#include "core/scaffold.h"
#include "core/str.h"

static void render_one(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_engine *engine = lf_plan_engine(plan);

	if (engine)
		engine->render(out, plan, facts);
	lf_scaffold_render(out, plan, facts);
	for (size_t i = 0; engine && engine->extras && engine->extras[i]; i++)
		engine->extras[i]->render(out, plan, facts);
	for (size_t i = 0; lf_extras[i]; i++)
		lf_extras[i]->render(out, plan, facts);
}

/* Moves PART into OUT, but for what is there already: environments share files, a base or the source they all read. */
static void take_new(struct lf_documents *out, struct lf_documents *part)
{
	size_t before = out->count;

	for (size_t i = 0; i < part->count; i++) {
		struct lf_document *document = &part->items[i], *added;
		size_t k = 0;

		while (k < before && !lf_equal(out->items[k].path, document->path))
			k++;
		if (k < before)
			continue;
		added = lf_documents_add(out, document->path, document->role, document->tree);
		added->registers = document->registers;
		added->only_if_missing = document->only_if_missing;
		added->is_patch = document->is_patch;
		document->tree = NULL;
		if (!added->tree)
			lf_str_add(&added->text, lf_str_text(&document->text));
	}
}

static void render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	for (size_t i = 0; i < lf_plan_part_count(plan); i++) {
		struct lf_documents part = {0};

		render_one(&part, lf_plan_part(plan, i), facts);
		take_new(out, &part);
		lf_documents_dispose(&part);
	}
	lf_key_order(out);
}

void lf_render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	render(out, plan, facts);
	lf_documents_finish(out);
}

void lf_render_texts(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	render(out, plan, facts);
	lf_documents_finish_texts(out);
}
