"""A network that hears notes, whatever plays them: one of the encoder's teachers.

Basic Pitch's network, the ONNX file of the package of that name (Apache licence). Runs in the training
process, before the training, over each clip once.
Source: R. Bittner et al., A Lightweight Instrument-Agnostic Model for Polyphonic Note Transcription, 2022.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mvnet.errors import MvnetError
from mvnet.harmony import harmony_statistics

RATE = 22_050  # Hz
INPUT = 43_844  # samples, two seconds
STEP = 256  # samples
ADVANCE = 38_000  # samples from one input to the next
EDGE = 10  # steps at an input's beginning that the one before knows better
LAST = 60  # steps of the last input
PEAK = 0.7  # every clip is made so loud
BACKGROUND = 0.15  # activation where there is no note


class Transcriber:
    """Notes in clips.

    Args:
        file: nmp.onnx of the unpacked package.
        threads: of ONNX Runtime; 0 = its choice.
    Raises:
        MvnetError: it is not there or not this network.
    """

    def __init__(self, file: Path, threads: int = 0) -> None:
        # Only here: everything else about lessons works without it.
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's own errors have no common class but this
            line = str(error).strip().splitlines()[0]
            raise MvnetError(f"{file} cannot be loaded ({line}): unpack the package basic-pitch anew") from error
        outputs = {output.name: output.shape[-1] for output in self._session.get_outputs()}
        self._input = self._session.get_inputs()[0].name
        # The file's outputs bear the numbers 0, 1 and 2: contours, notes and onsets.
        self._outputs = [name for number in (1, 2) for name in outputs if name.endswith(f":{number}")]
        if [outputs[name] for name in self._outputs] != [88, 88]:
            raise MvnetError(f"{file} has the outputs {', '.join(outputs)}: give nmp.onnx of basic-pitch 0.4")

    def features(self, samples: np.ndarray) -> np.ndarray:
        """Statistics of the notes in a clip, see mvnet.harmony.

        Args:
            samples: float32 [n] at 22,050 Hz, n at least 2 seconds.
        """
        notes, onsets = self.notes(samples)
        return harmony_statistics(notes, onsets)

    def notes(self, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Activations of notes and of their beginnings, each float32 [steps, 88], 0 where there is none."""
        loud = samples * (PEAK / max(1e-6, float(np.abs(samples).max())))
        final = len(loud) - INPUT
        starts = [*range(0, final, ADVANCE), final]
        inputs = np.stack([loud[start : start + INPUT] for start in starts])[:, :, None].astype(np.float32)
        found = self._session.run(self._outputs, {self._input: inputs})
        first, second = (np.maximum(part - BACKGROUND, 0) for part in found)
        return _joined(first), _joined(second)


def _joined(parts: np.ndarray) -> np.ndarray:
    """The activations of successive inputs [k, 172, 88] as one sequence."""
    kept = parts[:-1, EDGE : EDGE + ADVANCE // STEP].reshape(-1, parts.shape[-1])
    return np.concatenate((kept, parts[-1, -LAST:]))
