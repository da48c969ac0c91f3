"""Which sample is in the air at which time: joins the numbers of samples to the clock of the pictures.

A sound card takes blocks in bursts and says, more or less, when each will be heard. The stream of all blocks, silence
included, runs evenly; so its time is averaged over many blocks, and on it lie the runs of numbered samples with
their pauses and jumps. One thread writes (the audio callback, or the thread that hears a live input); any thread
reads without waiting.
"""

from __future__ import annotations

from typing import NamedTuple

PULL = 0.03  # share of a block's timing error that is believed: a callback comes late by chance, a clock drifts slowly
LARGEST_ERROR_S = 0.1  # beyond this it is no jitter: the stream was interrupted or the machine slept
FORESEEN_S = 0.5  # how far beyond the last block time is thought on; a stream without blocks stands still
RUNS_KEPT = 32


class _Run(NamedTuple):
    """From a position of the stream on, samples from a number on; standing still unless moving."""

    position: int
    sample: int
    moving: bool

    def at(self, position: float) -> float:
        return self.sample + (position - self.position if self.moving else 0)


class SoundClock:
    """Tells which sample is audible when.

    Args:
        rate: samples a second.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._given = 0  # samples of the stream so far, silence included
        self._anchor: tuple[float, int] | None = None  # a time and the position that is audible then
        self._runs: tuple[_Run, ...] = ()
        self._timed = 0  # blocks since the time was last taken anew

    def give(self, audible_at: float, sample: int, count: int, length: int) -> None:
        """Take the next block of the stream (writing thread).

        Args:
            audible_at: when its first sample is in the air, seconds; may be in the past.
            sample: number of its first sample.
            count: how many numbered samples it holds; the rest of the block is silence.
            length: of the block.
        """
        if self._anchor is not None:
            expected = self._anchor[0] + (self._given - self._anchor[1]) / self.rate
            error = audible_at - expected
            if abs(error) <= LARGEST_ERROR_S:
                self._timed += 1
                audible_at = expected + max(PULL, 1 / (self._timed + 1)) * error  # at first the mean of all
            else:
                self._timed = 0
        if count:
            self._begin(_Run(self._given, sample, True))
        if count < length:
            self._begin(_Run(self._given + count, sample + count, False))
        self._anchor = (audible_at, self._given)
        self._given += length

    def sample_at(self, time: float) -> float:
        """Number of the sample that is audible at a time, also a little ahead; 0 before the first block."""
        anchor, runs = self._anchor, self._runs
        if anchor is None or not runs:
            return 0.0
        position = anchor[1] + (time - anchor[0]) * self.rate
        position = min(position, self._given + FORESEEN_S * self.rate)
        for run in reversed(runs):
            if run.position <= position:
                return run.at(position)
        return float(runs[0].sample)

    def _begin(self, run: _Run) -> None:
        """Add a run unless it only continues the last one."""
        last = self._runs[-1] if self._runs else None
        if last is None or last.moving != run.moving or last.at(run.position) != run.sample:
            self._runs = (*self._runs[1 - RUNS_KEPT :], run)
