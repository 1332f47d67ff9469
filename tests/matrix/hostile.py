"""hostile: names, paths and values that YAML readers, shells, templates and Git trip over, in the places where a person can put them."""

LONG_LABEL = "a" + "1234567890" * 5 + "xy"  # 53: what an application may be called
LONG_NAMESPACE = "n" + "-2345678901" * 5 + "-234567"  # 63: what a label may be

# What YAML readers trip over, in the places where a person can put it.
HOSTILE = {
    "plain": {},
    "yes": {"appName": "yes", "targetNamespace": "no", "gitBranch": "on", "gitPath": "off", "gitopsPath": "y"},
    "null": {"appName": "null", "targetNamespace": "n", "gitBranch": "null", "gitPath": "Null", "gitopsPath": "gitops/true", "image": "null:null"},
    "true": {"appName": "true", "targetNamespace": "false", "gitBranch": "True", "image": "true:false", "gitopsPath": "gitops/FALSE"},
    "1e3": {"appName": "1e3", "targetNamespace": "12e03", "gitBranch": "1e3", "gitPath": "1e3", "gitopsPath": "2e5", "image": "x:1e3"},
    "octal": {"appName": "0o17", "targetNamespace": "017", "gitBranch": "0o17", "gitPath": "0o17", "gitopsPath": "0777", "image": "a:017"},
    "hex": {"appName": "0x1f", "targetNamespace": "0b11", "gitBranch": "0xFF", "gitPath": "0x10", "gitopsPath": "1_000", "image": "reg.example.com:5000/a:0x1F"},
    "digits": {"appName": "123", "targetNamespace": "0", "gitBranch": "1.10", "gitPath": "007", "gitopsPath": "1.5", "image": "x:1.10"},
    "date": {"appName": "2026-11-21", "targetNamespace": "2001-01-01", "gitBranch": "2026-11-21", "gitPath": "2026-01-01", "image": "x:2026-11-21"},
    "sha": {"appName": "1234567e89", "targetNamespace": "00e00", "gitBranch": "1234567e89", "gitPath": "12e4567",
            "image": "x@sha256:" + "0123456789" * 6 + "0123"},
    "sexagesimal": {"gitBranch": "release/1", "gitPath": "12:30:45", "gitopsPath": "1:20", "image": "localhost:5000/x:1"},
    "long": {"appName": LONG_LABEL, "targetNamespace": LONG_NAMESPACE, "gitBranch": "b" * 200, "gitPath": "/".join(["d" * 60] * 6)},
    "unicode": {"gitBranch": "größe/日本", "gitPath": "apps/größe/日本語/🚀", "gitopsPath": "gitops/été"},
    "spaces": {"gitPath": "apps/with a space/x  y", "gitopsPath": "gitops/ leading and trailing /z"},
    "quotes": {"gitBranch": "it's", "gitPath": "apps/it's/\"q\"", "gitopsPath": "'/\"/`"},
    "indicators": {"gitBranch": "&a", "gitPath": "- x", "gitopsPath": "!tag/*a/|/>/%d/@h"},
    "comment": {"gitBranch": "a#b", "gitPath": "apps/ #x", "gitopsPath": "a: b/{{ x }}"},
    "document": {"gitBranch": "a---", "gitPath": "---", "gitopsPath": "..."},
    "merge": {"gitBranch": "<<", "gitPath": "<<", "gitopsPath": "=/?/,"},
    "template": {"gitBranch": "{{a}}", "gitPath": "{{ .Values.x }}", "gitopsPath": "${a}/$$"},
    "dot-path": {"gitPath": "./apps//web/./x/", "gitopsPath": "./gitops//x/"},
    "ssh-url": {"gitRepoUrl": "git@git.example.com:team/app.git", "gitBranch": "null"},
    "ssh-port": {"gitRepoUrl": "ssh://git@git.example.com:2222/1e3/0o17"},
    "user-url": {"gitRepoUrl": "https://someone@git.example.com/team/app", "gitBranch": "~".replace("~", "tilde")},
    "digest": {"image": "registry.example.com:5000/a/b_c/d.e:v1@sha256:" + "ab" * 32},
    "latest": {"image": "nginx:latest", "replicas": "0", "containerPort": "1"},
    "leading-zeros": {"replicas": "010", "containerPort": "00080", "retryLimit": "007", "historyLimit": "08"},
    "big-numbers": {"replicas": "999999999", "containerPort": "65535"},
    "author": {"commitSummary": "yes: \"no\" # {{ x }} --- <<", "releaseName": "on", "chartVersion": "1.10"},
}

