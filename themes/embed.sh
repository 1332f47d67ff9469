#!/bin/sh
# embed.sh FILE.yaml...: writes C with the bytes of each file, so that a theme is there without a file system.
set -eu
echo '/* Made by themes/embed.sh; do not edit. */'
echo '#include "config.h"'
echo '#include "themes/shipped.h"'
i=0
for file; do
	echo "static const unsigned char text$i[] = {"
	od -An -v -tx1 "$file" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
	echo '0};'
	i=$((i + 1))
done
echo 'const struct lf_shipped_theme lf_shipped_themes[] = {'
i=0
for file; do
	name=${file##*/}
	echo "{\"${name%.yaml}\", (const char *)text$i, sizeof(text$i) - 1},"
	i=$((i + 1))
done
echo '{0, 0, 0},'
echo '};'
