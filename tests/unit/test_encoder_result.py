"""What the period head is fitted on: clips as they are, changed, and windows without music that speak for no period."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from mvnet.calibration import fit_head
from mvnet.configs import SUPCON, RunConfig
from mvnet.encoder_result import _heard_in_training, read_lessons_out
from mvnet.engine import start_engine
from mvnet.reading import QUIET
from mvnet.train_encoder import EncoderTraining
from tests.training_data import encoder_data

CONFIG = replace(SUPCON, epochs=1, batch=2, quiet=0.25)


@pytest.fixture(scope="module")
def training() -> EncoderTraining:
    fabric = start_engine(RunConfig(device="cpu", precision="32"))
    return EncoderTraining(CONFIG, encoder_data((0, 1, 2, 3, 4), train=2, val=0), fabric)


def test_clips_count_twice_and_quiet_windows_for_each_period_alike(training: EncoderTraining) -> None:
    clips = len(training.train)
    learnt = training.embed(training.train)
    embeddings, labels, weights = _heard_in_training(training, learnt, np.ones(clips))
    quiet = round(2 * CONFIG.quiet * clips)
    assert len(embeddings) == len(labels) == len(weights) == 2 * clips + 5 * quiet
    np.testing.assert_array_equal(embeddings[:clips], learnt)
    assert not np.array_equal(embeddings[clips : 2 * clips], learnt)
    np.testing.assert_array_equal(labels[:clips], labels[clips : 2 * clips])
    for row in range(2 * clips, len(labels), 5):
        assert (embeddings[row : row + 5] == embeddings[row]).all()
        assert sorted(labels[row : row + 5]) == [0, 1, 2, 3, 4]
    assert weights[2 * clips :].sum() == pytest.approx(QUIET * 2 * clips)


def test_the_fitting_can_be_repeated(training: EncoderTraining) -> None:
    learnt = training.embed(training.train)
    first = _heard_in_training(training, learnt, np.ones(len(learnt)))
    second = _heard_in_training(training, learnt, np.ones(len(learnt)))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_is_quiet_is_heard_with_little_confidence() -> None:
    rng = np.random.default_rng(0)
    periods = np.repeat(np.arange(5), 40)
    music = 3 * np.eye(5, 10)[periods] + rng.normal(0, 0.5, (200, 10))
    silence = rng.normal(0, 0.1, (20, 10))
    head = fit_head(
        np.concatenate((music, np.repeat(silence, 5, 0))),
        np.concatenate((periods, np.tile(np.arange(5), 20))),
        np.concatenate((np.ones(200), np.full(100, 0.2))),
    )
    with torch.no_grad():
        confidence = torch.softmax(head(torch.from_numpy(silence.astype(np.float32))), 1).amax(1)
        sure = torch.softmax(head(torch.from_numpy(music.astype(np.float32))), 1).amax(1)
    assert confidence.mean() < 0.4
    assert sure.mean() > 0.8


def test_the_embedding_of_a_taught_encoder_is_read_from_what_it_recites(training: EncoderTraining) -> None:
    untaught = training.averaged.linear.weight.clone()
    read_lessons_out(training, np.ones(len(training.train)))
    assert torch.equal(training.averaged.linear.weight, untaught)
    config = replace(CONFIG, lessons=1.0)
    taught = EncoderTraining(config, training.data, start_engine(RunConfig(device="cpu", precision="32")))
    assert taught.recital is not None
    torch.nn.init.normal_(taught.recital.weight, 0, 0.01)
    read_lessons_out(taught, np.ones(len(taught.train)))
    with torch.no_grad():
        features = taught.averaged.blocks(torch.from_numpy(training.data.windows[:2]).float()).flatten(1)
        recited = taught.recital(features)
        heard = taught.averaged.linear(features)
    before = taught.averaged.linear.weight
    reading, *_ = np.linalg.lstsq(taught.recital.weight.detach().numpy().T, before.detach().numpy().T, rcond=None)
    offset = taught.averaged.linear.bias.detach().numpy() - taught.recital.bias.detach().numpy() @ reading
    np.testing.assert_allclose(heard, recited.numpy() @ reading + offset, atol=1e-2)
    assert torch.isfinite(heard).all()
