// SPDX-License-Identifier: GPL-2.0-only
/* record/survey.h: which functions of a made-up kernel a spec means, and why not others. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>

#include "../../perf-plugin/record/survey.h"
#include "btf_fixture.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static char dir[] = "/tmp/btfsnoop-survey-XXXXXX";
static struct kbtf *kbtf;
static struct traceable *traceable;

/*
 * struct sock { int state; char name[8]; }; struct sk_buff { unsigned int len; struct sock *sk; };
 * typedef int pid_t; enum { OPEN, CLOSED };
 */
struct types {
	struct btf *btf;
	int int_id, uint_id, pid_id, sock_ptr, skb_ptr, const_skb_ptr, pair_id;
};

static void add_types(struct types *t)
{
	struct btf *btf = t->btf;
	int sock, chars, name, skb;

	t->int_id = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	t->uint_id = btf__add_int(btf, "unsigned int", 4, 0);
	chars = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	name = btf__add_array(btf, t->uint_id, chars, 8);
	t->pid_id = btf__add_typedef(btf, "pid_t", t->int_id);
	sock = btf__add_struct(btf, "sock", 12);
	btf__add_field(btf, "state", t->int_id, 0, 0);
	btf__add_field(btf, "name", name, 32, 0);
	t->sock_ptr = btf__add_ptr(btf, sock);
	skb = btf__add_struct(btf, "sk_buff", 16);
	btf__add_field(btf, "len", t->uint_id, 0, 0);
	btf__add_field(btf, "sk", t->sock_ptr, 64, 0);
	t->skb_ptr = btf__add_ptr(btf, skb);
	t->const_skb_ptr = btf__add_ptr(btf, btf__add_const(btf, skb));
	t->pair_id = btf__add_struct(btf, "pair", 24);
	btf__add_field(btf, "a", t->int_id, 0, 0);
	btf__add_enum(btf, "state", 4);
	btf__add_enum_value(btf, "OPEN", 0);
	btf__add_enum_value(btf, "CLOSED", 1);
}

struct param {
	const char *name;
	int type;
};

/* @params ends with a name that is NULL. */
static void add_func(struct btf *btf, const char *name, int ret, const struct param *params)
{
	int proto = btf__add_func_proto(btf, ret);

	for (; params->name; params++)
		btf__add_func_param(btf, params->name, params->type);
	btf__add_func(btf, name, BTF_FUNC_STATIC, proto);
}

#define FUNC(t, name, ret, ...) \
	add_func((t)->btf, name, ret, (const struct param[]){ __VA_ARGS__ { NULL, 0 } })
#define P(name, type) { name, type },

static void add_functions(struct types *t)
{
	FUNC(t, "tcp_sendmsg", t->int_id, P("sk", t->sock_ptr) P("skb", t->skb_ptr)
					  P("size", t->uint_id));
	FUNC(t, "tcp_recvmsg", t->int_id, P("sk", t->sock_ptr) P("flags", t->int_id));
	FUNC(t, "tcp_v6_send", 0, P("skb", t->const_skb_ptr) P("sk", t->sock_ptr));
	FUNC(t, "tcp_init", 0, );
	FUNC(t, "tcp_close", 0, P("ssk", t->sock_ptr));
	FUNC(t, "tcp_clone", t->int_id, P("sk", t->sock_ptr));
	FUNC(t, "tcp_owner", t->pid_id, P("pid", t->pid_id) P("fd", t->int_id));
	FUNC(t, "tcp_swap", 0, P("sk", t->sock_ptr) P("new", t->sock_ptr));
	FUNC(t, "tcp_odd", t->pair_id, P("sk", t->uint_id));
	FUNC(t, "tcp_twin", t->int_id, P("sk", t->sock_ptr));
	FUNC(t, "tcp_twin", t->int_id, P("skb", t->skb_ptr));
	FUNC(t, "udp_sendmsg", t->int_id, P("sk", t->sock_ptr) P("len", t->uint_id));
}

static void add_tracepoint(struct types *t, const char *name, const struct param *params)
{
	int proto = btf__add_func_proto(t->btf, 0);
	char full[64];

	for (const struct param *p = params; p->name; p++)
		btf__add_func_param(t->btf, p->name, p->type);
	snprintf(full, sizeof(full), "btf_trace_%s", name);
	btf__add_typedef(t->btf, full, btf__add_ptr(t->btf, proto));
	snprintf(full, sizeof(full), "__traceiter_%s", name);
	btf__add_func(t->btf, full, BTF_FUNC_STATIC, proto);
}

