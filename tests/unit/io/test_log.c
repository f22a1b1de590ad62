/* SPDX-License-Identifier: MIT */
/* The log: targets, levels, form of a line, limits and what they swallow. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/io/log.h"

struct fixture {
	char path[64];
	char err[256];
	char text[65536];
};

static int set_up(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));
	char target[80];
	int fd;

	strcpy(f->path, "/tmp/srcdest-log-XXXXXX");
	fd = mkstemp(f->path);
	assert_true(fd >= 0);
	close(fd);
	snprintf(target, sizeof(target), "file:%s:notice", f->path);
	assert_true(log_open("tester", target, f->err, sizeof(f->err)));
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	assert_true(log_open("tester", "stderr:notice", f->err, sizeof(f->err)));
	test_free(f);
	return 0;
}

static const char *text(struct fixture *f)
{
	FILE *in = fopen(f->path, "r");
	size_t n;

	assert_non_null(in);
	n = fread(f->text, 1, sizeof(f->text) - 1, in);
	f->text[n] = '\0';
	fclose(in);
	return f->text;
}

static unsigned int count(const char *s, const char *what)
{
	unsigned int n = 0;

	while ((s = strstr(s, what))) {
		n++;
		s++;
	}
	return n;
}

static void test_form_of_a_line(void **state)
{
	struct fixture *f = *state;
	regex_t re;

	log_warning("text %d", 7);
	assert_int_equal(
		regcomp(&re,
			"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3} "
			"tester: warning: text 7\n$",
			REG_EXTENDED | REG_NOSUB),
		0);
	assert_int_equal(regexec(&re, text(f), 0, NULL, 0), 0);
	regfree(&re);
}

static void test_threshold(void **state)
{
	struct fixture *f = *state;

	assert_true(log_enabled(LOG_LVL_NOTICE));
	assert_false(log_enabled(LOG_LVL_INFO));
	log_error("one");
	log_notice("two");
	log_info("three");
	log_set_level(LOG_LVL_DEBUG);
	log_debug("four");
	log_set_level(LOG_LVL_ERROR);
	log_warning("five");
	text(f);
	assert_int_equal(count(f->text, "\n"), 3);
	assert_non_null(strstr(f->text, "tester: error: one\n"));
	assert_non_null(strstr(f->text, "tester: notice: two\n"));
	assert_non_null(strstr(f->text, "tester: debug: four\n"));
}

static void test_bad_targets_leave_the_sink(void **state)
{
	struct fixture *f = *state;

	assert_false(log_open("x", "nowhere", f->err, sizeof(f->err)));
	assert_non_null(strstr(f->err, "\"nowhere\""));
	assert_false(log_open("x", "stderr:loud", f->err, sizeof(f->err)));
	assert_non_null(strstr(f->err, "stderr:loud"));
	assert_false(log_open("x", "file:", f->err, sizeof(f->err)));
	assert_false(log_open("x", "file:/nonexistent/dir/log:debug", f->err, sizeof(f->err)));
	assert_non_null(strstr(f->err, "/nonexistent/dir/log: No such file"));
	log_info("not shown");
	log_notice("still here");
	assert_non_null(strstr(text(f), "tester: notice: still here\n"));
	assert_null(strstr(f->text, "not shown"));
}

static void test_path_may_hold_colons(void **state)
{
	struct fixture *f = *state;
	char target[128], path[96];

	snprintf(path, sizeof(path), "%s:a", f->path);
	snprintf(target, sizeof(target), "file:%s", path);
	assert_true(log_open("tester", target, f->err, sizeof(f->err)));
	assert_int_equal(access(path, F_OK), 0);
	unlink(path);
}

static void test_reopen_after_rotation(void **state)
{
	struct fixture *f = *state;
	char old[96];

	log_notice("before");
	snprintf(old, sizeof(old), "%s.1", f->path);
	assert_int_equal(rename(f->path, old), 0);
	log_reopen();
	log_notice("after");
	assert_non_null(strstr(text(f), "after"));
	assert_null(strstr(f->text, "before"));
	assert_true(log_fd() >= 0);
	unlink(old);
}

static void test_long_and_hostile_text_is_one_line(void **state)
{
	struct fixture *f = *state;
	char big[3 * LOG_LINE_MAX];

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	log_notice("%s", big);
	assert_int_equal(strlen(text(f)), LOG_LINE_MAX);
	assert_int_equal(count(f->text, "\n"), 1);
	log_notice("a\nb\033[2Jc");
	assert_non_null(strstr(text(f), "a?b?[2Jc\n"));
}

static void test_limit_counts_what_it_swallows(void **state)
{
	struct fixture *f = *state;
	struct log_limit lim = LOG_LIMIT(3, 3600 * USEC_PER_SEC);

	for (int i = 0; i < 10; i++)
		log_limited(&lim, LOG_LVL_WARNING, "spam %d", i);
	assert_int_equal(count(text(f), "spam"), 3);
	assert_null(strstr(f->text, "suppressed"));
	assert_int_equal(lim.swallowed, 7);
	/* As if two intervals had gone by: two tokens, and the count is told once. */
	lim.filled.us -= 2 * lim.every;
	for (int i = 0; i < 3; i++)
		log_limited(&lim, LOG_LVL_WARNING, "later");
	assert_int_equal(count(text(f), "later"), 2);
	assert_int_equal(count(f->text, "later (7 more like this suppressed)\n"), 1);
	assert_int_equal(lim.swallowed, 1);
}

