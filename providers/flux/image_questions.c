/* image_questions: what is asked about image updates, and what of the answers the image controllers would refuse (image.toolkit.fluxcd.io/v1, Flux 2.9). */
#include "config.h"
#include "providers/flux/flux.h"

#include <stdio.h>
#include <string.h>

#include "core/giturl.h"
#include "core/image.h"
#include "core/mem.h"
#include "core/questions.h"
#include "core/semver.h"
#include "core/str.h"

static bool offered(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_ref adopted = {0};
	bool found = lf_flux_find_adopted(&adopted, plan, facts);

	lf_ref_dispose(&adopted);
	return !found && (lf_plan_is(plan, "deploymentMethod", "kustomize") || lf_plan_is(plan, "deploymentMethod", "manifests"));
}

static bool shown(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_yes(plan, "imageAutomation");
}

static bool shown_for_range(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return shown(plan, facts) && lf_plan_is(plan, "imagePolicy", "semver");
}

static bool shown_for_order(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return shown(plan, facts) && !lf_plan_is(plan, "imagePolicy", "semver");
}

static bool shown_with_pattern(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return shown(plan, facts) && *lf_plan_text(plan, "imageTagPattern");
}

/* Only a tag that stands in one of our files can be marked. */
static int check_automation(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	const char *text = lf_plan_text(plan, "image");
	struct lf_image image;
	bool pinned;

	(void)facts;
	if (!lf_equal(value, "yes") || !*text)
		return LF_OK;
	lf_image_parse(&image, text);
	pinned = image.digest;
	lf_image_dispose(&image);
	if (!pinned)
		return LF_OK;
	lf_fail(err, LF_EINVAL, "imageAutomation", 0, "The image is pinned by its digest: there is no tag that could be moved.");
	lf_hint(err, "Give the image a tag, or leave its updates to a person. Example: ghcr.io/acme/web:1.4.2");
	return LF_EINVAL;
}

static bool warn_automation(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	if (!lf_equal(value, "yes"))
		return false;
	if (lf_extra_unserved(out, facts, LF_FLUX_IMAGE, "ImagePolicy", "image-reflector-controller and image-automation-controller"))
		return true;
	if (!*lf_plan_text(plan, "image")) {
		lf_fail(out, LF_EINVAL, "imageAutomation", 0, "The manifests in the path are not Landfall's, so the marker has to be put there by hand.");
		lf_hint(out, "Behind the image: # {\"$imagepolicy\": \"%s:%s%s\"}; behind a newTag: the same with :tag inside.", lf_plan_text(plan, "fluxNamespace"),
			lf_plan_text(plan, "appName"), *lf_plan_text(plan, "environments") ? "-ENVIRONMENT" : "");
		return true;
	}
	if (*lf_plan_text(plan, "gitSecretName"))
		return false;
	lf_fail(out, LF_EAUTH, "imageAutomation", 0, "Flux will push commits, and no Secret with Git credentials is named.");
	lf_hint(out, "Name one that may write to the repository (gitSecretName).");
	return true;
}

static bool derive_image(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *text = lf_plan_text(plan, "image");
	struct lf_image image;
	bool good;

	if (!*text && facts->path.image)
		text = facts->path.image;
	lf_image_parse(&image, text);
	good = lf_suggest(out, image.name, "the image above");
	lf_image_dispose(&image);
	return good;
}

/* Flux: "ImageURLInvalid" for a scheme or a tag. */
static int check_image(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_image image;
	char *tagged = lf_format("%s:x", value);
	bool bare;

	(void)plan;
	(void)facts;
	lf_image_parse(&image, value);
	bare = !image.tag && !image.digest && !strstr(value, "://") && !lf_check_image(tagged, NULL);
	lf_image_dispose(&image);
	lf_free(tagged);
	if (bare)
		return LF_OK;
	lf_fail(err, LF_EINVAL, "imageToScan", 0, "This is not the name of an image without its tag.");
	lf_hint(err, "No scheme, tag or digest. Example: ghcr.io/acme/web");
	return LF_EINVAL;
}

static int check_interval(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	return lf_flux_check_interval(value, err);
}

static int check_secret(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	return lf_extra_check_name(value, "The Secret", "registry-credentials", err);
}

