"""extras: the dimensions of the matrix beside method and provider: how many environments there are and how they are kept apart, and what can come with an application. An
entry answers questions; whether they are asked is for the engines to say (their tables of questions). Every question of the extras has to be answered by some entry."""

THREE = ["dev", "staging", "production"]
LIMITS = {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"memory": "512Mi", "ephemeral-storage": "1Gi"}}
CIPHER = "AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq" * 8
ENCRYPTED = "ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]"

SEALED = {"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
          "metadata": {"name": "web-secrets", "annotations": {"sealedsecrets.bitnami.com/cluster-wide": "true"}},
          "spec": {"encryptedData": {"DATABASE_PASSWORD": CIPHER, "tls.key": CIPHER},
                   "template": {"metadata": {"name": "web-secrets", "annotations": {"sealedsecrets.bitnami.com/cluster-wide": "true"}}, "type": "Opaque"}}}
BY_SOPS = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web-secrets"}, "data": {"password": ENCRYPTED}, "stringData": {"yes": ENCRYPTED},
           "sops": {"age": [{"recipient": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", "enc": "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n"}],
                    "lastmodified": "2026-11-21T10:00:00Z", "mac": ENCRYPTED, "encrypted_regex": "^(data|stringData)$", "version": "3.9.0"}}

SEALED_TOO = {**SEALED, "spec": {"encryptedData": {"DATABASE_PASSWORD": CIPHER[::-1]}}}
BY_SOPS_TOO = {**BY_SOPS, "data": {"token": ENCRYPTED}}

ENVIRONMENTS = {
    "one": {},
    "folders": {"environments": THREE},
    "branches": {"environments": THREE, "environmentLayout": "branches"},
    "differing": {"environments": THREE, "environmentSettings": {
        "dev": {"replicas": 1, "resources": {"requests": {"memory": "300Mi"}}, "config": {"LOG_LEVEL": "debug", "ZONE": "no"}, "syncPolicy": "manual", "prune": False,
                "secretStore": "yes", "secretExtract": "dev/web", "sealedSecret": SEALED_TOO},
        "staging": {"encryptedSecret": BY_SOPS_TOO, "sopsKeyName": "null", "secretRefresh": "90s", "tag": "1e3", "namespace": "null", "reconcileInterval": "90s", "cluster": "https://10.0.0.2:6443", "version": "6.6.0"},
        "production": {"replicas": 5, "resources": LIMITS, "host": "web.example.com", "autoscale": {"min": 3, "max": 9, "cpu": 70}, "branch": "stable",
                       "secretStoreKind": "SecretStore", "secretKeys": {"_1": "prod/1", "tls.key": "prod/web#no"},
                       "values": {"replicaCount": 5, "note": "{{ .Values.x }}"}}}},
    "shared": {"environments": ["yes", "1e3", "0o17"], "environmentSettings": {"yes": {"namespace": "shop"}, "1e3": {"namespace": "shop"}, "0o17": {"namespace": "null"}}},
    # values for all, and what differs: laid over them
    "dev-production-values": {"environments": "dev, production", "values": {"replicaCount": 2, "image": {"repository": "web", "tag": "1.0"}, "hosts": ["a", "b"], "probe": {"path": "/"}}, "environmentSettings": {
        "production": {"values": {"replicaCount": 5, "image": {"tag": "1e3"}, "hosts": ["c"], "probe": None, "extra": {"a": "yes"}}}}},
    # with values that differ at places of one name, at one that no template can name, and in their form
    "set-list": {"environments": THREE, "applicationSet": "list", "environmentSettings": {
        "dev": {"replicas": 1, "syncPolicy": "manual", "values": {"a": {"tag": "1e3"}, "b": {"tag": "x"}, "log-level": "debug"}},
        "staging": {"cluster": "https://10.0.0.2:6443", "branch": "next", "version": "6.6.0", "values": {"a": {"tag": "{{ x }}"}, "b": {"tag": "yes"}, "log-level": "info"}},
        "production": {"replicas": 5, "values": {"a": {"tag": "{{"}, "b": {"tag": "production"}, "log-level": "{{- end }}", "list": [{"{{ k }}": "production"}]}}}},
    "set-git": {"environments": THREE, "applicationSet": "git", "environmentSettings": {"production": {"syncPolicy": "manual", "namespace": "shop"}}},
}

EXTRAS = {
    "plain": {},
    # of every provider
    "overlay": {"resources": LIMITS, "config": {"LOG_LEVEL": "info", "NODE_ENV": "yes", "RATE": 1.5, "ON": True, "EQUALS": "a=b#c"}, "ingressHost": "web.example.com",
                "autoscale": {"min": 2, "max": 10}},
    "secret-external": {"secretMethod": "external", "secretStore": "vault", "secretRefresh": "15m",
                        "secretKeys": {"DATABASE_PASSWORD": "prod/web#password", "tls.key": "prod/web#yes", "_1": "1e3", "1A": "null", "lower": "a#b#c"}},
    "secret-external-all": {"secretMethod": "external", "secretStore": "null", "secretStoreKind": "SecretStore", "externalSecretName": "1e3", "secretExtract": "prod/web: {{ x }}"},
    "secret-sealed": {"secretMethod": "sealed", "sealedSecret": SEALED},
    "secret-sops": {"secretMethod": "sops", "sopsRecipient": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", "encryptedSecret": BY_SOPS},
    # of charts: where the values come from, and what decrypts them
    "secret-values": {"secretMethod": "external", "secretStore": "vault", "externalSecretName": "chart-values", "secretExtract": "prod/web", "valuesFrom": [
        {"kind": "Secret", "name": "other"}, {"kind": "Secret", "name": "chart-values", "valuesKey": "password", "targetPath": "auth.password"}]},
    "secret-values-there": {"secretMethod": "sealed", "sealedSecret": SEALED, "helmReleaseNamespace": "shop", "valuesFrom": [{"kind": "Secret", "name": "web-secrets"}]},
    "secret-sops-key": {"secretMethod": "sops", "encryptedSecret": BY_SOPS, "sopsKeyName": "sops-age"},
    "secret-sops-git": {"secretMethod": "sops", "encryptedSecret": BY_SOPS, "sopsGitSecretName": "null", "valuesFrom": [{"kind": "ConfigMap", "name": "web-secrets"}]},
    "secret-project": {"secretMethod": "external", "secretStore": "vault", "secretExtract": "prod/web", "appProject": True},
    "canary": {"progressiveDelivery": "canary"},
    "canary-istio": {"progressiveDelivery": "canary", "canaryWeights": "5, 025, 100", "canaryPause": "90s", "trafficRouter": "istio", "trafficRoute": "1e3",
                     "prometheusAddress": "http://prometheus.monitoring:9090"},
    "canary-nginx": {"progressiveDelivery": "canary", "trafficRouter": "nginx", "resources": LIMITS, "autoscale": {"max": 4}},
    "bluegreen": {"progressiveDelivery": "bluegreen", "resources": LIMITS},
    "bluegreen-judged": {"progressiveDelivery": "bluegreen", "prometheusAddress": "https://prometheus.example.com/x"},
    "flagger": {"progressiveDelivery": "flagger", "canaryGateways": ["istio-system/public", "yes"], "canaryHosts": "web.example.com, 1e3"},
    "flagger-scaled": {"progressiveDelivery": "flagger", "autoscale": {"min": 2, "max": 6, "cpu": 55}},
    "flagger-tested": {"progressiveDelivery": "flagger", "loadTesterUrl": "http://flagger-loadtester.test/"},
    "flagger-chart": {"progressiveDelivery": "flagger", "canaryDeployment": "1e3", "canaryPort": "9898", "canaryTargetPort": "grpc-1e3", "loadTesterUrl": "https://load.example.com/x?y=z"},
    "flagger-chart-secret": {"progressiveDelivery": "flagger", "canaryTargetPort": "8080", "secretMethod": "external", "secretStore": "vault", "secretExtract": "prod/web"},
    # of Argo CD
    "set-clusters": {"applicationSet": "cluster", "clusterLabels": {"environment": "yes", "example.com/tier": "1e3"}},
    "project": {"appProject": True},
    "project-own": {"appProject": True, "projectName": "1e3", "projectDescription": "yes: \"a\" # b", "projectRepositories": "https://*/team/*, https://charts.example.com/*, registry.example.com/*, git@git.example.com:team/app.git, ssh://git@git.example.com:2222/1e3/*, *",
                    "projectNamespaces": "*", "projectClusterKinds": "Namespace, rbac.authorization.k8s.io/ClusterRole", "projectDeniedKinds": "networking.k8s.io/NetworkPolicy",
                    "projectRoles": {"developers": {"description": "yes", "actions": ["get", "sync", "action/apps/Deployment/restart"], "groups": ["my-org:developers", "1e3"]},
                                     "1e3": {"actions": ["*"]}}},
    "notifications": {"argocdNotifications": True, "notifyRecipients": "deployments, 1e3"},
    "notifications-own": {"argocdNotifications": True, "notifyTriggers": "on-deployed, on-created", "notifyService": "webhook-ops", "notifyRecipients": "yes"},
    "parameters": {"helmParameters": {"image.tag": "1.10", "a": "yes", "b": "x,y\\z", "c": 3, "d": True, "e": "", "podAnnotations.a\\.b": "{{ c }}"}, "skipCrds": True},
    "values-as-text": {"values": {"note": "{{ .Values.x }}\n", "a": {"b": ["1e3", None]}}, "helmValuesAs": "values"},
    "values-missing": {"valueFiles": ["values-a.yaml", "env/b.yaml"], "ignoreMissingValueFiles": True},
    # of Flux
    "value-files": {"valueFiles": "values.yaml, ./x/../values-1e3.yaml".replace("./x/../", "")},
    "depends": {"fluxOptions": True, "dependsOn": "infrastructure, flux-system/cert-manager, other/null", "healthCheckExprs": [
        {"apiVersion": "example.com/v1", "kind": "Database", "current": "status.phase == 'Ready'", "failed": "has(status.error) # yes"}]},
    "health": {"fluxOptions": True, "fluxWait": False, "healthChecks": [
        {"apiVersion": "apps/v1", "kind": "Deployment", "name": "1e3"}, {"kind": "Namespace", "name": "yes"}, {"apiVersion": "v1", "kind": "Service", "name": "x", "namespace": "null"}]},
    "variables": {"fluxOptions": True, "substitute": {"cluster_env": "production", "PORT": 8080, "ON": True, "text": "1e3", "empty": ""},
                  "substituteFrom": "ConfigMap/cluster-vars, Secret/cluster-keys?"},
    "decryption": {"fluxOptions": True, "sopsDecryption": True, "sopsSecretName": "sops-age"},
    "images": {"imageAutomation": True, "imageToScan": "ghcr.io/acme/web"},
    "images-semver": {"imageAutomation": True, "imageToScan": "ghcr.io/acme/web", "imageRange": ">=1.0.0 <2.0.0 || ^3", "imageInterval": "90s", "imageSecretName": "registry-credentials",
                      "imagePushBranch": "image-updates"},
    "images-alphabetical": {"imageAutomation": True, "imageToScan": "localhost:5000/a", "imagePolicy": "alphabetical", "imageOrder": "desc", "imageAuthorName": "null",
                            "imageAuthorEmail": "yes@example.com"},
    "images-numerical": {"imageAutomation": True, "imageToScan": "a/b", "imagePolicy": "numerical", "imageTagPattern": "^main-[a-f0-9]+-(?P<ts>[0-9]+)$", "imageTagExtract": "$ts"},
    "alerts": {"fluxAlerts": True},
    "alerts-own": {"fluxAlerts": True, "alertProvider": "generic", "alertChannel": "1e3", "alertSecretName": "null", "alertAddress": "https://alerts.example.com/flux",
                   "alertSeverity": "error", "alertExclusions": "waiting.*socket, ^Dependencies: do not"},
    "alerts-commit": {"fluxAlerts": True, "alertProvider": "github"},
    "receiver": {"fluxReceiver": True},
    "receiver-own": {"fluxReceiver": True, "receiverType": "harbor", "receiverEvents": "yes, 1e3", "receiverSecretName": "null"},
    "told": {"imageAutomation": True, "imageToScan": "a/b", "fluxAlerts": True, "fluxReceiver": True, "receiverType": "quay"},
    "release-there": {"helmReleaseNamespace": "shop", "fluxOptions": True, "dependsOn": "a, flux-system/b, shop/c", "fluxAlerts": True, "fluxReceiver": True},
    "release-own": {"releaseName": "1e3", "helmRetries": "0", "helmCleanup": False, "upgradeCrds": "CreateReplace", "driftDetection": "warn", "reconcileInterval": "1h30m", "valuesFrom": [
        {"kind": "ConfigMap", "name": "web-values", "valuesKey": "values.yaml", "optional": True}, {"kind": "Secret", "name": "1e3", "targetPath": "a.b[0]", "literal": True}]},
    "repository-own": {"helmRepositoryName": "1e3", "helmSecretName": "charts.credentials", "helmRepositoryInterval": "24h", "chartInterval": "30s"},
}
