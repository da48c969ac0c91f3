"""`mvnet train brush`: the painter's last part, learnt on details (small squares) of large paintings.

A detail of a real painting is made small, softened and roughened; the brush paints it large again and
is compared with the original. Critics see to it that the result looks painted, not enlarged. Where a
finished trunk is given, half of the details come from its pictures, which have no original: there
the critics and the trunk's own picture are the measure. Details cost a sixteenth of whole pictures,
so that this is possible on a processor. Runs in the training process.
"""

from __future__ import annotations

import copy
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor
from torch.nn import functional as F

from mvnet import checkpoints, plots
from mvnet.brush import crop
from mvnet.configs import RunConfig
from mvnet.critic import Critic, ProjectedHeads, gradient_penalty, pairing_loss
from mvnet.encoder import EMBEDDING_SIZE
from mvnet.engine import to_layout
from mvnet.errors import MvnetError
from mvnet.painter import Painter
from mvnet.painter_checkpoint import FILES, fill, load_painter, new_brush, weights_of
from mvnet.painter_config import TRUNK_SIZE, BrushConfig, PainterShape
from mvnet.painter_data import PainterData, draw_batch
from mvnet.perceptual import FrozenFeatures, perceptual_distance
from mvnet.run import RunFolder, run_training
from mvnet.train_encoder import average_weights
from mvnet.train_gan import mirror, to_bytes, to_unit
from mvnet.train_painter import BETAS, GRID, average_gradients, embeddings_of, hearing_for

DETAILS_A_PICTURE = 4  # of one trunk picture: its trunk costs as much as they do
MOST_BLUR = 1.2  # pixels of the small picture, standard deviation
MOST_NOISE = 0.08  # a picture spans 2
EVENNESS = 20.0  # weight of unevenness
EVEN_PART = 8  # pixels of the small picture over which the large one's pixels are averaged by their place
SHEET_COLUMNS = 6
Seen = tuple[Tensor, list[Tensor]]  # pictures and their taps


