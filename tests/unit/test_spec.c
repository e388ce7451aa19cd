// SPDX-License-Identifier: GPL-2.0-only
/* Specs and expressions: what is parsed into which tree, and what is refused with which words. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../perf-plugin/spec/spec.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* An expression and its tree. */
static const struct {
	const char *text;
	const char *dump;
} exprs[] = {
	{ "skb", "skb" },
	{ "return", "return" },
	{ "NULL", "NULL" },
	{ "_x1", "_x1" },
	{ "skb->len", "(-> skb len)" },
	{ "skb -> len", "(-> skb len)" },
	{ "skb->dev->name", "(-> (-> skb dev) name)" },
	{ "iter.iov", "(. iter iov)" },
	{ "a.b.c", "(. (. a b) c)" },
	{ "a->b.c->d", "(-> (. (-> a b) c) d)" },
	{ "a[0]", "([] a 0)" },
	{ "a[i]", "([] a i)" },
	{ "a[i+1]", "([] a (+ i 1))" },
	{ "a.b[2].c", "(. ([] (. a b) 2) c)" },
	{ "a->b[2][3]->c", "(-> ([] ([] (-> a b) 2) 3) c)" },
	{ "skb->sk->__sk_common.skc_family", "(. (-> (-> skb sk) __sk_common) skc_family)" },
	{ "return->x", "(-> return x)" },
	{ "return.x", "(. return x)" },
	{ "return[0]", "([] return 0)" },
	{ "(a)", "a" },
	{ "((a))", "a" },
	{ "(a)->b", "(-> a b)" },
	{ "(a).b", "(. a b)" },
	{ "(a)[1]", "([] a 1)" },
	{ "*p", "(* p)" },
	{ "**p", "(* (* p))" },
	{ "*p->q", "(* (-> p q))" },
	{ "(*p).q", "(. (* p) q)" },
	{ "(*p)->q", "(-> (* p) q)" },
	{ "*p[1]", "(* ([] p 1))" },
	{ "*(p+1)", "(* (+ p 1))" },
	{ "&x->y", "(& (-> x y))" },
	{ "&x[1]", "(& ([] x 1))" },
	{ "&*p", "(& (* p))" },
	{ "-a", "(- a)" },
	{ "+a", "(+ a)" },
	{ "!a", "(! a)" },
	{ "~a", "(~ a)" },
	{ "- -a", "(- (- a))" },
	{ "-~!a", "(- (~ (! a)))" },
	{ "*-a", "(* (- a))" },
	{ "!a->b", "(! (-> a b))" },
	{ "-a.b", "(- (. a b))" },
	{ "a+b", "(+ a b)" },
	{ "a-b-c", "(- (- a b) c)" },
	{ "a*b+c", "(+ (* a b) c)" },
	{ "a+b*c", "(+ a (* b c))" },
	{ "a/b*c", "(* (/ a b) c)" },
	{ "a%b%c", "(% (% a b) c)" },
	{ "a*b/c%d", "(% (/ (* a b) c) d)" },
	{ "a+b<<c", "(<< (+ a b) c)" },
	{ "a<<b+c", "(<< a (+ b c))" },
	{ "a<<b>>c", "(>> (<< a b) c)" },
	{ "a<b<<c", "(< a (<< b c))" },
	{ "a<b==c<d", "(== (< a b) (< c d))" },
	{ "a<=b", "(<= a b)" },
	{ "a>=b", "(>= a b)" },
	{ "a>b", "(> a b)" },
	{ "a==b!=c", "(!= (== a b) c)" },
	{ "a&b==c", "(& a (== b c))" },
	{ "a&b|c", "(| (& a b) c)" },
	{ "a|b&c", "(| a (& b c))" },
	{ "a|b^c", "(| a (^ b c))" },
	{ "a^b&c", "(^ a (& b c))" },
	{ "a^b|c", "(| (^ a b) c)" },
	{ "a&&b||c", "(|| (&& a b) c)" },
	{ "a||b&&c", "(|| a (&& b c))" },
	{ "a||b||c", "(|| (|| a b) c)" },
	{ "a&&b&&c", "(&& (&& a b) c)" },
	{ "a|b&&c|d", "(&& (| a b) (| c d))" },
	{ "a==b&&c!=d", "(&& (== a b) (!= c d))" },
	{ "a&&b==c", "(&& a (== b c))" },
	{ "!a&&b", "(&& (! a) b)" },
	{ "a&-b", "(& a (- b))" },
	{ "a- -b", "(- a (- b))" },
	{ "a*-b", "(* a (- b))" },
	{ "a**b", "(* a (* b))" },
	{ "a&&!b", "(&& a (! b))" },
	{ "a& &b", "(& a (& b))" },
	{ "a?b:c", "(? a b c)" },
	{ "a?b:c?d:e", "(? a b (? c d e))" },
	{ "a?b?c:d:e", "(? a (? b c d) e)" },
	{ "a||b?c||d:e||f", "(? (|| a b) (|| c d) (|| e f))" },
	{ "(a?b:c)?d:e", "(? (? a b c) d e)" },
	{ "a==b?1:2", "(? (== a b) 1 2)" },
	{ "a<b?a:b", "(? (< a b) a b)" },
	{ "a+b?c:d", "(? (+ a b) c d)" },
	{ "(a+b)*c", "(* (+ a b) c)" },
	{ "a*(b+c)", "(* a (+ b c))" },
	{ "a-(b-c)", "(- a (- b c))" },
	{ "0", "0" },
	{ "00", "0" },
	{ "1", "1" },
	{ "42", "42" },
	{ "1u", "1u" },
	{ "1U", "1u" },
	{ "1l", "1l" },
	{ "1ul", "1ul" },
	{ "1LU", "1ul" },
	{ "1ll", "1ll" },
	{ "1uLL", "1ull" },
	{ "1llu", "1ull" },
	{ "0x10", "16" },
	{ "0XfF", "255" },
	{ "0x7fffffff", "2147483647" },
	{ "0x80000000", "2147483648u" },
	{ "0xffffffff", "4294967295u" },
	{ "0x100000000", "4294967296l" },
	{ "0x7fffffffffffffff", "9223372036854775807l" },
	{ "0x8000000000000000", "9223372036854775808ul" },
	{ "0xffffffffffffffff", "18446744073709551615ul" },
	{ "2147483647", "2147483647" },
	{ "2147483648", "2147483648l" },
	{ "4294967295", "4294967295l" },
	{ "4294967296", "4294967296l" },
	{ "4294967295u", "4294967295u" },
	{ "4294967296u", "4294967296ul" },
	{ "9223372036854775807", "9223372036854775807l" },
	{ "9223372036854775808", "9223372036854775808ul" },
	{ "18446744073709551615", "18446744073709551615ul" },
	{ "017", "15" },
	{ "0777", "511" },
	{ "037777777777", "4294967295u" },
	{ "0b101", "5" },
	{ "0B11u", "3u" },
	{ "0b11111111111111111111111111111111", "4294967295u" },
	{ "-2147483648", "(- 2147483648l)" },
	{ "'a'", "97" },
	{ "'0'", "48" },
	{ "' '", "32" },
	{ "'\\n'", "10" },
	{ "'\\0'", "0" },
	{ "'\\\\'", "92" },
	{ "'\\''", "39" },
	{ "'\"'", "34" },
	{ "'\\x41'", "65" },
	{ "'\\101'", "65" },
	{ "'\\377'", "-1" },
	{ "'\\xff'", "-1" },
	{ "'\\e'", "27" },
	{ "'a'+1", "(+ 97 1)" },
	{ "\"\"", "\"\"" },
	{ "\"abc\"", "\"abc\"" },
	{ "\"a b\"", "\"a b\"" },
	{ "\"a\\\"b\"", "\"a\\\"b\"" },
	{ "\"a\\\\b\"", "\"a\\\\b\"" },
	{ "\"a\\n\\t\\x01\"", "\"a\\x0a\\x09\\x01\"" },
	{ "\"\\101\\1012\"", "\"AA2\"" },
	{ "\"a\\0b\"", "\"a\\x00b\"" },
	{ "\"it's\"", "\"it's\"" },
	{ "\"ä€\"", "\"ä€\"" },
	{ "\"a,b)\"", "\"a,b)\"" },
	{ "name == \"eth0\"", "(== name \"eth0\")" },
	{ "comm() ~ \"nginx*\"", "(~ (call comm) \"nginx*\")" },
	{ "a ~ \"x\" && b", "(&& (~ a \"x\") b)" },
	{ "!(a ~ \"x\")", "(! (~ a \"x\"))" },
	{ "a->b ~ \"x\" == c", "(== (~ (-> a b) \"x\") c)" },
	{ "a == b ~ \"x\"", "(~ (== a b) \"x\")" },
	{ "~a ~ \"x\"", "(~ (~ a) \"x\")" },
	{ "a&b ~ \"x\"", "(& a (~ b \"x\"))" },
	{ "(int)a", "(cast [int] a)" },
	{ "(unsigned)a", "(cast [unsigned int] a)" },
	{ "(unsigned int)a", "(cast [unsigned int] a)" },
	{ "(int unsigned)a", "(cast [unsigned int] a)" },
	{ "(signed)a", "(cast [int] a)" },
	{ "(long)a", "(cast [long int] a)" },
	{ "(unsigned long)a", "(cast [long unsigned int] a)" },
	{ "(long unsigned int)a", "(cast [long unsigned int] a)" },
	{ "(long int)a", "(cast [long int] a)" },
	{ "(long long)a", "(cast [long long int] a)" },
	{ "(unsigned long long int)a", "(cast [long long unsigned int] a)" },
	{ "(short)a", "(cast [short int] a)" },
	{ "(unsigned short int)a", "(cast [short unsigned int] a)" },
	{ "(char)a", "(cast [char] a)" },
	{ "(signed char)a", "(cast [signed char] a)" },
	{ "(unsigned char)a", "(cast [unsigned char] a)" },
	{ "(_Bool)a", "(cast [_Bool] a)" },
	{ "(bool)a", "(cast [_Bool] a)" },
	{ "(__int128)a", "(cast [__int128] a)" },
	{ "(unsigned __int128)a", "(cast [__int128 unsigned] a)" },
	{ "(void *)a", "(cast [void *] a)" },
	{ "(const char *)a", "(cast [char *] a)" },
	{ "(char const *)a", "(cast [char *] a)" },
	{ "(char *const)a", "(cast [char *] a)" },
	{ "(const volatile void **)a", "(cast [void **] a)" },
	{ "(u8)a", "(cast [u8] a)" },
	{ "(u32)a", "(cast [u32] a)" },
	{ "(__be16)a", "(cast [__be16] a)" },
	{ "(size_t)-1", "(cast [size_t] (- 1))" },
	{ "(size_t)+a", "(cast [size_t] (+ a))" },
	{ "(u64)&a", "(cast [u64] (& a))" },
	{ "(u64)*a", "(cast [u64] (* a))" },
	{ "(u64)~a", "(cast [u64] (~ a))" },
	{ "(u64)!a", "(cast [u64] (! a))" },
	{ "(u64)(a)", "(cast [u64] a)" },
	{ "(u64)(a+b)->c", "(cast [u64] (-> (+ a b) c))" },
	{ "(struct sock *)sk", "(cast [struct sock *] sk)" },
	{ "((struct tcp_sock *)sk)->snd_cwnd", "(-> (cast [struct tcp_sock *] sk) snd_cwnd)" },
	{ "((struct tcp_sock *)sk)->inet_conn.icsk_inet.sk.__sk_common.skc_family",
	  "(. (. (. (. (-> (cast [struct tcp_sock *] sk) inet_conn) icsk_inet) sk) __sk_common) skc_family)" },
	{ "(struct tcp_sock *)sk->x", "(cast [struct tcp_sock *] (-> sk x))" },
	{ "(struct foo **)p", "(cast [struct foo **] p)" },
	{ "(struct foo * *)p", "(cast [struct foo **] p)" },
	{ "(struct foo * const *)p", "(cast [struct foo **] p)" },
	{ "(struct foo __rcu *)p", "(cast [struct foo *] p)" },
	{ "*(struct foo *)p", "(* (cast [struct foo *] p))" },
	{ "**(struct foo **)p", "(* (* (cast [struct foo **] p)))" },
	{ "&((struct foo *)p)->x", "(& (-> (cast [struct foo *] p) x))" },
	{ "(const struct foo *)p", "(cast [struct foo *] p)" },
	{ "(struct foo const *)p", "(cast [struct foo *] p)" },
	{ "(union u *)p", "(cast [union u *] p)" },
	{ "(enum e)a", "(cast [enum e] a)" },
	{ "(enum e)a == X", "(== (cast [enum e] a) X)" },
	{ "(foo)a", "(cast [foo] a)" },
	{ "(foo)1", "(cast [foo] 1)" },
	{ "(foo)\"s\"", "(cast [foo] \"s\")" },
	{ "(foo)'c'", "(cast [foo] 99)" },
	{ "(foo)(a)", "(cast [foo] a)" },
	{ "(foo)(a+b)", "(cast [foo] (+ a b))" },
	{ "(foo)return", "(cast [foo] return)" },
	{ "(foo)sizeof(int)", "(cast [foo] (sizeof [int]))" },
	{ "(foo)!a", "(cast [foo] (! a))" },
	{ "(foo)-a", "(- foo a)" },
	{ "(foo)+a", "(+ foo a)" },
	{ "(foo)*a", "(* foo a)" },
	{ "(foo)&a", "(& foo a)" },
	{ "(foo)~\"x\"", "(~ foo \"x\")" },
	{ "(foo *)a", "(cast [foo *] a)" },
	{ "(foo **)a", "(cast [foo **] a)" },
	{ "(foo const *)a", "(cast [foo *] a)" },
	{ "(foo)", "foo" },
	{ "(foo)->a", "(-> foo a)" },
	{ "(foo)[1]", "([] foo 1)" },
	{ "(foo).a", "(. foo a)" },
	{ "(foo)(bar)baz", "(cast [foo] (cast [bar] baz))" },
	{ "(int)(long)a", "(cast [int] (cast [long int] a))" },
	{ "(int)(foo *)a", "(cast [int] (cast [foo *] a))" },
	{ "(u8)a+1", "(+ (cast [u8] a) 1)" },
	{ "(u8)(a+1)", "(cast [u8] (+ a 1))" },
	{ "(u8)a->b", "(cast [u8] (-> a b))" },
	{ "(u8)a[1]", "(cast [u8] ([] a 1))" },
	{ "-(int)a", "(- (cast [int] a))" },
	{ "!(bool)a", "(! (cast [_Bool] a))" },
	{ "(return)", "return" },
	{ "(return)+1", "(+ return 1)" },
	{ "(struct sk_buff *)", "(by-type [struct sk_buff *])" },
	{ "(struct sk_buff *)->len", "(-> (by-type [struct sk_buff *]) len)" },
	{ "(struct sk_buff *)->dev->name", "(-> (-> (by-type [struct sk_buff *]) dev) name)" },
	{ "(struct sk_buff *)->cb[3]", "([] (-> (by-type [struct sk_buff *]) cb) 3)" },
	{ "*(struct sk_buff *)", "(* (by-type [struct sk_buff *]))" },
	{ "(struct sk_buff *) == NULL", "(== (by-type [struct sk_buff *]) NULL)" },
	{ "(struct sk_buff *) && 1", "(&& (by-type [struct sk_buff *]) 1)" },
	{ "(struct sk_buff *)@return", "(@return (by-type [struct sk_buff *]))" },
	{ "((struct sk_buff *))->len", "(-> (by-type [struct sk_buff *]) len)" },
	{ "&(struct sk_buff *)->len", "(& (-> (by-type [struct sk_buff *]) len))" },
	{ "(size_t)", "(by-type [size_t])" },
	{ "(size_t) > 100", "(> (by-type [size_t]) 100)" },
	{ "(int) / 2", "(/ (by-type [int]) 2)" },
	{ "(foo *)->x", "(-> (by-type [foo *]) x)" },
	{ "(foo *)", "(by-type [foo *])" },
	{ "sizeof(int)", "(sizeof [int])" },
	{ "sizeof(struct sk_buff)", "(sizeof [struct sk_buff])" },
	{ "sizeof(struct sk_buff *)", "(sizeof [struct sk_buff *])" },
	{ "sizeof (unsigned long)", "(sizeof [long unsigned int])" },
	{ "sizeof a", "(sizeof a)" },
	{ "sizeof(a)", "(sizeof a)" },
	{ "sizeof a->b", "(sizeof (-> a b))" },
	{ "sizeof(a)->b", "(sizeof (-> a b))" },
	{ "sizeof *p", "(sizeof (* p))" },
	{ "sizeof(*p)", "(sizeof (* p))" },
	{ "sizeof a + b", "(+ (sizeof a) b)" },
	{ "sizeof(int) + 1", "(+ (sizeof [int]) 1)" },
	{ "sizeof(int)*2", "(* (sizeof [int]) 2)" },
	{ "sizeof -a", "(sizeof (- a))" },
	{ "sizeof sizeof a", "(sizeof (sizeof a))" },
	{ "sizeof(foo)", "(sizeof foo)" },
	{ "sizeof(foo *)", "(sizeof [foo *])" },
	{ "sizeof((struct foo *)p)", "(sizeof (cast [struct foo *] p))" },
	{ "sizeof \"abc\"", "(sizeof \"abc\")" },
	{ "a/sizeof(u32)", "(/ a (sizeof [u32]))" },
	{ "pid()", "(call pid)" },
	{ "str(p)", "(call str p)" },
	{ "str(p, 16)", "(call str p 16)" },
	{ "buf(p->data, p->len - 1)", "(call buf (-> p data) (- (-> p len) 1))" },
	{ "ip4(sk->daddr)", "(call ip4 (-> sk daddr))" },
	{ "ntohs(sk->dport) == 443", "(== (call ntohs (-> sk dport)) 443)" },
	{ "f(g(x), h(y, z))", "(call f (call g x) (call h y z))" },
	{ "comm() == \"x\"", "(== (call comm) \"x\")" },
	{ "current()->pid", "(-> (call current) pid)" },
	{ "buf(p,8)[2]", "([] (call buf p 8) 2)" },
	{ "f(a?b:c, d)", "(call f (? a b c) d)" },
	{ "f((a))", "(call f a)" },
	{ "f((struct foo *)a)", "(call f (cast [struct foo *] a))" },
	{ "container_of(p, struct foo, bar)", "(container_of [struct foo] p bar)" },
	{ "container_of(p, struct foo, bar.baz)", "(container_of [struct foo] p (. bar baz))" },
	{ "container_of(p, struct foo, bar[2].baz[0])",
	  "(container_of [struct foo] p ([] (. ([] bar 2) baz) 0))" },
	{ "container_of(p, foo_t, bar)->x", "(-> (container_of [foo_t] p bar) x)" },
	{ "container_of(p->q, struct foo, bar)->x",
	  "(-> (container_of [struct foo] (-> p q) bar) x)" },
	{ "container_of (p, const struct foo, bar)", "(container_of [struct foo] p bar)" },
	{ "container_of", "container_of" },
	{ "container_of(container_of(p, struct a, b), struct c, d)",
	  "(container_of [struct c] (container_of [struct a] p b) d)" },
	{ "sk->x@return", "(@return (-> sk x))" },
	{ "sk->x @ return", "(@return (-> sk x))" },
	{ "*p@return", "(@return (* p))" },
	{ "&p->x@return", "(@return (& (-> p x)))" },
	{ "-p->x@return", "(@return (- (-> p x)))" },
	{ "(u32)p->x@return", "(@return (cast [u32] (-> p x)))" },
	{ "(p->x + p->y)@return", "(@return (+ (-> p x) (-> p y)))" },
	{ "sk->x@return - sk->x", "(- (@return (-> sk x)) (-> sk x))" },
	{ "sk->x - sk->x@return", "(- (-> sk x) (@return (-> sk x)))" },
	{ "a@return ? b : c", "(? (@return a) b c)" },
	{ "a@return && b@return", "(&& (@return a) (@return b))" },
	{ "a[b@return]@return", "(@return ([] a (@return b)))" },
	{ "str(p->s@return)", "(call str (@return (-> p s)))" },
	{ "sizeof a@return", "(@return (sizeof a))" },
	{ "current->cred->uid.val", "(. (-> (-> current cred) uid) val)" },
	{ "a == (b)", "(== a b)" },
	{ "a == (b) - c", "(== a (- b c))" },
	{ "(b) - c", "(- b c)" },
	{ "(b)(c)", "(cast [b] c)" },
	{ "x>>3&1", "(& (>> x 3) 1)" },
	{ "(flags & 0x10) != 0", "(!= (& flags 16) 0)" },
	{ "flags&(1<<3)", "(& flags (<< 1 3))" },
	{ "a->\tb", "(-> a b)" },
	{ "a\n\t+ b", "(+ a b)" },
};

