/* SPDX-License-Identifier: MIT */
/*
 * What babeld tells of itself (module srcdest-babel-state): pages of its
 * tables, operations, and events. As in babel_nb_config.h the context of the
 * functions is a struct babel_nb; its ctx is the struct babeld.
 */
#ifndef SRCDEST_BABEL_NB_STATE_H
#define SRCDEST_BABEL_NB_STATE_H

#include "babeld/core/babel.h"
#include "lib/io/loop.h"
#include "lib/nb/nb.h"

extern const struct nb_state babel_nb_states[];
extern const size_t babel_nb_n_states;
extern const struct nb_rpc babel_nb_rpcs[];
extern const size_t babel_nb_n_rpcs;

/* Notes of the protocol that are events for management, kept until the loop
 * has them sent: they come up in the midst of anything. Whatever is more than
 * BABEL_EVENTS_MAX of them at once is dropped, with a line in the log. */
#define BABEL_EVENTS_MAX 1024

struct babel_events;
struct babel_events *babel_events_new(struct loop *l);
void babel_events_free(struct babel_events *e); /* NULL is fine */
/* To whom they go; NULL: nobody, for now. */
void babel_events_to(struct babel_events *e, struct nb *nb);
void babel_events_note(struct babel_events *e, const struct babel_note *n);

#endif
