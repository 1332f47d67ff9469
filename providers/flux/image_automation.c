/* image_automation: ImageRepository, ImagePolicy and ImageUpdateAutomation for the image that is delivered, and the marker behind it that tells Flux what to change.
 * Fields as in image.toolkit.fluxcd.io/v1 (Flux 2.9): a commit template reads .Changed, .Updated is gone. */
#include "config.h"
#include "providers/flux/flux.h"

#include "core/mem.h"
#include "core/str.h"

static const char commit_template[] = "Update images of {{ .AutomationObject.Name }}\n"
				      "\n"
				      "Files:\n"
				      "{{ range $file, $_ := .Changed.FileChanges -}}\n"
				      "- {{ $file }}\n"
				      "{{ end }}\n"
				      "Objects:\n"
				      "{{ range $object, $changes := .Changed.Objects -}}\n"
				      "- {{ $object.Kind }}/{{ $object.Name }}{{ range $changes }} {{ .OldValue }} -> {{ .NewValue }}{{ end }}\n"
				      "{{ end }}\n";

/* ---- documents ---- */

static struct lf_node *object(const struct lf_plan *plan, const struct lf_facts *facts, const char *kind, struct lf_node **spec)
{
	struct lf_node *root = lf_extra_object(facts, LF_FLUX_IMAGE, kind, "v1"), *metadata = lf_node_set_map(root, "metadata");

	lf_plan_put(metadata, "name", plan, "appName");
	lf_plan_put(metadata, "namespace", plan, "fluxNamespace");
	*spec = lf_node_set_map(root, "spec");
	lf_node_set_origin(lf_node_get(root, "kind"), "imageAutomation");
	return root;
}

static struct lf_node *build_repository(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *spec, *root = object(plan, facts, "ImageRepository", &spec);

	lf_plan_put(spec, "image", plan, "imageToScan");
	lf_plan_put(spec, "interval", plan, "imageInterval");
	if (*lf_plan_text(plan, "imageSecretName"))
		lf_plan_put(lf_node_set_map(spec, "secretRef"), "name", plan, "imageSecretName");
	return root;
}

static struct lf_node *build_policy(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *spec, *root = object(plan, facts, "ImagePolicy", &spec), *policy;

	lf_plan_put(lf_node_set_map(spec, "imageRepositoryRef"), "name", plan, "appName");
	if (*lf_plan_text(plan, "imageTagPattern")) {
		lf_plan_put(lf_node_set_map(spec, "filterTags"), "pattern", plan, "imageTagPattern");
		lf_plan_put(lf_node_set_map(spec, "filterTags"), "extract", plan, "imageTagExtract");
	}
	policy = lf_node_set_map(lf_node_set_map(spec, "policy"), lf_plan_text(plan, "imagePolicy"));
	lf_node_set_origin(policy, "imagePolicy");
	if (lf_plan_is(plan, "imagePolicy", "semver"))
		lf_plan_put(policy, "range", plan, "imageRange");
	else
		lf_plan_put(policy, "order", plan, "imageOrder");
	return root;
}

/* FOLDER: where the marked file lies. */
static struct lf_node *build_automation(const struct lf_plan *plan, const struct lf_facts *facts, const char *folder)
{
	struct lf_node *spec, *root = object(plan, facts, "ImageUpdateAutomation", &spec), *map, *commit;
	struct lf_flux_source source = {0};
	char *path = lf_format("./%s", folder);

	lf_flux_choose_source(&source, plan, facts);
	lf_plan_put(spec, "interval", plan, "imageInterval");
	map = lf_node_set_map(spec, "sourceRef");
	lf_node_set_text(map, "kind", "GitRepository");
	lf_extra_put(map, "name", source.name, "appName");
	map = lf_node_set_map(spec, "git");
	lf_plan_put(lf_node_set_map(lf_node_set_map(map, "checkout"), "ref"), "branch", plan, "gitBranch");
	commit = lf_node_set_map(map, "commit");
	lf_plan_put(lf_node_set_map(commit, "author"), "name", plan, "imageAuthorName");
	lf_plan_put(lf_node_set_map(commit, "author"), "email", plan, "imageAuthorEmail");
	lf_node_set_text(commit, "messageTemplate", commit_template);
	lf_plan_put(lf_node_set_map(map, "push"), "branch", plan, *lf_plan_text(plan, "imagePushBranch") ? "imagePushBranch" : "gitBranch");
	map = lf_node_set_map(spec, "update");
	lf_extra_put(map, "path", path, "gitPath");
	lf_node_set_text(map, "strategy", "Setters");
	lf_flux_source_dispose(&source);
	lf_free(path);
	return root;
}

/* ---- the marker ---- */

static size_t mark_tags(struct lf_node *kustomization, const char *marker)
{
	struct lf_node *images = lf_node_get(kustomization, "images");
	size_t marked = 0;

	for (size_t i = 0; i < lf_node_count(images); i++) {
		struct lf_node *tag = lf_node_key(lf_node_at(images, i), "newTag");

		if (tag)
			lf_node_set_marker(tag, marker);
		marked += tag != NULL;
	}
	return marked;
}

static size_t mark_containers(struct lf_node *workload, const char *marker)
{
	struct lf_node *containers = lf_node_get(workload, "spec.template.spec.containers"), *image = lf_node_key(lf_node_at(containers, 0), "image");

	if (image)
		lf_node_set_marker(image, marker);
	return image != NULL;
}

/* Marks the tag of the overlay, or, where there is none, the image of the workload. Returns the folder of the marked file; the caller frees it. */
static char *mark(struct lf_documents *out, const struct lf_plan *plan)
{
	char *whole = lf_format("{\"$imagepolicy\": \"%s:%s\"}", lf_plan_text(plan, "fluxNamespace"), lf_plan_text(plan, "appName"));
	char *tag = lf_format("{\"$imagepolicy\": \"%s:%s:tag\"}", lf_plan_text(plan, "fluxNamespace"), lf_plan_text(plan, "appName"));
	const struct lf_document *marked = NULL;
	char *folder;

	for (size_t i = 0; i < out->count && !marked; i++) {
		if (out->items[i].role == LF_DOCUMENT_WORKLOAD && mark_tags(out->items[i].tree, tag))
			marked = &out->items[i];
	}
	for (size_t i = 0; i < out->count && !marked; i++) {
		if (out->items[i].role == LF_DOCUMENT_WORKLOAD && mark_containers(out->items[i].tree, whole))
			marked = &out->items[i];
	}
	folder = marked ? lf_path_join(marked->path, "..") : lf_path_join("", lf_plan_text(plan, "gitPath"));
	lf_free(whole);
	lf_free(tag);
	return folder ? folder : lf_dup("");
}

static void render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	char *folder;

	if (!lf_plan_yes(plan, "imageAutomation"))
		return;
	folder = mark(out, plan);
	lf_extra_add_gitops(out, plan, "imagerepository.yaml", build_repository(plan, facts));
	lf_extra_add_gitops(out, plan, "imagepolicy.yaml", build_policy(plan, facts));
	lf_extra_add_gitops(out, plan, "imageupdateautomation.yaml", build_automation(plan, facts, folder));
	lf_free(folder);
}

const struct lf_extra lf_flux_image_automation = {.questions = lf_flux_image_rows, .question_count = LF_FLUX_IMAGE_QUESTIONS, .render = render};
