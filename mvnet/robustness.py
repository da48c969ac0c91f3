"""How much an encoder's hearing suffers between the stage and the microphone, and what it makes of no music.

Clips are changed, heard again and compared clip by clip with how they were heard unchanged. Runs in the
evaluation process.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from mvnet.batchmel import BatchMel
from mvnet.clips import FULL_SCALE, ClipSamples
from mvnet.disturbances import DISTURBANCES, GAINS, Disturbance, still_sounds
from mvnet.evaluate import mean_interval, prototype_spread
from mvnet.frontend import window_input
from mvnet.listeners import Listener
from mvnet.periods import PERIODS

BATCH = 16  # clips changed at a time: 12 MB of sound


class RobustnessTest:
    """The same clips heard as they are and changed.

    Args:
        listener: the encoder.
        samples: clips to choose from.
        most: clips used, evenly spread over the set.
        seed: of rooms and noise.
    """

    def __init__(self, listener: Listener, samples: ClipSamples, most: int, seed: int = 0) -> None:
        self._listener, self._seed = listener, seed
        self._rows = np.unique(np.linspace(0, len(samples) - 1, min(most, len(samples))).round().astype(int))
        self._samples = samples
        self._mel = BatchMel(listener.spec)

    def measure(
        self, disturbances: Sequence[Disturbance] = DISTURBANCES, *, draws: int = 1000, progress: bool = False
    ) -> dict[str, Any]:
        """Hear everything.

        Returns:
            robustness_clips, robustness (by disturbance: clip_accuracy; drop, from the unchanged clips;
            interval of the drop, 95 %, over pieces; shift, the median distance that the embedding moves over
            the prototypes' mean distance, None where that is 0), gain_drop (the larger of +-20 dB),
            small_speaker_and_room_drop and robustness_left_out (those that this installation cannot make).
        """
        possible = [item for item in disturbances if item.available]
        periods = self._samples.periods[self._rows]
        clips = [self._samples.clips[row].recording for row in self._rows]
        pieces = [(clip.period, clip.piece) for clip in clips]
        steps = (1 + len(possible)) * -(-len(self._rows) // BATCH)
        spread = prototype_spread(self._listener.prototypes)
        table: dict[str, dict[str, Any]] = {}
        with tqdm(total=steps, desc="robustness", unit="batch", disable=not progress) as bar:
            places, chances = self._hear(None, bar)
            right = chances.argmax(1) == periods
            for item in possible:
                moved, chances = self._hear(item, bar)
                still = chances.argmax(1) == periods
                lost = right.astype(float) - still
                away = float(np.median(np.linalg.norm(moved - places, axis=1)))
                table[item.name] = {
                    "clip_accuracy": float(still.mean()),
                    "drop": float(lost.mean()),
                    "interval": mean_interval(lost, pieces, draws, self._seed),
                    "shift": away / spread if spread else None,
                }
        gains = [table[name]["drop"] for name in GAINS if name in table]
        return {
            "robustness_clips": len(self._rows),
            "robustness_clip_accuracy": float(right.mean()),
            "robustness": table,
            "gain_drop": max(gains, default=None),
            "small_speaker_and_room_drop": table.get("small_speaker_and_room", {}).get("drop"),
            "robustness_left_out": [item.name for item in disturbances if not item.available],
        }

    def _hear(self, disturbance: Disturbance | None, bar: tqdm) -> tuple[np.ndarray, np.ndarray]:
        """Embeddings [n, 10] and probabilities [n, 5] of the clips, changed alike whatever else is measured."""
        name = disturbance.name if disturbance else ""
        generator = torch.Generator().manual_seed(self._seed * 1_000_003 + sum(name.encode()))
        answers = []
        for start in range(0, len(self._rows), BATCH):
            rows = self._rows[start : start + BATCH]
            sound = torch.from_numpy(self._samples.samples[rows].astype(np.float32) / FULL_SCALE)
            with torch.inference_mode():
                if disturbance is not None:
                    sound = disturbance.change(sound, self._listener.spec.sample_rate, generator)
                answers.append(self._listener.hear(self._mel(sound).numpy()))
            bar.update()
        return np.concatenate([places for places, _ in answers]), np.concatenate([chances for _, chances in answers])


def still_answers(listener: Listener, seed: int = 0) -> dict[str, dict[str, Any]]:
    """What an encoder makes of sounds without music.

    Returns:
        by sound (see mvnet.disturbances.still_sounds): period (the surest), confidence (its probability),
        entropy (of the probabilities, over that of five equal ones: 1 is undecided) and probabilities.
    """
    sounds = still_sounds(listener.spec.window_samples, listener.spec.sample_rate, seed)
    windows = np.stack([window_input(sound, listener.spec) for sound in sounds.values()])
    answers = {}
    for name, chances in zip(sounds, listener.hear(windows)[1].astype(np.float64), strict=True):
        entropy = -(chances * np.log(np.maximum(chances, 1e-12))).sum() / np.log(len(PERIODS))
        answers[name] = {
            "period": PERIODS[int(chances.argmax())],
            "confidence": float(chances.max()),
            "entropy": float(entropy),
            "probabilities": [round(float(chance), 6) for chance in chances],
        }
    return answers
