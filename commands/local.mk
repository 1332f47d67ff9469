# commands: a file for each verb. A verb brings a model, a runner and a front together and lets them run; it decides nothing itself. Sees every layer.
noinst_LIBRARIES += libcommands.a
libcommands_a_SOURCES = \
  commands/apply.c \
  commands/command.c commands/command.h \
  commands/completion.c \
  commands/doctor.c \
  commands/edit.c \
  commands/editor.c commands/editor.h \
  commands/look.c commands/look.h \
  commands/owner.c \
  commands/questions.c \
  commands/render.c \
  commands/rollback.c \
  commands/run_headless.c commands/run_screen.c \
  commands/session.c commands/session.h \
  commands/table.c \
  commands/watch.c \
  commands/wizard.c
libcommands_a_CPPFLAGS = $(AM_CPPFLAGS) $(UV_CFLAGS)
