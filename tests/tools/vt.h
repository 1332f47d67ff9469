/* vt: a program in a pseudo terminal, behind libvterm: what a person would see, with colours and attributes. Waits are for conditions, with limits; one that
 * runs out fails the test and shows the screen. */
#ifndef LF_TESTS_VT_H
#define LF_TESTS_VT_H

#include <stdbool.h>
#include <stddef.h>

struct vt;

/* ARGV[0] is a path. ENV: "NAME=value", or "NAME" to unset; NULL at the end; may be NULL. The child has a session and a controlling terminal of its own. */
struct vt *vt_open(int rows, int cols, char *const argv[], const char *const env[]);
void vt_close(struct vt *vt); /* kills what still runs */

void vt_send(struct vt *vt, const char *bytes);
void vt_resize(struct vt *vt, int rows, int cols);
void vt_kill(struct vt *vt, int signal); /* the child itself */

void vt_expect(struct vt *vt, const char *needle); /* until it is on the screen */
void vt_expect_gone(struct vt *vt, const char *needle);
int vt_expect_exit(struct vt *vt); /* the wait status */
bool vt_is_quiet(struct vt *vt, int ms); /* nothing is written for MS after what is under way */

size_t vt_bytes(const struct vt *vt);	/* written so far */
size_t vt_count(const struct vt *vt, const char *sequence); /* how often it was written, as raw bytes */
const char *vt_screen(struct vt *vt);	/* rows joined by newlines; valid until the next call */
const char *vt_row(struct vt *vt, int row);
bool vt_on_altscreen(const struct vt *vt);
bool vt_cursor_visible(const struct vt *vt);

struct vt_look {
	int fg, bg; /* palette index, 0xrrggbb + 0x1000000, or -1 for the default */
	bool bold, underline, reverse;
};
/* Of the first character of NEEDLE where it is first seen. Fails if it is not there. */
struct vt_look vt_look_at(struct vt *vt, const char *needle);
void vt_cursor(struct vt *vt, int *row, int *col);

#endif
