"""Two CPU processes (gloo) train as one: data dealt out, gradients averaged, weights the same."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from mvnet.configs import RunConfig
from mvnet.engine import start_engine
from mvnet.losses import triplet_loss
from mvnet.train_encoder import EncoderTraining
from tests.ranks import run_ranks
from tests.training_data import encoder_data
from tests.two_processes import ENCODER


@pytest.fixture(scope="module")
def ranks(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return run_ranks("tests.two_processes", tmp_path_factory.mktemp("ranks"))


@pytest.mark.parametrize("network", ["encoder", "generator", "discriminator"])
def test_weights_and_statistics_are_equal_in_both(ranks: list[dict[str, Any]], network: str) -> None:
    for name, value in ranks[0][network].items():
        assert torch.equal(value, ranks[1][network][name]), name


def test_data_is_dealt_out(ranks: list[dict[str, Any]]) -> None:
    anchors = [row[0][0] for rank in ranks for row in rank["rows"]]
    assert sorted(anchors) == encoder_data().split("train").tolist()  # each anchor once in an epoch of both
    assert ranks[0]["steps"] == 2
    assert ranks[0]["pairs"] != ranks[1]["pairs"]


def test_gradients_are_the_mean_of_both(ranks: list[dict[str, Any]]) -> None:
    training = EncoderTraining(ENCODER, encoder_data(), start_engine(RunConfig(device="cpu", precision="32")))
    training.encoder.train()
    for number in range(2):
        training.optimiser.zero_grad()
        for rank in ranks:
            anchor, positive, negative = (
                training.encoder(torch.from_numpy(training.data.windows[[row]]).float())
                for row in rank["rows"][number][0]
            )
            (triplet_loss(anchor, positive, negative) / 2).backward()
        training.optimiser.step()
    # Adam's first steps are close to the sign of the gradient: where a gradient is near zero, rounding
    # turns whole steps around, so nearly all weights must agree, and none by more than the steps' sum.
    for name, value in training.encoder.named_parameters():
        gap = (value.detach() - ranks[0]["encoder"][name]).abs()
        assert gap.max() <= 4.1 * ENCODER.learning_rate, name
        if value.ndim > 1:
            assert (gap < 0.1 * ENCODER.learning_rate).float().mean() > 0.98, name


def test_one_processs_wish_is_known_to_both(ranks: list[dict[str, Any]]) -> None:
    assert [rank["agreed"] for rank in ranks] == [[True, False], [True, False]]
