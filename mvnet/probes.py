"""What can be read out of an encoder's embedding, beyond its own period output: probes, neighbours, triplets.

A probe is fitted anew on the embeddings of some clips and asked about others, of other pieces or of
other collections. A collection that a probe has not seen may still have been heard by the encoder in
its training: only a training with that collection held out can say more. Runs in the evaluation process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from mvnet.calibration import clip_weights, fit_head
from mvnet.encoder import period_probabilities
from mvnet.evaluate import Heard, HeardRecording, accuracies, mean_interval
from mvnet.periods import PERIODS

NEIGHBOURS = 15
FOLDS = 5
MOST_TRIPLET_CLIPS = 2000  # beyond it, clips evenly spread: all triplets of more take minutes


@dataclass(frozen=True)
class EmbeddedClips:
    """Clips as an encoder places them.

    Attributes:
        embeddings: float [n, 10].
        periods: int64 [n].
        pieces, kinds, sources: of each clip, as in mvnet.evaluate.Heard.
    """

    embeddings: np.ndarray
    periods: np.ndarray
    pieces: Sequence[str]
    kinds: Sequence[str]
    sources: Sequence[str]

    def __len__(self) -> int:
        return len(self.periods)

    def take(self, rows: np.ndarray) -> EmbeddedClips:
        """The clips of these rows, int64 [m]."""
        pieces, kinds, sources = ([names[row] for row in rows] for names in (self.pieces, self.kinds, self.sources))
        return EmbeddedClips(self.embeddings[rows], self.periods[rows], pieces, kinds, sources)

    def heard_as(self, probabilities: np.ndarray) -> Heard:
        """What a probe said about these clips, float [n, 5]."""
        return Heard(probabilities, self.periods, self.pieces, self.kinds, self.sources)


Probe = Callable[[EmbeddedClips, EmbeddedClips], np.ndarray]  # fitted on the first, asked about the second: [n, 5]


def embedded(embeddings: np.ndarray, periods: np.ndarray, recordings: Iterable[HeardRecording]) -> EmbeddedClips:
    """Join an encoder's embeddings [n, 10] with the recordings that the clips come from."""
    facts = [(recording.piece, recording.kind, recording.source) for recording in recordings]
    pieces, kinds, sources = ([fact[column] for fact in facts] for column in range(3))
    return EmbeddedClips(embeddings, periods, pieces, kinds, sources)


def linear_probe(known: EmbeddedClips, asked: EmbeddedClips) -> np.ndarray:
    """Logistic regression, periods and the pieces within them weighing the same; probabilities [n, 5]."""
    head = fit_head(known.embeddings, known.periods, clip_weights(known.periods, known.pieces))
    with torch.no_grad():
        return period_probabilities(head, torch.from_numpy(np.asarray(asked.embeddings, np.float32))).numpy()


def nearest_probe(known: EmbeddedClips, asked: EmbeddedClips) -> np.ndarray:
    """Shares of the periods among the NEIGHBOURS nearest clips, [n, 5]; each period's votes weigh by its rarity.

    Distances are Euclidean in the embedding as it is. Equal shares are decided by the nearest clip.
    """
    rarity = 1 / np.maximum(np.bincount(known.periods, minlength=len(PERIODS)), 1)
    count = min(NEIGHBOURS, len(known))
    nearest = np.argsort(_distances(asked.embeddings, known.embeddings), axis=1, kind="stable")[:, :count]
    periods = known.periods[nearest]  # [n, count], nearest first
    votes = np.stack([((periods == period) * rarity[period]).sum(1) for period in range(len(PERIODS))], 1)
    votes[np.arange(len(asked)), periods[:, 0]] += 1e-6 * rarity.min()
    return votes / votes.sum(1, keepdims=True)


PROBES: dict[str, Probe] = {"linear_probe": linear_probe, "knn": nearest_probe}


def pieces_held_out(probe: Probe, known: EmbeddedClips | None, asked: EmbeddedClips, seed: int = 0) -> Heard:
    """A probe's answers about clips of pieces that it was not fitted on.

    Args:
        known: clips of other pieces; without them the asked clips are split by piece into FOLDS parts, and
            each part is asked with the probe fitted on the other parts.
    """
    if known is not None:
        return asked.heard_as(probe(known, asked))
    part = piece_folds(asked.pieces, asked.periods, seed)
    answers = np.zeros((len(asked), len(PERIODS)))
    for fold in np.unique(part):
        rows = np.flatnonzero(part == fold)
        answers[rows] = probe(asked.take(np.flatnonzero(part != fold)), asked.take(rows))
    return asked.heard_as(answers)


