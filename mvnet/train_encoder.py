"""`mvnet train encoder`: the paper's triplet training of the audio encoder, and a contrastive one beside it.

One training object takes the steps, mvnet.run.run_training repeats them, mvnet.encoder_result finishes and
writes the encoder. Runs in the training process.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from lightning_fabric import Fabric
from lightning_fabric.wrappers import _FabricOptimizer
from torch import Tensor, nn
from torch.nn import functional as F

from mvnet.calibration import prototypes
from mvnet.configs import EncoderConfig, RunConfig
from mvnet.encoder import EMBEDDING_SIZE, AudioEncoder, PeriodHead
from mvnet.encoder_data import EncoderData
from mvnet.encoder_result import finish
from mvnet.encoders import STYLE, Encoder, network_of
from mvnet.engine import Rows, average_buffers, shard, to_layout
from mvnet.errors import MvnetError
from mvnet.lessons import condense
from mvnet.lone_norm import normalise_alone
from mvnet.losses import supervised_contrastive_loss, triplet_loss
from mvnet.note_network import NoteNetwork
from mvnet.quiet_sounds import noise_windows
from mvnet.run import RunFolder, run_training
from mvnet.sampling import balanced_order, triplet_order
from mvnet.spectral import SpectralAugment, mix_within_period, quiet_windows
from mvnet.start import Start
from mvnet.student import Student, period_targets
from mvnet.style_encoder import StyleEncoder

MAP_CLIPS = 60  # of each period in the map of embeddings
EMBED_BATCH = 64
MEASURES = 12  # of a run, each after so many epochs: on a CPU one takes as long as a fifth of an epoch


class EncoderTraining:
    """Both recipes' steps; see mvnet.run.Training.

    Args:
        start: the weights to begin with; None begins with random ones.
        notes: the trained first half, for the network that reads notes and has no start.

    Attributes:
        encoder: the network that is trained.
        averaged: the moving average of its weights, or the encoder itself when there is none.
        lessons: wanted of each clip, float32 [n, components] on the device; None without teachers.
        recital: the layer that answers them; None without teachers.
        map_rows: the clips whose embeddings are kept for the map.
    """

    def __init__(
        self,
        config: EncoderConfig,
        data: EncoderData,
        fabric: Fabric,
        folder: Path | None = None,
        start: Start | None = None,
        notes: NoteNetwork | None = None,
    ) -> None:
        self.config, self.data, self.fabric, self.folder = config, data, fabric, folder
        self.seed, self.epochs = config.seed, config.epochs
        self.train, self.val = data.split("train"), data.split("val")
        self._period = data.periods
        torch.manual_seed(config.seed)
        self.encoder, self.head = self._network(start, notes), PeriodHead()
        if start is not None:
            self.encoder.load_state_dict(start.encoder.state_dict())
            self.head.load_state_dict(start.head.state_dict())
        self.lessons = self._targets()
        student = Student(self.encoder, self.head, 0 if self.lessons is None else self.lessons.shape[1])
        self.recital = student.recital
        if start is not None:
            start.teach(self.recital)
        if fabric.device.type == "cpu":
            student.to(fabric.device)  # channels last makes a step a fifth longer there
        else:
            to_layout(student, fabric)
        if config.centred:
            self.encoder.centre()
        self._alone = config.loss == "triplet" and config.batch == 1 and isinstance(self.encoder, AudioEncoder)
        if self._alone:
            normalise_alone(cast(AudioEncoder, self.encoder).blocks)
        self.averaged = copy.deepcopy(self.encoder) if config.average else self.encoder
        self.optimiser = self._optimiser()
        self._forward = fabric.setup_module(student if config.loss == "supcon" else self.encoder)
        self._step = cast(_FabricOptimizer, fabric.setup_optimizers(self.optimiser))
        self.steps_per_epoch = max(1, math.ceil(self._epoch_length() / (config.batch * fabric.world_size)))
        self._order: tuple[int, np.ndarray] | None = None  # of the epoch it belongs to
        self._windows = Rows(data.windows, fabric)
        self._spectral = SpectralAugment(data.spec) if config.spectral else None
        self._sound = _SoundAugment(data, fabric) if config.augment else None
        self.map_rows = map_rows(self._period, self.val if len(self.val) else self.train)

    def _network(self, start: Start | None, notes: NoteNetwork | None) -> Encoder:
        if start is not None and network_of(start.encoder) != self.config.network:
            had = network_of(start.encoder)
            raise MvnetError(f"--init holds the network {had!r}, not {self.config.network!r}: give the other --network")
        if self.config.network != STYLE:
            return AudioEncoder()
        if start is None and notes is None:
            raise MvnetError("--network style reads notes: give what `mvnet train notes` made with --notes")
        return StyleEncoder(notes, self.data.spec, self.config.drop)

    def _optimiser(self) -> torch.optim.Optimizer:
        config = self.config
        if config.loss == "triplet":
            return torch.optim.Adam(self.encoder.parameters(), lr=config.learning_rate, betas=(0.5, 0.999), fused=True)
        wide = [self.encoder.linear, *([self.recital] if self.recital else [])]
        parts = [*self.encoder.learning(), self.head, *wide]
        groups: list[dict[str, Any]] = []
        for part in parts:
            share = self.encoder.wide_share if part in wide else 1.0
            for decay, chosen in ((config.weight_decay, True), (0.0, False)):
                weights = [weight for weight in part.parameters() if (weight.ndim > 1) is chosen]
                groups.append({"params": weights, "weight_decay": decay, "share": share})
        return torch.optim.AdamW(groups, lr=config.learning_rate, fused=True)

    def _targets(self) -> Tensor | None:
        """Lessons of all clips, float32 [n, lessons] on the device, NaN where none are known; None without teachers."""
        if not self.config.lessons:
            return None
        if self.data.lessons is None:
            raise MvnetError("--lessons needs what teachers heard in the clips: give their file with --lessons-file")
        measure = self.train if self.data.measure is None else self.data.measure
        return torch.from_numpy(condense(self.data.lessons, measure)).to(self.fabric.device)

    def _epoch_length(self) -> int:
        clips = len(self.train)
        return clips * self.config.anchors_per_clip if self.config.loss == "triplet" else clips

    def _rows(self, number: int) -> np.ndarray:
        """Rows of the data for one step of this process: [batch, 3] for triplets, else [batch]."""
        epoch, step = divmod(number, self.steps_per_epoch)
        if self._order is None or self._order[0] != epoch:
            self._order = epoch, self.train[self._draw(epoch)]
        return shard(self._order[1], self.config.batch, step, self.fabric.global_rank, self.fabric.world_size)

    def _draw(self, epoch: int) -> np.ndarray:
        periods = self._period[self.train]
        if self.config.loss == "triplet":
            return triplet_order(periods, self.config.anchors_per_clip, self.seed, epoch)
        sources, pieces = self.data.sources(self.train), self.data.pieces(self.train)
        return balanced_order(periods, sources, pieces, len(self.train), self.seed, epoch)

    def _mel(self, rows: np.ndarray) -> Tensor:
        """Windows to learn from, [n, 3, 128, 256], changed as the configuration says."""
        period = torch.from_numpy(self._period[rows]).to(self.fabric.device)
        mel = self._sound.mel(rows, period) if self._sound else self._windows.take(rows)
        return self._spectral(mel) if self._spectral else mel

    def step(self, number: int) -> dict[str, Tensor]:
        """One step of optimisation; returns {"loss": ...} and, for supcon, its parts."""
        self.encoder.train()
        rows = self._rows(number)
        self._step.zero_grad()
        losses = self._triplet(rows) if self.config.loss == "triplet" else self._supcon(rows, number)
        self.fabric.backward(losses["loss"])
        self._step.step()
        if self.config.centred:
            self.encoder.centre()
        if self.averaged is not self.encoder:
            average_weights(self.averaged, self.encoder, self.config.average, number)
        return {name: value.detach() for name, value in losses.items()}

    def _triplet(self, rows: np.ndarray) -> dict[str, Tensor]:
        # Anchor, positive and negative are normalised each alone, as in the author's code: at batch 1 the batch
        # norms see one window, which is part of the published recipe.
        if self._alone:
            embeddings = self._forward(self._mel(rows[0])).split(1)
        else:
            embeddings = [self._forward(self._mel(role)) for role in rows.T]
        anchor, positive, negative = (embedding.float() for embedding in embeddings)
        return {"loss": triplet_loss(anchor, positive, negative, self.config.margin, self.config.p)}

    def _supcon(self, rows: np.ndarray, number: int) -> dict[str, Tensor]:
        config = self.config
        rate = config.learning_rate * schedule(number, self.epochs * self.steps_per_epoch, config.warmup)
        for group in self.optimiser.param_groups:
            group["lr"] = rate * group["share"]
        mel = self._mel(rows)
        period = torch.from_numpy(self._period[rows]).to(mel.device)
        if config.mixup:
            mel = mix_within_period(mel, period, config.mixup, self.data.spec)
        quiet = torch.rand(len(mel), device=mel.device) < config.quiet
        if quiet.any():
            mel[quiet] = quiet_windows(int(quiet.sum()), self.data.spec, mel.device)
        embedding, logits, recited = self._forward(mel)
        music = ~quiet
        contrast = supervised_contrastive_loss(embedding[music].float(), period[music], config.temperature)
        cross_entropy = F.cross_entropy(logits.float(), period_targets(period, quiet, config.label_smoothing))
        losses = {"contrast": contrast, "cross_entropy": cross_entropy}
        loss = cross_entropy + config.contrast * contrast
        if recited is not None and self.lessons is not None:
            wanted = self.lessons[torch.from_numpy(rows).to(mel.device)]
            taught = music & wanted.isfinite().all(1)
            errors = (recited.float() - wanted.nan_to_num()).square().sum(1) * taught
            losses["lessons"] = errors.sum() / taught.sum().clamp(min=1)
            loss = loss + config.lessons * losses["lessons"]
        return {"loss": loss, **losses}

    def embed(self, rows: np.ndarray) -> np.ndarray:
        """Embeddings of unchanged windows by the averaged network in eval mode, float32 [n, 10]."""
        return self._embed(self._windows.take(part) for part in in_parts(rows))

    def embed_changed(self, rows: np.ndarray) -> np.ndarray:
        """The same of windows changed as in the training."""
        return self._embed(self._mel(part) for part in in_parts(rows))

    def embed_quiet(self, count: int) -> np.ndarray:
        """The same of so many windows of silence and noise."""
        return self._embed(self._quiet(count))

    def features_quiet(self, count: int) -> np.ndarray:
        """What the averaged network reads the embedding from, of so many windows of silence and noise."""
        return self._features(self._quiet(count))

    def _quiet(self, count: int) -> Iterator[Tensor]:
        """A third as the training's steps draw them, digital silence among them, the rest noise as it sounds.

        The same ones at every call.
        """
        torch.manual_seed(self.seed)
        drawn = quiet_windows(-(-count // 3), self.data.spec, self.fabric.device)
        heard = torch.from_numpy(noise_windows(count - len(drawn), self.data.spec, self.seed)).to(self.fabric.device)
        yield from torch.cat((drawn, heard)).split(EMBED_BATCH)

    def features(self, rows: np.ndarray) -> np.ndarray:
        """What the averaged network reads the embedding from, of unchanged windows, float32 [n, features]."""
        return self._features(self._windows.take(part) for part in in_parts(rows))

    def features_changed(self, rows: np.ndarray) -> np.ndarray:
        """The same of windows changed as in the training."""
        return self._features(self._mel(part) for part in in_parts(rows))

    @torch.no_grad()
    def _features(self, batches: Iterable[Tensor]) -> np.ndarray:
        network = self.averaged.eval()
        return np.concatenate([network.features(mel).float().cpu().numpy() for mel in batches])

    @torch.no_grad()
    def _embed(self, batches: Iterable[Tensor]) -> np.ndarray:
        network = self.averaged.eval()
        found = [network(mel).float().cpu().numpy() for mel in batches]
        return np.concatenate(found) if found else np.empty((0, EMBEDDING_SIZE), np.float32)

    def end_epoch(self, epoch: int) -> dict[str, Any]:
        """Embeddings for the map, kept in the folder, and the share of validation clips nearest their own prototype."""
        average_buffers(self.fabric, self.encoder)
        if self.fabric.global_rank != 0 or (epoch % math.ceil(self.epochs / MEASURES) and epoch != self.epochs):
            return {}
        if self.folder is not None:
            file = self.folder / "embeddings" / f"{epoch:04d}.npy"
            file.parent.mkdir(parents=True, exist_ok=True)
            np.save(file, self.embed(self.map_rows))
        if len(self.val) == 0:
            return {}
        sample = map_rows(self._period, self.train)
        centres = prototypes(self.embed(sample), self._period[sample], np.ones(len(sample)))
        distances = np.linalg.norm(self.embed(self.val)[:, None] - centres[None], axis=2)  # [n, 5]
        return {"val_nearest_prototype": float((distances.argmin(1) == self._period[self.val]).mean())}

    def state(self) -> dict[str, Any]:
        """Weights, optimiser and data fingerprint."""
        average_buffers(self.fabric, self.encoder)
        return {
            "network": self.config.network,
            "encoder": self.encoder.state_dict(),
            "head": self.head.state_dict(),
            "recital": self.recital.state_dict() if self.recital else None,
            "averaged": self.averaged.state_dict() if self.averaged is not self.encoder else None,
            "optimiser": self.optimiser.state_dict(),
            "data": self.data.fingerprint(),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take up a state.

        Raises:
            MvnetError: it was made with other data.
        """
        if state["data"] != self.data.fingerprint():
            raise MvnetError("the data has changed since this run began: give the same --data, or --no-resume")
        self.encoder.load_state_dict(state["encoder"])
        self.head.load_state_dict(state["head"])
        if self.recital:
            self.recital.load_state_dict(state["recital"])
        if state["averaged"] is not None:
            self.averaged.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])


