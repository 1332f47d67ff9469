/* repo_folders: what the folders of a repository hold, and which of them are applications. For repo_layout.c. */
#ifndef LF_CORE_REPO_FOLDERS_H
#define LF_CORE_REPO_FOLDERS_H

#include "core/facts.h"

enum { LF_HAS_BASE = 1, LF_HAS_OVERLAYS = 2, LF_HAS_KUSTOMIZATION = 4, LF_HAS_CHART = 8, LF_HAS_YAML = 16, LF_HAS_ENVS = 32, LF_HAS_BESIDE = 64 };

struct lf_repo_folder {
	char *path; /* without '/' at the end; "" is the root */
	unsigned has;
	bool in_overlay; /* an overlay of an environment, or in one: no application by itself */
};

struct lf_repo_folders {
	struct lf_repo_folder *items;
	size_t count, capacity;
};

/* Several applications in one place: PREFIX "apps", TEAM "" or "payments". */
struct lf_repo_group {
	char *prefix, *team;
	size_t count, overlays; /* applications, and how many of them are laid out as base and overlays */
	const char *example;	/* one of these, borrowed */
};

struct lf_repo_groups {
	struct lf_repo_group *items;
	size_t count, capacity;
};

void lf_repo_folders_find(struct lf_repo_folders *out, const struct lf_names *tree);
void lf_repo_folders_dispose(struct lf_repo_folders *all);
bool lf_repo_is_overlaid(const struct lf_repo_folder *folder); /* has base/ and overlays, in any of the forms of overlay.h */
bool lf_repo_holds_apps(const char *name, size_t length); /* "apps", "services": a folder that holds applications, and is none */
const char *lf_repo_last_part(const char *path);

/* PREFIX and TEAM of the application in FOLDER, as lengths of its path; false: it is none, or not where applications are. */
bool lf_repo_place_in(size_t *prefix, const char **team, size_t *team_length, const struct lf_repo_folder *folder);
void lf_repo_count_in(struct lf_repo_groups *groups, const struct lf_repo_folder *folder, size_t prefix, const char *team, size_t team_length);
void lf_repo_groups_dispose(struct lf_repo_groups *groups);

#endif
