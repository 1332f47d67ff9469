# git: the smart client and what is done with it; libgit2 behind providers/git/objects.h, and OpenSSL's digests, as the module landfall-objects.so.
module_PROGRAMS += landfall-objects.so
landfall_objects_so_SOURCES = \
  providers/git/objects.c providers/git/objects.h \
  providers/git/objects_build.c \
  providers/git/objects_include.c \
  providers/git/objects_internal.h \
  providers/git/objects_user.c \
  providers/git/packin.c providers/git/packin.h providers/git/packin_index.c providers/git/packin_internal.h providers/git/packin_resolve.c providers/git/packin_sum.c \
  providers/git/packscan.c providers/git/packscan.h
landfall_objects_so_CPPFLAGS = $(AM_CPPFLAGS) $(GIT2_CFLAGS) $(CRYPTO_CFLAGS) $(ZLIB_CFLAGS) $(UV_CFLAGS)
landfall_objects_so_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
landfall_objects_so_LDFLAGS = $(MODULE_LINK) $(MODULE_DEFS)
landfall_objects_so_LDADD = libcore.a $(GIT2_LIBS) $(CRYPTO_LIBS) $(ZLIB_LIBS) $(YAML_LIBS) $(JANSSON_LIBS) $(UTF8PROC_LIBS) $(UV_LIBS)
libproviders_a_SOURCES += \
  providers/git/access.c \
  providers/git/advertisement.c providers/git/advertisement.h \
  providers/git/askpass.c providers/git/askpass.h \
  providers/git/cache.c providers/git/cache.h \
  providers/git/changes.c providers/git/changes.h \
  providers/git/child.c providers/git/child.h \
  providers/git/commits.c providers/git/commits.h \
  providers/git/compose.c providers/git/compose.h \
  providers/git/credential.c providers/git/credential.h \
  providers/git/credential_helper.c providers/git/credential_helper.h \
  providers/git/dates.c providers/git/dates.h \
  providers/git/differences.c providers/git/differences.h \
  providers/git/files.c providers/git/files.h \
  providers/git/intake.c providers/git/intake.h \
  providers/git/job.c providers/git/job.h \
  providers/git/lock.c providers/git/lock.h \
  providers/git/paths.c providers/git/paths.h \
  providers/git/pktline.c providers/git/pktline.h \
  providers/git/question.c providers/git/question.h \
  providers/git/refname.c providers/git/refname.h \
  providers/git/report.c providers/git/report.h \
  providers/git/request.c providers/git/request.h \
  providers/git/session.c providers/git/session.h \
  providers/git/settings.c providers/git/settings.h providers/git/settings_environment.c providers/git/settings_http.c \
  providers/git/sign.c providers/git/sign.h providers/git/sign_gpg.c providers/git/sign_internal.h providers/git/sign_ssh.c \
  providers/git/words.c providers/git/words.h \
  providers/git/browse.c providers/git/browse_tree.c providers/git/browse_tree.h providers/git/check.c providers/git/commit.c providers/git/contains.c providers/git/deliver.c providers/git/history.c providers/git/inspect.c providers/git/later.c providers/git/later_walk.c providers/git/later_walk.h \
  providers/git/remote.c providers/git/remote.h providers/git/sync.c \
  providers/git/transport_daemon.c providers/git/transport_http.c providers/git/transport_pipe.c providers/git/wire.h
