/* stream: the body of a reply that goes on: it is suspended while there is nothing to say, and ends when the
 * client hangs up. */
#ifndef LF_SANDBOX_STREAM_H
#define LF_SANDBOX_STREAM_H

#include <microhttpd.h>
#include <uv.h>
#include "providers/sandbox/request.h"

struct lf_streams { /* all of a server's */
	struct lf_stream *first;
	size_t count;
	bool resumed; /* somebody has something to send: let the daemon run */
	bool closing; /* nobody waits any more */
	uv_loop_t *loop;
};

/* Makes the response of REPLY, which must have a stream; takes the body and the stream out of it. NULL if
 * there are too many already. */
struct MHD_Response *lf_stream_respond(struct lf_streams *streams, struct MHD_Connection *connection,
                                       struct lf_reply *reply);
/* Something changed: whoever waits looks whether there is something to say. */
void lf_streams_wake(struct lf_streams *streams);
void lf_streams_end(struct lf_streams *streams); /* resumes and ends them all, and whoever comes later */

#endif
