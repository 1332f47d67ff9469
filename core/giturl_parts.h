/* giturl_parts: the parts of a repository URL, each checked for what may stand in it. For giturl.c only. */
#ifndef LF_CORE_GITURL_PARTS_H
#define LF_CORE_GITURL_PARTS_H

#include <stddef.h>
#include "core/giturl.h"
#include "core/str.h"

#define LF_GIT_URL_EXAMPLES "Examples: git@github.com:team/app.git, https://github.com/team/app.git, /srv/git/app.git"

/* LF_EINVAL with that message and hint. */
int lf_git_url_refuse(struct lf_error *err, const char *message, const char *hint);

bool lf_git_url_has_control(const char *text);
/* False for a broken escape, and for %00: a name must not end before its text does. Behind TEXT stands no hexadecimal digit. The caller frees *OUT. */
bool lf_git_url_decode(char **out, const char *text, size_t length);
void lf_git_url_encode(struct lf_str *out, const char *text);

/* [user@]host[:port], or with brackets around an IPv6 address. SSH: user and host become its arguments. Behind TEXT stands no bracket that opens. */
LF_NODISCARD int lf_git_url_authority(struct lf_git_url *out, const char *text, size_t length, bool ssh, struct lf_error *err);
void lf_git_url_add_authority(struct lf_str *out, const struct lf_git_url *url);

LF_NODISCARD int lf_git_url_check_path(const char *path, struct lf_error *err);

#endif