class _SoundAugment:
    """Windows computed from changed samples, on the device."""

    def __init__(self, data: EncoderData, fabric: Fabric) -> None:
        # Only here: torchaudio is slow to import and most runs do without.
        from mvnet.augment import BatchMel, WaveformAugment, to_waveforms

        if data.samples is None:
            raise MvnetError("--augment needs the clips' samples: load the data with them")
        self._samples = Rows(data.samples, fabric, lambda rows: to_waveforms(rows, fabric.device))
        self._change = WaveformAugment(rate=data.spec.sample_rate).to(fabric.device)
        self._mel = BatchMel(data.spec).to(fabric.device)

    def mel(self, rows: np.ndarray, period: Tensor) -> Tensor:
        """[n, 3, 128, 256] of rows [n], each changed anew; periods int64 [n] say which may sound together."""
        generator = torch.Generator().manual_seed(int(torch.randint(2**62, ())))  # follows the step's seed
        with torch.no_grad():
            return self._mel(self._change(self._samples.take(rows), generator, period))


def in_parts(rows: np.ndarray) -> Iterator[np.ndarray]:
    """Rows in order, EMBED_BATCH at a time."""
    return (rows[first : first + EMBED_BATCH] for first in range(0, len(rows), EMBED_BATCH))


def schedule(step: int, total: int, warmup: float) -> float:
    """Share of the learning rate at a step: a straight rise over the warm-up's share, then half a cosine to 0."""
    rise = max(1, round(total * warmup))
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, total - rise)))


