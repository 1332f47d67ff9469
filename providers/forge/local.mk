# forge: pull requests and new repositories over the REST APIs of the forges. Pure but for client.c, exchange.c, signin.c and watch.c.
libproviders_a_SOURCES += \
  providers/forge.h \
  providers/forge/answer.c \
  providers/forge/ask.c \
  providers/forge/bitbucket.c \
  providers/forge/bitbucket_server.c \
  providers/forge/client.c providers/forge/client.h \
  providers/forge/exchange.c \
  providers/forge/gitea.c \
  providers/forge/github.c \
  providers/forge/gitlab.c \
  providers/forge/locate.c \
  providers/forge/owners.c providers/forge/owners.h \
  providers/forge/probe.c \
  providers/forge/signin.c \
  providers/forge/talk.c providers/forge/talk.h \
  providers/forge/token.c providers/forge/token.h \
  providers/forge/watch.c