/* A spec that is wrong, where, and what is said about it. */
static const struct {
	const char *text;
	unsigned int pos;
	unsigned int len;
	const char *msg;
	const char *hint;
} errors[] = {
	{ "", 0, 0, "nothing to trace is named", "write a function's name, as in 'ip_send_skb'" },
	{ "   ", 3, 0, "nothing to trace is named",
	  "write a function's name, as in 'ip_send_skb'" },
	{ "f(", 2, 0, "an expression is missing at the end", NULL },
	{ "f(a", 1, 1, "'(' is never closed", NULL },
	{ "f(a,", 4, 0, "an expression is missing at the end", NULL },
	{ "f(a,)", 4, 1, "a value is missing before ')'", NULL },
	{ "f(,a)", 2, 1, "a value is missing before ','", NULL },
	{ "f(a,,b)", 4, 1, "a value is missing before ','", NULL },
	{ "f(a))", 4, 1, "unexpected ')'", "there is no '(' before it" },
	{ "f)", 1, 1, "unexpected ')'", "there is no '(' before it" },
	{ "f skb", 2, 3, "unexpected 'skb'", "write f(skb)" },
	{ "f skb, len", 2, 3, "unexpected 'skb'", "write f(skb, len)" },
	{ "f skb->len", 2, 3, "unexpected 'skb'", "write f(skb->len)" },
	{ "f \"skb\"", 2, 1, "unexpected '\"'", NULL },
	{ "f g h(", 2, 1, "unexpected 'g'", NULL },
	{ "f(a), g", 4, 1, "unexpected ','", "give each function with values an -f of its own" },
	{ "f, skb->len", 6, 2, "unexpected '->'",
	  "values stand in parentheses: f, skb(skb->len)" },
	{ "f(a) g(b)", 5, 1, "unexpected 'g'", NULL },
	{ "f(a b)", 4, 1, "unexpected 'b'", "values are separated by commas" },
	{ "f(a and b)", 4, 3, "unexpected 'and'", "write &&" },
	{ "f(a or b)", 4, 2, "unexpected 'or'", "write ||" },
	{ "f->x", 1, 2, "unexpected '->'", "values stand in parentheses: f(skb->len)" },
	{ "{a,b", 0, 1, "'{' of a list is never closed", NULL },
	{ "f{a,{b,c}", 1, 1, "'{' of a list is never closed", NULL },
	{ "f{a,{b,c", 4, 1, "'{' of a list is never closed", NULL },
	{ "{a,b(x)", 0, 1, "'{' of a list is never closed", NULL },
	{ "{a,b}}", 5, 1, "unexpected '}'", "there is no '{' before it" },
	{ "a}", 1, 1, "unexpected '}'", "there is no '{' before it" },
	{ "{}", 0, 2, "one of the list's patterns is empty", NULL },
	{ "{a,}", 0, 4, "one of the list's patterns is empty", NULL },
	{ "{a,!b}", 3, 1, "unexpected '!' in a list",
	  "what is left out comes behind it: {a,b}_*,!a_x" },
	{ "{a,/b/}", 3, 1, "unexpected '/' in a list",
	  "a regular expression stands beside it: {a,b}_*,/x$/" },
	{ "{a,@b.c}", 3, 1, "unexpected '@' in a list",
	  "a source file stands beside it: {a,b}_*,@net/ipv4/*.c" },
	{ "{m:a,b}", 2, 1, "unexpected ':' in a list",
	  "a module's name stands in front: MODULE:{a,b}" },
	{ "{a;b}", 2, 1, "unexpected ';' in a list", NULL },
	{ "{a,€}", 3, 3, "unexpected '€' in a list", NULL },
	{ "{a\x01}", 2, 1, "unexpected byte 0x01", NULL },
	{ "{a,b}:f", 5, 1, "unexpected ':'",
	  "it stands once, in front of all names: MODULE:a,b or tp:a,b" },
	{ "m:a,n:b", 5, 1, "unexpected ':'",
	  "it stands once, in front of all names: MODULE:a,b or tp:a,b" },
	{ "tp:a,tp:b", 7, 1, "unexpected ':'",
	  "it stands once, in front of all names: MODULE:a,b or tp:a,b" },
	{ "{1,a}x", 0, 6, "a name can't begin with a digit", NULL },
	{ "{,1}a", 0, 5, "a name can't begin with a digit", NULL },
	{ "{a,b}-c", 5, 1, "unexpected '-'", "a function's name has no '-' in it" },
	{ "{{{{{{{{{{{{{{{{{a}}}}}}}}}}}}}}}}}", 16, 1, "more than 16 lists", NULL },
	{ "{a,b,c,d,e}_{a,b,c,d,e}_{a,b,c,d,e}", 0, 35, "more than 64 patterns",
	  "globs and /regular expressions/ say more in less" },
	{ "f{[a}", 2, 1, "'[' of a pattern is never closed", NULL },
	{ "f,", 2, 0, "a function's name is missing", NULL },
	{ "f,,g", 2, 1, "a function's name is missing before ','", NULL },
	{ ",f", 0, 1, "a function's name is missing before ','", NULL },
	{ "f,(a)", 2, 1, "a function's name is missing before '('", NULL },
	{ "tp:f,", 5, 0, "a tracepoint's name is missing", NULL },
	{ "/tcp_.*", 0, 1, "'/' of a regular expression is never closed", NULL },
	{ "/tcp_\\/", 0, 1, "'/' of a regular expression is never closed", NULL },
	{ "f,/a\\", 2, 1, "'/' of a regular expression is never closed", NULL },
	{ "//", 0, 2, "the regular expression can't be used: it is empty", NULL },
	{ "/(/", 0, 3, "the regular expression can't be used: Unmatched ( or \\(", NULL },
	{ "m:/[[:x:]]/(x)", 2, 9,
	  "the regular expression can't be used: Invalid character class name", NULL },
	{ "/a{2,1}/", 0, 8, "the regular expression can't be used: Invalid content of \\{\\}",
	  NULL },
	{ "!/(/", 0, 4, "the regular expression can't be used: Unmatched ( or \\(", NULL },
	{ "/(a)\\1/", 0, 7,
	  "the regular expression can't be used: back references are not supported", NULL },
	{ "/(a{200}){200}/", 0, 15,
	  "the regular expression can't be used: too many repetitions", NULL },
	{ "/a{1,99999999999999999999}/", 0, 27,
	  "the regular expression can't be used: too many repetitions", NULL },
	{ "/a+++++++++/", 0, 12, "the regular expression can't be used: too many repetitions",
	  NULL },
	{ "/a/=f", 3, 1, "unexpected '='", "an event's name stands before the first '='" },
	{ "/a/b", 3, 1, "unexpected 'b'", "write /a/(b)" },
	{ "a/b/", 1, 1, "unexpected '/'",
	  "a regular expression stands behind a comma: tcp_*,/msg$/" },
	{ "!tcp_*", 0, 6, "'!' leaves out what other patterns match, and there is none",
	  "write *,!tcp_*" },
	{ "!a,!b(x)", 0, 2, "'!' leaves out what other patterns match, and there is none",
	  "write *,!a,!b" },
	{ "a!b", 1, 1, "unexpected '!'",
	  "what is left out stands behind a comma: tcp_*,!tcp_v6_*" },
	{ "*,!", 2, 1, "a pattern is missing behind '!'", NULL },
	{ "*,!!a", 2, 1, "a pattern is missing behind '!'", NULL },
	{ "*,!(a)", 2, 1, "a pattern is missing behind '!'", NULL },
	{ "*,!m:a", 4, 1, "unexpected ':'",
	  "it stands once, in front of all names: MODULE:a,b or tp:a,b" },
	{ "@", 0, 1, "a source file is missing behind '@'", "as in @net/ipv4/tcp*.c" },
	{ "@(a)", 0, 1, "a source file is missing behind '@'", "as in @net/ipv4/tcp*.c" },
	{ "*,! @", 4, 1, "a source file is missing behind '@'", "as in @net/ipv4/tcp*.c" },
	{ "tp:@a.c", 3, 4, "tracepoints can't be chosen by source files", NULL },
	{ "f(x)(y)", 4, 1, "unexpected '('", NULL },
	{ "f(int, x)(y)", 9, 1, "unexpected '('", NULL },
	{ "f(a=int)(y)", 8, 1, "unexpected '('", NULL },
	{ "f(int)(y", 6, 1, "'(' is never closed", NULL },
	{ "f(a)->b", 4, 2, "unexpected '->'", NULL },
	{ "f(int *)->", 10, 0, "a member's name is missing at the end", NULL },
	{ "f(int *, u32)->a", 13, 2, "unexpected '->'", NULL },
	{ "f(int *)->a, b", 11, 1, "unexpected ','",
	  "give each function with values an -f of its own" },
	{ "f(u8)(u16)(u32)(u64)(s8)(s16)(s32)()", 30, 3, "more than 6 types", NULL },
	{ "(a)", 0, 1, "a function's name is missing before '('", NULL },
	{ ":f", 0, 0, "a module's name is missing before ':'", NULL },
	{ "m:", 2, 0, "a function's name is missing", NULL },
	{ "tp:", 3, 0, "a tracepoint's name is missing", NULL },
	{ "tp::f", 3, 0, "a module's name is missing before ':'", NULL },
	{ "a:b:c", 3, 1, "unexpected ':'", "write MODULE:FUNCTION, tp:NAME or tp:MODULE:NAME" },
	{ "tp:a:b:c", 6, 1, "unexpected ':'", "write MODULE:FUNCTION, tp:NAME or tp:MODULE:NAME" },
	{ "a:b:c:d", 3, 1, "unexpected ':'", "write MODULE:FUNCTION, tp:NAME or tp:MODULE:NAME" },
	{ "=f", 0, 1, "an event's name is missing before '='", NULL },
	{ "x=", 2, 0, "a function's name is missing", NULL },
	{ "a.b=f", 0, 3, "'a.b' can't be an event's name",
	  "an event's name is made of letters, digits and '_'" },
	{ "tcp_*=f", 0, 5, "'tcp_*' can't be an event's name",
	  "an event's name is made of letters, digits and '_'" },
	{ "x==f", 2, 1, "a function's name is missing before '='", NULL },
	{ "x=y=f", 3, 1, "unexpected '='", "an event's name stands before the first '='" },
	{ "9p_read", 0, 7, "a name can't begin with a digit", NULL },
	{ "m:123", 2, 3, "a name can't begin with a digit",
	  "functions are traced at entry and return, not at a line" },
	{ "f:12", 2, 2, "a name can't begin with a digit",
	  "functions are traced at entry and return, not at a line" },
	{ "f+0x10", 1, 1, "unexpected '+'",
	  "functions are traced at entry and return only: write f" },
	{ "f+4", 1, 1, "unexpected '+'", "functions are traced at entry and return only: write f" },
	{ "f%return", 1, 1, "unexpected '%'", "write f(return)" },
	{ "f@x", 1, 1, "unexpected '@'",
	  "a source file stands behind a comma: tcp_*,@net/ipv4/*.c" },
	{ "f-g", 1, 1, "unexpected '-'", "a function's name has no '-' in it" },
	{ "a-b:c-d", 5, 1, "unexpected '-'", "a function's name has no '-' in it" },
	{ "nf-tables", 2, 1, "unexpected '-'", "a function's name has no '-' in it" },
	{ "f[", 1, 1, "'[' of a pattern is never closed", NULL },
	{ "f[a", 1, 1, "'[' of a pattern is never closed", NULL },
	{ "[a-z", 0, 1, "'[' of a pattern is never closed", NULL },
	{ "f[]a", 1, 1, "'[' of a pattern is never closed", NULL },
	{ "kprobe:f", 0, 6, "'kprobe' is not a module",
	  "the function's name is enough; --backend says how to attach to it" },
	{ "kretprobe:f(retval)", 0, 9, "'kretprobe' is not a module",
	  "the function's name is enough; --backend says how to attach to it" },
	{ "tracepoint:sched:sched_switch", 0, 10, "'tracepoint' is not a module",
	  "a tracepoint is written tp:NAME" },
	{ "fentry:f", 0, 6, "'fentry' is not a module",
	  "the function's name is enough; --backend says how to attach to it" },
	{ "\"f(skb)\"", 0, 1, "a function's name is missing before '\"'",
	  "quotes are for the shell only" },
	{ "'f'", 0, 1, "a function's name is missing before '''", "quotes are for the shell only" },
	{ "f;", 1, 1, "unexpected ';'", NULL },
	{ "f(a;b)", 3, 1, "unexpected character ';'", "items are separated by commas" },
	{ "f#x", 1, 1, "unexpected '#'", NULL },
	{ "f(a#)", 3, 1, "unexpected character '#'", NULL },
	{ "f($retval)", 2, 1, "unexpected character '$'", "the return value is called 'return'" },
	{ "f($skb)", 2, 1, "unexpected character '$'",
	  "parameters go by the names they have in the source" },
	{ "f(%di)", 2, 1, "an expression is missing before '%'",
	  "registers have no names here: use the parameter's" },
	{ "f(€)", 2, 3, "unexpected character '€'", NULL },
	{ "f(‘a’)", 2, 3, "unexpected character '‘'", "write it with a plain '" },
	{ "f(“a”)", 2, 3, "unexpected character '“'", "write it with a plain \"" },
	{ "f(skb→len)", 5, 3, "unexpected character '→'", "write it as ->" },
	{ "b)x", 1, 1, "unexpected ')'", "there is no '(' before it" },
	{ "f(skb.)", 6, 1, "a member's name is missing before ')'", NULL },
	{ "f(skb->)", 7, 1, "a member's name is missing before ')'", NULL },
	{ "f(skb->5)", 7, 1, "a member's name is missing before '5'", NULL },
	{ "f(skb->*x)", 7, 1, "a member's name is missing before '*'", NULL },
	{ "f(->x)", 2, 2, "an expression is missing before '->'", NULL },
	{ "f(.x)", 2, 1, "an expression is missing before '.'", NULL },
	{ "f(...)", 2, 1, "an expression is missing before '.'",
	  "for all parameters write the function's name alone" },
	{ "f(*)", 3, 1, "an expression is missing before ')'", NULL },
	{ "f(&)", 3, 1, "an expression is missing before ')'", NULL },
	{ "f(a+)", 4, 1, "an expression is missing before ')'", NULL },
	{ "f(a+*)", 5, 1, "an expression is missing before ')'", NULL },
	{ "f(a[)", 4, 1, "an expression is missing before ')'", NULL },
	{ "f(a[])", 4, 1, "an index is missing before ']'", NULL },
	{ "f(a[1)", 5, 1, "']' is missing before ')'", NULL },
	{ "f(a[1)]", 5, 1, "']' is missing before ')'", NULL },
	{ "f((a)", 1, 1, "'(' is never closed", NULL },
	{ "f((a]", 4, 1, "')' is missing before ']'", NULL },
	{ "f(())", 3, 1, "an expression is missing before ')'", NULL },
	{ "f(a?b)", 5, 1, "the ':' of '?' is missing before ')'", NULL },
	{ "f(a?b:)", 6, 1, "an expression is missing before ')'", NULL },
	{ "f(a?:b)", 4, 1, "an expression is missing before ':'", "write a ? a : b" },
	{ "f(a?)", 4, 1, "an expression is missing before ')'", NULL },
	{ "f(a = = b)", 6, 1, "an expression is missing before '='", "'==' compares" },
	{ "f(a===b)", 5, 1, "an expression is missing before '='", "'==' compares" },
	{ "f(a->b = 5)", 7, 1, "nothing can be assigned to", "'==' compares" },
	{ "f(a += 1)", 4, 2, "'+=': nothing can be changed", NULL },
	{ "f(a++)", 3, 2, "'++': nothing can be changed", NULL },
	{ "f(++a)", 2, 2, "'++': nothing can be changed", NULL },
	{ "f(--a)", 2, 2, "'--': nothing can be changed", NULL },
	{ "f(a--b)", 3, 2, "'--': nothing can be changed", NULL },
	{ "f(a := 1)", 4, 1, "unexpected ':'", NULL },
	{ "f(a <> b)", 5, 1, "an expression is missing before '>'", NULL },
	{ "f(a !~ \"x\")", 4, 1, "unexpected '!'", "write !(a ~ \"pattern\")" },
	{ "f(a ~ b)", 6, 1, "'~' needs a pattern in double quotes behind it",
	  "as in comm() ~ \"nginx*\"" },
	{ "f(a ~)", 5, 1, "'~' needs a pattern in double quotes behind it",
	  "as in comm() ~ \"nginx*\"" },
	{ "f(a->b : u32)", 7, 1, "unexpected ':'",
	  "a value gets another type by a cast: (u32)..." },
	{ "f(a:x64)", 3, 1, "unexpected ':'", NULL },
	{ "f(\"abc)", 2, 5, "missing \" at the end of the string", NULL },
	{ "f('a)", 2, 3, "missing ' at the end of the character", NULL },
	{ "f('')", 2, 2, "the character between the quotes is missing", NULL },
	{ "f('ab')", 2, 4, "more than one character between single quotes",
	  "strings stand in double quotes: \"ab\"" },
	{ "f('\\q')", 3, 2, "unknown escape '\\q'", NULL },
	{ "f(\"\\q\")", 3, 2, "unknown escape '\\q'", NULL },
	{ "f(\"\\x\")", 3, 2, "unknown escape '\\x'", NULL },
	{ "f(\"\\xfff\")", 3, 5, "the escape does not fit into a byte", NULL },
	{ "f(\"\\777\")", 3, 4, "the escape does not fit into a byte", NULL },
	{ "f('\\é')", 3, 3, "unknown escape '\\é'", NULL },
	{ "f(1.5)", 2, 3, "'1.5' is no integer", NULL },
	{ "f(1e5)", 2, 3, "'1e5' is no integer", NULL },
	{ "f(1f)", 2, 2, "'1f' is no integer", NULL },
	{ "f(12ab)", 4, 2, "a number can't end in 'ab'", "hexadecimal numbers begin with 0x" },
	{ "f(0x)", 2, 2, "digits are missing after '0x'", NULL },
	{ "f(0b)", 2, 2, "digits are missing after '0b'", NULL },
	{ "f(0b12)", 5, 1, "'2' is no binary digit", NULL },
	{ "f(0b2)", 4, 1, "'2' is no binary digit", NULL },
	{ "f(08)", 3, 1, "'8' is no octal digit", "a number that begins with 0 is octal" },
	{ "f(0178)", 5, 1, "'8' is no octal digit", "a number that begins with 0 is octal" },
	{ "f(0xg)", 4, 1, "a number can't end in 'g'", NULL },
	{ "f(1lul)", 3, 3, "a number can't end in 'lul'", NULL },
	{ "f(1lL)", 3, 2, "a number can't end in 'lL'", NULL },
	{ "f(1uu)", 3, 2, "a number can't end in 'uu'", NULL },
	{ "f(1lll)", 3, 3, "a number can't end in 'lll'", NULL },
	{ "f(18446744073709551616)", 2, 20, "the number does not fit into 64 bits", NULL },
	{ "f(0x10000000000000000)", 2, 19, "the number does not fit into 64 bits", NULL },
	{ "f(struct sk_buff *skb)", 2, 6, "a type can't stand here",
	  "write the parameter's name alone: skb" },
	{ "f(int x)", 2, 3, "a type can't stand here", "write the parameter's name alone: x" },
	{ "f(void)", 2, 4, "a type can't stand here",
	  "no parentheses at all record every parameter, () none" },
	{ "f(const)", 7, 1, "a type is missing before ')'", NULL },
	{ "f((struct)x)", 9, 1, "a struct's name is missing before ')'", NULL },
	{ "f((struct *)x)", 10, 1, "a struct's name is missing before '*'", NULL },
	{ "f((union)x)", 8, 1, "a union's name is missing before ')'", NULL },
	{ "f((enum 5)x)", 8, 1, "an enum's name is missing before '5'", NULL },
	{ "f((struct struct)x)", 10, 6, "a struct's name is missing before 'struct'", NULL },
	{ "f((unsigned struct a)x)", 12, 6, "')' is missing before 'struct'", NULL },
	{ "f((long char)x)", 3, 9, "there is no type 'long char'", NULL },
	{ "f((short long)x)", 3, 10, "there is no type 'short long'", NULL },
	{ "f((unsigned signed)x)", 3, 15, "there is no type 'unsigned signed'", NULL },
	{ "f((long long long)x)", 3, 14, "there is no type 'long long long'", NULL },
	{ "f((unsigned float)x)", 3, 14, "there is no type 'unsigned float'", NULL },
	{ "f((int int)x)", 3, 7, "there is no type 'int int'", NULL },
	{ "f((unsigned u32)x)", 12, 3, "')' is missing before 'u32'", NULL },
	{ "f((struct foo *x)", 15, 1, "')' is missing before 'x'", NULL },
	{ "f((struct foo *)x", 1, 1, "'(' is never closed", NULL },
	{ "f((char[16])x)", 7, 1, "an array can't be the type here", "name the pointer: (void *)" },
	{ "f((struct foo[2])x)", 13, 1, "an array can't be the type here",
	  "name the pointer: (void *)" },
	{ "f((void (*)(int))x)", 8, 1, "a function can't be the type here",
	  "name the pointer: (void *)" },
	{ "f((void *********)x)", 16, 1, "more than 8 stars in a type", NULL },
	{ "f((struct foo bar)x)", 14, 3, "')' is missing before 'bar'", NULL },
	{ "f((foo * bar)x)", 13, 1, "unexpected 'x'", "values are separated by commas" },
	{ "f(sizeof)", 8, 1, "an expression is missing before ')'", NULL },
	{ "f(sizeof())", 9, 1, "an expression is missing before ')'", NULL },
	{ "f(sizeof(struct))", 15, 1, "a struct's name is missing before ')'", NULL },
	{ "f(sizeof(int)x)", 13, 1, "unexpected 'x'", "values are separated by commas" },
	{ "f(return(x))", 8, 1, "'return' is a value, not a function", NULL },
	{ "f(return x)", 9, 1, "unexpected 'x'", "values are separated by commas" },
	{ "f(a->f(x))", 6, 1, "functions can't be called", NULL },
	{ "f(a(b)(c))", 6, 1, "unexpected '('", NULL },
	{ "f(str(a)", 1, 1, "'(' is never closed", NULL },
	{ "f(str(a b))", 8, 1, "')' is missing before 'b'", NULL },
	{ "f(str(,a))", 6, 1, "an expression is missing before ','", NULL },
	{ "f(str(a,))", 8, 1, "an expression is missing before ')'", NULL },
	{ "f(container_of(p))", 16, 1, "',' and the struct's type is missing before ')'", NULL },
	{ "f(container_of(p, struct foo))", 28, 1,
	  "',' and the member's name is missing before ')'", NULL },
	{ "f(container_of(p, struct foo *, bar))", 18, 12,
	  "container_of takes the struct, not a pointer to it", "leave out the *" },
	{ "f(container_of(p, 5, bar))", 18, 1, "a type is missing before '5'", NULL },
	{ "f(container_of(p, struct foo, bar->baz))", 33, 2, "')' is missing before '->'", NULL },
	{ "f(container_of(p, struct foo, 5))", 30, 1, "a member's name is missing before '5'",
	  NULL },
	{ "f(container_of(p, struct foo, bar[i]))", 34, 1, "a number is missing before 'i'", NULL },
	{ "f(container_of(p, struct foo, bar[2))", 35, 1, "']' is missing before ')'", NULL },
	{ "f(container_of(p, struct foo, bar.))", 34, 1, "a member's name is missing before ')'",
	  NULL },
	{ "f(container_of(p, struct foo, bar, baz))", 33, 1, "')' is missing before ','", NULL },
	{ "f(a@)", 3, 1, "only 'return' can follow '@'", NULL },
	{ "f(a@entry)", 3, 1, "only 'return' can follow '@'", NULL },
	{ "f(a@5)", 3, 1, "only 'return' can follow '@'", NULL },
	{ "f(a@return->b)", 3, 7, "'@return' stands behind the whole value",
	  "as in skb->len@return" },
	{ "f(a@return[1])", 3, 7, "'@return' stands behind the whole value",
	  "as in skb->len@return" },
	{ "f(a@return@return)", 3, 7, "'@return' stands behind the whole value",
	  "as in skb->len@return" },
	{ "f(@return)", 2, 1, "an expression is missing before '@'", NULL },
	{ "f(a, a)", 5, 1, "'a' is asked for twice", NULL },
	{ "f(a->b, a -> b)", 8, 6, "'a -> b' is asked for twice", NULL },
	{ "f(x=a, x=b)", 7, 1, "two values can't have the same name 'x'", NULL },
	{ "f(x=)", 4, 1, "a value is missing before ')'", NULL },
	{ "f(x=,y)", 4, 1, "a value is missing before ','", NULL },
	{ "f(return=a)", 2, 6, "'return' can't be a value's name", "'==' compares" },
	{ "f(int=a)", 2, 3, "'int' can't be a value's name", "'==' compares" },
	{ "f(x=y=z)", 5, 1, "nothing can be assigned to", "'==' compares" },
	{ "f(5=a)", 3, 1, "nothing can be assigned to", "'==' compares" },
	{ "tp:f(return)", 5, 6, "a tracepoint does not return", NULL },
	{ "tp:f(a, b->c@return)", 12, 7, "a tracepoint does not return", NULL },
	{ "f(a*/b)", 4, 1, "an expression is missing before '/'", NULL },
	{ "f(a/)", 4, 1, "an expression is missing before ')'", NULL },
	{ "f(a//b)", 4, 1, "an expression is missing before '/'", NULL },
	{ "f(a&&)", 5, 1, "an expression is missing before ')'", NULL },
	{ "f(&&a)", 2, 2, "an expression is missing before '&&'", NULL },
	{ "f(a||&&b)", 5, 2, "an expression is missing before '&&'", NULL },
	{ "f(a .5)", 5, 1, "a member's name is missing before '5'", NULL },
	{ "f(a->b c->d)", 7, 1, "unexpected 'c'", "values are separated by commas" },
	{ "f(\"a\" \"b\")", 6, 3, "unexpected '\"b\"'", "values are separated by commas" },
	{ "f(a \"b\")", 4, 3, "unexpected '\"b\"'", "values are separated by commas" },
	{ "f(a 5)", 4, 1, "unexpected '5'", "values are separated by commas" },
	{ "f(a!b)", 3, 1, "unexpected '!'", NULL },
	{ "f(!)", 3, 1, "an expression is missing before ')'", NULL },
	{ "f(~)", 3, 1, "an expression is missing before ')'", NULL },
	{ "f(-)", 3, 1, "an expression is missing before ')'", NULL },
	{ "f(?)", 2, 1, "an expression is missing before '?'", NULL },
	{ "f(:)", 2, 1, "an expression is missing before ':'", NULL },
	{ "f(a]b)", 3, 1, "unexpected ']'", NULL },
	{ "f(]a)", 2, 1, "an expression is missing before ']'", NULL },
	{ "f(u32 x)", 2, 3, "a type can't stand here", "write the parameter's name alone: x" },
	{ "f(a, void)", 5, 4, "a type can't stand here",
	  "no parentheses at all record every parameter, () none" },
	{ "f(unsigned int const * x)", 2, 8, "a type can't stand here",
	  "write the parameter's name alone: x" },
	{ "f(sizeof *)", 10, 1, "an expression is missing before ')'", NULL },
	{ "f(return *)", 10, 1, "an expression is missing before ')'", NULL },
	{ "f(int + 1)", 2, 3, "a type can't stand here", NULL },
	{ "f(int, int)", 7, 3, "'int' is asked for twice", NULL },
	{ "f(struct)", 8, 1, "a struct's name is missing before ')'", NULL },
	{ "f(a, struct foo *b)", 5, 6, "a type can't stand here",
	  "write the parameter's name alone: b" },
};

