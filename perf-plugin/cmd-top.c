// SPDX-License-Identifier: GPL-2.0-only
/* perf btfsnoop top: what is called most right now, again and again. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "builtin.h"
#include "cli/options.h"
#include "cli/stdio-color.h"
#include "cli/term.h"
#include "losses.h"
#include "record-options.h"
#include "record/recorder.h"
#include "report/condition.h"
#include "report/input.h"
#include "report/live.h"
#include "ui/dialog.h"
#include "ui/screen.h"
#include "ui/tui.h"
#include "util/preset.h"
#include "util/verbose.h"

#define NSEC_PER_SEC	1000000000LL
#define DEFAULT_DELAY	2.0		/* seconds, as perf top's */
#define MIN_DELAY	0.1
#define MAX_DELAY	86400.0
#define DEFAULT_ENTRIES	20
#define SCREEN_ENTRIES	1000		/* that can be scrolled through */
#define KEYS_MS		100
#define MISC_CPUMODE	PERF_RECORD_MISC_CPUMODE_MASK

struct top {
	struct record_options rec;
	struct input *input;
	struct input_opts opts;
	struct aggregate_opts aggregate;
	struct recorder *recorder;
	struct live *live;
	struct condition *condition;	/* NULL: all samples count */
	struct stdio_color color;
	struct diag *diag;
	const char *delay_text;
	unsigned int entries;		/* 0: as many as fit */
	bool stdio;
	bool tui;
	bool zero;
	bool hide_user;
	bool hide_kernel;
	bool colors;
	bool paused;
	bool quit;
	int err;
	uint64_t delay_ns;
	uint64_t last_ns;		/* when the table was last refreshed */
	uint64_t lost;			/* since then */
	uint64_t all_lost;
	struct buf sort;		/* what was typed for these two */
	struct buf filter;

	/* What is shown. */
	struct buf title;
	struct buf table;
	double shares[SCREEN_ENTRIES];
	uint32_t nr_rows;		/* in table */
	uint32_t first_row;		/* on the screen */
};

static const char *const top_usage[] = {
	"perf btfsnoop top -f <spec> [-f <spec>...] [<options>] [-- <command> [<options>]]",
	NULL,
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* ---- what is shown ------------------------------------------------------------------------- */

/* In the way of perf top's. */
static void make_title(struct top *t, uint64_t lost)
{
	buf__clear(&t->title);
	buf__addf(&t->title, "   PerfTop: %7.0f events/sec  lost: %llu/%llu  delay: %gs",
		  live__rate(t->live), (unsigned long long)lost, (unsigned long long)t->all_lost,
		  (double)t->delay_ns / NSEC_PER_SEC);
	if (t->zero)
		buf__adds(&t->title, "  zero");
	if (t->paused)
		buf__adds(&t->title, "  [paused]");
	if (t->condition)
		buf__addf(&t->title, "  filter: %s", buf__str(&t->filter));
}

/* The rows that a table is made with. */
static uint32_t max_rows(const struct top *t)
{
	struct winsize size;

	if (screen__is_open())
		return t->entries && t->entries < SCREEN_ENTRIES ? t->entries : SCREEN_ENTRIES;
	if (t->entries)
		return t->entries;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row > 8)
		return size.ws_row - 7;
	return DEFAULT_ENTRIES;
}

static int make_table(struct top *t)
{
	bool is_screen = screen__is_open();
	int64_t nr;

	buf__clear(&t->table);
	nr = live__table(t->live, 0, max_rows(t), t->colors && !is_screen,
			 is_screen ? t->shares : NULL, &t->table);
	if (nr < 0)
		return nr;
	t->nr_rows = nr < max_rows(t) ? nr : max_rows(t);
	return 0;
}

/* One screen after the other; where there is none, a table after the other. */
static int print_table(struct top *t)
{
	if (isatty(STDOUT_FILENO))
		fputs("\033[H\033[2J", stdout);
	printf("%s\n", buf__str(&t->title));
	puts("-------------------------------------------------------------------------------");
	fwrite(buf__str(&t->table), 1, t->table.len, stdout);
	putchar('\n');
	return fflush(stdout) ? -errno : 0;
}

