"""Going on from an earlier training: with all that its state knows, or with what the finished encoder kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from lightning_fabric import Fabric
from torch import nn

from mvnet.configs import SUPCON, RunConfig
from mvnet.encoder import AudioEncoder
from mvnet.engine import start_engine
from mvnet.errors import MvnetError
from mvnet.start import Start, load_start
from mvnet.train_encoder import EncoderTraining, train_encoder
from tests.training_data import encoder_data

TAUGHT = replace(SUPCON, epochs=1, batch=4, lessons=1.0)
RUN = RunConfig(device="cpu", precision="32")


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return start_engine(RUN)


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory, fabric: Fabric) -> Path:
    path = tmp_path_factory.mktemp("runs") / "first"
    data = encoder_data((0, 1), train=3, val=1)
    _, figures = train_encoder(TAUGHT, data, path, RUN, fabric, like=AudioEncoder(), quiet=True)
    assert figures["turned_onto"]["after"] < figures["turned_onto"]["before"]
    assert figures["labels_share"] >= 0
    return path


def test_a_run_folder_gives_what_was_learnt_beside_the_periods(run_folder: Path, fabric: Fabric) -> None:
    start = load_start(run_folder)
    assert start.recital is not None
    training = EncoderTraining(TAUGHT, encoder_data((0, 1), train=3, val=1), fabric, start=start)
    assert training.recital is not None
    assert torch.equal(training.recital.weight, start.recital["weight"])
    assert torch.equal(training.averaged.linear.weight, start.encoder.linear.weight)


def test_a_finished_encoder_gives_its_weights_only(run_folder: Path) -> None:
    start = load_start(run_folder / "encoder.pt")
    assert start.recital is None
    state = load_start(run_folder)
    assert torch.equal(start.encoder.blocks[3].weight, state.encoder.blocks[3].weight)
    assert not torch.equal(start.encoder.linear.weight, state.encoder.linear.weight)


def test_other_lessons_than_those_that_were_learnt_are_refused(run_folder: Path) -> None:
    with pytest.raises(MvnetError, match=r"--init learnt \d+ lessons, this run has 7"):
        load_start(run_folder).teach(nn.Linear(8192, 7))


def test_a_state_of_something_else_is_refused(tmp_path: Path) -> None:
    torch.save({"training": {"encoder": {}}}, tmp_path / "state.pt")
    with pytest.raises(MvnetError, match="not the state of an encoder's training"):
        load_start(tmp_path)


def test_without_known_lessons_nothing_is_taught() -> None:
    layer = nn.Linear(4, 2)
    before = layer.weight.clone()
    Start(AudioEncoder(), None, None).teach(layer)  # type: ignore[arg-type]
    assert torch.equal(layer.weight, before)
