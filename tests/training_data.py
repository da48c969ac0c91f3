"""Small made-up clips and paintings for the trainings' tests: each period has a pattern of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mvnet.encoder_data import EncoderData
from mvnet.frontend import MelSpec
from mvnet.records import Clip, Recording
from mvnet.train_gan import GanData


def encoder_data(periods: tuple[int, ...] = (0, 1), train: int = 2, val: int = 1, seed: int = 0) -> EncoderData:
    """Clips of each of these periods: a loud band at the period's place in the spectrum, and noise.

    Args:
        train, val: clips of each period in the split; each is a piece of its own.
    """
    spec = MelSpec()
    rng = np.random.default_rng(seed)
    clips, windows = [], []
    for period in periods:
        for number in range(train + val):
            split = "train" if number < train else "val"
            kind = "recorded" if number % 2 else "rendered"
            recording = Recording(
                Path(f"{period}-{number}.wav"), period, f"piece {period}-{number}", "made up", kind, split
            )
            window = rng.normal(-0.7, 0.1, spec.input_shape).astype(np.float32)
            window[:, 20 * period : 20 * period + 20] += 1
            clips.append(Clip(recording, 0.0))
            windows.append(window)
    lessons = [rng.normal(size=(len(clips), numbers)).astype(np.float32) for numbers in (3, 70)]
    return EncoderData(spec, clips, np.stack(windows).astype(np.float16), lessons=lessons)


def gan_data(clips: int = 2, paintings: int = 4, seed: int = 0) -> GanData:
    """Clips and noisy one-coloured paintings of two periods, every painting paired once plain and once mirrored."""
    rng = np.random.default_rng(seed)
    embeddings = rng.normal(size=(2 * clips, 10)).astype(np.float32)
    periods = np.repeat([0, 4], clips)
    images = rng.integers(0, 60, (2 * paintings, 3, 64, 64)) + np.repeat([0, 180], paintings)[:, None, None, None]
    pairs = [
        (side * clips + number % clips, side * paintings + number, mirrored)
        for side in range(2)
        for number in range(paintings)
        for mirrored in range(2)
    ]
    return GanData(
        MelSpec(), embeddings, periods, images.astype(np.uint8), np.array(pairs), np.arange(2 * clips), "digest"
    )
