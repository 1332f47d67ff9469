/* render: see render.h. Only the order of the parts is decided here. */
#include "config.h"
#include "core/render.h"

#include "core/extra.h"
#include "core/scaffold.h"

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

void lf_render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	render_one(out, plan, facts);
	lf_documents_finish(out);
}
