/* The anchor of the start-up benchmark: the least a full-screen ncurses program can do. Draws one screen, then waits for keys; q ends it. */
#include <curses.h>
#include <locale.h>

int main(void)
{
	int key;

	setlocale(LC_ALL, "");
	initscr();
	raw();
	noecho();
	keypad(stdscr, TRUE);
	for (int row = 0; row < LINES; row++)
		mvprintw(row, 0, "%-*d", COLS - 1, row);
	refresh();
	while ((key = getch()) != 'q') {
		mvprintw(0, 0, "key %d ", key);
		refresh();
	}
	endwin();
	return 0;
}
