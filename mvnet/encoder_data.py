"""What the encoder learns from: windows of clips, and whatever else is known of the same clips.

NumPy only; put together by mvnet.cli_train, read by the training process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mvnet.frontend import MelSpec
from mvnet.records import Clip, Recording


@dataclass(frozen=True)
class EncoderData:
    """Clips to learn from and to measure with.

    Attributes:
        spec: of the windows.
        clips: of each row, in both splits.
        windows: float16 or float32 [n, 3, 128, 256].
        samples: int16 [n, spec.window_samples] of the same clips, for changing the sound itself; or None.
        lessons: float32 [n, numbers] of each teacher, what it hears in the same clips (mvnet.lessons), NaN for clips
            that it did not hear; or None.
        measure: the clips from which the lessons' scales and main components are taken, int64; None for all
            training clips. A training that goes on with more music keeps what it learnt while these stay the same.
    """

    spec: MelSpec
    clips: Sequence[Clip]
    windows: np.ndarray
    samples: np.ndarray | None = None
    lessons: Sequence[np.ndarray] | None = None
    measure: np.ndarray | None = None

    @property
    def periods(self) -> np.ndarray:
        """int64 [n]."""
        return np.array([clip.recording.period for clip in self.clips], np.int64)

    def split(self, name: str) -> np.ndarray:
        """Rows of a split, int64."""
        return np.flatnonzero([clip.recording.split == name for clip in self.clips])

    def pieces(self, rows: np.ndarray) -> list[str]:
        """The piece of each of these rows."""
        return [self.clips[row].recording.piece for row in rows]

    def sources(self, rows: np.ndarray) -> list[tuple[str, str]]:
        """Kind and collection of each of these rows."""
        return [(self.clips[row].recording.kind, self.clips[row].recording.source) for row in rows]

    def fingerprint(self) -> list[int]:
        """Changes when a checkpoint's order of clips no longer means these clips."""
        return [len(self.clips), *np.bincount(self.periods, minlength=5).tolist(), *self.split("val").tolist()]


def join(parts: Sequence[EncoderData]) -> EncoderData:
    """Several data sets as one, their rows one after another; lessons are added afterwards."""
    if len(parts) == 1:
        return parts[0]
    samples = [part.samples for part in parts if part.samples is not None]
    return EncoderData(
        parts[0].spec,
        [clip for part in parts for clip in part.clips],
        np.concatenate([part.windows for part in parts]),
        np.concatenate(samples) if len(samples) == len(parts) else None,
    )


def choose_on(parts: Sequence[Sequence[Recording]], judge: int) -> list[list[Recording]]:
    """The recordings of data sets when only one set's held-out pieces are to be measured with.

    The others' held-out pieces are left out: what they say must not steer any choice.

    Args:
        judge: index of that set.
    """
    return [[item for item in part if item.split == "train" or number == judge] for number, part in enumerate(parts)]
