"""A trained encoder as evaluation sees it, from a model folder (ONNX Runtime) or a checkpoint (torch).

Both turn windows into embeddings and period probabilities, and know their spec and prototypes. Runs in
the evaluation process.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

import numpy as np

from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec
from mvnet.periods import PERIODS


class Listener(Protocol):
    """What both are.

    Attributes:
        spec: of the windows it hears.
        prototypes: the mean embedding of each period, float64 [5, 10].
    """

    spec: MelSpec
    prototypes: np.ndarray

    def hear(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """float32 [n, 3, 128, 256] to embeddings [n, 10] and probabilities [n, 5]."""


class ExportedListener:
    """The encoder of a model folder, on ONNX Runtime's CPU provider.

    Args:
        folder: holds model.json and the encoder that it names.
        threads: of ONNX Runtime; 0 = its choice.
    Raises:
        MvnetError: missing, unreadable, or of other periods than this build's.
    """

    def __init__(self, folder: Path, threads: int = 0) -> None:
        card = read_card(folder)
        try:
            self.spec = MelSpec(**card["spec"])
            self.prototypes = np.array(card["prototypes"], np.float64)
            encoder = folder / str(card["encoder"])
            periods = tuple(card["periods"])
        except (KeyError, TypeError, ValueError) as error:
            raise MvnetError(f"{folder / 'model.json'} is incomplete ({error}): export the model again") from error
        if periods != PERIODS:
            raise MvnetError(f"{folder} names the periods {', '.join(periods)}: export it with this build")
        # Only here: evaluating a checkpoint works without it.
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(encoder, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's own errors have no common class but this
            line = str(error).strip().splitlines()[0]
            raise MvnetError(f"{encoder} cannot be loaded ({line}): export the model again") from error

    def hear(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """float32 [n, 3, 128, 256] to embeddings [n, 10] and probabilities [n, 5]."""
        embedding, period = self._session.run(["embedding", "period"], {"mel": windows})
        return np.asarray(embedding), np.asarray(period)


class CheckpointListener:
    """The encoder and period head of a finished training, on the CPU.

    Args:
        path: encoder.pt, or the run folder that holds it.
    Raises:
        MvnetError: see mvnet.checkpoints.load_encoder.
    """

    def __init__(self, path: Path) -> None:
        from mvnet.checkpoints import load_encoder

        self._encoder, self._head, extras = load_encoder(path)
        self.spec = MelSpec(**extras["spec"])
        self.prototypes = np.array(extras["prototypes"], np.float64)

    def hear(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """float32 [n, 3, 128, 256] to embeddings [n, 10] and probabilities [n, 5]."""
        import torch

        from mvnet.encoder import period_probabilities

        with torch.no_grad():
            embedding = self._encoder(torch.from_numpy(windows))
            return embedding.numpy(), period_probabilities(self._head, embedding).numpy()


def read_card(folder: Path) -> dict:
    """The model.json of a model folder.

    Raises:
        MvnetError: missing or unreadable.
    """
    file = folder / "model.json"
    try:
        card = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise MvnetError(f"there is no {file}: give a model folder, or a training's result with --checkpoint") from None
    except (OSError, ValueError) as error:
        raise MvnetError(f"{file} cannot be read ({error}): export the model again") from error
    if not isinstance(card, dict):
        raise MvnetError(f"{file} holds no JSON object: export the model again")
    return card
