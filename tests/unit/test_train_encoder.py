"""Both recipes of the encoder's training on a handful of made-up windows, with the real network."""

from __future__ import annotations

import json
import signal
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric

from mvnet.checkpoints import load_encoder
from mvnet.configs import SUPCON, EncoderConfig, RunConfig
from mvnet.encoder import period_probabilities
from mvnet.engine import start_engine
from mvnet.errors import MvnetError
from mvnet.run import RunFolder, run_training
from mvnet.start import Start
from mvnet.student import period_targets
from mvnet.train_encoder import (
    EncoderTraining,
    average_weights,
    map_rows,
    schedule,
    train_encoder,
)
from tests.training_data import encoder_data

TRIPLET = EncoderConfig(epochs=1, anchors_per_clip=1)
CONTRASTIVE = replace(SUPCON, epochs=2, batch=2)
TAUGHT = replace(CONTRASTIVE, lessons=1.0, quiet=0.3, centred=True)
RUN = RunConfig(device="cpu", precision="32", log_every=1)


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return start_engine(RUN)


class SignallingClock:
    """A clock that stands still and sends SIGINT at its n-th reading."""

    def __init__(self, reading: int) -> None:
        self.left = reading

    def __call__(self) -> float:
        self.left -= 1
        if self.left == 0:
            signal.raise_signal(signal.SIGINT)
        return 0.0


@pytest.mark.parametrize("config", [TRIPLET, TAUGHT], ids=["triplet", "supcon"])
def test_resumed_weights_equal_uninterrupted_ones_bit_for_bit(
    tmp_path: Path, fabric: Fabric, config: EncoderConfig
) -> None:
    data = encoder_data()

    def run(name: str, reading: int) -> tuple[str, EncoderTraining]:
        folder = RunFolder(tmp_path / name, "encoder", config, data.spec, resume=True)
        folder.create()
        training = EncoderTraining(config, data, fabric)
        return run_training(training, folder, fabric, RUN, clock=SignallingClock(reading), quiet=True), training

    _, whole = run("whole", -1)
    assert run("parts", 6)[0] == "interrupted"
    ended, parts = run("parts", -1)
    assert ended == "finished"
    for network in ("encoder", "head", "averaged", "recital"):
        if (expected := getattr(whole, network)) is None:
            continue
        for name, value in getattr(parts, network).state_dict().items():
            assert torch.equal(value, expected.state_dict()[name]), f"{network}.{name}"
    fresh = EncoderTraining(config, data, fabric).encoder
    assert not torch.equal(fresh.linear.weight, whole.encoder.linear.weight)


def test_lessons_are_learnt_beside_the_periods(fabric: Fabric) -> None:
    data = encoder_data((0, 4), train=2)
    training = EncoderTraining(replace(TAUGHT, batch=4, epochs=9, quiet=0.0, mixup=0.0, spectral=False), data, fabric)
    losses = [training.step(0)["lessons"].item() for _ in range(6)]
    assert losses[0] == pytest.approx(1.0, abs=0.3)  # nothing is recited at first
    assert losses[-1] < 0.8 * losses[0]


def test_lessons_without_teachers_are_refused(fabric: Fabric) -> None:
    with pytest.raises(MvnetError, match="--lessons-file"):
        EncoderTraining(TAUGHT, replace(encoder_data(), lessons=None), fabric)


def test_training_begins_with_the_weights_it_is_given(fabric: Fabric) -> None:
    first = EncoderTraining(CONTRASTIVE, encoder_data(), fabric)
    other = replace(CONTRASTIVE, seed=5)
    second = EncoderTraining(other, encoder_data(), fabric, start=Start(first.encoder, first.head))
    for name, value in second.encoder.state_dict().items():
        # Centring filters that are centred already may still round them.
        assert torch.allclose(value, first.encoder.state_dict()[name], rtol=0, atol=1e-6), name
    assert torch.equal(second.averaged.linear.weight, first.encoder.linear.weight)


def test_centred_filters_hear_no_gain(fabric: Fabric) -> None:
    training = EncoderTraining(replace(TAUGHT, spectral=False), encoder_data(), fabric)
    for number in range(2):
        training.step(number)
    first = training.encoder.blocks[0]
    assert first.weight.sum((1, 2, 3)).abs().max() < 1e-5
    mel = torch.rand(1, 3, 128, 256)
    with torch.no_grad():
        change = first(mel + 0.5) - first(mel)
    assert change[:, :, 1:-1, 1:-1].abs().max() < 1e-5  # the edges see the zeros around the window


