// SPDX-License-Identifier: GPL-2.0-only
#include "screen.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#define ENABLE_SLFUTURE_CONST 1	/* slang's strings are const */
#include <slang.h>

#include "../cli/term.h"
#include "../render/text.h"
#include "keys.h"

/* What follows an Esc this fast was sent by the same key. */
#define ESCAPE_DELAY_MS 50

/* Lines and marks that are in slang's alternate character set, and in Unicode. */
#define BAR_TRACK_UTF8	"\xe2\x96\x92"		/* medium shade */
#define BAR_THUMB_UTF8	"\xe2\x97\x86"		/* black diamond */

static const int crash_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
static const int wake_signals[] = { SIGWINCH, SIGTSTP, SIGCONT };

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* One for the process, as the terminal is; the signal handlers have no other way to it. */
static struct {
	volatile sig_atomic_t open;
	bool utf8;
	struct termios old;
	char restore[256];		/* what slang writes at the end, for signal handlers */
	size_t restore_len;
	struct sigaction old_crash[NR(crash_signals)];
	struct sigaction old_wake[NR(wake_signals)];
	int old_stderr;			/* -1: it's no terminal, and stays */
	sigset_t old_mask;		/* also the one in which keys are waited for */
	volatile sig_atomic_t resized, stop, continued;
	char in[64];			/* bytes of keys, read and not parsed yet */
	size_t in_len;
	bool gone;
	int cursor_row, cursor_column;
	struct backdrop backdrop;
} screen;

bool screen__is_possible(void)
{
	const char *term = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && *term &&
	       strcmp(term, "dumb") && SLtt_initialize(NULL) >= 0;
}

