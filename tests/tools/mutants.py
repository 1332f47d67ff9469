"""mutants: the ways to break a line of C, by its text alone. What does not compile is thrown away later. Messages are no rules: their wording is left alone."""

import re

TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
NO_RULE = ("/*", "*", "//", "#", "return lf_fail", "lf_fail(", "return lf_hint", "lf_hint(", ".prompt", ".help", ".example")
# Without these nothing is wrong but memory, which the sanitizers watch.
NO_LOSS = re.compile(r"free|_delete$|dispose|wipe|memset|va_(start|end|copy)|close|lf_fail|lf_hint|assert")
CALL = re.compile(r"^\s+(?:\(void\))?(?:[\w>.\-\[\]*]+ = )?(\w+)\(.*\);$")
OPERATORS = ((" && ", " || "), (" || ", " && "), (" == ", " != "), (" != ", " == "), (" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > "), (" + 1", ""), (" - 1", ""))
LIMIT = re.compile(r"^(.*\b[A-Z][A-Z0-9_]+ = )(\d+)\b(.*)$")
LONGEST_CONDITION = 5
OPTION = re.compile(r'^\s*\{"[^"]*", "[^"]*", "[A-Z][^"]* ')
CHARACTERS = re.compile(r"str(spn|cspn|chr|pbrk)\([^()]*(\([^()]*\)[^()]*)*$")  # a set of characters, in which one more may change nothing


def blanked(line):
    """The line with its texts and comments blanked, so that operators are found in code only."""
    line = TEXT.sub(lambda found: '"' + "\0" * (len(found.group()) - 2) + '"', line)
    return re.sub(r"/\*.*?\*/|//.*", lambda found: "\0" * len(found.group()), line)


def end_of_condition(lines, number, start):
    """(line, column) of the parenthesis that closes the one at START; None if it is far away."""
    depth = 0
    for last in range(number, min(number + LONGEST_CONDITION, len(lines))):
        code = blanked(lines[last])
        for column in range(start if last == number else 0, len(code)):
            depth += (code[column] == "(") - (code[column] == ")")
            if depth == 0:
                return last, column
    return None


def turned_round(lines, number, start):
    """The lines from NUMBER on with the condition that opens at START negated, and how many lines these are."""
    end = end_of_condition(lines, number, start)
    if not end:
        return None
    last, column = end
    part = lines[number:last + 1]
    part[-1] = part[-1][:column] + ")" + part[-1][column:]
    part[0] = part[0][:start] + "(!" + part[0][start:]
    return last + 1, "\n".join(part)


def replaced(line, code, old, new):
    """The line once for each place in its code where OLD stands."""
    at = code.find(old)
    while at >= 0:
        yield line[:at] + new + line[at + len(old):]
        at = code.find(old, at + 1)


def numbered(name, all_lines):
    all_lines = list(all_lines)
    for count, line in enumerate(all_lines):
        yield name if len(all_lines) == 1 else f"{name} ({count + 1})", line


def of_line(line, code, is_last_case):
    """(what was done, the new line) for each way to break this line alone."""
    stripped = line.strip()
    call = CALL.match(line)
    if call and not NO_LOSS.search(call.group(1)) and not stripped.startswith("return"):
        yield "deleted", re.match(r"^\s*", line).group() + ";"
    for old, new in (("true", "false"), ("false", "true")):
        yield from numbered(f"{old} is {new}", (line[:at.start()] + new + line[at.end():] for at in re.finditer(rf"\b{old}\b", code)))
    if not stripped.startswith("for "):
        for old, new in OPERATORS:
            yield from numbered(f"{old.strip()} is {new.strip() or 'left out'}", replaced(line, code, old, new))
    if re.match(r"^\s*return [^;]+;$", code) and "?" not in code and re.search(r"&&|\|\||lf_equal|lf_plan_is|lf_plan_yes|lf_starts|lf_ends|_has_|_is_", code):
        yield "result turned round", re.sub(r"return (.*);", r"return !(\1);", line)
    if re.match(r"^\s*(continue|break);$", line) and not is_last_case:
        yield "deleted", re.match(r"^\s*", line).group() + ";"
    limit = LIMIT.match(code)
    if limit and limit.group(3) in (",", " };", ""):
        yield "limit is one more", line[:limit.end(1)] + str(int(limit.group(2)) + 1) + line[limit.end(2):]
    for count, found in enumerate(re.finditer(r'"([A-Za-z][^"%\\ ]*)"', line)):
        if code[found.start()] != '"':
            continue  # in a comment
        if count and OPTION.match(line):
            break  # how an option is called on the screen
        text = found.group(1)
        broken = text[:-1] if CHARACTERS.search(line[:found.start()]) else text + "x"
        yield f"{found.group()} is another text", line[:found.start()] + f'"{broken}"' + line[found.end():]


def is_message(lines, number):
    """Whether the line belongs to a call that only words an error: its wording is no rule."""
    for back in range(number, max(number - 4, -1), -1):
        stripped = lines[back].strip()
        if re.search(r"\b(lf_fail|lf_hint|fail|\w*refuse)\(", stripped):
            return True
        if stripped.endswith((";", "{", "}")) and back != number:
            return False
    return False


def mutants_of(lines):
    """(first line, line after the last, what was done, the new text) for each way to break each line, counted from 0."""
    is_comment = False
    for number, line in enumerate(lines):
        stripped = line.strip()
        was_comment, is_comment = is_comment, (is_comment or stripped.startswith("/*")) and "*/" not in stripped
        if was_comment or is_comment or not stripped or stripped.startswith(NO_RULE):
            continue
        code = blanked(line)
        wording = is_message(lines, number)
        is_last_case = 0 < number < len(lines) - 1 and lines[number - 1].strip().startswith("case ") and lines[number + 1].strip() == "}"  # whose break leads where no break would
        for what, new in of_line(line, code, is_last_case):
            if new != line and not (wording and ("another text" in what or what == "deleted")):
                yield number, number + 1, what, new
        condition = re.match(r"^\s*(?:\} else )?if \(", code) or re.match(r"^\s*(?:\} )?while \(", code)
        if condition:
            new = turned_round(lines, number, condition.end() - 1)
            if new:
                yield number, new[0], "condition turned round", new[1]
