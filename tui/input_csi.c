/* input_csi: what control bytes and CSI sequences mean. The state machine is input.c's. Pure. */
#include "config.h"
#include "tui/input_csi.h"

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

/* A byte below 0x20 or DEL, as a terminal in raw mode sends it. */
void lf_input_control(struct lf_input *input, unsigned char byte, unsigned mods)
{
	switch (byte) {
	case '\r':
	case '\n':
		emit(input, LF_KEY_ENTER, mods);
		break;
	case '\t':
		emit(input, LF_KEY_TAB, mods);
		break;
	case 0x08:
	case 0x7f:
		emit(input, LF_KEY_BACKSPACE, mods);
		break;
	case 0x00:
		emit_char(input, ' ', mods | LF_MOD_CTRL);
		break;
	default:
		if (byte <= 26)
			emit_char(input, (uint32_t)byte + 'a' - 1, mods | LF_MOD_CTRL);
		else
			emit_char(input, (uint32_t)byte + 0x40, mods | LF_MOD_CTRL);
		break;
	}
}

/* The final letter of a CSI or SS3 sequence that is a key by itself; -1: none. */
int lf_input_letter(unsigned char final)
{
	switch (final) {
	case 'A':
		return LF_KEY_UP;
	case 'B':
		return LF_KEY_DOWN;
	case 'C':
		return LF_KEY_RIGHT;
	case 'D':
		return LF_KEY_LEFT;
	case 'F':
		return LF_KEY_END;
	case 'H':
		return LF_KEY_HOME;
	case 'M':
		return LF_KEY_ENTER; /* of the keypad, SS3 only */
	case 'P':
		return LF_KEY_F1;
	case 'Q':
		return LF_KEY_F2;
	case 'R':
		return LF_KEY_F3;
	case 'S':
		return LF_KEY_F4;
	case 'Z':
		return LF_KEY_BACKTAB;
	default:
		return -1;
	}
}

/* "CSI number ~"; -1: none. */
static int tilde_key(unsigned number)
{
	switch (number) {
	case 1:
	case 7:
		return LF_KEY_HOME;
	case 2:
		return LF_KEY_INSERT;
	case 3:
		return LF_KEY_DELETE;
	case 4:
	case 8:
		return LF_KEY_END;
	case 5:
		return LF_KEY_PAGE_UP;
	case 6:
		return LF_KEY_PAGE_DOWN;
	default:
		break;
	}
	if (number >= 11 && number <= 15)
		return LF_KEY_F1 + (int)(number - 11);
	if (number >= 17 && number <= 21)
		return LF_KEY_F6 + (int)(number - 17);
	if (number == 23 || number == 24)
		return LF_KEY_F11 + (int)(number - 23);
	return -1;
}

static unsigned mods_of(unsigned parameter)
{
	unsigned bits = parameter ? parameter - 1 : 0, mods = 0;

	if (bits & 1)
		mods |= LF_MOD_SHIFT;
	if (bits & (2 | 32))
		mods |= LF_MOD_ALT;
	if (bits & 4)
		mods |= LF_MOD_CTRL;
	return mods;
}

/* A character with modifiers, as CSI-u and modifyOtherKeys spell it. */
static void spelled_key(struct lf_input *input, unsigned codepoint, unsigned mods)
{
	if (codepoint == 27)
		emit(input, LF_KEY_ESC, mods);
	else if (codepoint == '\t' && mods & LF_MOD_SHIFT)
		emit(input, LF_KEY_BACKTAB, 0);
	else if (codepoint < 0x20 || codepoint == 0x7f)
		lf_input_control(input, (unsigned char)codepoint, mods);
	else if (codepoint < 0xd800 || (codepoint >= 0xe000 && codepoint <= 0x10ffff))
		emit_char(input, codepoint, mods & LF_MOD_CTRL ? mods : mods & (unsigned)~LF_MOD_SHIFT);
}

void lf_input_csi(struct lf_input *input, unsigned char final)
{
	unsigned parameter[3] = {0}, used = 0;
	size_t i = 0;
	int code;

	/* Answers (CSI ? …, CSI > …, CSI < mouse) and sequences with intermediates are no keys. */
	if (input->overlong || (input->count && (input->bytes[0] < '0' || input->bytes[0] > ';')))
		return;
	for (; i < input->count; i++) {
		unsigned char byte = input->bytes[i];

		if (byte == ';') {
			if (++used == 3)
				return;
		} else if (byte == ':') {
			while (i + 1 < input->count && input->bytes[i + 1] != ';')
				i++;
		} else if (byte >= '0' && byte <= '9') {
			if (parameter[used] > 0x110000)
				return;
			parameter[used] = parameter[used] * 10 + (unsigned)(byte - '0');
		} else {
			return;
		}
	}
	switch (final) {
	case 'I':
		emit(input, LF_KEY_FOCUS_IN, 0);
		return;
	case 'O':
		emit(input, LF_KEY_FOCUS_OUT, 0);
		return;
	case 'u':
		spelled_key(input, parameter[0], mods_of(parameter[1]));
		return;
	case '~':
		if (parameter[0] == 200) {
			input->state = LF_INPUT_PASTE;
			return;
		}
		if (parameter[0] == 27 && used == 2) {
			spelled_key(input, parameter[2], mods_of(parameter[1]));
			return;
		}
		code = tilde_key(parameter[0]);
		break;
	case 'M':
	case 'R': /* of CSI it is a cursor report unless it carries "1;mods" */
		code = final == 'R' && used == 1 && parameter[0] == 1 ? LF_KEY_F3 : -1;
		break;
	default:
		code = lf_input_letter(final);
		break;
	}
	if (code >= 0)
		emit(input, (enum lf_key_code)code, mods_of(parameter[1]));
}
