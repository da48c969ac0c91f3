"""Networks of model folders, ready to run: the only importer of ONNX Runtime.

Whichever thread loads a model asks for its two networks. A network that some model still holds is not made again:
reading, checking and preparing one takes the processor from the picture that is being painted meanwhile. ONNX Runtime
is imported with the first one, because a window must not wait for it.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, NamedTuple
from weakref import WeakValueDictionary

from mvnet.frontend import MelSpec
from mvnet.periods import PERIODS
from visualizer.errors import VisualizerError
from visualizer.painting.model_card import ModelCard, check_file
from visualizer.words import tr

Provider = Literal["auto", "cpu", "cuda"]
Shapes = dict[str, tuple[int, ...]]  # name of an input or output to its shape without N
CUDA = "CUDAExecutionProvider"
CPU = "CPUExecutionProvider"
SILENT = 4  # ONNX Runtime's severity "fatal": everything else reaches the user as a VisualizerError or a reason
DRIVERS = {"linux": "libcuda.so.1", "win32": "nvcuda.dll"}


class Stamp(NamedTuple):
    """By which a network's file is known again without reading it."""

    path: Path
    size: int
    changed_ns: int
    sha256: str


class Networks:
    """Makes networks, and gives one that is still in use again. From one thread at a time.

    Args:
        threads: processor threads that one run of a network may use.
        provider: "auto" uses CUDA where it works; "cuda" falls back to the processor too, and says why.
        verify: compare the files' checksums.
    """

    def __init__(self, threads: int = 2, provider: Provider = "auto", verify: bool = True) -> None:
        self._threads = threads
        self._provider = provider
        self._verify = verify
        self._made: WeakValueDictionary[Stamp, Any] = WeakValueDictionary()

    def pair(self, card: ModelCard, *, at_once: bool) -> tuple[Any, Any, str, str]:
        """The encoder and the generator of a model, fit for its card and this build.

        Args:
            card: of the model.
            at_once: make both at the same time, as fast as possible; else one after the other, which leaves a core to
                what is going on.
        Returns:
            The two sessions, "CPU" or "CUDA", and why that, as a clause for people.
        Raises:
            VisualizerError: a file is missing, damaged, or no network of this kind.
        """
        runtime = import_runtime()
        obstacle = cuda_obstacle(runtime, self._provider)
        providers = [CPU] if obstacle else [CUDA, CPU]
        paths = (card.encoder, card.generator)

        def network(path: Path) -> Any:
            return self._network(runtime, card, path, providers)

        if at_once:
            with ThreadPoolExecutor(len(paths)) as pool:
                encoder, generator = pool.map(network, paths)
        else:
            encoder, generator = map(network, paths)
        on_cuda = all(CUDA in session.get_providers() for session in (encoder, generator))
        if not obstacle and not on_cuda:
            obstacle = tr("CUDA did not start: install the CUDA and cuDNN versions that onnxruntime-gpu asks for")
        return encoder, generator, "CUDA" if on_cuda else "CPU", obstacle or tr("CUDA works")

    def _network(self, runtime: Any, card: ModelCard, path: Path, providers: list[str]) -> Any:
        known = _stamp(card, path)
        network = self._made.get(known) if known is not None else None
        if network is None:
            check_file(card, path, checksum=self._verify)
            network = _session(runtime, card, self._threads, providers, path)
            if known is not None:
                self._made[known] = network
        check_graph(network, card, path)  # each model's card may promise something else
        return network


def _stamp(card: ModelCard, path: Path) -> Stamp | None:
    """None where the file cannot be read, which check_file says better."""
    try:
        real = path.resolve()
        status = real.stat()
    except OSError:
        return None
    return Stamp(real, status.st_size, status.st_mtime_ns, card.sha256[path])


def import_runtime() -> Any:
    """ONNX Runtime, imported now and silenced.

    Raises:
        VisualizerError: it does not load.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # else its import alone writes an identifier into the home
    try:
        import onnxruntime
    except ImportError as error:
        raise VisualizerError(
            tr("onnxruntime does not load ({cause}): pip install onnxruntime.", cause=first_line(error))
        ) from error
    onnxruntime.set_default_logger_severity(SILENT)
    return onnxruntime


def cuda_obstacle(runtime: Any, provider: Provider) -> str:
    """Why CUDA is not even tried; empty when it is. The driver is looked up first: loading CUDA costs seconds."""
    if provider == "cpu":
        return tr("the processor was asked for")
    if CUDA not in runtime.get_available_providers():
        return tr("this build of onnxruntime has no CUDA")
    try:
        ctypes.CDLL(DRIVERS[sys.platform])
    except (KeyError, OSError):
        return tr("no NVIDIA driver was found")
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
        raise VisualizerError(
            tr(
                "{path} is no usable network ({cause}): export the model again.",
                path=path,
                cause=first_line(error),
            )
        ) from error
    session.disable_fallback()  # it would print, and change provider behind our back
    return session


def check_graph(session: Any, card: ModelCard, path: Path) -> None:
    """Refuse a network that does not fit its card or this build.

    Raises:
        VisualizerError: its inputs, outputs or spectrogram are others.
    """
    for wanted, found, text in (
        (
            _inputs(card, path),
            session.get_inputs(),
            tr("{path} has the inputs {found}, its card needs {wanted}: export the model again."),
        ),
        (
            _outputs(card, path),
            session.get_outputs(),
            tr("{path} has the outputs {found}, its card needs {wanted}: export the model again."),
        ),
    ):
        shapes = {value.name: tuple(value.shape[1:]) for value in found if value.type == "tensor(float)"}
        if shapes != wanted:
            raise VisualizerError(text.format(path=path, found=_listing(shapes), wanted=_listing(wanted)))
    _check_spec(session.get_modelmeta().custom_metadata_map, card, path)


def _inputs(card: ModelCard, path: Path) -> Shapes:
    if path == card.encoder:
        return {"mel": card.spec.input_shape}
    return {"noise": (card.noise_size,), "embedding": (card.embedding_size,)}


def _outputs(card: ModelCard, path: Path) -> Shapes:
    if path == card.encoder:
        return {"embedding": (card.embedding_size,), "period": (len(PERIODS),)}
    return {"image": (3, *card.image_size)}


def _check_spec(metadata: Mapping[str, str], card: ModelCard, path: Path) -> None:
    """Refuse a network that was trained with another spectrogram than its card says."""
    try:
        spec = MelSpec(**json.loads(metadata.get("mvnet.spec", "")))
    except (TypeError, ValueError):
        raise VisualizerError(
            tr("{path} does not say how its sound was prepared (mvnet.spec): export it again.", path=path)
        ) from None
    if spec == card.spec:
        return
    trained = spec.as_dict()
    changes = [
        tr("{name} {value} instead of {trained}", name=name, value=value, trained=trained[name])
        for name, value in card.spec.as_dict().items()
        if value != trained[name]
    ]
    raise VisualizerError(
        tr(
            "{folder} says {changes}, which {path} was not trained with: export it again.",
            folder=card.folder,
            changes=", ".join(changes),
            path=path,
        )
    )


def _listing(shapes: Shapes) -> str:
    listed = [f"{name} [{', '.join(map(str, ('N', *shape)))}]" for name, shape in shapes.items()]
    return ", ".join(listed) or tr("none")


def first_line(error: Exception) -> str:
    """What an exception says first."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
