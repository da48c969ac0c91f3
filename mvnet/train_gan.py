"""`mvnet train gan`: the paper's cDCGAN, discriminator and generator in turn on pairs of music and paintings.

The encoder is frozen, so its embeddings of the clips are computed once. One training object takes the
steps, mvnet.run.run_training repeats them; at the end the generator and its sample sheets are written.
Runs in the training process.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from lightning_fabric import Fabric
from lightning_fabric.wrappers import _FabricOptimizer
from torch import Tensor, nn

from mvnet import checkpoints, plots
from mvnet.configs import GanConfig, RunConfig
from mvnet.encoders import Encoder
from mvnet.engine import Rows, average_buffers, shard, to_layout
from mvnet.errors import MvnetError
from mvnet.frontend import MelSpec
from mvnet.gan import IMAGE_SIZE, NOISE_SIZE, Discriminator, Generator, init_xavier
from mvnet.losses import discriminator_loss, generator_loss
from mvnet.periods import PERIODS
from mvnet.run import RunFolder, run_training
from mvnet.sampling import shuffled

BETAS = (0.5, 0.999)
SHEET_CLIPS = 6  # of each period: the paper's collage is 6 clips with 6 noises each
EMBED_BATCH = 64


@dataclass(frozen=True)
class GanData:
    """Pairs to learn from.

    Attributes:
        spec: of the windows that the embeddings stand for.
        embeddings: float32 [n_clips, 10], from the frozen encoder in eval mode.
        clip_periods: int64 [n_clips].
        images: uint8 [n_paintings, 3, 64, 64].
        pairs: int64 [n_pairs, 3]: clip, painting, 1 if mirrored.
        sheet_clips: rows of embeddings for the sample sheets, up to SHEET_CLIPS a period, held out where possible.
        encoder_digest: of the encoder that made the embeddings (mvnet.checkpoints.weights_digest).
    """

    spec: MelSpec
    embeddings: np.ndarray
    clip_periods: np.ndarray
    images: np.ndarray
    pairs: np.ndarray
    sheet_clips: np.ndarray
    encoder_digest: str

    def __post_init__(self) -> None:
        if self.images.shape[1:] != (3, IMAGE_SIZE, IMAGE_SIZE):
            raise MvnetError(f"paintings must be [n, 3, {IMAGE_SIZE}, {IMAGE_SIZE}], not {list(self.images.shape)}")
        if len(self.pairs) == 0:
            raise MvnetError("there are no pairs of a clip and a painting: give data with both, of the same periods")

    def fingerprint(self) -> list[int | str]:
        """Changes when a checkpoint's order of pairs no longer means these pairs."""
        return [len(self.embeddings), len(self.images), len(self.pairs), int(self.pairs.sum()), self.encoder_digest]


