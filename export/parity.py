"""Whether an exported model folder computes what the checkpoints do: torch against ONNX Runtime, on real sound.

The reference is always the float32 network. Windows come from recordings, because a window of random
numbers would not exercise the encoder as music does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from mvnet.decode import SOUND_SUFFIXES, decode_blocks
from mvnet.encoder import PeriodHead, period_probabilities
from mvnet.encoders import Encoder
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec, RollingMel
from mvnet.gan import Generator
from mvnet.painter import Painter

TOLERANCE = 1e-3  # largest absolute difference of any output
BATCHES = (1, 3)
WINDOWS_PER_FILE = 3
Feed = dict[str, np.ndarray]


@dataclass(frozen=True)
class Difference:
    """How far one output of one network strays from torch.

    Attributes:
        network: "encoder" or "generator".
        output: its name in the graph.
        batch: inputs in one run.
        inputs: inputs compared in all.
        largest: max abs difference.
        scale: max abs value of the reference.
    """

    network: str
    output: str
    batch: int
    inputs: int
    largest: float
    scale: float

    @property
    def holds(self) -> bool:
        """Within the tolerance; not a number is not."""
        return self.largest <= TOLERANCE


def sound_files(paths: Sequence[Path]) -> list[Path]:
    """The sound files named, and those directly in the folders named, in order.

    Raises:
        MvnetError: there are none.
    """
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [file for file in inside if not path.is_dir() or file.suffix.lower() in SOUND_SUFFIXES]
    if not found:
        places = ", ".join(map(str, paths))
        raise MvnetError(f"there is no sound file in {places} to check the export on: name some with --audio")
    return found


def windows_of(files: Sequence[Path], spec: MelSpec) -> np.ndarray:
    """Up to three whole windows from the start of each recording, float32 [n, 3, n_mels, n_frames / 3].

    A recording shorter than a window gives one, preceded by silence.

    Raises:
        MvnetError: a file cannot be read.
    """
    windows: list[np.ndarray] = []
    for file in files:
        rolling, found = RollingMel(spec), 0
        for block in decode_blocks(file, spec.sample_rate):
            rolling.push(block)
            if rolling.columns >= (found + 1) * spec.n_frames:
                windows.append(rolling.window())
                found += 1
            if found == WINDOWS_PER_FILE:
                break
        if not found:
            windows.append(rolling.window())
    return np.stack(windows)


def encoder_differences(network: bytes, encoder: Encoder, head: PeriodHead, windows: np.ndarray) -> list[Difference]:
    """Compare the exported encoder with torch on windows [n, 3, 128, 256], in each batch size."""
    with torch.inference_mode():
        embedding = encoder.eval()(torch.from_numpy(windows))
        period = period_probabilities(head, embedding)
    wanted = {"embedding": embedding.numpy(), "period": period.numpy()}
    return _differences("encoder", network, {"mel": windows}, wanted)


def generator_differences(
    network: bytes, generator: Generator | Painter, embeddings: np.ndarray, seed: int = 0
) -> list[Difference]:
    """Compare the exported generator with torch on embeddings [n, 10] and seeded noise, in each batch size."""
    random = np.random.default_rng(seed)
    noise = random.standard_normal((len(embeddings), generator.noise_size), np.float32)
    with torch.inference_mode():
        image = generator.eval()(torch.from_numpy(noise), torch.from_numpy(embeddings))
    return _differences("generator", network, {"noise": noise, "embedding": embeddings}, {"image": image.numpy()})


def table(differences: Sequence[Difference]) -> str:
    """The differences as text, one line each."""
    lines = ["network    output     batch  inputs  max |value|  max abs difference"]
    for item in differences:
        verdict = "" if item.holds else f"  above {TOLERANCE:g}"
        lines.append(
            f"{item.network:<10} {item.output:<10} {item.batch:>5}  {item.inputs:>6}  {item.scale:>11.4g}"
            f"  {item.largest:>18.2e}{verdict}"
        )
    return "\n".join(lines)


def _differences(name: str, network: bytes, feed: Feed, wanted: Feed) -> list[Difference]:
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    count = len(next(iter(feed.values())))
    found: list[Difference] = []
    for batch in BATCHES:
        runs = [
            session.run(list(wanted), {key: array[first : first + batch] for key, array in feed.items()})
            for first in range(0, count, batch)
        ]
        for index, (output, reference) in enumerate(wanted.items()):
            result = np.concatenate([run[index] for run in runs])
            largest = float(np.abs(result - reference).max())
            found.append(Difference(name, output, batch, count, largest, float(np.abs(reference).max())))
    return found
