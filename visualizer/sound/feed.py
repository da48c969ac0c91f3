"""What the sound card's callback does with decoded sound: copy, fade, count, and note when it will be heard.

One Feed joins its threads without a lock. The decode thread is the only writer of `ahead`, of the bend and of
`end`; the callback is the only writer of `cursor`, the clock and the gain; commands are single attributes
that anyone may set, and listeners only read. Sound that became stale, by a seek or because another piece is to
follow, is never reached again: the decode thread bends the way around it before it writes anything new.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from visualizer.sound.ring import SampleRing
from visualizer.sound.soundclock import SoundClock

FADE_S = 0.02  # a whole change of volume takes this long: shorter clicks, longer is felt as lag


class _Bend(NamedTuple):
    """Playing leaves the ring's order at one sample and goes on at another; what lies between is stale."""

    leave: int
    to: int


class Feed:
    """Decoded sound on its way to the loudspeaker, stereo; listeners read it ahead of being played, and after.

    Args:
        rate: of the sound card, Hz.
        ahead_s: seconds that the decode thread may be ahead.
        history_s: seconds of played sound that are kept for a listener that is late.

    Attributes:
        ahead: ring [n, 2] of decoded sound, before the volume: the networks hear what a listener at full
            volume would.
        clock: which sample of `ahead` is in the air when.
        cursor: number of the next sample of `ahead` to be played.
        end: number after the last sample of the file, None while more may come.
        running: False pauses.
        held: True while a file is opened or a seek is under way: silent, and not an underrun.
        volume: 0 to 1, of the amplitude.
        underruns: blocks that decoding came too late for.
    """

    def __init__(self, rate: float, ahead_s: float, history_s: float) -> None:
        self.rate = rate
        self.limit = round(ahead_s * rate)
        # Room for what is ahead, for what a seek left behind and has yet to fade out, and for one long block.
        self.ahead = SampleRing(3 * self.limit + round(history_s * rate), 2)
        self.clock = SoundClock(rate)
        self.cursor = 0
        self._bend = _Bend(0, 0)
        self.end: int | None = None
        self.running = False
        self.held = True
        self.volume = 1.0
        self.underruns = 0
        self._gain = 0.0
        self._left = 0  # where playing was when it last jumped

    @property
    def waiting(self) -> int:
        """Samples decoded that are still to be played."""
        cursor, bend, written = self.cursor, self._bend, self.ahead.written
        if cursor < bend.leave:
            return bend.leave - cursor + written - bend.to
        return written - max(cursor, bend.to)

    @property
    def full(self) -> bool:
        """Whether enough is ahead, or the ring has no room until stale sound has been passed."""
        return self.waiting >= self.limit or self.ahead.written - self.cursor >= 2 * self.limit

    @property
    def jump(self) -> int:
        """Where playing goes on, or went on, after what is stale."""
        return self._bend.to

    @property
    def left(self) -> int:
        """Number after the last sample played before the newest jump, but for what fades out."""
        cursor, bend = self.cursor, self._bend
        return max(cursor, bend.leave) if cursor < bend.to else self._left

    @property
    def ended(self) -> bool:
        """True when the last sample of the last file has been played."""
        end = self.end
        return end is not None and not self.held and self.waiting <= 0

    def discard(self, after: int = 0) -> int:
        """Make what waits stale, or only what comes after a sample (decode thread).

        Args:
            after: number of the first stale sample; playing goes on up to it without a hole. When it is played
                already, what sounds fades out.
        Returns:
            Number of the first sample that will follow.
        """
        self.end = None
        bend = self._bend
        # What lies before a bend that is still to come, and was bent around, stays bent around.
        leave = bend.leave if self.cursor < bend.leave and after == bend.to else after
        self._bend = _Bend(leave, self.ahead.written)
        return self._bend.to

    def read(self, cursor: int, stop: int) -> tuple[np.ndarray, int, int]:
        """Sound from cursor up to a sample, passing over what a seek made stale (any thread).

        Returns:
            (float32 [n, 2], new cursor, gap): gap samples at the beginning are too old to be had.
        """
        jump, left = self.jump, self.left
        if left <= cursor < jump:
            cursor = jump
        elif cursor < left:
            stop = min(stop, left)
        samples, gap = self.ahead.read(cursor, stop)
        return samples, cursor + gap + len(samples), gap

    def render(self, out: np.ndarray, audible_at: float) -> None:
        """Fill out, float32 [n, 2], with the next samples or with silence (callback thread).

        Args:
            audible_at: when the first of them will be in the air, on the clock that listeners ask by.
        """
        bend = self._bend
        first = bend.leave - self.cursor
        if bend.to > bend.leave and 0 < first <= len(out) and (self._gain > 0 or self._moving):
            self._render(out[:first], audible_at, bend)
            self._left = bend.leave
            self.cursor = bend.to
            out, audible_at = out[first:], audible_at + first / self.rate
        if len(out):
            self._render(out, audible_at, bend)

    @property
    def _moving(self) -> bool:
        return self.running and not self.held

    def _render(self, out: np.ndarray, audible_at: float, bend: _Bend) -> None:
        """Fill a block, or the part of it that lies on one side of the bend."""
        stale = bend.leave <= self.cursor < bend.to
        moving = self._moving and not stale
        if not moving and self._gain == 0.0:
            if stale:
                self._left = self.cursor
                self.cursor = bend.to
            out.fill(0)
            self.clock.give(audible_at, self.cursor, 0, len(out))
            return
        # A stale rest is still faded out, so that a seek does not click; it stops at the jump.
        last = bend.to if stale else self.ahead.written
        count = min(len(out), last - self.cursor)
        played = out[:count]
        self.ahead.copy_to(self.cursor, played)
        out[count:] = 0
        self.clock.give(audible_at, self.cursor, count, len(out))
        self.cursor += count
        if count < len(out) and moving and self.end is None:
            self.underruns += 1
        self._fade(out, self.volume if moving else 0.0)

    def _fade(self, out: np.ndarray, target: float) -> None:
        """Scale a block, moving the gain towards the target no faster than FADE_S allows."""
        gain = self._gain
        if gain == target:
            if gain != 1.0:
                out *= gain
            return
        step = len(out) / (FADE_S * self.rate)
        self._gain = gain + min(max(target - gain, -step), step)
        out *= np.linspace(gain, self._gain, len(out) + 1, dtype=np.float32)[1:, None]
