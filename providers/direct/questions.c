/* questions: what is asked where no controller applies what is pushed. */
#include "config.h"
#include "providers/direct/direct.h"

const struct lf_question lf_direct_questions[] = {
	{
	    .id = "applyDirectly",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Apply it now",
	    .help = "Once, after the push. Nothing keeps the cluster as Git says afterwards.",
	    .detail = "Manifests are applied by a server-side apply as field manager landfall; an overlay is built by kubectl or kustomize first; a chart is installed by helm. "
		      "Nothing is deleted that was taken out of Git. Where the program is not installed, the command is shown instead.",
	    .example = "yes",
	    .fallback = "yes",
	},
};
_Static_assert(LF_COUNT(lf_direct_questions) == LF_DIRECT_QUESTIONS, "count the rows again");
