/* input: see input.h. Understands UTF-8, CSI (xterm, rxvt, linux, CSI-u), SS3, bracketed paste and focus; swallows mouse reports and the answers to queries
 * (OSC, DCS, DA). Whatever else comes is dropped, never typed. */
#include "config.h"
#include "tui/input.h"

#include <string.h>

#include "core/text.h"
#include "tui/input_csi.h"

static const char paste_end[] = "\x1b[201~";

void lf_input_init(struct lf_input *input, lf_key_fn emit, void *payload)
{
	*input = (struct lf_input){.emit = emit, .payload = payload};
}

void lf_input_dispose(struct lf_input *input)
{
	lf_str_dispose(&input->paste);
	*input = (struct lf_input){0};
}

static void emit(struct lf_input *input, enum lf_key_code code, unsigned mods)
{
	struct lf_key key = {.code = code, .mods = mods};

	input->emit(&key, input->payload);
}

static void emit_char(struct lf_input *input, uint32_t codepoint, unsigned mods)
{
	struct lf_key key = {.code = LF_KEY_CHAR, .mods = mods, .codepoint = codepoint};

	input->emit(&key, input->payload);
}

static void restart(struct lf_input *input)
{
	input->state = LF_INPUT_GROUND;
	input->count = 0;
	input->overlong = input->string_esc = false;
}

/* The linux console spells F1 to F5 "CSI [ A" to "CSI [ E". */
static bool is_linux_function_key(const struct lf_input *input, unsigned char byte)
{
	return input->count == 1 && input->bytes[0] == '[' && byte >= 'A' && byte <= 'E';
}

static void csi_byte(struct lf_input *input, unsigned char byte)
{
	if (is_linux_function_key(input, byte)) {
		restart(input);
		emit(input, (enum lf_key_code)(LF_KEY_F1 + (byte - 'A')), 0);
		return;
	}
	if (byte == 0x1b) { /* the sequence was cut: a new one begins */
		restart(input);
		input->state = LF_INPUT_ESC;
		return;
	}
	if (byte < 0x20 || byte >= 0x7f) {
		restart(input);
		return;
	}
	if (byte >= 0x40 && !(byte == '[' && input->count == 0)) {
		input->state = LF_INPUT_GROUND;
		lf_input_csi(input, byte);
		input->count = 0;
		input->overlong = false;
		return;
	}
	if (input->count < sizeof(input->bytes))
		input->bytes[input->count++] = byte;
	else
		input->overlong = true;
}

/* Between OSC, DCS, APC or PM and its end (BEL or ST): an answer to a query, perhaps late. */
static void string_byte(struct lf_input *input, unsigned char byte)
{
	if (byte == 0x07 || (input->string_esc && byte == '\\'))
		restart(input);
	else
		input->string_esc = byte == 0x1b;
}

static void finish_paste(struct lf_input *input)
{
	struct lf_str clean = {0};
	struct lf_key key = {.code = LF_KEY_PASTE};
	const char *bytes = lf_str_text(&input->paste);
	size_t length = input->paste.length;

	for (size_t i = 0; i < length;) {
		uint32_t c;
		size_t n = lf_text_next(bytes + i, length - i, &c);

		if (c == '\r') {
			lf_str_add_char(&clean, '\n');
			n += i + 1 < length && bytes[i + 1] == '\n';
		} else if ((c >= 0x20 && c != 0x7f && (c < 0x80 || c > 0x9f) && c != 0xfffd) || c == '\n' || c == '\t') {
			lf_str_add_n(&clean, bytes + i, n);
		}
		i += n;
	}
	key.text = lf_str_text(&clean);
	key.length = clean.length;
	restart(input);
	lf_str_dispose(&input->paste);
	input->emit(&key, input->payload);
	lf_str_dispose(&clean);
}

static void paste_byte(struct lf_input *input, unsigned char byte)
{
	/* count: how much of the end mark was seen. What was taken for it and is not goes back into the text. */
	if (byte == (unsigned char)paste_end[input->count]) {
		if (++input->count == sizeof(paste_end) - 1)
			finish_paste(input);
		return;
	}
	if (input->paste.length + input->count < LF_PASTE_MAX)
		lf_str_add_n(&input->paste, paste_end, input->count);
	input->count = byte == (unsigned char)paste_end[0];
	if (!input->count && input->paste.length < LF_PASTE_MAX)
		lf_str_add_char(&input->paste, (char)byte);
}

