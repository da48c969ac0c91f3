"""Filmstrips of what the engine paints, to judge motion by eye: a row for each wildness, calm to wild.

`python -m bench.filmstrip OUT.png [FILE] [--start 5 --pictures 10 --every 0.5]` paints a part of a piece, or of a
drum loop when none is given, writes one PNG and prints one JSON object: how much the picture changes a second.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

from bench.analysis import loop
from visualizer.files.decode import AudioFile, to_mono
from visualizer.painting.engine import Engine
from visualizer.painting.knobs import Knobs
from visualizer.painting.models import PaintingModel, load_model, model_folder

WILDNESS = (0.0, 0.5, 1.0)
PER_S = 20
LOOP_BPM, LOOP_RATE = 128.0, 44_100


def part(path: Path | None, seconds: float) -> tuple[np.ndarray, int]:
    """The first seconds of a piece, mono float32 [n], and its rate; a drum loop when there is none."""
    if path is None:
        return loop(LOOP_BPM, seconds, rate=LOOP_RATE)[0], LOOP_RATE
    with AudioFile(path) as sound:
        return to_mono(sound.read(round(seconds * sound.rate))), sound.rate


def strip(model: PaintingModel, sound: np.ndarray, rate: int, knobs: Knobs, start_s: float) -> np.ndarray:
    """Every painting from a moment on, uint8 [n, H, W, 3], PER_S a second; what comes before is heard."""
    engine, step, images = Engine(model, knobs=knobs), rate // PER_S, []
    engine.hear(sound[: round(start_s * rate)], rate)
    rest = sound[round(start_s * rate) :]
    for index in range(len(rest) // step):
        engine.hear(rest[index * step : (index + 1) * step], rate)
        images.append(engine.paint(index / PER_S).image)
    return np.stack(images)


def change_per_s(images: np.ndarray) -> dict[str, float]:
    """Root mean square change of the picture a second, full scale 1: median, and the quickest twentieth."""
    steps = [
        float(np.sqrt(np.mean((after.astype(np.float32) - before) ** 2))) / 255 * PER_S
        for before, after in zip(images[:-1].astype(np.float32), images[1:], strict=True)
    ]
    return {"median": round(float(np.median(steps)), 3), "p95": round(float(np.percentile(steps, 95)), 3)}


def main() -> None:
    """Paint, write the picture, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("out", type=Path, metavar="OUT.png")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
    parser.add_argument("--start", type=float, default=5.0, help="seconds heard before the first picture")
    parser.add_argument("--pictures", type=int, default=10, help="in a row")
    parser.add_argument("--every", type=float, default=0.5, help="seconds between two pictures of a row")
    parser.add_argument("--size", type=int, default=128, help="side of a picture in pixels")
    parser.add_argument("--model", default=None, help="name or folder of the model")
    options = parser.parse_args()
    model = load_model(model_folder(options.model))
    sound, rate = part(options.file, options.start + options.pictures * options.every)
    rows, figures = [], {}
    for wildness in WILDNESS:
        images = strip(model, sound, rate, Knobs(wildness=wildness), options.start)
        figures[f"wildness {wildness:g}"] = change_per_s(images)
        shown = images[:: round(options.every * PER_S)][: options.pictures]
        small = [np.asarray(Image.fromarray(image).resize((options.size, options.size))) for image in shown]
        rows.append(np.concatenate(small, axis=1))
    Image.fromarray(np.concatenate(rows, axis=0)).save(options.out)
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
