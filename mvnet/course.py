"""How the heard period goes while music plays: one piece after another under the sliding window, as in the app.

The listener is not told where a piece ends, so a border shows as the change that it hears. NumPy and a listener;
runs in the process of the command.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from mvnet.decode import Unreadable, decode_blocks
from mvnet.evaluate import STEP_S
from mvnet.frontend import RollingMel
from mvnet.listeners import Listener
from mvnet.periods import PERIODS

BATCH = 32  # windows heard at a time


@dataclass(frozen=True)
class Piece:
    """One file's place in the course: its name without suffix, its first and last second."""

    name: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Course:
    """The period over time.

    Attributes:
        times: end of each window in seconds from the first piece's beginning, float64 [n], ascending.
        chances: probabilities of the periods, float64 [n, 5].
        pieces: in the order in which they played.
    """

    times: np.ndarray
    chances: np.ndarray
    pieces: tuple[Piece, ...]

    def figures(self, window_s: float) -> list[dict[str, Any]]:
        """For each piece its name, place, the period heard most of its time and the mean probabilities.

        Windows that still hold music of the piece before do not count, where a piece is long enough to have others.
        """
        rows = []
        for number, piece in enumerate(self.pieces):
            own = (self.times > piece.start_s) & (self.times <= piece.end_s)
            clear = own & (self.times >= piece.start_s + window_s) if number else own
            chosen = self.chances[clear if clear.any() else own]
            if not len(chosen):
                continue
            shares = np.bincount(chosen.argmax(1), minlength=len(PERIODS)) / len(chosen)
            rows.append(
                {
                    "piece": piece.name,
                    "start_s": round(piece.start_s, 2),
                    "end_s": round(piece.end_s, 2),
                    "heard_as": PERIODS[int(shares.argmax())],
                    "share": round(float(shares.max()), 3),
                    "probabilities": dict(zip(PERIODS, chosen.mean(0).round(3).tolist(), strict=True)),
                }
            )
        return rows


def listen(listener: Listener, files: Sequence[Path], *, seconds: float = 0.0) -> Course:
    """Hear files one after another, looking at the window every STEP_S.

    Args:
        seconds: of each file, from its beginning; 0 for all of it.
    Raises:
        Unreadable: a file is missing or no sound, or all of them together are shorter than one step.
    """
    rolling = RollingMel(listener.spec)
    pieces: list[Piece] = []
    times: list[float] = []
    windows: list[np.ndarray] = []
    chances: list[np.ndarray] = []

    def hear() -> None:
        if windows:
            chances.append(listener.hear(np.stack(windows).astype(np.float32))[1])
            windows.clear()

    rate, step = listener.spec.sample_rate, round(STEP_S * listener.spec.sample_rate)
    heard = 0
    for file in files:
        start = heard
        for block in _steps(file, rate, step, seconds):
            rolling.push(block)
            heard += len(block)
            times.append(heard / rate)
            windows.append(rolling.window())
            if len(windows) == BATCH:
                hear()
        pieces.append(Piece(file.stem, start / rate, heard / rate))
    hear()
    if not times:
        raise Unreadable(files[0], f"is shorter than {STEP_S:g} s")
    return Course(np.array(times), np.concatenate(chances).astype(np.float64), tuple(pieces))


def _steps(file: Path, rate: int, step: int, seconds: float) -> Iterator[np.ndarray]:
    """A file's samples in blocks of one step each; what is left at its end is dropped."""
    blocks = _blocks(file, rate, step)
    yield from islice(blocks, round(seconds * rate / step)) if seconds else blocks


def _blocks(file: Path, rate: int, step: int) -> Iterator[np.ndarray]:
    held = np.empty(0, np.float32)
    for block in decode_blocks(file, rate):
        held = np.concatenate((held, block))
        whole = len(held) // step * step
        yield from held[:whole].reshape(-1, step)
        held = held[whole:]
