"""What the listening and the pipeline thread hear: any numbered stream of sound, live or known beforehand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

import numpy as np

if TYPE_CHECKING:
    from visualizer.hearing.analyser import Features

LONGEST_SILENCE_S = 1.0  # heard at once, after a pause of the thread


class Source(Protocol):
    """Sound as it is heard, numbered from the start of the stream: a microphone, or a test's.

    Attributes:
        rate: samples a second of what read returns.
    """

    rate: float

    @property
    def heard(self) -> int:
        """Number after the newest sample heard."""

    def read(self, cursor: int) -> tuple[np.ndarray, int, int]:
        """Mono float32 samples heard since cursor, the new cursor, and how many were lost between."""


@runtime_checkable
class Foreseen(Protocol):
    """A source that knows its sound before it is audible: a file's player."""

    rate: float

    @property
    def heard(self) -> int:
        """Number after the newest sample given to the loudspeaker."""

    @property
    def known(self) -> int:
        """Number after the newest sample that can be read."""

    @property
    def left(self) -> int:
        """Number after the last sample heard before the newest jump: what was known after it is passed over."""

    @property
    def jump(self) -> int:
        """Number of the first sample after the newest jump; 0 before any."""

    def read(self, cursor: int) -> tuple[np.ndarray, int, int]:
        """As a Source."""

    def read_ahead(self, cursor: int, stop: int) -> tuple[np.ndarray, int, int]:
        """As read, up to the sample `stop`, audible or not; what a seek made stale is passed over."""

    def audible(self, time: float) -> float:
        """Number of the sample in the air at a time of the steady clock, now or within half a second."""


@runtime_checkable
class Recordable(Protocol):
    """A source whose sound can be recorded a moment after it was heard."""

    def read_stereo(self, cursor: int, stop: int) -> tuple[np.ndarray, int, int]:
        """Sound from cursor up to a sample, float32 [n, 2], the new cursor, and how many samples were lost between."""


class Heard(NamedTuple):
    """What is in the air at a moment.

    Attributes:
        source: what is heard.
        sample: number of the sample that is in the air.
        features: what the music does in it.
    """

    source: Source | Foreseen
    sample: float
    features: Features


class Silence:
    """The source when there is none: as much silence as time passes, so that what sounded last fades.

    Args:
        rate: of the source before.
        clock: seconds, steady.
    """

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        self.rate = rate
        self._clock = clock
        self._since = clock()

    @property
    def heard(self) -> int:
        """Samples since it was made."""
        return int((self._clock() - self._since) * self.rate)

    def read(self, cursor: int) -> tuple[np.ndarray, int, int]:
        """Zeros, at most LONGEST_SILENCE_S of them; none is ever lost."""
        heard = self.heard
        return np.zeros(min(heard - cursor, round(LONGEST_SILENCE_S * self.rate)), np.float32), heard, 0


def holes(source: Source | Foreseen) -> int:
    """Blocks that a sound card has missed so far: underruns of a player, overflows of an input."""
    return int(getattr(source, "underruns", 0)) + int(getattr(source, "overflows", 0))


def latency_s(source: Source | Foreseen) -> float:
    """Seconds that a live input delays its sound, as its device reports them; 0 where it does not say."""
    return float(getattr(source, "latency_s", 0.0))
