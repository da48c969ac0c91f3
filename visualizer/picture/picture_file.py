"""Writes the painting that is shown as a picture file that says what it was made from. Not on the GUI thread."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mvnet.periods import PERIODS
from visualizer.errors import VisualizerError
from visualizer.picture.enlarge import enlarge
from visualizer.words import tr

if TYPE_CHECKING:
    from visualizer.painting.engine import Painting

SIDE = 1024  # shorter side of a saved picture, pixels, about


def painting_facts(painting: Painting, *, model: str, seed: int, sound: str) -> dict[str, str]:
    """What a painting was made from, as texts: enough to paint it again with the same model."""
    return {
        "period": PERIODS[int(painting.period.argmax())],
        "probabilities": json.dumps([round(float(p), 4) for p in painting.period]),
        "embedding": json.dumps([round(float(x), 5) for x in painting.embedding]),
        "noise": json.dumps([round(float(x), 5) for x in painting.noise]),
        "model": model,
        "seed": str(seed),
        "sound": sound,
        "painted": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


def save_painting(painting: Painting, folder: Path, facts: dict[str, Any]) -> Path:
    """Write a painting, enlarged as on the screen, as PNG.

    Args:
        folder: made when it is not there.
        facts: text metadata, see painting_facts.
    Returns:
        The file, whose name says time and period.
    Raises:
        VisualizerError: it cannot be written.
    """
    from visualizer.painting.paint import save_png

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise VisualizerError(
            tr(
                "{folder} cannot be made ({cause}): the painting is not saved; check its permissions.",
                folder=folder,
                cause=error.strerror,
            )
        ) from None
    stem = f"{time.strftime('%Y-%m-%d %H-%M-%S')} {facts['period']}"
    path, number = folder / f"{stem}.png", 2
    while path.exists():
        path, number = folder / f"{stem} {number}.png", number + 1
    height, width = painting.image.shape[:2]
    factor = max(1, SIDE // min(height, width))
    save_png(enlarge(painting.image, height * factor, width * factor), path, facts)
    return path
