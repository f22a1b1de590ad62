/* SPDX-License-Identifier: MIT */
/* Which packet counters have been accepted, RFC 9467 3.2. */
#include "babeld/core/auth.h"

#include <string.h>

#define WORDS (AUTH_WINDOW / 64)

static void shift(struct auth_window *w, uint32_t by)
{
	unsigned int words = by / 64, bits = by % 64;

	for (unsigned int k = WORDS; k-- > 0;) {
		uint64_t v = k >= words ? w->seen[k - words] << bits : 0;

		if (bits && k > words)
			v |= w->seen[k - words - 1] >> (64 - bits);
		w->seen[k] = v;
	}
}

void auth_window_reset(struct auth_window *w, uint32_t pc)
{
	memset(w, 0, sizeof(*w));
	w->high = pc;
	w->seen[0] = 1;
}

bool auth_window_take(struct auth_window *w, uint32_t pc, bool reorder)
{
	uint32_t back = w->high - pc; /* S - 1 - i of RFC 9467 3.2 */

	if (pc > w->high) { /* 3 */
		uint32_t by = pc - w->high;

		shift(w, by < AUTH_WINDOW ? by : AUTH_WINDOW);
		w->high = pc;
		w->seen[0] |= 1;
		return true;
	}
	if (!reorder || back >= AUTH_WINDOW) /* 1 */
		return false;
	if (w->seen[back / 64] >> (back % 64) & 1) /* 2 */
		return false;
	w->seen[back / 64] |= UINT64_C(1) << (back % 64);
	return true;
}