static void draw_row(struct top *t, int row, uint32_t index, const char *text, size_t len)
{
	screen__goto(row, 0);
	screen__color(color__of_percent(t->shares[index]));
	screen__text(text, len, 0, screen__columns());
}

static void draw_line(int row, enum color color, const char *text, size_t len)
{
	screen__goto(row, 0);
	screen__color(color);
	screen__text(text, len, 0, screen__columns());
}

/* The table's lines: two of headings, one that is empty but for a '#', the rows. */
static void draw(void *ctx)
{
	static const char help[] = "q: quit  h: help  d: delay  e: entries  s: sort  z: zero  "
				   "f: filter  p: pause";
	int rows = screen__rows(), last = rows - 1;
	struct top *t = ctx;
	const char *line = buf__str(&t->table), *end;

	draw_line(0, COLOR_ROOT, buf__str(&t->title), t->title.len);
	for (uint32_t i = 0; *line && (end = strchr(line, '\n')); line = end + 1, i++) {
		if (i < 2)
			draw_line(i + 1, COLOR_JUMP_ARROWS, line, end - line);
		else if (i > 2 && i - 3 >= t->first_row && (int)(i - t->first_row) < last)
			draw_row(t, i - t->first_row, i - 3, line, end - line);
	}
	for (int row = 3 + (int)(t->nr_rows - t->first_row); row < last; row++)
		draw_line(row, COLOR_NORMAL, "", 0);
	draw_line(last, COLOR_ROOT, help, strlen(help));
}

static int show(struct top *t)
{
	if (!screen__is_open())
		return print_table(t);
	if (t->first_row >= t->nr_rows)
		t->first_row = 0;
	draw(t);
	screen__flush();
	return 0;
}

/* A new table of what came since the last one, and before. */
static int refresh(struct top *t)
{
	uint64_t now = now_ns(), lost = t->lost;
	int err = live__refresh(t->live, (double)(now - t->last_ns) / NSEC_PER_SEC);

	t->last_ns = now;
	t->lost = 0;
	make_title(t, lost);
	if (!err && !t->paused)
		err = make_table(t);
	live__age(t->live);
	if (!err && (!t->paused || screen__is_open()))
		err = show(t);
	return err;
}

/* ---- keys ---------------------------------------------------------------------------------- */

/* What is counted changes: from the start. */
static int restart(struct top *t, const struct aggregate_opts *opts, struct diag *diag)
{
	struct live *live;
	int err = live__new(t->input, opts, t->zero, &live, diag);

	if (err)
		return err;
	live__free(t->live);
	t->live = live;
	t->last_ns = now_ns();
	return 0;
}

static void ask_delay(struct top *t)
{
	struct buf text = BUF_INIT;
	double delay;

	buf__addf(&text, "%g", (double)t->delay_ns / NSEC_PER_SEC);
	if (dialog__input("Delay", "Seconds between two tables", &text)) {
		delay = strtod(buf__str(&text), NULL);
		if (delay >= MIN_DELAY && delay <= MAX_DELAY)
			t->delay_ns = delay * NSEC_PER_SEC;
		else
			dialog__message("Delay", "0.1 seconds at least");
	}
	buf__exit(&text);
}

static void ask_entries(struct top *t)
{
	struct buf text = BUF_INIT;

	if (t->entries)
		buf__addf(&text, "%u", t->entries);
	if (dialog__input("Entries", "Entries to show (0: all)", &text))
		t->entries = strtoul(buf__str(&text), NULL, 10);
	buf__exit(&text);
}

