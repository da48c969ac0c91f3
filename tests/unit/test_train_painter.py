"""The painter's and the brush's trainings: what a step learns, resume, what is left behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from mvnet.anchors import AnchorTable, component_noise
from mvnet.checkpoints import read_checked
from mvnet.configs import RunConfig
from mvnet.diversity import DiversityGauge, gauge_rows, mean_distance
from mvnet.engine import start_engine
from mvnet.errors import MvnetError
from mvnet.painter_checkpoint import load_brush, load_painter
from mvnet.painter_config import BrushConfig, PainterConfig
from mvnet.painter_data import (
    draw_batch,
    heard_periods,
    paintings_worth_learning,
    piece_spread,
    synthetic_embeddings,
)
from mvnet.perceptual import FrozenFeatures
from mvnet.train_brush import BrushTraining, roughen, train_brush, unevenness
from mvnet.train_painter import PainterTraining, average_gradients, train_painter
from tests.painter_data import painter_data

PAINTER = PainterConfig(
    width=4,
    critic_width=4,
    epochs=2,
    images_per_epoch=12,
    batch=6,
    penalty_every=2,
    penalty_batch=4,
    average_images=20.0,
    period_weight=0.0,
)
BRUSH = BrushConfig(
    resolution=128, brush_width=4, critic_width=4, epochs=1, images_per_epoch=8, batch=4, detail=32, penalty_every=2
)
RUN = RunConfig(device="cpu", precision="32")


def test_a_batch_holds_every_period_as_often_and_music_of_each_ones_own() -> None:
    data = painter_data(paintings=5, clips=2)
    draw = draw_batch(data, 10, (0, 3, 0))
    periods = data.periods[draw.paintings]
    assert np.bincount(periods).tolist() == [5, 0, 0, 0, 5]
    np.testing.assert_array_equal(data.clip_periods[draw.clips], periods)
    again, other = draw_batch(data, 10, (0, 3, 0)), draw_batch(data, 10, (0, 4, 0))
    np.testing.assert_array_equal(draw.paintings, again.paintings)
    assert not np.array_equal(draw.paintings, other.paintings)


def test_music_of_every_painted_period_is_asked_for() -> None:
    data = painter_data()
    with pytest.raises(MvnetError, match="renaissance"):
        replace(data, clip_periods=np.full(len(data.clip_periods), 4))


def test_pale_and_flat_pictures_are_left_out() -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 200, (3, 3, 64, 64)).astype(np.uint8)
    images[0, :, :40] = 250
    images[2] = 100
    assert paintings_worth_learning(images).tolist() == [1]


def test_spread_within_pieces_by_hand() -> None:
    embeddings = np.zeros((5, 10), np.float32)
    embeddings[:, 0] = [1, 3, 10, 14, 99]
    # Squares 1 + 1 + 4 + 4 over 2 degrees of freedom; the lone clip tells nothing.
    assert piece_spread(embeddings, ["a", "a", "b", "b", "c"])[0] == pytest.approx(5**0.5)


def test_a_clip_belongs_to_the_period_that_is_heard() -> None:
    heard = np.array([[0.1, 0.7, 0.1, 0.1, 0.0], [0.6, 0.1, 0.1, 0.1, 0.1], [0.2, 0.5, 0.1, 0.1, 0.1]])
    assert heard_periods(heard, np.array([0, 1, 1])).tolist() == [1, 0, 1]
    # The third period is heard nowhere: its clip stays its own, so that its paintings have music.
    assert heard_periods(heard, np.array([0, 1, 2])).tolist() == [1, 0, 2]


def test_another_pairing_does_not_go_on() -> None:
    data = painter_data()
    other = replace(data, clip_periods=data.clip_periods[::-1].copy())
    assert data.fingerprint() != other.fingerprint()


def test_first_noises_follow_the_pictures_and_are_normal_within_a_period() -> None:
    rng = np.random.default_rng(0)
    shades = rng.uniform(20, 220, 200)
    images = (shades[:, None, None, None] + rng.normal(0, 4, (200, 3, 32, 32))).astype(np.uint8)
    periods = np.repeat([0, 1], 100)
    noise = component_noise(images, periods, 12)
    assert noise.shape == (200, 12)
    for period in (0, 1):
        own = noise[periods == period]
        assert abs(np.linalg.norm(own, axis=1).mean() - 12**0.5) < 0.3
        assert abs(np.corrcoef(own[:, 0], shades[periods == period])[0, 1]) > 0.8


def test_an_anchor_moves_against_its_gradient_and_keeps_its_length() -> None:
    table = AnchorTable(np.array([[3.0, 4.0], [1.0, 0.0]], np.float32), 0.1, start_engine(RUN))
    rows = torch.tensor([0])
    taken = table.take(rows)
    taken[0, 0].mul(5).backward()
    table.move(rows, taken)
    assert table.noise[0, 0] < 3
    assert table.noise[0].norm().item() == pytest.approx(5)
    assert table.noise[1].tolist() == [1, 0]


def test_mean_distance_is_that_of_all_pairs() -> None:
    rows = torch.randn(5, 3)
    pairs = [(a - b).square().sum() for i, a in enumerate(rows) for b in rows[:i]]
    assert mean_distance(rows) == pytest.approx(float(torch.stack(pairs).mean()), rel=1e-5)


def test_diversity_of_the_real_paintings_is_one_and_of_one_painting_nothing() -> None:
    data = painter_data(paintings=6)
    rows = gauge_rows(data.periods)
    real = torch.from_numpy(data.images[rows]).float() / 127.5 - 1
    gauge = DiversityGauge(FrozenFeatures(), 64, real, data.periods[rows])
    assert gauge.measure(real)["mean"] == pytest.approx(1)
    assert gauge.measure(real[:1].expand_as(real))["mean"] == pytest.approx(0, abs=1e-3)


def test_a_step_moves_painter_critics_average_and_anchors() -> None:
    training = PainterTraining(PAINTER, painter_data(), start_engine(RUN))
    before = {name: value.clone() for name, value in _weights(training).items()}
    losses = training.step(0)
    assert all(torch.isfinite(value) for value in losses.values())
    for name, value in _weights(training).items():
        assert not torch.equal(value, before[name]), name


def _weights(training: PainterTraining) -> dict[str, torch.Tensor]:
    return {
        "painter": training.painter.start.weight,
        "averaged": training.averaged.start.weight,
        "critic": training.critic.last.weight,
        "heads": training.heads.projections[0].plain.weight,
        "anchors": training.anchors.noise,
    }


def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path: Path) -> None:
    data = painter_data()
    fabric = start_engine(RUN)
    ended, figures = train_painter(PAINTER, data, tmp_path / "whole", RUN, fabric, quiet=True)
    assert ended == "finished"
    half = replace(PAINTER, epochs=1)
    train_painter(half, data, tmp_path / "parts", RUN, fabric, quiet=True)
    train_painter(PAINTER, data, tmp_path / "parts", RUN, fabric, quiet=True)
    whole, rest = load_painter(tmp_path / "whole")
    parts, _ = load_painter(tmp_path / "parts")
    for name, value in whole.state_dict().items():
        assert torch.equal(value, parts.state_dict()[name]), name
    assert rest["encoder_digest"] == "digest"
    assert figures["images"] == 24
    assert 0 < figures["diversity_mean"] < 10
    for name in ("samples.png", "samples/0002.png", "loss.png", "metrics.json"):
        assert (tmp_path / "whole" / name).stat().st_size > 0


def test_other_data_does_not_go_on(tmp_path: Path) -> None:
    training = PainterTraining(PAINTER, painter_data(), start_engine(RUN))
    other = PainterTraining(PAINTER, painter_data(paintings=3), start_engine(RUN))
    with pytest.raises(MvnetError, match="data or the encoder has changed"):
        other.load(training.state())


def test_without_projected_critics_and_anchors_it_trains_too() -> None:
    config = replace(PAINTER, projected=0.0, anchor_share=0.0, penalty=0.0)
    losses = PainterTraining(config, painter_data(), start_engine(RUN)).step(0)
    assert set(losses) == {"critic_loss", "painter_loss"}


def test_the_judge_of_periods_moves_the_painter() -> None:
    losses = PainterTraining(replace(PAINTER, period_weight=1.0), painter_data(), start_engine(RUN)).step(0)
    assert losses["period_gap"] >= 0
    weights = []
    for weight in (1e-9, 100.0):
        training = PainterTraining(replace(PAINTER, period_weight=weight), painter_data(), start_engine(RUN))
        assert training.probe is not None
        training.probe.real_loss = -1.0  # never silent
        training.step(0)
        weights.append(training.painter.start.weight.detach().clone())
    assert not torch.equal(*weights)


def test_a_large_painter_trains_as_a_whole() -> None:
    config = replace(PAINTER, resolution=128, brush_width=4)
    training = PainterTraining(config, painter_data(size=128), start_engine(RUN))
    assert training.painter.brush is not None
    before = training.painter.brush.features.weight.clone()
    training.step(0)
    assert not torch.equal(training.painter.brush.features.weight, before)


def test_gradients_of_one_process_stay(tmp_path: Path) -> None:
    layer = torch.nn.Linear(2, 1)
    layer(torch.ones(1, 2)).sum().backward()
    average_gradients(start_engine(RUN), layer.parameters())
    assert layer.weight.grad is not None
    assert layer.weight.grad.tolist() == [[1, 1]]


def test_a_brush_learns_alone_and_then_finishes_a_painter(tmp_path: Path) -> None:
    fabric, data = start_engine(RUN), painter_data(size=128)
    ended, figures = train_brush(BRUSH, data, tmp_path / "brush", RUN, fabric, quiet=True)
    assert ended == "finished"
    assert figures["brush_details"] == 8
    train_painter(replace(PAINTER, epochs=1), painter_data(), tmp_path / "trunk", RUN, fabric, quiet=True)
    train_brush(
        BRUSH,
        data,
        tmp_path / "both",
        RUN,
        fabric,
        painter=tmp_path / "trunk",
        start=tmp_path / "brush",
        quiet=True,
    )
    painter, rest = load_painter(tmp_path / "both")
    trunk, _ = load_painter(tmp_path / "trunk")
    assert painter.shape.resolution == 128
    assert {"diversity_mean", "brush_distance"} <= set(rest["figures"])
    assert torch.equal(painter.start.weight, trunk.start.weight)
    brush, _ = load_brush(tmp_path / "both")
    assert painter.brush is not None
    assert torch.equal(painter.brush.last.weight, brush.last.weight)


def test_a_painter_of_another_encoder_learns_to_hear(tmp_path: Path) -> None:
    fabric, data = start_engine(RUN), painter_data()
    train_painter(replace(PAINTER, epochs=1), data, tmp_path / "old", RUN, fabric, quiet=True)
    old, _ = load_painter(tmp_path / "old")
    other = replace(data, embeddings=data.embeddings * -3 + 5, encoder_digest="other")
    training = PainterTraining(PAINTER, other, fabric)
    training.start_from(tmp_path / "old")
    kept = PainterTraining(PAINTER, data, fabric)
    kept.load(read_checked(tmp_path / "old" / "state.pt")["training"])
    assert torch.equal(training.critic.last.weight, kept.critic.last.weight)
    assert torch.equal(training.anchors.noise, kept.anchors.noise)
    for period in (0, 4):
        own = torch.from_numpy(other.embeddings[other.clip_periods == period])
        heard = training.averaged.hear(own).mean(0)
        distances = (heard - old.period_centres[[0, 4]]).norm(dim=1)
        assert distances.argmin() == [0, 4].index(period)


def test_a_brush_step_with_a_trunk_learns(tmp_path: Path) -> None:
    fabric = start_engine(RUN)
    trunk = PainterTraining(PAINTER, painter_data(), fabric).painter
    training = BrushTraining(BRUSH, painter_data(size=128), fabric, painter=trunk)
    before = training.brush.stem.weight.clone()
    losses = training.step(0)
    assert losses["fidelity"] > 0
    assert losses["weave"] > 0
    assert not torch.equal(training.brush.stem.weight, before)


def test_roughened_pictures_are_softer_and_like_themselves() -> None:
    torch.manual_seed(0)
    sharp = torch.randn(64, 3, 16, 16)
    rough = roughen(sharp)
    assert rough.shape == sharp.shape
    assert rough.std() < sharp.std()
    likeness = torch.nn.functional.cosine_similarity(rough.flatten(1), sharp.flatten(1))
    assert likeness.min() > 0.3


def test_unevenness_sees_a_pattern_and_not_a_mistake_here_and_there() -> None:
    torch.manual_seed(0)
    real = torch.randn(2, 3, 32, 32)
    pattern = 0.1 * torch.tensor([[1.0, -1.0], [-1.0, 1.0]]).repeat(16, 16)
    scattered = pattern * torch.randn(2, 3, 32, 32).sign()
    assert unevenness(real, real, 2) == 0
    assert unevenness(real + pattern, real, 2).item() == pytest.approx(0.1, rel=1e-3)
    assert unevenness(real + scattered, real, 2) < 0.03


def test_synthetic_music_is_five_clouds() -> None:
    embeddings, periods = synthetic_embeddings(0)
    centres = np.stack([embeddings[periods == period].mean(0) for period in range(5)])
    nearest = np.linalg.norm(embeddings[:, None] - centres, axis=2).argmin(1)
    assert (nearest == periods).mean() > 0.8


def test_a_run_folder_of_another_kind_is_refused(tmp_path: Path) -> None:
    fabric = start_engine(RUN)
    train_painter(replace(PAINTER, epochs=1), painter_data(), tmp_path, RUN, fabric, quiet=True)
    with pytest.raises(MvnetError, match="begun with kind painter"):
        train_brush(BRUSH, painter_data(size=128), tmp_path, RUN, fabric, quiet=True)