static void ground_byte(struct lf_input *input, unsigned char byte, unsigned mods)
{
	if (byte == 0x1b) {
		input->state = LF_INPUT_ESC;
	} else if (byte < 0x20 || byte == 0x7f) {
		lf_input_control(input, byte, mods);
	} else if (byte < 0x80) {
		emit_char(input, byte, mods);
	} else if (byte >= 0xc2 && byte <= 0xf4) {
		input->state = LF_INPUT_UTF8;
		input->bytes[0] = byte;
		input->count = 1;
		input->wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
	}
}

static void utf8_byte(struct lf_input *input, unsigned char byte)
{
	uint32_t c;

	if ((byte & 0xc0U) != 0x80U) { /* the character was cut */
		restart(input);
		ground_byte(input, byte, 0);
		return;
	}
	input->bytes[input->count++] = byte;
	if (input->count < input->wanted)
		return;
	if (lf_text_next((const char *)input->bytes, input->count, &c) == input->count && c >= 0xa0) {
		restart(input);
		emit_char(input, c, 0);
		return;
	}
	restart(input);
}

static void esc_byte(struct lf_input *input, unsigned char byte)
{
	restart(input);
	switch (byte) {
	case '[':
		input->state = LF_INPUT_CSI;
		break;
	case 'O':
		input->state = LF_INPUT_SS3;
		break;
	case ']':
	case 'P':
	case '_':
	case '^':
		input->state = LF_INPUT_STRING;
		break;
	case 0x1b:
		emit(input, LF_KEY_ESC, 0);
		input->state = LF_INPUT_ESC;
		break;
	default:
		ground_byte(input, byte, LF_MOD_ALT);
		break;
	}
}

static void ss3_byte(struct lf_input *input, unsigned char byte)
{
	int code = lf_input_letter(byte);

	restart(input);
	if (byte == 0x1b)
		input->state = LF_INPUT_ESC;
	else if (code >= 0)
		emit(input, (enum lf_key_code)code, 0);
}

void lf_input_feed(struct lf_input *input, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		switch (input->state) {
		case LF_INPUT_GROUND:
			ground_byte(input, byte, 0);
			break;
		case LF_INPUT_ESC:
			esc_byte(input, byte);
			break;
		case LF_INPUT_CSI:
			csi_byte(input, byte);
			break;
		case LF_INPUT_SS3:
			ss3_byte(input, byte);
			break;
		case LF_INPUT_STRING:
			string_byte(input, byte);
			break;
		case LF_INPUT_UTF8:
			utf8_byte(input, byte);
			break;
		case LF_INPUT_PASTE:
			paste_byte(input, byte);
			break;
		}
	}
}

int lf_input_patience_ms(const struct lf_input *input)
{
	switch (input->state) {
	case LF_INPUT_GROUND:
		break;
	case LF_INPUT_ESC:
	case LF_INPUT_CSI:
	case LF_INPUT_SS3:
		return 25;
	case LF_INPUT_UTF8:
	case LF_INPUT_STRING:
		return 500;
	case LF_INPUT_PASTE:
		return 3000;
	}
	return 0;
}

void lf_input_timeout(struct lf_input *input)
{
	switch (input->state) {
	case LF_INPUT_ESC:
		restart(input);
		emit(input, LF_KEY_ESC, 0);
		break;
	case LF_INPUT_CSI: /* Alt-[ and Alt-O were typed */
	case LF_INPUT_SS3: {
		uint32_t c = input->state == LF_INPUT_CSI ? '[' : 'O';
		bool alone = input->count == 0;

		restart(input);
		if (alone)
			emit_char(input, c, LF_MOD_ALT);
		break;
	}
	case LF_INPUT_STRING:
	case LF_INPUT_UTF8:
		restart(input);
		break;
	case LF_INPUT_PASTE: /* its end was lost: what came is all there is */
		finish_paste(input);
		break;
	case LF_INPUT_GROUND:
		break;
	}
}
