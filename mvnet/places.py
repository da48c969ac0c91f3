"""`mvnet train places`: where in a painter's noise each period's pictures lie.

A painter that has seen few images takes its subjects, light and colours from the noise, and hardly from the music: the
critics that tell it which period was meant speak last. But its noise is not alike everywhere: some directions
lead to dark interiors, others to bright landscapes. So pictures of many noises are shown to a frozen network, which has
learnt from real paintings to tell the periods apart; a linear fit says which way each period lies; and the
painter moves its noise there when it hears the period (`Painter.place`). Beside that it is made to hear the music
further from the middle than it is (`Painter.emphasise`). No weight of the painter changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mvnet import checkpoints, plots
from mvnet.errors import MvnetError
from mvnet.feature_networks import FeatureNetwork, look_at
from mvnet.painter import Painter
from mvnet.painter_checkpoint import FILES, weights_of
from mvnet.painter_config import PlacesConfig
from mvnet.painter_data import PainterData
from mvnet.periods import PERIODS
from mvnet.train_gan import to_bytes
from mvnet.train_painter import embeddings_of

BATCH = 8  # pictures painted at a time
COMPONENTS = 150  # of the features: with all 1,280, a few hundred paintings would be learnt by heart
SHRINKAGE = 0.02  # inverse strength of the classifier's penalty
RIDGE = 100.0  # of the fit from noise to log odds
OWN_SHARE = 0.9  # of its own place that music at a period's centre gets, where another period lies nearest
SHEET_COLUMNS = 6

Odds = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Places:
    """What was found.

    Attributes:
        directions: float32 [5, Z], of length 1; 0 for a period without paintings.
        agreement: correlation of the linear fit with the log odds of pictures that it was not fitted to, [5].
    """

    directions: np.ndarray
    agreement: np.ndarray


def find_places(
    painter: Painter,
    data: PainterData,
    config: PlacesConfig,
    network: FeatureNetwork,
    *,
    cache: Path | None = None,
    progress: Callable[[int], object] = int,
) -> Places:
    """Look for each period's direction in the noise.

    Args:
        painter: in eval mode; the places that it has are taken from it.
        data: training paintings and the music that the painter hears meanwhile.
        network: that the pictures are shown to; one that the figures of evaluation do not use.
        cache: folder that keeps what the network saw, so that an interrupted search goes on quickly.
        progress: called with the number of pictures done.
    Raises:
        MvnetError: paintings of fewer than two periods.
    """
    painter.set_places(torch.zeros_like(painter.places), 1.0)
    painter.emphasis.fill_(config.emphasis)
    rng = np.random.default_rng(config.seed)
    rows = _some_of_each(data.periods, config.paintings, rng)
    if len(np.unique(data.periods[rows])) < 2:
        raise MvnetError("there are paintings of fewer than two periods: places are between periods, add others")
    looks = look_at(network, data.images[rows], cache=cache, progress=progress)
    odds = log_odds(looks.pooled, data.periods[rows])
    noise = rng.standard_normal((config.noises, painter.noise_size)).astype(np.float32)
    clips = rng.integers(0, len(data.embeddings), config.noises)
    painted = paint(painter, noise, data.embeddings[clips])
    judged = odds(look_at(network, painted, cache=cache, progress=progress).pooled)
    return _fitted(noise, judged)


def log_odds(known: np.ndarray, periods: np.ndarray) -> Odds:
    """Of each period, float [n, 5], from features, by logistic regression on real paintings; 0 for a period without."""
    # Only here: they are slow to import.
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    components = min(COMPONENTS, *known.shape)
    model = make_pipeline(
        StandardScaler(),
        PCA(components, random_state=0),
        LogisticRegression(C=SHRINKAGE, class_weight="balanced", max_iter=2000),
    )
    model.fit(known, periods)
    present = model.classes_

    def odds(rows: np.ndarray) -> np.ndarray:
        scores = np.asarray(model.decision_function(rows))
        if scores.ndim == 1:  # of two classes scikit-learn gives the second one's alone
            scores = np.stack((-scores, scores), 1)
        every = np.zeros((len(rows), len(PERIODS)))
        every[:, present] = scores
        return every

    return odds


@torch.no_grad()
def paint(painter: Painter, noise: np.ndarray, embeddings: np.ndarray) -> np.ndarray:
    """Pictures of noises [n, Z] and embeddings [n, 10], uint8 [n, 3, R, R]."""
    images = []
    for start in range(0, len(noise), BATCH):
        part = slice(start, start + BATCH)
        images.append(to_bytes(painter(torch.from_numpy(noise[part]), torch.from_numpy(embeddings[part]))))
    return np.concatenate(images)


def place_width(centres: np.ndarray) -> float:
    """The width at which music at each period's centre, float [5, 10], gets OWN_SHARE or more of its own place."""
    away = ((centres[:, None] - centres) ** 2).sum(2)
    low, high = 1e-3, 1e3
    for _ in range(60):
        width = (low * high) ** 0.5
        nearness = np.exp(-away / (2 * width**2))
        if (np.diag(nearness) / nearness.sum(1)).min() >= OWN_SHARE:
            low = width
        else:
            high = width
    return low


