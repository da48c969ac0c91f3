"""`mvnet train painter`: MVNet-256's generator against two critics, with a noise for every training painting.

One training object takes the steps, mvnet.run.run_training repeats them. After every epoch (some
thousand images) it draws a sheet and measures diversity; at the end it writes painter.pt with the
averaged weights. Runs in the training process. The recipe's parts and reasons: mvnet.critic,
mvnet.anchors, mvnet.diffaugment, mvnet.diversity, mvnet.period_probe.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from mvnet import checkpoints, plots
from mvnet.anchors import AnchorTable, component_noise, repainting_distance
from mvnet.configs import RunConfig
from mvnet.critic import Critic, ProjectedHeads, gradient_penalty, pairing_loss
from mvnet.diffaugment import diff_augment
from mvnet.diversity import DiversityGauge, gauge_rows, resize
from mvnet.engine import Rows, average_buffers, to_layout
from mvnet.errors import MvnetError
from mvnet.hearing import Hearing, fitted_hearing, standard_hearing
from mvnet.painter import Painter
from mvnet.painter_checkpoint import FILES, fill, weights_of
from mvnet.painter_config import PainterConfig
from mvnet.painter_data import Draw, PainterData, draw_batch
from mvnet.perceptual import FrozenFeatures
from mvnet.period_probe import PeriodProbe, fitted_probe, from_afar
from mvnet.run import RunFolder, run_training
from mvnet.train_encoder import average_weights
from mvnet.train_gan import mirror, to_bytes, to_unit

BETAS = (0.0, 0.99)
SHEET_COLUMNS = 14
PAINT_BATCH = 32
GAUGE_SEED = 1
GRID = 16  # pixels of the picture in one of the last tap
CALIBRATION = 50  # paintings by which the frozen features are brought to their scale


class PainterTraining:
    """The adversarial steps; see mvnet.run.Training.

    Attributes:
        painter: the network that is trained.
        averaged: the moving average of its weights: what is shown, measured and kept.
        anchors: the noise of each training painting.
        probe: says whether a painting looks like its period; None without --period-weight.
        images_before: that the painter had learnt from when this run began.
    """

    def __init__(self, config: PainterConfig, data: PainterData, fabric: Fabric, folder: Path | None = None) -> None:
        self.config, self.data, self.fabric, self.folder = config, data, fabric, folder
        self.seed, self.epochs = config.seed, config.epochs
        images_per_step = config.batch * fabric.world_size
        self.steps_per_epoch = max(1, round(config.images_per_epoch / images_per_step))
        self._decay = 0.5 ** (images_per_step / config.average_images)
        torch.manual_seed(config.seed)
        self.painter = Painter(config.shape())
        self.painter.set_hearing(standard_hearing(data.embeddings, data.clip_periods))
        self.critic, self.heads = Critic(config.resolution, config.critic_width), ProjectedHeads()
        self.features = FrozenFeatures()
        for network in (self.painter, self.critic, self.heads, self.features):
            to_layout(network, fabric)
        self.averaged = copy.deepcopy(self.painter).eval().requires_grad_(False)
        noise = component_noise(data.images, data.periods, self.painter.noise_size)
        self.anchors = AnchorTable(noise, config.anchor_rate, fabric)
        self._critics = [*self.critic.parameters(), *(self.heads.parameters() if config.projected else ())]
        self.optimisers = (
            torch.optim.Adam(self.painter.parameters(), lr=config.generator_rate, betas=BETAS),
            torch.optim.Adam(self._critics, lr=config.critic_rate, betas=BETAS),
        )
        self._paint: Callable[..., Tensor] = self.painter
        self._see: Callable[..., list[Tensor]] = self.features
        if config.compile:
            self._paint, self._see = torch.compile(self.painter), torch.compile(self.features)
        self._images = Rows(data.images, fabric, to_unit)
        self._embeddings = Rows(data.embeddings, fabric)
        few = np.unique(np.linspace(0, len(data.images) - 1, CALIBRATION).astype(np.int64))
        self.features.calibrate(resize(self._images.take(few), config.feature_size))
        self._spread = torch.from_numpy(data.spread).to(fabric.device) * config.embedding_noise
        self.probe = self._learnt_probe() if config.period_weight else None
        self.images_before = 0
        self._gauge: DiversityGauge | None = None

    def _learnt_probe(self) -> PeriodProbe:
        def look(rows: np.ndarray) -> list[Tensor]:
            return self._taps_of(from_afar(self._images.take(rows)))

        return fitted_probe(look, self.data.periods, self.config.seed).to(self.fabric.device)

    def step(self, number: int) -> dict[str, Tensor]:
        """Paint, judge, learn: the critics first, then the painter on the same paintings."""
        self.painter.train()
        draw = draw_batch(self.data, self.config.batch, (self.seed, number, self.fabric.global_rank))
        repainted = round(self.config.anchor_share * self.config.batch)
        real, embedding = self._take(draw, repainted)
        rows = torch.from_numpy(draw.paintings[:repainted]).to(self.fabric.device)
        anchored = self.anchors.take(rows)
        free = torch.randn(self.config.batch - repainted, self.painter.noise_size, device=self.fabric.device)
        with self.fabric.autocast():
            painted = self._paint(torch.cat((anchored, free)), embedding)
        painted = painted.float()
        suiting = self.painter.hear(embedding).detach()
        shown = diff_augment(real)
        taps = self._taps_of(shown) if self.config.projected else []
        losses = self._learn_to_judge(number, (shown, taps), painted.detach(), suiting)
        periods = torch.from_numpy(self.data.periods[draw.paintings]).to(self.fabric.device)
        losses |= self._learn_to_paint((shown, taps), real[:repainted], painted, suiting, periods)
        self.anchors.move(rows, anchored)
        average_weights(self.averaged, self.painter, self._decay, number)
        return losses

    def _take(self, draw: Draw, repainted: int) -> tuple[Tensor, Tensor]:
        """Paintings, mirrored but for those to be repainted, and embeddings with noise."""
        mirrored = torch.from_numpy(draw.mirrored)
        mirrored[:repainted] = False
        real = mirror(self._images.take(draw.paintings), mirrored)
        real = real.contiguous(memory_format=torch.channels_last)
        embedding = self._embeddings.take(draw.clips)
        return real, embedding + self._spread * torch.randn_like(embedding)

    def _learn_to_judge(
        self, number: int, real: tuple[Tensor, list[Tensor]], painted: Tensor, embedding: Tensor
    ) -> dict[str, Tensor]:
        """One step of the critics; real: changed paintings and their taps."""
        self.optimisers[1].zero_grad()
        shown, real_taps = real
        painted = diff_augment(painted)
        painted_taps = self._taps_of(painted) if self.config.projected else []
        with self.fabric.autocast():
            critic_loss = pairing_loss(self.critic(shown, embedding), self.critic(painted, embedding))
            losses = {"critic_loss": critic_loss}
            if self.config.projected:
                heads_loss = pairing_loss(self.heads(real_taps, embedding), self.heads(painted_taps, embedding))
                losses["heads_loss"] = heads_loss
        self.fabric.backward(torch.stack(list(losses.values())).sum())
        if self.config.penalty and number % self.config.penalty_every == 0:
            self._penalise(shown, real_taps, embedding)
            self._penalise(painted, painted_taps, embedding)
        self._take_step(1, self._critics)
        return {name: value.detach() for name, value in losses.items()}

    def _penalise(self, images: Tensor, taps: list[Tensor], embedding: Tensor) -> None:
        """Add the gradients of the zero-centred penalty, as much at once as belongs to the steps between."""
        few = slice(-self.config.penalty_batch, None)
        suiting = embedding[few]
        penalty = gradient_penalty(lambda x: self.critic(x, suiting), [images[few]])
        if taps:
            penalty = penalty + gradient_penalty(lambda *t: self.heads(t, suiting), [tap[few] for tap in taps])
        self.fabric.backward(self.config.penalty * self.config.penalty_every * penalty)

    def _learn_to_paint(
        self,
        real: tuple[Tensor, list[Tensor]],
        repainted: Tensor,
        painted: Tensor,
        embedding: Tensor,
        periods: Tensor,
    ) -> dict[str, Tensor]:
        """One step of the painter; real as above, repainted: what the first pictures are to be like."""
        self.optimisers[0].zero_grad()
        config = self.config
        shown, real_taps = real
        self._freeze(True)
        seen = diff_augment(painted)
        with self.fabric.autocast():
            with torch.no_grad():
                real_logits = self.critic(shown, embedding)
                real_heads = self.heads(real_taps, embedding) if config.projected else None
            loss = pairing_loss(self.critic(seen, embedding), real_logits)
            losses = {"painter_loss": loss}
            if real_heads is not None:
                heads = pairing_loss(self.heads(self._taps(seen), embedding), real_heads)
                losses["painter_heads_loss"] = heads
                loss = loss + config.projected * heads
            if len(repainted) and config.anchor_weight:
                distance = self._repainting(painted[: len(repainted)], repainted)
                losses["repainting"] = distance
                loss = loss + config.anchor_weight * distance
            if self.probe is not None and len(repainted) < len(painted):
                free = slice(len(repainted), None)
                gap = self.probe.gap(self._taps(from_afar(painted[free])), periods[free])
                losses["period_gap"] = gap
                loss = loss + config.period_weight * gap
        self.fabric.backward(loss)
        self._freeze(False)
        self._take_step(0, self.painter.parameters())
        return {name: value.detach() for name, value in losses.items()}

    def _repainting(self, painted: Tensor, real: Tensor) -> Tensor:
        # The features halve the picture four times, always at the same pixels, and would teach the painter a grid
        # of dots: so the grid lies elsewhere in each step.
        moves = torch.randint(0, GRID, (2,)).tolist()
        painted, real = (images.roll(moves, (2, 3)) for images in (painted, real))
        return repainting_distance(painted, real, self._taps(painted), self._taps_of(real))

    def _taps(self, images: Tensor) -> list[Tensor]:
        return self._see(resize(images, self.config.feature_size))

    def _taps_of(self, images: Tensor) -> list[Tensor]:
        """As _taps, without a way back for gradients."""
        with torch.no_grad(), self.fabric.autocast():
            return self._taps(images)

    def _freeze(self, frozen: bool) -> None:
        for parameter in self._critics:
            parameter.requires_grad_(not frozen)

    def _take_step(self, which: int, parameters: Iterable[nn.Parameter]) -> None:
        average_gradients(self.fabric, parameters)
        self.optimisers[which].step()

    @torch.no_grad()
    def paint(self, noise: Tensor, embedding: Tensor) -> Tensor:
        """Paintings of the averaged painter on the CPU, float32 [n, 3, R, R]; noise [n, Z], embedding [n, 10]."""
        found = []
        for part, suiting in zip(noise.split(PAINT_BATCH), embedding.split(PAINT_BATCH), strict=True):
            found.append(self.averaged(part.to(self.fabric.device), suiting.to(self.fabric.device)).float().cpu())
        return torch.cat(found)

    def end_epoch(self, epoch: int) -> dict[str, Any]:
        """A sheet of the same noises after each epoch (rows: periods), and diversity over that of real paintings."""
        average_buffers(self.fabric, self.painter)
        if self.fabric.global_rank != 0:
            return {}
        if self.folder is not None:
            draw_sheet(self, self.folder / "samples" / f"{epoch:04d}.png")
        ratios = {f"diversity_{name}": value for name, value in self.diversity().items()}
        images = epoch * self.steps_per_epoch * self.config.batch * self.fabric.world_size
        return {"images": images, **ratios}

    def diversity(self) -> dict[str, float]:
        """Ratios of mvnet.diversity for the averaged painter, fresh noise and the sheets' embeddings."""
        if self._gauge is None:
            rows = gauge_rows(self.data.periods)
            real = self._images.take(rows)
            self._gauge = DiversityGauge(self.features, self.config.feature_size, real, self.data.periods[rows])
        generator = torch.Generator().manual_seed(GAUGE_SEED)
        noise = torch.randn(len(self._gauge.periods), self.painter.noise_size, generator=generator)
        embedding = embeddings_of(self.data, self._gauge.periods)
        return self._gauge.measure(self.paint(noise, embedding).to(self.fabric.device))

    def state(self) -> dict[str, Any]:
        """Weights, anchors, optimisers and data fingerprint."""
        average_buffers(self.fabric, self.painter)
        return {
            "painter": self.painter.state_dict(),
            "averaged": self.averaged.state_dict(),
            "critic": self.critic.state_dict(),
            "heads": self.heads.state_dict(),
            "anchors": self.anchors.noise,
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "data": self.data.fingerprint(),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take up a state.

        Raises:
            MvnetError: it was made with other data or another encoder.
        """
        if state["data"] != self.data.fingerprint():
            raise MvnetError(
                "the data or the encoder has changed since this run began: give the same --data and --encoder, "
                "or --no-resume"
            )
        for name in ("painter", "averaged", "critic", "heads"):
            getattr(self, name).load_state_dict(state[name])
        self.anchors.noise.copy_(state["anchors"])
        for optimiser, kept in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(kept)

    def start_from(self, path: Path) -> None:
        """Begin with a finished painter's or brush's weights; a painter of another encoder learns to hear this one.

        A painter's run folder gives its critics and anchors, too, where they fit.
        """
        own = standard_hearing(self.data.embeddings, self.data.clip_periods)
        about = fill(self.painter, path)
        self.images_before = int(about["figures"].get("images", 0))
        if about["kind"] == "brush":
            self.painter.set_hearing(own)  # a brush hears nothing
        elif about["encoder_digest"] != self.data.encoder_digest:
            self.painter.set_hearing(hearing_for(self.painter, self.data))
        self.averaged.load_state_dict(self.painter.state_dict())
        state = path / "state.pt"
        if state.is_file():
            kept = checkpoints.read_checked(state).get("training", {})
            for network, name in ((self.critic, "critic"), (self.heads, "heads")):
                if fits(network, kept.get(name)):
                    network.load_state_dict(kept[name])
            if kept.get("data", [])[:2] == self.data.fingerprint()[:2]:
                self.anchors.noise.copy_(kept["anchors"])


def fits(network: nn.Module, weights: Any) -> bool:
    """Whether a state dict has the names and shapes of a network's."""
    own = {name: value.shape for name, value in network.state_dict().items()}
    return isinstance(weights, dict) and {name: value.shape for name, value in weights.items()} == own


def hearing_for(painter: Painter, data: PainterData) -> Hearing:
    """The map of this data's embeddings to what a painter of another encoder has learnt with."""
    return fitted_hearing(data.embeddings, data.clip_periods, painter.period_centres.cpu().numpy())


def embeddings_of(data: PainterData, periods: np.ndarray) -> Tensor:
    """A sheet embedding for each of these periods, taking turns within a period; [n, 10]."""
    rows = np.empty(len(periods), np.int64)
    for period in np.unique(periods):
        own = np.flatnonzero(data.sheet_periods == period)
        places = np.flatnonzero(periods == period)
        rows[places] = own[np.arange(len(places)) % len(own)]
    return torch.from_numpy(data.sheet_embeddings[rows])


def average_gradients(fabric: Fabric, parameters: Iterable[nn.Parameter]) -> None:
    """Make each gradient the mean of those of all processes.

    In place of DistributedDataParallel, whose hooks do not go with a gradient penalty's second derivative.
    """
    if fabric.world_size == 1:
        return
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    joined = torch.cat([gradient.flatten() for gradient in gradients])
    joined = cast(Tensor, fabric.all_reduce(joined, reduce_op="mean"))
    for gradient, part in zip(gradients, joined.split([gradient.numel() for gradient in gradients]), strict=True):
        gradient.copy_(part.view_as(gradient))


def draw_sheet(training: PainterTraining, path: Path) -> None:
    """Paintings by the averaged painter: a row a period, the same noise down a column."""
    present = np.unique(training.data.periods)
    noise = torch.randn(
        SHEET_COLUMNS, training.painter.noise_size, generator=torch.Generator().manual_seed(training.seed)
    )
    embedding = embeddings_of(training.data, np.repeat(present, SHEET_COLUMNS))
    images = to_bytes(training.paint(noise.repeat(len(present), 1), embedding))
    plots.save_collage(path, images, SHEET_COLUMNS)


def finish(training: PainterTraining, folder: RunFolder) -> dict[str, Any]:
    """Write painter.pt, the curves and a sheet; returns the figures."""
    records = [record for record in folder.records() if "critic_loss" in record]
    per_step = training.config.batch * training.fabric.world_size
    figures: dict[str, Any] = {
        "paintings": len(training.data.images),
        "images": training.images_before + (records[-1]["step"] * per_step if records else 0),
        **{f"diversity_{name}": value for name, value in training.diversity().items()},
    }
    content = {
        "format": checkpoints.FORMAT,
        "kind": "painter",
        "spec": training.data.spec.as_dict(),
        "shape": asdict(training.painter.shape),
        "weights": weights_of(training.averaged),
        "figures": figures,
        "config": asdict(training.config),
        "commit": folder.commit,
        "encoder_digest": training.data.encoder_digest,
    }
    checkpoints.write_atomic(folder.path / FILES["painter"], content)
    folder.write_json("metrics.json", figures)
    names = {name: name.replace("_", " ") for name in ("critic_loss", "painter_loss", "heads_loss", "repainting")}
    plots.save_curves(folder.path / "loss.png", records, names, "Painter's losses")
    draw_sheet(training, folder.path / "samples.png")
    return figures


def train_painter(
    config: PainterConfig,
    data: PainterData,
    path: Path,
    run: RunConfig,
    fabric: Fabric,
    *,
    start: Path | None = None,
    quiet: bool = False,
) -> tuple[str, dict[str, Any]]:
    """Train, or go on training, in a run folder; every process calls this.

    Args:
        start: a finished painter or brush to begin a new run with.
    Returns:
        how it ended (see mvnet.run.run_training) and figures, empty when it was interrupted, and in
        processes other than 0.
    """
    folder = RunFolder(path, "painter", cast(Any, config), data.spec, resume=run.resume)
    if fabric.global_rank == 0:
        folder.create()
    fabric.barrier()
    training = PainterTraining(config, data, fabric, path)
    if start is not None:
        training.start_from(start)  # a checkpoint, where there is one, replaces it again
    ended = run_training(training, folder, fabric, run, quiet=quiet)
    if ended == "interrupted" or fabric.global_rank != 0:
        return ended, {}
    return ended, finish(training, folder)
