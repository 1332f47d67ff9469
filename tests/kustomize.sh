#!/bin/sh
# Kustomize itself builds every overlay among the golden files, and finds in it what the answers say.
command -v kubectl >/dev/null 2>&1 || exit 77
cd "${srcdir:-.}/tests/golden/render" || exit 1
built=0
for case in *; do
	for file in $(find "$case/files" -name kustomization.yaml | sort); do
		out=$(kubectl kustomize "${file%/kustomization.yaml}" 2>&1) || { echo "$file: $out"; exit 1; }
		case $out in *Warning* | *deprecated*) echo "$file: $out"; exit 1 ;; esac
		built=$((built + 1))
	done
done
out=$(kubectl kustomize flux-kustomize/files/apps/web/overlays/production)
for line in "replicas: 3" "image: nginx:1.27" "namespace: production" "app.kubernetes.io/managed-by: kustomize"; do
	echo "$out" | grep -q "$line" || { echo "the overlay lacks: $line"; exit 1; }
done
echo "$out" | sed -n '/matchLabels:/,/template:/p' | grep -q managed-by && { echo "a label that changes went into the selector"; exit 1; }
[ "$built" -ge 8 ] && echo "kustomize: $built built"
