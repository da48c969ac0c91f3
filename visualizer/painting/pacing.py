"""When the next painting is due: anchored, so that late wake-ups do not add up. Pure, on injected time."""

from __future__ import annotations

import math

EARLY_S = 0.002  # a timer may fire so much too soon without having been woken


class Schedule:
    """Due times a period apart. A turn that comes late moves none of the following ones.

    A turn that takes too long makes the next one begin at once, and of several that were missed meanwhile only the
    newest is made: paintings stay as many as were wanted where one of a few takes long, and never heap up. Falling
    behind by more than a period, or being woken early, starts a new row of due times.
    """

    def __init__(self) -> None:
        self._due: float | None = None

    def wait_s(self, started: float, now: float, period_s: float) -> float:
        """Seconds until the next turn.

        Args:
            started: when the present turn began.
            now: when its work was done.
            period_s: wanted between turns.
        """
        due = self._due
        if due is None or started < due - EARLY_S or started > due + period_s:
            due = started
        due += period_s
        if due < now:
            due += period_s * math.floor((now - due) / period_s)
        self._due = due
        return max(0.0, due - now)
