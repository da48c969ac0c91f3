"""What a data set is made of: recordings, paintings, clips and the files that could not be used.

Plain facts about files, without their contents; read by `mvnet.layouts`, decoded by `mvnet.clips`
and `mvnet.pictures`. Any thread may share them: they never change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from mvnet.periods import PERIODS

SPLITS = ("train", "val")
KINDS = ("recorded", "rendered", "")


def _check(period: int, split: str) -> None:
    if not 0 <= period < len(PERIODS):
        raise ValueError(f"period {period} is out of range: the index into mvnet.periods.PERIODS is 0 to 4")
    if split not in SPLITS:
        raise ValueError(f"split {split!r} is unknown: use one of {', '.join(SPLITS)}")


@dataclass(frozen=True)
class Recording:
    """One sound file.

    Attributes:
        path: the file.
        period: index into mvnet.periods.PERIODS.
        piece: what it is a recording of; all recordings of a piece are in one split.
        source: the collection it came from, "" when unknown.
        kind: "recorded", "rendered" from a score, or "" when unknown.
        split: "train" or "val".
        start_s: where in the piece the file begins, in seconds (not a position in the file).
        composer: "" when unknown.
    """

    path: Path
    period: int
    piece: str
    source: str
    kind: str
    split: str
    start_s: float = 0.0
    composer: str = ""

    def __post_init__(self) -> None:
        _check(self.period, self.split)
        if self.kind not in KINDS:
            raise ValueError(f"kind {self.kind!r} is unknown: use recorded, rendered or nothing")


@dataclass(frozen=True)
class Painting:
    """One picture file.

    Attributes:
        path: the file.
        period: index into mvnet.periods.PERIODS.
        painter: "" when unknown.
        split: "train" or "val".
    """

    path: Path
    period: int
    painter: str
    split: str

    def __post_init__(self) -> None:
        _check(self.period, self.split)


@dataclass(frozen=True)
class Clip:
    """One window cut from a recording; start_s is its position in the file, in seconds."""

    recording: Recording
    start_s: float


@dataclass(frozen=True)
class Skipped:
    """A file that was left out, and why, as a half sentence that follows its name."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def report_skipped(skipped: Iterable[Skipped], total: int, noun: str, file: TextIO) -> None:
    """Print one line for each file that was left out, then their count; prints nothing when there is none."""
    lines = [f"skipped {item}" for item in skipped]
    if lines:
        print(*lines, f"{len(lines)} of {total} {noun} skipped", sep="\n", file=file)
