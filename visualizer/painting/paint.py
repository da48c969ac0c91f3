"""One call from a sound to a picture, without window, sound card or clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mvnet.frontend import MelSpec, RollingMel, encoder_input
from mvnet.periods import PERIODS
from mvnet.resample import Resampler
from visualizer.errors import VisualizerError
from visualizer.files.decode import AudioFile
from visualizer.painting.models import PaintingModel, load_model, model_folder
from visualizer.painting.motion import NoiseWalk
from visualizer.painting.style import mirrored
from visualizer.words import tr

WINDOW_STEP_S = 4.5  # half a window: every moment of a whole file is heard in two windows
BATCH = 8  # windows encoded at a time


@dataclass(frozen=True)
class Picture:
    """A painted sound.

    Attributes:
        image: uint8 [H, W, 3], RGB, as generated.
        period: float32 [5], probabilities in the order of PERIODS.
        embedding: float32 [10].
        sound, model, seed: what it was made from.
        warning: one sentence when the sound was only partly readable, or "".
    """

    image: np.ndarray
    period: np.ndarray
    embedding: np.ndarray
    sound: str
    model: str
    seed: int
    warning: str = ""

    def facts(self) -> dict[str, Any]:
        """Everything but the pixels, ready for JSON."""
        return {
            "period": PERIODS[int(self.period.argmax())],
            "probabilities": {name: round(float(p), 4) for name, p in zip(PERIODS, self.period, strict=True)},
            "embedding": [round(float(x), 5) for x in self.embedding],
            "sound": self.sound,
            "model": self.model,
            "seed": self.seed,
            "warning": self.warning,
        }

    def sentence(self) -> str:
        """What was heard, in words."""
        best = int(self.period.argmax())
        text = f"heard as {PERIODS[best]} ({self.period[best]:.0%}), painted by {self.model}"
        return f"{text}. {self.warning}" if self.warning else text

    def save(self, path: Path, size: int = 0) -> None:
        """Write a PNG that says in its metadata what it was made from.

        Args:
            size: shorter side in pixels, scaled up smoothly; 0 keeps the generated size.
        Raises:
            VisualizerError: the size or the place to write is unusable.
        """
        save_png(self.image, path, {key: str(value) for key, value in self.facts().items() if value != ""}, size)


def save_png(image: np.ndarray, path: Path, facts: dict[str, str], size: int = 0) -> None:
    """Write an image, uint8 [H, W, 3], as PNG with text metadata; see Picture.save."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    if path.suffix.lower() != ".png":
        raise VisualizerError(f"{path} does not end in .png: pictures are written as PNG, so give it that ending.")
    if size < 0 or size > 16_384:
        raise VisualizerError(f"a picture of {size} pixels cannot be made: use a size from 1 to 16384, or 0.")
    picture = Image.fromarray(image)
    if size:
        scale = size / min(picture.size)
        wide, high = (max(1, round(side * scale)) for side in picture.size)
        picture = picture.resize((wide, high), Image.Resampling.BICUBIC)
    text = PngInfo()
    for key, value in facts.items():
        text.add_itxt(f"mvnet:{key}", value.encode("utf-8", "replace").decode("utf-8"))  # a file name may be no text
    try:
        picture.save(path, "PNG", pnginfo=text)
    except OSError as error:
        raise VisualizerError(
            tr("{path} cannot be written ({cause}): choose another place.", path=path, cause=error.strerror or error)
        ) from error


def paint_sound(
    path: Path | str,
    *,
    model: PaintingModel | Path | str | None = None,
    seed: int = 0,
    at_s: float | None = None,
) -> Picture:
    """Turn any sound into a picture.

    The whole file is heard in half-overlapping windows, whose embeddings and periods are averaged;
    or, with at_s, one window alone: what the app would hold at that moment.

    Args:
        path: a sound file of any format the app plays.
        model: a loaded model, a shipped model's name or a folder; None for the default.
        seed: chooses the noise; the same seed and sound give the same picture.
        at_s: end of the one window, in seconds from the start.
    Raises:
        VisualizerError: the sound or the model is unusable.
    """
    painter = model if isinstance(model, PaintingModel) else load_model(model_folder(model))
    with AudioFile(Path(path)) as sound:
        if at_s is not None and not 0 < at_s <= sound.duration_s + 0.5:
            length = f"{sound.duration_s:.1f} s"
            raise VisualizerError(f"--at {at_s:g} is outside {path}, which is {length} long: use a time within it.")
        windows = _windows(sound, painter.card.spec, at_s)
        embeddings, periods = _encode(painter, windows)
        warning = sound.warning or ""
    embedding, period = embeddings.mean(0), periods.mean(0)
    noise = NoiseWalk(painter.card.noise_size, seed).at(0.0)
    image = painter.paint(noise[None], embedding[None])[0]
    return Picture(image, period, embedding, Path(path).name, painter.card.name, seed, warning)


def _windows(sound: AudioFile, spec: MelSpec, at_s: float | None) -> Iterator[np.ndarray]:
    """Encoder inputs [3, 128, 256] of a file, one by one: at_s alone, or every half window and the end."""
    rolling = RollingMel(spec)
    resampler = Resampler(sound.rate, spec.sample_rate)
    if at_s is not None:
        sound.seek(max(0.0, at_s - spec.window_seconds - 0.5))
    due = spec.n_frames
    left = None if at_s is None else round(min(at_s, spec.window_seconds + 0.5) * sound.rate)
    given = 0
    for block in sound.blocks():
        mono = block.mean(axis=1)
        if left is not None:
            mono = mono[:left]
            left -= len(mono)
        rolling.push(resampler.push(mono))
        if at_s is None and rolling.columns >= due:
            yield _window(rolling)
            given, due = rolling.columns, rolling.columns + round(WINDOW_STEP_S * spec.sample_rate / spec.hop)
        if left == 0:
            break
    rolling.push(resampler.push(np.zeros(0, np.float32), last=True))
    if at_s is not None or rolling.columns - given > spec.n_frames // 4 or given == 0:
        yield _window(rolling)


def _window(rolling: RollingMel) -> np.ndarray:
    """The encoder's input [3, 128, 256]; of a sound shorter than a window as the app holds it: filled by mirroring."""
    spec = rolling.spec
    heard = rolling.latest()[-min(max(rolling.columns, 1), spec.n_frames) :]
    return encoder_input(mirrored(heard, spec.n_frames), spec)


def _encode(painter: PaintingModel, windows: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings [n, 10] and periods [n, 5] of windows, in batches."""
    embeddings: list[np.ndarray] = []
    periods: list[np.ndarray] = []
    batch: list[np.ndarray] = []

    def flush() -> None:
        if batch:
            embedding, period = painter.encode(np.stack(batch))
            embeddings.append(embedding)
            periods.append(period)
            batch.clear()

    for window in windows:
        batch.append(window)
        if len(batch) == BATCH:
            flush()
    flush()
    return np.concatenate(embeddings), np.concatenate(periods)
