/* question: one row for everything Landfall can ask. The full-screen form, the line mode, the answers file, --set, "landfall questions", the man page's table
 * and the preview's marks all come from these rows: adding a question is adding a row. */
#ifndef LF_CORE_QUESTION_H
#define LF_CORE_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include "core/error.h"
#include "core/node.h"

struct lf_plan;
struct lf_facts;
struct lf_names;

enum lf_step {
	LF_STEP_START,
	LF_STEP_METHOD,
	LF_STEP_PROVIDER,
	LF_STEP_APPLICATION,
	LF_STEP_REPOSITORY,
	LF_STEP_SYNC,
	LF_STEP_EXTRAS,
	LF_STEP_REVIEW,
	LF_STEP_DELIVER,
	LF_STEP_LANDING,
	LF_STEPS,
};
const char *lf_step_title(enum lf_step step);	 /* "Repository" */
const char *lf_step_question(enum lf_step step); /* "Where do the manifests live?" */

enum lf_question_kind {
	LF_ASK_TEXT,
	LF_ASK_CHOICE,	 /* one of options, or of what the facts offer */
	LF_ASK_YESNO,	 /* "yes" or "no" */
	LF_ASK_NUMBER,	 /* decimal digits */
	LF_ASK_DURATION, /* Go form, "1m30s" */
	LF_ASK_BRANCH,	 /* text with the branches found as choices */
	LF_ASK_PATH,	 /* a path inside the repository, with the tree to browse */
	LF_ASK_NAMESPACE, /* text with the namespaces found as choices */
	LF_ASK_CONTEXT,	 /* kube context, from the kubeconfig */
	LF_ASK_CHART,	 /* text with the charts of the index as choices */
	LF_ASK_VERSION,	 /* text with the chart's versions as choices */
	LF_ASK_LIST,	 /* several values: "a, b"; a list in the answers file; each one of options where there are some */
	LF_ASK_YAML,	 /* a tree of the row's shape, as YAML text; the tree itself in the answers file */
};

struct lf_option {
	const char *value;
	const char *label;
	const char *help; /* one line; may be NULL */
};

/* A default and where it comes from. VALUE is copied by the caller of derive at once; SOURCE is static: "from origin", "built-in". */
struct lf_default {
	char value[512];
	const char *source;
};

struct lf_question {
	const char *id; /* also the key in the answers file and in --set id=value */
	enum lf_step step;
	enum lf_question_kind kind;
	const char *prompt;
	const char *help;    /* one line, always visible */
	const char *detail;  /* F1: the long text; may be NULL */
	const char *example; /* shown in errors */
	const char *yaml;    /* "spec.interval of gitrepository.yaml"; NULL: it goes to no file */
	const char *recall_from; /* where the answer is read back from, in the form of yaml, if yaml does not say it; NULL: it does */
	char *(*recall)(const struct lf_node *node); /* the answer that the node at that place stands for, where it is not the node itself; NULL result: of another making */
	const char *fallback; /* built-in default; NULL: none */
	const struct lf_option *options;
	size_t option_count;
	const struct lf_option *(*words)(const struct lf_plan *plan); /* the same options, called as the answers before make them; NULL: as they stand above */
	bool optional; /* an empty answer is an answer */
	bool guarded;  /* an answer that is refused may be a secret: it is neither saved nor repeated */
	bool by_environment; /* of the extras: an environment may have its own answer (environmentSettings) */
	bool texts;   /* of LF_ASK_YAML: its values are texts, as they were typed: "y" is not true (spelling.h) */
	bool layered; /* a map of which an environment says only what differs: its answer is laid over the common one (lf_values_layer()) */
	enum lf_node_kind shape; /* of LF_ASK_YAML: LF_NODE_MAP or LF_NODE_LIST */
	/* Finds a default from the answers so far and the facts; false: none, use fallback. May be NULL. */
	bool (*derive)(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts);
	/* Beyond what the kind checks. PLAN holds the questions before this one. May be NULL. */
	int (*check)(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err);
	/* What the user should know about an answer that stands all the same ("the cluster does not serve this kind"). False: nothing. May be NULL. */
	bool (*warn)(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts);
	/* Whether it is asked at all, given the answers before it. NULL: always. */
	bool (*shown)(const struct lf_plan *plan, const struct lf_facts *facts);
};

/* Option INDEX of QUESTION as it is called with the answers of PLAN. */
const struct lf_option *lf_question_option(const struct lf_question *question, const struct lf_plan *plan, size_t index);

extern const char *const lf_question_kind_names[]; /* "text", "yes/no", … by enum lf_question_kind */

/* The values of an LF_ASK_LIST answer: separated by commas, blanks around them and empty ones left out. */
void lf_list_split(struct lf_names *out, const char *answer);
/* The tree of an LF_ASK_YAML answer (one document); LF_EPARSE with line and column, LF_EINVAL for another shape. */
LF_NODISCARD int lf_question_tree(struct lf_node **out, const struct lf_question *question, const char *answer, struct lf_error *err);

/* What the kind itself demands (number, duration, yes/no, one of the options, no control characters, at most 4,096 bytes; a list or a tree at most 256 KiB). */
LF_NODISCARD int lf_question_check_kind(const struct lf_question *question, const char *value, struct lf_error *err);

/* Of a question that wants an answer and has none: LF_EINVAL, and what would be one. */
int lf_question_fail_missing(const struct lf_question *question, struct lf_error *err);

/* Shared checks that several rows use. EXAMPLE goes into the hint. */
LF_NODISCARD int lf_check_dns_label(const char *value, size_t limit, const char *what, struct lf_error *err);
LF_NODISCARD int lf_check_repository_path(const char *value, bool allow_root, struct lf_error *err);

#endif
