"""The two networks, ready to run: the only importer of ONNX Runtime.

A model is loaded once, by whichever thread asks, and then run by the pipeline thread alone. ONNX Runtime
is imported on the first load, because a window must not wait for it.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np

from mvnet.frontend import MelSpec, RollingMel
from mvnet.periods import PERIODS
from visualizer.errors import VisualizerError
from visualizer.painting.model_card import DEFAULT_MODEL, ModelCard, check_files, find_models, model_folder, read_card

__all__ = ["DEFAULT_MODEL", "ModelCard", "PaintingModel", "find_models", "load_model", "model_folder"]

Provider = Literal["auto", "cpu", "cuda"]
Shapes = dict[str, tuple[int, ...]]  # name of an input or output to its shape without N
CUDA = "CUDAExecutionProvider"
CPU = "CPUExecutionProvider"
SILENT = 4  # ONNX Runtime's severity "fatal": everything else reaches the user as a VisualizerError or a reason
DRIVERS = {"linux": "libcuda.so.1", "win32": "nvcuda.dll"}


class PaintingModel:
    """An encoder and a generator that ONNX Runtime runs.

    Attributes:
        card: what the model folder says of itself.
        provider: "CPU" or "CUDA": what really runs it.
        provider_reason: why, as a sentence for the user.
    """

    def __init__(self, card: ModelCard, encoder: Any, generator: Any, provider: str, provider_reason: str) -> None:
        self.card = card
        self.provider = provider
        self.provider_reason = provider_reason
        self._encoder = encoder
        self._generator = generator

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
        except Exception as error:  # ONNX Runtime's exceptions share no narrower class
            raise VisualizerError(
                f"Model {card.name!r} does not run ({_first_line(error)}): export it again."
            ) from error
        for file, name, array, shape in (
            (card.encoder, "embedding", embedding, (1, card.embedding_size)),
            (card.encoder, "period", period, (1, len(PERIODS))),
            (card.generator, "image", image, (1, 3, *card.image_size)),
        ):
            if array.shape != shape:
                raise VisualizerError(
                    f"{file} gives {name} {list(array.shape)}, not {list(shape)}: export the model again."
                )
            if not np.isfinite(array).all():
                raise VisualizerError(
                    f"{file} gives an {name} that is not a number: its training failed, use another model."
                )
        if abs(float(period.sum()) - 1) > 1e-3 or period.min() < 0:
            raise VisualizerError(f"{card.encoder} gives periods that are no probabilities: export the model again.")


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
    card = read_card(folder)
    check_files(card, checksums=verify)
    runtime = _runtime()
    obstacle = _cuda_obstacle(runtime, provider)
    providers = [CPU] if obstacle else [CUDA, CPU]
    paths = (card.encoder, card.generator)
    with ThreadPoolExecutor(2) as pool:
        encoder, generator = pool.map(partial(_session, runtime, card, threads, providers), paths)
    spec_shapes: Shapes = {"mel": card.spec.input_shape}
    embedding: Shapes = {"embedding": (card.embedding_size,)}
    _check_graph(encoder, card, card.encoder, spec_shapes, embedding | {"period": (len(PERIODS),)})
    _check_graph(
        generator, card, card.generator, {"noise": (card.noise_size,)} | embedding, {"image": (3, *card.image_size)}
    )
    on_cuda = all(CUDA in session.get_providers() for session in (encoder, generator))
    if not obstacle and not on_cuda:
        obstacle = "CUDA did not start: install the CUDA and cuDNN versions that onnxruntime-gpu asks for"
    model = PaintingModel(card, encoder, generator, "CUDA" if on_cuda else "CPU", obstacle or "CUDA works")
    if verify:
        model.warm_up()
    return model


def _runtime() -> Any:
    """ONNX Runtime, imported now and silenced."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # else its import alone writes an identifier into the home
    try:
        import onnxruntime
    except ImportError as error:
        raise VisualizerError(f"onnxruntime does not load ({_first_line(error)}): pip install onnxruntime.") from error
    onnxruntime.set_default_logger_severity(SILENT)
    return onnxruntime


def _cuda_obstacle(runtime: Any, provider: Provider) -> str:
    """Why CUDA is not even tried; empty when it is. The driver is looked up first: loading CUDA costs seconds."""
    if provider == "cpu":
        return "the processor was asked for"
    if CUDA not in runtime.get_available_providers():
        return "this build of onnxruntime has no CUDA"
    try:
        ctypes.CDLL(DRIVERS[sys.platform])
    except (KeyError, OSError):
        return "no NVIDIA driver was found"
    if hasattr(runtime, "preload_dlls"):  # finds CUDA in pip packages; since 1.21
        with contextlib.redirect_stdout(io.StringIO()):  # it prints what it misses; the session's failure says it
            runtime.preload_dlls()
    return ""


def _session(runtime: Any, card: ModelCard, threads: int, providers: list[str], path: Path) -> Any:
    options = runtime.SessionOptions()
    if path == card.encoder:
        # The further level re-orders this encoder's convolutions for 150 ms at each start and runs no faster.
        options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.log_severity_level = SILENT
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning threads would burn a core between two pictures.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = runtime.InferenceSession(str(path), options, providers=providers)
    except Exception as error:  # ONNX Runtime's exceptions share no narrower class
        raise VisualizerError(f"{path} is no usable network ({_first_line(error)}): export the model again.") from error
    session.disable_fallback()  # it would print, and change provider behind our back
    return session


def _check_graph(session: Any, card: ModelCard, path: Path, inputs: Shapes, outputs: Shapes) -> None:
    """Refuse a network that does not fit its card or this build."""
    for what, wanted, found in (("input", inputs, session.get_inputs()), ("output", outputs, session.get_outputs())):
        shapes = {value.name: tuple(value.shape[1:]) for value in found if value.type == "tensor(float)"}
        if shapes != wanted:
            raise VisualizerError(
                f"{path} has the {what}s {_listing(shapes)}, its card needs {_listing(wanted)}: export the model again."
            )
    text = session.get_modelmeta().custom_metadata_map.get("mvnet.spec")
    try:
        spec = MelSpec(**json.loads(text or ""))
    except (TypeError, ValueError):
        raise VisualizerError(
            f"{path} does not say how its sound was prepared (mvnet.spec): export it again."
        ) from None
    if spec != card.spec:
        changes = [
            f"{key} {value} instead of {spec.as_dict()[key]}"
            for key, value in card.spec.as_dict().items()
            if value != spec.as_dict()[key]
        ]
        raise VisualizerError(
            f"{card.folder} says {', '.join(changes)}, which {path} was not trained with: export it again."
        )


def _listing(shapes: Shapes) -> str:
    return ", ".join(f"{name} [{', '.join(map(str, ('N', *shape)))}]" for name, shape in shapes.items()) or "none"


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
