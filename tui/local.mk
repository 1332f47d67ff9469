# tui: draws the model and turns keys into intents. Sees core and themes; never a socket, a repository or a file.
# A screen is a file screen_NAME.c with one lf_draw_NAME(); its keys are rows in keys.c.
noinst_LIBRARIES += libtui.a
libtui_a_SOURCES = \
  tui/canvas.c tui/canvas.h tui/canvas_rules.c \
  tui/field.c tui/field_keys.c tui/field_tree.c \
  tui/footer.c \
  tui/form.c \
  tui/front.c tui/front.h \
  tui/guard.c tui/guard.h \
  tui/headless.c tui/headless_problems.c tui/headless_progress.c tui/headless.h tui/headless_conflict.c tui/headless_edit.c tui/headless_owner.c tui/headless_parts.h tui/headless_result.c \
  tui/input.c tui/input.h tui/input_csi.c tui/input_csi.h \
  tui/keys.c tui/keys.h \
  tui/landing_parts.c \
  tui/layout.c tui/layout.h \
  tui/lineedit.c tui/lineedit.h \
  tui/list.c tui/list.h \
  tui/marks.c \
  tui/pick.c \
  tui/plain.c tui/plain.h \
  tui/preview.c \
  tui/refusal.c \
  tui/screen_conflict.c \
  tui/screen_deliver.c \
  tui/screen_details.c \
  tui/screen_dialog.c \
  tui/screen_help.c \
  tui/screen_landing.c \
  tui/screen_places.c \
  tui/screen_review.c \
  tui/screen_start.c \
  tui/steps.c \
  tui/term.c tui/term.h \
  tui/title.c \
  tui/tui.c tui/tui.h tui/tui_keys.c tui/tui_keys.h \
  tui/view.h
libtui_a_CPPFLAGS = $(AM_CPPFLAGS) $(NCURSES_CFLAGS) $(UV_CFLAGS)
