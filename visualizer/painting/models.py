"""A model that paints: an encoder and a generator, loaded, checked and kept. No Qt.

Loaded by whichever thread asks; then the pipeline's thread paints with it, and the survey hears with it.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from mvnet.frontend import MelSpec, RollingMel
from mvnet.periods import PERIODS
from visualizer.errors import VisualizerError
from visualizer.painting.card_memory import open_card
from visualizer.painting.model_card import DEFAULT_MODEL, ModelCard, find_models, model_folder, read_card
from visualizer.painting.networks import Networks, Provider, first_line
from visualizer.words import tr

__all__ = ["DEFAULT_MODEL", "ModelCard", "ModelShelf", "PaintingModel", "find_models", "load_model", "model_folder"]

KEPT = 3  # models on a shelf: both shipped ones and one of the user's, 50 to 100 MB each


class PaintingModel:
    """An encoder and a generator that ONNX Runtime runs.

    Attributes:
        card: what the model folder says of itself.
        provider: "CPU" or "CUDA": what really runs it.
        provider_reason: why, as a sentence for the user.
        paint_s: seconds that a painting took while the model was made warm; None before.
    """

    def __init__(self, card: ModelCard, encoder: Any, generator: Any, provider: str, provider_reason: str) -> None:
        self.card = card
        self.provider = provider
        self.provider_reason = provider_reason
        self.paint_s: float | None = None
        self._encoder = encoder
        self._generator = generator
        self._ask_memory = open_card() if provider == "CUDA" else None

    @property
    def spec(self) -> MelSpec:
        """How sound becomes the encoder's input."""
        return self.card.spec

    @property
    def noise_size(self) -> int:
        """Numbers in one noise vector."""
        return self.card.noise_size

    @property
    def prototypes(self) -> np.ndarray:
        """Mean embedding of each period, float32 [5, 10]."""
        return self.card.prototypes

    @property
    def generator(self) -> Any:
        """What it paints with; models may share it."""
        return self._generator

    def card_memory(self) -> tuple[int, int] | None:
        """Bytes in use and in all of the graphics card that runs it; None on the processor, or unknown."""
        return None if self._ask_memory is None else self._ask_memory()

    def runs_as(self, other: PaintingModel) -> bool:
        """Both run the same two networks."""
        return self._encoder is other._encoder and self._generator is other._generator

    def encode(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Hear windows.

        Args:
            windows: float32 [N, 3, 128, 256], from mvnet.frontend.
        Returns:
            embedding float32 [N, 10], and period float32 [N, 5]: probabilities in the order of PERIODS.
        """
        embedding, period = self._encoder.run(["embedding", "period"], {"mel": np.asarray(windows, np.float32)})
        return embedding, period

    def paint(self, noise: np.ndarray, embedding: np.ndarray) -> np.ndarray:
        """Paint pictures.

        Args:
            noise: [N, Z], standard normal.
            embedding: [N, 10], from encode.
        Returns:
            RGB, uint8 [N, H, W, 3], contiguous.
        """
        return pixels(self._paint(noise, embedding))

    def _paint(self, noise: np.ndarray, embedding: np.ndarray) -> np.ndarray:
        feed = {"noise": np.asarray(noise, np.float32), "embedding": np.asarray(embedding, np.float32)}
        image: np.ndarray = self._generator.run(["image"], feed)[0]
        return image

    def warm_up(self) -> None:
        """Run both networks once: the first run allocates (and on CUDA chooses its kernels), so it is slow.

        Raises:
            VisualizerError: a network fails, or its numbers or shapes are not what its card promises.
        """
        card = self.card
        mel = RollingMel(card.spec).window()[None]  # silence
        noise = np.random.default_rng(0).standard_normal((1, card.noise_size), np.float32)
        try:
            embedding, period = self.encode(mel)
            image = self._paint(noise, card.prototypes[:1])
            started = perf_counter()
            self._paint(noise, card.prototypes[:1])
            self.paint_s = perf_counter() - started
        except Exception as error:  # ONNX Runtime's exceptions share no narrower class
            raise VisualizerError(
                tr(
                    "Model “{name}” does not run ({cause}): export it again.",
                    name=card.name,
                    cause=first_line(error),
                )
            ) from error
        _check(card.encoder, "embedding", embedding, (1, card.embedding_size))
        _check(card.encoder, "period", period, (1, len(PERIODS)))
        _check(card.generator, "image", image, (1, 3, *card.image_size))
        if abs(float(period.sum()) - 1) > 1e-3 or period.min() < 0:
            raise VisualizerError(
                tr("{path} gives periods that are no probabilities: export the model again.", path=card.encoder)
            )


def _check(path: Path, name: str, array: np.ndarray, shape: tuple[int, ...]) -> None:
    """Refuse what a network gives when it is not what its card promises."""
    if array.shape != shape:
        raise VisualizerError(
            tr(
                "{path} gives {name} {found}, not {wanted}: export the model again.",
                path=path,
                name=name,
                found=list(array.shape),
                wanted=list(shape),
            )
        )
    if not np.isfinite(array).all():
        raise VisualizerError(
            tr(
                "{path} gives values of {name} that are no numbers: its training failed, use another model.",
                path=path,
                name=name,
            )
        )


def pixels(image: np.ndarray) -> np.ndarray:
    """Generated images, float [N, 3, H, W] in [-1, 1], as RGB uint8 [N, H, W, 3], contiguous."""
    levels = image.clip(-1, 1)
    levels *= np.float32(127.5)  # in place: half the time
    levels += np.float32(127.5)
    codes = np.rint(levels, out=levels).astype(np.uint8)
    rgb = np.empty((*codes.shape[:1], *codes.shape[2:], codes.shape[1]), np.uint8)
    for channel in range(codes.shape[1]):  # a copy of the transposed array takes three times as long
        rgb[..., channel] = codes[:, channel]
    return rgb


def load_model(folder: Path, *, threads: int = 2, provider: Provider = "auto", verify: bool = True) -> PaintingModel:
    """Load a model folder.

    Args:
        folder: see model_folder.
        threads: processor threads that one run may use.
        provider: "auto" uses CUDA where it works; "cuda" falls back to the processor too, and says why.
        verify: compare checksums, and run both networks once (warm_up).
    Raises:
        VisualizerError: the folder is unusable; the sentence says what to do.
    """
    model = _model(read_card(folder), Networks(threads, provider, verify), at_once=True)
    if verify:
        model.warm_up()
    return model


def _model(card: ModelCard, networks: Networks, *, at_once: bool) -> PaintingModel:
    return PaintingModel(card, *networks.pair(card, at_once=at_once))


class ModelShelf:
    """Keeps the models that were used last, warm: to paint with one of them again costs nothing.

    From one thread. Models that name the same encoder share it.

    Args:
        networks: makes what is not there yet.
    """

    def __init__(self, networks: Networks | None = None) -> None:
        self._networks = networks or Networks()
        self._models: OrderedDict[Path, PaintingModel] = OrderedDict()  # by folder, the last used at the end

    def model(self, folder: Path) -> PaintingModel:
        """The model of a folder as it is on disk now.

        Raises:
            VisualizerError: the folder is unusable; the sentence says what to do.
        """
        # The first one is waited for; the others are loaded beside a picture that moves.
        model = _model(read_card(folder), self._networks, at_once=not self._models)
        place = folder.resolve()
        kept = self._models.pop(place, None)
        if kept is None or not model.runs_as(kept):
            model.warm_up()
        else:
            model.paint_s = kept.paint_s
        self._models[place] = model
        while len(self._models) > KEPT:
            self._models.popitem(last=False)
        return model
