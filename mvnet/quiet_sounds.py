"""Windows of what a microphone hears when nobody plays: noises of four colours and mains hum, at any level.

Made as sound and heard through the front end, because neighbouring columns share most of their samples: drawn column
by column, as a training step does for speed (mvnet.spectral), noise does not look the same. Runs in the
training process, once, when the finished encoder's answers to silence are fitted.
"""

from __future__ import annotations

import numpy as np
import torch

from mvnet.acoustics import NOISE_COLOURS, coloured_noise
from mvnet.frontend import MelSpec, window_input

LEVEL_DB = (-70.0, -10.0)  # root mean square, full scale 0


def noise_windows(count: int, spec: MelSpec, seed: int) -> np.ndarray:
    """Noise as the encoder hears it, the colours in turn, float32 [count, 3, n_mels, n_frames / 3]."""
    generator = torch.Generator().manual_seed(seed)
    colours = torch.arange(count) % len(NOISE_COLOURS)
    low, high = LEVEL_DB
    levels = 10 ** ((low + (high - low) * torch.rand(count, generator=generator)) / 20)
    windows = np.empty((count, *spec.input_shape), np.float32)
    for row in range(count):
        sound = coloured_noise(colours[row : row + 1], spec.window_samples, spec.sample_rate, generator)[0]
        loud = sound * (levels[row] / sound.square().mean().sqrt().clamp_min(1e-9))
        windows[row] = window_input(loud.clamp(-1, 1).numpy(), spec)
    return windows
