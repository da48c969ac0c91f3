"""The paper's cDCGAN training on a handful of made-up paintings, with the real networks."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric
from PIL import Image

from mvnet.checkpoints import load_generator
from mvnet.configs import GanConfig, RunConfig
from mvnet.engine import start_engine
from mvnet.errors import MvnetError
from mvnet.run import RunFolder, run_training
from mvnet.train_gan import GanTraining, columns_a_period, mirror, sheet_clips, to_bytes, to_unit, train_gan
from tests.training_data import gan_data

CONFIG = GanConfig(epochs=1, batch=2)
RUN = RunConfig(device="cpu", precision="32", log_every=1)


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return start_engine(RUN)


def picture_size(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def test_resumed_weights_equal_uninterrupted_ones_bit_for_bit(tmp_path: Path, fabric: Fabric) -> None:
    config, data = replace(CONFIG, batch=1), gan_data(clips=1, paintings=1)  # four pairs, four steps
    readings = iter(range(100))

    def stopping_clock() -> float:
        if next(readings) == 4:
            signal.raise_signal(signal.SIGINT)
        return 0.0

    def run(name: str, interrupted: bool) -> tuple[str, GanTraining]:
        folder = RunFolder(tmp_path / name, "gan", config, data.spec, resume=True)
        folder.create()
        training = GanTraining(config, data, fabric)
        clock = stopping_clock if interrupted else (lambda: 0.0)
        return run_training(training, folder, fabric, RUN, clock=clock, quiet=True), training

    _, whole = run("whole", False)
    assert run("parts", True)[0] == "interrupted"
    ended, parts = run("parts", False)
    assert ended == "finished"
    for network in ("generator", "discriminator"):
        expected = getattr(whole, network).state_dict()
        for name, value in getattr(parts, network).state_dict().items():
            assert torch.equal(value, expected[name]), f"{network}.{name}"


def test_each_half_step_moves_only_its_own_network(fabric: Fabric) -> None:
    training = GanTraining(CONFIG, gan_data(clips=1, paintings=1), fabric)
    generator = [weight.detach().clone() for weight in training.generator.parameters()]
    discriminator = [weight.detach().clone() for weight in training.discriminator.parameters()]
    fake = training.generator(torch.randn(2, 100), torch.randn(2, 10))
    training._step_discriminator(torch.rand(2, 3, 64, 64), fake.detach())
    assert all(torch.equal(a, b) for a, b in zip(generator, training.generator.parameters(), strict=True))
    moved = [not torch.equal(a, b) for a, b in zip(discriminator, training.discriminator.parameters(), strict=True)]
    assert any(moved)
    discriminator = [weight.detach().clone() for weight in training.discriminator.parameters()]
    training._step_generator(fake)
    assert all(torch.equal(a, b) for a, b in zip(discriminator, training.discriminator.parameters(), strict=True))
    assert not torch.equal(generator[0], next(training.generator.parameters()))
    assert all(weight.requires_grad for weight in training.discriminator.parameters())


def test_a_run_leaves_generator_curves_and_sheets(tmp_path: Path, fabric: Fabric) -> None:
    data = gan_data(clips=1, paintings=1)
    ended, figures = train_gan(CONFIG, data, tmp_path, RUN, fabric, quiet=True)
    assert ended == "finished"
    assert figures["steps"] == 2
    assert np.isfinite([figures["discriminator_loss"], figures["generator_loss"]]).all()
    generator, extras = load_generator(tmp_path)
    assert extras["encoder_digest"] == "digest"
    assert extras["config"]["smoothing"] == 0.2
    with torch.no_grad():
        assert generator(torch.zeros(1, 100), torch.zeros(1, 10)).shape == (1, 3, 64, 64)
    sizes = {file.name: picture_size(file) for file in tmp_path.glob("*.png") if file.name != "loss.png"}
    assert sizes["collage-renaissance.png"] == (6 * 65 - 1, 65 - 1)  # one clip: one row of six noises
    assert sizes["pairs.png"] == (2 * 65 - 1, 2 * 65 - 1)
    assert (tmp_path / "loss.png").exists()
    assert picture_size(tmp_path / "samples" / "0001.png") == (64, 2 * 65 - 1)


def test_checkpoint_of_another_encoder_is_refused(fabric: Fabric) -> None:
    data = gan_data(clips=1, paintings=1)
    state = GanTraining(CONFIG, data, fabric).state()
    with pytest.raises(MvnetError, match="give the same --data and --encoder"):
        GanTraining(CONFIG, replace(data, encoder_digest="other"), fabric).load(state)


def test_paintings_of_another_size_are_refused() -> None:
    data = gan_data(clips=1, paintings=1)
    with pytest.raises(MvnetError, match="64, 64"):
        replace(data, images=data.images[:, :, ::2, ::2])


def test_pixels_go_to_unit_range_and_back() -> None:
    values = torch.arange(256, dtype=torch.uint8).reshape(1, 1, 16, 16)
    unit = to_unit(values)
    assert unit.min().item() == -1
    assert unit.max().item() == 1
    assert (to_bytes(unit) == values.numpy()).all()


def test_mirror_exchanges_left_and_right_of_the_chosen() -> None:
    images = torch.arange(8.0).reshape(2, 1, 2, 2)
    mirrored = mirror(images, torch.tensor([False, True]))
    assert torch.equal(mirrored[0], images[0])
    assert mirrored[1, 0].tolist() == [[5.0, 4.0], [7.0, 6.0]]


def test_sheet_takes_equal_numbers_and_held_out_clips_first() -> None:
    periods = np.array([0] * 10 + [4] * 8)
    held_out = np.zeros(18, bool)
    held_out[[1, 3, 5, 7, 8, 9, 17]] = True
    rows = sheet_clips(periods, held_out)
    assert rows[:6].tolist() == [1, 3, 5, 7, 8, 9]
    assert (periods[rows[6:]] == 4).all()
    assert len(set(rows[6:].tolist())) == 6
    assert 17 in rows[6:]
    assert columns_a_period(periods[rows]) == 6
