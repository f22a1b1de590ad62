/* SPDX-License-Identifier: MIT */
/*
 * A planted bug: the simulator must find it. The linker puts this in front of
 * the core's own judge of feasibility (--wrap). PLANT says which bug.
 */
#include "babeld/core/core.h"

bool __real_source_feasible(const struct source *src, uint16_t seqno, uint16_t refmetric);
bool __wrap_source_feasible(const struct source *src, uint16_t seqno, uint16_t refmetric);

/* RFC 8966 3.5.1 wants strictly less than the feasibility distance. */
bool __wrap_source_feasible(const struct source *src, uint16_t seqno, uint16_t refmetric)
{
#if PLANT == 1 /* off by one */
	return __real_source_feasible(src, seqno, refmetric) ||
	       (src->seqno == seqno && refmetric == src->metric);
#elif PLANT == 2 /* a seqno too old by one passes for a newer one */
	return __real_source_feasible(src, seqno, refmetric) || src->seqno == (uint16_t)(seqno + 1);
#else
#error "which bug?"
#endif
}
