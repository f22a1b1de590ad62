# SPDX-License-Identifier: MIT
"""Polling with a deadline: the only way in which tests wait."""

import time


class NotYet(Exception):
    """Raised by a predicate that wants to say what it saw instead."""


class WaitTimeout(AssertionError):
    pass


def wait_until(predicate, timeout, what, interval=0.05, context=None):
    """Calls predicate until it returns something true, and returns that.

    A predicate may raise NotYet or AssertionError to say what it saw; after
    ``timeout`` seconds the failure shows the last of it, and what ``context()``
    adds (log tails). ``what`` says what was waited for. The predicate is asked
    once more after the deadline, so that a starved machine is not a failure.
    """
    start = time.monotonic()
    last = None
    while True:
        late = time.monotonic() - start >= timeout
        try:
            value = predicate()
            if value:
                return value
            last = f"observed {value!r}"
        except (NotYet, AssertionError) as e:
            last = f"observed: {e}"
        if late:
            break
        time.sleep(interval)
    message = f"after {timeout} s not seen: {what}\n  last {last}"
    if context:
        message += "\n" + context()
    raise WaitTimeout(message)