/* What a spec says apart from its values' trees. */
static const struct {
	const char *text;
	enum spec_kind kind;
	const char *event;
	const char *module;
	const char *pattern;
	int nr_items;		/* -1: no parentheses */
	bool exact;
} specs[] = {
	{ "ip_send_skb", SPEC_FUNC, NULL, NULL, "ip_send_skb", -1, true },
	{ " ip_send_skb\t\n", SPEC_FUNC, NULL, NULL, "ip_send_skb", -1, true },
	{ "f()", SPEC_FUNC, NULL, NULL, "f", 0, true },
	{ "f ( ) ", SPEC_FUNC, NULL, NULL, "f", 0, true },
	{ "f(skb)", SPEC_FUNC, NULL, NULL, "f", 1, true },
	{ "f(a, b, return)", SPEC_FUNC, NULL, NULL, "f", 3, true },
	{ "foo.isra.0(a)", SPEC_FUNC, NULL, NULL, "foo.isra.0", 1, true },
	{ "foo.part.0.cold", SPEC_FUNC, NULL, NULL, "foo.part.0.cold", -1, true },
	{ "__x64_sys_read", SPEC_FUNC, NULL, NULL, "__x64_sys_read", -1, true },
	{ "tcp_*", SPEC_FUNC, NULL, NULL, "tcp_*", -1, false },
	{ "*", SPEC_FUNC, NULL, NULL, "*", -1, false },
	{ "*_skb?", SPEC_FUNC, NULL, NULL, "*_skb?", -1, false },
	{ "ip_[sr]*(skb)", SPEC_FUNC, NULL, NULL, "ip_[sr]*", 1, false },
	{ "f[0-9]", SPEC_FUNC, NULL, NULL, "f[0-9]", -1, false },
	{ "f[!a-z]", SPEC_FUNC, NULL, NULL, "f[!a-z]", -1, false },
	{ "f[^a-z]x", SPEC_FUNC, NULL, NULL, "f[^a-z]x", -1, false },
	{ "f[]a]", SPEC_FUNC, NULL, NULL, "f[]a]", -1, false },
	{ "[a-f]oo", SPEC_FUNC, NULL, NULL, "[a-f]oo", -1, false },
	{ "?0", SPEC_FUNC, NULL, NULL, "?0", -1, false },
	{ "nf_tables:nft_do_chain", SPEC_FUNC, NULL, "nf_tables", "nft_do_chain", -1, true },
	{ "nf_tables : nft_do_chain (pkt)", SPEC_FUNC, NULL, "nf_tables", "nft_do_chain", 1, true },
	{ "nf-tables:nft_do_chain", SPEC_FUNC, NULL, "nf_tables", "nft_do_chain", -1, true },
	{ "vmlinux:f", SPEC_FUNC, NULL, "vmlinux", "f", -1, true },
	{ "*:f", SPEC_FUNC, NULL, "*", "f", -1, false },
	{ "nf_*:nft_[a-c]*", SPEC_FUNC, NULL, "nf_*", "nft_[a-c]*", -1, false },
	{ "nf[a-c]:f", SPEC_FUNC, NULL, "nf[a-c]", "f", -1, false },
	{ "tp:sched_switch", SPEC_TRACEPOINT, NULL, NULL, "sched_switch", -1, true },
	{ "tp:sched_*(prev)", SPEC_TRACEPOINT, NULL, NULL, "sched_*", 1, false },
	{ "tp : sched_switch ( )", SPEC_TRACEPOINT, NULL, NULL, "sched_switch", 0, true },
	{ "tp:xfs:xfs_buf_init(bp)", SPEC_TRACEPOINT, NULL, "xfs", "xfs_buf_init", 1, true },
	{ "tp", SPEC_FUNC, NULL, NULL, "tp", -1, true },
	{ "tp(a)", SPEC_FUNC, NULL, NULL, "tp", 1, true },
	{ "tpx:f", SPEC_FUNC, NULL, "tpx", "f", -1, true },
	{ "sends=tcp_*(sk)", SPEC_FUNC, "sends", NULL, "tcp_*", 1, false },
	{ " e1 = f", SPEC_FUNC, "e1", NULL, "f", -1, true },
	{ "e=m:f(a)", SPEC_FUNC, "e", "m", "f", 1, true },
	{ "e=tp:f(a)", SPEC_TRACEPOINT, "e", NULL, "f", 1, true },
	{ "e=tp:m:f(a)", SPEC_TRACEPOINT, "e", "m", "f", 1, true },
	{ "f(x=a, y=a)", SPEC_FUNC, NULL, NULL, "f", 2, true },
	{ "f(a, x=a)", SPEC_FUNC, NULL, NULL, "f", 2, true },
	{ "*(struct sk_buff *)", SPEC_FUNC, NULL, NULL, "*", 1, false },
	{ "f(int)", SPEC_FUNC, NULL, NULL, "f", 1, true },
	{ "*(struct sk_buff *, foo *, u32, a * b)", SPEC_FUNC, NULL, NULL, "*", 4, false },
	{ "*((struct sk_buff *)->len)", SPEC_FUNC, NULL, NULL, "*", 1, false },
	{ "*(struct sk_buff *)->len", SPEC_FUNC, NULL, NULL, "*", 1, false },
	{ "f(int *)[2]", SPEC_FUNC, NULL, NULL, "f", 1, true },
	{ "f,g", SPEC_FUNC, NULL, NULL, "f,g", -1, false },
	{ " f , g (a)", SPEC_FUNC, NULL, NULL, "f , g", 1, false },
	{ "{f}(a)", SPEC_FUNC, NULL, NULL, "{f}", 1, false },
	{ "{tcp,udp}_sendmsg(sk)", SPEC_FUNC, NULL, NULL, "{tcp,udp}_sendmsg", 1, false },
	{ "/^tcp_(send|recv)msg$/(sk)", SPEC_FUNC, NULL, NULL, "/^tcp_(send|recv)msg$/", 1, false },
	{ "e=m:/a=b:c/", SPEC_FUNC, "e", "m", "/a=b:c/", -1, false },
	{ "tcp_*,!tcp_v6_*", SPEC_FUNC, NULL, NULL, "tcp_*,!tcp_v6_*", -1, false },
	{ "f,!g", SPEC_FUNC, NULL, NULL, "f,!g", -1, false },
	{ "@net/ipv4/*.c(sk)", SPEC_FUNC, NULL, NULL, "@net/ipv4/*.c", 1, false },
	{ "tp:sched_{switch,wakeup}", SPEC_TRACEPOINT, NULL, NULL, "sched_{switch,wakeup}", -1,
	  false },
	{ "tp:/^sys_/", SPEC_TRACEPOINT, NULL, NULL, "/^sys_/", -1, false },
	{ "*(struct sk_buff *)(return)", SPEC_FUNC, NULL, NULL, "*", 1, false },
	{ "f(int)()", SPEC_FUNC, NULL, NULL, "f", 0, false },
};

