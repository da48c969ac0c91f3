"""Where the engine hears sections begin: in bundled or given pieces, or in a made one whose form is known.

`python -m bench.sections [FILE ...] [--known]` prints one JSON object: for each piece the times in seconds at which
the look changes, and how clearly. Nothing is painted; encoder and analysis are the real ones.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.analysis import loop
from visualizer.files.decode import AudioFile, to_mono
from visualizer.painting.engine import Engine, Model
from visualizer.painting.models import PaintingModel, load_model, model_folder
from visualizer.paths import resources_dir

RATE = 44_100
FORM, SECTION_S = "AABA", 12.0
STEPS_PER_S = 20
CHORDS = {"A": ((220, 261.6, 329.6), (174.6, 220, 261.6)), "B": ((415.3, 523.3, 622.3), (466.2, 554.4, 698.5))}


class Listening:
    """A model that hears as the real one does and paints nothing."""

    def __init__(self, model: PaintingModel) -> None:
        self.card, self.encode = model.card, model.encode

    def paint(self, noise: np.ndarray, embedding: np.ndarray) -> np.ndarray:
        """One black dot for each picture, uint8 [N, 1, 1, 3]."""
        return np.zeros((len(noise), 1, 1, 3), np.uint8)


def made_piece(form: str = FORM, section_s: float = SECTION_S, seed: int = 0) -> np.ndarray:
    """A piece of two kinds of section, float32 [n] at RATE: soft chords (A), and high ones with drums (B)."""
    rng = np.random.default_rng(seed)
    drums, _ = loop(120, section_s, rate=RATE, seed=seed)
    t = np.arange(round(section_s * RATE)) / RATE
    second = (t // 2).astype(int) % 2 == 1  # the other chord, every two seconds
    breath = 0.7 + 0.3 * np.abs(np.sin(2 * np.pi * t / 4))
    parts = []
    for name in form:
        first, other = (sum(np.sin(2 * np.pi * hz * t) for hz in chord) for chord in CHORDS[name])
        sound = 0.06 * np.where(second, other, first) * breath + rng.normal(0, 1e-3, len(t))
        parts.append(sound + (0.6 * drums if name == "B" else 0.0))
    return np.concatenate(parts).astype(np.float32)


def blocks(path: Path) -> Iterator[tuple[np.ndarray, float]]:
    """A file as mono blocks, each with its rate."""
    with AudioFile(path) as sound:
        while len(block := sound.read(round(sound.rate / STEPS_PER_S))):
            yield to_mono(block), sound.rate


def section_times(sound: Iterator[tuple[np.ndarray, float]], model: Model) -> list[float]:
    """When the look changes while a sound is heard, in seconds."""
    engine, look, times, now = Engine(model), 0, [], 0.0
    for block, rate in sound:
        now += len(block) / rate
        engine.hear(block, rate)
        engine.paint(now)
        if engine.look != look:
            look = engine.look
            times.append(round(now, 2))
    return times


def main() -> None:
    """Listen to every piece and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="pieces; the bundled ones unless given")
    parser.add_argument("--known", action="store_true", help=f"the made piece: {FORM}, {SECTION_S:g} s each, alone")
    parser.add_argument("--model", default=None, help="name or folder of the model")
    options = parser.parse_args()
    model = Listening(load_model(model_folder(options.model)))
    if options.known:
        step = RATE // STEPS_PER_S
        piece = made_piece()
        made = ((piece[at : at + step], RATE) for at in range(0, len(piece), step))
        report = {f"{FORM}, {SECTION_S:g} s each": section_times(made, model)}
    else:
        files = options.files or sorted((resources_dir() / "music").glob("*.opus"))
        report = {path.stem: section_times(blocks(path), model) for path in files}
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