class BrushTraining:
    """Steps on details; see mvnet.run.Training.

    Attributes:
        brush: the network that is trained.
        averaged: the moving average of its weights.
        painter: the painter whose trunk is finished, frozen; or None.
    """

    def __init__(
        self,
        config: BrushConfig,
        data: PainterData,
        fabric: Fabric,
        folder: Path | None = None,
        painter: Painter | None = None,
    ) -> None:
        self.config, self.data, self.fabric, self.folder = config, data, fabric, folder
        self.seed, self.epochs = config.seed, config.epochs
        per_step = config.batch * fabric.world_size
        self.steps_per_epoch = max(1, round(config.images_per_epoch / per_step))
        self._decay = 0.5 ** (per_step / config.average_images)
        torch.manual_seed(config.seed)
        self.shape = brush_shape(config, painter)
        self.brush = new_brush(self.shape)
        self.critic, self.heads, self.features = (
            Critic(config.detail, config.critic_width),
            ProjectedHeads(),
            FrozenFeatures(),
        )
        self.painter = painter.eval().requires_grad_(False) if painter is not None else None
        for network in (self.brush, self.critic, self.heads, self.features, self.painter):
            if network is not None:
                to_layout(network, fabric)
        self.averaged = copy.deepcopy(self.brush).eval().requires_grad_(False)
        self.features.calibrate(self._details(0)[0])
        self._critics = [*self.critic.parameters(), *self.heads.parameters()]
        self.optimisers = (
            torch.optim.Adam(self.brush.parameters(), lr=config.brush_rate, betas=BETAS),
            torch.optim.Adam(self._critics, lr=config.critic_rate, betas=BETAS),
        )

    def step(self, number: int) -> dict[str, Tensor]:
        """Paint details, judge them, learn: the critics first, then the brush on the same details."""
        real, corners = self._details(number)
        from_trunk = len(real) // 2 if self.painter is not None else 0
        with self.fabric.autocast():
            small = F.avg_pool2d(real[from_trunk:], self.shape.enlargement)
            copied = self.brush(roughen(small), corners=corners[from_trunk:])
            painted = copied
            if from_trunk:
                picture, features, places = self._trunk_parts(from_trunk)
                invented = self.brush(picture, features, places)
                painted = torch.cat((invented, copied))
        painted = painted.float()
        fidelity = weave = painted.new_zeros(())
        if from_trunk:
            scale, invented = self.shape.enlargement, painted[:from_trunk]
            fidelity = F.l1_loss(F.avg_pool2d(invented, scale), picture)
            plain = F.interpolate(picture, scale_factor=scale, mode="bilinear", align_corners=False)
            weave = unevenness(invented, plain, scale)
        # Critics and features halve the picture always at the same pixels, and so does the brush's pixel shuffle
        # the other way round: on one grid they would agree on a pattern of dots. So theirs lies elsewhere each step.
        moves = torch.randint(0, GRID, (2,)).tolist()
        real, painted = real.roll(moves, (2, 3)), painted.roll(moves, (2, 3))
        real_taps = self._taps_of(real)
        with self.fabric.autocast():
            painted_taps = self.features(painted)  # for both: what the critics learn from has no way back
        still = painted.detach(), [tap.detach() for tap in painted_taps]
        losses = self._learn_to_judge(number, (real, real_taps), still)
        losses |= {"fidelity": fidelity, "weave": weave}
        held = self.config.fidelity * fidelity + EVENNESS * weave
        losses |= self._learn_to_paint((real, real_taps), (painted, painted_taps), from_trunk, held)
        average_weights(self.averaged, self.brush, self._decay, number)
        return {name: value.detach() for name, value in losses.items()}

    def _details(self, number: int) -> tuple[Tensor, Tensor]:
        """Details of real paintings [batch, 3, D, D], and their corners in the small picture, int64 [batch, 2]."""
        key = (self.seed, number, self.fabric.global_rank)
        draw = draw_batch(self.data, self.config.batch, key)
        scale, size = self.shape.enlargement, self.config.detail
        rng = np.random.default_rng([*key, 1])
        corners = rng.integers(0, (self.config.resolution - size) // scale + 1, (len(draw.paintings), 2))
        details = np.empty((len(corners), 3, size, size), np.uint8)
        for place, (row, (top, left)) in enumerate(zip(draw.paintings, corners * scale, strict=True)):
            details[place] = self.data.images[row, :, top : top + size, left : left + size]
        real = mirror(to_unit(torch.from_numpy(details).to(self.fabric.device)), torch.from_numpy(draw.mirrored))
        return real.contiguous(memory_format=torch.channels_last), torch.from_numpy(corners)

    def _trunk_parts(self, count: int) -> tuple[Tensor, Tensor, Tensor]:
        """Parts of the trunk's pictures and features, and their corners."""
        assert self.painter is not None
        pictures = -(-count // DETAILS_A_PICTURE)
        noise = torch.randn(pictures, self.painter.noise_size, device=self.fabric.device)
        clips = torch.randint(len(self.data.embeddings), (pictures,))
        with torch.no_grad():
            embedding = torch.from_numpy(self.data.embeddings[clips.numpy()]).to(self.fabric.device)
            features, picture = self.painter.trunk(noise, embedding)
        size = self.config.detail // self.shape.enlargement
        corners = torch.randint(0, TRUNK_SIZE - size + 1, (count, 2))
        rows = torch.arange(count, device=picture.device) % pictures
        return crop(picture[rows], corners, size), crop(features[rows], corners, size), corners

    def _nothing(self, images: Tensor) -> Tensor:
        """In the embedding's place: a brush does not hear the music, so its critics do not, either."""
        return images.new_zeros(len(images), EMBEDDING_SIZE)

    def _taps_of(self, images: Tensor) -> list[Tensor]:
        with torch.no_grad(), self.fabric.autocast():
            return self.features(images)

    def _learn_to_judge(self, number: int, real: Seen, painting: Seen) -> dict[str, Tensor]:
        """One step of the critics."""
        self.optimisers[1].zero_grad()
        (details, real_taps), (painted, painted_taps) = real, painting
        nothing = self._nothing(details)
        with self.fabric.autocast():
            critic = pairing_loss(self.critic(details, nothing), self.critic(painted, nothing))
            heads = pairing_loss(self.heads(real_taps, nothing), self.heads(painted_taps, nothing))
        self.fabric.backward(critic + heads)
        if self.config.penalty and number % self.config.penalty_every == 0:
            self._penalise(details, real_taps)
            self._penalise(painted, painted_taps)
        average_gradients(self.fabric, self._critics)
        self.optimisers[1].step()
        return {"critic_loss": critic, "heads_loss": heads}

    def _penalise(self, images: Tensor, taps: list[Tensor]) -> None:
        few = slice(-self.config.penalty_batch, None)
        nothing = self._nothing(images[few])
        penalty = gradient_penalty(lambda x: self.critic(x, nothing), [images[few]])
        penalty = penalty + gradient_penalty(lambda *t: self.heads(t, nothing), [tap[few] for tap in taps])
        self.fabric.backward(self.config.penalty * self.config.penalty_every * penalty)

    def _learn_to_paint(self, real: Seen, painting: Seen, from_trunk: int, held: Tensor) -> dict[str, Tensor]:
        """One step of the brush; the first `from_trunk` pictures have no original: `held` holds them to the trunk's."""
        self.optimisers[0].zero_grad()
        config, (details, real_taps), (painted, taps) = self.config, real, painting
        nothing = self._nothing(details)
        for parameter in self._critics:
            parameter.requires_grad_(False)
        with self.fabric.autocast():
            with torch.no_grad():
                real_logits, real_heads = self.critic(details, nothing), self.heads(real_taps, nothing)
            opinion = pairing_loss(self.critic(painted, nothing), real_logits)
            opinion = opinion + pairing_loss(self.heads(taps, nothing), real_heads)
            copied = [tap[from_trunk:] for tap in taps], [tap[from_trunk:] for tap in real_taps]
            seen = perceptual_distance(*copied).mean()
            distance = F.l1_loss(painted[from_trunk:], details[from_trunk:])
            uneven = unevenness(painted[from_trunk:], details[from_trunk:], self.shape.enlargement)
            loss = EVENNESS * uneven + config.distance * distance + config.perceptual * seen + held
            loss = loss + config.adversarial * opinion
        self.fabric.backward(loss)
        for parameter in self._critics:
            parameter.requires_grad_(True)
        average_gradients(self.fabric, self.brush.parameters())
        self.optimisers[0].step()
        return {"distance": distance, "perceptual": seen, "opinion": opinion, "unevenness": uneven}

    def end_epoch(self, epoch: int) -> dict[str, Any]:
        """A sheet after each epoch: paintings by the trunk and this brush; without trunk, copies beside originals."""
        if self.folder is not None and self.fabric.global_rank == 0:
            draw_sheet(self, self.folder / "samples" / f"{epoch:04d}.png")
        return {}

    def state(self) -> dict[str, Any]:
        """Weights, optimisers and data fingerprint."""
        return {
            "brush": self.brush.state_dict(),
            "averaged": self.averaged.state_dict(),
            "critic": self.critic.state_dict(),
            "heads": self.heads.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "data": self.data.fingerprint(),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take up a state.

        Raises:
            MvnetError: it was made with other data.
        """
        if state["data"] != self.data.fingerprint():
            raise MvnetError("the data has changed since this run began: give the same --data, or --no-resume")
        for name in ("brush", "averaged", "critic", "heads"):
            getattr(self, name).load_state_dict(state[name])
        for optimiser, kept in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(kept)

    def start_from(self, path: Path) -> None:
        """Begin with a finished brush's weights, or those of a painter's brush."""
        fill(self.brush, path)
        self.averaged.load_state_dict(self.brush.state_dict())

    def finished(self) -> Painter | None:
        """The painter of trunk and averaged brush in eval mode, on the CPU; None without a trunk."""
        if self.painter is None:
            return None
        whole = Painter(self.shape)
        trunk = {name: value for name, value in self.painter.state_dict().items() if not name.startswith("brush.")}
        brush = {"brush." + name: value for name, value in self.averaged.state_dict().items()}
        whole.load_state_dict({**trunk, **brush})
        return whole.eval()


def brush_shape(config: BrushConfig, painter: Painter | None) -> PainterShape:
    """What the finished painter is built of; without a trunk, of the default width."""
    trunk = PainterShape() if painter is None else painter.shape
    return replace(trunk, resolution=config.resolution, brush_width=config.brush_width)


def roughen(small: Tensor) -> Tensor:
    """Small pictures [N, 3, h, w] softened and with noise, each by its own amount, as a trunk's would be."""
    blur, noise = torch.rand(2, len(small), 1, device=small.device)
    steps = torch.arange(-3, 4, device=small.device)
    weights = torch.exp(-(steps**2) / (2 * (MOST_BLUR * blur + 1e-2) ** 2))  # [N, 7]
    kernel = (weights / weights.sum(1, keepdim=True)).to(small.dtype)
    padded = F.pad(small, (3, 3, 3, 3), mode="replicate").flatten(0, 1)[None]  # [1, 3N, h + 6, w + 6]
    kernel = kernel.repeat_interleave(3, 0)
    count = len(kernel)
    soft = F.conv2d(F.conv2d(padded, kernel[:, None, :, None], groups=count), kernel[:, None, None, :], groups=count)
    soft = soft[0].unflatten(0, (-1, 3))
    return soft + MOST_NOISE * noise[:, :, None, None] * torch.randn_like(soft)


def unevenness(painted: Tensor, real: Tensor, scale: int) -> Tensor:
    """How far the pixels that come from one place of the pixel shuffle stray together from the original or a plain one.

    A texture that repeats with each small pixel is what a brush learns first to please its critics.

    Args:
        painted, real: [N, 3, S, S].
        scale: of the pixel shuffle.
    """
    places = F.pixel_unshuffle(painted - real, scale)  # [N, 3 scale^2, S / scale, S / scale]
    return F.avg_pool2d(places, min(EVEN_PART, places.shape[-1])).abs().mean()


@torch.no_grad()
def draw_sheet(training: BrushTraining, path: Path) -> None:
    """With a trunk: a row a period, the same noise down a column. Without: small, painted, original; twice."""
    present = np.unique(training.data.periods)
    device = training.fabric.device
    if (painter := training.finished()) is not None:
        generator = torch.Generator().manual_seed(training.seed)
        noise = torch.randn(SHEET_COLUMNS, painter.noise_size, generator=generator).repeat(len(present), 1)
        images = painter(noise, embeddings_of(training.data, np.repeat(present, SHEET_COLUMNS)))
    else:
        rows = np.concatenate([np.flatnonzero(training.data.periods == period)[:2] for period in present])
        real = to_unit(torch.from_numpy(np.array(training.data.images[rows]))).to(device)
        small = F.avg_pool2d(real, training.shape.enlargement)
        plain = F.interpolate(small, scale_factor=training.shape.enlargement, mode="nearest")
        painted = training.averaged(small)
        images = torch.stack((plain, painted, real), 1).flatten(0, 1)
    plots.save_collage(path, to_bytes(images), SHEET_COLUMNS)


def finish(training: BrushTraining, folder: RunFolder, painter: dict[str, Any] | None) -> dict[str, Any]:
    """Write brush.pt, and painter.pt where there is a trunk (of whose file `painter` is the rest); returns figures."""
    records = [record for record in folder.records() if "distance" in record]
    per_step = training.config.batch * training.fabric.world_size
    figures: dict[str, Any] = {"brush_details": records[-1]["step"] * per_step if records else 0}
    for name in ("distance", "perceptual", "fidelity"):
        if records:
            figures[f"brush_{name}"] = float(np.mean([record[name] for record in records[-20:]]))
    common = {
        "format": checkpoints.FORMAT,
        "spec": training.data.spec.as_dict(),
        "shape": asdict(training.shape),
        "commit": folder.commit,
    }
    config = asdict(training.config)
    brush = {**common, "kind": "brush", "weights": weights_of(training.averaged), "figures": figures, "config": config}
    checkpoints.write_atomic(folder.path / FILES["brush"], brush)
    whole = training.finished()
    if whole is not None and painter is not None:
        figures = {**painter["figures"], **figures}
        content = {
            **common,
            "kind": "painter",
            "weights": weights_of(whole),
            "figures": figures,
            "config": {"trunk": painter["config"], "brush": config},
            "encoder_digest": painter["encoder_digest"],
        }
        checkpoints.write_atomic(folder.path / FILES["painter"], content)
    folder.write_json("metrics.json", figures)
    names = {name: name for name in ("distance", "perceptual", "opinion", "critic_loss", "fidelity")}
    plots.save_curves(folder.path / "loss.png", records, names, "Brush's losses")
    draw_sheet(training, folder.path / "samples.png")
    return figures


def train_brush(
    config: BrushConfig,
    data: PainterData,
    path: Path,
    run: RunConfig,
    fabric: Fabric,
    *,
    painter: Path | None = None,
    start: Path | None = None,
    quiet: bool = False,
) -> tuple[str, dict[str, Any]]:
    """Train, or go on training, in a run folder; every process calls this.

    Args:
        painter: a finished painter whose trunk the brush shall finish; one of another encoder learns to hear
            the data's.
        start: a finished brush to begin a new run with.
    Returns:
        how it ended (see mvnet.run.run_training) and figures, empty when it was interrupted, and in
        processes other than 0.
    Raises:
        MvnetError: a file is unreadable or does not fit.
    """
    trunk, rest = (None, None) if painter is None else load_painter(painter)
    if trunk is not None and rest is not None and rest["encoder_digest"] != data.encoder_digest:
        trunk.set_hearing(hearing_for(trunk, data))
        rest["encoder_digest"] = data.encoder_digest
    folder = RunFolder(path, "brush", cast(Any, config), data.spec, resume=run.resume)
    if fabric.global_rank == 0:
        folder.create()
    fabric.barrier()
    training = BrushTraining(config, data, fabric, path, trunk)
    if start is not None:
        training.start_from(start)  # a checkpoint, where there is one, replaces it again
    ended = run_training(training, folder, fabric, run, quiet=quiet)
    if ended == "interrupted" or fabric.global_rank != 0:
        return ended, {}
    return ended, finish(training, folder, rest)
