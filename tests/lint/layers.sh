#!/bin/sh
# Which folder may include which: fails when a file includes upwards, or a heavy library outside its module.
# core → (libc, libuv, libyaml, jansson, utf8proc); themes → core; engines → core; providers → core; tui → core, themes; commands → all; main.c → commands, core, tui.
cd "${srcdir:-.}" || exit 1
bad=0
# forbid FILES PATTERN WHY
forbid() {
	# shellcheck disable=SC2086
	found=$(grep -nE "^#[[:space:]]*include[[:space:]]*[<\"]($2)" $1 2>/dev/null) || return 0
	printf '%s:\n%s\n' "$3" "$found"
	bad=1
}
forbid "core/*.[ch]" "(tui|themes|providers|commands)/" "core includes upwards"
forbid "core/*.[ch]" "(curses|ncurses|git2|openssl/|curl/|archive|microhttpd)" "core includes a neighbour's library"
forbid "themes/*.[ch]" "(tui|providers|commands)/|(curses|ncurses|git2|curl/|uv)" "themes includes more than core"
forbid "tui/*.[ch]" "(providers|commands)/|git2|curl/|sys/socket|jansson|yaml\.h" "tui reaches past the model"
forbid "providers/*.[ch] providers/*/*.[ch]" "(tui|themes|commands)/|(curses|ncurses)" "a provider includes the screen"
forbid "providers/flux/*.[ch] providers/argocd/*.[ch] providers/direct/*.[ch]" \
	"providers/(git|http|kube|forge|chart|sandbox|module|runner|[a-df-z][a-z]*\.h)|uv\.h|sys/socket|fcntl|unistd|git2|curl/" "an engine does I/O"
forbid "commands/*.[ch] main.c" "(n?curses|term)\.h>|git2|curl/|sys/socket|jansson|yaml\.h" "a verb reaches past the layers' own headers"
forbid main.c "(providers|themes)/" "main.c does a verb's work"
for f in tui/*.c tui/*.h; do
	[ "$f" = tui/term.c ] || forbid "$f" "(n?curses|term)\.h>" "only tui/term.c includes curses"
done
for f in providers/*.c providers/*/*.c; do
	case $f in providers/http/*) ;; *) forbid "$f" "curl/" "only providers/http includes curl" ;; esac
	case $f in providers/git/objects*.c | providers/sandbox/*) ;; *) forbid "$f" "git2" "only providers/git/objects*.c includes libgit2" ;; esac
	case $f in providers/git/objects.c | providers/git/packin_sum.c) ;; *) forbid "$f" "openssl/" "only the module of objects includes OpenSSL" ;; esac
	case $f in providers/chart/archive.c) ;; *) forbid "$f" "archive(_entry)?\.h" "only providers/chart/archive.c includes libarchive" ;; esac
done
[ $bad = 0 ] && echo "layers: ok"
exit $bad
