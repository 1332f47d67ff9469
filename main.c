/* main: the composition root. The only file that sees every layer. */
#include "config.h"

int main(void)
{
	return 0;
}