def piece_folds(pieces: Sequence[str], periods: np.ndarray, seed: int = 0) -> np.ndarray:
    """The part, 0 to FOLDS - 1, in which each clip is asked, int64 [n]: whole pieces, each period evenly dealt."""
    rng = np.random.default_rng(seed)
    part: dict[str, int] = {}
    for period in np.unique(periods):
        own = list(dict.fromkeys(piece for piece, at in zip(pieces, periods, strict=True) if at == period))
        fresh = [piece for piece in own if piece not in part]
        for place, index in enumerate(rng.permutation(len(fresh))):
            part[fresh[index]] = place % FOLDS
    return np.array([part[piece] for piece in pieces], np.int64)


def sources_held_out(probe: Probe, known: EmbeddedClips | None, asked: EmbeddedClips) -> Heard | None:
    """A probe's answers about clips of collections that it was not fitted on; None where that cannot be asked.

    For each collection the probe is fitted on the known clips of all others, and asked about its clips of
    the periods that the others still hold. Pieces stay held out as well.

    Args:
        known: clips of other pieces; without them, the asked clips of other collections.
    """
    pool = asked if known is None else known
    rows: list[np.ndarray] = []
    answers: list[np.ndarray] = []
    for source in sorted(set(asked.sources) - {""}):
        others = pool.take(_rows(own != source for own in pool.sources))
        mine = _rows(own == source for own in asked.sources)
        mine = mine[np.isin(asked.periods[mine], others.periods)]
        if len(mine) and len(np.unique(others.periods)) > 1:
            rows.append(mine)
            answers.append(probe(others, asked.take(mine)))
    if not rows:
        return None
    return asked.take(np.concatenate(rows)).heard_as(np.concatenate(answers))


def probe_figures(
    known: EmbeddedClips | None, asked: EmbeddedClips, *, draws: int = 1000, seed: int = 0
) -> dict[str, Any]:
    """Accuracies of both probes with pieces, and with collections, held out.

    Returns:
        linear_probe, knn, linear_probe_source_held_out, knn_source_held_out (see mvnet.evaluate.accuracies;
        the last two with clip_interval_by_source, and None where no period has two collections), and
        probes_fitted_on.
    """
    figures: dict[str, Any] = {"probes_fitted_on": "the training split" if known else f"{FOLDS} parts by piece"}
    enough = len(np.unique((known or asked).periods)) > 1 and (known or len(set(asked.pieces)) > FOLDS)
    for name, probe in PROBES.items():
        figures[name] = figures[name + "_source_held_out"] = None
        if not enough:
            continue
        figures[name] = accuracies(pieces_held_out(probe, known, asked, seed), draws=draws, seed=seed)
        away = sources_held_out(probe, known, asked)
        if away is not None:
            by_source = mean_interval(away.right, away.sources, draws, seed)
            figures[name + "_source_held_out"] = {
                **accuracies(away, draws=draws, seed=seed),
                "clip_interval_by_source": by_source,
                "sources": len(set(away.sources)),
            }
    return figures


def triplet_figures(clips: EmbeddedClips, *, draws: int = 1000, seed: int = 0) -> dict[str, Any]:
    """How often another piece of the same period is nearer than one of another period.

    All triplets count: of each clip, every clip of its period but another piece against every clip of
    another period; then the mean over clips.

    Returns:
        triplet_accuracy (chance is 0.5; None without any triplet) and triplet_interval, over pieces.
    """
    rows = np.unique(np.linspace(0, len(clips) - 1, min(len(clips), MOST_TRIPLET_CLIPS)).round().astype(int))
    chosen = clips.take(rows)
    distances = _distances(chosen.embeddings, chosen.embeddings)
    number = {piece: index for index, piece in enumerate(dict.fromkeys(chosen.pieces))}
    piece = np.array([number[name] for name in chosen.pieces])
    shares, pieces = [], []
    for row, away in enumerate(distances):
        same = chosen.periods == chosen.periods[row]
        positive, negative = away[same & (piece != piece[row])], np.sort(away[~same])
        if len(positive) and len(negative):
            nearer = np.searchsorted(negative, positive, "left") + np.searchsorted(negative, positive, "right")
            shares.append(1 - nearer.mean() / 2 / len(negative))
            pieces.append(int(piece[row]))
    if not shares:
        return {"triplet_accuracy": None, "triplet_interval": None}
    interval = mean_interval(np.array(shares), pieces, draws, seed)
    return {"triplet_accuracy": float(np.mean(shares)), "triplet_interval": interval}


def _distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Squared Euclidean distances of rows, float64 [n, m]."""
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    return np.maximum((a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T, 0)


def _rows(chosen: Iterable[bool]) -> np.ndarray:
    return np.flatnonzero(np.fromiter(chosen, bool))
