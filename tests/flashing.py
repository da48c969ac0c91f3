"""What a flash limiter has to fear: a model whose pictures flash as its noise moves, and music that moves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from visualizer.painting.engine import Card, Engine, Model, Painting
from visualizer.painting.knobs import Knobs

RATE = 22_050
COLOURS = np.array([(0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 0, 0), (255, 255, 255), (90, 0, 0)], np.uint8)
TILES = 4
SWITCH_S = 0.1  # between two periods
KNOBS = Knobs(1.0, 1.0, 1.0, 0.0)  # as wild, fast, sensitive and nervous as can be


@dataclass
class FlashingModel:
    """Paints black, white and red tiles, which of them, hangs on the last digits of noise and embedding.

    Attributes:
        card: a real model's.
        encoder: a real model, which hears.
        whole: all tiles have the same colour.
    """

    card: Card
    encoder: Model
    whole: bool

    def encode(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.encoder.encode(windows)

    def paint(self, noise: np.ndarray, embedding: np.ndarray) -> np.ndarray:
        latent = np.concatenate((noise, embedding), axis=1)
        directions = np.random.default_rng(3).standard_normal((latent.shape[1], 1 if self.whole else TILES**2))
        chosen = np.floor(3 * latent @ directions).astype(int) % len(COLOURS)
        tiles = COLOURS[np.broadcast_to(chosen, (len(latent), TILES**2)).reshape(-1, TILES, TILES)]
        return tiles.repeat(8, axis=1).repeat(8, axis=2)


def bursts(seconds: float) -> np.ndarray:
    """Ten bursts of loud noise a second, float32 [n] at RATE."""
    t = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(0).uniform(-0.9, 0.9, len(t))
    return (noise * (t * 10 % 1 < 0.5)).astype(np.float32)


def kicks(seconds: float) -> np.ndarray:
    """Kick drums on sixteenth notes at 180 beats a minute, float32 [n] at RATE."""
    t = np.arange(round(seconds * RATE)) / RATE
    since = t % (60 / 180 / 4)
    return (0.9 * np.sin(2 * np.pi * 60 * since) * np.exp(-since / 0.03)).astype(np.float32)


SOUNDS = {"bursts": bursts, "kicks": kicks}


def paintings(model: Model, sound: np.ndarray, rate: float, seed: int = 1) -> Iterator[Painting]:
    """What a real engine paints of a sound, at a rate, while another period is chosen ten times a second."""
    engine = Engine(model, seed=seed, knobs=KNOBS)
    for number in range(int(len(sound) / RATE * rate)):
        at = number / rate
        engine.set_period(int(at / SWITCH_S) % 5)
        engine.hear(sound[round(at * RATE) : round((number + 1) / rate * RATE)], RATE)
        yield engine.paint(at)