/* What the patterns of a spec multiply out to: "@" and "/" tell their kinds. */
static const struct {
	const char *text;
	const char *patterns;
} lists[] = {
	{ "f", "f" },
	{ "f,g(a)", "f g" },
	{ "{a,b}", "a b" },
	{ "{tcp,udp}_sendmsg", "tcp_sendmsg udp_sendmsg" },
	{ "tcp_{send,recv}msg(sk)", "tcp_sendmsg tcp_recvmsg" },
	{ "{tcp,udp}_{send,recv}msg", "tcp_sendmsg tcp_recvmsg udp_sendmsg udp_recvmsg" },
	{ "{tcp{,_v6},udp}_x", "tcp_x tcp_v6_x udp_x" },
	{ "a{b{c,d}e,{f,g}}h", "abceh abdeh afh agh" },
	{ "{ a , b }_c , d", "a_c b_c d" },
	{ "{a}", "a" },
	{ "f{,_*}", "f f_*" },
	{ "{a,b}?[0-9]", "a?[0-9] b?[0-9]" },
	{ "tcp_*,!tcp_v6_*", "tcp_* !tcp_v6_*" },
	{ "!a,*", "!a *" },
	{ "*, ! {a,b}_x", "* !a_x !b_x" },
	{ "/^a{2}(b|c),d$/", "/^a{2}(b|c),d$/" },
	{ "/a\\/b\\.c/,d", "/a/b\\.c/ d" },
	{ "x,!/y/", "x !/y/" },
	{ "@net/ipv4/*.c", "@net/ipv4/*.c" },
	{ "@net/{ipv4,ipv6}/tcp*.c,!@net/ipv6/", "@net/ipv4/tcp*.c @net/ipv6/tcp*.c !@net/ipv6/" },
	{ "@drivers/net/e1000-x/a+b.c", "@drivers/net/e1000-x/a+b.c" },
	{ "tp:sched_{switch,wake*},!sched_wake_x", "sched_switch sched_wake* !sched_wake_x" },
};

