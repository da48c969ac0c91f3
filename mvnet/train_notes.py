"""`mvnet train notes`: the encoder's first half learns which notes sound, from a teacher that hears notes.

One training object takes the steps, mvnet.run.run_training repeats them. No periods are needed, so any music
will do. Runs in the training process.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from lightning_fabric import Fabric
from lightning_fabric.wrappers import _FabricOptimizer
from torch import Tensor
from torch.nn import functional as F

from mvnet import checkpoints, plots
from mvnet.configs import NotesConfig, RunConfig
from mvnet.engine import Rows, average_buffers, shard
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec
from mvnet.note_crops import NoteCrops, wanted_notes
from mvnet.note_lessons import COLUMNS
from mvnet.note_network import NoteNetwork
from mvnet.records import Clip
from mvnet.run import RunFolder, run_training
from mvnet.sampling import shuffled
from mvnet.spectral import SpectralAugment, join_columns
from mvnet.train_encoder import average_weights, schedule

SOUNDING = 0.3  # of an activation, above which a note is said to sound
MEASURE_BATCH = 32
MEASURES = 6  # of a run


@dataclass(frozen=True)
class NotesData:
    """Clips to learn notes from.

    Attributes:
        spec: of the windows.
        clips: of each row, in both splits.
        windows: float16 [n, 3, 128, 256].
        notes: uint8 [n, steps, 88, 2], see mvnet.note_lessons; clips that no file knows are not among them.
    """

    spec: MelSpec
    clips: Sequence[Clip]
    windows: np.ndarray
    notes: np.ndarray

    def split(self, name: str) -> np.ndarray:
        """Rows of a split, int64."""
        return np.flatnonzero([clip.recording.split == name for clip in self.clips])


class NotesTraining:
    """The steps; see mvnet.run.Training.

    Attributes:
        averaged: the moving average of the network's weights.
    """

    def __init__(self, config: NotesConfig, data: NotesData, fabric: Fabric, start: NoteNetwork | None = None) -> None:
        self.config, self.data, self.fabric = config, data, fabric
        self.seed, self.epochs = config.seed, config.epochs
        self.train, self.val = data.split("train"), data.split("val")
        if not len(self.train):
            raise MvnetError(
                "no training clip has notes: give the file that `mvnet lessons --notes` wrote for this data"
            )
        torch.manual_seed(config.seed)
        self.network = start or NoteNetwork(data.spec)
        self.network.requires_grad_(True).to(fabric.device)
        self.averaged = copy.deepcopy(self.network)
        self._optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
        )
        self._forward = fabric.setup_module(self.network)
        self._step = cast(_FabricOptimizer, fabric.setup_optimizers(self._optimiser))
        self._windows = Rows(data.windows, fabric)
        self._notes = Rows(data.notes, fabric, torch.Tensor.byte)
        self._crops = NoteCrops(SpectralAugment(data.spec), config.columns, config.semitones)
        self.steps_per_epoch = max(1, math.ceil(len(self.train) / (config.batch * fabric.world_size)))

    def step(self, number: int) -> dict[str, Tensor]:
        """One step of optimisation; returns {"loss": ...}, the cross-entropy of an answer's place."""
        epoch, step = divmod(number, self.steps_per_epoch)
        order = self.train[shuffled(len(self.train), self.seed, epoch)]
        rows = shard(order, self.config.batch, step, self.fabric.global_rank, self.fabric.world_size)
        share = schedule(number, self.epochs * self.steps_per_epoch, self.config.warmup)
        for group in self._optimiser.param_groups:
            group["lr"] = self.config.learning_rate * share
        with torch.no_grad():
            columns, wanted = self._crops(join_columns(self._windows.take(rows)), self._notes.take(rows))
        self.network.train()
        self._step.zero_grad()
        loss = F.binary_cross_entropy_with_logits(self._forward(columns).float(), wanted)
        self.fabric.backward(loss)
        self._step.step()
        self.network.centre()
        average_weights(self.averaged, self.network, self.config.average, number)
        return {"loss": loss.detach()}

    @torch.no_grad()
    def figures(self) -> dict[str, float]:
        """How well unheard clips' notes are answered: cross-entropy, and F-measures of notes and of beginnings.

        A note is right where the answer and the teacher both say that it sounds, in the same step of 93 ms.
        """
        hits = torch.zeros(2, 3)  # both, answered, taught
        losses = []
        self.averaged.eval()
        for first in range(0, len(self.val), MEASURE_BATCH):
            rows = self.val[first : first + MEASURE_BATCH]
            notes = self._notes.take(rows)
            steps = torch.arange(self.data.spec.n_frames // COLUMNS, device=notes.device).expand(len(rows), -1)
            wanted = wanted_notes(notes, steps, torch.zeros(len(rows), 1, dtype=torch.int64, device=notes.device))
            logits = self.averaged(join_columns(self._windows.take(rows))).float()
            losses.append(F.binary_cross_entropy_with_logits(logits, wanted).item() * len(rows))
            answered, taught = logits.sigmoid() > SOUNDING, wanted > SOUNDING
            counts = [part.sum((0, 2, 3)).cpu() for part in (answered & taught, answered, taught)]
            hits += torch.stack(counts, 1)
        f_measure = 2 * hits[:, 0] / (hits[:, 1] + hits[:, 2]).clamp(min=1)
        return {
            "val_loss": sum(losses) / len(self.val),
            "val_notes_f": float(f_measure[0]),
            "val_onsets_f": float(f_measure[1]),
        }

    def end_epoch(self, epoch: int) -> dict[str, Any]:
        """Figures of the validation clips, a few times in a run."""
        average_buffers(self.fabric, self.network)
        due = epoch % math.ceil(self.epochs / MEASURES) == 0 or epoch == self.epochs
        return self.figures() if due and self.fabric.global_rank == 0 and len(self.val) else {}

    def state(self) -> dict[str, Any]:
        """Weights, optimiser and how many clips there are."""
        average_buffers(self.fabric, self.network)
        return {
            "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "clips": [len(self.train), len(self.val)],
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take up a state.

        Raises:
            MvnetError: it was made with other data.
        """
        if state["clips"] != [len(self.train), len(self.val)]:
            raise MvnetError("the data has changed since this run began: give the same --data, or --no-resume")
        self.network.load_state_dict(state["network"])
        self.averaged.load_state_dict(state["averaged"])
        self._optimiser.load_state_dict(state["optimiser"])


def train_notes(
    config: NotesConfig,
    data: NotesData,
    path: Path,
    run: RunConfig,
    fabric: Fabric,
    *,
    start: NoteNetwork | None = None,
    quiet: bool = False,
) -> tuple[str, dict[str, Any]]:
    """Train, or go on training, in a run folder; every process calls this.

    Args:
        start: the weights to begin with.
    Returns:
        how it ended (see mvnet.run.run_training) and the figures, empty when it was interrupted and in processes
        other than 0.
    """
    folder = RunFolder(path, "notes", config, data.spec, resume=run.resume)
    if fabric.global_rank == 0:
        folder.create()
    fabric.barrier()
    training = NotesTraining(config, data, fabric, start)
    ended = run_training(training, folder, fabric, run, quiet=quiet)
    if ended == "interrupted" or fabric.global_rank != 0:
        return ended, {}
    figures: dict[str, Any] = {"train_clips": len(training.train)}
    if len(training.val):
        figures |= training.figures()
    content = {
        "format": checkpoints.FORMAT,
        "kind": "notes",
        "spec": data.spec.as_dict(),
        "weights": {name: value.cpu().contiguous() for name, value in training.averaged.state_dict().items()},
        "figures": figures,
        "config": asdict(config),
        "commit": folder.commit,
    }
    checkpoints.write_atomic(folder.path / checkpoints.FILES["notes"], content)
    folder.write_json("metrics.json", figures)
    plots.save_curves(folder.path / "loss.png", folder.records(), {"loss": "loss"}, "Notes")
    return ended, figures
