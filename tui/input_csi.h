/* input_csi: the part of input.c that knows what sequences mean; for input.c only. */
#ifndef LF_TUI_INPUT_CSI_H
#define LF_TUI_INPUT_CSI_H

#include "tui/input.h"

/* A byte below 0x20 or DEL, as a terminal in raw mode sends it. */
void lf_input_control(struct lf_input *input, unsigned char byte, unsigned mods);
/* The final letter of a CSI or SS3 sequence that is a key by itself; -1: none. */
int lf_input_letter(unsigned char final);
/* A whole CSI sequence: its parameters are input->bytes. May start a paste. */
void lf_input_csi(struct lf_input *input, unsigned char final);

#endif
