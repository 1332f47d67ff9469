/* server: HTTP on loopback, in the same loop and thread as everything else: libmicrohttpd is driven from
 * outside through its epoll descriptor. */
#ifndef LF_SANDBOX_SERVER_H
#define LF_SANDBOX_SERVER_H

#include "core/error.h"
#include "providers/sandbox/sandbox.h"

struct lf_server;

/* Listens on 127.0.0.1 at a port of the system's choice; TOKEN is what requests must bear. */
LF_NODISCARD int lf_server_open(struct lf_server **out, struct lf_sandbox *sandbox, const char *token,
                                struct lf_error *err);
int lf_server_port(const struct lf_server *server);
/* Ends every stream and closes; the loop must run once more afterwards. Call it before the sandbox is
 * disposed. */
void lf_server_close(struct lf_server *server);

#endif
