libengines_a_SOURCES += \
  providers/direct/assess.c \
  providers/direct/direct.h \
  providers/direct/engine.c \
  providers/direct/follow.c \
  providers/direct/questions.c \
  providers/direct/render.c \
  providers/direct/target.c \
  providers/direct/work.c