@torch.no_grad()
def average_weights(averaged: nn.Module, network: nn.Module, decay: float, step: int) -> None:
    """One step of the moving average; early steps decay faster, so that it does not keep the first weights."""
    decay = min(decay, (1 + step) / (10 + step))
    for kept, new in zip(averaged.state_dict().values(), network.state_dict().values(), strict=True):
        if kept.is_floating_point():
            kept.lerp_(new, 1 - decay)
        else:
            kept.copy_(new)


def map_rows(periods: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Up to MAP_CLIPS of these rows of each period, evenly spread, int64."""
    chosen = []
    for period in np.unique(periods[rows]):
        own = rows[periods[rows] == period]
        chosen.append(own[np.unique(np.linspace(0, len(own) - 1, min(MAP_CLIPS, len(own))).round().astype(int))])
    return np.concatenate(chosen)


def train_encoder(
    config: EncoderConfig,
    data: EncoderData,
    path: Path,
    run: RunConfig,
    fabric: Fabric,
    *,
    start: Start | None = None,
    notes: NoteNetwork | None = None,
    like: Encoder | None = None,
    quiet: bool = False,
) -> tuple[str, dict[str, Any]]:
    """Train, or go on training, in a run folder; every process calls this.

    Args:
        start: the weights to begin with.
        notes: the trained first half of the network that reads notes.
        like: another encoder, onto whose embeddings those of the finished one are turned.
    Returns:
        how it ended (see mvnet.run.run_training) and the figures of the finished encoder, empty when
        it was interrupted, and in processes other than 0.
    """
    folder = RunFolder(path, "encoder", config, data.spec, resume=run.resume)
    if fabric.global_rank == 0:
        folder.create()
    fabric.barrier()
    training = EncoderTraining(config, data, fabric, path, start, notes)
    ended = run_training(training, folder, fabric, run, quiet=quiet)
    if ended == "interrupted" or fabric.global_rank != 0:
        return ended, {}
    return ended, finish(training, folder, like)