static void test_limit_never_holds_more_than_its_burst(void **state)
{
	struct fixture *f = *state;
	struct log_limit lim = LOG_LIMIT(2, USEC_PER_SEC);

	log_limited(&lim, LOG_LVL_WARNING, "spam");
	lim.filled.us -= 1000000 * lim.every;
	for (int i = 0; i < 5; i++)
		log_limited(&lim, LOG_LVL_WARNING, "spam");
	assert_int_equal(count(text(f), "spam"), 3);
	log_limited(&lim, LOG_LVL_DEBUG, "below the threshold takes no token");
	assert_int_equal(lim.swallowed, 3);
}

static void test_a_line_that_would_pass_takes_no_token_and_one_that_would_not_counts(void **state)
{
	struct fixture *f = *state;
	struct log_limit lim = LOG_LIMIT(1, 3600 * USEC_PER_SEC);

	for (int i = 0; i < 3; i++)
		assert_true(log_passes(&lim, LOG_LVL_WARNING));
	assert_false(log_passes(&lim, LOG_LVL_DEBUG));
	log_limited(&lim, LOG_LVL_WARNING, "spam");
	assert_false(log_passes(&lim, LOG_LVL_WARNING));
	assert_false(log_passes(&lim, LOG_LVL_WARNING));
	assert_int_equal(lim.swallowed, 2);
	lim.filled.us -= lim.every;
	log_limited(&lim, LOG_LVL_WARNING, "later");
	assert_int_equal(count(text(f), "later (2 more like this suppressed)\n"), 1);
}

static void test_stuck_reader_does_not_block(void **state)
{
	struct fixture *f = *state;
	int p[2], saved = dup(STDERR_FILENO);
	char buf[LOG_LINE_MAX];
	size_t room = 0, seen = 0;

	assert_int_equal(pipe(p), 0);
	fcntl(p[0], F_SETFL, O_NONBLOCK);
	fcntl(p[1], F_SETPIPE_SZ, 4096);
	dup2(p[1], STDERR_FILENO);
	assert_true(log_open("tester", "stderr:notice", f->err, sizeof(f->err)));
	for (int i = 0; i < 1000; i++)
		log_notice("a line that nobody reads, long enough to fill a page of pipe soon");
	while (read(p[0], buf, sizeof(buf)) > 0)
		room++;
	assert_true(room > 0);
	log_notice("heard");
	seen = (size_t)read(p[0], buf, sizeof(buf) - 1);
	buf[seen] = '\0';
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(p[0]);
	close(p[1]);
	assert_non_null(strstr(buf, "heard ("));
	assert_non_null(strstr(buf, " lines before this lost)\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		T(test_form_of_a_line),
		T(test_threshold),
		T(test_bad_targets_leave_the_sink),
		T(test_path_may_hold_colons),
		T(test_reopen_after_rotation),
		T(test_long_and_hostile_text_is_one_line),
		T(test_limit_counts_what_it_swallows),
		T(test_limit_never_holds_more_than_its_burst),
		T(test_a_line_that_would_pass_takes_no_token_and_one_that_would_not_counts),
		T(test_stuck_reader_does_not_block),
	};

	return cmocka_run_group_tests_name("lib/io log", tests, NULL, NULL);
}