static void test_exprs(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR(exprs); i++) {
		struct diag diag = DIAG_INIT;
		struct expr *expr;
		char *dump;
		int err;

		err = expr__parse(exprs[i].text, &expr, &diag);
		if (err) {
			print_error("%s\n", exprs[i].text);
			diag__print(&diag, exprs[i].text, err, stderr);
		}
		assert_int_equal(err, 0);
		assert_false(diag__is_set(&diag));
		dump = expr__dump(expr);
		assert_string_equal(dump, exprs[i].dump);
		assert_int_equal(expr->span.pos + expr->span.len,
				 strlen(exprs[i].text) - (exprs[i].text[0] == ' '));
		free(dump);
		expr__free(expr);
	}
}

/* The same trees as the only value of a spec, with white space everywhere. */
static void test_exprs_in_specs(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR(exprs); i++) {
		struct diag diag = DIAG_INIT;
		struct spec *spec;
		char text[512], *dump;

		snprintf(text, sizeof(text), "f ( name = %s\n)", exprs[i].text);
		assert_int_equal(spec__parse(text, &spec, &diag), 0);
		assert_int_equal(spec->nr_items, 1);
		assert_string_equal(spec->items[0].name, "name");
		assert_string_equal(spec->text, text);
		dump = expr__dump(spec->items[0].expr);
		assert_string_equal(dump, exprs[i].dump);
		free(dump);
		spec__free(spec);
	}
}