/* Warnings would be written across the screen: they are kept until it is closed. */
static void hold_stderr(void)
{
	int fd;

	screen.old_stderr = -1;
	if (!isatty(STDERR_FILENO))
		return;
	fflush(stderr);
	fd = memfd_create("stderr", MFD_CLOEXEC);
	screen.old_stderr = fd < 0 ? -1 : dup(STDERR_FILENO);
	if (screen.old_stderr >= 0)
		dup2(fd, STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* Async-signal-safe. */
static void release_stderr(void)
{
	int held = screen.old_stderr < 0 ? -1 : dup(STDERR_FILENO);
	char text[512];
	off_t at = 0;
	ssize_t len;

	if (held < 0)
		return;
	dup2(screen.old_stderr, STDERR_FILENO);
	close(screen.old_stderr);
	screen.old_stderr = -1;
	while ((len = pread(held, text, sizeof(text), at)) > 0 &&
	       write(STDERR_FILENO, text, len) == len)
		at += len;
	close(held);
}

/* Gives the terminal back with write() and tcsetattr() only. Async-signal-safe. */
static void restore_in_signal(void)
{
	ssize_t written;

	if (!screen.open)
		return;
	screen.open = 0;
	written = write(STDOUT_FILENO, screen.restore, screen.restore_len);
	(void)written;		/* whether or not: keys are to be what they were */
	tcsetattr(STDIN_FILENO, TCSANOW, &screen.old);
	release_stderr();
}

static void on_crash(int sig)
{
	restore_in_signal();
	raise(sig);		/* SA_RESETHAND: the default now */
}

static void on_wake(int sig)
{
	if (sig == SIGWINCH)
		screen.resized = 1;
	else if (sig == SIGTSTP)
		screen.stop = 1;
	else
		screen.continued = 1;
}

/*
 * What wakes us is blocked but while we wait for a key: nothing changes under those who draw. Where
 * somebody has a handler for crashes (the sanitizers do), it stays.
 */
static void catch_signals(void)
{
	struct sigaction crash = { .sa_handler = on_crash, .sa_flags = SA_RESETHAND };
	struct sigaction wake = { .sa_handler = on_wake };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < NR(wake_signals); i++)
		sigaddset(&set, wake_signals[i]);
	sigprocmask(SIG_BLOCK, &set, &screen.old_mask);
	for (i = 0; i < NR(wake_signals); i++) {
		sigaction(wake_signals[i], &wake, &screen.old_wake[i]);
		sigdelset(&screen.old_mask, wake_signals[i]);
	}
	for (i = 0; i < NR(crash_signals); i++) {
		sigaction(crash_signals[i], NULL, &screen.old_crash[i]);
		if (screen.old_crash[i].sa_handler == SIG_DFL)
			sigaction(crash_signals[i], &crash, NULL);
	}
	term__before_end(restore_in_signal);
}

static void uncatch_signals(void)
{
	size_t i;

	term__before_end(NULL);
	for (i = 0; i < NR(crash_signals); i++)
		sigaction(crash_signals[i], &screen.old_crash[i], NULL);
	for (i = 0; i < NR(wake_signals); i++)
		sigaction(wake_signals[i], &screen.old_wake[i], NULL);
	sigprocmask(SIG_SETMASK, &screen.old_mask, NULL);
}

/* Keys come one by one, unseen, and none of them is a signal. */
static int set_raw(void)
{
	struct termios raw = screen.old;

	raw.c_iflag &= ~(ICRNL | INLCR | IGNCR | IXON | ISTRIP | BRKINT);
	raw.c_lflag &= ~(ICANON | ECHO | ECHONL | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	return tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) ? -errno : 0;
}

/* The terminal's own strings for: plain text, no keypad, a cursor, the screen as it was before. */
static void find_restore(void)
{
	static char *const names[] = { "me", "ke", "ve", "te" };

	screen.restore_len = 0;
	for (size_t i = 0; i < NR(names); i++) {
		const char *text = SLtt_tgetstr(names[i]);
		size_t len = text ? strlen(text) : 0;

		if (len > sizeof(screen.restore) - screen.restore_len)
			continue;
		memcpy(screen.restore + screen.restore_len, text ? text : "", len);
		screen.restore_len += len;
	}
}

static void set_colors(const struct color_pair pairs[COLOR_MAX])
{
	SLtt_set_color(0, NULL, pairs[COLOR_NORMAL].foreground, pairs[COLOR_NORMAL].background);
	for (int i = 0; i < COLOR_MAX; i++) {
		bool marked = i == COLOR_SELECTED || i == COLOR_ROOT;

		SLtt_set_color(i + 1, NULL, pairs[i].foreground, pairs[i].background);
		SLtt_set_mono(i + 1, NULL, marked ? SLTT_REV_MASK :
			      i == COLOR_TOP ? SLTT_BOLD_MASK : 0);
	}
}

/* slang asks the locale; one that is not installed still says by its name what the terminal is. */
static bool find_utf8(void)
{
	if (!setlocale(LC_CTYPE, "")) {
		const char *name = getenv("LC_ALL");

		name = name && *name ? name : getenv("LC_CTYPE");
		name = name && *name ? name : getenv("LANG");
		if (name && (strcasestr(name, "utf-8") || strcasestr(name, "utf8")))
			setlocale(LC_CTYPE, "C.UTF-8");
	}
	return SLutf8_enable(-1) == 1;
}

int screen__open(const struct color_pair pairs[COLOR_MAX], struct diag *diag)
{
	static bool at_exit;
	const char *term = getenv("TERM");

	if (screen.open)
		return 0;
	if (tcgetattr(STDIN_FILENO, &screen.old))
		return diag__error(diag, -errno, "stdin is no terminal: %s", strerror(errno));
	screen.utf8 = find_utf8();
	if (SLtt_initialize(NULL) < 0)
		return diag__error(diag, -ENOTTY, "terminal '%s' can't show a screen",
				   term ? term : "");
	if (!screen.utf8)
		SLtt_Has_Alt_Charset = 0;
	SLtt_get_screen_size();
	find_restore();
	catch_signals();
	if (set_raw() || SLsmg_init_smg() < 0) {
		tcsetattr(STDIN_FILENO, TCSADRAIN, &screen.old);
		uncatch_signals();
		return diag__error(diag, -ENOTTY, "terminal '%s' can't show a screen",
				   term ? term : "");
	}
	hold_stderr();
	screen.open = 1;
	screen.cursor_row = -1;
	set_colors(pairs);
	if (!at_exit)
		atexit(screen__close);
	at_exit = true;
	return 0;
}

void screen__close(void)
{
	if (!screen.open)
		return;
	SLtt_set_cursor_visibility(1);
	SLsmg_gotorc(SLtt_Screen_Rows - 1, 0);
	SLsmg_reset_smg();
	tcsetattr(STDIN_FILENO, TCSADRAIN, &screen.old);
	screen.open = 0;
	fflush(stderr);
	release_stderr();
	uncatch_signals();
}

bool screen__is_open(void)
{
	return screen.open;
}

int screen__rows(void)
{
	return SLtt_Screen_Rows;
}

int screen__columns(void)
{
	return SLtt_Screen_Cols;
}

bool screen__is_utf8(void)
{
	return screen.utf8;
}

void screen__touch(void)
{
	SLsmg_touch_screen();
}

void screen__clear(void)
{
	SLsmg_set_color(COLOR_NORMAL + 1);
	SLsmg_cls();
}

void screen__goto(int row, int column)
{
	SLsmg_gotorc(row, column);
}

void screen__color(enum color color)
{
	SLsmg_set_color(color + 1);
}

void screen__cursor(int row, int column)
{
	screen.cursor_row = row;
	screen.cursor_column = column;
}

void screen__flush(void)
{
	SLsmg_gotorc(screen.cursor_row < 0 ? SLtt_Screen_Rows - 1 : screen.cursor_row,
		     screen.cursor_row < 0 ? 0 : screen.cursor_column);
	SLtt_set_cursor_visibility(screen.cursor_row >= 0);
	SLsmg_refresh();
}

/* Writes a character that is @columns wide, or the part of it that is in sight as spaces. */
static int put(const char *text, size_t len, int columns, int *skip, int room)
{
	int shown;

	if (*skip >= columns && columns) {
		*skip -= columns;
		return 0;
	}
	shown = columns - *skip;
	if (!*skip && columns <= room) {
		if (!screen.utf8 && (text[0] & 0x80))
			SLsmg_write_nstring("??", columns ? columns : 1);
		else
			SLsmg_write_chars((SLuchar_Type *)text, (SLuchar_Type *)text + len);
		return columns;
	}
	*skip = 0;
	shown = shown < room ? shown : room;
	SLsmg_write_nstring("", shown);
	return shown;
}

void screen__text(const char *text, size_t len, int skip, int width)
{
	struct buf safe = BUF_INIT;
	const char *p;
	int used = 0;

	text__add(&safe, text, len, false);
	p = buf__str(&safe);
	len = safe.failed ? 0 : safe.len;
	while (len && used < width) {
		uint32_t code = ' ';
		size_t n = text__decode(p, len, &code);
		int columns = code < 0x80 ? 1 : wcwidth(code);

		/* What has no width joins the character before it, if that is in sight. */
		if (columns || (used && screen.utf8))
			used += put(p, n, columns < 0 ? 1 : columns, &skip, width - used);
		n = n ? n : 1;
		p += n;
		len -= n;
	}
	if (used < width)
		SLsmg_write_nstring("", width - used);
	buf__exit(&safe);
}

void screen__box(int row, int column, int rows, int columns)
{
	if (rows < 2 || columns < 2)
		return;
	SLsmg_fill_region(row, column, rows, columns, ' ');
	SLsmg_draw_box(row, column, rows, columns);
}

void screen__scroll_bar(int row, int column, int rows, size_t at, size_t total)
{
	size_t range = total > (size_t)rows ? total - rows : 0;
	int thumb = range ? (int)((double)at / range * (rows - 1) + 0.5) : 0;

	for (int i = 0; i < rows; i++) {
		const char *mark = i == thumb ? (screen.utf8 ? BAR_THUMB_UTF8 : "#") :
						(screen.utf8 ? BAR_TRACK_UTF8 : "|");

		SLsmg_gotorc(row + i, column);
		SLsmg_write_string(mark);
	}
}

struct backdrop screen__set_backdrop(struct backdrop backdrop)
{
	struct backdrop old = screen.backdrop;

	screen.backdrop = backdrop;
	return old;
}

void screen__draw_backdrop(void)
{
	screen__cursor(-1, 0);
	if (screen.backdrop.draw)
		screen.backdrop.draw(screen.backdrop.ctx);
	else
		screen__clear();
}

static void resume(void)
{
	set_raw();
	SLtt_get_screen_size();
	SLsmg_resume_smg();
	SLsmg_reinit_smg();
	SLsmg_touch_screen();
}

/*
 * ^Z, which comes as a key: stops what the terminal would have stopped, the foreground group, in
 * the way in which the program is stopped without a screen (cli/term.h), so that the shell and the
 * perf that started us see it.
 */
static void suspend(void)
{
	struct sigaction ours[NR(wake_signals)];
	sigset_t blocked;
	size_t i;

	SLtt_set_cursor_visibility(1);
	SLsmg_suspend_smg();
	tcsetattr(STDIN_FILENO, TCSADRAIN, &screen.old);
	for (i = 0; i < NR(wake_signals); i++)
		sigaction(wake_signals[i], &screen.old_wake[i], &ours[i]);
	kill(0, SIGTSTP);
	sigprocmask(SIG_SETMASK, &screen.old_mask, &blocked);	/* stops here */

	sigprocmask(SIG_SETMASK, &blocked, NULL);
	for (i = 0; i < NR(wake_signals); i++)
		sigaction(wake_signals[i], &ours[i], NULL);
	screen.stop = 0;
	screen.continued = 0;
	resume();
}

/* What signals asked for. True when the screen has to be drawn again. */
static bool obey_signals(void)
{
	if (screen.stop) {
		suspend();
		return true;
	}
	if (!screen.resized && !screen.continued)
		return false;
	if (screen.continued) {
		SLsmg_suspend_smg();	/* somebody else has used the terminal */
		resume();
	} else {
		SLtt_get_screen_size();
		SLsmg_reinit_smg();
	}
	screen.continued = 0;
	screen.resized = 0;
	return true;
}

/* Reads more bytes of keys. Returns 1, 0 after @timeout_ms, -EINTR after a signal; sets gone. */
static int fill(int timeout_ms)
{
	struct pollfd pollfd = { .fd = STDIN_FILENO, .events = POLLIN };
	struct timespec timeout = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };
	ssize_t len;
	int ready;

	ready = ppoll(&pollfd, 1, timeout_ms < 0 ? NULL : &timeout, &screen.old_mask);
	if (ready < 0)
		return -errno;
	if (!ready)
		return 0;
	len = read(STDIN_FILENO, screen.in + screen.in_len, sizeof(screen.in) - screen.in_len);
	if (len > 0) {
		screen.in_len += len;
		return 1;
	}
	if (!len || errno != EINTR)
		screen.gone = true;
	return -EINTR;
}