# Values of a chart: trees that must arrive as they are.
VALUES = {
    "none": None,
    "simple": {"replicaCount": 2, "image": {"tag": "1.10", "pullPolicy": "Always"}},
    "words": {"a": "yes", "b": "1e3", "c": "0o17", "d": "017", "e": "null", "f": "~", "g": "on", "h": "12:30", "i": "2026-11-21", "j": "", "k": "y", "l": ".inf",
              "m": "0x1f", "n": "1_000", "o": "True", "p": "+1", "q": "1.", "r": ".5", "s": "=", "t": "<<", "u": "12e4567"},
    "real": {"z": 1e300, "y": 1.5e-7, "a": True, "b": 1000, "c": 15, "d": None, "e": 1.5, "f": -1, "g": 12345678901234567890, "h": 0, "i": False},
    "keys": {"yes": 1, "no": "x", "1e3": "x", "null": {"~": 1}, "<<": "text", "=": 1, "a b": 1, "a: b": 2, "#": 3, "- x": 4, "'": 5, "\"": 6, "": 7, "on": {"off": []},
             "x.y/z": {"[0]": 1}, "{{ k }}": "v", "größe": "日本", "1.10": "v", "k" * 200: 1},
    "text": {"a": "two\nlines\n", "b": "no end\nof line", "c": "\n\nleading", "d": "trailing\n\n\n", "e": "  indented\n    more\n  less\n", "f": "tab\there", "g": "\tstarts",
             "h": "ends ", "i": " starts", "j": "a\n\n\nb", "k": "x\n  \ny", "l": "---\n- a: {{ b }}\n...\n", "m": "# no comment\nkey: value\n", "n": "a\r\nb", "o": "\\n \\t \\",
             "p": "'", "q": '"', "r": "''\"\"", "s": "{{ .Values.x | quote }}", "t": "{{- if x }}\n{{- end }}\n", "u": "%TAG", "v": "@x", "w": "`x`", "x": "[a, b]",
             "y": "{a: b}", "z": "a: b: c"},
    "unicode": {"a": "🚀 größe 日本語", "b": "\u0085next", "c": "a\u2028b", "d": "\ufeffbom", "e": "\u00a0nbsp", "f": "é combining", "g": "\U0001f469\u200d\U0001f4bb", "h": "\u202edir"},
    "control": {"a": "bell\u0007", "b": "nul-free\u0001", "c": "del\u007f", "d": "esc\u001b[31m"},
    "empty": {"a": {}, "b": [], "c": [{}], "d": [[]], "e": [[[], {}], ""], "f": {"g": {}}, "h": [None, False, 0, ""]},
    "long": {"line": "word " * 400 + "end", "solid": "x" * 4000, "url": "https://example.com/" + "a/" * 300, "list": list(range(200))},
    "deep": None,
    "lists": {"a": [1, "1", [2, [3, {"b": [4, {"c": "d"}]}]]], "b": [{"name": "A", "value": "1"}, {"name": "B", "value": "yes"}], "c": ["- x", "? y", ": z", "#"]},
}
deep = {"leaf": "1e3"}
for _level in range(40):
    deep = {"d": deep} if _level % 2 else {"l": [deep]}
VALUES["deep"] = deep