static void test_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR(errors); i++) {
		struct diag diag = DIAG_INIT;
		struct spec *spec = NULL;

		if (!spec__parse(errors[i].text, &spec, &diag))
			print_error("%s\n", errors[i].text);
		assert_null(spec);
		if (!diag.msg || strcmp(diag.msg, errors[i].msg))
			print_error("%s\n", errors[i].text);
		assert_string_equal(diag.msg, errors[i].msg);
		assert_true(diag.has_span);
		assert_int_equal(diag.span.pos, errors[i].pos);
		assert_int_equal(diag.span.len, errors[i].len);
		assert_string_equal(diag.hint ? diag.hint : "", errors[i].hint ? errors[i].hint : "");
		diag__exit(&diag);
		/* And nobody has to want to know. */
		assert_int_equal(spec__parse(errors[i].text, &spec, NULL), -EINVAL);
	}
}

static void assert_text(const char *text, const char *expected)
{
	assert_string_equal(text ? text : "(none)", expected ? expected : "(none)");
}

static void test_specs(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR(specs); i++) {
		struct diag diag = DIAG_INIT;
		struct spec *spec;
		int err;

		err = spec__parse(specs[i].text, &spec, &diag);
		if (err)
			diag__print(&diag, specs[i].text, err, stderr);
		assert_int_equal(err, 0);
		assert_int_equal(spec->kind, specs[i].kind);
		assert_text(spec->event, specs[i].event);
		assert_text(spec->module, specs[i].module);
		assert_text(spec->pattern, specs[i].pattern);
		assert_int_equal(spec->has_items, specs[i].nr_items >= 0);
		if (specs[i].nr_items >= 0)
			assert_int_equal(spec->nr_items, specs[i].nr_items);
		assert_int_equal(spec__is_exact(spec), specs[i].exact);
		assert_memory_equal(spec->text + spec->pattern_span.pos, spec->pattern,
				    strlen(spec->pattern));
		assert_int_equal(spec->pattern_span.len, strlen(spec->pattern));
		spec__free(spec);
	}
}

