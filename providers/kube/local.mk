libproviders_a_SOURCES += \
  providers/kube.h \
  providers/kube/auth.c \
  providers/kube/base64.c \
  providers/kube/client.c \
  providers/kube/credential.c \
  providers/kube/discovery.c \
  providers/kube/discovery.h \
  providers/kube/discovery_facts.c \
  providers/kube/exchange.c \
  providers/kube/frame.c \
  providers/kube/internal.h \
  providers/kube/kinds.c \
  providers/kube/kubeconfig.c \
  providers/kube/kubeconfig.h \
  providers/kube/kubeconfig_entry.c \
  providers/kube/logs.c \
  providers/kube/object.c \
  providers/kube/parse.c \
  providers/kube/path.c \
  providers/kube/plugin.c \
  providers/kube/status.c \
  providers/kube/timer.c \
  providers/kube/watch.c