/* "1.27.3" → ">=1.27.3 <2.0.0": what is compatible with what runs now. */
static bool derive_range(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_image image;
	int part[3] = {0}, parts, used = 0;

	(void)facts;
	lf_image_parse(&image, lf_plan_text(plan, "image"));
	parts = image.tag ? sscanf(image.tag, "%6d.%6d.%6d%n", &part[0], &part[1], &part[2], &used) : 0;
	if (parts == 3 && used && !image.tag[used] && part[0] >= 0 && part[1] >= 0 && part[2] >= 0)
		(void)snprintf(out->value, sizeof(out->value), ">=%d.%d.%d <%d.0.0", part[0], part[1], part[2], part[0] + 1);
	else
		parts = 0;
	out->source = "from the image's tag";
	lf_image_dispose(&image);
	return parts == 3;
}

static int check_range(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	if (lf_semver_range_is_valid(value))
		return LF_OK;
	lf_fail(err, LF_EINVAL, "imageRange", 0, "This is not a range of versions.");
	lf_hint(err, "Semantic versions with >=, <, ^, ~ or x; pre-releases only if the range names one. Example: >=1.0.0 <2.0.0");
	return LF_EINVAL;
}

/* Go's RE2 says the last word; what is open cannot be right. */
static int check_pattern(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	int open = 0;
	bool in_set = false, bad = false;

	(void)plan;
	(void)facts;
	for (const char *p = value; *p && !bad; p++) {
		if (*p == '\\') {
			bad = !p[1];
			p += p[1] != '\0';
		} else if (in_set) {
			in_set = *p != ']' || p[-1] == '[';
		} else if (*p == '[') {
			in_set = true;
		} else if (*p == '(') {
			open++;
		} else if (*p == ')') {
			bad = open-- == 0;
		} else if (p == value && strchr("*+?", *p)) {
			bad = true;
		}
	}
	if (!bad && !open && !in_set)
		return LF_OK;
	lf_fail(err, LF_EINVAL, "imageTagPattern", 0, "This is not a regular expression.");
	lf_hint(err, "Go's form; a named group can be taken out of the tag. Example: ^main-[a-f0-9]+-(?P<ts>[0-9]+)$");
	return LF_EINVAL;
}

static bool warn_policy(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_image image;
	bool other;

	(void)facts;
	lf_image_parse(&image, lf_plan_text(plan, "image"));
	other = lf_equal(value, "numerical") && image.tag && strspn(image.tag, "0123456789.") != strlen(image.tag);
	lf_image_dispose(&image);
	if (!other)
		return false;
	lf_fail(out, LF_EINVAL, "imagePolicy", 0, "The tag that is delivered now is no number.");
	lf_hint(out, "Take the number out of the tag with a pattern and what to extract.");
	return true;
}

static bool derive_email(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_git_url url = {0};
	bool good = !lf_git_url_parse(&url, lf_plan_text(plan, "gitRepoUrl"), NULL) && url.host && *url.host;
	char *address = good ? lf_format("flux@%s", url.host) : NULL;

	(void)facts;
	good = lf_suggest(out, address, "from the repository's host");
	lf_free(address);
	lf_git_url_dispose(&url);
	return good;
}

static int check_email(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	const char *at = strchr(value, '@');

	(void)plan;
	(void)facts;
	if (at && at != value && at[1] && !strchr(at + 1, '@') && !strpbrk(value, " <>\""))
		return LF_OK;
	lf_fail(err, LF_EINVAL, "imageAuthorEmail", 0, "This is not an e-mail address.");
	lf_hint(err, "It stands as the author in Flux's commits. Example: flux@example.com");
	return LF_EINVAL;
}

/* Empty where it is the one that is followed. */
static char *recall_push_branch(const struct lf_node *git)
{
	const char *push = lf_node_text(git, "push.branch");

	return lf_dup(lf_equal(push, lf_node_text(git, "checkout.ref.branch")) ? "" : push);
}

static const struct lf_option policies[] = {
	{"semver", "semantic versions", "The highest version of a range"},
	{"alphabetical", "alphabetical", "The last by name, such as a date"},
	{"numerical", "numerical", "The highest number, such as a build's"},
};
static const struct lf_option orders[] = {
	{"asc", "ascending", "The last one is the newest"},
	{"desc", "descending", "The first one is the newest"},
};