def place(
    painter: Painter,
    data: PainterData,
    config: PlacesConfig,
    folder: Path,
    rest: dict[str, Any],
    network: FeatureNetwork,
    *,
    commit: str,
    progress: Callable[[int], object] = int,
) -> dict[str, Any]:
    """Find the places, write painter.pt with them, a sheet and the figures.

    Args:
        painter: finished, in eval mode; gets the places.
        folder: to write to.
        rest: of the painter's file.
        commit: of the code, for the file.
    Returns:
        figures: for each period the agreement of the fit.
    """
    found = find_places(painter, data, config, network, cache=folder / "looks", progress=progress)
    width = place_width(painter.period_centres.numpy())
    painter.set_places(torch.from_numpy(config.reach * found.directions), width)
    figures = {**rest["figures"], "places_reach": config.reach, "places_network": network.name}
    figures["places_emphasis"] = config.emphasis
    figures |= {f"places_{period}": round(float(r), 3) for period, r in zip(PERIODS, found.agreement, strict=True)}
    content = {
        **rest,
        "weights": weights_of(painter),
        "figures": figures,
        "config": {**rest["config"], "places": asdict(config)},
        "commit": commit,
    }
    checkpoints.write_atomic(folder / FILES["painter"], content)
    draw_sheet(painter, data, config.seed, folder / "samples.png")
    return figures


@torch.no_grad()
def draw_sheet(painter: Painter, data: PainterData, seed: int, path: Path) -> None:
    """A row a period, with music of it; the same noise down a column."""
    present = np.unique(data.periods)
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(SHEET_COLUMNS, painter.noise_size, generator=generator).repeat(len(present), 1)
    images = painter(noise, embeddings_of(data, np.repeat(present, SHEET_COLUMNS)))
    plots.save_collage(path, to_bytes(images), SHEET_COLUMNS)


def _some_of_each(periods: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    """Rows of up to `most` of each period, in order."""
    chosen = [rng.permutation(np.flatnonzero(periods == period))[:most] for period in np.unique(periods)]
    return np.sort(np.concatenate(chosen))


def _fitted(noise: np.ndarray, judged: np.ndarray) -> Places:
    """Directions from log odds; each period's against the mean of all: what suits every period moves nothing."""
    against = judged - judged.mean(1, keepdims=True)
    rows = np.arange(len(noise))
    kept_out = rows % 4 == 0
    trial = _slopes(noise[~kept_out], against[~kept_out])
    guessed, wanted = noise[kept_out] @ trial.T, against[kept_out]
    agreement = [_correlation(guessed[:, period], wanted[:, period]) for period in range(len(PERIODS))]
    slopes = _slopes(noise, against)
    length = np.linalg.norm(slopes, axis=1, keepdims=True)
    directions = np.divide(slopes, length, out=np.zeros_like(slopes), where=length > 1e-9)
    return Places(directions.astype(np.float32), np.array(agreement))


def _slopes(noise: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Ridge regression through the mean, [5, Z]."""
    x, y = noise - noise.mean(0), wanted - wanted.mean(0)
    return np.linalg.solve(x.T @ x + RIDGE * np.eye(x.shape[1]), x.T @ y).T


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    spread = a.std() * b.std()
    return float(((a - a.mean()) * (b - b.mean())).mean() / spread) if spread > 1e-12 else 0.0