static void ask_sort(struct top *t)
{
	struct aggregate_opts opts = t->aggregate;
	struct diag diag = DIAG_INIT;
	struct buf text = BUF_INIT;
	int err;

	buf__adds(&text, t->aggregate.sort);
	if (dialog__input("Sort", "Keys and values, with commas", &text) && text.len) {
		opts.sort = buf__str(&text);
		opts.fields = NULL;
		err = restart(t, &opts, &diag);
		if (err) {
			dialog__error(&diag, opts.sort, err);
		} else {
			buf__exit(&t->sort);
			t->sort = text;
			text = (struct buf)BUF_INIT;
			t->aggregate = opts;
		}
	}
	diag__exit(&diag);
	buf__exit(&text);
}

static void ask_filter(struct top *t)
{
	struct condition *condition = NULL;
	struct diag diag = DIAG_INIT;
	struct buf text = BUF_INIT;
	int err = 0;

	buf__add(&text, buf__str(&t->filter), t->filter.len);
	if (dialog__input("Filter", "Only samples for which this is true", &text)) {
		if (text.len)
			err = condition__new(t->input, buf__str(&text), &condition, &diag);
		if (!err)
			err = restart(t, &t->aggregate, &diag);
		if (err) {
			dialog__error(&diag, NULL, err);
			condition__free(condition);
		} else {
			condition__free(t->condition);
			t->condition = condition;
			buf__exit(&t->filter);
			t->filter = text;
			text = (struct buf)BUF_INIT;
		}
	}
	diag__exit(&diag);
	buf__exit(&text);
}

static void show_help(void)
{
	dialog__text("Keys",
		     "d           change the delay between two tables\n"
		     "e           change how many entries are shown\n"
		     "s           change what samples are put together by\n"
		     "z           only what came since the last table, or with what came before\n"
		     "f           show only samples for which an expression is true\n"
		     "p           the table stays as it is, until p is pressed again\n"
		     "Up, Down, PgUp, PgDn, Home, End\n"
		     "            scroll\n"
		     "h, ?, F1    this help\n"
		     "q, ^C       quit");
}

static void scroll(struct top *t, int key)
{
	uint32_t page = screen__rows() > 4 ? screen__rows() - 4 : 1;
	uint32_t last = t->nr_rows > page ? t->nr_rows - page : 0;
	int64_t row = t->first_row;

	row = key == KEY_UP ? row - 1 : key == KEY_DOWN ? row + 1 :
	      key == KEY_PAGE_UP ? row - page : key == KEY_PAGE_DOWN ? row + page :
	      key == KEY_HOME ? 0 : key == KEY_END ? last : row;
	t->first_row = row < 0 ? 0 : row > last ? last : row;
}

static void obey_key(struct top *t, int key)
{
	switch (key) {
	case 'q':
	case KEY_CTRL('c'):
	case KEY_GONE:
		t->quit = true;
		return;
	case 'd':
		ask_delay(t);
		break;
	case 'e':
		ask_entries(t);
		break;
	case 's':
		ask_sort(t);
		break;
	case 'f':
		ask_filter(t);
		break;
	case 'z':
		t->zero = !t->zero;
		live__set_zero(t->live, t->zero);
		break;
	case 'p':
		t->paused = !t->paused;
		break;
	case 'h':
	case '?':
	case KEY_F1:
		show_help();
		break;
	default:
		scroll(t, key);
		break;
	}
	make_title(t, t->lost);
	t->err = show(t);
}

/* ---- samples ------------------------------------------------------------------------------- */

/* How long until the table has to be refreshed, as poll() takes it. */
static int time_left(const struct top *t)
{
	uint64_t passed = now_ns() - t->last_ns;
	uint64_t left_ms = passed < t->delay_ns ? (t->delay_ns - passed) / 1000000 + 1 : 0;

	if (screen__is_open() && left_ms > KEYS_MS)
		return KEYS_MS;
	return left_ms < 60000 ? left_ms : 60000;
}

static bool is_enough(const struct top *t)
{
	return t->quit || t->err;
}