class GanTraining:
    """The paper's adversarial steps; see mvnet.run.Training."""

    def __init__(self, config: GanConfig, data: GanData, fabric: Fabric, folder: Path | None = None) -> None:
        self.config, self.data, self.fabric, self.folder = config, data, fabric, folder
        self.seed, self.epochs = config.seed, config.epochs
        self.steps_per_epoch = max(1, -(-len(data.pairs) // (config.batch * fabric.world_size)))
        torch.manual_seed(config.seed)
        self.generator, self.discriminator = Generator(), Discriminator()
        for network in (self.generator, self.discriminator):
            network.apply(init_xavier)
            to_layout(network, fabric)
        self.optimisers = (
            torch.optim.Adam(self.generator.parameters(), lr=config.generator_rate, betas=BETAS),
            torch.optim.Adam(self.discriminator.parameters(), lr=config.discriminator_rate, betas=BETAS),
        )
        self._paint = fabric.setup_module(self.generator)
        self._judge = fabric.setup_module(self.discriminator)
        self._steps = [cast(_FabricOptimizer, fabric.setup_optimizers(optimiser)) for optimiser in self.optimisers]
        self._images = Rows(data.images, fabric, to_unit)
        self._embeddings = Rows(data.embeddings, fabric)
        self._order: tuple[int, np.ndarray] | None = None  # of the epoch it belongs to

    def _pairs(self, number: int) -> np.ndarray:
        epoch, step = divmod(number, self.steps_per_epoch)
        if self._order is None or self._order[0] != epoch:
            self._order = epoch, self.data.pairs[shuffled(len(self.data.pairs), self.seed, epoch)]
        return shard(self._order[1], self.config.batch, step, self.fabric.global_rank, self.fabric.world_size)

    def step(self, number: int) -> dict[str, Tensor]:
        """Discriminator, then generator on the same fakes (the author's order)."""
        self.generator.train()
        self.discriminator.train()
        clip, painting, mirrored = self._pairs(number).T
        real = mirror(self._images.take(painting), torch.from_numpy(mirrored.astype(bool)))
        embedding = self._embeddings.take(clip)
        noise = torch.randn(len(clip), NOISE_SIZE, device=self.fabric.device)
        fake = self._paint(noise, embedding).float()
        return {
            "discriminator_loss": self._step_discriminator(real, fake.detach()),
            "generator_loss": self._step_generator(fake),
        }

    def _step_discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        self._steps[1].zero_grad()
        # Real and generated paintings pass apart: together, the batch norms would mix them.
        loss = discriminator_loss(self._judge(real).float(), self._judge(fake).float(), self.config.smoothing)
        self.fabric.backward(loss)
        self._steps[1].step()
        return loss.detach()

    def _step_generator(self, fake: Tensor) -> Tensor:
        self._steps[0].zero_grad()
        # The plain network without gradients of its own: nothing to compute or to send between processes.
        self.discriminator.requires_grad_(False)
        with self.fabric.autocast():
            logits = self.discriminator(fake)
        loss = generator_loss(logits.float())
        self.fabric.backward(loss)
        self.discriminator.requires_grad_(True)
        self._steps[0].step()
        return loss.detach()

    def paint(self, clips: np.ndarray, noise: Tensor) -> np.ndarray:
        """Paintings of clips (rows of embeddings) with noise [n, 100], uint8 [n, 3, 64, 64]."""
        self.generator.eval()
        found = []
        with torch.no_grad():
            for first in range(0, len(clips), EMBED_BATCH):
                part = slice(first, first + EMBED_BATCH)
                embedding = self._embeddings.take(clips[part])
                found.append(to_bytes(self.generator(noise[part].to(self.fabric.device), embedding)))
        return np.concatenate(found)

    def end_epoch(self, epoch: int) -> dict[str, Any]:
        """A sheet of the same clips and noises after each epoch, a row a period, in the folder."""
        if self.folder is not None and self.fabric.global_rank == 0:
            clips = self.data.sheet_clips
            noise = fixed_noise(len(clips), self.seed)
            rows = columns_a_period(self.data.clip_periods[clips])
            plots.save_collage(self.folder / "samples" / f"{epoch:04d}.png", self.paint(clips, noise), rows)
        return {}

    def state(self) -> dict[str, Any]:
        """Weights, optimisers and data fingerprint."""
        average_buffers(self.fabric, self.discriminator)
        return {
            "generator": self.generator.state_dict(),
            "discriminator": self.discriminator.state_dict(),
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
        self.generator.load_state_dict(state["generator"])
        self.discriminator.load_state_dict(state["discriminator"])
        for optimiser, kept in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(kept)


def to_unit(images: Tensor) -> Tensor:
    """uint8 pictures as float32 in [-1, 1]."""
    return images.float() * (2 / 255) - 1


def to_bytes(images: Tensor) -> np.ndarray:
    """Pictures in [-1, 1] as uint8 on the CPU."""
    return ((images.float().clamp(-1, 1) + 1) * 127.5).round().byte().cpu().numpy()


def mirror(images: Tensor, chosen: Tensor) -> Tensor:
    """Pictures [n, 3, H, W], left and right exchanged where chosen (bool [n]) is true."""
    return torch.where(chosen.to(images.device)[:, None, None, None], images.flip(3), images)


def fixed_noise(n: int, seed: int) -> Tensor:
    """Noise [n, 100] that does not change from sheet to sheet."""
    return torch.randn(n, NOISE_SIZE, generator=torch.Generator().manual_seed(seed))


def columns_a_period(periods: np.ndarray) -> int:
    """Columns of a sheet in which each period fills one row; 1 where the periods have unequal numbers of clips."""
    counts = np.unique(periods, return_counts=True)[1]
    return int(counts[0]) if (counts == counts[0]).all() else 1


def embed_windows(encoder: nn.Module, windows: np.ndarray, fabric: Fabric) -> np.ndarray:
    """Embeddings float32 [n, 10] of windows [n, 3, 128, 256] by a frozen encoder in eval mode."""
    encoder = to_layout(encoder, fabric).eval()
    rows = Rows(windows, fabric)
    with torch.no_grad():
        parts = [
            encoder(rows.take(np.arange(first, min(first + EMBED_BATCH, len(windows))))).cpu().numpy()
            for first in range(0, len(windows), EMBED_BATCH)
        ]
    return np.concatenate(parts)


def sheet_clips(periods: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    """Rows for the sample sheets: of each period the same number, SHEET_CLIPS at most, held-out clips first.

    Args:
        periods: int64 [n].
        held_out: bool [n].
    """
    present = np.unique(periods)
    each = min(SHEET_CLIPS, *(int((periods == period).sum()) for period in present))
    chosen = []
    for period in present:
        own = np.flatnonzero(periods == period)
        order = own[np.argsort(~held_out[own], kind="stable")]
        first = order[held_out[order]] if held_out[order].sum() >= each else order
        chosen.append(first[np.linspace(0, len(first) - 1, each).round().astype(int)])
    return np.concatenate(chosen)


def finish(training: GanTraining, folder: RunFolder) -> dict[str, Any]:
    """Write generator.pt, the curves and the sheets; returns the figures."""
    data = training.data
    records = [record for record in folder.records() if "discriminator_loss" in record]
    figures: dict[str, Any] = {"pairs": len(data.pairs), "clips": len(data.embeddings), "paintings": len(data.images)}
    if records:
        last = [record for record in records if record["epoch"] == records[-1]["epoch"]]
        for name in ("discriminator_loss", "generator_loss"):
            figures[name] = float(np.mean([record[name] for record in last]))
        figures["steps"] = records[-1]["step"]
    content = {
        "format": checkpoints.FORMAT,
        "kind": "gan",
        "spec": data.spec.as_dict(),
        "weights": {name: value.cpu().contiguous() for name, value in training.generator.state_dict().items()},
        "figures": figures,
        "config": asdict(training.config),
        "commit": folder.commit,
        "encoder_digest": data.encoder_digest,
    }
    checkpoints.write_atomic(folder.path / checkpoints.FILES["gan"], content)
    folder.write_json("metrics.json", figures)
    names = {"discriminator_loss": "discriminator", "generator_loss": "generator"}
    plots.save_curves(folder.path / "loss.png", records, names, "cDCGAN losses")
    draw_sheets(training, folder.path)
    return figures


def draw_sheets(training: GanTraining, path: Path) -> None:
    """Paintings beside what their clips paint (figure 7) and, a period, 6 clips with 6 noises each (figure 8)."""
    data = training.data
    periods = data.clip_periods[data.pairs[:, 0]]
    chosen = np.concatenate([np.flatnonzero(periods == period)[::6][:SHEET_CLIPS] for period in np.unique(periods)])
    clips, paintings, _ = data.pairs[chosen].T
    generated = training.paint(clips, fixed_noise(len(clips), training.seed))
    plots.save_pairs(path / "pairs.png", data.images[paintings], generated, periods[chosen])
    for period in np.unique(data.clip_periods[data.sheet_clips]):
        clips = data.sheet_clips[data.clip_periods[data.sheet_clips] == period]
        rows = np.repeat(clips, SHEET_CLIPS)
        images = training.paint(rows, fixed_noise(len(rows), training.seed))
        plots.save_collage(path / f"collage-{PERIODS[period]}.png", images, SHEET_CLIPS)


def train_gan(
    config: GanConfig, data: GanData, path: Path, run: RunConfig, fabric: Fabric, *, quiet: bool = False
) -> tuple[str, dict[str, Any]]:
    """Train, or go on training, in a run folder; every process calls this.

    Returns:
        how it ended (see mvnet.run.run_training) and figures, empty when it was interrupted, and in
        processes other than 0.
    """
    folder = RunFolder(path, "gan", config, data.spec, resume=run.resume)
    if fabric.global_rank == 0:
        folder.create()
    fabric.barrier()
    training = GanTraining(config, data, fabric, path)
    ended = run_training(training, folder, fabric, run, quiet=quiet)
    if ended == "interrupted" or fabric.global_rank != 0:
        return ended, {}
    return ended, finish(training, folder)


def encoder_for_gan(path: Path) -> tuple[Encoder, MelSpec, str]:
    """The frozen encoder of a checkpoint, its spec and its digest.

    Raises:
        MvnetError: see mvnet.checkpoints.load_encoder.
    """
    encoder, _, extras = checkpoints.load_encoder(path)
    encoder.requires_grad_(False)
    return encoder, MelSpec(**extras["spec"]), checkpoints.weights_digest(encoder)
