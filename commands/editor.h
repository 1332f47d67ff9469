/* editor: lends the terminal to the user's editor with a text, and brings back what became of it. */
#ifndef LF_COMMANDS_EDITOR_H
#define LF_COMMANDS_EDITOR_H

#include "commands/session.h"

/* For LF_EFFECT_EDIT, the full screen being open. The answer is LF_EVENT_EDITED. One at a time: another one meanwhile is ignored. */
void lf_editor_open(struct lf_session *session, const struct lf_effect *effect);
/* The session ends: nothing comes back any more. The file stays if the editor still runs. */
void lf_editor_forget(struct lf_session *session);

#endif