/* Before the recorder's pipe is read: the table and the keyboard are looked after. */
static bool wait_for_samples(void *ctx, int fd)
{
	struct pollfd fds[2] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};
	struct top *t = ctx;
	int key;

	for (;;) {
		/* The recorder gets ready: nothing is shown yet. */
		if (!t->live)
			return true;
		while (screen__is_open() && !is_enough(t) && (key = screen__key(0)) != KEY_NONE)
			obey_key(t, key);
		if (!is_enough(t) && now_ns() - t->last_ns >= t->delay_ns)
			t->err = refresh(t);
		if (is_enough(t))
			return false;
		if (poll(fds, screen__is_open() ? 2 : 1, time_left(t)) > 0 && fds[0].revents)
			return true;
	}
}

static bool is_hidden(const struct top *t, const struct perfdata_sample *sample)
{
	bool is_user = (sample->misc & MISC_CPUMODE) == PERF_RECORD_MISC_USER;

	return is_user ? t->hide_user : t->hide_kernel;
}

static int take_sample(struct top *t, const struct perfdata_sample *sample)
{
	int ret;

	if (is_hidden(t, sample))
		return 0;
	ret = t->condition ? condition__is_true(t->condition, sample) : 1;
	return ret > 0 ? live__add(t->live, sample) : ret;
}

static void take_lost(struct top *t, const struct perfdata_record *record)
{
	uint64_t nr = perfdata_record__lost(record);

	t->lost += nr;
	t->all_lost += nr;
}

static int read_samples(struct top *t)
{
	struct perfdata_record record;
	int err;

	while ((err = input__next(t->input, &record, t->diag)) > 0 && !is_enough(t)) {
		if (record.type == PERF_RECORD_SAMPLE)
			err = take_sample(t, &record.sample);
		else if (record.type == PERF_RECORD_LOST ||
			 record.type == PERF_RECORD_LOST_SAMPLES)
			take_lost(t, &record);
		if (err < 0)
			break;
	}
	return t->err ? t->err : err < 0 ? err : 0;
}

/* ---- from beginning to end ----------------------------------------------------------------- */

/* Functions have events of their own, but for many that a pattern found. */
static const char *default_sort(const struct top *t)
{
	for (unsigned int i = 0; i < input__nr_events(t->input); i++)
		if (input__event(t->input, i)->shows_func)
			return "event,sym,comm";
	return "event,comm";
}

static int open_screen(struct top *t)
{
	struct color_pair pairs[COLOR_MAX];
	bool wanted = t->tui || (!t->stdio && !t->rec.session.workload);
	int err;

	if (!wanted || !screen__is_possible())
		return 0;
	tui__colors(pairs);
	err = screen__open(pairs, t->diag);
	if (!err)
		screen__set_backdrop((struct backdrop){ draw, t });
	return err;
}

/* What came since the last table, where the workload's end, not the user, ended it. */
static int show_last(struct top *t)
{
	screen__set_backdrop((struct backdrop){ NULL, NULL });
	screen__close();
	t->paused = false;
	return t->quit || t->err ? 0 : refresh(t);
}

static int run(struct top *t)
{
	int err = input__open(&t->opts, &t->input, t->diag);

	if (err)
		return err;
	if (!t->aggregate.sort)
		t->aggregate.sort = default_sort(t);
	t->colors = stdio_color__wanted(&t->color);
	err = restart(t, &t->aggregate, t->diag);
	if (!err)
		err = open_screen(t);
	if (!err && screen__is_open())
		err = refresh(t);
	if (!err)
		err = read_samples(t);
	if (t->live && !err)
		err = show_last(t);
	screen__close();
	return err;
}

/* What the recorder could not do it has said, and there is nothing to read. */
static int end_recording(struct top *t, int err)
{
	bool is_open = t->input;
	struct session_result result;
	int status;

	if (err || t->quit)
		recorder__stop(t->recorder);
	status = recorder__end(t->recorder, &result);
	if (err && (is_open || !status)) {
		diag__print(t->diag, NULL, err, stderr);
		status = 1;
	}
	losses__say(&result);
	/* ^C is how one leaves it. */
	return is_open && !t->rec.session.workload && status == 128 + SIGINT ? 0 : status;
}

