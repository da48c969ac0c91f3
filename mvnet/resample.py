"""Streamed resampling to the front end's rate, the same for training, files and live input.

soxr keeps its filter state between blocks and counts exactly, so a recording of any length stays
in time: after n input samples the output holds n * to_rate / from_rate samples, less a fixed delay.
"""

from __future__ import annotations

import numpy as np
import soxr


class Resampler:
    """Stream mono or interleaved float32 blocks from one sample rate to another.

    Args:
        from_rate: Hz of what is pushed.
        to_rate: Hz of what comes back.
        channels: 1 for [n] blocks, more for [n, channels].
    Raises:
        ValueError: a rate or the channel count is not positive.
    """

    def __init__(self, from_rate: float, to_rate: float, channels: int = 1) -> None:
        if from_rate <= 0 or to_rate <= 0:
            raise ValueError(f"cannot resample from {from_rate} Hz to {to_rate} Hz: rates must be positive")
        if channels < 1:
            raise ValueError(f"cannot resample {channels} channels: at least one is needed")
        self.from_rate = from_rate
        self.to_rate = to_rate
        self.channels = channels
        self._stream: soxr.ResampleStream | None = None
        self.reset()

    def reset(self) -> None:
        """Forget the filter's memory, as before the first block."""
        if self.from_rate != self.to_rate:
            self._stream = soxr.ResampleStream(self.from_rate, self.to_rate, self.channels, dtype="float32")

    def push(self, block: np.ndarray, last: bool = False) -> np.ndarray:
        """Resample the next block; last=True also flushes what the filter still holds.

        Args:
            block: float32 [n] (mono) or [n, channels].
        Returns:
            float32 in the same layout; may be empty while the filter fills.
        """
        block = np.ascontiguousarray(block, np.float32)
        if self._stream is None:
            return block
        return self._stream.resample_chunk(block, last=last)


def resample(samples: np.ndarray, from_rate: float, to_rate: float) -> np.ndarray:
    """Resample a whole sound, float32 [n] or [n, channels]; equal to pushing it in one block."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    return Resampler(from_rate, to_rate, channels).push(samples, last=True)