/* Takes a key from the bytes read. False when there is none, or not all of it. */
static bool take_key(bool final, int *key)
{
	size_t used = 0;

	while (used < screen.in_len) {
		size_t n = keys__parse(screen.in + used, screen.in_len - used, screen.utf8, final,
				       key);

		used += n;
		if (!n || *key != KEY_NONE)
			break;
		*key = KEY_NONE;
	}
	if (!used)
		return false;
	screen.in_len -= used;
	memmove(screen.in, screen.in + used, screen.in_len);
	return *key != KEY_NONE;
}

static int next_key(int timeout_ms)
{
	int key = KEY_NONE;
	int err;

	for (;;) {
		if (take_key(false, &key))
			return key;
		err = fill(screen.in_len ? ESCAPE_DELAY_MS : timeout_ms);
		if (screen.gone)
			return KEY_GONE;
		if (err == 0 && screen.in_len) {
			if (take_key(true, &key))
				return key;
		} else if (err == 0) {
			return KEY_NONE;
		}
		if (obey_signals())
			return KEY_RESIZE;
	}
}

int screen__key(int timeout_ms)
{
	int key;

	if (screen.gone)
		return KEY_GONE;
	if (timeout_ms)
		screen__flush();
	key = next_key(timeout_ms);
	if (key != KEY_CTRL('z'))
		return key;
	suspend();
	return KEY_RESIZE;
}