static void assert_patterns(const struct spec *spec, const char *expected)
{
	char text[512] = "", *to = text;

	for (unsigned int i = 0; i < spec->nr_patterns; i++) {
		const struct spec_pattern *pattern = &spec->patterns[i];

		to += sprintf(to, "%s%s%s%s%s", i ? " " : "", pattern->exclude ? "!" : "",
			      pattern->kind == PATTERN_REGEX ? "/" :
			      pattern->kind == PATTERN_FILE ? "@" : "", pattern->text,
			      pattern->kind == PATTERN_REGEX ? "/" : "");
		assert_true(pattern->span.pos + pattern->span.len <= strlen(spec->text));
	}
	assert_string_equal(text, expected);
}

static void test_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR(lists); i++) {
		struct diag diag = DIAG_INIT;
		struct spec *spec;

		if (spec__parse(lists[i].text, &spec, &diag))
			diag__print(&diag, lists[i].text, 0, stderr);
		assert_non_null(spec);
		assert_patterns(spec, lists[i].patterns);
		spec__free(spec);
	}
}

static void test_pattern_types(void **state)
{
	struct diag diag = DIAG_INIT;
	struct spec *spec;
	char *dump;

	(void)state;
	assert_int_equal(spec__parse("*(struct a *, u32)(const b *)(return)", &spec, &diag), 0);
	assert_int_equal(spec->nr_types, 3);
	assert_int_equal(spec->types[0].tag, TYPE_NAME_STRUCT);
	assert_string_equal(spec->types[0].name, "a");
	assert_string_equal(spec->types[1].name, "u32");
	assert_string_equal(spec->types[2].name, "b");
	assert_int_equal(spec->types[2].ptr_depth, 1);
	assert_int_equal(spec->nr_items, 1);
	assert_int_equal(spec->items[0].expr->kind, EXPR_RETURN);
	spec__free(spec);

	assert_int_equal(spec__parse("*(struct a *)->b.c[1]", &spec, &diag), 0);
	assert_int_equal(spec->nr_types, 0);
	assert_string_equal(spec->items[0].text, "(struct a *)->b.c[1]");
	dump = expr__dump(spec->items[0].expr);
	assert_string_equal(dump, "([] (. (-> (by-type [struct a *]) b) c) 1)");
	free(dump);
	spec__free(spec);
}

static void test_excludes(void **state)
{
	struct diag diag = DIAG_INIT;
	struct spec *spec;

	(void)state;
	assert_int_equal(spec__parse("tcp_*(sk)", &spec, &diag), 0);
	assert_int_equal(spec__add_exclude(spec, "tcp_v{4,6}_*,/x$/", &diag), 0);
	assert_patterns(spec, "tcp_* !tcp_v4_* !tcp_v6_* !/x$/");
	assert_int_equal(spec__add_exclude(spec, "a b", &diag), -EINVAL);
	assert_string_equal(diag.msg, "unexpected 'b'");
	assert_string_equal(diag.text, "a b");
	diag__exit(&diag);
	assert_int_equal(spec__add_exclude(spec, "m:a", &diag), -EINVAL);
	diag__exit(&diag);
	assert_int_equal(spec__add_exclude(spec, "a(b)", &diag), -EINVAL);
	diag__exit(&diag);
	spec__free(spec);

	assert_int_equal(spec__parse("f(x)", &spec, &diag), 0);
	assert_int_equal(spec__add_exclude(spec, "g*,@x.c", &diag), 0);
	assert_true(spec__is_exact(spec));
	assert_int_equal(spec__add_exclude(spec, "g,/f/", &diag), -EINVAL);
	assert_string_equal(diag.msg, "this leaves out 'f', which is asked for by its name");
	assert_int_equal(diag.span.pos, 2);
	diag__exit(&diag);
	spec__free(spec);
}

static void test_item_text(void **state)
{
	static const struct {
		const char *spec;
		const char *text;
	} cases[] = {
		{ "f( skb->len )", "skb->len" },
		{ "f(skb  ->\n\tlen)", "skb -> len" },
		{ "f(x = a  +  b)", "a + b" },
		{ "f(a == \"x  y\")", "a == \"x  y\"" },
		{ "f(a == \"x\\\"  y\"  )", "a == \"x\\\"  y\"" },
		{ "f(a == ' '   +  1)", "a == ' ' + 1" },
		{ "f(a == '\\''   +  '\"'   + 1)", "a == '\\'' + '\"' + 1" },
		{ "f((a))", "(a)" },
		{ "f( ( struct foo  * ) a )", "( struct foo * ) a" },
		{ "*( struct  foo* )", "struct foo*" },
	};

	(void)state;
	for (size_t i = 0; i < NR(cases); i++) {
		struct diag diag = DIAG_INIT;
		struct spec *spec;

		assert_int_equal(spec__parse(cases[i].spec, &spec, &diag), 0);
		assert_string_equal(spec->items[0].text, cases[i].text);
		spec__free(spec);
	}
}

/* The part of the spec's text that a span stands for. */
static void assert_span(const char *text, struct span span, const char *expected)
{
	assert_int_equal(span.len, strlen(expected));
	assert_memory_equal(text + span.pos, expected, span.len);
}