static int record_and_run(struct top *t)
{
	struct perfdata_live live = { .wait = wait_for_samples, .ctx = t };
	int err;

	term__take_foreground();
	err = recorder__start(&t->rec.session, &t->recorder, t->diag);
	if (err) {
		diag__print(t->diag, NULL, err, stderr);
		return 1;
	}
	live.fd = recorder__fd(t->recorder);
	t->opts.live = &live;
	return end_recording(t, run(t));
}

/* ---- options ------------------------------------------------------------------------------- */

static int parse_delay(struct top *t)
{
	double delay = DEFAULT_DELAY;
	char *end = "";

	if (t->delay_text)
		delay = strtod(t->delay_text, &end);
	if (*end || isnan(delay) || delay < MIN_DELAY || delay > MAX_DELAY) {
		options__refuse("-d", t->delay_text, "seconds expected, 0.1 to 86400");
		return OPTIONS_EXIT_USAGE;
	}
	t->delay_ns = delay * NSEC_PER_SEC;
	return 0;
}

static int top(struct top *t, int argc, const char **argv)
{
	const struct option options[] = {
		OPT_STRING('d', "refresh", &t->delay_text, "seconds",
			   "time between two tables (2)"),
		OPT_UINTEGER('E', "entries", &t->entries,
			     "display this many entries (default: as many as fit)"),
		OPT_STRING('s', "sort", &t->aggregate.sort, "key[,key2...]",
			   "sort by key(s): comm pid tid cpu sym dso time event, a value "
			   "recorded, or an expression on these"),
		OPT_STRING('F', "fields", &t->aggregate.fields, "key[,key2...]",
			   "output field(s): keys, overhead, samples, and count, sum, avg, min, "
			   "max, p99... of a value, as in avg(skb->len)"),
		OPT_BOOLEAN('z', "zero", &t->zero, "only what came since the table before"),
		OPT_BOOLEAN('U', "hide_user_symbols", &t->hide_user,
			    "leave out samples of user space"),
		OPT_BOOLEAN('K', "hide_kernel_symbols", &t->hide_kernel,
			    "leave out samples of the kernel, as all of functions are"),
		OPT_BOOLEAN(0, "stdio", &t->stdio, "tables of text, one after the other"),
		OPT_BOOLEAN(0, "tui", &t->tui, "the whole screen, also with a command"),
		OPT_BOOLEAN(0, "no-inherit", &t->rec.no_inherit, "leave out child tasks"),
		OPT_STRING(0, "kallsyms", &t->opts.kallsyms, "file", "kallsyms pathname"),
		OPT_STDIO_COLOR(&t->color),
		OPT_PARENT(t->rec.options),
	};
	int status;

	argc = options__parse(argc, argv, options, top_usage, OPTIONS_STOP_AT_NON_OPTION);
	if (argc < 0)
		return -argc;
	if (!record_options__has_spec(&t->rec))
		return record_options__no_spec(&t->rec, top_usage, options);
	if (t->tui && !screen__is_possible() && !preset__is("tui"))
		return options__usage_error(top_usage, options, "--tui needs a terminal");
	status = parse_delay(t);
	if (!status)
		status = record_options__choose(&t->rec, argc, argv);
	/* What we do to show an event would be one, and so on. */
	t->rec.session.exclude_self |= t->rec.session.system_wide;
	return status ? status : record_and_run(t);
}

int cmd_top(int argc, const char **argv)
{
	struct diag diag = DIAG_INIT;
	struct top t = { .diag = &diag };
	int status;

	if (record_options__init(&t.rec, argc, argv))
		return 1;
	status = top(&t, argc, argv);
	live__free(t.live);
	condition__free(t.condition);
	input__close(t.input);
	record_options__exit(&t.rec);
	diag__exit(&diag);
	buf__exit(&t.sort);
	buf__exit(&t.filter);
	buf__exit(&t.title);
	buf__exit(&t.table);
	return status;
}
