"""One line on a terminal that says how far a long job is and when it will end. Main thread; nothing on a pipe."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

from visualizer.files.decode import clock_text

BAR = 24  # characters
EVERY_S = 0.2  # between two changes of the line


class ProgressLine:
    """Progress through a sound, drawn over and over on one line.

    Args:
        out: where to; nothing is written when it is not a terminal.
        now: seconds of a steady clock.
    """

    def __init__(self, out: TextIO, now: Callable[[], float] = time.monotonic) -> None:
        self._out = out if out.isatty() else None
        self._now = now
        self._started = now()
        self._drawn = float("-inf")
        self._width = 0

    def show(self, done_s: float, total_s: float) -> None:
        """Draw the line, at most five times a second.

        Args:
            done_s: seconds of the sound that are done.
            total_s: its length; 0 when unknown.
        """
        now = self._now()
        if self._out is None or now - self._drawn < EVERY_S:
            return
        self._drawn = now
        self._draw(progress_text(done_s, total_s, now - self._started))

    def clear(self) -> None:
        """Remove the line."""
        if self._out is not None and self._width:
            self._out.write("\r" + " " * self._width + "\r")
            self._out.flush()
            self._width = 0

    def _draw(self, text: str) -> None:
        assert self._out is not None
        self._out.write("\r" + text.ljust(self._width))
        self._out.flush()
        self._width = len(text)


def progress_text(done_s: float, total_s: float, taken_s: float) -> str:
    """The line's words: bar, place, speed and the time that is left."""
    speed = done_s / taken_s if taken_s > 0 else 0.0
    if total_s <= 0:
        return f"{clock_text(done_s)}  {speed:.1f} x real time"
    share = min(1.0, done_s / total_s)
    filled = round(BAR * share)
    left = clock_text((total_s - done_s) / speed) if speed > 0 and done_s < total_s else "0:00" if done_s else "--:--"
    bar = "#" * filled + "-" * (BAR - filled)
    return f"[{bar}] {share:4.0%}  {clock_text(done_s)} of {clock_text(total_s)}  {speed:.1f} x real time  {left} left"