static const char functions[] =
	"tcp_sendmsg\n"
	"tcp_recvmsg\n"
	"tcp_v6_send\n"
	"tcp_close\n"
	"tcp_clone.constprop.0\n"
	"tcp_push.isra.0\n"
	"tcp_asm\n"
	"tcp_owner\n"
	"tcp_swap\n"
	"tcp_odd\n"
	"tcp_twin\n"
	"udp_sendmsg\n"
	"alpha_send [alpha]\n"
	"both [alpha]\n"
	"both [beta]\n";

static void write_module(struct types *vmlinux, const char *name)
{
	struct types t = *vmlinux;
	char func[64];

	t.btf = btf__new_empty_split(vmlinux->btf);
	snprintf(func, sizeof(func), "%s_send", name);
	FUNC(&t, func, t.int_id, P("sk", t.sock_ptr));
	FUNC(&t, "both", 0, P("skb", t.skb_ptr));
	fixture_write_btf(dir, name, t.btf);
	btf__free(t.btf);
}

static int write_kernel(void **state)
{
	struct types t = { .btf = btf__new_empty() };
	char path[64];
	int void_ptr;

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	add_types(&t);
	add_functions(&t);
	void_ptr = btf__add_ptr(t.btf, 0);
	add_tracepoint(&t, "sock_open", (const struct param[]){
		P("__data", void_ptr) P("sk", t.sock_ptr) P("state", t.int_id) { NULL, 0 } });
	add_tracepoint(&t, "sock_send", (const struct param[]){
		P("__data", void_ptr) P("sk", t.sock_ptr) P("skb", t.skb_ptr) { NULL, 0 } });
	fixture_write_btf(dir, "vmlinux", t.btf);
	write_module(&t, "alpha");
	write_module(&t, "beta");
	btf__free(t.btf);
	snprintf(path, sizeof(path), "%s/functions", dir);
	fixture_write(dir, "functions", functions, strlen(functions));
	if (traceable__new(path, "/nonexistent", &traceable))
		return -1;
	unlink(path);
	return kbtf__new(dir, &kbtf);
}

