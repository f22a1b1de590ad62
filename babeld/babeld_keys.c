/* SPDX-License-Identifier: MIT */
/* Keys come and go with the calendar: the protocol is handed what is in force. */
#include <time.h>

#include "babeld/babeld.h"

#define KEYS_LOOK (30 * USEC_PER_SEC)

void babeld_keys_fill(void *ctx, const struct babel_conf_if *conf, struct babel_auth *auth)
{
	struct babeld *b = ctx;
	const char *chain = conf->set.auth.key_chain;
	unsigned int left_out, sent = 0, accepted = 0;

	left_out = babel_keys_in_force(&b->config.conf.keys, chain, (int64_t)time(NULL), auth);
	for (unsigned int k = 0; k < auth->n; k++) {
		sent += auth->keys[k].send;
		accepted += auth->keys[k].accept;
	}
	if (left_out)
		log_limited(
			&b->key_limit, LOG_LVL_WARNING,
			"key chain %s: %u keys too many at a time are left out (%u is the most)",
			chain, left_out, BABEL_KEYS_MAX);
	if (!sent)
		log_limited(&b->key_limit, LOG_LVL_WARNING,
			    "interface %s: key chain %s has no key to sign with at present",
			    conf->name, chain);
	if (!accepted && !auth->permissive)
		log_limited(&b->key_limit, LOG_LVL_WARNING,
			    "interface %s: key chain %s has no key to accept at present: no "
			    "neighbour is believed",
			    conf->name, chain);
}

/* The wall clock may be set meanwhile, so it is looked at now and then. */
void babeld_keys_wait(struct babeld *b)
{
	int64_t now = (int64_t)time(NULL), next = babel_keys_next(&b->config.conf.keys, now);
	usec_t wait = KEYS_LOOK;

	if (next == KEYS_NEVER) {
		loop_timer_at(b->keys, MONO_NEVER);
		return;
	}
	if (next - now < KEYS_LOOK / USEC_PER_SEC)
		wait = (next - now) * USEC_PER_SEC;
	loop_timer_at(b->keys, mono_add(loop_now(b->loop), wait));
}

static void keys_due(void *ctx)
{
	struct babeld *b = ctx;

	if (!b->babel)
		return;
	ifs_reconfigure(b->ifs);
	babeld_keys_wait(b);
	babeld_touch(b);
}

struct loop_timer *babeld_keys_timer(struct babeld *b)
{
	return loop_timer_new(b->loop, keys_due, b);
}
