"""What the painter learns from: paintings, and the embeddings of the music of their periods.

A painting has no music of its own, so each step draws a clip of its period anew. NumPy only; everything
drawn depends on seed, step and process alone, so a resumed run goes on as if it had not stopped. Runs
in the training process.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from mvnet.encoder import EMBEDDING_SIZE
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec
from mvnet.periods import PERIODS

PALE = 235  # of 255, in the darkest channel: paper
MOST_PALE = 0.4  # share of a picture; more is a drawing or a page, not a painting
LOOK = 64  # pixels on a side that are looked at
LEAST_SPREAD = 12.0  # of 255, standard deviation of the grey values
SYNTHETIC_CLIPS = 200  # of each period
SYNTHETIC_SPREAD = 0.8  # within a period, where the periods' centres have 1 between them


@dataclass(frozen=True)
class PainterData:
    """Paintings and embeddings of the training split, and embeddings for the sample sheets.

    Attributes:
        spec: of the windows that the embeddings stand for.
        images: uint8 [n, 3, S, S].
        periods: int64 [n], of the paintings.
        embeddings: float32 [m, 10], of training clips.
        clip_periods: int64 [m]; whose paintings belong to them, see heard_periods.
        spread: float32 [10], standard deviation between windows of one piece.
        sheet_embeddings: float32 [k, 10], for sample sheets and figures; of held-out clips where there are any.
        sheet_periods: int64 [k].
        encoder_digest: of the encoder (mvnet.checkpoints.weights_digest), or "synthetic".
    """

    spec: MelSpec
    images: np.ndarray
    periods: np.ndarray
    embeddings: np.ndarray
    clip_periods: np.ndarray
    spread: np.ndarray
    sheet_embeddings: np.ndarray
    sheet_periods: np.ndarray
    encoder_digest: str

    def __post_init__(self) -> None:
        if self.images.ndim != 4 or self.images.shape[2] != self.images.shape[3]:
            raise MvnetError(f"paintings must be [n, 3, S, S], not {list(self.images.shape)}")
        for period in np.unique(self.periods):
            for of, periods in (("training", self.clip_periods), ("sheet", self.sheet_periods)):
                if not (periods == period).any():
                    raise MvnetError(
                        f"there are {PERIODS[period]} paintings but no {of} music of that period: add some"
                    )

    def fingerprint(self) -> list[int | str]:
        """Changes when a checkpoint's draws no longer mean these paintings and clips."""
        clips = int(self.clip_periods @ np.arange(1, len(self.clip_periods) + 1))
        return [len(self.images), int(self.periods.sum()), clips, self.encoder_digest]


@dataclass(frozen=True)
class Draw:
    """One step's pictures and music of one process.

    Attributes:
        paintings: int64 [batch], rows of the images; every period as often, to one.
        clips: int64 [batch], a row of the embeddings for each, of its period.
        mirrored: bool [batch].
    """

    paintings: np.ndarray
    clips: np.ndarray
    mirrored: np.ndarray


def draw_batch(data: PainterData, batch: int, key: Sequence[int]) -> Draw:
    """Draw a step's batch; key: numbers that say which (seed, step, process)."""
    rng = np.random.default_rng(list(key))
    present = np.unique(data.periods)
    periods = rng.permuted(np.tile(present, -(-batch // len(present))))[:batch]
    paintings = _choose(data.periods, periods, rng)
    return Draw(paintings, _choose(data.clip_periods, periods, rng), rng.random(batch) < 0.5)


def _choose(labels: np.ndarray, wanted: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A row of each wanted label, int64."""
    rows = np.empty(len(wanted), np.int64)
    for label in np.unique(wanted):
        places = wanted == label
        rows[places] = rng.choice(np.flatnonzero(labels == label), places.sum())
    return rows


def paintings_worth_learning(images: np.ndarray) -> np.ndarray:
    """Rows of pictures that are neither mostly pale paper nor nearly of one grey, int64.

    Args:
        images: uint8 [n, 3, S, S].
    """
    kept = []
    step = max(1, images.shape[-1] // LOOK)
    for row, image in enumerate(images[:, :, ::step, ::step]):
        pale = (image.min(0) >= PALE).mean()
        if pale <= MOST_PALE and image.mean(0).std() >= LEAST_SPREAD:
            kept.append(row)
    return np.array(kept, np.int64)


def heard_periods(probabilities: np.ndarray, periods: np.ndarray) -> np.ndarray:
    """The period that the encoder hears in each clip, int64 [n].

    The painter follows the encoder. Taught with the periods of the clips' composers, it would be told in every
    fourth clip to paint something else than the encoder says, and learn not to listen. A period that is heard in
    no clip keeps its own clips.

    Args:
        probabilities: float [n, 5], of the encoder's period output.
        periods: int64 [n], of the composers.
    """
    heard = probabilities.argmax(1).astype(np.int64)
    for period in np.setdiff1d(periods, heard):
        heard[periods == period] = period
    return heard


def piece_spread(embeddings: np.ndarray, pieces: Sequence[Hashable]) -> np.ndarray:
    """Standard deviation of embeddings around their piece's mean, float32 [10]; pieces with one clip tell nothing.

    Args:
        embeddings: float32 [n, 10].
        pieces: of each.
    """
    members: dict[Hashable, list[int]] = {}
    for row, piece in enumerate(pieces):
        members.setdefault(piece, []).append(row)
    total, freedom = np.zeros(embeddings.shape[1]), 0
    for rows in members.values():
        own = embeddings[rows]
        total += ((own - own.mean(0)) ** 2).sum(0)
        freedom += len(rows) - 1
    return np.sqrt(total / max(1, freedom)).astype(np.float32)


def synthetic_embeddings(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Normal clouds around one point a period, to try a training before there is an encoder.

    Returns:
        float32 [1000, 10], and the period of each, int64 [1000].
    """
    rng = np.random.default_rng([seed, len(PERIODS)])
    centres = rng.standard_normal((len(PERIODS), EMBEDDING_SIZE))
    periods = np.repeat(np.arange(len(PERIODS)), SYNTHETIC_CLIPS)
    clouds = centres[periods] + SYNTHETIC_SPREAD * rng.standard_normal((len(periods), EMBEDDING_SIZE))
    return clouds.astype(np.float32), periods