static int remove_kernel(void **state)
{
	static const char *const names[] = { "vmlinux", "alpha", "beta" };
	char path[64];

	(void)state;
	kbtf__free(kbtf);
	traceable__free(traceable);
	for (size_t i = 0; i < NR(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	return rmdir(dir);
}

static int add_name(struct typed_spec *typed, void *ctx, struct diag *diag)
{
	struct buf *names = ctx;

	(void)diag;
	buf__addf(names, "%s%s", names->len ? " " : "", typed->func.name);
	if (typed->func.module)
		buf__addf(names, "[%s]", typed->func.module);
	return 0;
}

/* Puts the functions that @text traces into @names, and says how many into @summary. */
static int run(const char *text, const char *filter, struct buf *names, struct buf *summary,
	       struct diag *diag)
{
	struct survey *survey = NULL;
	struct spec *spec = NULL;
	int err;

	err = spec__parse(text, &spec, diag);
	if (!err && filter)
		err = spec__add_filter(spec, filter, diag);
	if (!err)
		err = survey__new(spec, kbtf, NULL, NULL, &survey, diag);
	if (!err)
		err = survey__judge(survey, traceable);
	if (!err)
		err = survey__type(survey, add_name, names, diag);
	if (!err)
		survey__sum_up(survey, summary);
	survey__free(survey);
	spec__free(spec);
	return err;
}

static const struct {
	const char *text;
	const char *filter;
	const char *names;
	const char *summary;
} found[] = {
	{ "udp_*", NULL, "udp_sendmsg", "udp_*: 1 function matches, it is traced" },
	{ "{tcp,udp}_sendmsg(sk)", NULL, "tcp_sendmsg udp_sendmsg",
	  "{tcp,udp}_sendmsg: 2 functions match, all are traced" },
	{ "/^...?_(send|recv)msg$/", NULL, "tcp_recvmsg tcp_sendmsg udp_sendmsg",
	  "/^...?_(send|recv)msg$/: 3 functions match, all are traced" },
	{ "*msg,!tcp_r*", NULL, "tcp_sendmsg udp_sendmsg",
	  "*msg,!tcp_r*: 2 functions match, all are traced" },
	{ "!/recv/,tcp_*msg,udp_[a-z]*msg", NULL, "tcp_sendmsg udp_sendmsg",
	  "!/recv/,tcp_*msg,udp_[a-z]*msg: 2 functions match, all are traced" },
	{ "tcp_*(sk)", NULL,
	  "tcp_odd tcp_recvmsg tcp_sendmsg tcp_swap tcp_twin tcp_v6_send",
	  "tcp_*: 12 functions match, 6 are traced (2 changed by the compiler, 2 without 'sk', "
	  "1 not in BTF, 1 notrace or __init)" },
	{ "tcp_*(sk->state)", NULL, "tcp_recvmsg tcp_sendmsg tcp_swap tcp_twin tcp_v6_send", NULL },
	{ "tcp_*(sk->state == CLOSED)", NULL,
	  "tcp_recvmsg tcp_sendmsg tcp_swap tcp_twin tcp_v6_send", NULL },
	{ "tcp_*(return)", "sk->state == OPEN && flags", "tcp_recvmsg", NULL },
	{ "tcp_*(sk, size)", NULL, "tcp_sendmsg", NULL },
	{ "*(struct sk_buff *)", NULL, "tcp_sendmsg tcp_v6_send",
	  "*: 3 functions match, 2 are traced (1 notrace or __init)" },
	{ "*:*(struct sk_buff *)", NULL, "both[alpha] both[beta] tcp_sendmsg tcp_v6_send", NULL },
	{ "*(struct sk_buff *)->len", NULL, "tcp_sendmsg tcp_v6_send", NULL },
	{ "*((struct sk_buff *)->sk->state, return)", NULL, "tcp_sendmsg", NULL },
	{ "*(struct sk_buff *, struct sock *)", NULL, "tcp_sendmsg tcp_v6_send", NULL },
	{ "*(struct sock *)(struct sock *)()", NULL, "tcp_swap", NULL },
	{ "*(int, pid_t)()", NULL, "tcp_owner", NULL },
	{ "*(struct sock *)(return)", NULL, "tcp_recvmsg tcp_sendmsg tcp_twin udp_sendmsg",
	  "*: 10 functions match, 4 are traced (3: it returns nothing, 2 notrace or __init, "
	  "1 changed by the compiler)" },
	{ "tcp_*(return)", "(struct sk_buff *)->len > 4", "tcp_sendmsg", NULL },
	{ "alpha:*(sk)", NULL, "alpha_send[alpha]",
	  "*: 2 functions match, 1 is traced (1 without 'sk')" },
	{ "*:*_send(sk)", NULL, "alpha_send[alpha] tcp_v6_send",
	  "*_send: 4 functions match, 2 are traced (2 notrace or __init)" },
	{ "*:both", NULL, "both[alpha] both[beta]", NULL },
	{ "a?pha_*", NULL, "alpha_send[alpha]", NULL },
	{ "tp:sock_*(sk)", NULL, "sock_open sock_send",
	  "sock_*: 2 tracepoints match, all are traced" },
	{ "tp:*(struct sk_buff *)->len", NULL, "sock_send", NULL },
	{ "tp:sock_{open,send}(state)", NULL, "sock_open",
	  "sock_{open,send}: 2 tracepoints match, 1 is traced (1 without 'state')" },
};

static void test_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR(found); i++) {
		struct buf names = BUF_INIT, summary = BUF_INIT;
		struct diag diag = DIAG_INIT;
		int err = run(found[i].text, found[i].filter, &names, &summary, &diag);

		if (err)
			diag__print(&diag, found[i].text, err, stderr);
		assert_int_equal(err, 0);
		assert_string_equal(buf__str(&names), found[i].names);
		if (found[i].summary)
			assert_string_equal(buf__str(&summary), found[i].summary);
		buf__exit(&names);
		buf__exit(&summary);
		diag__exit(&diag);
	}
}

