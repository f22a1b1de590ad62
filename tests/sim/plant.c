/* SPDX-License-Identifier: MIT */
/*
 * The source table with a planted bug: the simulator must find it. The same
 * source as the core's, linked in its place; only who asks for feasibility
 * gets another answer. PLANT says which.
 */
#include "babeld/core/core.h"

#define source_feasible sound_feasible
bool sound_feasible(const struct source *src, uint16_t seqno, uint16_t refmetric);
#include "babeld/core/source.c"
#undef source_feasible

/* RFC 8966 3.5.1 wants strictly less than the feasibility distance. */
bool source_feasible(const struct source *src, uint16_t seqno, uint16_t refmetric)
{
#if PLANT == 1 /* off by one */
	return sound_feasible(src, seqno, refmetric) ||
	       (src->seqno == seqno && refmetric == src->metric);
#elif PLANT == 2 /* a seqno too old by one passes for a newer one */
	return sound_feasible(src, seqno, refmetric) || src->seqno == (uint16_t)(seqno + 1);
#else
#error "which bug?"
#endif
}
