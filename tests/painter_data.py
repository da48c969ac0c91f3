"""Small made-up paintings and music for the painter's tests: each period has a colour of its own."""

from __future__ import annotations

import numpy as np

from mvnet.frontend import MelSpec
from mvnet.painter_data import PainterData


def painter_data(paintings: int = 4, clips: int = 3, size: int = 64, seed: int = 0) -> PainterData:
    """Paintings and clips of two periods, so many of each."""
    rng = np.random.default_rng(seed)
    periods = np.repeat([0, 4], paintings)
    clip_periods = np.repeat([0, 4], clips)
    coarse = rng.integers(0, 120, (2 * paintings, 3, 8, 8)) + 100 * (periods > 0)[:, None, None, None]
    images = coarse.repeat(size // 8, 2).repeat(size // 8, 3).astype(np.uint8)
    embeddings = rng.normal(size=(2 * clips, 10)).astype(np.float32) + 3 * (clip_periods > 0)[:, None]
    embeddings = embeddings.astype(np.float32)
    spread = np.full(10, 0.1, np.float32)
    return PainterData(MelSpec(), images, periods, embeddings, clip_periods, spread, embeddings, clip_periods, "digest")