const struct lf_question lf_flux_image_rows[] = {
	{
	    .id = "imageAutomation",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Image updates",
	    .help = "Flux looks for newer images and commits their tags by itself.",
	    .detail = "Writes an ImageRepository, an ImagePolicy and an ImageUpdateAutomation, and a marker behind the tag. Flux pushes with the credentials of the "
		      "GitRepository, which must be allowed to write.",
	    .yaml = "kind of imagerepository.yaml and imagepolicy.yaml and imageupdateautomation.yaml",
	    .fallback = "no",
	    .check = check_automation,
	    .warn = warn_automation,
	    .shown = offered,
	},
	{
	    .id = "imageToScan",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Image to look for",
	    .help = "Without tag or digest.",
	    .example = "ghcr.io/acme/web",
	    .yaml = "spec.image of imagerepository.yaml",
	    .derive = derive_image,
	    .check = check_image,
	    .shown = shown,
	},
	{
	    .id = "imageInterval",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_DURATION,
	    .prompt = "Look for images every",
	    .help = "How often the registry is asked, and how often the repository is changed.",
	    .example = "5m",
	    .yaml = "spec.interval of imagerepository.yaml and imageupdateautomation.yaml",
	    .fallback = "1m",
	    .check = check_interval,
	    .shown = shown,
	},
	{
	    .id = "imageSecretName",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Secret for the registry",
	    .help = "Name of a Secret of type dockerconfigjson beside the Flux objects. Empty: none.",
	    .example = "registry-credentials",
	    .yaml = "spec.secretRef.name of imagerepository.yaml",
	    .optional = true,
	    .check = check_secret,
	    .shown = shown,
	},
	{
	    .id = "imagePolicy",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "Newest by",
	    .help = "How the newest tag is told.",
	    .example = "semver",
	    .yaml = "spec.policy of imagepolicy.yaml",
	    .recall = lf_flux_recall_policy,
	    .fallback = "semver",
	    .options = policies,
	    .option_count = LF_COUNT(policies),
	    .warn = warn_policy,
	    .shown = shown,
	},
	{
	    .id = "imageRange",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Range of versions",
	    .help = "Only versions in it are taken.",
	    .example = ">=1.0.0 <2.0.0",
	    .yaml = "spec.policy.semver.range of imagepolicy.yaml",
	    .fallback = ">=1.0.0 <2.0.0",
	    .derive = derive_range,
	    .check = check_range,
	    .shown = shown_for_range,
	},
	{
	    .id = "imageOrder",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "Order",
	    .help = "Which end of the order is the newest.",
	    .example = "asc",
	    .yaml = "spec.policy of imagepolicy.yaml",
	    .recall = lf_flux_recall_order,
	    .fallback = "asc",
	    .options = orders,
	    .option_count = LF_COUNT(orders),
	    .shown = shown_for_order,
	},
	{
	    .id = "imageTagPattern",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Only tags like",
	    .help = "A regular expression; empty: all tags.",
	    .example = "^main-[a-f0-9]+-(?P<ts>[0-9]+)$",
	    .yaml = "spec.filterTags.pattern of imagepolicy.yaml",
	    .optional = true,
	    .check = check_pattern,
	    .shown = shown,
	},
	{
	    .id = "imageTagExtract",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Of these compare",
	    .help = "What is taken out of the tag for the comparison; empty: all of it.",
	    .example = "$ts",
	    .yaml = "spec.filterTags.extract of imagepolicy.yaml",
	    .optional = true,
	    .shown = shown_with_pattern,
	},
	{
	    .id = "imageAuthorName",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Author of these commits",
	    .help = "The name in Flux's commits.",
	    .example = "Flux",
	    .yaml = "spec.git.commit.author.name of imageupdateautomation.yaml",
	    .fallback = "Flux",
	    .shown = shown,
	},
	{
	    .id = "imageAuthorEmail",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Their e-mail address",
	    .help = "The address in Flux's commits.",
	    .example = "flux@example.com",
	    .yaml = "spec.git.commit.author.email of imageupdateautomation.yaml",
	    .fallback = "flux@example.com",
	    .derive = derive_email,
	    .check = check_email,
	    .shown = shown,
	},
	{
	    .id = "imagePushBranch",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_BRANCH,
	    .prompt = "Branch for these commits",
	    .help = "Empty: the branch that is followed. Another one waits for somebody's pull request.",
	    .example = "image-updates",
	    .yaml = "spec.git.push.branch of imageupdateautomation.yaml",
	    .recall_from = "spec.git of imageupdateautomation.yaml",
	    .recall = recall_push_branch,
	    .optional = true,
	    .shown = shown,
	},
};
_Static_assert(LF_COUNT(lf_flux_image_rows) == LF_FLUX_IMAGE_QUESTIONS, "count the rows again");
