"""The generator of a model folder as evaluation sees it, and the music that it is asked to paint.

Runs in the evaluation process, on ONNX Runtime's CPU provider.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from mvnet.datasets import Recording, load_clip_windows
from mvnet.errors import MvnetError
from mvnet.evaluate import in_batches
from mvnet.listeners import ExportedListener, read_card
from mvnet.periods import PERIODS

BATCH = 8
SPREAD = 0.5  # of embeddings without music, in standard deviations of the prototypes


class ExportedPainter:
    """Paints with the generator of a model folder.

    Args:
        folder: holds model.json and the generator that it names.
        threads: of ONNX Runtime; 0 = its choice.
    Attributes:
        noise_size: numbers of noise of one painting.
        image_size: pixels on a side.
        prototypes: the mean embedding of each period, float32 [5, 10].
    Raises:
        MvnetError: missing, unreadable or of other periods than this build's.
    """

    def __init__(self, folder: Path, threads: int = 0) -> None:
        card = read_card(folder)
        try:
            self.noise_size = int(card["noise_size"])
            self.image_size = int(card["image_size"][0])
            self.prototypes = np.array(card["prototypes"], np.float32)
            file = folder / str(card["generator"])
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise MvnetError(f"{folder / 'model.json'} is incomplete ({error}): export the model again") from error
        # Only here: measuring pictures that exist works without it.
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's own errors have no common class but this
            line = str(error).strip().splitlines()[0]
            raise MvnetError(f"{file} cannot be loaded ({line}): export the model again") from error

    def paint(self, noise: np.ndarray, embeddings: np.ndarray, progress: Callable[[int], object] = int) -> np.ndarray:
        """Paintings uint8 [n, 3, S, S] of noise float32 [n, Z] and embeddings float32 [n, 10]."""
        parts = []
        for start in range(0, len(noise), BATCH):
            rows = slice(start, start + BATCH)
            feed = {"noise": noise[rows].astype(np.float32), "embedding": embeddings[rows].astype(np.float32)}
            (images,) = self._session.run(["image"], feed)
            parts.append(np.round((np.clip(images, -1, 1) + 1) * 127.5).astype(np.uint8))
            progress(len(parts[-1]))
        return np.concatenate(parts)


def music_embeddings(
    folder: Path, recordings: Sequence[Recording], cache_dir: Path, *, threads: int = 0, progress: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """What a model's encoder makes of music: embeddings float32 [n, 10] and periods int64 [n]."""
    listener = ExportedListener(folder, threads)
    clips = load_clip_windows(recordings, listener.spec, cache_dir, progress=progress)
    return np.concatenate([places for places, _ in in_batches(listener.hear, clips.windows)]), clips.periods


def prototype_embeddings(prototypes: np.ndarray, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings without music: around each prototype, with SPREAD of the prototypes' own; [5 count, 10], [5 count]."""
    rng = np.random.default_rng([seed, count])
    periods = np.repeat(np.arange(len(PERIODS)), count)
    noise = rng.standard_normal((len(periods), prototypes.shape[1])) * prototypes.std(0) * SPREAD
    return (prototypes[periods] + noise).astype(np.float32), periods
