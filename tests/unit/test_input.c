/* test_input: bytes as terminals send them, whole and in pieces, into keys. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "core/str.h"
#include "tui/input.h"

/* Keys as words: "a C-c F1 S-Up paste(…)". */
static void note(const struct lf_key *key, void *payload)
{
	static const char *const names[] = {
		"",    "Enter", "Tab",	"BackTab", "Esc",  "Backspace", "Del",	"Ins",	"Up",  "Down", "Left", "Right", "Home", "End", "PgUp", "PgDn", "F1", "F2",
		"F3",  "F4",	"F5",	"F6",	   "F7",   "F8",	"F9",	"F10",	"F11", "F12",  "paste", "In",	"Out",
	};
	struct lf_str *out = payload;

	if (out->length)
		lf_str_add_char(out, ' ');
	if (key->mods & LF_MOD_CTRL)
		lf_str_add(out, "C-");
	if (key->mods & LF_MOD_ALT)
		lf_str_add(out, "A-");
	if (key->mods & LF_MOD_SHIFT)
		lf_str_add(out, "S-");
	if (key->code == LF_KEY_CHAR && key->codepoint >= 0x21 && key->codepoint < 0x7f)
		lf_str_addf(out, "%c", (char)key->codepoint);
	else if (key->code == LF_KEY_CHAR)
		lf_str_addf(out, "U+%04X", (unsigned)key->codepoint);
	else
		lf_str_add(out, names[key->code]);
	if (key->code == LF_KEY_PASTE)
		lf_str_addf(out, "(%.*s)", (int)key->length, key->text);
}

/* Feeds BYTES in pieces of STEP, then lets the patience run out. */
static void check_in_steps(const char *bytes, size_t length, size_t step, const char *expected)
{
	struct lf_str out = {0};
	struct lf_input input;

	lf_input_init(&input, note, &out);
	for (size_t i = 0; i < length; i += step)
		lf_input_feed(&input, bytes + i, length - i < step ? length - i : step);
	if (lf_input_patience_ms(&input))
		lf_input_timeout(&input);
	assert_int_equal(lf_input_patience_ms(&input), 0);
	assert_string_equal(lf_str_text(&out), expected);
	lf_input_dispose(&input);
	lf_str_dispose(&out);
}

static void check(const char *bytes, const char *expected)
{
	for (size_t step = 1; step <= 8; step++)
		check_in_steps(bytes, strlen(bytes), step, expected);
	check_in_steps(bytes, strlen(bytes), 4096, expected);
}

static void letters_and_controls(void **state)
{
	(void)state;
	check("aZ~", "a Z ~");
	check("é日😀", "U+00E9 U+65E5 U+1F600");
	check("\x03\x1a\x0c\x01", "C-c C-z C-l C-a");
	check("\r\n\t\x7f\x08", "Enter Enter Tab Backspace Backspace");
	check_in_steps("\0", 1, 1, "C-U+0020");
	check("\x1c\x1f", "C-\\ C-_");
}

static void arrows_and_function_keys_of_many_terminals(void **state)
{
	(void)state;
	check("\x1b[A\x1bOB\x1b[C\x1bOD", "Up Down Right Left");
	check("\x1b[1;5C\x1b[1;2A\x1b[1;3D\x1b[1;8B", "C-Right S-Up A-Left C-A-S-Down");
	check("\x1b[H\x1b[F\x1bOH\x1bOF\x1b[1~\x1b[4~\x1b[7~\x1b[8~", "Home End Home End Home End Home End");
	check("\x1b[2~\x1b[3~\x1b[5~\x1b[6~\x1b[3;5~", "Ins Del PgUp PgDn C-Del");
	check("\x1b[Z", "BackTab");
	check("\x1bOP\x1bOQ\x1bOR\x1bOS", "F1 F2 F3 F4");
	check("\x1b[11~\x1b[12~\x1b[13~\x1b[14~\x1b[15~", "F1 F2 F3 F4 F5");
	check("\x1b[17~\x1b[18~\x1b[19~\x1b[20~\x1b[21~\x1b[23~\x1b[24~", "F6 F7 F8 F9 F10 F11 F12");
	check("\x1b[1;2R\x1b[13;2~\x1b[1;2P", "S-F3 S-F3 S-F1");
	check("\x1b[[A\x1b[[B\x1b[[E", "F1 F2 F5");
	check("\x1b[I\x1b[O", "In Out");
}

