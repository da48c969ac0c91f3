"""The timing of cross-fades, shared by both canvases. No Qt, no thread of its own: the GUI thread calls it.

A fade lasts as long as paintings have lately been apart, so each ends about when the next arrives
and the picture never stands still between two. It is linear in time: easing would make the
picture pulse at the rate of the generator.
"""

from __future__ import annotations

from collections import deque

FIRST_S = 0.6  # the first painting rises out of the wall
SHORTEST_S, LONGEST_S = 1 / 240, 1.5
SLOWER = 2.0  # times: how much longer than usual a fade is at once when paintings come more seldom
LONGEST_REFRESH_S = 0.05  # a screen that rested for longer begins a fade as if it had not


class Fade:
    """How far the picture has gone from what was on screen to the newest painting.

    Attributes:
        duration_s: of the fade in progress, or of the last one.
    """

    def __init__(self) -> None:
        self.duration_s = FIRST_S
        self._started: float | None = None
        self._arrived: float | None = None
        self._gaps: deque[float] = deque(maxlen=5)

    def begin(self, now: float, shown_at: float | None = None) -> None:
        """A new painting has arrived.

        Args:
            now: seconds of any steady clock.
            shown_at: when what it fades from was shown; None is now. With it a painting for each refresh is seen in
                that refresh: a fade that began only now would show nothing of it until the next.
        """
        if self._arrived is not None:
            gap = now - self._arrived
            # A pause is not a rate: it says nothing about the next painting.
            if gap <= LONGEST_S:
                self._gaps.append(gap)
            else:
                self._gaps.clear()
        self.duration_s = self._typical_gap()
        self._arrived = now
        self._started = now if shown_at is None else max(now - LONGEST_REFRESH_S, min(now, shown_at))

    def progress(self, now: float) -> float:
        """0 where the fade began, 1 at its end and later; 1 when nothing has ever arrived."""
        if self._started is None:
            return 1.0
        return min(1.0, max(0.0, (now - self._started) / self.duration_s))

    def _typical_gap(self) -> float:
        if not self._gaps:
            return FIRST_S
        middle = sorted(self._gaps)[len(self._gaps) // 2]
        # The end of a fade that is too short stands still on screen: a slower rate is believed at once.
        return min(LONGEST_S, max(SHORTEST_S, middle, min(self._gaps[-1], SLOWER * middle)))