static const struct {
	const char *text;
	const char *filter;
	const char *msg;
	const char *place;	/* what the caret is under, in the filter if there is one */
	const char *hint;	/* its start */
} errors[] = {
	{ "nix_*", NULL, "no function matches 'nix_*'", "nix_*", NULL },
	{ "{tcp,udp}_sendmsgg", NULL, "no function matches '{tcp,udp}_sendmsgg'",
	  "{tcp,udp}_sendmsgg", "did you mean 'tcp_sendmsg'" },
	{ "tp:nix_*", NULL, "no tracepoint matches 'nix_*'", "nix_*", NULL },
	{ "nix:*", NULL, "no module 'nix' with BTF is loaded", "nix", NULL },
	{ "bet:*", NULL, "no module 'bet' with BTF is loaded", "bet", "did you mean 'beta'?" },
	{ "*(struct sk_buf *)->len", NULL,
	  "none of the 13 functions that match '*' has a parameter of this type",
	  "struct sk_buf *", "did you mean 'sk_buff'?" },
	{ "*(union sk_buff *)()", NULL,
	  "none of the 13 functions that match '*' has a parameter of this type",
	  "union sk_buff *", NULL },
	{ "udp_*(return)", "(struct sk_buff *)->len",
	  "none of the 1 functions that match 'udp_*' has a parameter of this type",
	  "struct sk_buff *", NULL },
	{ "*(struct sk_buff *)(pid_t)()", NULL,
	  "none of the 13 functions that match has parameters of all these types", "*", NULL },
	{ "tcp_*(skk)", NULL, "none of the 12 functions that match 'tcp_*' has a parameter 'skk'",
	  "skk", "did you mean 'skb', 'ssk' or 'sk'?" },
	{ "tcp_*(sk)", "flogs > 1",
	  "none of the 12 functions that match 'tcp_*' has a parameter 'flogs'", "flogs",
	  "did you mean 'flags'?" },
	{ "tcp_*(sk->stat)", NULL, "no member 'stat' in struct sock", "stat", NULL },
	{ "{tcp_init,tcp_close}(return)", NULL, "'tcp_close' returns nothing", "return", NULL },
	{ "tcp_{init,clone}", NULL,
	  "tcp_{init,clone}: 2 functions match, none is traced (1 changed by the compiler, "
	  "1 notrace or __init)", "tcp_{init,clone}", "perf btfsnoop info" },
};

static void test_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR(errors); i++) {
		struct buf names = BUF_INIT, summary = BUF_INIT;
		struct diag diag = DIAG_INIT;
		const char *text = errors[i].text;

		assert_true(run(text, errors[i].filter, &names, &summary, &diag) < 0);
		assert_non_null(diag.msg);
		assert_string_equal(diag.msg, errors[i].msg);
		assert_true(diag.has_span);
		text = diag.text ? diag.text : text;
		assert_int_equal(diag.span.len, strlen(errors[i].place));
		assert_memory_equal(text + diag.span.pos, errors[i].place, diag.span.len);
		if (errors[i].hint)
			assert_memory_equal(diag.hint, errors[i].hint, strlen(errors[i].hint));
		diag__exit(&diag);
		buf__exit(&names);
		buf__exit(&summary);
	}
}

/* What is left out, one by one. */
static void test_reasons(void **state)
{
	struct diag diag = DIAG_INIT;
	struct survey *survey;
	struct buf text = BUF_INIT;
	struct spec *spec;

	(void)state;
	assert_int_equal(spec__parse("tcp_{c,a,p,i}*", &spec, &diag), 0);
	assert_int_equal(survey__new(spec, kbtf, NULL, NULL, &survey, &diag), 0);
	assert_int_equal(survey__judge(survey, traceable), 0);
	for (size_t i = 0; i < survey->nr; i++) {
		const struct surveyed *func = &survey->funcs[i];
		const char *why = survey__why(survey, func);

		buf__addf(&text, "%s%s: %s %s\n", func->func.name, func->in_btf ? "" : "*",
			  why ? why : "-", func->detail ? func->detail : "-");
	}
	assert_string_equal(buf__str(&text),
			    "tcp_asm*: not in BTF -\n"
			    "tcp_clone: changed by the compiler tcp_clone.constprop.0\n"
			    "tcp_close: - -\n"
			    "tcp_init: notrace or __init -\n"
			    "tcp_push.isra.0*: changed by the compiler -\n");
	buf__exit(&text);
	survey__free(survey);
	spec__free(spec);
}

static int refuse(struct typed_spec *typed, void *ctx, struct diag *diag)
{
	int *err = ctx;

	(void)typed;
	return diag__error(diag, *err, "'%s' is not liked", typed->func.name);
}

/* Who is handed a typed spec can leave it out, or end it all. */
static void test_refused(void **state)
{
	static const int errs[] = { -E2BIG, -ENOSPC };

	(void)state;
	for (size_t i = 0; i < NR(errs); i++) {
		struct diag diag = DIAG_INIT;
		struct survey *survey;
		struct spec *spec;
		int err = errs[i];

		assert_int_equal(spec__parse("tcp_*msg", &spec, &diag), 0);
		assert_int_equal(survey__new(spec, kbtf, NULL, NULL, &survey, &diag), 0);
		err = survey__type(survey, refuse, &err, &diag);
		assert_int_equal(err, errs[i] == -E2BIG ? -ENOENT : -ENOSPC);
		assert_string_equal(diag.msg, "'tcp_recvmsg' is not liked");
		diag__exit(&diag);
		survey__free(survey);
		spec__free(spec);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, write_kernel, remove_kernel);
}
