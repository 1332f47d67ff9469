/* fuzz_keys: any bytes from a terminal, in pieces of any size, into keys and into a line being edited: every key is whole, the line stays UTF-8, no control byte
 * reaches it, and the decoder comes back to rest. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "core/text.h"
#include "tui/keys.h"
#include "tui/lineedit.h"

struct fed {
	struct lf_lineedit edit;
	size_t keys, pasted;
};

static void on_key(const struct lf_key *key, void *payload)
{
	struct fed *fed = payload;

	fed->keys++;
	if (key->code == LF_KEY_CHAR)
		fuzz_require(key->codepoint >= 0x20 && key->codepoint <= 0x10ffff && (key->codepoint < 0xd800 || key->codepoint > 0xdfff) &&
				 key->codepoint != 0x7f,
			     "a character is one", "");
	if (key->code == LF_KEY_PASTE) {
		fuzz_require(lf_text_is_utf8(key->text, key->length), "a paste is UTF-8", key->text);
		fuzz_require(strlen(key->text) == key->length && key->length <= LF_PASTE_MAX, "a paste has its length", key->text);
		for (size_t i = 0; i < key->length; i++)
			fuzz_require((unsigned char)key->text[i] >= 0x20 || key->text[i] == '\n' || key->text[i] == '\t', "a paste has no controls", key->text);
		fed->pasted += key->length;
	}
	for (int screen = 0; screen < LF_SCREENS; screen++)
		(void)lf_keys_find((enum lf_screen)screen, key);
	(void)lf_lineedit_key(&fed->edit, key);
	fuzz_require(fed->edit.length == strlen(fed->edit.text) && fed->edit.length <= LF_LINE_MAX, "the line has its length", fed->edit.text);
	fuzz_require(fed->edit.cursor <= fed->edit.length, "the cursor is inside", fed->edit.text);
	fuzz_require(((unsigned char)fed->edit.text[fed->edit.cursor] & 0xc0U) != 0x80U, "the cursor is between characters", fed->edit.text);
	fuzz_require(lf_text_is_utf8(fed->edit.text, fed->edit.length), "the line is UTF-8", fed->edit.text);
	for (size_t i = 0; i < fed->edit.length; i++)
		fuzz_require((unsigned char)fed->edit.text[i] >= 0x20 && fed->edit.text[i] != 0x7f, "the line has no controls", fed->edit.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fed fed = {.keys = 0}, again = {.keys = 0};
	size_t step = size ? (size_t)data[0] % 7 + 1 : 1;
	struct lf_input input;

	lf_input_init(&input, on_key, &fed);
	for (size_t i = 0; i < size; i += step)
		lf_input_feed(&input, (const char *)data + i, size - i < step ? size - i : step);
	for (int i = 0; lf_input_patience_ms(&input); i++) {
		fuzz_require(i < 2, "it comes to rest", "");
		lf_input_timeout(&input);
	}
	lf_input_dispose(&input);
	/* How the bytes were cut into reads changes nothing. */
	lf_input_init(&input, on_key, &again);
	lf_input_feed(&input, (const char *)data, size);
	while (lf_input_patience_ms(&input))
		lf_input_timeout(&input);
	lf_input_dispose(&input);
	fuzz_require(fed.keys == again.keys && strcmp(fed.edit.text, again.edit.text) == 0, "reads may be cut anywhere", again.edit.text);
	return 0;
}