static void modified_letters(void **state)
{
	(void)state;
	check("\x1b"
	      "b\x1b"
	      "f",
	      "A-b A-f");
	check("\x1b\x7f", "A-Backspace");
	check("\x1b[97;5u\x1b[27;5;98~", "C-a C-b");
	check("\x1b[27u\x1b[13u\x1b[9;2u", "Esc Enter BackTab");
	check("\x1b[65;2u", "A"); /* Shift is in the letter */
	check("\x1b[97:65;5u", "C-a");
}

static void a_lone_escape_is_a_key_after_a_moment(void **state)
{
	struct lf_str out = {0};
	struct lf_input input;

	(void)state;
	lf_input_init(&input, note, &out);
	lf_input_feed(&input, "\x1b", 1);
	assert_string_equal(lf_str_text(&out), "");
	assert_int_equal(lf_input_patience_ms(&input), 25);
	lf_input_timeout(&input);
	assert_string_equal(lf_str_text(&out), "Esc");
	lf_input_timeout(&input); /* nothing more */
	assert_string_equal(lf_str_text(&out), "Esc");
	lf_input_dispose(&input);
	lf_str_dispose(&out);
	check("\x1b\x1b", "Esc Esc");
	check("\x1b\x1b[A", "Esc Up");
	check("\x1b[", "A-[");
	check("\x1bO", "A-O");
	check("x\x1b", "x Esc");
}

static void answers_to_queries_are_swallowed(void **state)
{
	(void)state;
	check("\x1b]11;rgb:1414/1717/1c1c\x1b\\a", "a");
	check("\x1b]11;rgb:1414/1717/1c1c\x07"
	      "a",
	      "a");
	check("\x1b[?62;22c\x1b[?2026;2$ya\x1b[>0;370;0cb\x1b[24;80Rc", "a b c");
	check("\x1bP1$r0m\x1b\\a\x1b_x\x1b\\b", "a b");
	check("\x1b[<0;10;20M\x1b[<0;10;20ma", "a");
	check("\x1b[99~\x1b[1;2;3;4Aa\x1b[999999999999999999999u", "a");
}

static void broken_sequences_type_nothing(void **state)
{
	(void)state;
	check("\x1b[12\x1b[A", "Up");
	check("\x1b[1\x18"
	      "a",
	      "a");
	check("\xc3(", "(");
	check("\xff\xfe\x80"
	      "a",
	      "a");
	check("\xed\xa0\x80"
	      "a",
	      "a"); /* half of a surrogate pair */
	check("\xc2\x9b"
	      "a",
	      "a"); /* C1 */
}

static void a_paste_is_one_key(void **state)
{
	struct lf_str bytes = {0}, expected = {0};

	(void)state;
	check("\x1b[200~one\rtwo\x1b[201~x", "paste(one\ntwo) x");
	check("\x1b[200~a\r\nb\n\tc\x1b[201~", "paste(a\nb\n\tc)");
	/* Escape sequences, a false end and controls inside it cannot become keys. */
	check("\x1b[200~\x1b[A\x1b[20\x03\x1b[201~\x1b[B", "paste([A[20) Down");
	check("\x1b[200~\x1b\x1b[201~", "paste()");
	check("\x1b[200~日\xff\x1b[201~", "paste(日)");
	/* An end that never comes. */
	check_in_steps("\x1b[200~lost", 10, 10, "paste(lost)");
	for (int i = 0; i < LF_PASTE_MAX; i++)
		lf_str_add_char(&expected, 'a');
	lf_str_add(&bytes, "\x1b[200~");
	lf_str_add(&bytes, lf_str_text(&expected));
	lf_str_add(&bytes, "too much\x1b[201~");
	{
		struct lf_str whole = {0};

		lf_str_addf(&whole, "paste(%s)", lf_str_text(&expected));
		check_in_steps(bytes.data, bytes.length, 1000, lf_str_text(&whole));
		lf_str_dispose(&whole);
	}
	lf_str_dispose(&bytes);
	lf_str_dispose(&expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_and_controls),
		cmocka_unit_test(arrows_and_function_keys_of_many_terminals),
		cmocka_unit_test(modified_letters),
		cmocka_unit_test(a_lone_escape_is_a_key_after_a_moment),
		cmocka_unit_test(answers_to_queries_are_swallowed),
		cmocka_unit_test(broken_sequences_type_nothing),
		cmocka_unit_test(a_paste_is_one_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