def test_what_is_quiet_has_no_period() -> None:
    wanted = period_targets(torch.tensor([4, 0]), torch.tensor([False, True]), 0.1)
    assert wanted[0].tolist() == pytest.approx([0.02, 0.02, 0.02, 0.02, 0.92])
    assert wanted[1].tolist() == pytest.approx([0.2] * 5)


def test_contrastive_training_tells_made_up_periods_apart(tmp_path: Path, fabric: Fabric) -> None:
    data = encoder_data((0, 4), train=2, val=2)
    config = replace(SUPCON, epochs=6, batch=4, average=0.5, mixup=0.0, spectral=False)
    ended, figures = train_encoder(config, data, tmp_path, RUN, fabric, quiet=True)
    assert ended == "finished"
    assert figures["val_clip_accuracy"] == 1.0
    assert figures["val_pieces"] == 4
    encoder, head, extras = load_encoder(tmp_path)
    with torch.no_grad():
        embedding = encoder(torch.from_numpy(data.windows[data.split("val")]).float())
        heard = period_probabilities(head, embedding).argmax(1).numpy()
    assert (heard == data.periods[data.split("val")]).all()
    assert np.array(extras["prototypes"]).shape == (5, 10)
    assert extras["spec"] == data.spec.as_dict()
    assert extras["config"]["loss"] == "supcon"
    assert json.loads((tmp_path / "metrics.json").read_text("utf-8")) == figures
    for name in ("loss.png", "embeddings.png", "confusion.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_triplet_loss_falls_when_one_batch_is_repeated(fabric: Fabric) -> None:
    data = encoder_data(train=2, val=0)
    training = EncoderTraining(EncoderConfig(epochs=9, batch=4, anchors_per_clip=1), data, fabric)
    losses = []
    for _ in range(4):
        torch.manual_seed(0)
        losses.append(training.step(0)["loss"].item())
    assert losses[-1] < losses[0] - 0.5


def test_without_validation_clips_the_encoder_is_finished_all_the_same(tmp_path: Path, fabric: Fabric) -> None:
    data = encoder_data(val=0)
    ended, figures = train_encoder(TRIPLET, data, tmp_path, RUN, fabric, quiet=True)
    assert ended == "finished"
    assert "val_clip_accuracy" not in figures
    assert load_encoder(tmp_path)[2]["figures"]["train_clips"] == 4


def test_checkpoint_of_other_data_is_refused(tmp_path: Path, fabric: Fabric) -> None:
    state = EncoderTraining(TRIPLET, encoder_data(), fabric).state()
    with pytest.raises(MvnetError, match="the data has changed"):
        EncoderTraining(TRIPLET, encoder_data(train=3), fabric).load(state)


def test_one_period_only_is_refused(fabric: Fabric) -> None:
    training = EncoderTraining(TRIPLET, encoder_data((3,)), fabric)
    with pytest.raises(MvnetError, match="romantic 2"):
        training.step(0)


def test_explicit_bf16_trains_on_any_cpu(tmp_path: Path) -> None:
    fabric = start_engine(RunConfig(device="cpu", precision="bf16"))
    training = EncoderTraining(replace(SUPCON, batch=2), encoder_data(), fabric)
    before = training.encoder.linear.weight.clone()
    loss = training.step(0)["loss"]
    assert torch.isfinite(loss)
    assert training.encoder.linear.weight.dtype == torch.float32
    assert not torch.equal(before, training.encoder.linear.weight)


def test_schedule_rises_then_falls_to_zero() -> None:
    rates = [schedule(step, 100, 0.1) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == rates[10] == 1.0
    assert all(a >= b for a, b in pairwise(rates[10:]))
    assert rates[-1] < 0.001
    assert schedule(0, 1, 0.0) == 1.0


def test_average_follows_early_weights_and_keeps_a_share_later() -> None:
    network, averaged = torch.nn.BatchNorm1d(2), torch.nn.BatchNorm1d(2)
    with torch.no_grad():
        network.weight.fill_(11.0)
    network.num_batches_tracked.fill_(7)
    average_weights(averaged, network, 0.9, step=0)
    assert averaged.weight.tolist() == pytest.approx([10.0, 10.0])  # decay 1/10
    average_weights(averaged, network, 0.9, step=10**6)
    assert averaged.weight.tolist() == pytest.approx([10.1, 10.1])  # decay 0.9
    assert averaged.num_batches_tracked.item() == 7


def test_map_rows_spreads_over_each_period() -> None:
    periods = np.array([1] * 200 + [3] * 5)
    rows = map_rows(periods, np.arange(205))
    assert (periods[rows] == 1).sum() == 60
    assert rows[0] == 0
    assert rows[59] == 199
    assert rows[60:].tolist() == list(range(200, 205))