static void test_spans(void **state)
{
	static const char text[] = "m:f(a, (skb->dev + 1) * x[2], (u32)y@return, (struct s *)->z)";
	struct diag diag = DIAG_INIT;
	const struct expr *expr;
	struct spec *spec;

	(void)state;
	assert_int_equal(spec__parse(text, &spec, &diag), 0);
	assert_span(text, spec->module_span, "m");
	assert_span(text, spec->pattern_span, "f");

	expr = spec->items[1].expr;
	assert_span(text, expr->span, "(skb->dev + 1) * x[2]");
	assert_span(text, expr->name_span, "*");
	assert_span(text, expr->args[0]->span, "(skb->dev + 1)");
	assert_span(text, expr->args[0]->args[0]->span, "skb->dev");
	assert_span(text, expr->args[0]->args[0]->name_span, "dev");
	assert_span(text, expr->args[1]->span, "x[2]");
	assert_span(text, expr->args[1]->name_span, "2");

	expr = spec->items[2].expr;
	assert_int_equal(expr->kind, EXPR_AT_RETURN);
	assert_span(text, expr->span, "(u32)y@return");
	assert_span(text, expr->name_span, "@return");
	assert_span(text, expr->args[0]->name_span, "u32");
	assert_span(text, expr->args[0]->type.span, "u32");

	expr = spec->items[3].expr;
	assert_span(text, expr->span, "(struct s *)->z");
	assert_span(text, expr->args[0]->name_span, "struct s *");
	assert_int_equal(expr->height, 2);
	spec__free(spec);
}

/* A type that is an item needs no parentheses of its own. */
static void test_bare_types(void **state)
{
	static const struct {
		const char *spec;
		const char *dump;
	} cases[] = {
		{ "*(struct sk_buff *)", "(by-type [struct sk_buff *])" },
		{ "*(x=struct sk_buff *)", "(by-type [struct sk_buff *])" },
		{ "*(const char *)", "(by-type [char *])" },
		{ "*(foo *)", "(by-type [foo *])" },
		{ "*(foo)", "foo" },
		{ "*(foo * bar)", "(* foo bar)" },
		{ "*(u64)", "(by-type [u64])" },
		{ "*(unsigned long)", "(by-type [long unsigned int])" },
		{ "*(void *)", "(by-type [void *])" },
		{ "*((struct sk_buff *))", "(by-type [struct sk_buff *])" },
	};

	(void)state;
	for (size_t i = 0; i < NR(cases); i++) {
		struct diag diag = DIAG_INIT;
		struct spec *spec;
		char *dump;

		assert_int_equal(spec__parse(cases[i].spec, &spec, &diag), 0);
		dump = expr__dump(spec->items[0].expr);
		assert_string_equal(dump, cases[i].dump);
		free(dump);
		spec__free(spec);
	}
}

/* @head, then @open @nr times, @middle, @close as often, @tail */
static char *nest(const char *head, const char *open, const char *middle, const char *close,
		  const char *tail, size_t nr)
{
	char *text = calloc(1, 64 + nr * (strlen(open) + strlen(close)) + strlen(middle)), *at;

	assert_non_null(text);
	at = stpcpy(text, head);
	for (size_t i = 0; i < nr; i++)
		at = stpcpy(at, open);
	at = stpcpy(at, middle);
	for (size_t i = 0; i < nr; i++)
		at = stpcpy(at, close);
	strcpy(at, tail);
	return text;
}

static int parse_nested(const char *open, const char *middle, const char *close, size_t nr)
{
	char *text = nest("f(", open, middle, close, ")", nr);
	struct diag diag = DIAG_INIT;
	struct spec *spec = NULL;
	int err;

	err = spec__parse(text, &spec, &diag);
	assert_int_equal(err != 0, diag__is_set(&diag));
	if (!err)
		assert_true(spec->items[0].expr->height <= EXPR_MAX_DEPTH);
	spec__free(spec);
	diag__exit(&diag);
	free(text);
	return err;
}

static void test_depth(void **state)
{
	static const struct {
		const char *open;
		const char *middle;
		const char *close;
	} cases[] = {
		{ "(", "a", ")" },
		{ "-", "a", "" },
		{ "*", "a", "" },
		{ "(int)", "a", "" },
		{ "(foo)", "a", "" },
		{ "(foo *)", "a", "" },
		{ "(a+", "a", ")" },
		{ "a[", "a", "]" },
		{ "g(", "a", ")" },
		{ "sizeof ", "a", "" },
		{ "sizeof(", "a", ")" },
		{ "a?", "a", ":a" },
		{ "a?a:", "a", "" },
		{ "", "a", "->a" },
		{ "", "a", "+a" },
		{ "", "a", "||a" },
		{ "a||", "a", "" },
		{ "", "a", "[0]" },
		{ "container_of(", "a", ",struct s,m)" },
		{ "(struct", "a", "" },
		{ "", "a", "@return" },
		{ "(", "", "" },
		{ "-", "", "" },
		{ "!(", "", "" },
		{ "a[", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < NR(cases); i++) {
		assert_int_equal(parse_nested(cases[i].open, cases[i].middle, cases[i].close, 500),
				 -EINVAL);
		for (size_t nr = 55; nr < 70; nr++)
			parse_nested(cases[i].open, cases[i].middle, cases[i].close, nr);
	}
	assert_int_equal(parse_nested("(", "a", ")", 60), 0);
	assert_int_equal(parse_nested("*", "a", "", 60), 0);
	assert_int_equal(parse_nested("", "a", "->b", 60), 0);
}

static void test_length(void **state)
{
	struct diag diag = DIAG_INIT;
	struct spec *spec = NULL;
	struct expr *expr;
	char *text;

	(void)state;
	text = nest("", "f", "", "", "", SPEC_MAX_LEN);
	assert_int_equal(spec__parse(text, &spec, &diag), 0);
	spec__free(spec);
	free(text);

	text = nest("", "f", "", "", "", SPEC_MAX_LEN + 1);
	assert_int_equal(spec__parse(text, &spec, &diag), -EINVAL);
	assert_string_equal(diag.msg, "too long: 4097 bytes, 4096 are allowed");
	diag__exit(&diag);
	assert_int_equal(expr__parse(text, &expr, &diag), -EINVAL);
	assert_null(expr);
	diag__exit(&diag);
	free(text);
}

static void test_many_items(void **state)
{
	(void)state;
	for (unsigned int nr = 63; nr < 67; nr++) {
		char text[512] = "f(", *at = text + 2;
		struct diag diag = DIAG_INIT;
		struct spec *spec = NULL;

		for (unsigned int i = 0; i < nr; i++)
			at += sprintf(at, "%sa%u", i ? "," : "", i);
		strcpy(at, ")");
		assert_int_equal(spec__parse(text, &spec, &diag), nr > 64 ? -EINVAL : 0);
		if (nr > 64)
			assert_string_equal(diag.msg, "more than 64 values");
		spec__free(spec);
		diag__exit(&diag);
	}
}

/* Every beginning of every good spec and expression: an error or a tree, and no leak. */
static void test_beginnings(void **state)
{
	char text[512];

	(void)state;
	for (size_t i = 0; i < NR(exprs); i++) {
		for (size_t len = 0; len <= strlen(exprs[i].text); len++) {
			struct diag diag = DIAG_INIT;
			struct spec *spec = NULL;

			snprintf(text, sizeof(text), "f(%.*s", (int)len, exprs[i].text);
			assert_int_equal(spec__parse(text, &spec, &diag), -EINVAL);
			assert_true(diag__is_set(&diag));
			assert_true(diag.span.pos <= strlen(text));
			assert_true(diag.span.pos + diag.span.len <= strlen(text));
			diag__exit(&diag);
		}
	}
}

static void test_filters(void **state)
{
	static const struct {
		const char *text;
		unsigned int pos;
		const char *msg;
	} cases[] = {
		{ "", 0, "an expression is missing at the end" },
		{ "a b", 2, "unexpected 'b'" },
		{ "a, b", 1, "unexpected ','" },
		{ "a)", 1, "unexpected ')'" },
		{ "x = 1", 2, "nothing can be assigned to" },
		{ "(a", 0, "'(' is never closed" },
		{ "a & \"x", 4, "missing \" at the end of the string" },
		{ "a \001", 2, "unexpected byte 0x01" },
	};

	(void)state;
	for (size_t i = 0; i < NR(cases); i++) {
		struct diag diag = DIAG_INIT;
		struct expr *expr;

		assert_int_equal(expr__parse(cases[i].text, &expr, &diag), -EINVAL);
		assert_string_equal(diag.msg, cases[i].msg);
		assert_int_equal(diag.span.pos, cases[i].pos);
		diag__exit(&diag);
	}
}

static void test_control_bytes(void **state)
{
	static const char *const texts[] = { "\001", "f\001", "f(\001)", "f(a\177)", "\033[31m" };

	(void)state;
	for (size_t i = 0; i < NR(texts); i++) {
		struct diag diag = DIAG_INIT;
		struct spec *spec;

		assert_int_equal(spec__parse(texts[i], &spec, &diag), -EINVAL);
		assert_non_null(strstr(diag.msg, "unexpected byte 0x"));
		diag__exit(&diag);
	}
}

/* One error of each shape as the user sees it. */
static void test_printed(void **state)
{
	static const char text[] = "f(skb->)";
	struct diag diag = DIAG_INIT;
	struct spec *spec;
	char *str = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&str, &len);
	int err;

	(void)state;
	assert_non_null(out);
	err = spec__parse(text, &spec, &diag);
	diag__print(&diag, text, err, out);
	fclose(out);
	assert_string_equal(str, "error: a member's name is missing before ')'\n"
				 "  f(skb->)\n"
				 "         ^\n");
	free(str);
	diag__exit(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exprs),
		cmocka_unit_test(test_exprs_in_specs),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_specs),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_pattern_types),
		cmocka_unit_test(test_excludes),
		cmocka_unit_test(test_item_text),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_bare_types),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_many_items),
		cmocka_unit_test(test_beginnings),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_control_bytes),
		cmocka_unit_test(test_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
