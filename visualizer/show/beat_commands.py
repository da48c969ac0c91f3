"""What a person says of the beat: taps, shifts, twice or half as fast. From the GUI thread; nothing waits. No Qt.

The listening thread follows each word at the time of the sound that is in the air when it is said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visualizer.hearing.analyser import Analyser

SteerBeat = Callable[["Analyser", float], object]


class BeatCommands:
    """Commands on the beat; nothing happens without a model.

    Args:
        steer: has something done with the analyser at a time of its sound, seconds.
    """

    def __init__(self, steer: Callable[[SteerBeat], object]) -> None:
        self._steer = steer

    def tap(self) -> None:
        """A beat is now: from the second tap on, the tempo follows the hand."""
        self._steer(lambda analyser, now_s: analyser.tap(now_s))

    def resync(self) -> None:
        """A beat is now, at the tempo there is."""
        self._steer(lambda analyser, now_s: analyser.resync(now_s))

    def nudge(self, seconds: float) -> None:
        """Move all beats later, or earlier when negative."""
        self._steer(lambda analyser, now_s: analyser.nudge(seconds))

    def double_tempo(self) -> None:
        """Count twice as many beats."""
        self._steer(lambda analyser, now_s: analyser.double_tempo())

    def halve_tempo(self) -> None:
        """Count half as many beats."""
        self._steer(lambda analyser, now_s: analyser.halve_tempo())

    def release_tempo(self) -> None:
        """Follow the tempo that is heard again."""
        self._steer(lambda analyser, now_s: analyser.release_tempo())
