"""What the sound card's callback does with decoded sound: copy, fade, count, and note when it will be heard.

One Feed joins its threads without a lock. The decode thread is the only writer of `ahead`, `jump` and
`end`; the callback is the only writer of `cursor`, the clock and the gain; commands are single attributes
that anyone may set, and listeners only read. Sound that a seek made stale is never reached again: the
decode thread moves `jump` behind it before it writes anything new.
"""

from __future__ import annotations

import numpy as np

from visualizer.ring import SampleRing
from visualizer.soundclock import SoundClock

FADE_S = 0.02  # a whole change of volume takes this long: shorter clicks, longer is felt as lag


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
        jump: where playing continues after a seek; what lies before is stale.
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
        self.jump = 0
        self.end: int | None = None
        self.running = False
        self.held = True
        self.volume = 1.0
        self.underruns = 0
        self._gain = 0.0
        self._left = 0  # where playing was when it last jumped

    @property
    def waiting(self) -> int:
        """Samples decoded and not played."""
        return self.ahead.written - max(self.cursor, self.jump)

    @property
    def left(self) -> int:
        """Number after the last sample played before the newest jump, but for what fades out."""
        return self.cursor if self.cursor < self.jump else self._left

    @property
    def ended(self) -> bool:
        """True when the last sample of the file has been played."""
        return self.end is not None and not self.held and max(self.cursor, self.jump) >= self.end

    def discard(self) -> int:
        """Make all that waits stale; returns the number of the first sample that will follow (decode thread)."""
        self.end = None
        self.jump = self.ahead.written
        return self.jump

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
        stale = self.jump > self.cursor
        moving = self.running and not self.held and not stale
        if not moving and self._gain == 0.0:
            if stale:
                self._left = self.cursor
                self.cursor = self.jump
            out.fill(0)
            self.clock.give(audible_at, self.cursor, 0, len(out))
            return
        # A stale rest is still faded out, so that a seek does not click; it stops at the jump.
        last = self.jump if stale else self.ahead.written
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
